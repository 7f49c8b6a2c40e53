// BLUFR: verification on all pairs of a test set and open-set identification, in 10 trials over the images of LFW.

import { acceptance, cosines, falseAccepts, identify } from "./identification.ts";
import { unitRows } from "./verification.ts";

/** BLUFR's lists; images are numbered from 0. */
export interface Blufr {
  /** (M) file names: embeddings are in this order. */
  readonly images: readonly string[];
  /** (M) the person of each image. */
  readonly labels: Uint32Array;
  /** Images to choose options on, before any trial is looked at. */
  readonly development: { readonly train: Uint32Array; readonly test: Uint32Array };
  /** `test` is gallery and probes together; whatever is fitted to data is fitted to `train`. */
  readonly trials: readonly {
    readonly train: Uint32Array;
    readonly test: Uint32Array;
    readonly gallery: Uint32Array;
    readonly probes: Uint32Array;
  }[];
}

/**
 * The lists in a JSON text with the variables of BLUFR's blufr_lfw_config.mat: imageList and labels (M), devTrainIndex
 * and devTestIndex, and for each trial an array in trainIndex, testIndex, galIndex and probIndex, all counting from 1.
 * Throws where the text breaks that format, or the test images of a trial are not those of its gallery and probes.
 */
export function parseBlufr(text: string): Blufr {
  const file = json(text);
  const images = file.imageList;
  if (!Array.isArray(images) || !images.every((name) => typeof name === "string") || images.length === 0) {
    throw new Error("parseBlufr: imageList must be an array of file names but is not");
  }
  const M = images.length;
  const list = (name: string, values: unknown): Uint32Array => {
    if (!Array.isArray(values))
      throw new Error(`parseBlufr: ${name} must be an array but is ${typeof values}`);
    return Uint32Array.from(values, (value, i) => {
      if (!Number.isInteger(value) || value < 1 || value > M) {
        throw new Error(
          `parseBlufr: element ${i} of ${name} is ${value} but must be a whole number from 1 to ${M}`,
        );
      }
      return value - 1;
    });
  };
  const lists = (name: string): Uint32Array[] => {
    const values = file[name];
    if (!Array.isArray(values))
      throw new Error(`parseBlufr: ${name} must be an array but is ${typeof values}`);
    return values.map((value, t) => list(`${name}[${t}]`, value));
  };
  const labels = list("labels", file.labels);
  if (labels.length !== M) {
    throw new Error(`parseBlufr: labels (${labels.length}) and imageList (${M}) must be of the same images`);
  }
  const [train, test, gallery, probes] = ["trainIndex", "testIndex", "galIndex", "probIndex"].map(
    lists,
  ) as Four;
  const trials = train.map((_, t) => ({
    train: train[t]!,
    test: test[t] ?? new Uint32Array(),
    gallery: gallery[t] ?? new Uint32Array(),
    probes: probes[t] ?? new Uint32Array(),
  }));
  for (const [t, { test, gallery, probes }] of trials.entries()) {
    const used = new Set([...gallery, ...probes]);
    if (
      test.length === 0 ||
      used.size !== gallery.length + probes.length ||
      used.size !== test.length ||
      !test.every((i) => used.has(i))
    ) {
      throw new Error(
        `parseBlufr: trial ${t} has ${test.length} test images but they must be its ${gallery.length} of the gallery and ${probes.length} probes`,
      );
    }
  }
  return {
    images,
    labels,
    development: {
      train: list("devTrainIndex", file.devTrainIndex),
      test: list("devTestIndex", file.devTestIndex),
    },
    trials,
  };
}

type Four = [Uint32Array[], Uint32Array[], Uint32Array[], Uint32Array[]];

function json(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new Error("parseBlufr: the text is no JSON but must be an object with BLUFR's lists", { cause });
  }
  throw new Error("parseBlufr: the text must be an object with BLUFR's lists but is not");
}

/** Verification on all pairs of some images. */
export interface AllPairs {
  /** Pairs of one person, and of two. */
  readonly genuine: number;
  readonly impostors: number;
  /** Share of the genuine pairs accepted; null where too few impostor pairs resolve the false accept rate. */
  readonly rate: number | null;
}

/**
 * Verification rate at a false accept rate `far`, over every pair of the images `rows`: embeddings (M, D) compared by
 * cosine, labels (M). The threshold is that of `trueAcceptRate`. Of the impostor pairs only the round(far * impostors)
 * highest scores are kept in memory; in O(rows^2 D).
 * Throws where the sizes do not fit, an embedding is zero or not finite, or no two images show one person.
 * Source: Liao, Lei, Yi, Li, A Benchmark Study of Large-scale Unconstrained Face Recognition, IJCB 2014.
 */
export function verifyAllPairs(
  embeddings: Float32Array,
  D: number,
  labels: ArrayLike<number>,
  rows: ArrayLike<number>,
  far = 0.001,
): AllPairs {
  const units = unitRows("verifyAllPairs", embeddings, D, rows);
  if (labels.length * D !== embeddings.length) {
    throw new Error(
      `verifyAllPairs: labels (${labels.length}) and embeddings (${embeddings.length / D}, ${D}) must be of the same images`,
    );
  }
  const N = rows.length;
  const person = Uint32Array.from(rows, (row) => labels[row]!);
  const images = new Map<number, number>();
  let genuine = 0;
  for (const label of person) {
    const before = images.get(label) ?? 0;
    genuine += before;
    images.set(label, before + 1);
  }
  const impostors = (N * (N - 1)) / 2 - genuine;
  if (genuine === 0) {
    throw new Error(`verifyAllPairs: no two of the ${N} images show one person but pairs that do are needed`);
  }
  const k = falseAccepts("verifyAllPairs", far, impostors);
  if (k === null) return { genuine, impostors, rate: null };
  const mates = new Float64Array(genuine);
  let m = 0;
  const strangers = highest(Math.min(k, impostors) + 1);
  for (let i = 1; i < N; i++) {
    for (let j = 0; j < i; j++) {
      let score = 0;
      for (let d = 0; d < D; d++) score += units[i * D + d]! * units[j * D + d]!;
      if (person[i] === person[j]) mates[m++] = score;
      else strangers.offer(score);
    }
  }
  const accepts = acceptance(strangers.falling(), k);
  return { genuine, impostors, rate: mates.filter(accepts).length / genuine };
}

/** The k highest of the scores offered, in the memory of 2 k. */
function highest(k: number): { offer(score: number): void; falling(): Float64Array } {
  const kept = new Float64Array(2 * k);
  let n = 0;
  let floor = -Infinity; // k scores are at least this
  const trim = (): void => {
    kept.subarray(0, n).sort();
    kept.copyWithin(0, n - k, n);
    n = k;
    floor = kept[0]!;
  };
  return {
    offer(score) {
      if (score <= floor) return;
      kept[n++] = score;
      if (n === 2 * k) trim();
    },
    falling() {
      if (n > k) trim();
      return kept.slice(0, n).sort().reverse();
    },
  };
}

/** A rate over trials: mean, sample standard deviation, and the mean less it, which BLUFR ranks by. */
export interface OverTrials {
  readonly mean: number;
  readonly deviation: number;
  readonly fused: number;
}

/** What `blufr` measures. */
export interface BlufrResult {
  /** Over the trials; null where a trial cannot resolve its false accept rate. */
  readonly verification: OverTrials | null;
  readonly identification: OverTrials | null;
  readonly trials: readonly {
    readonly verification: AllPairs;
    /** Detection and identification rate; null where too few impostor probes resolve the false accept rate. */
    readonly identification: {
      readonly genuine: number;
      readonly impostors: number;
      readonly rate: number | null;
    };
  }[];
}

/**
 * BLUFR's two figures for embeddings (M, D) of its images, compared by cosine: verification rate at FAR 0.1 %, and
 * detection and identification rate at FAR 1 % and rank 1, unless told otherwise.
 * Throws what `verifyAllPairs` and `identify` throw, and where there are fewer than 2 trials.
 */
export function blufr(
  embeddings: Float32Array,
  D: number,
  lists: Blufr,
  options: {
    readonly verificationFar?: number;
    readonly identificationFar?: number;
    readonly rank?: number;
  } = {},
): BlufrResult {
  const { verificationFar = 0.001, identificationFar: far = 0.01, rank = 1 } = options;
  if (lists.trials.length < 2) {
    throw new Error(
      `blufr: ${lists.trials.length} trials are given but at least 2 are needed, for a deviation; see verifyAllPairs`,
    );
  }
  const { labels } = lists;
  const trials = lists.trials.map(({ test, gallery, probes }) => {
    const verification = verifyAllPairs(embeddings, D, labels, test, verificationFar);
    const of = (images: Uint32Array): Uint32Array => images.map((i) => labels[i]!);
    const scores = cosines(embeddings, D, { probes, gallery });
    const { genuine, impostors, dirAtFar } = identify(scores, of(gallery), of(probes), { fars: [far], rank });
    return { verification, identification: { genuine, impostors, rate: dirAtFar[far] ?? null } };
  });
  return {
    verification: overTrials(trials.map(({ verification }) => verification.rate)),
    identification: overTrials(trials.map(({ identification }) => identification.rate)),
    trials,
  };
}

function overTrials(rates: (number | null)[]): OverTrials | null {
  const known = rates.filter((rate) => rate !== null);
  if (known.length < rates.length) return null;
  const mean = known.reduce((sum, rate) => sum + rate, 0) / known.length;
  const squares = known.reduce((sum, rate) => sum + (rate - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (known.length - 1));
  return { mean, deviation, fused: mean - deviation };
}
