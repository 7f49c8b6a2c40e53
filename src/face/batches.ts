// Batches for training: what is drawn for each, and preparing them before they are needed.

import { KnotgradError } from "../error.ts";
import { random } from "../random.ts";
import type { Dataset } from "./dataset.ts";
import { batches, type Changes, classBatches, drawChanges, fillBatch } from "./sampling.ts";

/** The images of one batch, and how each is changed. */
export interface BatchDraw extends Changes {
  /** (B) */
  readonly indices: Uint32Array;
}

/** A batch to fill: `out` (B, H, W, C) becomes what `fillBatch` writes. */
export interface BatchTask extends BatchDraw {
  readonly out: Float32Array<ArrayBuffer>;
}

/** Fills batches, in this thread or another. */
export interface BatchFiller {
  /** Fills `out` and gives it back, or an array that took its memory; until then it must not be touched. */
  ask(task: BatchTask): Promise<Float32Array<ArrayBuffer>>;
  end(): Promise<void> | void;
}

/** Batches, in the order drawn. */
export interface BatchSource {
  /**
   * The next batch: pixels (B, H, W, C), which are valid until this is called again, and labels (B).
   * Rejects where it could not be filled, or none is left.
   */
  next(): Promise<{ readonly pixels: Float32Array; readonly labels: Uint32Array }>;
  /** Ends what fills batches. */
  dispose(): Promise<void> | void;
}

/** Batches that are filled while others are trained on. */
const AHEAD = 2;

/**
 * What is drawn for each batch of images with labels (N) in `epochs` passes: the order from the seed, the changes from the
 * one after; with `perClass`, as many images of each class in a batch. Throws, at the first batch, where the images do not
 * fill one.
 */
export function* drawBatches(
  labels: ArrayLike<number>,
  options: {
    readonly perClass?: number | undefined;
    readonly epochs: number;
    readonly batch: number;
    readonly mirror: boolean;
    readonly shift?: number;
    readonly seed: number;
  },
): Generator<BatchDraw, void> {
  const { epochs, batch, perClass, seed } = options;
  const order = random(seed);
  const changes = random(seed + 1);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const drawn =
      perClass === undefined
        ? batches(labels.length, batch, order)
        : classBatches(labels, batch, perClass, order);
    for (const indices of drawn) {
      yield { indices, ...drawChanges(batch, options, changes) };
    }
  }
}

/** Fills batches of a dataset in this thread. */
export function fillHere(dataset: Dataset): BatchFiller {
  const fill = batchFiller(dataset);
  return { ask: async (task) => fill(task), end: () => {} };
}

/** What fills batches of a dataset. */
export function batchFiller(dataset: Dataset): (task: BatchTask) => Float32Array<ArrayBuffer> {
  return ({ indices, out, ...changes }) => {
    fillBatch(dataset, indices, changes, out);
    return out;
  };
}

/** The batches drawn, of a dataset, each filled a few before it is asked for. */
export function batchSource(
  dataset: Dataset,
  draws: Iterator<BatchDraw, void>,
  filler: BatchFiller,
): BatchSource {
  const size = dataset.height * dataset.width * dataset.channels;
  const filling: { pixels: Promise<Float32Array<ArrayBuffer>>; labels: Uint32Array }[] = [];
  let taken: Float32Array<ArrayBuffer> | undefined;

  const fillAnother = (memory?: Float32Array<ArrayBuffer>): void => {
    const { value: draw } = draws.next();
    if (draw === undefined) return;
    const { indices } = draw;
    const pixels = filler.ask({ ...draw, out: memory ?? new Float32Array(indices.length * size) });
    pixels.catch(() => {}); // thrown when its turn comes
    filling.push({ pixels, labels: Uint32Array.from(indices, (i) => dataset.labels[i]!) });
  };

  for (let k = 0; k < AHEAD; k++) fillAnother();
  return {
    async next() {
      if (taken) fillAnother(taken);
      taken = undefined;
      const first = filling.shift();
      if (first === undefined)
        throw new KnotgradError("value", "next: no batch is left but one is asked for; draw more epochs");
      taken = await first.pixels;
      return { pixels: taken, labels: first.labels };
    },
    dispose: () => filler.end(),
  };
}
