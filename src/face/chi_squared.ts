// DeepFace's weighted chi-squared verification: how two feature vectors differ, weighted by a linear SVM.
// Source: Taigman, Yang, Ranzato, Wolf, DeepFace, CVPR 2014, sections 3.3 and 4.1.

import { KnotgradError } from "../error.ts";
import { random } from "../random.ts";
import type { Pair } from "./pairs.ts";

/** The largest of each element: embeddings (N, D), of training images -> (D). Throws where the sizes do not fit. */
export function largestOf(embeddings: Float32Array, D: number): Float32Array {
  const N = rowCount("largestOf", "embeddings", embeddings, D);
  const largest = embeddings.slice(0, D);
  for (let n = 1; n < N; n++) {
    for (let d = 0; d < D; d++) largest[d] = Math.max(largest[d]!, embeddings[n * D + d]!);
  }
  return largest;
}

/**
 * DeepFace's features: embeddings (N, D), largest (D) -> (N, D) in doubles, each element over the larger of `largest` and
 * epsilon, cut to [0, 1], and each row then of length 1. Elements below 0, which DeepFace's last ReLU never gives, become 0.
 * Throws where the sizes do not fit, a number is not finite, or a row has no element above 0.
 */
export function deepFaceFeatures(
  embeddings: Float32Array,
  D: number,
  largest: ArrayLike<number>,
  { epsilon = 0.05 }: { readonly epsilon?: number } = {},
): Float64Array {
  const N = rowCount("deepFaceFeatures", "embeddings", embeddings, D);
  if (largest.length !== D) {
    throw new KnotgradError(
      "value",
      `deepFaceFeatures: largest is (${largest.length}) but must be (D) with D = ${D}`,
    );
  }
  if (!(epsilon > 0))
    throw new KnotgradError("value", `deepFaceFeatures: epsilon is ${epsilon} but must be above 0`);
  const features = new Float64Array(N * D);
  for (let n = 0; n < N; n++) {
    let squares = 0;
    for (let d = 0; d < D; d++) {
      const [v, top] = [embeddings[n * D + d]!, largest[d]!];
      if (!Number.isFinite(v) || !Number.isFinite(top)) {
        throw new KnotgradError(
          "value",
          `deepFaceFeatures: element (${n}, ${d}) is ${v} and the largest ${top} but both must be finite`,
        );
      }
      const cut = Math.min(Math.max(v / Math.max(top, epsilon), 0), 1);
      features[n * D + d] = cut;
      squares += cut * cut;
    }
    if (squares === 0)
      throw new KnotgradError("missing", `deepFaceFeatures: row ${n} has no element above 0 but needs one`);
    const length = Math.sqrt(squares);
    for (let d = 0; d < D; d++) features[n * D + d]! /= length;
  }
  return features;
}

/**
 * How alike the images of each pair are: features (N, D), all at least 0, pairs (P) -> scores (P), higher for more alike,
 *
 *   score = bias - sum_d w[d] (a[d] - b[d])^2 / (a[d] + b[d]), 0 where a[d] = b[d] = 0,
 *
 * where w and bias, for the pairs of each fold, are those of a linear SVM on the pairs of all other folds. The score is the
 * SVM's decision value, so that in every fold 0 is halfway and +-1 are the margins that the SVM sets between pairs of one
 * and of two people: thresholds carry over from fold to fold, as `verify` needs. With s^2 the mean squared length of the
 * vectors (a - b)^2 / (a + b) that the SVM learns from, it takes them over s, so that `cost`, 0.1 unless told, has no units.
 * Throws where the sizes do not fit, a feature of a pair is below 0 or not finite, or a fold's other folds lack pairs of one
 * or of two people; and what `linearSvm` throws.
 */
export function chiSquaredScores(
  features: ArrayLike<number>,
  D: number,
  pairs: readonly Pair[],
  options: SvmOptions = {},
): Float64Array {
  const x = chiSquaredElements(features, D, pairs);
  const scores = new Float64Array(pairs.length);
  for (const fold of new Set(pairs.map((pair) => pair.fold))) {
    const others = [...pairs.keys()].filter((p) => pairs[p]!.fold !== fold);
    const y = Int8Array.from(others, (p) => (pairs[p]!.same ? 1 : -1));
    const same = y.reduce((sum, v) => sum + Number(v > 0), 0);
    if (same === 0 || same === y.length) {
      throw new KnotgradError(
        "value",
        `chiSquaredScores: the folds beside ${fold} have ${same} pairs of one person and ${y.length - same} of two but need both`,
      );
    }
    const learned = new Float64Array(others.length * D);
    for (const [i, p] of others.entries()) learned.set(x.subarray(p * D, (p + 1) * D), i * D);
    const s = Math.sqrt(learned.reduce((sum, v) => sum + v * v, 0) / others.length) || 1;
    for (let i = 0; i < learned.length; i++) learned[i]! /= s;
    const { weights, bias } = linearSvm(learned, y, { cost: 0.1, ...options });
    for (const [p, pair] of pairs.entries()) {
      if (pair.fold === fold) scores[p] = bias + dot(weights, x, p * D) / s;
    }
  }
  return scores;
}

/** (a - b)^2 / (a + b) of each pair and element, (P, D). */
function chiSquaredElements(features: ArrayLike<number>, D: number, pairs: readonly Pair[]): Float64Array {
  const N = rowCount("chiSquaredScores", "features", features, D);
  const x = new Float64Array(pairs.length * D);
  for (const [p, { a, b }] of pairs.entries()) {
    for (const n of [a, b]) {
      if (!Number.isInteger(n) || n < 0 || n >= N) {
        throw new KnotgradError(
          "value",
          `chiSquaredScores: pair ${p} names row ${n} but there are ${N} rows`,
        );
      }
      for (let d = 0; d < D; d++) {
        const v = features[n * D + d]!;
        if (!(v >= 0 && v < Infinity)) {
          throw new KnotgradError(
            "value",
            `chiSquaredScores: feature (${n}, ${d}) is ${v} but all must be finite and at least 0; deepFaceFeatures cuts them`,
          );
        }
      }
    }
    for (let d = 0; d < D; d++) {
      const [u, v] = [features[a * D + d]!, features[b * D + d]!];
      // Of vast features, the square would overflow.
      if (u !== v) x[p * D + d] = (u - v) * ((u - v) / (u + v));
    }
  }
  return x;
}

/** How `linearSvm` learns. */
export interface SvmOptions {
  /** What an error counts against the length of w; 1 unless told. */
  readonly cost?: number;
  /** The loss of a margin m: `l1`, max(0, 1 - m), or its square, `l2`, as unless told. */
  readonly loss?: "l1" | "l2";
  /** A constant element of every vector, whose weight is learned like the others; 0 leaves the bias out, 1 unless told. */
  readonly constant?: number;
  /** The largest projected gradient of the dual, in units of the margin, at which learning ends; 0.01 unless told. */
  readonly tolerance?: number;
  /** The most passes over the vectors; 10,000 unless told. */
  readonly passes?: number;
  /** Of the order in which vectors are taken; 1 unless told. */
  readonly seed?: number;
}

/** A linear SVM: x belongs to +1 where w . x + bias is above 0. */
export interface LinearSvm {
  /** w (D). */
  readonly weights: Float64Array;
  /** What is added to w . x. */
  readonly bias: number;
  /** The dual's solution (P): w = sum_p alpha[p] y[p] x[p], and above 0 for support vectors alone. */
  readonly alpha: Float64Array;
}

/**
 * The linear SVM of vectors x (P, D) with classes y (P), 1 or -1, in doubles: with u = (w, bias / constant) and
 * v = (x, constant), the u that minimizes |u|^2 / 2 + cost sum_p loss(y[p] u . v[p]), by descent along one coordinate of the
 * dual after the other,
 *
 *   minimize |sum_p alpha[p] y[p] v[p]|^2 / 2 + diagonal |alpha|^2 / 2 - sum_p alpha[p], 0 <= alpha[p] <= most,
 *
 * with diagonal 0 and most = cost for `l1`, 1 / (2 cost) and no bound for `l2`. The same input gives the same bits.
 * Throws where the sizes do not fit, a number is not finite or an option out of range, or after `passes` passes.
 * Source: Hsieh, Chang, Lin, Keerthi, Sundararajan, A dual coordinate descent method for large-scale linear SVM, ICML 2008,
 * algorithm 1, in random order.
 */
export function linearSvm(x: Float64Array, y: ArrayLike<number>, options: SvmOptions = {}): LinearSvm {
  const { cost = 1, loss = "l2", constant = 1, tolerance = 0.01, passes = 10_000, seed = 1 } = options;
  const [P, D] = [y.length, x.length / y.length];
  checkProblem(x, y, { cost, loss, constant, tolerance, passes });
  const [diagonal, most] = loss === "l1" ? [0, cost] : [1 / (2 * cost), Infinity];
  const curvature = Float64Array.from({ length: P }, (_, p) => {
    const row = x.subarray(p * D, (p + 1) * D);
    return dot(row, row, 0) + constant * constant + diagonal;
  });
  const weights = new Float64Array(D);
  const alpha = new Float64Array(P);
  let bias = 0;
  const order = Uint32Array.from({ length: P }, (_, p) => p);
  const { shuffle } = random(seed);
  let worst = Infinity;
  for (let pass = 0; worst > tolerance; pass++) {
    if (pass >= passes) {
      throw new KnotgradError(
        "value",
        `linearSvm: after (${passes}) passes the projected gradient is ${worst} but must be at most ${tolerance}; allow more, or a lower cost`,
      );
    }
    worst = 0;
    for (const p of shuffle(order)) {
      const slope = y[p]! * (dot(weights, x, p * D) + bias) - 1 + diagonal * alpha[p]!;
      const old = alpha[p]!;
      // At a bound, a slope that leads out of it does not count.
      const projected = old === 0 ? Math.min(slope, 0) : old === most ? Math.max(slope, 0) : slope;
      if (projected === 0) continue;
      worst = Math.max(worst, Math.abs(projected));
      // A vector of zeros without a constant, under l1: the slope is -1 everywhere.
      const next = curvature[p] === 0 ? most : Math.min(Math.max(old - slope / curvature[p]!, 0), most);
      alpha[p] = next;
      const step = (next - old) * y[p]!;
      for (let d = 0, at = p * D; d < D; d++, at++) weights[d]! += step * x[at]!;
      bias += step * constant * constant;
    }
  }
  return { weights, bias, alpha };
}

function checkProblem(
  x: Float64Array,
  y: ArrayLike<number>,
  { cost, loss, constant, tolerance, passes }: Required<Omit<SvmOptions, "seed">>,
): void {
  const P = y.length;
  if (P === 0 || x.length === 0 || x.length % P !== 0) {
    throw new KnotgradError(
      "shape",
      `linearSvm: x (${x.length}) and y (${P}) are given but must be (P, D) and (P)`,
    );
  }
  for (let p = 0; p < P; p++) {
    if (y[p] !== 1 && y[p] !== -1)
      throw new KnotgradError("value", `linearSvm: y[${p}] is ${y[p]} but must be 1 or -1`);
  }
  const strange = x.find((v) => !Number.isFinite(v));
  if (strange !== undefined)
    throw new KnotgradError("value", `linearSvm: x has ${strange} but all numbers must be finite`);
  if (loss !== "l1" && loss !== "l2")
    throw new KnotgradError("value", `linearSvm: loss is ${loss} but must be l1 or l2`);
  for (const [name, value] of Object.entries({ cost, tolerance, passes })) {
    if (!(value > 0 && value < Infinity)) {
      throw new KnotgradError("value", `linearSvm: ${name} is ${value} but must be a number above 0`);
    }
  }
  if (!Number.isFinite(constant))
    throw new KnotgradError("value", `linearSvm: constant is ${constant} but must be finite`);
}

/** a . b[at ...]. */
function dot(a: Float64Array, b: Float64Array, at: number): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[at + d]!;
  return sum;
}

/** The number of rows of length D. */
function rowCount(caller: string, name: string, rows: ArrayLike<number>, D: number): number {
  if (!Number.isInteger(D) || D < 1 || rows.length % D !== 0 || rows.length === 0) {
    throw new KnotgradError(
      "shape",
      `${caller}: ${name} (${rows.length}) must be rows of length D but D is ${D}`,
    );
  }
  return rows.length / D;
}
