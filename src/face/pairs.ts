// Lists of image pairs for verification, made from labelled images.

import { KnotgradError } from "../error.ts";
import type { Random } from "../random.ts";

/** Two images by number, whether they show one person (or class), and the fold that tests the pair. */
export interface Pair {
  /** Number of one image. */
  readonly a: number;
  /** Number of the other image. */
  readonly b: number;
  /** Whether both show one person. */
  readonly same: boolean;
  /** The fold that tests the pair, from 0. */
  readonly fold: number;
}

/**
 * The fold of each of n pairs, (n): k contiguous runs whose lengths differ by at most one.
 * Throws where k is not a whole number from 2 to n.
 */
export function folds(n: number, k: number): Uint32Array {
  if (!Number.isInteger(n) || !Number.isInteger(k) || k < 2 || k > n) {
    throw new KnotgradError(
      "value",
      `folds: ${n} pairs in ${k} folds were asked for but there must be 2 to ${n} folds`,
    );
  }
  return Uint32Array.from({ length: n }, (_, i) => Math.floor((i * k) / n));
}

/**
 * A made-up verification list for labelled images, labels (N): in each of `folds` folds, perFold / 2 pairs of one
 * class and then perFold / 2 pairs of two, drawn evenly from all there are. No pair comes twice, no image with
 * itself, and no image in two folds. With at least 2 classes a fold, no class is in two folds either; fewer
 * classes (unseen digits, say) are shared by all folds.
 * Throws where a number does not fit, or the images of a fold cannot form enough pairs.
 */
export function makePairs(
  labels: ArrayLike<number>,
  options: { readonly perFold: number; readonly folds: number; readonly random: Random },
): Pair[] {
  const { perFold, folds: K, random } = options;
  if (!Number.isSafeInteger(perFold) || perFold < 2 || perFold % 2 !== 0) {
    throw new KnotgradError(
      "value",
      `makePairs: perFold is ${perFold} but must be an even whole number, half for each kind`,
    );
  }
  if (!Number.isSafeInteger(K) || K < 2 || K > labels.length) {
    throw new KnotgradError(
      "value",
      `makePairs: folds is ${K} but must be a whole number from 2 to labels (${labels.length})`,
    );
  }
  const pairs: Pair[] = [];
  for (const [fold, images] of dealImages(labels, K, random).entries()) {
    // The images of a class lie side by side; its run ends at ends[i] for each image i of it.
    const ends = new Uint32Array(images.length);
    for (let i = images.length - 1; i >= 0; i--) {
      ends[i] = labels[images[i]!] === labels[images[i + 1]!] ? ends[i + 1]! : i + 1;
    }
    for (const same of [true, false]) {
      // Image i pairs with the images from first(i) on: the rest of its class, or all that follow its class.
      const first = (i: number): number => (same ? i + 1 : ends[i]!);
      const partners = (i: number): number => (same ? ends[i]! : images.length) - first(i);
      const total = images.reduce((sum, _, i) => sum + partners(i), 0);
      if (total < perFold / 2) {
        throw new KnotgradError(
          "value",
          `makePairs: the ${images.length} images of fold ${fold} form ${total} pairs of ` +
            `${same ? "one class" : "two classes"} but ${perFold / 2} are needed; ask for fewer pairs or folds`,
        );
      }
      let i = 0;
      let before = 0; // pairs of the images before i
      for (const pair of drawDistinct(perFold / 2, total, random)) {
        while (pair - before >= partners(i)) before += partners(i++);
        pairs.push({ a: images[i]!, b: images[first(i) + pair - before]!, same, fold });
      }
    }
  }
  return pairs;
}

/** The images of each of K folds, class after class: whole classes where there are at least 2 a fold. */
function dealImages(labels: ArrayLike<number>, K: number, random: Random): number[][] {
  const classes = new Map<number, number[]>();
  for (const image of random.shuffle(Uint32Array.from({ length: labels.length }, (_, i) => i))) {
    const label = labels[image]!;
    if (!Number.isInteger(label)) {
      throw new KnotgradError(
        "value",
        `makePairs: label ${image} is ${label} but labels must be whole numbers`,
      );
    }
    const members = classes.get(label);
    if (members) members.push(image);
    else classes.set(label, [image]);
  }
  // Dealt by falling size, so that folds get equal shares of the classes with many images.
  const bySize = [...classes.values()].sort((a, b) => b.length - a.length);
  const dealt: number[][] = Array.from({ length: K }, () => []);
  let next = 0;
  for (const [c, images] of bySize.entries()) {
    for (const image of images) dealt[(bySize.length >= 2 * K ? c : next++) % K]!.push(image);
  }
  return dealt;
}

/** `count` distinct whole numbers below `total`, rising; every set is equally likely (Floyd's sampling). */
function drawDistinct(count: number, total: number, random: Random): number[] {
  const drawn = new Set<number>();
  for (let last = total - count; last < total; last++) {
    const candidate = random.below(last + 1);
    drawn.add(drawn.has(candidate) ? last : candidate);
  }
  return [...drawn].sort((a, b) => a - b);
}
