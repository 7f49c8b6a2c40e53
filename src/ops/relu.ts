import { relu as kernel, reluDx } from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { columnLanes } from "../tiles.ts";
import { flatOf } from "./rows.ts";

/** ReLU: x of any shape -> max(x, 0). The gradient at 0 is 0. */
export const relu = /* @__PURE__ */ op({
  reference: (x: Nd) => nd(x.shape, (...i) => Math.max(x.at(...i), 0)),
  run: (x: Tensor) => {
    const { y } = x.gpu.launch(kernel, { x: flatOf(x) }, { T: columnLanes(x.gpu, x.size) });
    return [y.view(x.shape), (dy) => [x.needsGrad ? reluGradient(y, dy) : null]];
  },
});

/** dy where the ReLU's result y is above 0, else 0; all of one shape. */
export const reluGradient = (y: Tensor, dy: Tensor): Tensor =>
  y.gpu.launch(reluDx, { y: flatOf(y), dy: flatOf(dy) }, { T: columnLanes(y.gpu, y.size) }).dx.view(dy.shape);
