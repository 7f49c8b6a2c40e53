// Packs of pairs to verify, as insightface keeps them: LFW, CFP, AgeDB and others in one .bin file each.

import { readFile } from "node:fs/promises";
import { KnotgradError } from "../error.ts";
import { type Dataset, makeDataset } from "../face/dataset.ts";
import type { Pair } from "../face/pairs.ts";
import { checkSize, type DecodeOptions, decodeAll } from "./files.ts";
import { readPickle } from "./pickle.ts";

/** Image files (2P), and for each pair p, of images 2p and 2p + 1, whether they show one person. */
export interface Pack {
  readonly images: readonly Uint8Array[];
  readonly same: readonly boolean[];
}

/**
 * The pack in a pickle of a pair: the list of image files as bytes, and the list of booleans (or 0 and 1).
 * Throws a sentence where the bytes are no such pickle.
 */
export function readPack(bytes: Uint8Array): Pack {
  const pack = readPickle(bytes);
  const [images, same] = Array.isArray(pack) && pack.length === 2 ? pack : [];
  if (!(Array.isArray(images) && Array.isArray(same))) {
    throw new KnotgradError(
      "value",
      "readPack: the pickle is no pair of lists but must hold a list of images and one of booleans",
    );
  }
  if (images.length !== 2 * same.length || same.length === 0) {
    throw new KnotgradError(
      "value",
      `readPack: (${images.length}) images and (${same.length}) pairs are given but every pair needs two images, and one pair at least must be`,
    );
  }
  return {
    images: images.map((image, i) => {
      if (image instanceof Uint8Array) return image;
      throw new KnotgradError("value", `readPack: image ${i} is ${kind(image)} but must be bytes`);
    }),
    same: same.map((value, i) => {
      if (value === true || value === 1) return true;
      if (value === false || value === 0) return false;
      throw new KnotgradError(
        "value",
        `readPack: entry ${i} of the booleans is ${kind(value)} but must be a boolean`,
      );
    }),
  };
}

const kind = (value: unknown): string =>
  Array.isArray(value) ? "a list" : value === null ? "none" : typeof value;

/**
 * The images of a .bin pack at one size (2P, H, W, C), all of class "unknown", and its pairs (P) in ten folds, runs of
 * the pack's order (as many as pairs where these are fewer). Throws, naming the file, where it cannot be read, is no
 * pack, or an image is broken, since every pair needs both.
 */
export async function readBin(
  file: string,
  options: DecodeOptions,
): Promise<{ images: Dataset; pairs: Pair[] }> {
  const { height, width, channels } = options;
  let pack: Pack;
  try {
    pack = readPack(await readFile(file));
  } catch (cause) {
    throw new KnotgradError("file", `readBin: ${file} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  const N = pack.images.length;
  checkSize("readBin", N, options);
  // A worker takes over all the memory that bytes are part of: a copy of one image's, not of the pack's.
  const { pixels, whys } = await decodeAll(N, (i) => new Uint8Array(pack.images[i]!), options);
  for (const [i, why] of whys) {
    throw new KnotgradError(
      "file",
      `readBin: (${whys.size}) images of ${file} cannot be read, the first, image ${i}: ${why}`,
    );
  }
  const P = N / 2;
  const K = Math.min(10, P);
  return {
    images: makeDataset({
      height,
      width,
      channels,
      pixels,
      labels: new Uint32Array(N),
      classes: ["unknown"],
    }),
    pairs: pack.same.map((same, p) => ({ a: 2 * p, b: 2 * p + 1, same, fold: Math.floor((p * K) / P) })),
  };
}
