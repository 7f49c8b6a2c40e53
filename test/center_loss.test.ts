import { parseArgs } from "citty";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { error } from "../src/check/check.ts";
import { createCenters } from "../src/face/centers.ts";
import { makeDataset } from "../src/face/dataset.ts";
import { digitNet } from "../src/face/nets.ts";
import type { RecipeSettings } from "../src/face/recipe.ts";
import { recipes } from "../src/face/recipes/index.ts";
import { train } from "../src/face/train.ts";
import type { Gpu } from "../src/gpu.ts";
import { recipeOf, trainingArgs, trainOptions } from "../src/node/options.ts";
import { backward } from "../src/op.ts";
import { centerGradient, updateCenters } from "../src/ops/center_loss.ts";
import { add, centerLoss, matmul, softmaxLoss } from "../src/ops/index.ts";
import type { RowOptions } from "../src/ops/labels.ts";
import { random } from "../src/random.ts";
import type { Tensor } from "../src/tensor.ts";
import { devices, openGpu, sameBits } from "./open.ts";
import { saying } from "./saying.ts";

const NONE = 0xffffffff;

const reals = (n: number, seed: number): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => r.normal());
};

/** A batch: x (N, D), label (N), centers (C, D). */
interface Batch {
  readonly x: Float32Array;
  readonly label: Uint32Array;
  readonly centers: Float32Array;
  readonly C: number;
  readonly D: number;
}

const batch = (label: readonly number[], C: number, D: number): Batch => ({
  x: reals(label.length * D, 4),
  label: Uint32Array.from(label),
  centers: reals(C * D, 5),
  C,
  D,
});

/** Rows that count of each class. */
const rowsOfClass = ({ label }: Batch, c: number, ignore: number | undefined): number[] =>
  [...label.keys()].filter((n) => label[n] === c && c !== ignore);

/** sum(center - x) / (1 + count) of each class, in doubles. */
function pulls(b: Batch, centers: ArrayLike<number>, ignore?: number): Float64Array {
  const { x, C, D } = b;
  const pull = new Float64Array(C * D);
  for (let c = 0; c < C; c++) {
    const rows = rowsOfClass(b, c, ignore);
    for (let d = 0; d < D; d++) {
      const sum = rows.reduce((total, n) => total + centers[c * D + d]! - x[n * D + d]!, 0);
      pull[c * D + d] = sum / (1 + rows.length);
    }
  }
  return pull;
}

/** Loss and gradient of each row in doubles, before reduction. */
function exact({ x, label, centers, C, D }: Batch, ignore?: number) {
  const counts = Array.from(label, (y) => y < C && y !== ignore);
  const loss = new Float64Array(label.length);
  const dx = Float64Array.from(x, (v, i) => {
    const n = Math.floor(i / D);
    if (!counts[n]) return 0;
    const off = v - centers[label[n]! * D + (i % D)]!;
    loss[n]! += off ** 2 / 2;
    return off;
  });
  return { loss, dx, count: counts.filter(Boolean).length };
}

// Counts of 0, 1 and more; labels apart and repeated; C, far more (which would wrap round) and no label at all.
const mixed = [2, 0, 2, 5, 2, 0, 6, 2 ** 27 + 1, 5, NONE, 4];
const many = Array.from({ length: 150 }, (_, n) => (n * n) % 83);
const batches: readonly [string, Batch][] = [
  ["one row of one feature", batch([0], 1, 1)],
  ["one feature", batch(mixed, 6, 1)],
  ["odd sizes", batch(mixed, 6, 7)],
  ["whole quads", batch(mixed, 6, 12)],
  ["exactly 64 lanes of quads", batch(mixed, 6, 256)],
  ["more features than lanes, more rows than a workgroup", batch(many, 90, 131)],
  ["more quads than lanes, more rows than a workgroup", batch(many, 90, 260)],
  ["no row that counts", batch([9, NONE], 3, 5)],
];

describe.each(devices)("with %s", (_, options) => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu(options);
  });
  afterAll(() => gpu.device.destroy());

  const upload = ({ x, label, centers, C, D }: Batch) => ({
    x: gpu.tensor(x, [label.length, D]),
    label: gpu.tensor(label),
    centers: gpu.tensor(centers, [C, D]),
  });

  describe("centerLoss", () => {
    async function run(b: Batch, options: RowOptions, dy?: Tensor) {
      const { x, label, centers } = upload(b);
      x.needsGrad = true;
      const loss = centerLoss(x, label, centers, options);
      backward(loss, dy);
      return { loss: await loss.read(), dx: await x.grad!.read() };
    }

    test.each(batches)("%s: sum, mean and each row agree with doubles", async (_, b) => {
      const { loss, dx, count } = exact(b, 2);
      const sum = loss.reduce((a, v) => a + v, 0);
      const summed = await run(b, { reduction: "sum", scale: 0.5, ignore: 2 });
      expect(error(summed.loss, [0.5 * sum])).toBeLessThan(1e-6);
      expect(
        error(
          summed.dx,
          dx.map((v) => 0.5 * v),
        ),
      ).toBeLessThan(1e-6);
      const mean = await run(b, { ignore: 2 });
      expect(error(mean.loss, [sum / Math.max(1, count)])).toBeLessThan(1e-6);
      expect(
        error(
          mean.dx,
          dx.map((v) => v / Math.max(1, count)),
        ),
      ).toBeLessThan(1e-6);
      const dy = reals(loss.length, 6);
      const rows = await run(b, { reduction: "none", ignore: 2 }, gpu.tensor(dy));
      expect(error(rows.loss, loss)).toBeLessThan(1e-6);
      expect(
        error(
          rows.dx,
          dx.map((v, i) => v * dy[Math.floor(i / b.D)]!),
        ),
      ).toBeLessThan(1e-6);
    });

    test("rows that are left out give 0, whatever their features", async () => {
      const b = batch([1, 5, 2], 3, 9);
      b.x.fill(3e30, 9); // squares overflow
      for (const reduction of ["sum", "none"] as const) {
        const { loss, dx } = await run(b, { reduction, ignore: 2 });
        expect(loss.every(Number.isFinite)).toBe(true);
        expect(dx.subarray(9).every((v) => v === 0)).toBe(true);
        expect(dx.subarray(0, 9).every((v) => v !== 0)).toBe(true);
      }
    });

    test.each(["sum", "mean"] as const)(
      "the gradient of the %s takes no pass of its own",
      async (reduction) => {
        const { x, label, centers } = upload(batch(mixed, 6, 7));
        x.needsGrad = true;
        const dispatches = async (differentiate: boolean) => {
          const step = await gpu.step(() => {
            const loss = centerLoss(x, label, centers, { reduction });
            if (differentiate) backward(loss);
            return { loss };
          });
          step.dispose();
          return step.dispatches;
        };
        expect(await dispatches(true)).toBe(await dispatches(false));
      },
    );

    test("beside a softmax loss the gradients add up", async () => {
      const b = batch(mixed, 6, 7);
      const { x, label, centers } = upload(b);
      x.needsGrad = true;
      const w = gpu.tensor(reals(7 * 6, 7), [7, 6]);
      const km = () => softmaxLoss(matmul(x, w, undefined, {}), label, { gamma: 1 });
      const center = () => centerLoss(x, label, centers, { scale: 0.3 });
      const gradient = async (loss: Tensor) => {
        backward(loss);
        return x.grad!.read();
      };
      const [together, a, c] = [
        await gradient(add(km(), center())),
        await gradient(km()),
        await gradient(center()),
      ];
      expect(
        sameBits(
          together,
          a.map((v, i) => v + c[i]!),
        ),
      ).toBe(true);
      expect(a.every((v, i) => (v === 0) === (c[i] === 0))).toBe(true);
    });

    test("two runs give the same bits", async () => {
      const b = batch(many, 90, 131);
      const [first, second] = [await run(b, {}), await run(b, {})];
      expect(sameBits(first.loss, second.loss) && sameBits(first.dx, second.dx)).toBe(true);
    });
  });

  describe("updateCenters", () => {
    const updated = async (b: Batch, alpha: number, ignore?: number) => {
      const { x, label, centers } = upload(b);
      updateCenters(x, label, centers, ignore === undefined ? { alpha } : { alpha, ignore });
      return centers.read();
    };

    test.each(batches)("%s: moves by alpha sum(center - x) / (1 + count)", async (_, b) => {
      const pull = pulls(b, b.centers, 5);
      for (const alpha of [0.7, 1]) {
        const got = await updated(b, alpha, 5);
        expect(
          error(
            got,
            pull.map((v, i) => b.centers[i]! - Math.fround(alpha) * v),
          ),
        ).toBeLessThan(1e-6);
        for (let c = 0; c < b.C; c++) {
          const moved = rowsOfClass(b, c, 5).length > 0;
          const of = (values: Float32Array) => values.subarray(c * b.D, c * b.D + b.D);
          expect(sameBits(of(got), of(b.centers))).toBe(!moved);
        }
        expect(sameBits(await updated(b, alpha, 5), got)).toBe(true);
      }
      expect(sameBits(await updated(b, 0), b.centers)).toBe(true);
    });

    test("all rows of a class pull at its old center", async () => {
      const b = {
        x: Float32Array.of(3, 6),
        label: Uint32Array.of(0, 0),
        centers: new Float32Array(1),
        C: 1,
        D: 1,
      };
      expect(await updated(b, 1)).toEqual(Float32Array.of(3)); // one after the other: 3.75
    });

    test.each([-0.1, 1.1, Number.NaN])("alpha %d is refused", async (alpha) => {
      await expect(updated(batch(mixed, 6, 7), alpha)).rejects.toThrow(
        saying(`updateCenters: alpha is ${alpha} but must be from 0 to 1`),
      );
    });
  });

  describe("centerGradient", () => {
    test.each(batches)("%s: is sum(center - x) / (1 + count), 0 for absent classes", async (_, b) => {
      const { x, label, centers } = upload(b);
      const got = await centerGradient(x, label, centers, { ignore: 5 }).read();
      expect(error(got, pulls(b, b.centers, 5))).toBeLessThan(1e-6);
      expect(sameBits(await centerGradient(x, label, centers, { ignore: 5 }).read(), got)).toBe(true);
      expect(sameBits(await centers.read(), b.centers)).toBe(true);
    });
  });

  test("released centers move as parameters of momentum descent, absent classes by decay, three batches long", async () => {
    // Not filled with NaN: what a step leaves in its memory meets the next batch, where classes come and go.
    const gpu = await openGpu({ ...options, poison: false });
    const [C, D] = [6, 7];
    const [momentum, weightDecay] = [0.9, 0.05];
    const centers = createCenters(gpu, C, D, {
      centers: "released",
      rate: 1,
      momentum,
      weightDecay,
      alpha: 0.5,
      seed: 1,
    });
    const begin = await centers.values.read();
    expect(begin.every((v) => Math.abs(v) < Math.sqrt(3 / D))).toBe(true);
    expect(Math.sqrt(begin.reduce((sum, v) => sum + v * v, 0) / begin.length) * Math.sqrt(D)).toBeCloseTo(
      1,
      0,
    );

    const [x, label] = [gpu.zeros([4, D]), gpu.zeros([4], "u32")];
    const step = await gpu.step(() => {
      centers.update(x, label);
      return {};
    });
    const want = Float64Array.from(begin);
    const velocity = new Float64Array(C * D);
    // Class 3 is never there.
    for (const [rate, labels] of [
      [0.5, [0, 1, 1, 5]],
      [0.25, [2, 2, 2, 0]],
      [0.125, [9, 4, 1, 4]],
    ] as const) {
      const b = { ...batch(labels, C, D), x: reals(4 * D, 800 * rate) };
      x.write(b.x);
      label.write(b.label);
      centers.rate!.write(Float32Array.of(rate));
      await step.run();
      pulls(b, want).forEach((pull, i) => {
        velocity[i] = momentum * velocity[i]! + pull + 2 * weightDecay * want[i]!;
        want[i]! -= rate * velocity[i]!;
      });
    }
    const got = await centers.values.read();
    expect(error(got, want)).toBeLessThan(2e-6);
    const of = (values: ArrayLike<number>, c: number) => Array.from(values).slice(c * D, c * D + D);
    expect(error(of(got, 3), of(want, 3))).toBeLessThan(2e-6);
    expect(of(got, 3).every((v, d) => Math.abs(v) < 0.95 * Math.abs(of(begin, 3)[d]!))).toBe(true);
    gpu.device.destroy();
  });

  test("what does not fit is refused before any work", () => {
    const x = gpu.zeros([4, 7]);
    const [label, centers] = [gpu.zeros([4], "u32"), gpu.zeros([6, 7])];
    gpu.flush();
    const { dispatches } = gpu.counters();
    const wrong = gpu.zeros([6, 8]);
    const shapes = "x (4, 7), label (4) and centers (6, 8) are given but must be (N, D), (N) and (C, D)";
    expect(() => centerLoss(x, label, wrong, {})).toThrow(saying(`centerLoss: ${shapes}`));
    expect(() => updateCenters(x, label, wrong, { alpha: 0.5 })).toThrow(saying(`updateCenters: ${shapes}`));
    expect(() => centerGradient(x, label, wrong)).toThrow(saying(`centerGradient: ${shapes}`));
    expect(() => centerLoss(x, gpu.zeros([3], "u32"), centers, {})).toThrow(/label \(3\) and/);
    expect(() => centerLoss(x, label, centers, { scale: Number.NaN })).toThrow(
      saying("centerLoss: scale is NaN but must be a finite number"),
    );
    expect(() => centerGradient(x, label, centers, { ignore: -1 })).toThrow(
      saying("centerGradient: ignore is -1 but must be a whole number that fits into 32 bits"),
    );
    expect(gpu.counters().dispatches).toBe(dispatches);
  });
});

describe("training", () => {
  const options = (...args: string[]) =>
    trainOptions(parseArgs<typeof trainingArgs>(args, trainingArgs), { epochs: 2, mirror: false });

  test("a way to move centers brings its weight of the loss, unless another is given", () => {
    const settings = (told: { centers?: string; lambda?: string }) =>
      recipeOf("recipe", "center", told as Parameters<typeof recipeOf>[2]).settings;
    expect(settings({})).toEqual({ centers: "paper", lambda: 0.003, alpha: 0.5 });
    expect(settings({ centers: "released" })).toMatchObject({ centers: "released", lambda: 0.008 });
    expect(settings({ centers: "released", lambda: "0.1" })).toMatchObject({ lambda: 0.1 });
    expect(() => settings({ centers: "mean" })).toThrow(
      saying('--centers: "mean" is given but must be one of paper, released'),
    );
  });

  test("either recipe pulls embeddings to their centers, and gives other parameters", async () => {
    const gpu = await openGpu();
    const r = random(1);
    const labels = Uint32Array.from({ length: 48 }, (_, n) => n % 3);
    const pixels = Uint8Array.from(
      { length: 48 * 784 },
      (_, i) => 100 * r.next() + (i % 3 === labels[Math.floor(i / 784)]! ? 100 : 0),
    );
    const data = makeDataset({
      height: 28,
      width: 28,
      channels: 1,
      pixels,
      labels,
      classes: ["a", "b", "c"],
    });
    const given = {
      ...options("--batch", "12"),
      net: digitNet(8),
      recipe: recipes.center({ lambda: 0.1 }),
    };
    try {
      const run = async (settings: RecipeSettings) => {
        const recipe = recipes.center({ lambda: 0.1, ...settings });
        const { model, curve, parameterHash } = await train(gpu, data, { ...given, recipe });
        model.dispose();
        expect(curve.at(-1)!).toBeLessThan(0.7 * curve[0]!);
        return parameterHash;
      };
      const paper = await run({ centers: "paper" });
      const released = await run({ centers: "released" });
      expect(released).not.toBe(paper);
      expect(await run({ centers: "released", alpha: 0 })).toBe(released); // alpha is not used
      await expect(run({ centers: "none" as "paper" })).rejects.toThrow(
        saying("train: centers is none but must be one of paper, released"),
      );
    } finally {
      gpu.device.destroy();
    }
  });
});
