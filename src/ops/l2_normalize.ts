import { KnotgradError } from "../error.ts";
import {
  l2Normalize as kernel,
  l2NormalizeSubgroup as kernelSubgroup,
  l2NormalizeDx,
  l2NormalizeDxSubgroup,
} from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { rowTile } from "../tiles.ts";

/**
 * Rows scaled to length 1: x (N, D) -> x / max(|x|, epsilon). Rows no longer than epsilon, zeros among them,
 * have no direction: they give x / epsilon and get no gradient. epsilon is 1e-12 unless told; lengths from
 * 1e-37 to 1e38 are told apart. Throws where epsilon is not above zero.
 * @example
 * ```ts
 * await l2Normalize(gpu.tensor(Float32Array.of(3, 4), [1, 2])).read(); // => [0.6, 0.8]
 * ```
 */
export const l2Normalize = /* @__PURE__ */ op({
  reference: (x: Nd, epsilon: number = EPSILON) => {
    const [N, D] = x.shape;
    const norm = nd([N], (n) => Math.sqrt(sum(D, (d) => x.at(n, d) ** 2)));
    return nd([N, D], (n, d) => x.at(n, d) / Math.max(norm.at(n), epsilon));
  },
  run: (x: Tensor, epsilon: number = EPSILON) => {
    if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) {
      throw new KnotgradError("value", `l2Normalize: epsilon is ${epsilon} but must be a number above zero`);
    }
    const unit = normalize(x, epsilon);
    return [unit.y, (dy) => [normalizeDx(unit, dy), null]];
  },
});

/** Rows of unit length, and what their gradient needs. */
export interface Unit {
  /** (N, D) */
  readonly y: Tensor;
  /** (N) lengths, 0 for rows without a gradient. */
  readonly norm: Tensor;
}

/** The launch of l2Normalize, into `into` where that is given. */
export function normalize(x: Tensor, epsilon = EPSILON, into: Partial<Unit> = {}): Unit {
  const { subgroup, WG } = rowTile(x.gpu, x.shape[1]);
  return x.gpu.launch(subgroup ? kernelSubgroup : kernel, { ...into, x, epsilon }, { WG });
}

/** dL/dx of l2Normalize, into `dx` where that is given. */
export function normalizeDx({ y, norm }: Unit, dy: Tensor, dx?: Tensor): Tensor {
  const { subgroup, WG } = rowTile(y.gpu, y.shape[1]);
  return y.gpu.launch(subgroup ? l2NormalizeDxSubgroup : l2NormalizeDx, { y, norm, dy, dx }, { WG }).dx;
}

/** Shortest length that is divided by unless told. */
export const EPSILON = 1e-12;
