// How sharp an image is, and how much contrast it has: quality that needs no net.

import { KnotgradError } from "../error.ts";
import type { ImageSize } from "./dataset.ts";
import { toGrey } from "./resize.ts";

/**
 * Sharpness of one image, pixels (H, W, C) from 0 to 255: the variance of the Laplacian of its grey image,
 *   y[h, w] = x[h - 1, w] + x[h + 1, w] + x[h, w - 1] + x[h, w + 1] - 4 x[h, w],
 * over all pixels but those at the edge, in grey levels squared. Noise counts as detail, and half the contrast is a quarter of
 * the sharpness. Throws where an image is smaller than (3, 3) or has another number of pixels.
 * Source: Pech-Pacheco, Cristobal, Chamorro-Martinez, Fernandez-Valdivia, "Diatom autofocusing in brightfield microscopy: a
 * comparative study", ICPR 2000.
 */
export function sharpness(pixels: Uint8Array, size: ImageSize): number {
  const { height, width } = size;
  if (!(height >= 3 && width >= 3)) {
    throw new KnotgradError(
      "value",
      `sharpness: the image is (${height}, ${width}) but must be at least (3, 3)`,
    );
  }
  const x = greyOf("sharpness", pixels, size);
  const laplacian: number[] = [];
  for (let h = 1; h < height - 1; h++) {
    for (let w = 1; w < width - 1; w++) {
      const i = h * width + w;
      laplacian.push(x[i - width]! + x[i + width]! + x[i - 1]! + x[i + 1]! - 4 * x[i]!);
    }
  }
  return variance(laplacian);
}

/**
 * Contrast of one image, pixels (H, W, C) from 0 to 255: the standard deviation of its grey values.
 * Throws where there are no pixels or another number of them.
 */
export function contrast(pixels: Uint8Array, size: ImageSize): number {
  return Math.sqrt(variance(greyOf("contrast", pixels, size)));
}

function greyOf(caller: string, pixels: Uint8Array, size: ImageSize): Uint8Array {
  const { height, width, channels } = size;
  if (pixels.length !== height * width * channels || pixels.length === 0) {
    throw new KnotgradError(
      "shape",
      `${caller}: pixels has (${pixels.length}) bytes but must have (${height}, ${width}, ${channels})`,
    );
  }
  return toGrey({ height, width, channels, pixels }).pixels;
}

function variance(values: ArrayLike<number>): number {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - mean) ** 2;
  return sum / values.length;
}
