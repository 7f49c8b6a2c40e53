import { KnotgradError } from "../error.ts";
import { tripletMine, tripletMineSubgroup, tripletTotal, tripletTotalSubgroup } from "../kernels.gen.ts";
import { type AsNd, op } from "../op.ts";
import { array, type Nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";
import { checkPairs, pairGradient, pairSquares, referenceSquares } from "./pairs.ts";

/** How negatives are chosen, with their numbers in the kernel. */
const MINING = { "semi-hard": 0, hard: 1, all: 2, random: 3 } as const;

/** What `tripletLoss` can be told. */
export interface TripletOptions {
  /** How much farther, in squared distance, negatives must be than positives, or a tensor () of that; 0.2 unless told. */
  readonly margin?: Tensor | number;
  /**
   * Which of the negatives n that violate the margin make a triplet with an anchor a and a positive p: `semi-hard` the
   * nearest of those farther than p; `hard` the nearest; `all` each of them; `random` one drawn by `seed`. `semi-hard`
   * unless told.
   */
  readonly mining?: keyof typeof MINING;
  /** Of the random mining, a whole number of 32 bits or a tensor () of u32; 0 unless told. */
  readonly seed?: Tensor | number;
  /** `mean` over the triplets, 0 where there are none, or their `sum`; `mean` unless told. */
  readonly reduction?: "mean" | "sum";
  /** Factor on the loss, 1 unless told. */
  readonly scale?: number;
  /** A tensor (2) that gets the number of triplets, and of anchor-positive pairs without one, where given; exact up to 2^24. */
  readonly counts?: Tensor;
}

/**
 * Triplet loss: x (N, D), which `l2Normalize` brings to length 1, label (N) of u32 -> (). Over triplets of an anchor a, a
 * positive p of its label and a negative n of another, the mean or sum of
 *
 *   |a - p|^2 - |a - n|^2 + margin, where that is above 0
 *
 * Every ordered pair of rows of one label takes part, with the negatives that `mining` chooses, of equally near ones that of
 * the lowest index; a pair without one is left out. The gradient is that of the chosen triplets. Distances are as exact as
 * products of f32, about 1e-7 |x|^2. Throws where shapes or options do not fit.
 * Source: Schroff, Kalenichenko, Philbin, "FaceNet: A Unified Embedding for Face Recognition and Clustering", CVPR 2015.
 * @example
 * ```ts
 * const x = gpu.tensor(Float32Array.of(1, 0, 0, 1, 1, 0), [3, 2]);
 * const label = labels(gpu, [0, 0, 1], 2);
 * await tripletLoss(x, label, { mining: "hard", margin: 0.2 }).read(); // => [(2.2 + 0.2) / 2]
 * ```
 */
export const tripletLoss = /* @__PURE__ */ op({
  reference: (x: Nd, label: Nd, options: AsNd<TripletOptions>) => {
    const { reduction = "mean", scale = 1 } = options;
    const lost = referenceTriplets(x, label, options);
    const all = lost.reduce((sum, v) => sum + v, 0);
    return array([], Float64Array.of((scale * all) / (reduction === "mean" ? Math.max(1, lost.length) : 1)));
  },
  run: (x: Tensor, label: Tensor, options: TripletOptions) => {
    const { gpu } = x;
    const { margin = 0.2, mining = "semi-hard", seed = 0, reduction = "mean", scale = 1, counts } = options;
    checkPairs("tripletLoss", x, label, { margin, reduction, scale });
    if (!Object.hasOwn(MINING, mining)) {
      throw new KnotgradError(
        "value",
        `tripletLoss: mining is ${mining} but must be one of ${Object.keys(MINING).join(", ")}`,
      );
    }
    if (typeof seed === "number" && seed >>> 0 !== seed) {
      throw new KnotgradError(
        "value",
        `tripletLoss: seed is ${seed} but must be a whole number that fits into 32 bits`,
      );
    }
    if (counts && String(counts.shape) !== "2") {
      throw new KnotgradError("shape", `tripletLoss: counts is (${counts.shape.join(", ")}) but must be (2)`);
    }
    const { subgroup, WG } = rowTile(gpu, x.shape[0]);
    const { weight, parts } = gpu.launch(
      subgroup ? tripletMineSubgroup : tripletMine,
      { square: pairSquares(x), label, margin, seed },
      { MINING: MINING[mining], WG },
    );
    const { loss, share } = gpu.launch(
      subgroup ? tripletTotalSubgroup : tripletTotal,
      { parts, scale, count: counts },
      { MEAN: reduction === "mean", WG },
    );
    return [loss, (dloss) => [x.needsGrad ? pairGradient(x, weight, share, dloss) : null, null, null]];
  },
});

/** What each triplet loses, in the order of anchors and positives. */
function referenceTriplets(x: Nd, label: Nd, options: AsNd<TripletOptions>): number[] {
  const { margin: m = 0.2, mining = "semi-hard", seed: s = 0 } = options;
  const margin = typeof m === "number" ? m : m.at();
  const seed = typeof s === "number" ? s : s.at();
  const square = referenceSquares(x);
  const rows = [...label.data.keys()];
  return rows.flatMap((a) =>
    rows.flatMap((p) => {
      if (p === a || label.at(p) !== label.at(a)) return [];
      const [near, bound] = [square.at(a, p), square.at(a, p) + margin];
      const violating = rows.filter((n) => label.at(n) !== label.at(a) && square.at(a, n) < bound);
      const hash = mix(mix(seed + a) + p);
      const key = (n: number) => (mining === "random" ? mix(hash + n) >>> 8 : square.at(a, n));
      const chosen =
        mining === "all"
          ? violating
          : violating
              .filter((n) => mining !== "semi-hard" || square.at(a, n) > near)
              .sort((n, other) => key(n) - key(other)) // keeps the order of equals
              .slice(0, 1);
      return chosen.map((n) => bound - square.at(a, n));
    }),
  );
}

/** The hash of triplet_mine, of the low 32 bits. */
function mix(v: number): number {
  let h = v >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
