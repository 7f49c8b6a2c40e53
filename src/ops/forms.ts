// The forms of a kernel: for each type that activations are stored in, and for whole quads of channels.
import type { Tensor } from "../tensor.ts";

/**
 * Chooses among a kernel's forms for rows x (..., C): of f32 with any number of channels and with whole quads of them, and
 * the same of f16.
 */
export const forms =
  <A, Q, H, HQ>(any: A, quads: Q, half: H, halfQuads: HQ) =>
  ({ dtype, shape }: Tensor): A | Q | H | HQ => {
    const whole = shape.at(-1)! % 4 === 0;
    if (dtype === "f16") return whole ? halfQuads : half;
    return whole ? quads : any;
  };
