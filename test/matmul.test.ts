// What a matrix product can do where it stores its result: bias, and the PReLU of a slope per column.
import { expect, test } from "vitest";
import { reals } from "../src/check/inputs.ts";
import { Gpu } from "../src/gpu.ts";
import { openDevice } from "../src/node/adapter.ts";
import { matmul } from "../src/ops/index.ts";
import { product } from "../src/ops/matmul.ts";

test.each([["features" as const], ["no features" as const]])(
  "bias and PReLU in the store, with %s",
  async (which) => {
    const { device } = await openDevice(which === "features" ? {} : { features: [] });
    const gpu = Gpu.fromDevice(device, { poison: true });
    const [a, b, bias, slope] = [reals([9, 17]), reals([17, 37]), reals([37]), reals([37], 0.5)];
    const upload = ({ data, shape }: typeof a) => gpu.tensor(Float32Array.from(data), shape);
    const c = product(upload(a), upload(b), {}, { bias: upload(bias), slope: upload(slope) });

    const plain = matmul.reference(a, b, bias, {});
    const want = plain.data.map((y, i) => Math.max(y, 0) + slope.data[i % 37] * Math.min(y, 0));
    const got = await c.read();
    const largest = Math.max(...want.map(Math.abs));
    got.forEach((v, i) => {
      expect(Math.abs(v - want[i]) / largest).toBeLessThan(1e-6);
    });
    expect(want.some((y, i) => plain.data[i] < 0 && y !== 0)).toBe(true);
    device.destroy();
  },
);

test("operands whose inner sizes differ are refused with both shapes", async () => {
  const { device } = await openDevice();
  const gpu = Gpu.fromDevice(device);
  expect(() => matmul(gpu.zeros([2, 3]), gpu.zeros([4, 5]), undefined, { transposeB: true })).toThrow(
    "matmul: a (2, 3) and b (4, 5) transposed are given but must be (M, K) and (K, N)",
  );
  device.destroy();
});
