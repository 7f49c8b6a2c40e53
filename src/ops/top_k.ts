// The highest of each row, and where they are.
import { KnotgradError } from "../error.ts";
import { topK as topKKernel } from "../kernels.gen.ts";
import type { Tensor } from "../tensor.ts";

const MOST = 16;

/**
 * The K highest of each row, falling, and their columns, of equal ones the lowest first: x (N, C), finite -> value (N, K),
 * index (N, K) of u32. Not differentiated. Throws where x is no matrix, or K is not from 1 to 16 and at most C.
 * @example
 * ```ts
 * const { value, index } = topK(gpu.tensor(Float32Array.of(1, 3, 2), [1, 3]), 2);
 * await value.read(); // => [3, 2]
 * await gpu.readU32(index); // => [1, 2]
 * ```
 */
export function topK(x: Tensor, K: number): { readonly value: Tensor; readonly index: Tensor } {
  const [N, C] = x.shape;
  if (x.shape.length !== 2 || x.dtype !== "f32") {
    throw new KnotgradError("dtype", `topK: x is ${x.dtype} (${x.shape.join(", ")}) but must be f32 (N, C)`);
  }
  if (!Number.isInteger(K) || K < 1 || K > Math.min(C!, MOST)) {
    throw new KnotgradError(
      "value",
      `topK: K is ${K} but must be a whole number from 1 to ${Math.min(C!, MOST)}`,
    );
  }
  return x.gpu.launch(topKKernel, { x: x.view([N!, C!]) }, { K });
}
