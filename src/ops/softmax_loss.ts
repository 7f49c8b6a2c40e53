import { KnotgradError } from "../error.ts";
import { type AsNd, op } from "../op.ts";
import { array, type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { softmaxSlices } from "../tiles.ts";
import { reduce, referenceShare, type Share, shareOf, timesUpstream, withUpstream } from "./labels.ts";
import { checkSoftmaxOptions, launchSoftmax, referenceRow, type SoftmaxOptions } from "./softmax.ts";

/** What `softmaxLoss` can be told. */
export interface SoftmaxLossOptions extends SoftmaxOptions {
  /**
   * Whether the gradient takes the logits' memory, which spares (N, C) numbers: nothing else may read the logits after
   * the loss. Not with the reduction `none`.
   */
  readonly inPlace?: boolean;
}

/**
 * Softmax cross-entropy, in nats, weighted by how probable the label already is: logits (N, C), label (N) of u32 -> (), the
 * mean over the rows, or (N) with the reduction `none`. For each row, with z = logitScale logits, p = softmax(z)[label] and
 * q = (1 - smoothing) [c == label] + smoothing / C:
 *
 *   loss = classWeight[label] (w(p) sum_c q[c] (-log softmax(z)[c]) + zLoss (log sum_c exp(z[c]))^2)
 *
 * With `weighting: "km"` w = 1 / (gamma p + 1)^2. Rows with a label of C or more, or `ignore`, give 0 and no gradient.
 * Throws where an option does not fit.
 * Source: Rao, Yu, Yang, Feng, "Knot Magnify Loss for Face Recognition", ICIP 2018.
 * @example
 * ```ts
 * const logits = gpu.zeros([4, 10]);
 * logits.needsGrad = true;
 * const loss = softmaxLoss(logits, labels(gpu, [0, 1, 2, 3], 10), { weighting: "km", gamma: 1 });
 * await loss.read(); // => [Math.log(10) / 1.1 ** 2]
 * backward(loss);
 * logits.grad!.shape; // => [4, 10]
 * ```
 */
export const softmaxLoss = /* @__PURE__ */ op({
  reference: (logits: Nd, label: Nd, options: AsNd<SoftmaxLossOptions>) => {
    const [N, C] = logits.shape;
    const { logitScale = 1, reduction } = options;
    const share = referenceShare(label, C, options);
    const rows = nd([N], (n) => {
      if (share(n) === 0) return 0;
      const z = logits.data.subarray(n * C, (n + 1) * C).map((v) => logitScale * v);
      return share(n) * referenceRow(z, label.at(n), options);
    });
    return reduction === "none" ? rows : array([], Float64Array.of(sum(N, (n) => rows.at(n))));
  },
  run: (logits: Tensor, label: Tensor, options: SoftmaxLossOptions) => {
    checkSoftmaxOptions("softmaxLoss", options);
    const { reduction, inPlace = false } = options;
    const whole = wholeOf("softmaxLoss", logits, label);
    const { C } = whole;
    if (inPlace && reduction === "none") {
      throw new KnotgradError(
        "value",
        "softmaxLoss: inPlace is true but the reduction none has no gradient yet; use sum or mean",
      );
    }
    const share = shareOf("softmaxLoss", label, C, options);
    if (reduction === "none") {
      // What the rows count is told with dL/dloss, so the gradient is made then.
      const { loss, stats } = rowsOf(whole, logits, label, share, options, false);
      return [
        loss,
        (dloss) => {
          const given = { block: whole, logits, parts: stats, PART: C, GRAD: true };
          return [launchSoftmax(label, withUpstream(share, dloss), options, given).dlogits, null];
        },
      ];
    }
    const { loss, dlogits } = rowsOf(whole, logits, label, share, options, logits.needsGrad, inPlace);
    return [reduce(loss, reduction), (dloss) => [timesUpstream(dlogits, dloss), null]];
  },
});

/**
 * The softmax probability of each row's label: logits (N, C), label (N) of u32 -> (N). Not differentiated.
 * Throws where a shape does not fit.
 */
export function labelProbability(logits: Tensor, label: Tensor): Tensor {
  const whole = wholeOf("labelProbability", logits, label);
  const share = shareOf("labelProbability", label, whole.C, { reduction: "none" });
  return rowsOf(whole, logits, label, share, {}, false).p;
}

/** Loss and gradient of all rows: one workgroup a row, or several where there are few rows. */
function rowsOf(
  block: ReturnType<typeof wholeOf>,
  logits: Tensor,
  label: Tensor,
  share: Share,
  options: SoftmaxOptions,
  GRAD: boolean,
  inPlace = false,
) {
  const given = GRAD && inPlace ? { block, dlogits: logits, GRAD } : { block, logits, GRAD };
  const slices = softmaxSlices(logits.gpu, logits.shape[0], block.C);
  if (slices.SLICES === 1) return launchSoftmax(label, share, options, given);
  const { stats } = launchSoftmax(label, share, options, {
    block,
    logits,
    slices,
    PARTIAL: true,
    GRAD: false,
  });
  const whole = { ...given, parts: stats, PART: slices.SPAN };
  return launchSoftmax(label, share, options, GRAD ? { ...whole, slices } : whole);
}

/** All classes of logits (N, C) as one block. Throws, in the name of `what`, where logits or label have another shape. */
function wholeOf(what: string, { shape }: Tensor, label: Tensor) {
  const [N, C] = shape;
  if (shape.length !== 2)
    throw new KnotgradError("shape", `${what}: logits is (${shape.join(", ")}) but must be (N, C)`);
  if (String(label.shape) !== String([N])) {
    throw new KnotgradError(
      "shape",
      `${what}: label is (${label.shape.join(", ")}) but must be (N) with N = ${N}`,
    );
  }
  return { C, ALL: C, first: 0 };
}
