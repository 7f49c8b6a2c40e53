import { KnotgradError } from "../error.ts";
import {
  matmul as direct,
  matmulVec4 as directVec4,
  matmulFew as few,
  matmulFewVec4 as fewVec4,
  matmulPanel as panel,
  matmulPanelVec4 as panelVec4,
  matmulTiled as tiled,
  matmulTiledVec4 as tiledVec4,
} from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { deal, type Gemm, launchGemm } from "./gemm.ts";
import { sumColumns, sumParts } from "./reduce.ts";
import { reluGradient } from "./relu.ts";

/** How the operands of a product are stored. */
export interface MatmulOptions {
  /** Whether a is (K, M) instead of (M, K). */
  readonly transposeA?: boolean;
  /** Whether b is (N, K) instead of (K, N). */
  readonly transposeB?: boolean;
  /** Whether the result goes through a ReLU where it is stored. */
  readonly relu?: boolean;
}

/** What is applied where a product is stored: a bias (N), then the PReLU of a slope (N) per column. */
interface Stored {
  readonly bias?: Tensor | undefined;
  readonly slope?: Tensor | undefined;
}

/**
 * Matrix product with a bias per column: a (M, K), b (K, N), bias (N) or undefined -> (M, N), through a ReLU where asked
 * for. Throws where the inner sizes differ.
 * @example
 * ```ts
 * const a = gpu.tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
 * const b = gpu.tensor(Float32Array.of(1, 0, 0, 10), [2, 2]);
 * await matmul(a, b, undefined, {}).read(); // => [1, 20, 3, 40]
 * ```
 */
export const matmul = /* @__PURE__ */ op({
  reference: (a: Nd, b: Nd, bias: Nd | undefined, options: MatmulOptions) => {
    const { M, N, K } = productOf(a.shape, b.shape, options);
    const { transposeA = false, transposeB = false, relu = false } = options;
    return nd([M, N], (m, n) => {
      const y =
        sum(K, (k) => (transposeA ? a.at(k, m) : a.at(m, k)) * (transposeB ? b.at(n, k) : b.at(k, n))) +
        (bias?.at(n) ?? 0);
      return relu ? Math.max(y, 0) : y;
    });
  },
  run: (a: Tensor, b: Tensor, bias: Tensor | undefined, options: MatmulOptions) => {
    const { transposeA = false, transposeB = false, relu = false } = options;
    const y = product(a, b, options, { bias });
    const toA = (dy: Tensor) =>
      transposeA
        ? product(b, dy, { transposeA: transposeB, transposeB: true }) // (K, M) = b dyT
        : product(dy, b, { transposeB: !transposeB }); // (M, K) = dy bT
    const toB = (dy: Tensor) =>
      transposeB
        ? product(dy, a, { transposeA: true, transposeB: transposeA }) // (N, K) = dyT a
        : product(a, dy, { transposeA: !transposeA }); // (K, N) = aT dy
    return [
      y,
      (dstored) => {
        const dy = relu ? reluGradient(y, dstored) : dstored;
        return [
          a.needsGrad ? toA(dy) : null,
          b.needsGrad ? toB(dy) : null,
          bias?.needsGrad ? sumColumns(dy) : null,
        ];
      },
    ];
  },
});

const kernels: Gemm = {
  direct: [direct, directVec4],
  few: [few, fewVec4],
  panel: [panel, panelVec4],
  tiled: [tiled, tiledVec4],
};

/** The product itself, with bias and activation in the store; not differentiated. */
export function product(a: Tensor, b: Tensor, options: MatmulOptions, stored: Stored = {}): Tensor {
  const { M, N } = productOf(a.shape, b.shape, options);
  const plain = !stored.bias && !stored.slope && !options.relu;
  const SPLITS = plain ? splitsOf(a, b, options) : 1;
  return sumParts(launchProduct(a, b, options, { ...stored, SPLITS }), [M, N]);
}

/** Into how many partial sums a product is best dealt. */
export function splitsOf(a: Tensor, b: Tensor, options: MatmulOptions): number {
  return deal(a.gpu, productOf(a.shape, b.shape, options)).SPLITS;
}

/** One launch of a product: partial sums (SPLITS, M, N), in `c` where that is given, added to what it holds where asked for. */
export function launchProduct(
  a: Tensor,
  b: Tensor,
  options: MatmulOptions,
  work: Stored & {
    readonly SPLITS?: number;
    readonly c?: Tensor;
    readonly accumulate?: boolean;
    /** 0 for each stored row of a that counts as 0. */
    readonly live?: Tensor | undefined;
  },
): Tensor {
  const sizes = productOf(a.shape, b.shape, options);
  const { bias, slope, live, c, SPLITS = 1, accumulate = false } = work;
  const { transposeA = false, transposeB = false, relu = false } = options;
  const knobs = {
    ...sizes,
    TRANS_A: transposeA,
    TRANS_B: transposeB,
    ACCUMULATE: accumulate,
    ACT: slope ? 2 : relu ? 1 : 0,
  };
  const quads = sizes.N % 4 === 0 && !transposeB; // rows of b are whole vec4
  return launchGemm(a.gpu, kernels, deal(a.gpu, sizes, SPLITS), quads, { a, b, bias, slope, live, c }, knobs);
}

/** M, N, K of a product. Throws where the operands are not matrices with the same inner size. */
function productOf(
  a: readonly number[],
  b: readonly number[],
  { transposeA = false, transposeB = false }: MatmulOptions,
): { M: number; N: number; K: number } {
  const [M, K] = transposeA ? [a[1], a[0]] : [a[0], a[1]];
  const [inner, N] = transposeB ? [b[1], b[0]] : [b[0], b[1]];
  if (a.length !== 2 || b.length !== 2 || inner !== K) {
    const how = (t: boolean) => (t ? " transposed" : "");
    throw new KnotgradError(
      "shape",
      `matmul: a (${a.join(", ")})${how(transposeA)} and b (${b.join(", ")})${how(transposeB)} are given but must be (M, K) and (K, N)`,
    );
  }
  return { M, N, K };
}
