// What a matrix product can do where it stores its result: bias, and the PReLU of a slope per column.
import { expect, test } from "vitest";
import { reals } from "../src/check/inputs.ts";
import { Gpu } from "../src/gpu.ts";
import { openDevice } from "../src/node/adapter.ts";
import { matmul } from "../src/ops/index.ts";
import { product } from "../src/ops/matmul.ts";
import { type GemmTile, tables, useTiles } from "../src/tiles.ts";

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

/** Leaves NaN in workgroup memory, which devices are told not to clear. */
const spoil = {
  name: "spoil",
  bindings: { y: { access: "write", type: "f32", shape: ["n"], optional: false } },
  sizes: ["n"],
  knobs: { WG: 8 },
  grid: ["n/WG"],
  features: [],
  code: `
override n: u32;
override WG: u32 = 8u;
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
var<workgroup> memory: array<u32, 4096>;
@compute @workgroup_size(WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  for (var i = lane; i < 4096u; i += WG) { memory[i] = 0x7fc00000u + i; }
  workgroupBarrier();
  y[group.x * WG + lane] = f32(memory[(37u * lane) % 4096u] & 1u);
}`,
} as const;

test.each<GemmTile>([
  { loop: "panel", knobs: { TILE_M: 16, TILE_N: 32, DEPTH: 32, SHARE: 4 } },
  { loop: "panel", knobs: { TILE_M: 16, TILE_N: 32, DEPTH: 32, SHARE: 8 } },
  { loop: "tiled", knobs: { TILE_M: 32, TILE_N: 32 } },
])("what workgroup memory held before does not show: $loop $knobs", async (tile) => {
  const { device } = await openDevice();
  const gpu = Gpu.fromDevice(device);
  useTiles(gpu, { ...tables.software, gemm: [{ ...tile, measured: "" }] });
  gpu.launch(spoil, {}, { n: 512 });
  const [a, b] = [
    gpu.tensor(new Float32Array(64 * 9).fill(1), [64, 9]),
    gpu.tensor(new Float32Array(9 * 64).fill(1), [9, 64]),
  ];
  expect(await product(a, b, {}).read()).toEqual(new Float32Array(64 * 64).fill(9));
  device.destroy();
});
