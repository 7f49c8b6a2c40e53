import { softmaxKm as kernel, softmaxKmSubgroup as kernelSubgroup } from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";
import { scaleRowsBy } from "./scale_rows.ts";

export interface SoftmaxKmOptions {
  /** How much easy rows are weighed down: their loss is divided by (gamma p + 1)^2. 0, cross-entropy, unless told. */
  readonly gamma?: number;
  /** Factor on the loss, such as 1 / N for the mean; 1 unless told. */
  readonly scale?: number;
}

/**
 * Softmax cross-entropy with Knot Magnify weighting, in nats: logits (N, C), label (N) of u32 -> loss (N) with
 * loss = -log(p) / (gamma p + 1)^2 times scale and p the softmax probability of the label. Rows with a label of C or
 * more give 0 and no gradient. Throws where gamma is negative or not a number.
 * Source: Rao, Yu, Yang, Feng, "Knot Magnify Loss for Face Recognition", ICIP 2018.
 */
export const softmaxKm = op({
  reference: (logits: Nd, label: Nd, { gamma = 0, scale = 1 }: SoftmaxKmOptions) => {
    const [N, C] = logits.shape;
    return nd([N], (n) => {
      const y = label.at(n);
      if (y >= C) return 0;
      // sum_c exp(z_c - z_y) = 1 / p, which needs no maximum: doubles have the room.
      const inverse = sum(C, (c) => (c === y ? 0 : Math.exp(logits.at(n, c) - logits.at(n, y))));
      const p = 1 / (1 + inverse);
      const nll = Number.isFinite(inverse)
        ? Math.log1p(inverse)
        : Math.max(...logits.data.subarray(n * C, (n + 1) * C)) - logits.at(n, y);
      return (scale * nll) / (gamma * p + 1) ** 2;
    });
  },
  run: (logits: Tensor, label: Tensor, options: SoftmaxKmOptions) => {
    const { loss, dlogits } = launch(logits, label, options, logits.needsGrad);
    return [loss, (dloss) => [scaleRowsBy(dlogits, dloss), null]];
  },
});

/** The softmax probability of each row's label: logits (N, C), label (N) of u32 -> (N). Not differentiated. */
export function labelProbability(logits: Tensor, label: Tensor): Tensor {
  return launch(logits, label, {}, false).p;
}

function launch(logits: Tensor, label: Tensor, { gamma = 0, scale = 1 }: SoftmaxKmOptions, GRAD: boolean) {
  if (!(gamma >= 0 && Number.isFinite(Math.fround(gamma)))) {
    throw new Error(`softmaxKm: gamma is ${gamma} but must be a number from 0 up`);
  }
  if (!Number.isFinite(Math.fround(scale)))
    throw new Error(`softmaxKm: scale is ${scale} but must be a finite number`);
  const { gpu } = logits;
  const [N, C] = logits.shape;
  const { subgroup, ...knobs } = rowTile(gpu, C);
  const given = { logits, label, gamma, scale };
  const options = { ...knobs, GRAD, G: GRAD ? N : 1 };
  return subgroup ? gpu.launch(kernelSubgroup, given, options) : gpu.launch(kernel, given, options);
}
