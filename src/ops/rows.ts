import type { Tensor } from "../tensor.ts";

/** x (..., C) as rows (N, C). */
export const rowsOf = (x: Tensor): Tensor => {
  const C = x.shape.at(-1) ?? 1;
  return x.view([x.size / C, C]);
};
