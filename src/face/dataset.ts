// Images and labelled images in memory.
import { KnotgradError } from "../error.ts";
import type { Net } from "./nets.ts";

/** The size of one image. */
export interface ImageSize {
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Pixels from left to right. */
  readonly width: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: number;
}

/** One image: pixels (H, W, C) from 0 to 255. */
export interface ImageBytes extends ImageSize {
  /** (H, W, C) from 0 to 255. */
  readonly pixels: Uint8Array;
}

/** Images as bytes, with their classes. */
export interface Dataset extends ImageSize {
  /** (N, H, W, C) from 0 to 255. */
  readonly pixels: Uint8Array;
  /** (N) class of each image, below classes.length. */
  readonly labels: Uint32Array;
  /** Name of each class. */
  readonly classes: readonly string[];
  /** (N) how badly each image was degraded, from 0 (not at all) to 1. */
  readonly severity: Float32Array;
}

/**
 * A dataset of the given parts, where severity (N) is 0 unless given.
 * Throws where the arrays' lengths do not fit each other or a label has no class.
 */
export function makeDataset(parts: Omit<Dataset, "severity"> & { severity?: Float32Array }): Dataset {
  const { height, width, channels, pixels, labels, classes } = parts;
  const severity = parts.severity ?? new Float32Array(labels.length);
  if (pixels.length !== labels.length * height * width * channels) {
    throw new KnotgradError(
      "shape",
      `makeDataset: pixels has (${pixels.length}) bytes but must have (${labels.length}, ${height}, ${width}, ${channels})`,
    );
  }
  if (severity.length !== labels.length) {
    throw new KnotgradError(
      "shape",
      `makeDataset: severity is (${severity.length}) but must be (${labels.length})`,
    );
  }
  const stray = labels.findIndex((label) => label >= classes.length);
  if (stray >= 0) {
    throw new KnotgradError(
      "value",
      `makeDataset: label ${labels[stray]} of image ${stray} is given but labels must be below ${classes.length}`,
    );
  }
  return { height, width, channels, pixels, labels, classes, severity };
}

/** Throws, for `where`, where images do not have the size that a net takes, or a label has no class. */
export function checkImages(where: string, dataset: Dataset, net: Net): void {
  const size = (s: { height: number; width: number; channels: number }) =>
    `(${s.height}, ${s.width}, ${s.channels})`;
  if (size(dataset) !== size(net)) {
    throw new KnotgradError(
      "value",
      `${where}: images are ${size(dataset)} but the net ${net.name} takes ${size(net)}; resize them`,
    );
  }
  const outside = dataset.labels.findIndex((label) => label >= dataset.classes.length);
  if (outside >= 0) {
    throw new KnotgradError(
      "value",
      `${where}: image ${outside} has label ${dataset.labels[outside]} but there are ${dataset.classes.length} classes`,
    );
  }
}
