// How a row's loss is weighted by the softmax probability of its label: the counterpart of kernels/lib/weight.wgsl.

/** A weight w(p) of a row whose label has probability p, with q = 1 - p. */
interface Weighting {
  /** Its number in the kernel. */
  readonly id: number;
  weight(p: number, q: number, gamma: number): number;
}

const km = (p: number, gamma: number): number => 1 / (gamma * p + 1) ** 2;

/**
 * `none` is cross-entropy; `km` Knot Magnify (Rao, Yu, Yang, Feng, ICIP 2018); `normalized-km` the same times
 * gamma / log(1 + gamma), so that its mean over p uniform in [0, 1] is cross-entropy's; `focal` (Lin, Goyal, Girshick, He,
 * Dollar, ICCV 2017).
 */
export const weightings = {
  none: { id: 0, weight: () => 1 },
  km: { id: 1, weight: (p, _, gamma) => km(p, gamma) },
  "normalized-km": {
    id: 2,
    weight: (p, _, gamma) => (gamma === 0 ? 1 : gamma / Math.log1p(gamma)) * km(p, gamma),
  },
  focal: { id: 3, weight: (_, q, gamma) => q ** gamma },
} as const satisfies { readonly [name: string]: Weighting };

/** A key of `weightings`. */
export type WeightingName = keyof typeof weightings;
