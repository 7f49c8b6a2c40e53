// Tests of paired decisions over several seeds, and of several recognizers at once.

import { KnotgradError } from "../error.ts";

/**
 * The exact sign-flip test of whole numbers d (N), two-sided: the share of all 2^N ways to choose signs with
 *   |sum over n of +-d_n| >= |sum over n of d_n|.
 * With d_n = over seeds, how often A alone is right on decision n less how often B alone is, this is McNemar's exact test
 * for one seed, and for several the same without taking the seeds' decisions on one pair as independent.
 * In O(N * sum |d|). Throws where a value is not a whole number.
 * Source: Fisher, The Design of Experiments (1935), section 21.
 */
export function signFlips(differences: ArrayLike<number>): number {
  const sizes: number[] = [];
  let observed = 0;
  for (let n = 0; n < differences.length; n++) {
    const d = differences[n]!;
    if (!Number.isSafeInteger(d)) {
      throw new KnotgradError("value", `signFlips: difference ${n} is ${d} but must be a whole number`);
    }
    observed += d;
    if (d !== 0) sizes.push(Math.abs(d));
  }
  const most = sizes.reduce((sum, d) => sum + d, 0);
  // chance[most + s] of a sum of s, over the first few values
  let chance = new Float64Array(2 * most + 1);
  let next = new Float64Array(2 * most + 1);
  chance[most] = 1;
  let reach = 0;
  for (const d of sizes) {
    next.fill(0, most - reach - d, most + reach + d + 1);
    for (let s = most - reach; s <= most + reach; s++) {
      const half = chance[s]! / 2;
      next[s - d]! += half;
      next[s + d]! += half;
    }
    reach += d;
    [chance, next] = [next, chance];
  }
  let p = 0;
  // From the tails in, so that small chances are not lost.
  for (let s = most; s >= Math.max(1, Math.abs(observed)); s--) p += chance[most - s]! + chance[most + s]!;
  return Math.min(1, observed === 0 ? 1 : p);
}

/**
 * p values (M) after Holm's correction for M tests, in the order given: the k-th smallest, from 0, times M - k, or the
 * corrected one before it where that is larger, at most 1. The chance that any test without a true difference comes
 * out below a level is at most that level, however the tests hang together.
 * Throws where a value lies outside 0 to 1.
 * Source: Holm, Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(ps: readonly number[]): number[] {
  for (const [i, p] of ps.entries()) {
    if (!(p >= 0 && p <= 1))
      throw new KnotgradError("value", `holm: p ${i} is ${p} but must lie between 0 and 1`);
  }
  const corrected = ps.map(() => 0);
  const rising = ps.map((_, i) => i).sort((i, j) => ps[i]! - ps[j]!);
  let least = 0;
  for (const [k, i] of rising.entries()) {
    least = Math.min(1, Math.max(least, (ps.length - k) * ps[i]!));
    corrected[i] = least;
  }
  return corrected;
}
