// What a trained model says of images.
import type { Gpu } from "../gpu.ts";
import { labelProbability } from "../ops/softmax_loss.ts";
import { checkImages, type Dataset } from "./dataset.ts";
import type { Model } from "./model.ts";
import { fillBatch } from "./sampling.ts";

/** What a trained model says of images. */
export interface Outputs {
  /** (N, D) embedding of each image. */
  readonly embeddings: Float32Array;
  /** (N, D) embedding of each image's mirror image. */
  readonly mirrored: Float32Array;
  /** Numbers in an embedding. */
  readonly D: number;
  /** (N) softmax probability of each image's class; 0 where the class is not one of the classifier's, or there is none. */
  readonly p: Float32Array;
  /** (N) class with the largest logit; 0 where there is no classifier. */
  readonly predicted: Uint32Array;
}

/**
 * Runs a trained model over all images of a dataset, in inference mode. Throws where the images are not of the net's size, or a
 * label has no class.
 */
export async function evaluate(
  gpu: Gpu,
  model: Model,
  dataset: Dataset,
  onProgress: (done: number, all: number) => void = () => {},
): Promise<Outputs> {
  const { net } = model;
  checkImages("evaluate", dataset, net);
  const N = dataset.labels.length;
  const { embedding: D, classes: C } = model;
  const batch = Math.min(64, N);
  const x = gpu.zeros([batch, net.height, net.width, net.channels]);
  const mirror = gpu.zeros(x.shape);
  const label = gpu.zeros([batch], "u32");
  const step = await gpu.step(() => {
    const embedding = model.embed(x, false);
    const outputs = { embedding, mirrored: model.embed(mirror, false) };
    if (model.classifier === "none") return outputs;
    const logits = model.classify(embedding);
    return { ...outputs, logits, p: labelProbability(logits, label) };
  });

  const embeddings = new Float32Array(N * D);
  const mirrored = new Float32Array(N * D);
  const p = new Float32Array(N);
  const predicted = new Uint32Array(N);
  const pixels = new Float32Array(x.size);
  for (let first = 0; first < N; first += batch) {
    const count = Math.min(batch, N - first);
    // The last batch is filled up with repetitions, whose results are dropped.
    const indices = Uint32Array.from({ length: batch }, (_, i) => Math.min(first + i, N - 1));
    fillBatch(dataset, indices, {}, pixels);
    x.write(pixels);
    mirror.write(mirrorRows(pixels, net.width, net.channels));
    label.write(Uint32Array.from(indices, (i) => dataset.labels[i]));
    const result = await step.run();
    embeddings.set(result.embedding.subarray(0, count * D), first * D);
    mirrored.set(result.mirrored.subarray(0, count * D), first * D);
    if ("p" in result) {
      p.set(result.p.subarray(0, count), first);
      for (let i = 0; i < count; i++)
        predicted[first + i] = largest(result.logits.subarray(i * C, (i + 1) * C));
    }
    onProgress(first + count, N);
  }
  step.dispose();
  for (const t of [x, mirror, label]) t.dispose();
  return { embeddings, mirrored, D, p, predicted };
}

/** Each image's embedding and its mirror image's, one after the other: (N, 2 D). */
export function withMirror({ embeddings, mirrored, D }: Outputs): Float32Array {
  const both = new Float32Array(2 * embeddings.length);
  for (let i = 0; i < embeddings.length; i += D) {
    both.set(embeddings.subarray(i, i + D), 2 * i);
    both.set(mirrored.subarray(i, i + D), 2 * i + D);
  }
  return both;
}

/** Rows of `width` pixels in reverse, into a new array. */
function mirrorRows(pixels: Float32Array, width: number, channels: number): Float32Array {
  const mirrored = new Float32Array(pixels.length);
  for (let row = 0; row < pixels.length; row += width * channels) {
    for (let w = 0; w < width; w++) {
      const from = row + w * channels;
      mirrored.set(pixels.subarray(from, from + channels), row + (width - 1 - w) * channels);
    }
  }
  return mirrored;
}

const largest = (row: Float32Array): number => row.reduce((best, v, i) => (v > row[best] ? i : best), 0);
