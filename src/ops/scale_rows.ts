import { scaleRows } from "../kernels.gen.ts";
import type { Tensor } from "../tensor.ts";

/** Each row of x (N, C) times s (N); x itself where s is known to be ones. */
export const scaleRowsBy = (x: Tensor, s: Tensor): Tensor =>
  s.constant === 1 ? x : x.gpu.launch(scaleRows, { x, s }).y;
