import { KnotgradError } from "../error.ts";
import { addF16, add as addKernel, bias as biasKernel, scale as scaleKernel } from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { columnLanes } from "../tiles.ts";
import { product } from "./matmul.ts";
import { sumColumns } from "./reduce.ts";
import { flatOf, rowsOf } from "./rows.ts";

/** Sum: a, b of one shape -> that shape. Throws where the shapes differ. */
export const add = /* @__PURE__ */ op({
  reference: (a: Nd, b: Nd) => nd(a.shape, (...i) => a.at(...i) + b.at(...i)),
  run: (a: Tensor, b: Tensor) => {
    if (String(a.shape) !== String(b.shape)) {
      throw new KnotgradError(
        "shape",
        `add: a (${a.shape.join(", ")}) and b (${b.shape.join(", ")}) are given but must have one shape`,
      );
    }
    const { y } = a.gpu.launch(a.dtype === "f16" ? addF16 : addKernel, { a: flatOf(a), b: flatOf(b) });
    return [y.view(a.shape), (dy) => [dy, dy]];
  },
});

/**
 * Product with one number: x of any shape, factor a number or a tensor () -> the shape of x. A number is
 * built into the recorded step; a tensor may change between its runs, and gets a gradient if it needs one.
 * Throws where the factor is a tensor of another shape than ().
 */
export const scale = /* @__PURE__ */ op({
  reference: (x: Nd, factor: number | Nd) => {
    const s = typeof factor === "number" ? factor : factor.at();
    return nd(x.shape, (...i) => s * x.at(...i));
  },
  run: (x: Tensor, factor: number | Tensor) => {
    const scaled = (t: Tensor) => t.gpu.launch(scaleKernel, { x: flatOf(t), factor }).y.view(x.shape);
    const toFactor = (dy: Tensor) => product(x.view([1, x.size]), dy.view([x.size, 1]), {}).view([]);
    return [
      scaled(x),
      (dy) => [
        x.needsGrad ? scaled(dy) : null,
        typeof factor !== "number" && factor.needsGrad ? toFactor(dy) : null,
      ],
    ];
  },
});

/** Bias per channel: x (..., C), bias (C) -> (..., C). Throws where the bias is not (C). */
export const biasAdd = /* @__PURE__ */ op({
  reference: (x: Nd, bias: Nd) => nd(x.shape, (...i) => x.at(...i) + bias.at(i.at(-1)!)),
  run: (x: Tensor, bias: Tensor) => {
    const rows = rowsOf(x);
    const { y } = x.gpu.launch(biasKernel, { x: rows, bias }, { T: columnLanes(x.gpu, rows.shape[0]) });
    return [y.view(x.shape), (dy) => [dy, bias.needsGrad ? sumColumns(rowsOf(dy)) : null]];
  },
});
