import { KnotgradError } from "../error.ts";
import {
  avgPoolDx,
  globalAvgPoolDx,
  globalAvgPool as globalKernel,
  avgPool as kernel,
} from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { partsOf, sumParts } from "./reduce.ts";
import { covered, type PoolOptions, windowSizes } from "./window.ts";

/**
 * Mean of each window: x (N, H, W, C) -> (N, P, Q, C) with P = floor((H + 2 pad - size) / stride) + 1, Q
 * likewise. Pixels outside the image count neither in the sum nor in the number divided by (PyTorch's
 * count_include_pad = false). Throws where pad is above size / 2 or the window does not fit into the padded
 * image.
 */
export const avgPool = /* @__PURE__ */ op({
  reference: (x: Nd, options: PoolOptions) => {
    const [N, , , C] = x.shape;
    const { P, Q } = windowSizes("avgPool", x.shape, options);
    return nd([N, P, Q, C], (n, p, q, c) => {
      const values = covered(x, n, p, q, c, options);
      return sum(values.length, (i) => values[i]) / values.length;
    });
  },
  run: (x: Tensor, options: PoolOptions) => {
    const { gpu } = x;
    const [, H, W] = x.shape;
    const sizes = windowSizes("avgPool", x.shape, options);
    const { y } = gpu.launch(kernel, { x }, sizes);
    return [y, (dy) => [gpu.launch(avgPoolDx, { dy }, { ...sizes, H, W }).dx]];
  },
});

/** Mean over each image: x (N, H, W, C) -> (N, C). Throws where x has other dimensions. */
export const globalAvgPool = /* @__PURE__ */ op({
  reference: (x: Nd) => {
    const [N, H, W, C] = x.shape;
    return nd([N, C], (n, c) => sum(H, (h) => sum(W, (v) => x.at(n, h, v, c))) / (H * W));
  },
  run: (x: Tensor) => {
    const { gpu, shape } = x;
    if (shape.length !== 4)
      throw new KnotgradError("shape", `globalAvgPool: x is (${shape.join(", ")}) but must be (N, H, W, C)`);
    const [N, H, W, C] = shape;
    const I = H * W;
    const { parts } = gpu.launch(globalKernel, { x: x.view([N, I, C]) }, { T: partsOf(I, N * C) });
    return [sumParts(parts, [N, C]), (dy) => [gpu.launch(globalAvgPoolDx, { dy }, { I }).dx.view(shape)]];
  },
});
