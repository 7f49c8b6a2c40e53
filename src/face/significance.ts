// Is a difference between two recognizers more than chance? McNemar's test, and bootstrap intervals.

import { KnotgradError } from "../error.ts";
import { random } from "../random.ts";

/**
 * McNemar's exact test of two recognizers on the same N decisions: correct (N), true or 1 where a decision is right.
 * Where both are equally good, a decision that only one gets right is as likely A's as B's, so with n = onlyA + onlyB,
 *   p = min(1, 2 sum over i <= min(onlyA, onlyB) of C(n, i) / 2^n),
 * the chance of a difference at least as large.
 * Throws where the lengths differ or a value is not true, false, 1 or 0.
 * Source: McNemar, Psychometrika 12 (1947), with the exact binomial distribution in place of chi squared.
 * @example
 * ```ts
 * mcnemar([1, 1, 1, 0], [1, 0, 0, 0]).p; // => 0.5
 * ```
 */
export function mcnemar(
  correctA: ArrayLike<boolean | number>,
  correctB: ArrayLike<boolean | number>,
): { readonly onlyA: number; readonly onlyB: number; readonly p: number } {
  if (correctA.length !== correctB.length) {
    throw new KnotgradError(
      "shape",
      `mcnemar: correctA (${correctA.length}) and correctB (${correctB.length}) differ in length but must be of the same decisions`,
    );
  }
  let [onlyA, onlyB] = [0, 0];
  for (let i = 0; i < correctA.length; i++) {
    const [a, b] = [decision("correctA", correctA, i), decision("correctB", correctB, i)];
    if (a && !b) onlyA++;
    if (b && !a) onlyB++;
  }
  const n = onlyA + onlyB;
  return { onlyA, onlyB, p: Math.min(1, 2 * lowerTail(n, Math.min(onlyA, onlyB))) };
}

function decision(name: string, values: ArrayLike<boolean | number>, i: number): boolean {
  const value = values[i];
  if (value !== true && value !== false && value !== 0 && value !== 1) {
    throw new KnotgradError("value", `mcnemar: ${name} ${i} is ${value} but must be true, false, 1 or 0`);
  }
  return Boolean(value);
}

/** The chance of at most m heads in n tosses, m <= n / 2: the largest term times the sum of all relative to it. */
function lowerTail(n: number, m: number): number {
  let logTerm = -n * Math.LN2;
  for (let i = 1; i <= m; i++) logTerm += Math.log((n - m + i) / i);
  let [term, sum] = [1, 0];
  for (let i = m; i >= 0; i--) {
    sum += term;
    term *= i / (n - i + 1);
  }
  return Math.exp(logTerm) * sum;
}

/** An estimate and the interval that `level` of its resamples fall in. */
export interface Interval {
  /** The statistic of the values themselves. */
  readonly estimate: number;
  /** Where the interval begins. */
  readonly low: number;
  /** Where the interval ends. */
  readonly high: number;
}

/**
 * The percentile bootstrap interval of a statistic of N independent values of any kind: the (1 - level) / 2 and
 * (1 + level) / 2 quantiles of the statistic over `resamples` samples of N values drawn with replacement. Quantile q lies at
 * position q (resamples - 1) of the sorted statistics, on a straight line between neighbours.
 * Pairs that share images are not independent: resample people, or folds, there.
 * Throws where there are no values, an option is out of range, or the statistic is not finite.
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3.
 */
export function bootstrap<T>(
  values: ArrayLike<T>,
  statistic: (sample: T[]) => number,
  options: { readonly resamples?: number; readonly seed?: number; readonly level?: number } = {},
): Interval {
  const { resamples = 2000, seed = 1, level = 0.95 } = options;
  const N = values.length;
  if (N === 0) throw new KnotgradError("value", "bootstrap: there are no values but at least one is needed");
  if (!Number.isSafeInteger(resamples) || resamples < 1) {
    throw new KnotgradError(
      "value",
      `bootstrap: resamples is ${resamples} but must be a whole number from 1`,
    );
  }
  if (!(level > 0 && level < 1)) {
    throw new KnotgradError("value", `bootstrap: level is ${level} but must lie between 0 and 1`);
  }
  const of = (sample: T[]): number => {
    const value = statistic(sample);
    if (!Number.isFinite(value)) {
      throw new KnotgradError("value", `bootstrap: the statistic of a sample is ${value} but must be finite`);
    }
    return value;
  };
  const { below } = random(seed);
  const sorted = Float64Array.from({ length: resamples }, () =>
    of(Array.from({ length: N }, () => values[below(N)]!)),
  ).sort();
  const quantile = (q: number): number => {
    const at = q * (resamples - 1);
    const [a, b] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
    return a + (at - Math.floor(at)) * (b - a);
  };
  return {
    estimate: of(Array.from(values)),
    low: quantile((1 - level) / 2),
    high: quantile((1 + level) / 2),
  };
}
