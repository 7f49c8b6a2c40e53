import { KnotgradError } from "../error.ts";
import {
  locallyConnected as direct,
  locallyConnectedDw,
  locallyConnectedDwFew,
  locallyConnectedDwFewVec4,
  locallyConnectedDwPanel,
  locallyConnectedDwPanelVec4,
  locallyConnectedDwTiled,
  locallyConnectedDwTiledVec4,
  locallyConnectedDwVec4,
  locallyConnectedDx,
  locallyConnectedDxFew,
  locallyConnectedDxFewVec4,
  locallyConnectedDxPanel,
  locallyConnectedDxPanelVec4,
  locallyConnectedDxTiled,
  locallyConnectedDxTiledVec4,
  locallyConnectedDxVec4,
  locallyConnectedFew,
  locallyConnectedFewVec4,
  locallyConnectedPanel,
  locallyConnectedPanelVec4,
  locallyConnectedTiled,
  locallyConnectedTiledVec4,
  locallyConnectedVec4,
  transpose,
} from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Shape, Tensor } from "../tensor.ts";
import type { Product } from "../tiles.ts";
import { type Conv2dOptions, outputSize } from "./conv2d.ts";
import { deal, type Gemm, launchGemm } from "./gemm.ts";
import { sumColumns } from "./reduce.ts";

/**
 * Locally connected layer, a convolution whose filters differ from place to place: x (N, H, W, C), w (P, Q, R, S, C, O),
 * bias (P, Q, O) or undefined -> (N, P, Q, O) with P = floor((H + 2 pad - R) / stride) + 1, Q likewise from W and S; all
 * f32. Throws where a shape does not fit. Source: Taigman, Yang, Ranzato, Wolf, "DeepFace: Closing the Gap to Human-Level
 * Performance in Face Verification", CVPR 2014.
 */
export const locallyConnected = /* @__PURE__ */ op({
  reference: (x: Nd, w: Nd, bias: Nd | undefined, options: Moves) => {
    const { stride, pad } = sizesOf(x.shape, w.shape, bias?.shape, options);
    const [P, Q, R, S, C, O] = w.shape;
    return nd([x.shape[0], P, Q, O], (n, p, q, o) => {
      const at = (r: number, s: number, c: number) =>
        x.at(n, p * stride + r - pad, q * stride + s - pad, c) * w.at(p, q, r, s, c, o);
      return sum(R, (r) => sum(S, (s) => sum(C, (c) => at(r, s, c)))) + (bias?.at(p, q, o) ?? 0);
    });
  },
  run: (x: Tensor, w: Tensor, bias: Tensor | undefined, options: Moves) => {
    const { gpu } = x;
    const moves = sizesOf(x.shape, w.shape, bias?.shape, options);
    const { stride } = moves;
    const [N, H, W] = x.shape;
    const [P, Q, R, S, C, O] = w.shape;

    /** Launches the product that each of so many groups is, of pixels or of places. */
    const launch = (kernels: Gemm, groups: number, product: Product, ...given: Given) => {
      // To the table they are one product with a sum in as many parts.
      const { loop, knobs } = deal(gpu, { ...product, K: groups * product.K }, groups);
      let { TILE_M, BESIDE = 1 } = knobs;
      while (TILE_M % (32 * BESIDE) === 0 && TILE_M / 2 >= product.M) TILE_M /= 2; // a tile is of one group
      const dealt = { loop, knobs: { ...knobs, TILE_M }, SPLITS: 1 };
      return launchGemm(gpu, kernels, dealt, product.N % 4 === 0, ...given);
    };
    const toX = (dy: Tensor) => {
      const most = Math.ceil(R / stride) * Math.ceil(S / stride); // places whose filter lies over a pixel
      const dyt = gpu.launch(transpose, { x: dy.view([1, N, P * Q * O]) }).y.view([P, Q, O, N]);
      return launch(toPixels, H * W, { M: C, N, K: most * O }, { w, dyt }, { ...moves, H, W });
    };
    const toW = (dy: Tensor) =>
      launch(toFilters, P * Q, { M: R * S * C, N: O, K: N }, { x, dy }, { ...moves, R, S });
    return [
      launch(forward, P * Q, { M: N, N: O, K: R * S * C }, { x, w, bias }, { ...moves }),
      (dy) => [
        x.needsGrad ? toX(dy) : null,
        w.needsGrad ? toW(dy) : null,
        bias?.needsGrad ? sumColumns(dy.view([N, bias.size])).view(bias.shape) : null,
      ],
    ];
  },
});

/** How a filter moves over an image, without taps that lie apart and without groups. */
type Moves = Pick<Conv2dOptions, "stride" | "pad">;

/** What a kernel is given: tensors, and numbers. */
type Given = [{ readonly [binding: string]: Tensor | undefined }, { readonly [name: string]: number }];

const forward: Gemm = {
  direct: [direct, locallyConnectedVec4],
  few: [locallyConnectedFew, locallyConnectedFewVec4],
  panel: [locallyConnectedPanel, locallyConnectedPanelVec4],
  tiled: [locallyConnectedTiled, locallyConnectedTiledVec4],
};
const toPixels: Gemm = {
  direct: [locallyConnectedDx, locallyConnectedDxVec4],
  few: [locallyConnectedDxFew, locallyConnectedDxFewVec4],
  panel: [locallyConnectedDxPanel, locallyConnectedDxPanelVec4],
  tiled: [locallyConnectedDxTiled, locallyConnectedDxTiledVec4],
};
const toFilters: Gemm = {
  direct: [locallyConnectedDw, locallyConnectedDwVec4],
  few: [locallyConnectedDwFew, locallyConnectedDwFewVec4],
  panel: [locallyConnectedDwPanel, locallyConnectedDwPanelVec4],
  tiled: [locallyConnectedDwTiled, locallyConnectedDwTiledVec4],
};

/** Stride and padding. Throws where a size does not fit. */
function sizesOf(
  x: Shape,
  w: Shape,
  bias: Shape | undefined,
  { stride = 1, pad = 0 }: Moves,
): { stride: number; pad: number } {
  const given = `x (${x.join(", ")}) and w (${w.join(", ")})`;
  if (x.length !== 4 || w.length !== 6) {
    throw new KnotgradError(
      "shape",
      `locallyConnected: ${given} are given but must be (N, H, W, C) and (P, Q, R, S, C, O)`,
    );
  }
  const [R, S, C, O] = w.slice(2);
  if (C !== x[3]) {
    throw new KnotgradError(
      "value",
      `locallyConnected: ${given} are given but w's fifth size must be ${x[3]}`,
    );
  }
  const [P, Q] = outputSize(x, [R, S], { stride, pad }, "locallyConnected");
  if (w[0] !== P || w[1] !== Q) {
    throw new KnotgradError(
      "value",
      `locallyConnected: ${given} with stride ${stride} and pad ${pad} are given but w must begin with (${P}, ${Q}), the places`,
    );
  }
  if (bias && String(bias) !== String([P, Q, O])) {
    throw new KnotgradError(
      "shape",
      `locallyConnected: bias is (${bias.join(", ")}) but must be (${P}, ${Q}, ${O})`,
    );
  }
  return { stride, pad };
}
