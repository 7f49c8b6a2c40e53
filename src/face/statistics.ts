// Two views of many numbers: how well one list orders another, and the plane that shows most of a cloud of points.

import { KnotgradError } from "../error.ts";
import { random } from "../random.ts";

/**
 * Spearman's rank correlation of two lists (N), from -1 to 1; equal values share the mean of their ranks.
 * null where it has no meaning: fewer than two values, or a list whose values are all equal.
 * Throws where the lengths differ or a value is not a number.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  if (a.length !== b.length) {
    throw new KnotgradError(
      "value",
      `rankCorrelation: lists of ${a.length} and ${b.length} values but both need the same number`,
    );
  }
  const [x, y] = [centredRanks(a), centredRanks(b)];
  const scale = Math.sqrt(dot(x, x) * dot(y, y));
  return scale === 0 ? null : Math.min(1, Math.max(-1, dot(x, y) / scale));
}

/**
 * The first two principal components of embeddings (N, D), one point for each row, centred on 0, in the units of the
 * embeddings. Repeatable: each axis points to where its largest element is positive. Where the cloud has fewer
 * dimensions than two, the missing coordinates are 0.
 * Throws where the length is not a multiple of D or a value is not finite.
 */
export function principalPlane(embeddings: Float32Array, D: number): { x: number; y: number }[] {
  if (!(Number.isInteger(D) && D > 0 && embeddings.length % D === 0)) {
    throw new KnotgradError(
      "shape",
      `principalPlane: ${embeddings.length} values in rows of ${D} but the rows must be whole; pass an (N, D) array`,
    );
  }
  const bad = embeddings.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new KnotgradError(
      "value",
      `principalPlane: row ${Math.floor(bad / D)} has a value of ${embeddings[bad]} but all must be finite`,
    );
  }
  const centred = centredRows(embeddings, D);
  const scatter = scatterMatrix(centred, D);
  const first = leadingAxis(scatter, D, null);
  const second = first && leadingAxis(scatter, D, first);
  return Array.from({ length: embeddings.length / D }, (_, n) => {
    const row = centred.subarray(n * D, (n + 1) * D);
    return { x: first ? dot(row, first) : 0, y: second ? dot(row, second) : 0 };
  });
}

/** Rank of each value, less the mean rank; equal values share the mean of their ranks. */
function centredRanks(values: ArrayLike<number>): Float64Array {
  const N = values.length;
  const order = Array.from({ length: N }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(N);
  for (let start = 0; start < N; ) {
    const value = values[order[start]!]!;
    if (Number.isNaN(value)) {
      throw new KnotgradError(
        "value",
        `rankCorrelation: value ${order[start]} is ${value} but every value must be a number`,
      );
    }
    let end = start + 1;
    while (end < N && values[order[end]!] === value) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + end - N) / 2;
    start = end;
  }
  return ranks;
}

/** The rows (N, D) less their mean, as doubles. */
function centredRows(rows: Float32Array, D: number): Float64Array {
  const N = rows.length / D;
  const mean = new Float64Array(D);
  for (let i = 0; i < rows.length; i++) mean[i % D]! += rows[i]! / N;
  return Float64Array.from(rows, (v, i) => v - mean[i % D]!);
}

/** Sum over rows of row^T row, (D, D). */
function scatterMatrix(rows: Float64Array, D: number): Float64Array {
  const scatter = new Float64Array(D * D);
  for (let n = 0; n < rows.length; n += D) {
    for (let i = 0; i < D; i++) {
      const v = rows[n + i]!;
      for (let j = 0; j <= i; j++) scatter[i * D + j]! += v * rows[n + j]!;
    }
  }
  for (let i = 0; i < D; i++) for (let j = 0; j < i; j++) scatter[j * D + i] = scatter[i * D + j]!;
  return scatter;
}

/**
 * The unit eigenvector (D) of the largest eigenvalue among the vectors orthogonal to `other`, by power iteration;
 * null where nothing is left in those directions but rounding. Where two eigenvalues nearly agree it may stop at a
 * mixture of their vectors, which shows as much of the cloud.
 */
function leadingAxis(scatter: Float64Array, D: number, other: Float64Array | null): Float64Array | null {
  let trace = 0;
  for (let i = 0; i < D; i++) trace += scatter[i * D + i]!;
  const stream = random(1);
  let axis = Float64Array.from({ length: D }, () => stream.normal());
  for (let turn = 0; turn < 1000; turn++) {
    const next = Float64Array.from({ length: D }, (_, i) => dot(scatter.subarray(i * D, (i + 1) * D), axis));
    if (other) {
      const along = dot(next, other);
      for (let i = 0; i < D; i++) next[i]! -= along * other[i]!;
    }
    const length = Math.sqrt(dot(next, next));
    // The first turn has an axis of any length; from the second on the length is the eigenvalue.
    if (turn > 0 && length <= 1e-12 * trace) return null;
    if (length === 0) return null;
    let change = 0;
    for (let i = 0; i < D; i++) {
      next[i]! /= length;
      change = Math.max(change, Math.abs(next[i]! - axis[i]!));
    }
    axis = next;
    if (change < 1e-12) break;
  }
  const largest = axis.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? axis.map((v) => -v) : axis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
