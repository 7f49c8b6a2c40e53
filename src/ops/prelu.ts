import { prelu as kernel, preluGrad } from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { columnLanes } from "../tiles.ts";
import { partsOf, sumParts } from "./reduce.ts";
import { rowsOf } from "./rows.ts";

/**
 * PReLU: x (..., C), slope (C) -> max(x, 0) + slope min(x, 0). The gradient at 0 is that of below 0. Throws
 * where slope is not (C). Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", ICCV 2015.
 */
export const prelu = op({
  reference: (x: Nd, slope: Nd) =>
    nd(x.shape, (...i) => Math.max(x.at(...i), 0) + slope.at(i.at(-1)!) * Math.min(x.at(...i), 0)),
  run: (x: Tensor, slope: Tensor) => {
    const { gpu } = x;
    const rows = rowsOf(x);
    const [N, C] = rows.shape;
    const { y } = gpu.launch(kernel, { x: rows, slope }, { T: columnLanes(gpu, N) });
    return [
      y.view(x.shape),
      (dy) => {
        const { dx, parts } = gpu.launch(preluGrad, { x: rows, slope, dy: rowsOf(dy) }, { T: partsOf(N, C) });
        return [dx.view(x.shape), slope.needsGrad ? sumParts(parts, [C]) : null];
      },
    ];
  },
});
