import {
  conv2dDw,
  conv2dDwSubgroup,
  conv2dDwSubgroupVec4,
  conv2dDwVec4,
  conv2dDx,
  conv2dDxSubgroup,
  conv2dSubgroup,
  conv2dSubgroupVec4,
  conv2dVec4,
  conv2d as kernel,
} from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { gemmSplits, gemmTile } from "../tiles.ts";
import { sumColumns, sumParts } from "./reduce.ts";

/** How a filter moves over an image. */
export interface Conv2dOptions {
  /** Pixels from one position to the next, in both directions; 1 unless told. */
  readonly stride?: number;
  /** Zeros around the image on each side; 0 unless told. */
  readonly pad?: number;
}

/**
 * Convolution: x (N, H, W, C), w (R, S, C, O), bias (O) or undefined -> (N, P, Q, O) with
 * P = floor((H + 2 pad - R) / stride) + 1, Q likewise from W and S.
 * Throws where the filter does not fit into the padded image.
 */
export const conv2d = op({
  reference: (x: Nd, w: Nd, bias: Nd | undefined, options: Conv2dOptions) => {
    const [N, , , C] = x.shape;
    const [R, S, , O] = w.shape;
    const { stride = 1, pad = 0 } = options;
    const [P, Q] = outputSize(x.shape, [R, S], options);
    return nd(
      [N, P, Q, O],
      (n, p, q, o) =>
        sum(R, (r) =>
          sum(S, (s) =>
            sum(C, (c) => x.at(n, p * stride + r - pad, q * stride + s - pad, c) * w.at(r, s, c, o)),
          ),
        ) + (bias?.at(o) ?? 0),
    );
  },
  run: (x: Tensor, w: Tensor, bias: Tensor | undefined, options: Conv2dOptions) => {
    const { gpu } = x;
    const { stride = 1, pad = 0 } = options;
    const [N, H, W, C] = x.shape;
    const [R, S, , O] = w.shape;
    const [P, Q] = outputSize(x.shape, [R, S], options);
    const sizes = { stride, pad };

    const forward = gemmTile(gpu, { M: N * P * Q, N: O, K: R * S * C });
    const quads = O % 4 === 0; // rows of w and dy are whole vec4
    const { y } = forward.subgroup
      ? gpu.launch(
          quads ? conv2dSubgroupVec4 : conv2dSubgroup,
          { x, w, bias },
          { ...sizes, P, Q, LANES: forward.LANES, SHARE: forward.SHARE },
        )
      : gpu.launch(quads ? conv2dVec4 : kernel, { x, w, bias }, { ...sizes, P, Q, LANES: forward.LANES });

    const toX = (dy: Tensor): Tensor => {
      const { subgroup, LANES, SHARE } = gemmTile(gpu, { M: N * H * W, N: C, K: R * S * O });
      return subgroup
        ? gpu.launch(conv2dDxSubgroup, { dy, w }, { ...sizes, H, W, LANES, SHARE }).dx
        : gpu.launch(conv2dDx, { dy, w }, { ...sizes, H, W, LANES }).dx;
    };
    const toW = (dy: Tensor): Tensor => {
      const product = { M: R * S * C, N: O, K: N * P * Q };
      const { subgroup, LANES, SHARE } = gemmTile(gpu, product);
      const SPLITS = gemmSplits(product, LANES);
      const { dw } = subgroup
        ? gpu.launch(
            quads ? conv2dDwSubgroupVec4 : conv2dDwSubgroup,
            { x, dy },
            { ...sizes, R, S, LANES, SPLITS, SHARE },
          )
        : gpu.launch(quads ? conv2dDwVec4 : conv2dDw, { x, dy }, { ...sizes, R, S, LANES, SPLITS });
      return sumParts(dw, w.shape);
    };
    return [
      y,
      (dy) => [
        x.needsGrad ? toX(dy) : null,
        w.needsGrad ? toW(dy) : null,
        bias?.needsGrad ? sumColumns(dy.view([N * P * Q, O])) : null,
      ],
    ];
  },
});

/** (P, Q) of a window of (R, S) over x (N, H, W, C). Throws where it does not fit. */
export function outputSize(
  [, H, W]: readonly number[],
  [R, S]: readonly number[],
  { stride = 1, pad = 0 }: Conv2dOptions,
): [P: number, Q: number] {
  if (!(Number.isInteger(stride) && stride > 0 && Number.isInteger(pad) && pad >= 0)) {
    throw new Error(
      `outputSize: stride ${stride}, pad ${pad} are given but must be whole numbers, stride at least 1, pad at least 0`,
    );
  }
  const P = Math.floor((H + 2 * pad - R) / stride) + 1;
  const Q = Math.floor((W + 2 * pad - S) / stride) + 1;
  if (!(P > 0 && Q > 0)) {
    throw new Error(
      `outputSize: a window of (${R}, ${S}) is given but must fit into (${H}, ${W}) with pad ${pad}`,
    );
  }
  return [P, Q];
}
