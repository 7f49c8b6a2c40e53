// BLUFR: verification on all pairs of a test set and open-set identification, in 10 trials over the images of LFW.

import { KnotgradError } from "../error.ts";
import type { Gpu } from "../gpu.ts";
import {
  acceptance,
  cosines,
  cosineTiles,
  falseAccepts,
  type Identification,
  identify,
  identifyTop,
  type SearchOptions,
  searchGallery,
} from "./identification.ts";
import { unitRows } from "./verification.ts";

/** BLUFR's lists; images are numbered from 0. */
export interface Blufr {
  /** (M) file names: embeddings are in this order. */
  readonly images: readonly string[];
  /** (M) the person of each image. */
  readonly labels: Uint32Array;
  /** Numbers of the images, (n) each, to choose options on, before any trial is looked at. */
  readonly development: { readonly train: Uint32Array; readonly test: Uint32Array };
  /** Numbers of images, (n) each. `test` is gallery and probes together; whatever is fitted to data is fitted to `train`. */
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
    throw new KnotgradError("format", "parseBlufr: imageList must be an array of file names but is not");
  }
  const M = images.length;
  const list = (name: string, values: unknown): Uint32Array => {
    if (!Array.isArray(values))
      throw new KnotgradError("format", `parseBlufr: ${name} must be an array but is ${typeof values}`);
    return Uint32Array.from(values, (value, i) => {
      if (!Number.isInteger(value) || value < 1 || value > M) {
        throw new KnotgradError(
          "format",
          `parseBlufr: element ${i} of ${name} is ${value} but must be a whole number from 1 to ${M}`,
        );
      }
      return value - 1;
    });
  };
  const lists = (name: string): Uint32Array[] => {
    const values = file[name];
    if (!Array.isArray(values))
      throw new KnotgradError("format", `parseBlufr: ${name} must be an array but is ${typeof values}`);
    return values.map((value, t) => list(`${name}[${t}]`, value));
  };
  const labels = list("labels", file.labels);
  if (labels.length !== M) {
    throw new KnotgradError(
      "format",
      `parseBlufr: labels (${labels.length}) and imageList (${M}) must be of the same images`,
    );
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
      throw new KnotgradError(
        "format",
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
    throw new KnotgradError(
      "format",
      "parseBlufr: the text is no JSON but must be an object with BLUFR's lists",
      { cause },
    );
  }
  throw new KnotgradError("format", "parseBlufr: the text must be an object with BLUFR's lists but is not");
}

/** Verification on all pairs of some images. */
export interface AllPairs {
  /** Pairs of one person, and of two. */
  readonly genuine: number;
  /** Pairs of two people. */
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
    throw new KnotgradError(
      "shape",
      `verifyAllPairs: labels (${labels.length}) and embeddings (${embeddings.length / D}, ${D}) must be of the same images`,
    );
  }
  const N = rows.length;
  const person = Uint32Array.from(rows, (row) => labels[row]!);
  const all = tally(
    "verifyAllPairs",
    person,
    person.map((_, i) => i),
    far,
  );
  const scores = new Float64Array(N);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < i; j++) {
      let score = 0;
      for (let d = 0; d < D; d++) score += units[i * D + d]! * units[j * D + d]!;
      scores[j] = score;
    }
    all.take(scores, i, 1);
  }
  return all.result();
}

/** Takes the scores of the pairs of some images, row after row, and keeps those that decide. */
interface Tally {
  /** Scores (T, columns) of the images from number `first` on with the images from 0 on, of which those before each count. */
  take(scores: Float32Array | Float64Array, first: number, T: number): void;
  result(): AllPairs;
}

/** The tally of the pairs among `images`, rising numbers, of people `person`. Throws as `verifyAllPairs` does. */
function tally(caller: string, person: Uint32Array, images: Uint32Array, far: number): Tally {
  const N = images.length;
  const before = new Map<number, number>();
  let genuine = 0;
  for (const i of images) {
    const seen = before.get(person[i]!) ?? 0;
    genuine += seen;
    before.set(person[i]!, seen + 1);
  }
  const impostors = (N * (N - 1)) / 2 - genuine;
  if (genuine === 0) {
    throw new KnotgradError(
      "value",
      `${caller}: no two of the ${N} images show one person but pairs that do are needed`,
    );
  }
  const k = falseAccepts(caller, far, impostors);
  if (k === null) return { take: () => {}, result: () => ({ genuine, impostors, rate: null }) };
  const mates = new Float64Array(genuine);
  const strangers = highest(Math.min(k, impostors) + 1);
  let m = 0;
  let n = 0; // images taken
  return {
    take(scores, first, T) {
      const columns = scores.length / T;
      for (; n < N && images[n]! < first + T; n++) {
        const i = images[n]!;
        const row = (i - first) * columns;
        for (let q = 0; q < n; q++) {
          const j = images[q]!;
          const score = scores[row + j]!;
          if (person[i] === person[j]) mates[m++] = score;
          else strangers.offer(score);
        }
      }
    },
    result() {
      const accepts = acceptance(strangers.falling(), k);
      return { genuine, impostors, rate: mates.filter(accepts).length / genuine };
    },
  };
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
  /** Mean over the trials. */
  readonly mean: number;
  /** Sample standard deviation over the trials. */
  readonly deviation: number;
  /** `mean` less `deviation`. */
  readonly fused: number;
}

/** What `blufr` measures. */
export interface BlufrResult {
  /** Over the trials; null where a trial cannot resolve its false accept rate. */
  readonly verification: OverTrials | null;
  /** Over the trials; null where a trial cannot resolve its false accept rate. */
  readonly identification: OverTrials | null;
  /** What each trial gave. */
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

/** What `blufr` can be told. */
export interface BlufrOptions {
  /** 0.001 unless told. */
  readonly verificationFar?: number;
  /** 0.01 unless told. */
  readonly identificationFar?: number;
  /** 1 unless told. */
  readonly rank?: number;
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
  { verificationFar, identificationFar: far = 0.01, rank = 1 }: BlufrOptions = {},
): BlufrResult {
  checkTrials("blufr", lists);
  const { labels } = lists;
  const trials = lists.trials.map(({ test, gallery, probes }) => {
    const verification = verifyAllPairs(embeddings, D, labels, test, verificationFar);
    const scores = cosines(embeddings, D, { probes, gallery });
    const found = identify(scores, of(labels, gallery), of(labels, probes), { fars: [far], rank });
    return { verification, identification: rateOf(found, far) };
  });
  return summary(trials);
}

/**
 * What `blufr` gives for embeddings (M, D), from cosines that the device makes, in f32: those of all pairs once for all trials,
 * of which a tile at a time is read back, and of galleries the highest `rank` alone, at most 16. Throws as `blufr` does.
 */
export async function blufrOnDevice(
  gpu: Gpu,
  embeddings: Float32Array,
  D: number,
  lists: Blufr,
  {
    verificationFar = 0.001,
    identificationFar: far = 0.01,
    rank = 1,
    most,
  }: BlufrOptions & Pick<SearchOptions, "most"> = {},
): Promise<BlufrResult> {
  checkTrials("blufrOnDevice", lists);
  const { labels } = lists;
  const used = Uint32Array.from(new Set(lists.trials.flatMap(({ test }) => [...test]))).sort();
  const place = new Map(Array.from(used, (image, i) => [image, i]));
  const person = of(labels, used);
  const tallies = lists.trials.map(({ test }) => {
    const images = test.map((image) => place.get(image)!).sort();
    return tally("blufrOnDevice", person, images, verificationFar);
  });
  const rows = { probes: used, gallery: used };
  await cosineTiles(gpu, "blufrOnDevice", embeddings, D, rows, most, async (tile, first, T) => {
    const scores = await tile.read();
    for (const trial of tallies) trial.take(scores, first, T);
  });
  const trials: BlufrResult["trials"][number][] = [];
  for (const [t, { gallery, probes }] of lists.trials.entries()) {
    const top = await searchGallery(gpu, embeddings, D, { probes, gallery }, { K: rank, most });
    const found = identifyTop(top, of(labels, gallery), of(labels, probes), { fars: [far], rank });
    trials.push({ verification: tallies[t]!.result(), identification: rateOf(found, far) });
  }
  return summary(trials);
}

const of = (labels: Uint32Array, images: Uint32Array): Uint32Array => images.map((i) => labels[i]!);

function checkTrials(caller: string, { trials }: Blufr): void {
  if (trials.length >= 2) return;
  throw new KnotgradError(
    "value",
    `${caller}: ${trials.length} trials are given but at least 2 are needed, for a deviation; see verifyAllPairs`,
  );
}

function rateOf({ genuine, impostors, dirAtFar }: Identification, far: number) {
  return { genuine, impostors, rate: dirAtFar[far] ?? null };
}

const summary = (trials: BlufrResult["trials"]): BlufrResult => ({
  verification: overTrials(trials.map(({ verification }) => verification.rate)),
  identification: overTrials(trials.map(({ identification }) => identification.rate)),
  trials,
});

function overTrials(rates: (number | null)[]): OverTrials | null {
  const known = rates.filter((rate) => rate !== null);
  if (known.length < rates.length) return null;
  const mean = known.reduce((sum, rate) => sum + rate, 0) / known.length;
  const squares = known.reduce((sum, rate) => sum + (rate - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (known.length - 1));
  return { mean, deviation, fused: mean - deviation };
}
