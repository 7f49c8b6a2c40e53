import type { Tensor } from "../tensor.ts";

/** x (..., C) as rows (N, C). */
export const rowsOf = (x: Tensor): Tensor => {
  const C = x.shape.at(-1) ?? 1;
  return x.view([x.size / C, C]);
};

/** x of any shape as one row of all its elements (n). */
export const flatOf = (x: Tensor): Tensor => x.view([x.size]);
