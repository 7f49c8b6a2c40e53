import { maxPool as kernel, maxPoolDx } from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { covered, type PoolOptions, windowSizes } from "./window.ts";

/**
 * Largest value of each window: x (N, H, W, C) -> (N, P, Q, C) with P = floor((H + 2 pad - size) / stride) +
 * 1, Q likewise. Pixels outside the image are left out. Of equal values the first in row-major order gets the
 * gradient. Throws where pad is above size / 2 or the window does not fit into the padded image.
 */
export const maxPool = /* @__PURE__ */ op({
  reference: (x: Nd, options: PoolOptions) => {
    const [N, , , C] = x.shape;
    const { P, Q } = windowSizes("maxPool", x.shape, options);
    return nd([N, P, Q, C], (n, p, q, c) => Math.max(...covered(x, n, p, q, c, options)));
  },
  run: (x: Tensor, options: PoolOptions) => {
    const { gpu } = x;
    const [, H, W] = x.shape;
    const sizes = windowSizes("maxPool", x.shape, options);
    const { y, source } = gpu.launch(kernel, { x }, sizes);
    return [y, (dy) => [gpu.launch(maxPoolDx, { source, dy }, { ...sizes, H, W }).dx]];
  },
});
