import { KnotgradError } from "../error.ts";
import {
  centerGradient as centerGradientKernel,
  centerGradientVec4,
  centerLossSubgroup,
  centerLossSubgroupVec4,
  centerLossVec4,
  centerUpdate,
  centerUpdateVec4,
  classRows,
  centerLoss as kernel,
} from "../kernels.gen.ts";
import { type AsNd, op } from "../op.ts";
import { array, type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";
import {
  type RowOptions,
  reduce,
  referenceShare,
  type Share,
  shareOf,
  timesUpstream,
  withUpstream,
} from "./labels.ts";

/**
 * Center loss: x (N, D), label (N) of u32, centers (C, D) -> (), the mean over the rows, or (N) with the reduction `none`.
 * For each row loss = classWeight[label] / 2 |x - centers[label]|^2. Rows with a label of C or more, or `ignore`, give 0
 * and no gradient. Centers get none from here: `updateCenters` moves them, or `sgd` along `centerGradient`.
 * With scale = lambda, the sum is the paper's lambda L_C, the mean that of its released code.
 * Throws where shapes or options do not fit.
 * Source: Wen, Zhang, Li, Qiao, "A Discriminative Feature Learning Approach for Deep Face Recognition", ECCV 2016.
 * @example
 * ```ts
 * const x = gpu.tensor(Float32Array.of(1, 1), [1, 2]);
 * const [label, centers] = [labels(gpu, [0], 3), gpu.zeros([3, 2])];
 * await centerLoss(x, label, centers, {}).read(); // => [1]
 * updateCenters(x, label, centers, { alpha: 0.5 });
 * await centers.read(); // => [0.25, 0.25, 0, 0, 0, 0]
 * ```
 */
export const centerLoss = /* @__PURE__ */ op({
  reference: (x: Nd, label: Nd, centers: Nd, options: AsNd<RowOptions>) => {
    const [N, D] = x.shape;
    const share = referenceShare(label, centers.shape[0], options);
    const rows = nd([N], (n) =>
      share(n) === 0 ? 0 : (share(n) / 2) * sum(D, (d) => (x.at(n, d) - centers.at(label.at(n), d)) ** 2),
    );
    return options.reduction === "none" ? rows : array([], Float64Array.of(sum(N, (n) => rows.at(n))));
  },
  run: (x: Tensor, label: Tensor, centers: Tensor, options: RowOptions) => {
    checkShapes("centerLoss", x, label, centers);
    const { reduction } = options;
    const share = shareOf("centerLoss", label, centers.shape[0], options);
    // What the rows count is told with dL/dloss where they stay apart, so the gradient is made then.
    const { loss, dx } = rowsOf(x, label, centers, share, x.needsGrad && reduction !== "none");
    const toX = (dloss: Tensor): Tensor =>
      reduction === "none"
        ? rowsOf(x, label, centers, withUpstream(share, dloss), true).dx
        : timesUpstream(dx, dloss);
    return [reduce(loss, reduction), (dloss) => [x.needsGrad ? toX(dloss) : null, null, null]];
  },
});

/** How `updateCenters` moves centers. */
export interface CenterUpdateOptions extends Pick<RowOptions, "ignore"> {
  /** How far centers move, from 0 to 1. */
  readonly alpha: number;
}

/**
 * Moves the centers of the classes in a batch towards their features, in place: x (N, D), label (N), centers (C, D);
 * centers[c] -= alpha sum(centers[c] - x) / (1 + count), over the rows of c. Centers of other classes keep their bits.
 * Throws where shapes do not fit or alpha is not from 0 to 1.
 * Source: the paper of `centerLoss`, equation 4 and algorithm 1.
 */
export function updateCenters(x: Tensor, label: Tensor, centers: Tensor, options: CenterUpdateOptions): void {
  const { alpha } = options;
  if (!(alpha >= 0 && alpha <= 1))
    throw new KnotgradError("value", `updateCenters: alpha is ${alpha} but must be from 0 to 1`);
  const { lists, knobs } = listsOf("updateCenters", x, label, centers, options);
  const given = { x, label, ...lists, centers, alpha };
  if (quads(x)) x.gpu.launch(centerUpdateVec4, given, knobs);
  else x.gpu.launch(centerUpdate, given, knobs);
}

/**
 * The gradient of centers where an optimizer moves them: x (N, D), label (N), centers (C, D) -> (C, D),
 * sum(centers[c] - x) / (1 + count) over the rows of c, 0 where there are none; neither divided by N nor multiplied by the
 * weight of the loss. To train as the paper's released code does, set `centers.grad` to it and let `sgd` move the centers
 * with the net's rate and momentum and twice its weight decay.
 * Throws where shapes do not fit.
 * Source: center_loss_layer.cpp in the released code of the paper of `centerLoss` (github.com/ydwen/caffe-face).
 */
export function centerGradient(
  x: Tensor,
  label: Tensor,
  centers: Tensor,
  options: Pick<RowOptions, "ignore"> = {},
): Tensor {
  const { lists, knobs } = listsOf("centerGradient", x, label, centers, options);
  const given = { x, label, ...lists, centers };
  return quads(x)
    ? x.gpu.launch(centerGradientVec4, given, knobs).dcenters
    : x.gpu.launch(centerGradientKernel, given, knobs).dcenters;
}

/** Loss and gradient of each row. */
function rowsOf(x: Tensor, label: Tensor, centers: Tensor, share: Share, GRAD: boolean) {
  const { gpu } = x;
  const [N, D] = x.shape;
  const { scale, factor, IGNORE } = share;
  const { subgroup, WG } = rowTile(gpu, D);
  const given = { x, label, centers, factor, scale };
  const knobs = { G: GRAD ? N : 1, IGNORE, GRAD, WG };
  if (quads(x)) {
    return subgroup
      ? gpu.launch(centerLossSubgroupVec4, given, knobs)
      : gpu.launch(centerLossVec4, given, knobs);
  }
  return subgroup ? gpu.launch(centerLossSubgroup, given, knobs) : gpu.launch(kernel, given, knobs);
}

/** Whether rows are whole quads of features. */
const quads = ({ shape }: Tensor): boolean => shape[1] % 4 === 0;

/** The rows of each class, for the kernels that sum over them. Throws, for `where`, what does not fit. */
function listsOf(
  where: string,
  x: Tensor,
  label: Tensor,
  centers: Tensor,
  options: Pick<RowOptions, "ignore">,
) {
  checkShapes(where, x, label, centers);
  const [C, D] = centers.shape;
  const { IGNORE } = shareOf(where, label, C, { ...options, reduction: "sum" });
  const lists = x.gpu.launch(classRows, { label }, { C });
  return { lists, knobs: { IGNORE, WG: rowTile(x.gpu, D).WG } };
}

/** Throws, for `where`, where the three do not go together. */
function checkShapes(where: string, x: Tensor, label: Tensor, centers: Tensor): void {
  const [N, D] = x.shape;
  const [C] = centers.shape;
  const shapes = [x, label, centers].map(({ shape }) => `(${shape.join(", ")})`);
  if (String(shapes) === String([`(${N}, ${D})`, `(${N})`, `(${C}, ${D})`])) return;
  throw new KnotgradError(
    "shape",
    `${where}: x ${shapes[0]}, label ${shapes[1]} and centers ${shapes[2]} are given but must be (N, D), (N) and (C, D)`,
  );
}
