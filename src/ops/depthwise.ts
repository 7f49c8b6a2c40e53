// The convolution that makes each channel from one channel: a filter, or several, for each.
import {
  depthwiseDw,
  depthwiseDwF16,
  depthwiseDwSplat,
  depthwiseDwSplatF16,
  depthwiseDwVec4,
  depthwiseDwVec4F16,
  depthwiseDx,
  depthwiseDxF16,
  depthwiseDxVec4,
  depthwiseDxVec4F16,
  depthwiseF16,
  depthwiseSplat,
  depthwiseSplatF16,
  depthwiseVec4,
  depthwiseVec4F16,
  depthwise as kernel,
} from "../kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { columnLanes, tilesOf } from "../tiles.ts";
import { forms } from "./forms.ts";
import { sumParts } from "./reduce.ts";

/** How the filters lie on the image. */
interface Filters {
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
  readonly P: number;
  readonly Q: number;
}

/** By how many channels of y a lane makes, from how many of x: one, four from four, four from one. */
const kernels = {
  f32: {
    one: { forward: kernel, toFilter: depthwiseDw },
    quads: { forward: depthwiseVec4, toFilter: depthwiseDwVec4 },
    splat: { forward: depthwiseSplat, toFilter: depthwiseDwSplat },
  },
  f16: {
    one: { forward: depthwiseF16, toFilter: depthwiseDwF16 },
    quads: { forward: depthwiseVec4F16, toFilter: depthwiseDwVec4F16 },
    splat: { forward: depthwiseSplatF16, toFilter: depthwiseDwSplatF16 },
  },
};
const dxOf = forms(depthwiseDx, depthwiseDxVec4, depthwiseDxF16, depthwiseDxVec4F16);

/**
 * conv2d of x (N, H, W, C) with w (R, S, 1, O) in C groups: its result and gradients, that by x only where C is O. `taps`
 * is what kernels/lib/taps.wgsl is told.
 */
export function depthwise(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  { P, Q, stride, pad, dilation }: Filters,
  taps: { readonly GCD: number; readonly INVERSE: number },
) {
  const { gpu } = x;
  const how = { stride, pad, dilation };
  const [N, H, W, C] = x.shape;
  const [R, S, , O] = w.shape;
  const filters = w.view([R, S, O]);
  const channels = (O / C) % 4 === 0 ? "splat" : O === C && C % 4 === 0 ? "quads" : "one";
  const { forward, toFilter } = kernels[x.dtype === "f16" ? "f16" : "f32"][channels];
  // Rows that a lane walks down, of which it reads two more: 4 at least, and more on a CPU adapter, which starts lanes at a cost.
  const rowsOf = (P: number) => Math.max(4, Math.ceil(P / columnLanes(gpu, P)));

  const toX = (dy: Tensor): Tensor => {
    // At stride 1 it is the convolution of dy with the filters turned.
    const [above, beside] = [dilation * (R - 1) - pad, dilation * (S - 1) - pad];
    if (stride === 1 && above === beside && above >= 0) {
      const turned = { ...how, pad: above, P: H, Q: W, ROWS: rowsOf(H), FLIP: true };
      return gpu.launch(forward, { x: dy, w: filters }, turned).y;
    }
    return gpu.launch(dxOf(x), { dy, w: filters }, { ...how, ...taps, H, W }).dx;
  };
  return {
    forward: (): Tensor => gpu.launch(forward, { x, w: filters, bias }, { ...how, P, Q, ROWS: rowsOf(P) }).y,
    toW(dy: Tensor): Tensor {
      const lanes = (Math.ceil(R / 3) * Math.ceil(S / 3) * O) / (channels === "one" ? 1 : 4); // of a part
      // Parts that fill the device, of a row of dy at least; each lane of sum_parts adds them all.
      const T = Math.min(N * P, Math.ceil((64 * tilesOf(gpu).workgroups) / lanes), 512);
      return sumParts(gpu.launch(toFilter, { x, dy }, { ...how, R, S, T }).parts, w.shape);
    },
    ...(O === C ? { toX } : {}),
  };
}
