import { KnotgradError } from "../error.ts";
import {
  prelu as kernel,
  preluF16,
  preluGrad,
  preluGradF16,
  preluGradVec4,
  preluGradVec4F16,
  preluVec4,
  preluVec4F16,
} from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { columnLanes } from "../tiles.ts";
import { forms } from "./forms.ts";
import { partsOf, sumParts } from "./reduce.ts";
import { rowsOf } from "./rows.ts";

/**
 * PReLU, and a sum: x (..., C), slope (C), residual of the shape of x or undefined -> max(x, 0) + slope min(x, 0) +
 * residual. The gradient at 0 is that of below 0. Throws where slope is not (C), or residual not of the shape of x.
 * Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", ICCV 2015.
 */
export const prelu = /* @__PURE__ */ op({
  reference: (x: Nd, slope: Nd, residual: Nd | undefined) =>
    nd(
      x.shape,
      (...i) =>
        Math.max(x.at(...i), 0) + slope.at(i.at(-1)!) * Math.min(x.at(...i), 0) + (residual?.at(...i) ?? 0),
    ),
  run: (x: Tensor, slope: Tensor, residual: Tensor | undefined) => {
    const { gpu } = x;
    refuseResidual("prelu", x, residual);
    const rows = rowsOf(x);
    const [N, C] = rows.shape;
    const { y } = gpu.launch(
      forward(rows),
      { x: rows, slope, residual: residual && rowsOf(residual) },
      { T: columnLanes(gpu, N) },
    );
    const gradients = (dy: Tensor) => {
      const given = { x: rows, slope, dy: rowsOf(dy) };
      const { dx, parts } = gpu.launch(gradient(rows), given, { T: partsOf(N, C) });
      return [dx.view(x.shape), slope.needsGrad ? sumParts(parts, [C]) : null];
    };
    return [
      y.view(x.shape),
      (dy) => [...(x.needsGrad || slope.needsGrad ? gradients(dy) : [null, null]), dy],
    ];
  },
});

const forward = forms(kernel, preluVec4, preluF16, preluVec4F16);
const gradient = forms(preluGrad, preluGradVec4, preluGradF16, preluGradVec4F16);

/** Throws, for `what`, where a residual does not have the shape and type of x. */
export function refuseResidual(what: string, x: Tensor, residual: Tensor | undefined): void {
  if (residual && residual.dtype !== x.dtype) {
    throw new KnotgradError(
      "dtype",
      `${what}: x is ${x.dtype} and residual ${residual.dtype} but they must be of one type`,
    );
  }
  if (residual && String(residual.shape) !== String(x.shape)) {
    const shape = x.shape.join(", ");
    throw new KnotgradError(
      "shape",
      `${what}: x is (${shape}) and residual (${residual.shape.join(", ")}) but residual must be (${shape})`,
    );
  }
}
