// The launches of softmax_loss, whole rows or parts of them, and the options of all losses made of it.
import { KnotgradError } from "../error.ts";
import {
  softmaxLoss as kernel,
  softmaxLive,
  softmaxLossSubgroup,
  softmaxLossSubgroupVec4,
  softmaxLossVec4,
} from "../kernels.gen.ts";
import type { AsNd } from "../op.ts";
import type { Tensor } from "../tensor.ts";
import { softmaxTile } from "../tiles.ts";
import type { RowOptions, Share } from "./labels.ts";
import { type WeightingName, weightings } from "./weighting.ts";

/** What a softmax loss is made of. */
export interface SoftmaxOptions extends RowOptions {
  /** How rows are weighted by the probability of their label: `km` unless told. */
  readonly weighting?: WeightingName;
  /**
   * How strongly: 0 unless told, which is cross-entropy for every weighting. A number is built into the recorded step; a
   * tensor () may change between its runs.
   */
  readonly gamma?: number | Tensor;
  /** Whether the gradient takes the weight for a constant. */
  readonly detached?: boolean;
  /** Label smoothing: the part of the target that all classes share, from 0 to 1; 0 unless told. */
  readonly smoothing?: number;
  /** How much the square of log sum exp counts, outside of the weighting; 0 unless told. */
  readonly zLoss?: number;
  /** What the logits are multiplied by, above 0; 1 unless told. */
  readonly logitScale?: number;
}

/** Throws, for `where`, where an option does not fit. */
export function checkSoftmaxOptions(where: string, options: SoftmaxOptions): void {
  const { weighting = "km", gamma = 0, smoothing = 0, zLoss = 0, logitScale = 1 } = options;
  const refuse = (what: string, given: unknown, needed: string): never => {
    throw new KnotgradError("value", `${where}: ${what} is ${given} but must be ${needed}`);
  };
  const single = (v: number) => Number.isFinite(Math.fround(v));
  if (!(weighting in weightings)) {
    refuse("weighting", weighting, `one of ${Object.keys(weightings).join(", ")}`);
  }
  if (typeof gamma === "number" && !(gamma >= 0 && single(gamma)))
    refuse("gamma", gamma, "a number from 0 up");
  if (!(smoothing >= 0 && smoothing <= 1)) refuse("smoothing", smoothing, "from 0 to 1");
  if (!(zLoss >= 0 && single(zLoss))) refuse("zLoss", zLoss, "a number from 0 up");
  if (!(logitScale > 0 && single(logitScale))) refuse("logitScale", logitScale, "a number above 0");
}

/** The logits of a block of classes: (N, C) of ALL classes, from `first` on. */
interface Block {
  readonly C: number;
  readonly ALL: number;
  readonly first: number;
}

/** Into how many slices of how many classes, the last one shorter, rows are dealt. */
interface Slices {
  readonly SLICES: number;
  readonly SPAN: number;
}

/** What one launch of softmax_loss takes and gives beside labels and options. */
interface Work {
  readonly block: Block;
  readonly logits?: Tensor;
  /** (P, N, 4) sums of parts of PART classes each. */
  readonly parts?: Tensor | undefined;
  readonly PART?: number;
  readonly slices?: Slices;
  /** Write the sums of each slice alone. */
  readonly PARTIAL?: boolean;
  /** Whether the gradient is wanted. */
  readonly GRAD: boolean;
  /** Where the sums go, where not to a new tensor. */
  readonly stats?: Tensor;
  /** Where the gradient goes; holds the logits where they are not given. */
  readonly dlogits?: Tensor;
}

/** What the options come to in the kernels that go from a row's sums to its loss: scalars, and knobs. */
function bound(options: SoftmaxOptions, { IGNORE }: Share) {
  const { weighting = "km", gamma = 0, detached = false, smoothing = 0, zLoss = 0, logitScale = 1 } = options;
  return {
    scalars: { gamma, smoothing, z_loss: zLoss, logit_scale: logitScale },
    knobs: { IGNORE, SMOOTH: smoothing > 0, WEIGHTING: weightings[weighting].id, DETACHED: detached },
  };
}

/** One launch of softmax_loss. */
export function launchSoftmax(label: Tensor, share: Share, options: SoftmaxOptions, work: Work) {
  const { gpu, size: N } = label;
  const { scalars, knobs: own } = bound(options, share);
  const { block, logits, parts, PART = 0, slices, PARTIAL = false, GRAD, stats, dlogits } = work;
  const { subgroup, WG } = softmaxTile(gpu, Math.min(slices?.SPAN ?? block.C, block.C));
  const given = {
    logits,
    label,
    factor: PARTIAL ? undefined : share.factor,
    parts,
    ...scalars,
    scale: share.scale,
    first: block.first,
    stats,
    dlogits,
  };
  const knobs = {
    ...own,
    N,
    C: block.C,
    ALL: block.ALL,
    L: PARTIAL ? 1 : N,
    G: GRAD ? N : 1,
    P: parts?.shape[0] ?? 1,
    Q: PARTIAL ? (slices?.SLICES ?? 1) : 1,
    ...slices,
    PARTIAL,
    PART,
    GRAD,
    WG,
  };
  if (block.C % 4 === 0) {
    return subgroup
      ? gpu.launch(softmaxLossSubgroupVec4, given, knobs)
      : gpu.launch(softmaxLossVec4, given, knobs);
  }
  return subgroup ? gpu.launch(softmaxLossSubgroup, given, knobs) : gpu.launch(kernel, given, knobs);
}

/**
 * In which blocks of classes, of `slices.SLICES` parts each, rows have a gradient of `epsilon` or more: a share for each
 * block, which leaves the other rows out.
 */
export function liveShares(
  label: Tensor,
  share: Share,
  options: SoftmaxOptions,
  { parts, stats, slices, ALL }: { parts: Tensor; stats: Tensor; slices: Slices; ALL: number },
  epsilon: number,
): Share[] {
  const { gpu, size: N } = label;
  const { scalars, knobs } = bound(options, share);
  const { SLICES: PARTS, SPAN: PART } = slices;
  const PAD = 64 * Math.ceil(N / 64); // slices begin at multiples of 64 numbers
  const { live } = gpu.launch(
    softmaxLive,
    { label, factor: share.factor, parts, stats, ...scalars, epsilon },
    { ...knobs, ALL, PARTS, PART, PAD },
  );
  return Array.from({ length: live.shape[0] }, (_, b) => ({
    ...share,
    factor: gpu.slice(live, b * PAD, [N]),
  }));
}

/** The loss of one row in doubles, before its share: z logits, y label, and the options. */
export function referenceRow(z: Float64Array, y: number, options: AsNd<SoftmaxOptions>): number {
  const { weighting = "km", gamma = 0, smoothing = 0, zLoss = 0 } = options;
  // The label's term is kept apart: doubles too lose p near 1. In sum_c exp(z_c - z_y) = 1 / p they have the room.
  let inverse = 0;
  let apart = 0;
  z.forEach((v, c) => {
    if (c !== y) inverse += Math.exp(v - z[y]);
    apart += z[y] - v;
  });
  const finite = Number.isFinite(inverse);
  const p = 1 / (1 + inverse);
  const q = finite ? inverse / (1 + inverse) : 1;
  const nll = finite ? Math.log1p(inverse) : z.reduce((a, b) => Math.max(a, b)) - z[y];
  const g = typeof gamma === "number" ? gamma : gamma.at();
  return (
    weightings[weighting].weight(p, q, g) * (nll + (smoothing / z.length) * apart) + zLoss * (z[y] + nll) ** 2
  );
}
