import { bnApply, bnDx, bnFinish, bnGradParts, bnInvStd, bnStats } from "../kernels.gen.ts";
import { type AsNd, op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { columnLanes } from "../tiles.ts";
import { partsOf, sumParts } from "./reduce.ts";
import { rowsOf } from "./rows.ts";

export interface BatchNormOptions {
  /** Whether to use the batch's statistics and to record them in the running ones. */
  readonly training: boolean;
  /** Running mean (C). */
  readonly mean: Tensor;
  /** Running variance (C), of the unbiased kind. */
  readonly variance: Tensor;
  /** How far the running statistics go towards the batch's each time; 0.1 unless told. */
  readonly momentum?: number;
  /** Added to the variance before its root is taken; 1e-5 unless told. */
  readonly epsilon?: number;
}

const MOMENTUM = 0.1;
const EPSILON = 1e-5;

/**
 * Batch normalisation per channel: x (..., C), scale (C), shift (C) -> scale (x - mean) / sqrt(variance +
 * epsilon) + shift. In training, mean and variance are those of the batch's N rows (variance divided by N),
 * and the running ones move in place: running = (1 - momentum) running + momentum batch, with the variance
 * divided by N - 1. Else the running ones are used. Throws where training has a single row, or a size does
 * not fit. Source: Ioffe, Szegedy, "Batch Normalization", ICML 2015.
 */
export const batchNorm = op({
  reference: (x: Nd, scale: Nd, shift: Nd, options: AsNd<BatchNormOptions>) => {
    const { mean, variance } = options.training ? statistics(x) : options;
    const { epsilon = EPSILON } = options;
    return nd(x.shape, (...i) => {
      const c = i.at(-1)!;
      return (scale.at(c) * (x.at(...i) - mean.at(c))) / Math.sqrt(variance.at(c) + epsilon) + shift.at(c);
    });
  },
  run: (x: Tensor, scale: Tensor, shift: Tensor, options: BatchNormOptions) => {
    refuse(x, scale, shift, options);
    const { gpu } = x;
    const { training, mean: running_mean, variance: running_variance } = options;
    const { momentum = MOMENTUM, epsilon = EPSILON } = options;
    const rows = rowsOf(x);
    const [N, C] = rows.shape;
    const parts = { T: partsOf(N, C) };
    const lanes = { T: columnLanes(gpu, N) };

    const batch = () => {
      const stats = gpu.launch(bnStats, { x: rows }, parts);
      return gpu.launch(bnFinish, { ...stats, momentum, epsilon, running_mean, running_variance }, { N });
    };
    const running = () => ({
      mean: running_mean,
      inv_std: gpu.launch(bnInvStd, { variance: running_variance, epsilon }).inv_std,
    });
    const { mean, inv_std } = training ? batch() : running();
    const { y } = gpu.launch(bnApply, { x: rows, mean, inv_std, scale, shift }, lanes);

    const gradients = (dy: Tensor): (Tensor | null)[] => {
      const given = { x: rows, dy, mean, inv_std };
      const sums = () => {
        const { dscale_parts, dshift_parts } = gpu.launch(bnGradParts, given, parts);
        return { dscale: sumParts(dscale_parts, [C]), dshift: sumParts(dshift_parts, [C]) };
      };
      const needed = scale.needsGrad || shift.needsGrad || (training && x.needsGrad);
      const { dscale, dshift } = needed ? sums() : {};
      const moved = training ? { dscale, dshift } : {};
      const dx = x.needsGrad ? gpu.launch(bnDx, { ...given, scale, ...moved }, lanes).dx.view(x.shape) : null;
      return [dx, dscale ?? null, dshift ?? null, null];
    };
    return [y.view(x.shape), (dy) => gradients(rowsOf(dy))];
  },
});

/** Throws before the running statistics are touched. */
function refuse(x: Tensor, scale: Tensor, shift: Tensor, options: BatchNormOptions): void {
  const { training, mean, variance, momentum = MOMENTUM, epsilon = EPSILON } = options;
  const C = x.shape.at(-1);
  const given = `x is (${x.shape.join(", ")})`;
  for (const [name, t] of Object.entries({ scale, shift, mean, variance })) {
    if (t.shape.length !== 1 || t.shape[0] !== C) {
      throw new Error(`batchNorm: ${given} and ${name} (${t.shape.join(", ")}) but ${name} must be (${C})`);
    }
  }
  if (training && x.size === C) {
    throw new Error(`batchNorm: ${given}, one row, but training needs at least 2; give a larger batch`);
  }
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new Error(`batchNorm: momentum is ${momentum} but must be from 0 to 1`);
  }
  if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) {
    throw new Error(`batchNorm: epsilon is ${epsilon} but must be a number above zero`);
  }
}

/** Mean (C) and variance (C), divided by N, of the rows of x (..., C). */
function statistics(x: Nd): { mean: Nd; variance: Nd } {
  const C = x.shape.at(-1)!;
  const N = x.data.length / C;
  const mean = nd([C], (c) => sum(N, (n) => x.data[n * C + c]) / N);
  const variance = nd([C], (c) => sum(N, (n) => (x.data[n * C + c] - mean.at(c)) ** 2) / N);
  return { mean, variance };
}
