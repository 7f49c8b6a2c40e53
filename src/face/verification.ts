// Face verification: do two images show one person? Scores of pairs, and the LFW protocol over them.

import { KnotgradError } from "../error.ts";
import {
  areaUnder,
  checkScores,
  equalErrorRate,
  fallingOrder,
  type Roc,
  sweep,
  trueAcceptRate,
} from "./roc.ts";

/** What `verify` measures; rates run from 0 to 1. */
export interface Verification {
  /** Mean accuracy over the folds. */
  readonly mean: number;
  /** Standard error of that mean: the sample standard deviation of the accuracies over sqrt(folds). */
  readonly standardError: number;
  /** Population standard deviation of the accuracies. */
  readonly deviation: number;
  /** The threshold chosen on the other folds, on the score or the squared distance, and the accuracy it reaches on this one. */
  readonly folds: { readonly threshold: number; readonly accuracy: number }[];
  /** Area under the curve of all pairs. */
  readonly auc: number;
  /** Equal error rate of all pairs. */
  readonly eer: number;
  /** Pairs of one person accepted at a false accept rate of 0.01 and 0.001; null where too few pairs resolve it. */
  readonly tarAtFar: { readonly [far: string]: number | null };
}

/** How `verify` chooses thresholds. */
export type ThresholdSearch = "exact" | "insightface";

/**
 * Verification accuracy by the LFW view-2 protocol: scores (N), higher for more alike, same (N), true or 1
 * where both images show one person, fold (N), whole numbers from 0. In O(N log N + folds * N).
 *
 * A pair is accepted when score >= threshold. Each fold is tested with the threshold that is right most often
 * on the pairs of the other folds; the candidates are the midpoints between neighbouring distinct scores there,
 * and of equally good ones the middle of the widest gap counts, then the highest. Accepting or rejecting every
 * pair is chosen only where no midpoint is as good. The curve measures pool all folds.
 *
 * With `search: "insightface"` mean and deviation are those which insightface prints: scores are cosines, a pair is
 * accepted when the squared distance 2 - 2 score of its unit embeddings is below the threshold, and of 0, 0.01, ...,
 * 3.99 the first of the best is taken. Its embedding is the sum of those of an image and of its mirror image.
 * Throws where lengths differ, a score is not finite, or no cosine where it must be, there are fewer than 2 folds, or
 * a fold lacks pairs of one or of two people.
 * Sources: Huang et al., Labeled Faces in the Wild, UMass TR 07-49, section IV; github.com/deepinsight/insightface,
 * recognition/arcface_torch/eval/verification.py.
 * @example
 * ```ts
 * const scores = [0.9, 0.8, 0.1, 0.2, 0.7, 0.9, 0.3, 0.2];
 * const same = [1, 1, 0, 0, 1, 1, 0, 0];
 * const fold = [0, 0, 0, 0, 1, 1, 1, 1];
 * verify(scores, same, fold).mean; // => 1
 * ```
 */
export function verify(
  scores: ArrayLike<number>,
  same: ArrayLike<boolean | number>,
  fold: ArrayLike<number>,
  { search = "exact" }: { readonly search?: ThresholdSearch } = {},
): Verification {
  if (search !== "exact" && search !== "insightface") {
    throw new KnotgradError("value", `verify: search is ${search} but must be exact or insightface`);
  }
  checkScores("verify", scores, same);
  if (search === "insightface") checkCosines(scores);
  const K = checkFolds(same, fold);
  const order = fallingOrder(scores);
  const right = new Float64Array(K);
  const size = new Float64Array(K);
  const thresholds = Float64Array.from({ length: K }, (_, k) => {
    const others = order.filter((i) => fold[i] !== k);
    return search === "exact" ? bestThreshold(sweep(scores, same, others)) : onGrid(scores, same, others);
  });
  const accepts = (score: number, threshold: number): boolean =>
    search === "exact" ? score >= threshold : squaredDistance(score) < threshold;
  for (let i = 0; i < scores.length; i++) {
    const k = fold[i]!;
    size[k]!++;
    if (accepts(scores[i]!, thresholds[k]!) === Boolean(same[i])) right[k]!++;
  }
  const accuracies = right.map((r, k) => r / size[k]!);
  const mean = accuracies.reduce((sum, a) => sum + a, 0) / K;
  const squares = accuracies.reduce((sum, a) => sum + (a - mean) ** 2, 0);
  const curve = sweep(scores, same, order);
  return {
    mean,
    standardError: Math.sqrt(squares / (K - 1) / K),
    deviation: Math.sqrt(squares / K),
    folds: Array.from(accuracies, (accuracy, k) => ({ threshold: thresholds[k]!, accuracy })),
    auc: areaUnder(curve),
    eer: equalErrorRate(curve),
    tarAtFar: { "0.01": trueAcceptRate(curve, 0.01), "0.001": trueAcceptRate(curve, 0.001) },
  };
}

/** The number of folds; throws where they cannot be tested on one another. */
function checkFolds(same: ArrayLike<boolean | number>, fold: ArrayLike<number>): number {
  if (fold.length !== same.length) {
    throw new KnotgradError(
      "shape",
      `verify: fold (${fold.length}) and same (${same.length}) differ in length but describe the same pairs`,
    );
  }
  let K = 0;
  for (let i = 0; i < fold.length; i++) {
    // Every fold needs a pair, so no fold has a number as large as the number of pairs.
    if (!Number.isInteger(fold[i]) || fold[i]! < 0 || fold[i]! >= fold.length) {
      throw new KnotgradError(
        "value",
        `verify: fold of pair ${i} is ${fold[i]} but must be a whole number from 0, without gaps`,
      );
    }
    K = Math.max(K, fold[i]! + 1);
  }
  if (K < 2) {
    throw new KnotgradError(
      "value",
      `verify: the pairs form ${K} fold${K === 1 ? "" : "s"} but at least 2 are needed, to choose a threshold on the others`,
    );
  }
  const positives = new Uint32Array(K);
  const negatives = new Uint32Array(K);
  for (let i = 0; i < fold.length; i++) (same[i] ? positives : negatives)[fold[i]!]!++;
  for (let k = 0; k < K; k++) {
    if (positives[k] === 0 || negatives[k] === 0) {
      throw new KnotgradError(
        "value",
        `verify: fold ${k} has ${positives[k]} pairs of one person and ${negatives[k]} of two people but needs both`,
      );
    }
  }
  return K;
}

/** The threshold that is right on most pairs of a curve; `verify` states the tie rule. */
function bestThreshold({ thresholds, trueAccepts, falseAccepts }: Roc): number {
  const last = thresholds.length - 1;
  const positives = trueAccepts[last]!;
  const negatives = falseAccepts[last]!;
  let best = { right: -1, width: 0, threshold: 0 };
  const offer = (right: number, width: number, threshold: number): void => {
    if (right > best.right || (right === best.right && width > best.width))
      best = { right, width, threshold };
  };
  for (let r = 0; r < last; r++) {
    const [above, below] = [thresholds[r]!, thresholds[r + 1]!];
    // Halving first cannot overflow; where neighbours leave no number between them, the upper one separates them.
    const middle = below / 2 + above / 2;
    const right = trueAccepts[r]! + negatives - falseAccepts[r]!;
    offer(right, above - below, middle > below ? middle : above);
  }
  // Beyond the ends: past every score by a margin that rounding cannot swallow.
  offer(negatives, 0, thresholds[0]! + Math.max(1, Math.abs(thresholds[0]!)));
  offer(positives, 0, thresholds[last]! - Math.max(1, Math.abs(thresholds[last]!)));
  return best.threshold;
}

/** Between the unit vectors of a cosine. */
const squaredDistance = (cosine: number): number => 2 - 2 * cosine;

/** The first of the squared distances 0, 0.01, ..., 3.99 that is right on most of the listed pairs. */
function onGrid(scores: ArrayLike<number>, same: ArrayLike<boolean | number>, pairs: Uint32Array): number {
  let best = { right: -1, threshold: 0 };
  for (let step = 0; step < 400; step++) {
    const threshold = step * 0.01;
    let right = 0;
    for (const i of pairs) if (squaredDistance(scores[i]!) < threshold === Boolean(same[i])) right++;
    if (right > best.right) best = { right, threshold };
  }
  return best.threshold;
}

function checkCosines(scores: ArrayLike<number>): void {
  for (let i = 0; i < scores.length; i++) {
    if (Math.abs(scores[i]!) > 1 + 1e-6) {
      throw new KnotgradError(
        "value",
        `verify: score ${i} is ${scores[i]} but insightface's thresholds are for cosines, from -1 to 1`,
      );
    }
  }
}

/**
 * The cosine of the angle between two embeddings a (D) and b (D).
 * Throws where the lengths differ, or one is zero or not finite.
 */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new KnotgradError(
      "shape",
      `cosine: a (${a.length}) and b (${b.length}) differ in length but must be of one space`,
    );
  }
  return dot(a, b) / (length("cosine: a", a) * length("cosine: b", b));
}

/**
 * The cosine of each pair of rows: embeddings (N, D), pairs (P) of row numbers -> (P).
 * Throws where the sizes do not fit, or an embedding in a pair is zero or not finite.
 */
export function pairScores(
  embeddings: Float32Array,
  D: number,
  pairs: readonly { readonly a: number; readonly b: number }[],
): Float64Array {
  const N = checkRows("pairScores", embeddings, D);
  const row = (n: number): Float32Array => embeddings.subarray(n * D, (n + 1) * D);
  const lengths = new Float64Array(N);
  for (const [p, pair] of pairs.entries()) {
    for (const n of [pair.a, pair.b]) {
      if (!Number.isInteger(n) || n < 0 || n >= N) {
        throw new KnotgradError("value", `pairScores: pair ${p} names row ${n} but there are ${N} rows`);
      }
      if (lengths[n] === 0) lengths[n] = length(`pairScores: row ${n}`, row(n));
    }
  }
  return Float64Array.from(pairs, ({ a, b }) => dot(row(a), row(b)) / (lengths[a]! * lengths[b]!));
}

/**
 * Rows of embeddings (N, D), each over its length: the row numbers `rows` (M) -> (M, D), in doubles.
 * Throws, in the name of `caller`, where the sizes do not fit, or an embedding of `rows` is zero or not finite.
 */
export function unitRows(
  caller: string,
  embeddings: Float32Array,
  D: number,
  rows: ArrayLike<number>,
): Float64Array {
  const N = checkRows(caller, embeddings, D);
  const units = new Float64Array(rows.length * D);
  for (let m = 0; m < rows.length; m++) {
    const n = rows[m]!;
    if (!Number.isInteger(n) || n < 0 || n >= N) {
      throw new KnotgradError("value", `${caller}: row ${n} is named but there are ${N} rows`);
    }
    const row = embeddings.subarray(n * D, (n + 1) * D);
    const l = length(`${caller}: row ${n}`, row);
    for (let d = 0; d < D; d++) units[m * D + d] = row[d]! / l;
  }
  return units;
}

/** The number of rows of embeddings (N, D). */
function checkRows(caller: string, embeddings: Float32Array, D: number): number {
  if (!Number.isInteger(D) || D < 1 || embeddings.length % D !== 0) {
    throw new KnotgradError(
      "shape",
      `${caller}: embeddings (${embeddings.length}) must be rows of length D but D is ${D}`,
    );
  }
  return embeddings.length / D;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}

/** The Euclidean length of a; throws, in the name of `what`, where it gives no direction. */
function length(what: string, a: ArrayLike<number>): number {
  const l = Math.sqrt(dot(a, a));
  if (!(l > 0 && l < Infinity))
    throw new KnotgradError("value", `${what} has length ${l} but must be finite and not zero`);
  return l;
}
