import { KnotgradError } from "../error.ts";
import { warp } from "../kernels.gen.ts";
import { op } from "../op.ts";
import { type Nd, nd } from "../reference.ts";
import type { Tensor } from "../tensor.ts";

interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * Images moved and brought to one size: images (N, H, W, C), transforms (N, 2, 3) -> (N, height, width, C). New pixel (q, p)
 * of image n is read at (x, y) = transforms[n] (q, p, 1), linearly between the four pixels around, those outside the image
 * being 0. Pixel (x, y) is centred at (x, y); `warpTransforms` makes transforms of similarities, and `warp` does the same on
 * the host. Not differentiated. Throws where a gradient is needed, or a size does not fit.
 */
export const warpImages = /* @__PURE__ */ op({
  reference: (images: Nd, transforms: Nd, { height, width }: Size) => {
    const [N, , , C] = images.shape;
    return nd([N, height, width, C], (n, p, q, c) => {
      const from = (i: number) =>
        transforms.at(n, i, 0) * q + transforms.at(n, i, 1) * p + transforms.at(n, i, 2);
      const [x, y] = [from(0), from(1)];
      let sum = 0;
      for (const h of [Math.floor(y), Math.floor(y) + 1]) {
        for (const w of [Math.floor(x), Math.floor(x) + 1]) {
          sum += (1 - Math.abs(y - h)) * (1 - Math.abs(x - w)) * images.at(n, h, w, c);
        }
      }
      return sum;
    });
  },
  run: (images: Tensor, transforms: Tensor, { height, width }: Size) => {
    if (!(Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0)) {
      throw new KnotgradError(
        "value",
        `warpImages: size (${height}, ${width}) is given but both must be whole numbers above 0`,
      );
    }
    if (images.needsGrad || transforms.needsGrad) {
      throw new KnotgradError(
        "value",
        `warpImages: ${images.needsGrad ? "images" : "transforms"} needs a gradient but warping is not differentiated`,
      );
    }
    const { warped } = images.gpu.launch(warp, { images, transforms }, { P: height, Q: width });
    return [warped, () => [null, null]];
  },
});
