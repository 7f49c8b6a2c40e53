import { KnotgradError } from "../error.ts";
import {
  conv2d as conv2dDirect,
  conv2dDw,
  conv2dDwF16,
  conv2dDwFew,
  conv2dDwFewF16,
  conv2dDwFewVec4,
  conv2dDwFewVec4F16,
  conv2dDwPanel,
  conv2dDwPanelF16,
  conv2dDwPanelVec4,
  conv2dDwPanelVec4F16,
  conv2dDwTiled,
  conv2dDwTiledF16,
  conv2dDwTiledVec4,
  conv2dDwTiledVec4F16,
  conv2dDwVec4,
  conv2dDwVec4F16,
  conv2dDx,
  conv2dDxF16,
  conv2dDxFew,
  conv2dDxFewF16,
  conv2dDxFewVec4,
  conv2dDxFewVec4F16,
  conv2dDxPanel,
  conv2dDxPanelF16,
  conv2dDxPanelVec4,
  conv2dDxPanelVec4F16,
  conv2dDxTiled,
  conv2dDxTiledF16,
  conv2dDxTiledVec4,
  conv2dDxTiledVec4F16,
  conv2dDxVec4,
  conv2dDxVec4F16,
  conv2dF16,
  conv2dFew,
  conv2dFewF16,
  conv2dFewVec4,
  conv2dFewVec4F16,
  conv2dPanel,
  conv2dPanelF16,
  conv2dPanelVec4,
  conv2dPanelVec4F16,
  conv2dTiled,
  conv2dTiledF16,
  conv2dTiledVec4,
  conv2dTiledVec4F16,
  conv2dVec4,
  conv2dVec4F16,
  transpose,
} from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Shape, Tensor } from "../tensor.ts";
import type { Precision } from "./cast.ts";
import { depthwise } from "./depthwise.ts";
import { deal, type Gemm, launchGemm } from "./gemm.ts";
import { product } from "./matmul.ts";
import { sumColumns, sumParts } from "./reduce.ts";

/** How a filter moves over an image. */
export interface Conv2dOptions {
  /** Pixels from one position to the next, in both directions; 1 unless told. */
  readonly stride?: number;
  /** Zeros around the image on each side; 0 unless told. */
  readonly pad?: number;
  /** Pixels from one tap of the filter to the next, in both directions; 1 unless told. */
  readonly dilation?: number;
  /**
   * Into how many groups of neighbours the channels of x and of y are dealt, each group of y made from its group of x
   * alone; 1 unless told. As many as C and O: depthwise, a filter for each channel.
   */
  readonly groups?: number;
}

/** The options and sizes of a convolution, all of them. */
interface Sizes {
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
  readonly groups: number;
  readonly P: number;
  readonly Q: number;
}

/**
 * Convolution: x (N, H, W, C), w (R, S, C / groups, O), bias (O) or undefined -> (N, P, Q, O) with
 * P = floor((H + 2 pad - dilation (R - 1) - 1) / stride) + 1, Q likewise from W and S. y has the type of x; w and bias are f32.
 * Throws where a shape does not fit, where groups does not divide C and O, and where the filter does not fit into the
 * padded image.
 * @example
 * ```ts
 * const x = gpu.tensor(Float32Array.of(1, 2, 3, 4), [1, 2, 2, 1]);
 * const w = gpu.tensor(new Float32Array(9).fill(1), [3, 3, 1, 1]);
 * await conv2d(x, w, undefined, { stride: 1, pad: 1 }).read(); // => [10, 10, 10, 10]
 * ```
 */
export const conv2d = /* @__PURE__ */ op({
  reference: (x: Nd, w: Nd, bias: Nd | undefined, options: Conv2dOptions) => {
    const { stride, pad, dilation, groups, P, Q } = sizesOf(x.shape, w.shape, bias?.shape, options);
    const [N] = x.shape;
    const [R, S, C, O] = w.shape; // C channels of x in a group
    return nd([N, P, Q, O], (n, p, q, o) => {
      const first = Math.floor(o / (O / groups)) * C;
      const at = (r: number, s: number, c: number) =>
        x.at(n, p * stride + r * dilation - pad, q * stride + s * dilation - pad, first + c) *
        w.at(r, s, c, o);
      return sum(R, (r) => sum(S, (s) => sum(C, (c) => at(r, s, c)))) + (bias?.at(o) ?? 0);
    });
  },
  run: (x: Tensor, w: Tensor, bias: Tensor | undefined, options: Conv2dOptions) => {
    const sizes = sizesOf(x.shape, w.shape, bias?.shape, options);
    const taps = tapsOf(sizes.stride, sizes.dilation);
    const products = asProducts(x, w, bias, sizes, taps);
    const { forward, toX, toW } = isOfPixels(x, w, sizes)
      ? ofPixels(x, w, bias)
      : w.shape[2] === 1
        ? { ...products, ...depthwise(x, w, bias, sizes, taps) }
        : products;
    return [
      forward(),
      (dy) => [
        x.needsGrad ? toX(dy) : null,
        w.needsGrad ? toW(dy) : null,
        bias?.needsGrad ? sumColumns(dy.view([dy.size / bias.size, bias.size])) : null,
      ],
    ];
  },
});

/** A convolution: its result, and given dL/dy its gradients. */
interface Convolution {
  forward(): Tensor;
  toX(dy: Tensor): Tensor;
  toW(dy: Tensor): Tensor;
}

/** The kernels of a product for each type that x and y are stored in. */
type Stored = { readonly [P in Precision]: Gemm };

const forward: Stored = {
  f32: {
    direct: [conv2dDirect, conv2dVec4],
    few: [conv2dFew, conv2dFewVec4],
    panel: [conv2dPanel, conv2dPanelVec4],
    tiled: [conv2dTiled, conv2dTiledVec4],
  },
  f16: {
    direct: [conv2dF16, conv2dVec4F16],
    few: [conv2dFewF16, conv2dFewVec4F16],
    panel: [conv2dPanelF16, conv2dPanelVec4F16],
    tiled: [conv2dTiledF16, conv2dTiledVec4F16],
  },
};
const toPixels: Stored = {
  f32: {
    direct: [conv2dDx, conv2dDxVec4],
    few: [conv2dDxFew, conv2dDxFewVec4],
    panel: [conv2dDxPanel, conv2dDxPanelVec4],
    tiled: [conv2dDxTiled, conv2dDxTiledVec4],
  },
  f16: {
    direct: [conv2dDxF16, conv2dDxVec4F16],
    few: [conv2dDxFewF16, conv2dDxFewVec4F16],
    panel: [conv2dDxPanelF16, conv2dDxPanelVec4F16],
    tiled: [conv2dDxTiledF16, conv2dDxTiledVec4F16],
  },
};
const toFilter: Stored = {
  f32: {
    direct: [conv2dDw, conv2dDwVec4],
    few: [conv2dDwFew, conv2dDwFewVec4],
    panel: [conv2dDwPanel, conv2dDwPanelVec4],
    tiled: [conv2dDwTiled, conv2dDwTiledVec4],
  },
  f16: {
    direct: [conv2dDwF16, conv2dDwVec4F16],
    few: [conv2dDwFewF16, conv2dDwFewVec4F16],
    panel: [conv2dDwPanelF16, conv2dDwPanelVec4F16],
    tiled: [conv2dDwTiledF16, conv2dDwTiledVec4F16],
  },
};

/** A convolution as implicit matrix products. */
function asProducts(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  sizes: Sizes,
  taps: ReturnType<typeof tapsOf>,
): Convolution {
  const { gpu } = x;
  const type = x.dtype === "f16" ? "f16" : "f32";
  const inOne = type === "f16"; // sums must not be kept in between where they would be rounded
  const { P, Q, ...how } = sizes;
  const { groups } = how;
  const [N, H, W, C] = x.shape;
  const [R, S, , O] = w.shape;
  const CG = C / groups;
  const OG = O / groups;
  const quads = OG % 4 === 0; // rows of w and dy are whole vec4 in each group

  return {
    forward() {
      const pixels = { M: N * P * Q, N: OG, K: R * S * CG };
      return launchGemm(gpu, forward[type], deal(gpu, pixels, 1, inOne), quads, { x, w, bias }, { ...sizes });
    },
    toX(dy) {
      const { stride } = how;
      const { GCD } = taps;
      const most = Math.ceil((R * GCD) / stride) * Math.ceil((S * GCD) / stride); // taps that meet a pixel
      const phase = { M: N * Math.ceil(H / stride) * Math.ceil(W / stride), N: CG, K: most * OG };
      const options = { ...how, ...taps, C, H, W };
      const given = { dy, wt: transposed(w) };
      return launchGemm(gpu, toPixels[type], deal(gpu, phase, 1, inOne), CG % 4 === 0, given, options);
    },
    toW(dy) {
      const group = { M: R * S * CG, N: OG, K: N * P * Q };
      const SPLITS = Math.ceil(deal(gpu, group).SPLITS / groups);
      const dw = launchGemm(
        gpu,
        toFilter[type],
        deal(gpu, group, SPLITS),
        quads,
        { x, dy },
        { ...how, R, S },
      );
      return sumParts(dw, w.shape);
    },
  };
}

/** Whether a convolution is of single pixels, which is a matrix product (N H W, C) x (C, O). */
function isOfPixels(x: Tensor, w: Tensor, { stride, pad, groups }: Sizes): boolean {
  const [R, S] = w.shape;
  return R * S === 1 && stride === 1 && pad === 0 && groups === 1 && x.dtype === "f32";
}

function ofPixels(x: Tensor, w: Tensor, bias: Tensor | undefined): Convolution {
  const [N, H, W, C] = x.shape;
  const O = w.shape[3];
  const rows = (t: Tensor) => t.view([N * H * W, t.shape[3]]);
  const filter = w.view([C, O]);
  return {
    forward: () => product(rows(x), filter, {}, { bias }).view([N, H, W, O]),
    toX: (dy) => product(rows(dy), transposed(w).view([O, C]), {}).view(x.shape),
    toW: (dy) => product(rows(x), rows(dy), { transposeA: true }).view(w.shape),
  };
}

/** w (R, S, C, O) -> (R, S, O, C). */
function transposed(w: Tensor): Tensor {
  const [R, S, C, O] = w.shape;
  return w.gpu.launch(transpose, { x: w.view([R * S, C, O]) }).y.view([R, S, O, C]);
}

/** What kernels/lib/taps.wgsl is told: the greatest common divisor, and the inverse modulo stride / GCD. */
function tapsOf(stride: number, dilation: number): { GCD: number; INVERSE: number } {
  let GCD = stride;
  while (stride % GCD !== 0 || dilation % GCD !== 0) GCD--;
  const step = stride / GCD;
  let INVERSE = 0;
  while ((INVERSE * (dilation / GCD)) % step !== 1 % step) INVERSE++;
  return { GCD, INVERSE };
}

/** All sizes of a convolution. Throws where they do not fit. */
function sizesOf(x: Shape, w: Shape, bias: Shape | undefined, options: Conv2dOptions): Sizes {
  const { stride = 1, pad = 0, dilation = 1, groups = 1 } = options;
  const given = `x (${x.join(", ")}) and w (${w.join(", ")})`;
  if (x.length !== 4 || w.length !== 4) {
    throw new KnotgradError(
      "shape",
      `conv2d: ${given} are given but must be (N, H, W, C) and (R, S, C / groups, O)`,
    );
  }
  const C = x[3];
  const [R, S, CG, O] = w;
  if (!(Number.isInteger(groups) && groups > 0 && C % groups === 0 && O % groups === 0)) {
    throw new KnotgradError(
      "value",
      `conv2d: groups is ${groups} but must be a whole number that divides C (${C}) and O (${O})`,
    );
  }
  if (CG !== C / groups) {
    throw new KnotgradError(
      "shape",
      `conv2d: ${given} with groups ${groups} are given but w's third size must be ${C / groups}`,
    );
  }
  if (bias && (bias.length !== 1 || bias[0] !== O)) {
    throw new KnotgradError("shape", `conv2d: bias is (${bias.join(", ")}) but must be (${O})`);
  }
  const [P, Q] = outputSize(x, [R, S], { stride, pad, dilation }, "conv2d");
  return { stride, pad, dilation, groups, P, Q };
}

/** (P, Q) of a window of (R, S) over x (N, H, W, C). Throws, in the name of `what`, where it does not fit. */
export function outputSize(
  [, H, W]: readonly number[],
  [R, S]: readonly number[],
  { stride = 1, pad = 0, dilation = 1 }: Conv2dOptions,
  what = "outputSize",
): [P: number, Q: number] {
  const whole = [stride, dilation, pad].every(Number.isInteger);
  if (!(whole && stride > 0 && dilation > 0 && pad >= 0)) {
    throw new KnotgradError(
      "value",
      `${what}: stride ${stride}, pad ${pad}, dilation ${dilation} are given but must be whole numbers, stride and dilation at least 1, pad at least 0`,
    );
  }
  const P = Math.floor((H + 2 * pad - dilation * (R - 1) - 1) / stride) + 1;
  const Q = Math.floor((W + 2 * pad - dilation * (S - 1) - 1) / stride) + 1;
  if (!(P > 0 && Q > 0)) {
    const apart = dilation > 1 ? ` with taps ${dilation} apart` : "";
    throw new KnotgradError(
      "value",
      `${what}: a window of (${R}, ${S})${apart} is given but must fit into (${H}, ${W}) with pad ${pad}`,
    );
  }
  return [P, Q];
}
