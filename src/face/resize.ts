// Changes of an image's size and colours.

import { KnotgradError } from "../error.ts";
import type { Dataset, ImageBytes, ImageSize } from "./dataset.ts";

/**
 * The image (H, W, C) at another size (height, width, C), each axis by itself: the mean of the area that each new
 * pixel covers where the axis shrinks, so that fine detail does not alias, and linear interpolation between pixel
 * centres where it grows. Throws where the new size is not whole numbers above 0.
 */
export function resize(image: ImageBytes, height: number, width: number): ImageBytes {
  if (!(Number.isInteger(height) && Number.isInteger(width) && height > 0 && width > 0)) {
    throw new KnotgradError(
      "value",
      `resize: size (${height}, ${width}) is given but both must be whole numbers above 0`,
    );
  }
  const { channels, pixels } = image;
  if (height === image.height && width === image.width) {
    return { height, width, channels, pixels: new Uint8Array(pixels) };
  }
  const across = axis(image.width, width);
  const rows = new Float32Array(image.height * width * channels);
  for (let y = 0, at = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * image.width + across.first[x]!) * channels;
      for (let c = 0; c < channels; c++, at++) {
        let sum = 0;
        for (let t = 0; t < across.taps; t++) {
          sum += across.weights[x * across.taps + t]! * pixels[from + t * channels + c]!;
        }
        rows[at] = sum;
      }
    }
  }
  const down = axis(image.height, height);
  const stride = width * channels;
  const out = new Uint8Array(height * stride);
  for (let y = 0, at = 0; y < height; y++) {
    const from = down.first[y]! * stride;
    for (let i = 0; i < stride; i++, at++) {
      let sum = 0.5;
      for (let t = 0; t < down.taps; t++) {
        sum += down.weights[y * down.taps + t]! * rows[from + t * stride + i]!;
      }
      out[at] = sum;
    }
  }
  return { height, width, channels, pixels: out };
}

/** For each of `to` new pixels on an axis of `from`: the first old pixel read, and the weights of `taps` from there. */
function axis(from: number, to: number): { first: Int32Array; taps: number; weights: Float32Array } {
  const scale = from / to;
  const taps = Math.min(from, scale > 1 ? Math.ceil(scale) + 1 : 2);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const start = scale > 1 ? i * scale : Math.max((i + 0.5) * scale - 0.5, 0);
    const here = Math.min(Math.floor(start), from - taps);
    first[i] = here;
    for (let t = 0; t < taps; t++) {
      const j = here + t;
      weights[i * taps + t] =
        scale > 1
          ? Math.max(0, Math.min(j + 1, start + scale) - Math.max(j, start)) / scale
          : Math.max(0, 1 - Math.abs(j - Math.min(start, from - 1)));
    }
  }
  return { first, taps, weights };
}

/** The image (H, W, 3) in grey (H, W, 1), weighted as in ITU-R BT.601: 0.299 red + 0.587 green + 0.114 blue. */
export function toGrey(image: ImageBytes): ImageBytes {
  if (image.channels === 1) return image;
  const { height, width, pixels } = image;
  const out = new Uint8Array(height * width);
  for (let i = 0; i < out.length; i++) {
    out[i] = 0.299 * pixels[3 * i]! + 0.587 * pixels[3 * i + 1]! + 0.114 * pixels[3 * i + 2]! + 0.5;
  }
  return { height, width, channels: 1, pixels: out };
}

/** The grey image (H, W, 1) with red, green and blue alike (H, W, 3). */
export function toColour(image: ImageBytes): ImageBytes {
  if (image.channels === 3) return image;
  const { height, width, pixels } = image;
  return {
    height,
    width,
    channels: 3,
    pixels: Uint8Array.from({ length: 3 * pixels.length }, (_, i) => pixels[(i / 3) | 0]!),
  };
}

/** A dataset's images at another size and in its colours, as `resize`, `toGrey` and `toColour` make them. */
export function resizeAll(dataset: Dataset, { height, width, channels }: ImageSize): Dataset {
  const from = dataset.height * dataset.width * dataset.channels;
  const to = height * width * channels;
  const N = dataset.labels.length;
  const pixels = new Uint8Array(N * to);
  for (let n = 0; n < N; n++) {
    const image = { ...dataset, pixels: dataset.pixels.subarray(n * from, (n + 1) * from) };
    const resized = resize(channels === 1 ? toGrey(image) : image, height, width);
    pixels.set((channels === 3 ? toColour(resized) : resized).pixels, n * to);
  }
  return { ...dataset, height, width, channels, pixels };
}
