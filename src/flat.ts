// Many named tensors in one buffer, so that one launch can update them all.
import type { Gpu } from "./gpu.ts";
import { ALIGNMENT } from "./memory.ts";
import { count, type Shape, type Tensor } from "./tensor.ts";

/** Named tensors that lie in one flat tensor. */
export interface Flat {
  /** (n) everything, with zeros between tensors. */
  readonly values: Tensor;
  /** The tensors by name, each of its shape, slices of `values`. */
  readonly tensors: { readonly [name: string]: Tensor };
}

/** Elements between the starts of slices. */
const STEP = ALIGNMENT / 4;

/**
 * Zeros of the given shapes, in one buffer. Throws where no buffer of the device is that large.
 * @example
 * ```ts
 * const { tensors } = flat(gpu, { w: [784, 10], bias: [10] });
 * await tensors.bias.read(); // => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
 * ```
 */
export function flat(gpu: Gpu, shapes: { readonly [name: string]: Shape }): Flat {
  let size = 0;
  const starts = Object.entries(shapes).map(([name, shape]) => {
    const start = size;
    size += Math.ceil(count(shape) / STEP) * STEP;
    return { name, shape, start };
  });
  const values = gpu.zeros([Math.max(size, STEP)]);
  const tensors = Object.fromEntries(
    starts.map(({ name, shape, start }) => [name, gpu.slice(values, start, shape)]),
  );
  return { values, tensors };
}
