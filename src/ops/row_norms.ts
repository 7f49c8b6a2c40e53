import { KnotgradError } from "../error.ts";
import { op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { normalize } from "./l2_normalize.ts";
import { scaleRowsBy } from "./scale_rows.ts";

/** Below this, numbers may count as 0 on a device. */
const LEAST = 1.2e-38;

/**
 * Lengths of rows: x (N, D) -> (N), |x|. The gradient is that of the row's direction, x / |x|, and 0 for a row of zeros.
 * Squares neither vanish nor overflow: elements from 1e-37 to 1e37 are told apart. Throws where x is not (N, D).
 */
export const rowNorms = /* @__PURE__ */ op({
  reference: (x: Nd) => {
    const [N, D] = x.shape;
    return nd([N], (n) => Math.sqrt(sum(D, (d) => x.at(n, d) ** 2)));
  },
  run: (x: Tensor) => {
    if (x.shape.length !== 2)
      throw new KnotgradError("shape", `rowNorms: x is (${x.shape.join(", ")}) but must be (N, D)`);
    const { y, norm } = normalize(x, LEAST);
    return [norm, (dnorm) => [scaleRowsBy(y, dnorm)]];
  },
});
