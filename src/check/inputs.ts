// Repeatable inputs for checking operations.

import { random } from "../random.ts";
import { array, type Nd, nd } from "../reference.ts";

/** An array that is not differentiated: labels, or state that an operation keeps. */
export interface Fixed extends Nd {
  /** Type of the tensor that it becomes. */
  readonly dtype: "f32" | "u32";
}

/** Numbers of a bell-like spread around zero, in a shape, of size about `scale`, exact in f32; others for another seed. */
export function reals(shape: readonly number[], scale = 1, seed = 17): Nd {
  const r = random(shape.reduce((a, b) => a * 31 + b, seed));
  return nd(shape, () => Math.fround(scale * r.normal()));
}

/** Numbers in [from, to), in a shape, exact in f32. */
export function between(shape: readonly number[], from: number, to: number): Nd {
  const r = random(shape.reduce((a, b) => a * 31 + b, 19));
  return nd(shape, () => Math.fround(from + (to - from) * r.next()));
}

/** Exactly these numbers, rounded to f32, in a shape. */
export const exactly = (shape: readonly number[], numbers: readonly number[]): Nd =>
  array(shape, Float64Array.from(numbers, Math.fround));

/** Whole numbers below C, as many as N: (N) of u32. */
export function labels(N: number, C: number): Fixed {
  const r = random(31 * N + C);
  return { ...nd([N], () => r.below(C)), dtype: "u32" };
}

/** Given whole numbers: (N) of u32. */
export const wholes = (numbers: readonly number[]): Fixed => ({
  ...array([numbers.length], Float64Array.from(numbers)),
  dtype: "u32",
});

/** The same numbers in the same shape, not differentiated. */
export const fixed = (x: Nd): Fixed => ({ ...x, dtype: "f32" });

export const isNd = (x: unknown): x is Nd => (x as Nd | undefined)?.data instanceof Float64Array;
export const isFixed = (x: Nd): x is Fixed => "dtype" in x;
