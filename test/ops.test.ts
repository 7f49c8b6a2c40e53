import { afterAll, describe, expect, test } from "vitest";
import { cases } from "../src/check/cases.ts";
import { type AnyOp, check } from "../src/check/check.ts";
import { Gpu } from "../src/gpu.ts";
import { requiredFeatures, requiredLimits } from "../src/limits.ts";
import { openAdapter } from "../src/node/adapter.ts";
import { backward } from "../src/op.ts";
import * as ops from "../src/ops/index.ts";

// Memory is poisoned, so that a read of what nothing has written shows.
const open = async (descriptor: (adapter: GPUAdapter) => GPUDeviceDescriptor) => {
  const { adapter } = await openAdapter();
  const gpu = Gpu.owning(await adapter.requestDevice(descriptor(adapter)), { poison: true });
  afterAll(() => gpu.dispose());
  return gpu;
};
const gpu = await open((adapter) => ({
  requiredFeatures: requiredFeatures(adapter),
  requiredLimits: requiredLimits(adapter),
}));
const bare = await open(() => ({}));
const operations = new Map<string, AnyOp>(Object.entries(ops));

// Kernels have variants for devices with subgroups and without.
describe.each([
  ["the adapter's features and limits", gpu],
  ["no features and WebGPU's default limits", bare],
])("with %s", (_, gpu) => {
  describe.each(Object.entries(cases))("%s", (name, { names, rows }) => {
    test.each(Object.entries(rows))("%s", async (what, args) => {
      const row = await check(gpu, name, what, operations.get(name)!, names, args);
      expect(row.ok, JSON.stringify(row)).toBe(true);
    });
  });
});

/** dL/dx for L = sum(dy y), where differences of the formula say nothing because it has a kink. */
async function gradient(
  f: (x: ReturnType<Gpu["tensor"]>) => ReturnType<Gpu["tensor"]>,
  x: number[],
  shape: number[],
) {
  const t = gpu.tensor(Float32Array.from(x), shape);
  t.needsGrad = true;
  const y = f(t);
  backward(
    y,
    gpu.tensor(
      Float32Array.from({ length: y.size }, (_, i) => i + 1),
      y.shape,
    ),
  );
  return [...(await t.grad!.read())];
}

describe("gradients at kinks", () => {
  test("of equal pixels, the first in row-major order gets a window's gradient", async () => {
    const pooled = (x: number[]) => gradient((t) => ops.maxPool(t, { size: 2 }), x, [1, 2, 4, 1]);
    expect(await pooled([5, 5, 1, 2, 5, 5, 2, 2])).toEqual([1, 0, 0, 2, 0, 0, 0, 0]);
    expect(await pooled([0, -0, -1, -1, 0, 0, -1, -1])).toEqual([1, 0, 2, 0, 0, 0, 0, 0]);
  });

  test("one pixel that wins in several windows gets their sum", async () => {
    const pooled = gradient(
      (t) => ops.maxPool(t, { size: 2, stride: 1 }),
      [0, 0, 0, 0, 9, 0, 0, 0, 0],
      [1, 3, 3, 1],
    );
    expect(await pooled).toEqual([0, 0, 0, 0, 1 + 2 + 3 + 4, 0, 0, 0, 0]);
  });

  test("at 0 a ReLU has slope 0, a PReLU its slope below 0", async () => {
    const slope = gpu.tensor(Float32Array.of(0.25), [1]);
    expect(await gradient(ops.relu, [0, -0, 1], [3, 1])).toEqual([0, 0, 3]);
    expect(await gradient((t) => ops.prelu(t, slope, undefined), [0, -0, 1], [3, 1])).toEqual([0.25, 0.5, 3]);
  });

  test("rows without a direction get no gradient", async () => {
    const x = [0, 0, 1e-20, -1e-20, 0, 2];
    expect(await gradient(ops.l2Normalize, x, [3, 2])).toEqual([0, 0, 0, 0, 2.5, 0]);
  });

  test("a row of 1e-20 has one where epsilon is smaller", async () => {
    const [across, along] = await gradient((t) => ops.l2Normalize(t, 1e-30), [0, 2e-20], [1, 2]);
    expect(across).toBeCloseTo(5e19, -14);
    expect(along).toBe(0);
  });
});

describe("refused before any work", () => {
  const x = gpu.zeros([1, 4, 4, 2]);
  test.each<[string, () => unknown, string]>([
    [
      "add of two shapes",
      () => ops.add(x, gpu.zeros([32])),
      "add: a (1, 4, 4, 2) and b (32) are given but must have one shape",
    ],
    [
      "pool of rows",
      () => ops.maxPool(gpu.zeros([4, 4]), { size: 2 }),
      "maxPool: x is (4, 4) but must be (N, H, W, C)",
    ],
    [
      "window of no pixels",
      () => ops.avgPool(x, { size: 0 }),
      "avgPool: size is 0 but must be a whole number above zero",
    ],
    [
      "window in the padding",
      () => ops.maxPool(x, { size: 3, pad: 2 }),
      "maxPool: pad is 2 but must be at most half of size (3)",
    ],
    [
      "window too large",
      () => ops.avgPool(x, { size: 5 }),
      "a window of (5, 5) is given but must fit into (4, 4)",
    ],
    [
      "global pool of rows",
      () => ops.globalAvgPool(gpu.zeros([4, 4])),
      "globalAvgPool: x is (4, 4) but must be (N, H, W, C)",
    ],
    [
      "epsilon of 0",
      () => ops.l2Normalize(gpu.zeros([2, 3]), 0),
      "l2Normalize: epsilon is 0 but must be a number above zero",
    ],
    ["bias of another size", () => ops.biasAdd(x, gpu.zeros([3])), "bias: bias is (3) but must be (C) with"],
    [
      "slope of another size",
      () => ops.prelu(x, gpu.zeros([3]), undefined),
      "prelu: slope is (3) but must be (C) with",
    ],
    [
      "residual of another shape",
      () => ops.prelu(x, gpu.zeros([2]), gpu.zeros([4, 4, 2])),
      "prelu: x is (1, 4, 4, 2) and residual (4, 4, 2) but residual must be (1, 4, 4, 2)",
    ],
    [
      "factor of several numbers",
      () => ops.scale(x, gpu.zeros([2])),
      "scale: factor is (2) but must be a single number ()",
    ],
  ])("%s", (_, call, message) => {
    gpu.flush();
    const { dispatches } = gpu.counters();
    expect(call).toThrow(message);
    gpu.flush();
    expect(gpu.counters().dispatches).toBe(dispatches);
  });
});
