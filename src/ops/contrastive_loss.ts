import { KnotgradError } from "../error.ts";
import { pairContrast, pairContrastSubgroup } from "../kernels.gen.ts";
import { type AsNd, op } from "../op.ts";
import { array, type Nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";
import { reduce } from "./labels.ts";
import { checkPairs, pairGradient, pairSquares, referenceSquares } from "./pairs.ts";

/** What `contrastiveLoss` is told. */
export interface ContrastiveOptions {
  /** Distance from which rows of different labels no longer count; a tensor () may change between runs of a step. */
  readonly margin: Tensor | number;
  /** `mean` over the pairs, 0 where there are none, or their `sum`; `mean` unless told. */
  readonly reduction?: "mean" | "sum";
  /** Factor on the loss, such as the weight beside a softmax loss; 1 unless told. */
  readonly scale?: number;
}

/**
 * Contrastive loss, DeepID2's verification signal: x (N, D), label (N) of u32 -> (). Over the pairs i < j, the mean or sum of
 *
 *   1/2 |x[i] - x[j]|^2 where the labels are the same,  1/2 max(0, margin - |x[i] - x[j]|)^2 where they differ
 *
 * Equal rows of different labels have no direction to part in and get no gradient from each other. Squared distances are
 * as exact as products of f32, about 1e-7 |x|^2. The margin gets no gradient: `reestimateMargin` sets it now and then.
 * Throws where shapes or options do not fit.
 * Source: Sun, Wang, Tang, "Deep Learning Face Representation by Joint Identification-Verification", NIPS 2014.
 */
export const contrastiveLoss = /* @__PURE__ */ op({
  reference: (x: Nd, label: Nd, options: AsNd<ContrastiveOptions>) => {
    const { margin: m } = options;
    const margin = typeof m === "number" ? m : m.at();
    const square = referenceSquares(x);
    const all = sum(x.shape[0], (j) =>
      sum(j, (i) =>
        label.at(i) === label.at(j)
          ? square.at(i, j) / 2
          : Math.max(0, margin - Math.sqrt(square.at(i, j))) ** 2 / 2,
      ),
    );
    return array([], Float64Array.of(pairShare(x.shape[0], options) * all));
  },
  run: (x: Tensor, label: Tensor, options: ContrastiveOptions) => {
    checkPairs("contrastiveLoss", x, label, options);
    const [N] = x.shape;
    const { subgroup, WG } = rowTile(x.gpu, N);
    const { weight, loss } = x.gpu.launch(
      subgroup ? pairContrastSubgroup : pairContrast,
      { square: pairSquares(x), label, margin: options.margin, scale: pairShare(N, options) },
      { WG },
    );
    return [reduce(loss), (dloss) => [x.needsGrad ? pairGradient(x, weight, 1, dloss) : null, null, null]];
  },
});

/** What each pair of N rows counts. */
const pairShare = (
  N: number,
  { reduction = "mean", scale = 1 }: Pick<ContrastiveOptions, "reduction" | "scale">,
): number => (reduction === "mean" ? scale / Math.max(1, (N * (N - 1)) / 2) : scale);

/**
 * The margin for `contrastiveLoss` that DeepID2 sets anew after every so many pairs: the threshold on distances (P), pairs
 * below it being taken for the same person, that errs least often, same (P) being true or 1 where both rows are of one
 * person. Candidates are the midpoints between neighbouring distinct distances; of equally good ones the middle of the widest
 * gap counts, then the lowest. 0, or twice the largest distance, is chosen only where no midpoint is as good.
 * Throws where lengths differ, a distance is not finite or below 0, or there are no pairs of one or of two people.
 */
export function reestimateMargin(distances: ArrayLike<number>, same: ArrayLike<boolean | number>): number {
  const P = distances.length;
  if (same.length !== P) {
    throw new KnotgradError(
      "shape",
      `reestimateMargin: distances (${P}) and same (${same.length}) differ in length but describe the same pairs`,
    );
  }
  for (let i = 0; i < P; i++) {
    if (!(distances[i] >= 0 && distances[i] < Number.POSITIVE_INFINITY)) {
      throw new KnotgradError(
        "value",
        `reestimateMargin: distance ${i} is ${distances[i]} but must be a finite number from 0 up`,
      );
    }
  }
  const order = Array.from({ length: P }, (_, i) => i).sort((i, j) => distances[i] - distances[j]);
  const ofOne = order.filter((i) => same[i]).length;
  if (ofOne === 0 || ofOne === P) {
    throw new KnotgradError(
      "value",
      `reestimateMargin: ${ofOne} pairs of one person and ${P - ofOne} of two people are given but both are needed`,
    );
  }
  let best = { errors: Number.POSITIVE_INFINITY, width: 0, threshold: 0 };
  const offer = (errors: number, width: number, threshold: number): void => {
    if (errors < best.errors || (errors === best.errors && width > best.width))
      best = { errors, width, threshold };
  };
  let errors = ofOne; // of a threshold below every distance
  for (const [r, i] of order.entries()) {
    errors += same[i] ? -1 : 1;
    if (r === P - 1) break;
    const [below, above] = [distances[i], distances[order[r + 1]]];
    if (above > below) offer(errors, above - below, below + (above - below) / 2);
  }
  offer(ofOne, 0, 0);
  offer(P - ofOne, 0, 2 * distances[order[P - 1]]);
  return best.threshold;
}
