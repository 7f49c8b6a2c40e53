import { KnotgradError } from "../error.ts";
import type { Gpu } from "../gpu.ts";
import { cast as toHalf, castF32 as toSingle } from "../kernels.gen.ts";
import { op } from "../op.ts";
import type { Nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { flatOf } from "./rows.ts";

/** Types that activations can be stored in. */
export type Precision = "f32" | "f16";

/**
 * The same numbers in another type: x of any shape -> the shape of x, rounded to halves in f16, where what is beyond 65504
 * becomes infinite. Gradients come back in the type of x. Throws where x is u32, or the device lacks shader-f16.
 */
export const cast = /* @__PURE__ */ op({
  reference: (x: Nd, _: Precision) => x,
  run: (x: Tensor, to: Precision) => {
    refusePrecision("cast", x.gpu, to);
    if (x.dtype === "u32") throw new KnotgradError("dtype", "cast: x is u32 but must be f32 or f16");
    return [stored(x, to), (dy) => [stored(dy, x.dtype as Precision)]];
  },
});

/** Throws, for `what`, where a device cannot store activations so. */
export function refusePrecision(what: string, { device }: Gpu, precision: Precision): void {
  if (precision !== "f32" && precision !== "f16")
    throw new KnotgradError("value", `${what}: precision is ${precision} but must be f32 or f16`);
  if (precision === "f32" || device.features.has("shader-f16")) return;
  throw new KnotgradError("feature", `${what}: precision is f16 but the device lacks shader-f16; use f32`);
}

/** x in a type. */
function stored(x: Tensor, to: Precision): Tensor {
  if (x.dtype === to) return x.view(x.shape);
  return x.gpu.launch(to === "f16" ? toHalf : toSingle, { x: flatOf(x) }).y.view(x.shape);
}
