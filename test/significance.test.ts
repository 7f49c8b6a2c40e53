// McNemar's test against sums written out; bootstrap intervals against distributions that are known.

import { describe, expect, test } from "vitest";
import { bootstrap, mcnemar } from "../src/face/significance.ts";
import { random } from "../src/random.ts";

/** Decisions of both recognizers, of which `both`, `onlyA` and `onlyB` are right. */
function decisions(both: number, onlyA: number, onlyB: number): [boolean[], boolean[]] {
  const run = (length: number, right: boolean): boolean[] => Array.from({ length }, () => right);
  return [
    [...run(both, true), ...run(onlyA, true), ...run(onlyB, false)],
    [...run(both, true), ...run(onlyA, false), ...run(onlyB, true)],
  ];
}

describe("mcnemar", () => {
  test.each([
    [5, 1, (2 * (1 + 6)) / 64],
    [0, 5, 2 / 32],
    [2, 8, (2 * (1 + 10 + 45)) / 1024],
    [3, 3, 1],
    [0, 0, 1],
    [1, 0, 1],
    [0, 1000, 2 ** -999],
  ])("%i decisions only A gets right, %i only B", (onlyA, onlyB, p) => {
    const result = mcnemar(...decisions(7, onlyA, onlyB));
    expect(result).toMatchObject({ onlyA, onlyB });
    expect(result.p / p).toBeCloseTo(1, 11);
  });

  test("many decisions, against the sum in whole numbers", () => {
    const [n, m] = [3000, 1420];
    let [term, sum] = [1n, 0n];
    for (let i = 0n; i <= m; i++) {
      sum += term;
      term = (term * (BigInt(n) - i)) / (i + 1n);
    }
    const p = Number((2n * sum * 10n ** 20n) >> BigInt(n)) / 1e20;
    expect(mcnemar(...decisions(0, n - m, m)).p / p).toBeCloseTo(1, 10);
  });

  test("what is no list of decisions is refused in a sentence", () => {
    expect(() => mcnemar([true], [true, false])).toThrow("mcnemar: correctA (1) and correctB (2) differ");
    expect(() => mcnemar([1, 0], [1, 0.5])).toThrow("mcnemar: correctB 1 is 0.5 but must be");
  });
});

describe("bootstrap", () => {
  const mean = (sample: number[]): number => sample.reduce((sum, v) => sum + v, 0) / sample.length;

  test("two values: the mean of a resample is 0, 1/2 or 1 with chances 1/4, 1/2, 1/4", () => {
    expect(bootstrap([0, 1], mean, { level: 0.9 })).toEqual({ estimate: 0.5, low: 0, high: 1 });
    expect(bootstrap([0, 1], mean, { level: 0.3 })).toEqual({ estimate: 0.5, low: 0.5, high: 0.5 });
  });

  test("quantiles lie on lines between the sorted statistics", () => {
    // Whatever is drawn: statistics 0, 1, 2, 3 in turn, so quantiles 0.1 and 0.9 lie at 0.3 and 2.7.
    let turn = 0;
    const { low, high } = bootstrap([5], () => turn++, { resamples: 4, level: 0.8 });
    expect(low).toBeCloseTo(0.3, 12);
    expect(high).toBeCloseTo(2.7, 12);
  });

  test("the mean of normal values lies within 1.96 standard errors", () => {
    const N = 400;
    const stream = random(2);
    const values = Float64Array.from({ length: N }, () => 3 + 2 * stream.normal());
    const { estimate, low, high } = bootstrap(values, mean);
    const deviation = Math.sqrt(mean(Array.from(values, (v) => (v - estimate) ** 2)));
    expect((high - low) / ((2 * 1.96 * deviation) / Math.sqrt(N))).toBeCloseTo(1, 1);
    expect(low).toBeLessThan(3);
    expect(high).toBeGreaterThan(3);
  });

  test("the seed alone decides, and any kind of value is resampled", () => {
    const pairs = [1, 4, 9, 16, 25].map((x, i) => ({ x, y: i }));
    const slope = (sample: { x: number; y: number }[]): number => mean(sample.map(({ x, y }) => x * y));
    const of = (seed: number) => bootstrap(pairs, slope, { seed, resamples: 50 });
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
  });

  test("what cannot be resampled is refused in a sentence", () => {
    expect(() => bootstrap([], mean)).toThrow("bootstrap: there are no values");
    expect(() => bootstrap([1], mean, { resamples: 0 })).toThrow("bootstrap: resamples is 0 but must");
    expect(() => bootstrap([1], mean, { level: 1 })).toThrow("bootstrap: level is 1 but must lie between");
    expect(() => bootstrap([1], () => Number.NaN)).toThrow("the statistic of a sample is NaN");
  });
});
