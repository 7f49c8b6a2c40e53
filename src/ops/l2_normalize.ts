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
 */
export const l2Normalize = op({
  reference: (x: Nd, epsilon: number = EPSILON) => {
    const [N, D] = x.shape;
    const norm = nd([N], (n) => Math.sqrt(sum(D, (d) => x.at(n, d) ** 2)));
    return nd([N, D], (n, d) => x.at(n, d) / Math.max(norm.at(n), epsilon));
  },
  run: (x: Tensor, epsilon: number = EPSILON) => {
    if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY)) {
      throw new Error(`l2Normalize: epsilon is ${epsilon} but must be a number above zero`);
    }
    const { gpu } = x;
    const { subgroup, WG } = rowTile(gpu, x.shape[1]);
    const { y, norm } = gpu.launch(subgroup ? kernelSubgroup : kernel, { x, epsilon }, { WG });
    const toX = subgroup ? l2NormalizeDxSubgroup : l2NormalizeDx;
    return [y, (dy) => [gpu.launch(toX, { y, norm, dy }, { WG }).dx, null]];
  },
});

const EPSILON = 1e-12;
