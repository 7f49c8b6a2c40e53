import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gpu } from "../src/gpu.ts";
import { backward } from "../src/op.ts";
import { magnitudeLoss, rowNorms } from "../src/ops/index.ts";
import { openGpu } from "./open.ts";

let gpu: Gpu;
let plain: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
  plain = await openGpu({ features: [] });
});
afterAll(() => {
  for (const { device } of [gpu, plain]) device.destroy();
});

test.each(["the adapter's features", "no features"])(
  "lengths at the extremes, and their gradient, with %s",
  async (what) => {
    const own = what === "no features" ? plain : gpu;
    const rows = [
      [3e-18, 0, -4e-18],
      [-3e18, 4e18, 0],
      [1e18, 1, 1e-10],
      [3e-30, 4e-30, 0],
      [0, -0, 0],
    ];
    const lengths = [5e-18, 5e18, 1e18, 5e-30, 0];
    const directions = [
      [0.6, 0, -0.8],
      [-0.6, 0.8, 0],
      [1, 1e-18, 1e-28],
      [0.6, 0.8, 0],
      [0, 0, 0],
    ];
    const dy = [1, 2, -3, 0.5, 7];
    const x = own.tensor(Float32Array.from(rows.flat()), [5, 3]);
    x.needsGrad = true;
    const norm = rowNorms(x);
    backward(norm, own.tensor(Float32Array.from(dy)));
    (await norm.read()).forEach((v, n) => {
      expect(Math.abs(v - lengths[n]!)).toBeLessThanOrEqual(5e-7 * lengths[n]!);
    });
    (await x.grad!.read()).forEach((v, i) => {
      const want = dy[Math.floor(i / 3)]! * directions[Math.floor(i / 3)]![i % 3]!;
      expect(Math.abs(v - want)).toBeLessThanOrEqual(1e-6 * Math.abs(want));
    });
  },
);

test("MagFace's regularizer: gradients at and beyond both ends, and next to the upper one", async () => {
  const norms = [1, 9.999, 10, 50, 109.99, 110, 111, 1e30].map(Math.fround);
  const norm = gpu.tensor(Float32Array.from(norms));
  norm.needsGrad = true;
  const loss = magnitudeLoss(norm, {});
  backward(loss, gpu.tensor(Float32Array.of(3), []));
  const g = (a: number) => 1 / a + a / 110 ** 2;
  const kept = norms.map((v) => Math.min(Math.max(v, 10), 110));
  expect((await loss.read())[0]).toBeCloseTo((35 / 8) * kept.reduce((sum, a) => sum + g(a), 0), 5);
  (await norm.grad!.read()).forEach((v, i) => {
    const a = norms[i]!;
    const slope = a >= 10 && a <= 110 ? 3 * (35 / 8) * (1 / 110 ** 2 - 1 / a ** 2) : 0;
    expect(Math.abs(v - slope)).toBeLessThanOrEqual(1e-6 * Math.abs(slope));
  });
});

describe("refused before any work", () => {
  test.each<[string, () => unknown, string]>([
    [
      "lengths of three dimensions",
      () => rowNorms(gpu.zeros([2, 3, 1])),
      "rowNorms: x is (2, 3, 1) but must be (N, D)",
    ],
    [
      "norms of two dimensions",
      () => magnitudeLoss(gpu.zeros([2, 3]), {}),
      "magnitudeLoss: norm is (2, 3) but must be (N)",
    ],
    [
      "lower of 0",
      () => magnitudeLoss(gpu.zeros([2]), { lower: 0 }),
      "magnitudeLoss: lower is 0 but must be a number above zero",
    ],
    [
      "upper below lower",
      () => magnitudeLoss(gpu.zeros([2]), { upper: 9 }),
      "magnitudeLoss: upper is 9 but must be above lower (10)",
    ],
    [
      "scale not finite",
      () => magnitudeLoss(gpu.zeros([2]), { scale: NaN }),
      "magnitudeLoss: scale is NaN but must be a finite number",
    ],
  ])("%s", (_, refused, message) => {
    gpu.flush();
    const { dispatches } = gpu.counters();
    expect(refused).toThrow(message);
    gpu.flush();
    expect(gpu.counters().dispatches).toBe(dispatches);
  });
});
