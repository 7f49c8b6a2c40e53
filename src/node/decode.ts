// Image files to pixels, by what is in them and not by their names.

import { readFileSync } from "node:fs";
import { KnotgradError } from "../error.ts";
import type { ImageBytes, ImageSize } from "../face/dataset.ts";
import { resize, toColour, toGrey } from "../face/resize.ts";
import { jpegJs, pngJs } from "./packages.ts";
import { decodePnm } from "./pnm.ts";

/** The most pixels an image may have: a photo of a 24-megapixel camera. Decoding one takes about 0.5 GB. */
const mostPixels = 25e6;
/** Deflate, within PNG, makes at most this many bytes of one. */
const mostInflated = 1032;
/** A JPEG spends at least one bit on each block of 64 pixels. */
const mostPixelsAByte = 8 * 64;

/** How the sentence begins on a file that may be readable another time. */
export const unopened = "it cannot be opened";

/** An image file: its path, or its bytes. */
export type ImageSource = string | Uint8Array;

/** What reads an image file at one size (H, W, C), in grey (C 1) or colour (3). Throws where the file gives no image. */
export function imageReader({ height, width, channels }: ImageSize): (source: ImageSource) => Uint8Array {
  return (source) => {
    const image = decodeImage(typeof source === "string" ? open(source) : source);
    // Grey first, when there is less to resize, and colour last, for the same reason.
    return channels === 1
      ? resize(toGrey(image), height, width).pixels
      : toColour(resize(image, height, width)).pixels;
  };
}

function open(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${unopened} (${(error as NodeJS.ErrnoException).code})`);
  }
}

/**
 * The pixels (H, W, C) of a JPEG, PNG, PGM or PPM file: PGM gives grey, the others three channels, alike where the
 * image is grey. Transparency is laid over black; a camera's note on how it was held is not followed. JPEG is read by the npm
 * package jpeg-js, PNG by pngjs.
 * Throws a sentence where the bytes are empty, cut short, damaged, too large (25 megapixels) or of another format.
 */
export function decodeImage(bytes: Uint8Array): ImageBytes {
  const starts = (...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  if (bytes.length === 0) {
    throw new KnotgradError(
      "format",
      "decodeImage: the file is empty (0 bytes) but must be a JPEG, PNG, PGM or PPM image",
    );
  }
  if (starts(0xff, 0xd8)) return decodeJpeg(bytes);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return decodePng(bytes);
  if (bytes[0] === 0x50 && [0x32, 0x33, 0x35, 0x36].includes(bytes[1]!)) return decodePnm(bytes);
  const first = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new KnotgradError(
    "format",
    `decodeImage: the file begins with ${first} but must be a JPEG, PNG, PGM or PPM image`,
  );
}

function decodeJpeg(bytes: Uint8Array): ImageBytes {
  const { decode } = jpegJs("decodeImage");
  try {
    const { height, width, data } = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      // Passes over the blocks that jpeg-js counts past a grey image's end; data that is missing throws all the same.
      tolerantDecoding: true,
      maxResolutionInMP: Math.min(mostPixels, bytes.length * mostPixelsAByte) / 1e6,
      maxMemoryUsageInMB: 512,
    });
    if (data.length === 0) throw new Error("it has no pixels");
    return { height, width, channels: 3, pixels: data };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KnotgradError(
      "value",
      /maxResolution|maxMemory/.test(why)
        ? `decodeImage: the JPEG claims more pixels than its (${bytes.length}) bytes can hold or than are read (${mostPixels / 1e6} megapixels)`
        : `decodeImage: the JPEG is cut short, damaged or of a rare kind (${why})`,
    );
  }
}

function decodePng(bytes: Uint8Array): ImageBytes {
  checkPngSize(bytes);
  const { PNG } = pngJs("decodeImage");
  try {
    const { height, width, data } = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    if (data.length !== 4 * height * width) throw new Error("pixels are missing");
    const pixels = new Uint8Array(3 * height * width);
    for (let from = 0, to = 0; from < data.length; from += 4) {
      const alpha = data[from + 3]! / 255;
      for (let c = 0; c < 3; c++) pixels[to++] = data[from + c]! * alpha + 0.5;
    }
    return { height, width, channels: 3, pixels };
  } catch (error) {
    throw new KnotgradError(
      "format",
      `decodeImage: the PNG is cut short or damaged (${error instanceof Error ? error.message : error})`,
    );
  }
}

/** Refuses a header that would have pngjs ask for more memory than the file can fill. */
function checkPngSize(bytes: Uint8Array): void {
  if (bytes.length < 29) {
    throw new KnotgradError(
      "format",
      `decodeImage: the PNG is cut short: it has (${bytes.length}) bytes but its header needs (29)`,
    );
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height] = [header.getUint32(16), header.getUint32(20)];
  if (width === 0 || height === 0) {
    throw new KnotgradError("format", `decodeImage: the PNG is (${height}, ${width}) but must have pixels`);
  }
  const samples = [1, 1, 3, 1, 2, 1, 4][header.getUint8(25)] ?? 1;
  const size = (height * width * samples * header.getUint8(24)) / 8;
  if (height * width > mostPixels || size > bytes.length * mostInflated) {
    throw new KnotgradError(
      "format",
      `decodeImage: the PNG claims (${height}, ${width}) pixels, more than its (${bytes.length}) bytes can hold or ` +
        `than are read (${mostPixels / 1e6} megapixels)`,
    );
  }
  // pngjs inflates an interlaced image without an end, so the file's own length has to be the bound.
  if (header.getUint8(28) !== 0 && bytes.length * mostInflated > 2 ** 29) {
    throw new KnotgradError(
      "limit",
      `decodeImage: the PNG is interlaced and has (${bytes.length}) bytes but at most (${(2 ** 29 / mostInflated) | 0}) are read; save it without interlacing`,
    );
  }
}
