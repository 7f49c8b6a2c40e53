import { KnotgradError } from "../error.ts";
import {
  bnApply,
  bnApplyF16,
  bnApplyVec4,
  bnApplyVec4F16,
  bnDx,
  bnDxF16,
  bnDxVec4,
  bnDxVec4F16,
  bnFinish,
  bnGradFinish,
  bnGradParts,
  bnGradPartsF16,
  bnGradPartsVec4,
  bnGradPartsVec4F16,
  bnRunning,
  bnStats,
  bnStatsF16,
  bnStatsVec4,
  bnStatsVec4F16,
} from "../kernels.gen.ts";
import { type AsNd, op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { columnLanes } from "../tiles.ts";
import { forms } from "./forms.ts";
import { refuseResidual } from "./prelu.ts";
import { partsOf } from "./reduce.ts";
import { rowsOf } from "./rows.ts";

/** How `batchNorm` normalizes. */
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
/** Added to variances unless told. */
export const EPSILON = 1e-5;

/**
 * Batch normalisation per channel, a PReLU and a sum: x (..., C), scale (C), shift (C), slope (C) or undefined, residual of
 * the shape of x or undefined -> max(v, 0) + slope min(v, 0) + residual with v = scale (x - mean) / sqrt(variance +
 * epsilon) + shift; without slope, v + residual. In training, mean and variance are those of the batch's N rows (variance
 * divided by N), and the running ones move in place: running = (1 - momentum) running + momentum batch, with the variance
 * divided by N - 1. Else the running ones are used. The gradient at v = 0 is that of below 0. Throws where training has a
 * single row, or a size does not fit. Sources: Ioffe, Szegedy, "Batch Normalization", ICML 2015; of PReLU, see `prelu`.
 */
export const batchNorm = /* @__PURE__ */ op({
  reference: (
    x: Nd,
    scale: Nd,
    shift: Nd,
    slope: Nd | undefined,
    residual: Nd | undefined,
    options: AsNd<BatchNormOptions>,
  ) => {
    const { mean, variance } = options.training ? statistics(x) : options;
    const { epsilon = EPSILON } = options;
    return nd(x.shape, (...i) => {
      const c = i.at(-1)!;
      const v = (scale.at(c) * (x.at(...i) - mean.at(c))) / Math.sqrt(variance.at(c) + epsilon) + shift.at(c);
      return Math.max(v, 0) + (slope?.at(c) ?? 1) * Math.min(v, 0) + (residual?.at(...i) ?? 0);
    });
  },
  run: (
    x: Tensor,
    scale: Tensor,
    shift: Tensor,
    slope: Tensor | undefined,
    residual: Tensor | undefined,
    options: BatchNormOptions,
  ) => {
    refuse(x, { scale, shift, slope }, options);
    refuseResidual("batchNorm", x, residual);
    const { gpu } = x;
    const { training, mean: running_mean, variance: running_variance } = options;
    const { momentum = MOMENTUM, epsilon = EPSILON } = options;
    const rows = rowsOf(x);
    const [N, C] = rows.shape;
    const parts = { T: partsOf(N, C) };
    const lanes = { T: columnLanes(gpu, N) };

    const batch = () => {
      const first = gpu.launch(statsOf(rows), { x: rows }, parts);
      const { stats } = gpu.launch(
        bnFinish,
        { ...first, momentum, epsilon, running_mean, running_variance },
        { N },
      );
      return stats;
    };
    const running = () =>
      gpu.launch(bnRunning, { mean: running_mean, variance: running_variance, epsilon }).stats;
    const stats = training ? batch() : running();
    const given = { x: rows, stats, scale, shift, slope };
    const { y } = gpu.launch(applyTo(rows), { ...given, residual: residual && rowsOf(residual) }, lanes);

    const gradients = (dy: Tensor): (Tensor | null)[] => {
      const sums = () => {
        const first = gpu.launch(gradPartsOf(rows), { ...given, dy }, parts);
        return gpu.launch(bnGradFinish, { ...first, stats }, { N });
      };
      const needed = [scale, shift, slope].some((t) => t?.needsGrad) || (training && x.needsGrad);
      const { dscale = null, dshift = null, dslope = null, along = undefined } = needed ? sums() : {};
      const toX = { ...given, dy, along: training ? along : undefined };
      const dx = x.needsGrad ? gpu.launch(dxOf(rows), toX, lanes).dx.view(x.shape) : null;
      return [dx, dscale, dshift, dslope];
    };
    return [y.view(x.shape), (dy) => [...gradients(rowsOf(dy)), dy]];
  },
});

const statsOf = forms(bnStats, bnStatsVec4, bnStatsF16, bnStatsVec4F16);
const applyTo = forms(bnApply, bnApplyVec4, bnApplyF16, bnApplyVec4F16);
const gradPartsOf = forms(bnGradParts, bnGradPartsVec4, bnGradPartsF16, bnGradPartsVec4F16);
const dxOf = forms(bnDx, bnDxVec4, bnDxF16, bnDxVec4F16);

/** Throws before the running statistics are touched. */
function refuse(
  x: Tensor,
  parameters: { readonly [name: string]: Tensor | undefined },
  options: BatchNormOptions,
): void {
  const { training, mean, variance, momentum = MOMENTUM, epsilon = EPSILON } = options;
  const C = x.shape.at(-1);
  const given = `x is (${x.shape.join(", ")})`;
  for (const [name, t] of Object.entries({ ...parameters, mean, variance })) {
    if (t && (t.shape.length !== 1 || t.shape[0] !== C)) {
      throw new KnotgradError(
        "shape",
        `batchNorm: ${given} and ${name} (${t.shape.join(", ")}) but ${name} must be (${C})`,
      );
    }
  }
  if (training && x.size === C) {
    throw new KnotgradError(
      "value",
      `batchNorm: ${given}, one row, but training needs at least 2; give a larger batch`,
    );
  }
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new KnotgradError("value", `batchNorm: momentum is ${momentum} but must be from 0 to 1`);
  }
  if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) {
    throw new KnotgradError("value", `batchNorm: epsilon is ${epsilon} but must be a number above zero`);
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
