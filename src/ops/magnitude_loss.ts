import { KnotgradError } from "../error.ts";
import { magnitudeLoss as kernel, magnitudeLossSubgroup } from "../kernels.gen.ts";
import { type AsNd, op } from "../op.ts";
import { array, type Nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";
import { timesUpstream } from "./labels.ts";

/** Numbers are built into the recorded step; tensors () may change between its runs. */
export interface MagnitudeLossOptions {
  /** From which norm on the loss falls; the paper's l_a, 10 unless told. */
  readonly lower?: number | Tensor;
  /** The norm up to which it falls; u_a, 110 unless told. */
  readonly upper?: number | Tensor;
  /** Factor on the mean; lambda_g, 35 unless told. */
  readonly scale?: number | Tensor;
}

/**
 * MagFace's regularizer, which draws features to the length `upper`: norm (N), of `rowNorms` -> (), scale times the mean over
 * the rows of
 *
 *   g(a) = 1 / a + a / upper^2,  a = norm kept from `lower` to `upper`
 *
 * Norms beyond get no gradient, those at `lower` the one inside. Throws where shapes or options do not fit.
 * Source: Meng, Zhao, Huang, Zhou, "MagFace: A Universal Representation for Face Recognition and Quality Assessment", CVPR
 * 2021, and its released code.
 */
export const magnitudeLoss = /* @__PURE__ */ op({
  reference: (norm: Nd, options: AsNd<MagnitudeLossOptions>) => {
    const [N] = norm.shape;
    const [lower, upper, scale] = settingsOf(options).map((v) => (typeof v === "number" ? v : v.at()));
    const g = (a: number) => 1 / a + a / upper ** 2;
    const all = sum(N, (n) => g(Math.min(Math.max(norm.at(n), lower), upper)));
    return array([], Float64Array.of((scale / N) * all));
  },
  run: (norm: Tensor, options: MagnitudeLossOptions) => {
    const { gpu, shape } = norm;
    const [lower, upper, scale] = settingsOf(options);
    const refuse = (what: string, given: unknown, needed: string): never => {
      throw new KnotgradError("value", `magnitudeLoss: ${what} is ${given} but must be ${needed}`);
    };
    if (shape.length !== 1) refuse("norm", `(${shape.join(", ")})`, "(N)");
    const single = (v: number) => Number.isFinite(Math.fround(v));
    if (typeof lower === "number" && !(lower > 0 && single(lower)))
      refuse("lower", lower, "a number above zero");
    if (typeof upper === "number" && !(upper > 0 && single(upper)))
      refuse("upper", upper, "a number above zero");
    if (typeof lower === "number" && typeof upper === "number" && !(lower < upper))
      refuse("upper", upper, `above lower (${lower})`);
    if (typeof scale === "number" && !single(scale)) refuse("scale", scale, "a finite number");
    const { subgroup, WG } = rowTile(gpu, norm.size);
    const given = { norm, lower, upper, scale };
    const { loss, dnorm } = subgroup
      ? gpu.launch(magnitudeLossSubgroup, given, { WG })
      : gpu.launch(kernel, given, { WG });
    return [loss, (dloss) => [timesUpstream(dnorm, dloss), null]];
  },
});

/** The numbers, with those that are not told. */
const settingsOf = <T>({
  lower = 10,
  upper = 110,
  scale = 35,
}: {
  readonly lower?: number | T;
  readonly upper?: number | T;
  readonly scale?: number | T;
}): readonly (number | T)[] => [lower, upper, scale];
