import { centerLossSubgroup, centerUpdate, centerLoss as kernel } from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";
import { scaleRowsBy } from "./scale_rows.ts";

export interface CenterLossOptions {
  /** Factor on the loss, such as lambda / N; 1 unless told. */
  readonly scale?: number;
}

/**
 * Center loss: x (N, D), label (N) of u32, centers (C, D) -> loss (N) with loss = scale / 2 |x - centers[label]|^2.
 * Centers get no gradient: `updateCenters` moves them. Rows with a label of C or more give 0.
 * Throws where scale is not finite.
 * Source: Wen, Zhang, Li, Qiao, "A Discriminative Feature Learning Approach for Deep Face Recognition", ECCV 2016.
 */
export const centerLoss = op({
  reference: (x: Nd, label: Nd, centers: Nd, { scale = 1 }: CenterLossOptions) => {
    const [N, D] = x.shape;
    const [C] = centers.shape;
    return nd([N], (n) =>
      label.at(n) < C ? (scale / 2) * sum(D, (d) => (x.at(n, d) - centers.at(label.at(n), d)) ** 2) : 0,
    );
  },
  run: (x: Tensor, label: Tensor, centers: Tensor, { scale = 1 }: CenterLossOptions) => {
    if (!Number.isFinite(Math.fround(scale))) {
      throw new Error(`centerLoss: scale is ${scale} but must be a finite number`);
    }
    const { gpu } = x;
    const { subgroup, WG } = rowTile(gpu, x.shape[1]);
    const given = { x, label, centers, scale };
    const { loss, dx } = subgroup
      ? gpu.launch(centerLossSubgroup, given, { WG })
      : gpu.launch(kernel, given, { WG });
    return [loss, (dloss) => [scaleRowsBy(dx, dloss), null, null]];
  },
});

/**
 * Moves the centers of the classes in a batch towards their features, in place: x (N, D), label (N), centers (C, D);
 * each goes alpha sum(x - center) / (1 + count) of the way. Throws where alpha is not from 0 to 1.
 */
export function updateCenters(x: Tensor, label: Tensor, centers: Tensor, alpha: number): void {
  if (!(alpha >= 0 && alpha <= 1))
    throw new Error(`updateCenters: alpha is ${alpha} but must be from 0 to 1`);
  x.gpu.launch(centerUpdate, { x, label, centers, alpha });
}
