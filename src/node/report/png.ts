// Images as PNG: files, and small ones inside a page.

import { KnotgradError } from "../../error.ts";
import { pngJs } from "../packages.ts";

/** Bytes of an image, (H, W, C) with C = 1 (grey) or 3 (red, green, blue). */
export interface Pixels {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/**
 * A PNG file of an image (H, W, C), C = 1 (grey) or 3 (red, green, blue).
 * Throws where the bytes are not H x W x 1 or H x W x 3.
 */
export function encodePng({ pixels, height, width }: Pixels): Buffer {
  const colorType = channelsOf("encodePng", { pixels, height, width }) === 1 ? 0 : 2;
  const { PNG } = pngJs("encodePng");
  const png = new PNG({ height, width });
  png.data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return PNG.sync.write(png, { colorType, inputColorType: colorType, inputHasAlpha: false });
}

/**
 * A `data:` URI that holds the image as PNG, made smaller by the least whole factor that brings both sides to `limit`
 * pixels (each new pixel is the mean of a square of old ones).
 * Throws where the bytes are not H x W x 1 or H x W x 3.
 */
export function pngDataUri(image: Pixels, limit: number): string {
  return `data:image/png;base64,${encodePng(shrink(image, limit)).toString("base64")}`;
}

function channelsOf(caller: string, { pixels, height: H, width: W }: Pixels): number {
  const C = pixels.length / (H * W);
  if (C === 1 || C === 3) return C;
  throw new KnotgradError(
    "value",
    `${caller}: ${pixels.length} bytes but an image of ${H} x ${W} needs ${H * W} (grey) or ${3 * H * W} (colour)`,
  );
}

function shrink(image: Pixels, limit: number): Pixels {
  const { pixels, height: H, width: W } = image;
  const C = channelsOf("pngDataUri", image);
  const f = Math.ceil(Math.max(H, W) / limit);
  const [height, width] = [Math.max(1, Math.floor(H / f)), Math.max(1, Math.floor(W / f))];
  const small = new Uint8Array(height * width * C);
  for (let i = 0; i < small.length; i++) {
    const [h, w, c] = [Math.floor(i / (width * C)), Math.floor(i / C) % width, i % C];
    let sum = 0;
    let count = 0;
    for (let y = h * f; y < Math.min(H, (h + 1) * f); y++) {
      for (let x = w * f; x < Math.min(W, (w + 1) * f); x++, count++) sum += pixels[(y * W + x) * C + c]!;
    }
    small[i] = Math.round(sum / count);
  }
  return { pixels: small, height, width };
}
