/**
 * Checking an operation of one's own: kernels against the formula, gradients against its slopes.
 * @module knotgrad/check
 */

export { type AnyOp, type CheckRow, check } from "./check.ts";
export { between, exactly, type Fixed, fixed, labels, reals, wholes } from "./inputs.ts";
