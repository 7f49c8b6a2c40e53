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
  /** (B, H, W, C) */
  readonly out: Float32Array<ArrayBuffer>;
}

/** Fills batches, in this thread or another. */
export interface BatchFiller {
  /** Fills `out` (B, H, W, C) and gives it back, or an array that took its memory; until then it must not be touched. */
  ask(task: BatchTask): Promise<Float32Array<ArrayBuffer>>;
  /** Ends what fills, such as a thread; later tasks are refused. */
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
 * one after; with `perClass`, as many images of each class in a batch. With `from` they go on after so many batches, `random`
 * (4) being what `onEpoch` was told of the epoch of the last of them. Throws, at the first batch, where the images do not
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
    readonly from?: { readonly step: number; readonly random: Uint32Array } | undefined;
    /** Told, as each epoch begins, its number and the states (4) of what draws the order and the changes. */
    readonly onEpoch?: (epoch: number, random: Uint32Array) => void;
  },
): Generator<BatchDraw, void> {
  const { epochs, batch, perClass, seed, from, onEpoch } = options;
  const order = random(from ? from.random.subarray(0, 2) : seed);
  const changes = random(from ? from.random.subarray(2) : seed + 1);
  const perEpoch = Math.floor(labels.length / batch);
  const first = from ? Math.floor((from.step - 1) / perEpoch) : 0;
  let passed = from ? from.step - first * perEpoch : 0;
  for (let epoch = first; epoch < epochs; epoch++) {
    onEpoch?.(epoch, Uint32Array.of(...order.state, ...changes.state));
    const drawn =
      perClass === undefined
        ? batches(labels.length, batch, order)
        : classBatches(labels, batch, perClass, order);
    for (const indices of drawn) {
      const draw = { indices, ...drawChanges(batch, options, changes) };
      if (passed > 0) passed -= 1;
      else yield draw;
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
