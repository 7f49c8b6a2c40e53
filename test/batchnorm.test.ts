import { afterAll, describe, expect, test } from "vitest";
import { error } from "../src/check/check.ts";
import { Gpu } from "../src/gpu.ts";
import { openDevice } from "../src/node/adapter.ts";
import { backward } from "../src/op.ts";
import { batchNorm } from "../src/ops/index.ts";
import { random } from "../src/random.ts";
import type { Shape, Tensor } from "../src/tensor.ts";

const { device } = await openDevice();
afterAll(() => device.destroy());
const gpu = Gpu.fromDevice(device, { poison: true });

const tensor = (values: ArrayLike<number>, shape: Shape) => gpu.tensor(Float32Array.from(values), shape);
/** N rows of C channels around `mean` with deviation `spread`, exact in f32. */
function rows(N: number, C: number, seed: number, mean = 0.5, spread = 2): Float32Array {
  const r = random(seed);
  return Float32Array.from({ length: N * C }, () => mean + spread * r.normal());
}

/** Mean and variance of each channel of rows, in doubles; the sum of squares is divided by N - less. */
function statistics(x: Float32Array, C: number, less: number): { mean: number[]; variance: number[] } {
  const N = x.length / C;
  const channels = Array.from({ length: C }, (_, c) => Array.from(x).filter((_, i) => i % C === c));
  const mean = channels.map((values) => values.reduce((a, b) => a + b, 0) / N);
  const variance = channels.map(
    (values, c) => values.reduce((total, v) => total + (v - mean[c]) ** 2, 0) / (N - less),
  );
  return { mean, variance };
}

describe("running statistics", () => {
  const [N, C] = [37, 5];

  // PyTorch's: running = 0.9 running + 0.1 batch, with the variance divided by N - 1.
  test.each([1, 3])("after %i steps they are the weighted averages of the batches", async (steps) => {
    const want = { mean: [1, 2, 3, 4, 5], variance: [1, 1, 2, 2, 9] };
    const mean = tensor(want.mean, [C]);
    const variance = tensor(want.variance, [C]);
    for (let step = 0; step < steps; step++) {
      const x = rows(N, C, step);
      batchNorm(tensor(x, [N, C]), gpu.filled([C], 1), gpu.filled([C], 0), undefined, undefined, {
        training: true,
        mean,
        variance,
      });
      const batch = statistics(x, C, 1);
      want.mean = want.mean.map((m, c) => 0.9 * m + 0.1 * batch.mean[c]);
      want.variance = want.variance.map((v, c) => 0.9 * v + 0.1 * batch.variance[c]);
    }
    expect(error(await mean.read(), want.mean)).toBeLessThan(1e-6);
    expect(error(await variance.read(), want.variance)).toBeLessThan(1e-6);
  });

  test("a momentum of 1 takes the batch's, of 0 leaves them", async () => {
    const x = rows(N, C, 4);
    const batch = statistics(x, C, 1);
    for (const [momentum, want] of [
      [1, batch.variance],
      [0, [1, 2, 3, 4, 5]],
    ] as const) {
      const variance = tensor([1, 2, 3, 4, 5], [C]);
      const options = { training: true, mean: gpu.zeros([C]), variance, momentum };
      batchNorm(tensor(x, [N, C]), gpu.filled([C], 1), gpu.filled([C], 0), undefined, undefined, options);
      expect(error(await variance.read(), want)).toBeLessThan(1e-6);
    }
  });

  test("a recorded step moves them each time it runs", async () => {
    const x = rows(N, C, 5);
    const batch = statistics(x, C, 1);
    const [mean, variance, input] = [gpu.zeros([C]), gpu.zeros([C]), tensor(x, [N, C])];
    const options = { training: true, mean, variance };
    const step = await gpu.step(() => ({
      y: batchNorm(input, gpu.filled([C], 1), gpu.filled([C], 0), undefined, undefined, options),
    }));
    for (let i = 0; i < 3; i++) step.run();
    expect(
      error(
        await mean.read(),
        batch.mean.map((m) => (1 - 0.9 ** 3) * m),
      ),
    ).toBeLessThan(1e-6);
    expect(
      error(
        await variance.read(),
        batch.variance.map((v) => (1 - 0.9 ** 3) * v),
      ),
    ).toBeLessThan(1e-6);
  });

  test("inference uses them and leaves them alone", async () => {
    const x = rows(N, C, 6);
    const [m, v] = [
      [1, -2, 3, 0, 5],
      [1, 4, 9, 0, 0.25],
    ];
    const [mean, variance] = [tensor(m, [C]), tensor(v, [C])];
    const y = batchNorm(
      tensor(x, [N, C]),
      tensor([1, 2, 3, 4, 5], [C]),
      tensor([5, 4, 3, 2, 1], [C]),
      undefined,
      undefined,
      {
        training: false,
        mean,
        variance,
        epsilon: 1e-3,
      },
    );
    const want = Array.from(
      x,
      (t, i) => (((i % C) + 1) * (t - m[i % C])) / Math.sqrt(v[i % C] + 1e-3) + 5 - (i % C),
    );
    expect(error(await y.read(), want)).toBeLessThan(1e-6);
    expect([...(await mean.read())]).toEqual(m);
    expect([...(await variance.read())]).toEqual(v);
  });
});

describe("digits", () => {
  /** A training step on x (N, C): what came out, and what the same formulas give in doubles. */
  async function trained(x: Float32Array, C: number, dy: Float32Array) {
    const N = x.length / C;
    const input = tensor(x, [N, C]);
    input.needsGrad = true;
    const [mean, variance] = [gpu.zeros([C]), gpu.zeros([C])];
    const options = { training: true, mean, variance, momentum: 1, epsilon: 1e-5 };
    const y = batchNorm(input, gpu.filled([C], 1), gpu.filled([C], 0), undefined, undefined, options);
    backward(y, tensor(dy, [N, C]));

    const exact = statistics(x, C, 0);
    const z = Array.from(x, (v, i) => (v - exact.mean[i % C]) / Math.sqrt(exact.variance[i % C] + 1e-5));
    const over = (f: (i: number) => number) =>
      exact.mean.map(
        (_, c) => Array.from({ length: N }, (_, n) => f(n * C + c)).reduce((a, b) => a + b, 0) / N,
      );
    const flat = over((i) => dy[i]);
    const steep = over((i) => dy[i] * z[i]);
    const dx = z.map(
      (v, i) => (dy[i] - flat[i % C] - v * steep[i % C]) / Math.sqrt(exact.variance[i % C] + 1e-5),
    );
    return {
      y: error(await y.read(), z),
      dx: error(await (input.grad as Tensor).read(), dx),
      variance: error(await variance.read(), statistics(x, C, 1).variance),
    };
  }

  test.each([40, 5000])("a mean 1000 times the deviation costs few of them: %i rows", async (N) => {
    const errors = await trained(rows(N, 3, 7, 1000, 1), 3, rows(N, 3, 8));
    expect(errors.y).toBeLessThan(1e-4);
    expect(errors.dx).toBeLessThan(1e-4);
    expect(errors.variance).toBeLessThan(1e-5);
  });

  test("a first row far from the others costs none", async () => {
    const x = rows(5000, 3, 9);
    x.set([500, -700, 900]);
    const errors = await trained(x, 3, rows(5000, 3, 10));
    expect(errors.y).toBeLessThan(1e-5);
    expect(errors.dx).toBeLessThan(1e-5);
    expect(errors.variance).toBeLessThan(1e-5);
  });

  test("a channel of one value gives shift, not noise", async () => {
    const x = tensor(new Float32Array(100).fill(0.1), [100, 1]);
    const options = { training: true, mean: gpu.zeros([1]), variance: gpu.zeros([1]) };
    const y = batchNorm(x, gpu.filled([1], 3), gpu.filled([1], 7), undefined, undefined, options);
    expect(new Set(await y.read())).toEqual(new Set([7]));
  });
});

describe("with PReLU and residual", () => {
  /** Dispatches of a training step, forward and backward. */
  async function dispatches(slope: Tensor | undefined, residual: Tensor | undefined): Promise<number> {
    const x = tensor(rows(40, 4, 11), [40, 4]);
    const [scale, shift] = [gpu.filled([4], 1), tensor([1, 2, 3, 4], [4])];
    const options = { training: true, mean: gpu.zeros([4]), variance: gpu.zeros([4]) };
    for (const t of [x, shift, slope, residual]) if (t) t.needsGrad = true;
    const step = await gpu.step(() => {
      backward(batchNorm(x, scale, shift, slope, residual, options), residual ?? x);
      return {};
    });
    const before = gpu.counters().dispatches;
    step.run();
    return gpu.counters().dispatches - before;
  }

  test("there are as many passes as without", async () => {
    const [slope, residual] = [tensor([0.1, 0.2, 0.3, 0.4], [4]), tensor(rows(40, 4, 12), [40, 4])];
    expect(await dispatches(slope, residual)).toBe(await dispatches(undefined, undefined));
  });

  test("the gradient where the PReLU gets 0 is that of below", async () => {
    const [x, shift, slope] = [tensor([1, 2, 3], [3, 1]), tensor([0], [1]), tensor([0.25], [1])];
    for (const t of [x, shift, slope]) t.needsGrad = true;
    const options = { training: false, mean: tensor([2], [1]), variance: tensor([3], [1]), epsilon: 1 };
    backward(batchNorm(x, gpu.filled([1], 2), shift, slope, undefined, options), tensor([4, 8, 16], [3, 1]));
    expect([...(await x.grad!.read())]).toEqual([1, 2, 16]);
    expect([...(await shift.grad!.read())]).toEqual([1 + 2 + 16]);
    expect([...(await slope.grad!.read())]).toEqual([-4]);
  });
});

describe("refused before the running statistics move", () => {
  const [mean, variance] = [tensor([1, 2], [2]), tensor([3, 4], [2])];
  const two = gpu.zeros([2]);
  const x = gpu.zeros([4, 2]);
  test.each<[string, () => unknown, string]>([
    [
      "one row",
      () => batchNorm(gpu.zeros([1, 2]), two, two, undefined, undefined, { training: true, mean, variance }),
      "batchNorm: x is (1, 2), one row, but training needs at least 2; give a larger batch",
    ],
    [
      "scale of another size",
      () => batchNorm(x, gpu.zeros([3]), two, undefined, undefined, { training: true, mean, variance }),
      "batchNorm: x is (4, 2) and scale (3) but scale must be (2)",
    ],
    [
      "slope of another size",
      () => batchNorm(x, two, two, gpu.zeros([1]), undefined, { training: true, mean, variance }),
      "batchNorm: x is (4, 2) and slope (1) but slope must be (2)",
    ],
    [
      "residual of another shape",
      () => batchNorm(x, two, two, undefined, gpu.zeros([8]), { training: true, mean, variance }),
      "batchNorm: x is (4, 2) and residual (8) but residual must be (4, 2)",
    ],
    [
      "variance of another size",
      () => batchNorm(x, two, two, undefined, undefined, { training: false, mean, variance: gpu.zeros([1]) }),
      "batchNorm: x is (4, 2) and variance (1) but variance must be (2)",
    ],
    [
      "momentum",
      () => batchNorm(x, two, two, undefined, undefined, { training: true, mean, variance, momentum: 2 }),
      "batchNorm: momentum is 2 but must be from 0 to 1",
    ],
    [
      "epsilon",
      () => batchNorm(x, two, two, undefined, undefined, { training: true, mean, variance, epsilon: 0 }),
      "batchNorm: epsilon is 0 but must be a number above zero",
    ],
  ])("%s", async (_, call, message) => {
    expect(call).toThrow(message);
    expect([...(await mean.read()), ...(await variance.read())]).toEqual([1, 2, 3, 4]);
  });
});
