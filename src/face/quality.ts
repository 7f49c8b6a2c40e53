// Does p, the probability a trained net gives a face's own class, tell the quality of the image? The paper's second figure says so.

import { KnotgradError } from "../error.ts";
import type { Gpu } from "../gpu.ts";
import { softmaxLoss } from "../ops/softmax_loss.ts";
import { random } from "../random.ts";
import type { Dataset } from "./dataset.ts";
import { type Degradation, degradations, degrade } from "./degrade.ts";
import { evaluate } from "./evaluate.ts";
import type { Model } from "./model.ts";
import { imagesByLabel, keepClasses, subset } from "./sampling.ts";
import { contrast, sharpness } from "./sharpness.ts";
import { bootstrap, type Interval } from "./significance.ts";
import { rankCorrelation } from "./statistics.ts";

/** The severities at which images are degraded. */
export const severities = [0.25, 0.5, 0.75, 1] as const;

/** What is measured on an image as it is. */
const measures = { sharpness, contrast } as const;
type Measure = keyof typeof measures;

/** p of some images. */
interface OfP {
  readonly mean: number;
  readonly median: number;
  /** (101) 1 - p at equal steps of rank, from the lowest to the highest; these keep their digits where p is near 1. */
  readonly missing: readonly number[];
}

/** What a trained net's p says of the quality of images. Correlations are ranks', from -1 to 1, with 95 % intervals. */
export interface Quality {
  /** Images as they are. */
  readonly clean: OfP & {
    readonly images: number;
    readonly people: number;
    /** Share of the images whose own class has the largest logit. */
    readonly right: number;
    /** Share of the images whose p is 1 in f32. */
    readonly saturated: number;
  };
  /** Correlations of p with what is measured on images as they are; null where either never varies. */
  readonly measured: readonly {
    readonly measure: Measure;
    /** Over all images. */
    readonly overall: Interval | null;
    /** The mean over people of the correlation over the images of one, so that who took them does not count. */
    readonly within: Interval | null;
  }[];
  /** The images that are degraded, as they are. */
  readonly before: OfP & { readonly images: number };
  readonly degraded: readonly {
    readonly kind: Degradation;
    /** Of p and severity, over all these images and severities and the images as they are, severity 0. */
    readonly correlation: Interval | null;
    readonly at: readonly (OfP & {
      readonly severity: number;
      /** Share of the images whose p is lower than before. */
      readonly fell: number;
    })[];
  }[];
}

/** What `quality` can be told. */
export interface QualityOptions {
  /** How many images are degraded, at most; 500 unless told. */
  readonly images?: number;
  /** 1 unless told. */
  readonly seed?: number;
  /** Resamples behind each interval; 1,000 unless told. */
  readonly resamples?: number;
  readonly onProgress?: (what: string, done: number, all: number) => void;
}

/**
 * The images of the people that a net's `classes` name, labelled by these. Throws where there are none.
 */
export function ofClasses(dataset: Dataset, classes: readonly string[]): Dataset {
  const labelOf = new Map(classes.map((name, label) => [name, label]));
  const known = dataset.classes.flatMap((name, label) => (labelOf.has(name) ? [label] : []));
  if (known.length === 0) {
    throw new KnotgradError(
      "value",
      `ofClasses: none of (${dataset.classes.length}) people is one of the model's (${classes.length}) classes but one must ` +
        "be; give the data the model was trained on",
    );
  }
  const kept = keepClasses(dataset, known);
  return { ...kept, classes, labels: kept.labels.map((label) => labelOf.get(kept.classes[label]!)!) };
}

/**
 * Compares p, the softmax probability of each image's own class, with the sharpness and contrast of images, and with the
 * severity of every kind of damage done to a random part of them. Images of one person are not independent, so intervals
 * resample people. p is near 1 on images a net was trained on, so all is ranked by -log p in f32, which keeps its digits there.
 * The same options, data and device give the same numbers. Throws, before any GPU work, where an option is out of range,
 * there are no images or the model has no classifier.
 */
export async function quality(
  gpu: Gpu,
  model: Model,
  dataset: Dataset,
  options: QualityOptions = {},
): Promise<Quality> {
  const { images = 500, seed = 1, resamples = 1000, onProgress = () => {} } = options;
  const N = dataset.labels.length;
  if (!(Number.isSafeInteger(images) && images > 0)) {
    throw new KnotgradError("value", `quality: images is ${images} but must be a whole number from 1 up`);
  }
  if (N === 0) throw new KnotgradError("missing", "quality: there are no images but at least one is needed");
  if (model.classifier === "none") {
    throw new KnotgradError(
      "missing",
      `quality: this ${model.net.name} net has no classifier but p needs one; train with one`,
    );
  }
  const stream = random(seed);
  const chosen = stream.shuffle(Uint32Array.from({ length: N }, (_, i) => i)).slice(0, images);
  const part = subset(dataset, chosen.sort());

  const clean = await losses(gpu, model, dataset, (done, all) => onProgress("images", done, all));
  const before = Float32Array.from(chosen, (i) => clean.loss[i]!);

  const settings = { resamples, seed };
  const everyone = [...imagesByLabel(dataset.labels).values()];
  const pixels = dataset.height * dataset.width * dataset.channels;
  const measured = (Object.keys(measures) as Measure[]).map((measure) => {
    const value = Float64Array.from(dataset.labels, (_, i) =>
      measures[measure](dataset.pixels.subarray(i * pixels, (i + 1) * pixels), dataset),
    );
    // A falling loss is a rising p.
    const of = (some: readonly number[]) =>
      correlation(
        some,
        (i) => -clean.loss[i]!,
        (i) => value[i]!,
      );
    const inside = everyone.map(of).filter((r) => r !== null);
    return {
      measure,
      overall: overPeople(everyone, of, settings),
      within: inside.length === 0 ? null : bootstrap(inside, mean, settings),
    };
  });

  const n = chosen.length;
  const seeds = Array.from(chosen, () => stream.below(2 ** 32));
  const degraded: Quality["degraded"][number][] = [];
  for (const [k, kind] of degradations.entries()) {
    const all = degradations.length * severities.length * n;
    const { loss } = await losses(gpu, model, degradedBy(part, kind, seeds), (done, own) =>
      onProgress("degraded images", k * own + done, all),
    );
    // Image i at the s-th severity is i + s n, 0 being as it is.
    const row = (s: number) => (s === 0 ? before : loss.subarray((s - 1) * n, s * n));
    const levels = [0, ...severities];
    const of = (some: readonly number[]) =>
      correlation(
        levels.flatMap((_, s) => some.map((i) => i + s * n)),
        (j) => -row(Math.floor(j / n))[j % n]!,
        (j) => levels[Math.floor(j / n)]!,
      );
    degraded.push({
      kind,
      correlation: overPeople([...imagesByLabel(part.labels).values()], of, settings),
      at: severities.map((severity, s) => ({
        severity,
        ...ofP(row(s + 1)),
        fell: mean(Array.from(row(s + 1), (v, i) => Number(v > before[i]!))),
      })),
    });
  }
  return {
    clean: {
      images: N,
      people: everyone.length,
      right: mean(Array.from(clean.predicted, (label, i) => Number(label === dataset.labels[i]))),
      saturated: mean(Array.from(clean.p, (p) => Number(p === 1))),
      ...ofP(clean.loss),
    },
    measured,
    before: { images: n, ...ofP(before) },
    degraded,
  };
}

/** -log p of every image, which keeps its digits where p is near 1, and what `evaluate` gives. */
async function losses(
  gpu: Gpu,
  model: Model,
  dataset: Dataset,
  onProgress: (done: number, all: number) => void,
): Promise<{ loss: Float32Array; p: Float32Array; predicted: Uint32Array }> {
  const { embeddings, D, p, predicted } = await evaluate(gpu, model, dataset, onProgress);
  const N = dataset.labels.length;
  const loss = new Float32Array(N);
  const batch = Math.min(256, N);
  const x = gpu.zeros([batch, D]);
  const label = gpu.zeros([batch], "u32");
  const step = await gpu.step(() => ({
    loss: softmaxLoss(model.classify(x), label, { reduction: "none" }),
  }));
  // The last batch begins earlier, so that it is whole; what it repeats comes out the same.
  for (let at = 0; at < N; at += batch) {
    const first = Math.min(at, N - batch);
    x.write(embeddings.subarray(first * D, (first + batch) * D));
    label.write(dataset.labels.subarray(first, first + batch));
    loss.set((await step.run()).loss, first);
  }
  step.dispose();
  for (const t of [x, label]) t.dispose();
  return { loss, p, predicted };
}

/** Copies of n images at each severity (severities, n); image i has the same damage at all of them, that of seed i. */
function degradedBy(dataset: Dataset, kind: Degradation, seeds: readonly number[]): Dataset {
  const n = seeds.length;
  const size = dataset.height * dataset.width * dataset.channels;
  const copies = subset(
    dataset,
    severities.flatMap(() => Array.from(seeds.keys())),
  );
  for (let j = 0; j < copies.labels.length; j++) {
    const severity = severities[Math.floor(j / n)]!;
    const image = copies.pixels.subarray(j * size, (j + 1) * size);
    image.set(degrade(image, dataset, kind, severity, random(seeds[j % n]!)));
    copies.severity[j] = severity;
  }
  return copies;
}

/** Rank correlation of a and b over some images. */
const correlation = (
  some: readonly number[],
  a: (i: number) => number,
  b: (i: number) => number,
): number | null => rankCorrelation(some.map(a), some.map(b));

/** A correlation over the images of all people, and its interval over people; null where it has no meaning. */
function overPeople(
  everyone: readonly number[][],
  of: (some: readonly number[]) => number | null,
  settings: { readonly resamples: number; readonly seed: number },
): Interval | null {
  if (of(everyone.flat()) === null) return null;
  // In a resample of few people one of the lists may never vary.
  return bootstrap(everyone, (sample) => of(sample.flat()) ?? 0, settings);
}

/** Steps of rank at which 1 - p is told. */
const QUANTILES = 100;

function ofP(loss: Float32Array): OfP {
  const sorted = loss.slice().sort();
  const last = sorted.length - 1;
  return {
    mean: mean(Array.from(loss, (v) => Math.exp(-v))),
    median: (Math.exp(-sorted[Math.floor(last / 2)]!) + Math.exp(-sorted[Math.ceil(last / 2)]!)) / 2,
    missing: Array.from(
      { length: QUANTILES + 1 },
      (_, k) => -Math.expm1(-sorted[Math.round((k * last) / QUANTILES)]!),
    ),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
