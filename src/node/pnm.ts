// The Netpbm formats: PGM (grey) and PPM (colour), in text (P2, P3) or bytes (P5, P6).

import { KnotgradError } from "../error.ts";
import type { ImageBytes } from "../face/dataset.ts";

/**
 * The first image of a PGM (H, W, 1) or PPM (H, W, 3) file, brought to 0..255 where its maximum is lower.
 * Throws where the header is wrong, a value is above the maximum, values are missing, or there are 16 bits a value.
 */
export function decodePnm(bytes: Uint8Array): ImageBytes {
  const what = String.fromCharCode(bytes[0]!, bytes[1]!);
  const channels = what === "P3" || what === "P6" ? 3 : 1;
  const isText = what === "P2" || what === "P3";
  let at = 2;

  /** The next whole number after white space and comments, which run from # to the end of the line. */
  const next = (name: string): number => {
    while (isSpace(bytes[at]) || bytes[at] === 35) {
      if (bytes[at] === 35) while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at++;
      else at++;
    }
    const start = at;
    let value = 0;
    while (at < bytes.length && bytes[at]! >= 48 && bytes[at]! <= 57 && at - start < 9) {
      value = 10 * value + bytes[at++]! - 48;
    }
    if (at === start || (at < bytes.length && !isSpace(bytes[at]) && bytes[at] !== 35)) {
      throw new KnotgradError(
        "format",
        `decodeImage: the ${what} file has no ${name} at byte ${start} but must have a number there`,
      );
    }
    return value;
  };

  const width = next("width");
  const height = next("height");
  const most = next("maximum");
  if (width === 0 || height === 0) {
    throw new KnotgradError(
      "format",
      `decodeImage: the ${what} image is (${height}, ${width}) but must have pixels`,
    );
  }
  if (most > 255) {
    throw new KnotgradError(
      "format",
      `decodeImage: the ${what} image has values up to ${most} (16 bits) but at most 255 (8 bits) is read; save it with 8 bits`,
    );
  }
  if (most === 0)
    throw new KnotgradError(
      "format",
      `decodeImage: the ${what} image's maximum is 0 but must be from 1 to 255`,
    );
  // One white-space byte ends the header; in text, values take a digit each and a space between.
  const count = height * width * channels;
  const needed = isText ? 2 * count - 1 : count;
  const given = Math.max(0, bytes.length - at - 1);
  if (given < needed) {
    throw new KnotgradError(
      "format",
      `decodeImage: the ${what} file is cut short: (${given}) bytes follow its header but ` +
        `(${height}, ${width}, ${channels}) values need at least (${needed})`,
    );
  }
  const values = isText
    ? Uint16Array.from({ length: count }, () => Math.min(next("value"), 65535))
    : bytes.subarray(at + 1, at + 1 + count);
  const high = values.findIndex((v) => v > most);
  if (high >= 0) {
    throw new KnotgradError(
      "format",
      `decodeImage: value ${values[high]} is in the ${what} file but its maximum is ${most}`,
    );
  }
  return { height, width, channels, pixels: Uint8Array.from(values, (v) => (v * 255) / most + 0.5) };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13);
}
