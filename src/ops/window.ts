// Square pooling windows over images (N, H, W, C).
import { KnotgradError } from "../error.ts";
import type { Nd } from "../reference.ts";
import { outputSize } from "./conv2d.ts";

/** How a pooling window moves over an image. */
export interface PoolOptions {
  /** Pixels along each side of the window. */
  readonly size: number;
  /** Pixels from one window to the next, in both directions; `size` unless told. */
  readonly stride?: number;
  /** Pixels by which windows may reach over each edge, at most size / 2; 0 unless told. */
  readonly pad?: number;
}

/** The sizes a pooling kernel is told. Throws, in the name of `what`, where the window does not fit x. */
export function windowSizes(
  what: string,
  x: readonly number[],
  options: PoolOptions,
): { size: number; stride: number; pad: number; P: number; Q: number } {
  const { size, stride = size, pad = 0 } = options;
  if (x.length !== 4)
    throw new KnotgradError("shape", `${what}: x is (${x.join(", ")}) but must be (N, H, W, C)`);
  if (!(Number.isInteger(size) && size > 0)) {
    throw new KnotgradError("value", `${what}: size is ${size} but must be a whole number above zero`);
  }
  // Every window then covers a pixel of the image.
  if (pad > size / 2)
    throw new KnotgradError("value", `${what}: pad is ${pad} but must be at most half of size (${size})`);
  const [P, Q] = outputSize(x, [size, size], { stride, pad });
  return { size, stride, pad, P, Q };
}

/** The values of channel c that the window at (p, q) covers inside the image, in row-major order. */
export function covered(x: Nd, n: number, p: number, q: number, c: number, options: PoolOptions): number[] {
  const { size, stride = size, pad = 0 } = options;
  const [, H, W] = x.shape;
  const values: number[] = [];
  for (let h = p * stride - pad; h < p * stride - pad + size; h++) {
    for (let v = q * stride - pad; v < q * stride - pad + size; v++) {
      if (h >= 0 && h < H && v >= 0 && v < W) values.push(x.at(n, h, v, c));
    }
  }
  return values;
}
