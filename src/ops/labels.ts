// Labels of rows: which rows count, and how much.
import { KnotgradError } from "../error.ts";
import type { Gpu } from "../gpu.ts";
import {
  labelCount,
  labelCountSubgroup,
  scale as scaleKernel,
  total,
  totalSubgroup,
} from "../kernels.gen.ts";
import type { AsNd } from "../op.ts";
import type { Nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";
import { flatOf } from "./rows.ts";
import { scaleRowsBy } from "./scale_rows.ts";

/** Which rows of a loss count, and how they are put together. */
export interface RowOptions {
  /**
   * `mean` () over the rows that count, weighted by their class weights; 0 where none does. `sum` () of the rows.
   * `none` for the rows themselves (N). `mean` unless told.
   */
  readonly reduction?: "mean" | "sum" | "none";
  /** Factor on the loss, 1 unless told. */
  readonly scale?: number;
  /** A label whose rows are left out, as are those with a label of C or more. */
  readonly ignore?: number;
  /** (C) what a row of each class counts; 1 unless told. Not differentiated. */
  readonly classWeight?: Tensor;
}

/** Label of no row. */
const NONE = 0xffffffff;

/**
 * A tensor (N) of labels from the host. Throws where one is not a whole number below C, nor `ignore`. Labels that are
 * written to a tensor later are not looked at again; the kernels leave rows out whose label is C or more.
 * @example
 * ```ts
 * const label = labels(gpu, [2, 0, 1], 3);
 * label.shape; // => [3]
 * ```
 */
export function labels(gpu: Gpu, values: ArrayLike<number>, C: number, ignore?: number): Tensor {
  for (let n = 0; n < values.length; n++) {
    const y = values[n];
    if (y === ignore || (Number.isInteger(y) && y >= 0 && y < C)) continue;
    throw new KnotgradError("value", `labels: label ${n} is ${y} but must be a class from 0 to ${C - 1}`);
  }
  return gpu.tensor(Uint32Array.from(values));
}

/**
 * How many rows count, are left out by `ignore`, and are left out because their label is C or more: label (N) of u32
 * -> (3).
 */
export function labelCounts(label: Tensor, C: number, { ignore }: Pick<RowOptions, "ignore"> = {}): Tensor {
  return count(label, C, 1, ignore, undefined).count;
}

/** What each row's loss is multiplied by: `scale`, and `factor` (N) where rows differ. */
export interface Share {
  readonly scale: number | Tensor;
  readonly factor: Tensor | undefined;
  readonly IGNORE: number;
}

/** The share of each row of label (N). Throws, for `where`, where an option does not fit. */
export function shareOf(where: string, label: Tensor, C: number, options: RowOptions): Share {
  const { reduction = "mean", scale = 1, ignore = NONE, classWeight } = options;
  if (!["mean", "sum", "none"].includes(reduction)) {
    throw new KnotgradError("value", `${where}: reduction is ${reduction} but must be mean, sum or none`);
  }
  if (!Number.isFinite(Math.fround(scale))) {
    throw new KnotgradError("value", `${where}: scale is ${scale} but must be a finite number`);
  }
  if (!(Number.isInteger(ignore) && ignore >= 0 && ignore <= NONE)) {
    throw new KnotgradError(
      "value",
      `${where}: ignore is ${ignore} but must be a whole number that fits into 32 bits`,
    );
  }
  if (reduction !== "mean" && !classWeight) return { scale, factor: undefined, IGNORE: ignore };
  const { weight, share } = count(label, C, scale, ignore, classWeight);
  return {
    scale: reduction === "mean" ? share : scale,
    factor: classWeight ? weight : undefined,
    IGNORE: ignore,
  };
}

/** The rows of a loss (N), put together. */
export function reduce(loss: Tensor, reduction: RowOptions["reduction"] = "mean"): Tensor {
  if (reduction === "none") return loss;
  const { gpu } = loss;
  const { subgroup, WG } = rowTile(gpu, loss.size);
  const given = { x: loss };
  return subgroup ? gpu.launch(totalSubgroup, given, { WG }).y : gpu.launch(total, given, { WG }).y;
}

/** A gradient that was made with the loss (), times dL/dloss (). */
export const timesUpstream = (dx: Tensor, dloss: Tensor): Tensor =>
  dloss.constant === 1 ? dx : dx.gpu.launch(scaleKernel, { x: flatOf(dx), factor: dloss }).y.view(dx.shape);

/** The share of each row with dL/dloss in it, dloss being () where the rows were put together, else (N). */
export function withUpstream({ scale, factor, IGNORE }: Share, dloss: Tensor): Share {
  if (dloss.constant === 1) return { scale, factor, IGNORE };
  const { gpu, size: N } = dloss;
  if (dloss.shape.length === 0) {
    const x = (typeof scale === "number" ? gpu.constant(scale) : scale).view([1]);
    return { scale: gpu.launch(scaleKernel, { x, factor: dloss }).y.view([]), factor, IGNORE };
  }
  return { scale, factor: factor ? scaleRowsBy(factor.view([N, 1]), dloss).view([N]) : dloss, IGNORE };
}

function count(label: Tensor, C: number, scale: number, IGNORE = NONE, class_weight?: Tensor) {
  const { gpu } = label;
  const { subgroup, WG } = rowTile(gpu, label.size);
  const given = { label, class_weight, scale };
  const options = { C, IGNORE, WG };
  return subgroup ? gpu.launch(labelCountSubgroup, given, options) : gpu.launch(labelCount, given, options);
}

/** The formula's counterpart of `shareOf`: what each row's loss is multiplied by, 0 for rows that are left out. */
export function referenceShare(label: Nd, C: number, options: AsNd<RowOptions>): (n: number) => number {
  const { reduction = "mean", scale = 1, ignore, classWeight } = options;
  const weights = label.data.map((y) => (y === ignore || y >= C ? 0 : (classWeight?.at(y) ?? 1)));
  const all = reduction === "mean" ? weights.reduce((a, b) => a + b, 0) : 1;
  return (n) => (all === 0 ? 0 : (scale * weights[n]) / all);
}
