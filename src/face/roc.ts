// Receiver operating characteristic of scored pairs: how many pairs are accepted as the threshold falls.

import { KnotgradError } from "../error.ts";

/** Counts of accepted pairs at every threshold that matters: a pair is accepted when score >= threshold. */
export interface Roc {
  /** (R) distinct scores, falling. */
  readonly thresholds: Float64Array;
  /** (R) pairs of one person with a score of at least thresholds[r]. */
  readonly trueAccepts: Uint32Array;
  /** (R) pairs of two people with a score of at least thresholds[r]. */
  readonly falseAccepts: Uint32Array;
}

/**
 * The curve of N scored pairs, in O(N log N): scores (N), higher for more alike, and same (N), true or 1
 * where both images show one person.
 * Throws where the lengths differ, a score is not finite, or one of the two kinds of pair is missing.
 */
export function roc(scores: ArrayLike<number>, same: ArrayLike<boolean | number>): Roc {
  checkScores("roc", scores, same);
  const positives = Array.from(same).filter(Boolean).length;
  if (positives === 0 || positives === same.length) {
    throw new KnotgradError(
      "value",
      `roc: ${positives} of ${same.length} pairs show one person but pairs of one and of two people are needed`,
    );
  }
  return sweep(scores, same, fallingOrder(scores));
}

/** The numbers of the pairs by falling score, (N). */
export function fallingOrder(scores: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: scores.length }, (_, i) => i).sort((i, j) => scores[j]! - scores[i]!);
}

/** The curve of the pairs listed in `order`, by falling score, in O(order.length). */
export function sweep(scores: ArrayLike<number>, same: ArrayLike<boolean | number>, order: Uint32Array): Roc {
  const thresholds = new Float64Array(order.length);
  const trueAccepts = new Uint32Array(order.length);
  const falseAccepts = new Uint32Array(order.length);
  let R = 0;
  let positives = 0;
  let negatives = 0;
  for (const i of order) {
    if (same[i]) positives++;
    else negatives++;
    // Pairs of equal score are accepted together: one point on the curve.
    if (R === 0 || thresholds[R - 1] !== scores[i]) thresholds[R++] = scores[i]!;
    trueAccepts[R - 1] = positives;
    falseAccepts[R - 1] = negatives;
  }
  return {
    thresholds: thresholds.subarray(0, R),
    trueAccepts: trueAccepts.subarray(0, R),
    falseAccepts: falseAccepts.subarray(0, R),
  };
}

/** Area under the curve: the chance that a pair of one person outscores a pair of two, ties counted half. */
export function areaUnder({ trueAccepts, falseAccepts }: Roc): number {
  let twice = 0;
  for (let r = 0; r < trueAccepts.length; r++) {
    const falseBefore = r === 0 ? 0 : falseAccepts[r - 1]!;
    const trueBefore = r === 0 ? 0 : trueAccepts[r - 1]!;
    twice += (falseAccepts[r]! - falseBefore) * (trueAccepts[r]! + trueBefore);
  }
  return twice / (2 * trueAccepts.at(-1)! * falseAccepts.at(-1)!);
}

/**
 * The equal error rate, from 0 to 1: where the share of pairs falsely accepted equals the share falsely
 * rejected, on straight lines between the points of the curve.
 */
export function equalErrorRate({ trueAccepts, falseAccepts }: Roc): number {
  const positives = trueAccepts.at(-1)!;
  const negatives = falseAccepts.at(-1)!;
  // Rejected minus accepted share times positives * negatives: a whole number, so its sign is exact.
  const gap = (t: number, f: number): number => (positives - t) * negatives - f * positives;
  const r = trueAccepts.findIndex((t, r) => gap(t, falseAccepts[r]!) <= 0);
  const [t, f] = r === 0 ? [0, 0] : [trueAccepts[r - 1]!, falseAccepts[r - 1]!];
  const before = gap(t, f);
  const after = gap(trueAccepts[r]!, falseAccepts[r]!);
  return (f + (before / (before - after)) * (falseAccepts[r]! - f)) / negatives;
}

/**
 * The share of pairs of one person accepted (TAR) when the share `far` of pairs of two people is.
 *
 * With k = round(far * negatives), the threshold is the k-th highest score of a pair of two people, the rule of
 * the BLUFR benchmark. Where ties there would let in more than k, it is the next higher such score, or just
 * above all of them: a tie never buys accuracy. far = 0 asks for just above all, far = 1 accepts everything.
 * Null where far lies below 1 / negatives: so few pairs cannot resolve it.
 * Throws where far lies outside 0 to 1.
 */
export function trueAcceptRate({ trueAccepts, falseAccepts }: Roc, far: number): number | null {
  if (!(far >= 0 && far <= 1)) {
    throw new KnotgradError("value", `trueAcceptRate: far is ${far} but must lie between 0 and 1`);
  }
  if (far === 1) return 1;
  const negatives = falseAccepts.at(-1)!;
  if (far > 0 && negatives < 1 / far) return null;
  const allowed = Math.round(far * negatives);
  let accepted = 0;
  for (let r = 0; r < trueAccepts.length; r++) {
    const falseBefore = r === 0 ? 0 : falseAccepts[r - 1]!;
    if (falseAccepts[r]! > allowed) {
      // With no score of two people accepted yet, everything above the first of them is.
      if (falseBefore === 0) accepted = r === 0 ? 0 : trueAccepts[r - 1]!;
      break;
    }
    if (falseAccepts[r]! > falseBefore) accepted = trueAccepts[r]!;
  }
  return accepted / trueAccepts.at(-1)!;
}

/** Throws, in the name of `caller`, where scores and same differ in length or hold what they must not. */
export function checkScores(
  caller: string,
  scores: ArrayLike<number>,
  same: ArrayLike<boolean | number>,
): void {
  if (scores.length !== same.length) {
    throw new KnotgradError(
      "shape",
      `${caller}: scores (${scores.length}) and same (${same.length}) differ in length but describe the same pairs`,
    );
  }
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i])) {
      throw new KnotgradError("value", `${caller}: score ${i} is ${scores[i]} but scores must be finite`);
    }
    if (same[i] !== true && same[i] !== false && same[i] !== 0 && same[i] !== 1) {
      throw new KnotgradError("value", `${caller}: same ${i} is ${same[i]} but must be true, false, 1 or 0`);
    }
  }
}
