// Losses of the squared distances between all rows of a batch.
import { KnotgradError } from "../error.ts";
import {
  pairGradient as gradient,
  pairGradientSubgroup as gradientSubgroup,
  pairSquare,
} from "../kernels.gen.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";
import { timesUpstream } from "./labels.ts";
import { product } from "./matmul.ts";

/** Squared distances of the rows of x (N, D) -> (N, N). */
export const pairSquares = (x: Tensor): Tensor =>
  x.gpu.launch(pairSquare, { gram: product(x, x, { transposeB: true }) }).square;

/** dL/dx (N, D) of L = factor sum_ij weight[i,j] |x[i] - x[j]|^2, weight being (N, N), times dL/dloss (). */
export function pairGradient(x: Tensor, weight: Tensor, factor: Tensor | number, dloss: Tensor): Tensor {
  const { gpu } = x;
  const { subgroup, WG } = rowTile(gpu, x.shape[0]);
  const { coefficient } = gpu.launch(subgroup ? gradientSubgroup : gradient, { weight, factor }, { WG });
  return timesUpstream(product(coefficient, x, {}), dloss);
}

/** Throws, for `where`, where x is not (N, D), label not (N) of u32, or an option does not fit. */
export function checkPairs(
  where: string,
  x: Tensor,
  label: Tensor,
  options: {
    readonly margin: Tensor | number;
    readonly reduction?: string | undefined;
    readonly scale?: number | undefined;
  },
): void {
  const [N, D] = x.shape;
  const { margin, reduction = "mean", scale = 1 } = options;
  const shapes = [x, label].map(({ shape }) => `(${shape.join(", ")})`);
  if (String(shapes) !== String([`(${N}, ${D})`, `(${N})`])) {
    throw new KnotgradError(
      "shape",
      `${where}: x ${shapes[0]} and label ${shapes[1]} are given but must be (N, D) and (N)`,
    );
  }
  if (x.dtype !== "f32" || label.dtype !== "u32") {
    throw new KnotgradError(
      "dtype",
      `${where}: x is ${x.dtype} and label ${label.dtype} but they must be f32 and u32; cast x to f32`,
    );
  }
  if (typeof margin === "number" && !(margin > 0 && Number.isFinite(Math.fround(margin)))) {
    throw new KnotgradError("value", `${where}: margin is ${margin} but must be a finite number above zero`);
  }
  if (reduction !== "mean" && reduction !== "sum") {
    throw new KnotgradError("value", `${where}: reduction is ${reduction} but must be mean or sum`);
  }
  if (!Number.isFinite(Math.fround(scale))) {
    throw new KnotgradError("value", `${where}: scale is ${scale} but must be a finite number`);
  }
}

/** The formula's counterpart of `pairSquares`. */
export const referenceSquares = (x: Nd): Nd => {
  const [N, D] = x.shape;
  return nd([N, N], (i, j) => sum(D, (d) => (x.at(i, d) - x.at(j, d)) ** 2));
};
