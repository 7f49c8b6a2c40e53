import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { error } from "../src/check/check.ts";
import type { Gpu } from "../src/gpu.ts";
import { backward } from "../src/op.ts";
import { reestimateMargin } from "../src/ops/contrastive_loss.ts";
import { contrastiveLoss, l2Normalize, tripletLoss } from "../src/ops/index.ts";
import type { TripletOptions } from "../src/ops/triplet_loss.ts";
import { random } from "../src/random.ts";
import type { Tensor } from "../src/tensor.ts";
import { devices, openGpu, sameBits } from "./open.ts";
import { saying } from "./saying.ts";

const reals = (n: number, seed: number): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => r.normal());
};

describe.each(devices)("with %s", (_, options) => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu(options);
  });
  afterAll(() => gpu.device.destroy());

  /** Loss and gradient of a loss of the rows x (N, D). */
  async function run(
    x: ArrayLike<number>,
    label: ArrayLike<number>,
    f: (rows: Tensor, label: Tensor) => Tensor,
  ): Promise<{ loss: number; dx: Float32Array }> {
    const rows = gpu.tensor(Float32Array.from(x), [label.length, x.length / label.length]);
    rows.needsGrad = true;
    const loss = f(rows, gpu.tensor(Uint32Array.from(label)));
    backward(loss);
    return { loss: (await loss.read())[0]!, dx: await rows.grad!.read() };
  }

  async function triplets(x: ArrayLike<number>, label: ArrayLike<number>, o: TripletOptions) {
    const counts = gpu.zeros([2]);
    const got = await run(x, label, (rows, label) => tripletLoss(rows, label, { ...o, counts }));
    return { ...got, counts: [...(await counts.read())] };
  }

  // A batch of 24 rows, 4 of each label.
  const some = reals(24 * 4, 3);
  const six = Array.from({ length: 24 }, (_, n) => n % 6);

  describe("tripletLoss", () => {
    // The rows 0 and 1 are each other's positive, at a squared distance of 1; their negatives are at 0.25, 1.5625 and 9 from
    // row 0, at 2.25, 5.0625 and 4 from row 1.
    const x = [0, 1, -0.5, -1.25, 3];
    const label = [5, 5, 1, 2, 3];

    test.each<[TripletOptions, number, [number, number], number[]]>([
      [{}, 0, [0, 2], [0, 0, 0, 0, 0]], // nobody between 1 and 1.2
      [{ mining: "hard" }, 0.95, [1, 1], [-3, 2, 1, 0, 0]],
      [{ margin: 1.5 }, (0.9375 + 0.25) / 2, [2, 0], [-3.25, 0.5, 1.5, 1.25, 0]],
      [{ mining: "all", margin: 1.5, reduction: "sum" }, 3.4375, [3, 0], [-9.5, 3, 4, 2.5, 0]],
    ])("%o: the triplets worked out by hand", async (o, loss, counts, dx) => {
      const got = await triplets(x, label, o);
      expect(got.loss).toBeCloseTo(loss, 6);
      expect(got.counts).toEqual(counts);
      expect(error(got.dx, dx)).toBeLessThan(1e-6);
    });

    test.each([
      [3, 4], // the later one by an earlier lane of 4
      [31, 32], // and of 32
      [3, 35], // both by one lane
    ])("of equally near negatives %i and %i the first is taken", async (first, second) => {
      const rows = Array.from({ length: 36 }, (_, n) => 100 + 10 * n);
      [rows[0], rows[1], rows[first], rows[second]] = [0, 1, 1.125, -1.125];
      const apart = rows.map((_, n) => (n === 1 ? 0 : n));
      for (const mining of ["semi-hard", "hard"] as const) {
        // Row 1 has row `first` nearer than its positive.
        const { dx, counts } = await triplets(rows, apart, { mining, margin: 0.5 });
        expect(counts).toEqual(mining === "hard" ? [2, 0] : [1, 1]);
        expect(Math.abs(dx[first]!)).toBeGreaterThan(1);
        expect(Math.abs(dx[second]!)).toBe(0);
      }
    });

    test("random triplets follow the seed, one for each pair that has any", async () => {
      const drawn = (seed: number) => triplets(some, six, { mining: "random", margin: 2, seed });
      const all = await triplets(some, six, { mining: "all", margin: 2 });
      const pairs = 24 * 3;
      const [first, again] = [await drawn(1), await drawn(1)];
      expect(all.counts[0]).toBeGreaterThan(pairs);
      expect(first.counts).toEqual([pairs - all.counts[1]!, all.counts[1]]);
      expect(again.loss).toBe(first.loss);
      expect(sameBits(again.dx, first.dx)).toBe(true);
      const losses = await Promise.all([2, 3, 0xffffffff].map(async (seed) => (await drawn(seed)).loss));
      expect(new Set([first.loss, ...losses]).size).toBe(4);
    });

    test("margin and seed may change between runs of a step", async () => {
      const [margin, seed] = [gpu.zeros([]), gpu.zeros([], "u32")];
      const x = gpu.tensor(some, [24, 4]);
      const label = gpu.tensor(Uint32Array.from(six));
      x.needsGrad = true;
      const step = await gpu.step(() => {
        const counts = gpu.empty([2]);
        const loss = tripletLoss(l2Normalize(x), label, { mining: "random", margin, seed, counts });
        backward(loss);
        return { loss, counts, dx: x.grad! };
      });
      for (const [m, s] of [
        [0.2, 1],
        [0.9, 1],
        [0.9, 2],
      ] as const) {
        margin.write(Float32Array.of(m));
        seed.write(Uint32Array.of(s));
        const got = await step.run();
        const counts = gpu.zeros([2]);
        const want = await run(some, six, (x, label) =>
          tripletLoss(l2Normalize(x), label, { mining: "random", margin: m, seed: s, counts }),
        );
        expect(got.loss[0]).toBe(want.loss);
        expect(sameBits(got.counts as Float32Array, await counts.read())).toBe(true);
        expect(sameBits(got.dx as Float32Array, want.dx)).toBe(true);
      }
      step.dispose();
    });
  });

  describe("contrastiveLoss", () => {
    test("the pairs worked out by hand", async () => {
      // Distances 1 of one label, 2 and 3 of two.
      const got = await run([0, 1, 3], [7, 7, 2], (x, label) => contrastiveLoss(x, label, { margin: 2.5 }));
      expect(got.loss).toBeCloseTo((0.5 + 0.125) / 3, 6);
      expect(error(got.dx, [-1 / 3, 1.5 / 3, -0.5 / 3])).toBeLessThan(1e-6);
    });

    test("equal rows of different labels lose and are not torn apart", async () => {
      const row = reals(5, 8);
      const got = await run([...row, ...row, ...row], [0, 1, 0], (x, label) =>
        contrastiveLoss(x, label, { margin: 1 }),
      );
      expect(got.loss).toBeCloseTo(1 / 3, 6);
      expect(got.dx.every((v) => Math.abs(v) < 1e-6)).toBe(true);
    });

    test("the margin may change between runs of a step, to what reestimateMargin gives", async () => {
      const margin = gpu.zeros([]);
      const [x, label] = [gpu.tensor(some, [24, 4]), gpu.tensor(Uint32Array.from(six))];
      const step = await gpu.step(() => ({ loss: contrastiveLoss(x, label, { margin }) }));
      for (const m of [1, reestimateMargin([0.5, 2, 4], [1, 1, 0])]) {
        margin.write(Float32Array.of(m));
        const want = await run(some, six, (x, label) => contrastiveLoss(x, label, { margin: m }));
        expect((await step.run()).loss[0]).toBe(want.loss);
      }
      step.dispose();
    });
  });

  test("neither loss pulls the batch as a whole", async () => {
    for (const f of [
      (x: Tensor, label: Tensor) => tripletLoss(x, label, { mining: "all", margin: 3 }),
      (x: Tensor, label: Tensor) => contrastiveLoss(x, label, { margin: 3 }),
    ]) {
      const { dx } = await run(some, six, f);
      const largest = Math.max(...dx.map(Math.abs));
      expect(largest).toBeGreaterThan(0.01);
      for (let d = 0; d < 4; d++) {
        const whole = dx.filter((_, i) => i % 4 === d).reduce((sum, v) => sum + v, 0);
        expect(Math.abs(whole)).toBeLessThan(1e-5 * largest);
      }
    }
  });

  test("what does not fit is refused before any work", () => {
    const [x, label] = [gpu.zeros([4, 7]), gpu.zeros([4], "u32")];
    gpu.flush();
    const { dispatches } = gpu.counters();
    const refusal = (o: object, where = x, of = label) => {
      try {
        tripletLoss(where, of, o as TripletOptions);
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    };
    expect(refusal({}, x, gpu.zeros([3], "u32"))).toBe(
      "tripletLoss: x (4, 7) and label (3) are given but must be (N, D) and (N)",
    );
    expect(refusal({}, gpu.zeros([4]))).toMatch(/x \(4\) and label/);
    expect(refusal({}, x, gpu.zeros([4]))).toBe(
      "tripletLoss: x is f32 and label f32 but they must be f32 and u32; cast x to f32",
    );
    expect(refusal({ margin: 0 })).toBe("tripletLoss: margin is 0 but must be a finite number above zero");
    expect(refusal({ mining: "soft" })).toBe(
      "tripletLoss: mining is soft but must be one of semi-hard, hard, all, random",
    );
    expect(refusal({ seed: -1 })).toBe(
      "tripletLoss: seed is -1 but must be a whole number that fits into 32 bits",
    );
    expect(refusal({ counts: gpu.zeros([3]) })).toBe("tripletLoss: counts is (3) but must be (2)");
    expect(refusal({ reduction: "none" })).toBe("tripletLoss: reduction is none but must be mean or sum");
    expect(refusal({ scale: Number.NaN })).toBe("tripletLoss: scale is NaN but must be a finite number");
    expect(() => contrastiveLoss(x, label, { margin: Number.POSITIVE_INFINITY })).toThrow(
      saying("contrastiveLoss: margin is Infinity but must be a finite number above zero"),
    );
    gpu.flush();
    expect(gpu.counters().dispatches).toBe(dispatches);
  });
});

describe("reestimateMargin", () => {
  test.each<[string, number[], number[], number]>([
    ["the middle between two kinds", [4, 1, 5, 2], [0, 1, 0, 1], 3],
    ["of equally good ones the widest gap", [1, 2, 3, 6, 7], [1, 0, 1, 0, 0], 4.5],
    ["then the lowest", [1, 2, 3, 4], [1, 0, 1, 0], 1.5],
    ["nothing accepted, where that is best", [1, 2], [0, 1], 0],
    ["all accepted, where that is best", [1, 2, 3], [0, 1, 1], 6],
  ])("%s", (_, distances, same, margin) => expect(reestimateMargin(distances, same)).toBe(margin));

  test("no threshold errs less often", () => {
    const r = random(5);
    const same = Array.from({ length: 80 }, () => r.below(2));
    const distances = same.map((s) => Math.abs(2 - s + r.normal()));
    const errors = (t: number) => distances.filter((d, i) => d < t !== Boolean(same[i])).length;
    const got = errors(reestimateMargin(distances, same));
    const least = Math.min(...[...distances, 0, 1e9].map(errors));
    expect(least).toBeGreaterThan(5);
    expect(got).toBe(least);
  });

  test("what does not fit is refused", () => {
    expect(() => reestimateMargin([1], [1, 0])).toThrow(
      saying("reestimateMargin: distances (1) and same (2) differ in length but describe the same pairs"),
    );
    expect(() => reestimateMargin([1, -1], [1, 0])).toThrow(
      saying("reestimateMargin: distance 1 is -1 but must be a finite number from 0 up"),
    );
    expect(() => reestimateMargin([1, 2], [1, 1])).toThrow(
      saying("reestimateMargin: 2 pairs of one person and 0 of two people are given but both are needed"),
    );
  });
});
