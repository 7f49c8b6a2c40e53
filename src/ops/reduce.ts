// Sums in a fixed order: partial results first, then their sum.
import { columnParts, columnPartsF16, sumParts as sumPartsKernel } from "../kernels.gen.ts";
import type { Shape, Tensor } from "../tensor.ts";

/** Sum over the first dimension of (T, ...shape), in ascending order: the second pass of a sum in parts. */
export function sumParts(parts: Tensor, shape: Shape): Tensor {
  const [T] = parts.shape;
  if (T === 1) return parts.view(shape);
  return parts.gpu.launch(sumPartsKernel, { x: parts.view([T, parts.size / T]) }).y.view(shape);
}

/** Into how many partial sums N rows of C columns are dealt. */
export function partsOf(N: number, C: number): number {
  // At least 16 rows a part, and no more lanes in all than keep a device busy.
  return Math.max(1, Math.min(Math.floor(N / 16), Math.ceil(16_384 / C)));
}

/** Sums of columns: x (N, C) -> (C). */
export function sumColumns(x: Tensor): Tensor {
  const [N, C] = x.shape;
  const kernel = x.dtype === "f16" ? columnPartsF16 : columnParts;
  return sumParts(x.gpu.launch(kernel, { x }, { T: partsOf(N, C) }).parts, [C]);
}
