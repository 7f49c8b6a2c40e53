import { describe, expect, test } from "vitest";
import {
  chiSquaredScores,
  deepFaceFeatures,
  largestOf,
  linearSvm,
  type SvmOptions,
} from "../src/face/chi_squared.ts";
import type { Pair } from "../src/face/pairs.ts";
import { verify } from "../src/face/verification.ts";
import { random } from "../src/random.ts";

const close = (got: ArrayLike<number>, want: readonly number[], within: number): void => {
  expect(got.length).toBe(want.length);
  for (const [i, v] of want.entries()) expect(Math.abs(got[i]! - v)).toBeLessThan(within);
};

describe("deepFaceFeatures", () => {
  test("each element over its largest, cut to [0, 1], and rows of length 1", () => {
    const training = Float32Array.of(1, -3, 0.01, 4, -2, 0.02);
    const largest = largestOf(training, 3);
    expect([...largest]).toEqual([4, -2, Math.fround(0.02)]);
    // 3 / 4, below 0, 0.05 / 0.05: 0.02 is below epsilon. Then 8 / 4, cut, and nothing else.
    const features = deepFaceFeatures(Float32Array.of(3, -1, 0.05, 8, 0, 0), 3, largest);
    close(features, [0.6, 0, 0.8, 1, 0, 0], 1e-7);
  });
  test.each<[string, number[], number[], object, string]>([
    [
      "a length that D does not divide",
      [1, 2, 3],
      [1, 1],
      {},
      "embeddings (3) must be rows of length D but D is 2",
    ],
    ["too few largest", [1, 2], [1], {}, "largest is (1) but must be (D) with D = 2"],
    ["an element that is none", [1, Number.NaN], [1, 1], {}, "element (0, 1) is NaN and the largest 1"],
    ["a largest without bound", [1, 2], [Infinity, 1], {}, "element (0, 0) is 1 and the largest Infinity"],
    ["no direction", [1, 1, 0, -1], [1, 1], {}, "row 1 has no element above 0 but needs one"],
    ["epsilon of 0", [1, 1], [1, 1], { epsilon: 0 }, "epsilon is 0 but must be above 0"],
  ])("%s is refused", (_, embeddings, largest, options, sentence) => {
    expect(() => deepFaceFeatures(Float32Array.from(embeddings), 2, largest, options)).toThrow(
      `deepFaceFeatures: ${sentence}`,
    );
  });
});

describe("linearSvm", () => {
  test.each<[string, number[], number[], SvmOptions, number[], number, number[]]>([
    // w separates -1 and 1 with margin 1: alpha = 1 / 2 each, below the cost.
    ["two points", [-1, 1], [-1, 1], { loss: "l1", constant: 0 }, [1], 0, [0.5, 0.5]],
    // The cost stops alpha at 0.2 each: w = 0.2 (1 + 1).
    [
      "two points, a low cost",
      [-1, 1],
      [-1, 1],
      { loss: "l1", constant: 0, cost: 0.2 },
      [0.4],
      0,
      [0.2, 0.2],
    ],
    // One point, l2: w^2 / 2 + (1 - 2 w)^2 is least where w = 4 / 9; alpha = 2 (1 - 2 w).
    ["one point, l2", [2], [1], { constant: 0 }, [4 / 9], 0, [2 / 9]],
    // Both margins are 1: w + bias = -1 and 3 w + bias = 1. And w = 3 alpha[1] - alpha[0], bias = 100 (alpha[1] - alpha[0]).
    ["a bias", [1, 3], [-1, 1], { loss: "l1", constant: 10, cost: 9 }, [1], -2, [0.53, 0.51]],
    // A point far on its side has no part.
    ["no support vector", [-1, 1, 5], [-1, 1, 1], { loss: "l1", constant: 0 }, [1], 0, [0.5, 0.5, 0]],
    ["a vector of zeros", [0, 0], [1, -1], { loss: "l1", constant: 0 }, [0], 0, [1, 1]],
  ])("%s, solved by hand", (_, x, y, options, weights, bias, alpha) => {
    const found = linearSvm(Float64Array.from(x), y, { tolerance: 1e-10, ...options });
    close(found.weights, weights, 1e-8);
    expect(Math.abs(found.bias - bias)).toBeLessThan(1e-8);
    // Points on one line through 0: without a constant only the sum of alpha is fixed.
    if (x.length === 1 || options.constant !== 0) close(found.alpha, alpha, 1e-8);
    else {
      const sum = (a: ArrayLike<number>) => Array.from(a).reduce((s, v) => s + v, 0);
      expect(Math.abs(sum(found.alpha) - sum(alpha))).toBeLessThan(1e-8);
    }
  });

  const [P, D] = [120, 7];
  const r = random(4);
  const y = Int8Array.from({ length: P }, () => (r.next() < 0.4 ? 1 : -1));
  const x = Float64Array.from(
    { length: P * D },
    (_, i) => r.normal() + (i % D < 2 ? 0.6 * y[Math.floor(i / D)]! : 0),
  );

  test.each<Required<Pick<SvmOptions, "loss" | "cost" | "constant">>>([
    { loss: "l1", cost: 0.05, constant: 1 },
    { loss: "l1", cost: 2, constant: 3 },
    { loss: "l2", cost: 0.1, constant: 0 },
    { loss: "l2", cost: 5, constant: 1 },
  ])("the conditions of Karush, Kuhn and Tucker, and no gap: %o", (options) => {
    const { loss, cost, constant } = options;
    const { weights, bias, alpha } = linearSvm(x, y, { ...options, tolerance: 1e-9 });
    const sums = new Float64Array(D);
    let [sumBias, primal, dual, within, wrong] = [0, 0, 0, 0, 0];
    for (let p = 0; p < P; p++) {
      const row = x.subarray(p * D, (p + 1) * D);
      const margin = y[p]! * row.reduce((sum, v, d) => sum + v * weights[d]!, bias);
      const slack = Math.max(0, 1 - margin);
      const a = alpha[p]!;
      row.forEach((v, d) => {
        sums[d]! += a * y[p]! * v;
      });
      sumBias += a * y[p]! * constant ** 2;
      primal += cost * (loss === "l1" ? slack : slack ** 2);
      dual += a - (loss === "l1" ? 0 : a ** 2 / (4 * cost));
      if (margin < 1) wrong++;
      // alpha is the slope of the loss, up to sign: between 0 and cost on the margin of l1, 2 cost slack in l2.
      if (loss === "l2") expect(Math.abs(a - 2 * cost * slack)).toBeLessThan(1e-6);
      else if (a > 0 && a < cost) {
        within++;
        expect(Math.abs(margin - 1)).toBeLessThan(1e-6);
      } else expect(a === 0 ? 1 - margin : margin - 1).toBeLessThan(1e-6);
    }
    close(weights, [...sums], 1e-10);
    expect(Math.abs(bias - sumBias)).toBeLessThan(1e-10);
    const half =
      (weights.reduce((sum, w) => sum + w * w, 0) + (constant === 0 ? 0 : (bias / constant) ** 2)) / 2;
    expect(primal + half - (dual - half)).toBeLessThan(1e-7 * primal);
    expect(primal + half - (dual - half)).toBeGreaterThan(-1e-7 * primal);
    // The data overlap and l1 has vectors on the margin, or the conditions above would say little.
    expect(wrong).toBeGreaterThan(10);
    if (loss === "l1") expect(within).toBeGreaterThan(2);
  });
  test("the same bits again; another seed ends close by", () => {
    const first = linearSvm(x, y, { tolerance: 1e-9 });
    expect(linearSvm(x, y, { tolerance: 1e-9 })).toEqual(first);
    const other = linearSvm(x, y, { tolerance: 1e-9, seed: 2 });
    expect(other.weights).not.toEqual(first.weights);
    close(other.weights, [...first.weights], 1e-7);
  });
  test.each<[string, number[], number[], object, string]>([
    ["no vectors", [], [], {}, "x (0) and y (0) are given but must be (P, D) and (P)"],
    ["sizes that do not fit", [1, 2, 3], [1, -1], {}, "x (3) and y (2) are given but must be (P, D) and (P)"],
    ["a class of 0", [1, 2], [1, 0], {}, "y[1] is 0 but must be 1 or -1"],
    ["no number", [1, Infinity], [1, -1], {}, "x has Infinity but all numbers must be finite"],
    ["another loss", [1, 2], [1, -1], { loss: "hinge" }, "loss is hinge but must be l1 or l2"],
    ["a cost of 0", [1, 2], [1, -1], { cost: 0 }, "cost is 0 but must be a number above 0"],
    [
      "a constant that is none",
      [1, 2],
      [1, -1],
      { constant: Number.NaN },
      "constant is NaN but must be finite",
    ],
    ["too few passes", [1, 2], [1, -1], { passes: 1 }, "after (1) passes the projected gradient is"],
  ])("%s: refused", (_, x, y, options, sentence) => {
    expect(() => linearSvm(Float64Array.from(x), y, options)).toThrow(`linearSvm: ${sentence}`);
  });
});

describe("chiSquaredScores", () => {
  test("bias less the weighted distance, learned on the other folds", () => {
    // Element 0 tells the person, element 1 says nothing, element 2 is never there.
    const features = Float64Array.of(1, 1, 0, 1, 3, 0, 4, 1, 0, 4, 3, 0);
    const kinds = [
      { a: 0, b: 1, same: true },
      { a: 2, b: 3, same: true },
      { a: 0, b: 2, same: false },
      { a: 1, b: 3, same: false },
    ];
    const pairs = [0, 1].flatMap((fold) => kinds.map((kind) => ({ ...kind, fold })));
    const elements = [0, 1, 0, 0, 1, 0, 9 / 5, 0, 0, 9 / 5, 0, 0];
    const s = Math.sqrt((2 * 1 + 2 * 1.8 ** 2) / 4);
    const learned = Float64Array.from(elements, (v) => v / s);
    const { weights, bias } = linearSvm(learned, [1, 1, -1, -1], { cost: 100, tolerance: 1e-9 });
    const scores = chiSquaredScores(features, 3, pairs, { cost: 100, tolerance: 1e-9 });
    const want = [0, 1, 2, 3].map(
      (p) => bias + learned[3 * p]! * weights[0]! + learned[3 * p + 1]! * weights[1]!,
    );
    close(scores, [...want, ...want], 1e-12);
    // Pairs of one person lie above the middle, others below, by the margin of 1 that the cost all but enforces.
    for (const [p, score] of scores.entries())
      expect(Math.abs(score - (pairs[p]!.same ? 1 : -1))).toBeLessThan(0.1);
    expect(weights[2]).toBe(0);
  });

  // People differ in the first 3 of 8 elements; the others are noise.
  const D = 8;
  const r = random(8);
  const [PEOPLE, IMAGES] = [40, 4];
  const people = Array.from({ length: PEOPLE * 3 }, () => 5 * r.next());
  const features = Float64Array.from({ length: PEOPLE * IMAGES * D }, (_, i) => {
    const [n, d] = [Math.floor(i / D), i % D];
    return d < 3 ? people[3 * Math.floor(n / IMAGES) + d]! + 0.2 * r.next() : 5 * r.next();
  });
  const pairs: Pair[] = Array.from({ length: 240 }, (_, p) => {
    const [person, same] = [r.below(PEOPLE), p % 2 === 0];
    const other = same ? person : (person + 1 + r.below(PEOPLE - 1)) % PEOPLE;
    return { a: person * IMAGES + r.below(2), b: other * IMAGES + 2 + r.below(2), same, fold: p % 3 };
  });
  const verified = (scores: Float64Array) =>
    verify(
      scores,
      pairs.map((pair) => pair.same),
      pairs.map((pair) => pair.fold),
    ).mean;

  test("weights find the elements that tell people apart, and one threshold does for all folds", () => {
    const plain = Float64Array.from(pairs, ({ a, b }) => {
      let sum = 0;
      for (let d = 0; d < D; d++) {
        const [u, v] = [features[a * D + d]!, features[b * D + d]!];
        sum -= (u - v) ** 2 / (u + v);
      }
      return sum;
    });
    const weighted = chiSquaredScores(features, D, pairs, { cost: 10 });
    expect(verified(plain)).toBeLessThan(0.8);
    expect(verified(weighted)).toBeGreaterThan(0.95);
    const right = pairs.filter(({ same }, p) => weighted[p]! > 0 === same).length;
    expect(right / pairs.length).toBeGreaterThan(0.93);
  });
  test("a fold's own pairs do not touch its scores", () => {
    const scores = chiSquaredScores(features, D, pairs);
    const turned = pairs.map((pair) => (pair.fold === 1 ? { ...pair, same: pair.a % 3 === 0 } : pair));
    const again = chiSquaredScores(features, D, turned);
    const of = (all: Float64Array, fold: number) => [...all].filter((_, p) => pairs[p]!.fold === fold);
    expect(of(again, 1)).toEqual(of(scores, 1));
    expect(of(again, 0)).not.toEqual(of(scores, 0));
    // Nor do the others of its pairs: alone in it, a pair scores as it does in company.
    const kept = pairs.filter((pair, p) => pair.fold !== 1 || p === 1);
    expect(chiSquaredScores(features, D, kept)[1]).toBe(scores[1]);
  });
  test.each<[string, ArrayLike<number>, readonly Pair[], string]>([
    [
      "a feature below 0",
      features.with(D * pairs[0]!.a + 2, -0.5),
      pairs,
      `feature (${pairs[0]!.a}, 2) is -0.5 but all must be finite and at least 0; deepFaceFeatures cuts them`,
    ],
    ["no number", features.with(D * pairs[0]!.a, Number.NaN), pairs, `feature (${pairs[0]!.a}, 0) is NaN`],
    [
      "a row that is not there",
      features,
      [{ ...pairs[0]!, b: 160 }],
      "pair 0 names row 160 but there are 160 rows",
    ],
    [
      "rows of another length",
      features.subarray(1),
      pairs,
      "features (1279) must be rows of length D but D is 8",
    ],
    [
      "one fold",
      features,
      pairs.map((pair) => ({ ...pair, fold: 4 })),
      "the folds beside 4 have 0 pairs of one person and 0",
    ],
    [
      "others of one kind",
      features,
      pairs.filter(({ fold, same }) => fold === 0 || (fold === 1 && same)),
      "the folds beside 0 have 40 pairs of one person and 0 of two but need both",
    ],
  ])("%s: refused", (_, given, list, sentence) => {
    expect(() => chiSquaredScores(given, D, list)).toThrow(`chiSquaredScores: ${sentence}`);
  });
});
