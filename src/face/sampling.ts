// Which images of a dataset are trained on, and in which order.

import { KnotgradError } from "../error.ts";
import type { Random } from "../random.ts";
import type { Dataset } from "./dataset.ts";

/** How many images each class has, (classes). */
export function classCounts(dataset: Dataset): Uint32Array {
  const counts = new Uint32Array(dataset.classes.length);
  for (const label of dataset.labels) counts[label]!++;
  return counts;
}

/** Copies of the images at `indices` (n), in that order, with all the classes. Throws where an index is out of range. */
export function subset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  checkIndices("subset", indices, dataset.labels.length, "image");
  const size = dataset.height * dataset.width * dataset.channels;
  const pixels = new Uint8Array(indices.length * size);
  const labels = new Uint32Array(indices.length);
  const severity = new Float32Array(indices.length);
  for (let n = 0; n < indices.length; n++) {
    const i = indices[n]!;
    pixels.set(dataset.pixels.subarray(i * size, (i + 1) * size), n * size);
    labels[n] = dataset.labels[i]!;
    severity[n] = dataset.severity[i]!;
  }
  return { ...dataset, pixels, labels, severity };
}

/**
 * The images of the classes at `labels` (n) alone; the first of these becomes class 0, and so on.
 * Throws where a label is out of range or given twice.
 */
export function keepClasses(dataset: Dataset, labels: ArrayLike<number>): Dataset {
  checkIndices("keepClasses", labels, dataset.classes.length, "class");
  const kept = Array.from(labels);
  const renamed = new Map(kept.map((label, k) => [label, k]));
  if (renamed.size !== kept.length) {
    throw new KnotgradError(
      "value",
      `keepClasses: (${kept.length}) labels are given but only (${renamed.size}) differ; give each once`,
    );
  }
  const part = subset(
    dataset,
    indicesWhere(dataset.labels, (label) => renamed.has(label)),
  );
  return {
    ...part,
    labels: part.labels.map((label) => renamed.get(label)!),
    classes: kept.map((label) => dataset.classes[label]!),
  };
}

/**
 * Two datasets with the same classes: `part` has `perClass` random images of each class, or about `share` of them but
 * at least one and, where the class has two, not all; `rest` has the others.
 * Throws where the number is out of range, or a class that has images would have none left for `rest`.
 */
export function split(
  dataset: Dataset,
  amount: { perClass: number } | { share: number },
  random: Random,
): { part: Dataset; rest: Dataset } {
  const counts = classCounts(dataset);
  if ("perClass" in amount) {
    const { perClass } = amount;
    if (!(Number.isInteger(perClass) && perClass > 0)) {
      throw new KnotgradError("value", `split: perClass is ${perClass} but must be a whole number above 0`);
    }
    const short = counts.findIndex((count) => count > 0 && count <= perClass);
    if (short >= 0) {
      throw new KnotgradError(
        "value",
        `split: class "${dataset.classes[short]}" has (${counts[short]}) images but must have more than perClass ` +
          `(${perClass}); take fewer, or leave the class out`,
      );
    }
  } else if (!(amount.share > 0 && amount.share < 1)) {
    throw new KnotgradError("value", `split: share is ${amount.share} but must be above 0 and below 1`);
  }
  const taken = (count: number): number =>
    "perClass" in amount
      ? amount.perClass
      : Math.max(1, Math.min(Math.round(amount.share * count), count - 1));
  const inPart = new Uint8Array(dataset.labels.length);
  for (const images of imagesOfClasses(dataset)) {
    for (const i of random.shuffle(images).subarray(0, taken(images.length))) inPart[i] = 1;
  }
  return {
    part: subset(
      dataset,
      indicesWhere(inPart, (yes) => yes === 1),
    ),
    rest: subset(
      dataset,
      indicesWhere(inPart, (yes) => yes === 0),
    ),
  };
}

/**
 * A random part of the dataset in which the classes get rarer: of K classes the k-th keeps round(n ratio^(-k/(K-1)))
 * images, at least 1 and at most all it has, where n is the most that a class has and `ratio` is the imbalance factor
 * (Cui et al. 2019). `order` lists classes from the most images to the fewest: by default from the largest to the
 * smallest, equal ones in random order. Classes without images do not count. `tail` (T) are its `tailClasses`.
 * Throws where the ratio is below 1 or fewer than two classes are given.
 */
export function longTail(
  dataset: Dataset,
  options: { ratio: number; random: Random; order?: ArrayLike<number> },
): { dataset: Dataset; tail: Uint32Array } {
  const { ratio, random } = options;
  if (!(ratio >= 1 && Number.isFinite(ratio))) {
    throw new KnotgradError("value", `longTail: ratio is ${ratio} but must be a number of at least 1`);
  }
  const counts = classCounts(dataset);
  const order = options.order
    ? Array.from(options.order)
    : Array.from(random.shuffle(indicesWhere(counts, (count) => count > 0))).sort(
        (a, b) => counts[b]! - counts[a]!,
      );
  checkIndices("longTail", order, counts.length, "class");
  if (order.length < 2 || new Set(order).size !== order.length) {
    throw new KnotgradError(
      "value",
      `longTail: classes (${order}) are given but at least two different ones are needed`,
    );
  }
  const most = Math.max(...order.map((label) => counts[label]!));
  const images = imagesOfClasses(dataset);
  const kept = order.flatMap((label, k) => {
    const wanted = Math.max(1, Math.round(most * ratio ** (-k / (order.length - 1))));
    return Array.from(random.shuffle(images[label]!).subarray(0, wanted));
  });
  const part = subset(dataset, Uint32Array.from(kept).sort());
  return { dataset: part, tail: tailClasses(part) };
}

/** The third of the classes that have the fewest images (at least one class), by rising number of images: (T) class numbers. */
export function tailClasses(dataset: Dataset): Uint32Array {
  const counts = classCounts(dataset);
  const rising = indicesWhere(counts, (count) => count > 0).sort((a, b) => counts[a]! - counts[b]!);
  return rising.slice(0, Math.max(1, Math.round(rising.length / 3)));
}

/**
 * One pass over n images in random order, as index lists (batch) of equal length. The n % batch images that are left
 * over are not visited in this pass: batch statistics of a smaller batch would differ.
 * Throws at once where n is below batch or either is not a whole number above 0.
 */
export function batches(n: number, batch: number, random: Random): Generator<Uint32Array, void> {
  if (!(Number.isInteger(n) && Number.isInteger(batch) && batch > 0 && n >= batch)) {
    throw new KnotgradError(
      "value",
      `batches: (${n}) images in batches of (${batch}) are given but a whole batch is needed; use a smaller batch`,
    );
  }
  const order = random.shuffle(Uint32Array.from({ length: n }, (_, i) => i));
  return (function* () {
    for (let i = 0; i + batch <= n; i += batch) yield order.slice(i, i + batch);
  })();
}

/**
 * One pass over labelled images, labels (n), as index lists (batch) of `perClass` images each of batch / perClass classes:
 * floor(n / batch) of them. Classes come in random order, again and again, and so do the images of a class; of a class with
 * fewer images some are in the list twice.
 * Throws at once where batch is not a multiple of perClass, or there are fewer classes or images than a batch needs.
 */
export function classBatches(
  labels: ArrayLike<number>,
  batch: number,
  perClass: number,
  random: Random,
): Generator<Uint32Array, void> {
  const n = labels.length;
  const images = imagesByLabel(labels);
  const needed = batch / perClass;
  if (!(Number.isInteger(perClass) && perClass > 0 && Number.isInteger(needed) && needed > 0)) {
    throw new KnotgradError(
      "value",
      `classBatches: batches of (${batch}) images with ${perClass} of each class are given but the one must be a multiple of the other`,
    );
  }
  if (images.size < needed || n < batch) {
    throw new KnotgradError(
      "value",
      `classBatches: (${n}) images of ${images.size} classes are given but a batch takes (${batch}) images of ${needed} classes; use a smaller batch`,
    );
  }
  const again = (list: readonly number[]): (() => number) => {
    let left: number[] = [];
    return () => {
      if (left.length === 0) left = Array.from(random.shuffle(Uint32Array.from(list)));
      return left.pop()!;
    };
  };
  const nextImage = new Map(Array.from(images, ([label, list]) => [label, again(list)]));
  const nextClass = again([...images.keys()]);
  return (function* () {
    for (let k = 0; k + batch <= n; k += batch) {
      const classes = new Set<number>();
      while (classes.size < needed) classes.add(nextClass());
      yield Uint32Array.from(
        Array.from(classes, (label) => Array.from({ length: perClass }, nextImage.get(label)!)).flat(),
      );
    }
  })();
}

/** How the images of a batch are changed. */
export interface Changes {
  /** (B) 1 where the image is mirrored left to right, 0 where not; none unless given. */
  readonly mirrored?: Uint8Array;
  /** (B, 2) pixels that the image moves up and to the left, after mirroring; edge pixels repeat. None unless given. */
  readonly shifts?: Int32Array;
}

/**
 * Changes for a batch of `count` images, from a stream of numbers: with `mirror` about half of them are mirrored, and with
 * `shift` each is moved by a whole number of pixels from -shift to shift, down and across.
 */
export function drawChanges(
  count: number,
  { mirror = false, shift = 0 }: { readonly mirror?: boolean; readonly shift?: number },
  random: Random,
): Changes {
  const mirrored = new Uint8Array(mirror ? count : 0);
  const shifts = new Int32Array(shift > 0 ? 2 * count : 0);
  for (let b = 0; b < count; b++) {
    if (mirror) mirrored[b] = Number(random.next() < 0.5);
    for (let k = 2 * b; k < 2 * b + 2 && shift > 0; k++) shifts[k] = random.below(2 * shift + 1) - shift;
  }
  return { ...(mirror && { mirrored }), ...(shift > 0 && { shifts }) };
}

/**
 * Writes the images at `indices` (B), changed as told, to `out` (B, H, W, C) as (v - mean) * scale, by default from -0.996
 * to 0.996. Throws where an index or a length is wrong.
 */
export function fillBatch(
  dataset: Dataset,
  indices: ArrayLike<number>,
  options: Changes & { readonly mean?: number; readonly scale?: number },
  out: Float32Array,
): void {
  const { mirrored, shifts, mean = 127.5, scale = 1 / 128 } = options;
  const { height, width, channels, pixels } = dataset;
  const B = indices.length;
  const size = height * width * channels;
  checkIndices("fillBatch", indices, dataset.labels.length, "image");
  if (out.length !== B * size) {
    throw new KnotgradError(
      "shape",
      `fillBatch: out has (${out.length}) numbers but must have (${B}, ${height}, ${width}, ${channels})`,
    );
  }
  for (const [name, given, needed] of [
    ["mirrored", mirrored, B],
    ["shifts", shifts, 2 * B],
  ] as const) {
    if (given && given.length !== needed)
      throw new KnotgradError(
        "shape",
        `fillBatch: ${name} has (${given.length}) numbers but must have (${needed})`,
      );
  }
  // Where each number of a row comes from.
  const from = new Int32Array(width * channels);
  for (let b = 0, at = 0; b < B; b++) {
    const [down, across] = shifts ? [shifts[2 * b]!, shifts[2 * b + 1]!] : [0, 0];
    for (let w = 0, j = 0; w < width; w++) {
      const moved = clamp(w + across, width);
      const column = mirrored?.[b] ? width - 1 - moved : moved;
      for (let c = 0; c < channels; c++) from[j++] = column * channels + c;
    }
    for (let h = 0; h < height; h++) {
      const row = indices[b]! * size + clamp(h + down, height) * from.length;
      for (let j = 0; j < from.length; j++) out[at++] = (pixels[row + from[j]!]! - mean) * scale;
    }
  }
}

const clamp = (i: number, length: number): number => Math.max(0, Math.min(i, length - 1));

function indicesWhere(values: Uint32Array | Uint8Array, keep: (value: number) => boolean): Uint32Array {
  const found: number[] = [];
  values.forEach((value, i) => {
    if (keep(value)) found.push(i);
  });
  return Uint32Array.from(found);
}

/** The indices of the images of each label that comes, labels in the order in which they first come. */
export function imagesByLabel(labels: ArrayLike<number>): Map<number, number[]> {
  const images = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const own = images.get(labels[i]!);
    if (own) own.push(i);
    else images.set(labels[i]!, [i]);
  }
  return images;
}

/** For each class, the indices of its images. */
function imagesOfClasses(dataset: Dataset): Uint32Array[] {
  const images = dataset.classes.map((): number[] => []);
  dataset.labels.forEach((label, i) => {
    images[label]!.push(i);
  });
  return images.map((list) => Uint32Array.from(list));
}

function checkIndices(caller: string, indices: ArrayLike<number>, count: number, what: string): void {
  for (let n = 0; n < indices.length; n++) {
    const i = indices[n]!;
    if (!(Number.isInteger(i) && i >= 0 && i < count)) {
      throw new KnotgradError(
        "value",
        `${caller}: ${what} ${i} is given but must be a whole number from 0 to ${count - 1}`,
      );
    }
  }
}
