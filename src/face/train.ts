// Training a recognition model by a recipe: stage by stage a net, a classifier and a loss in one recorded step.
import { KnotgradError } from "../error.ts";
import type { Gpu } from "../gpu.ts";
import { backward } from "../op.ts";
import { type Precision, refusePrecision } from "../ops/cast.ts";
import { lossScale, sgd } from "../optim.ts";
import type { Profile } from "../profile.ts";
import type { Step, StepResult } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { type BatchFiller, batchSource, drawBatches, fillHere } from "./batches.ts";
import { centerRecipes } from "./centers.ts";
import { checkImages, type Dataset } from "./dataset.ts";
import { copyWeights, createModel, type Model } from "./model.ts";
import { type Net, placed } from "./nets.ts";
import type { Recipe, Stage } from "./recipe.ts";
import { keepClasses } from "./sampling.ts";

/** How the learning rate goes from its first value over the course of training (0 to 1). */
export const schedules = {
  constant: () => 1,
  linear: (t: number) => 1 - t,
  cosine: (t: number) => (1 + Math.cos(Math.PI * t)) / 2,
  /** A tenth after half of the steps, a hundredth after three quarters. */
  steps: (t: number) => (t < 0.5 ? 1 : t < 0.75 ? 0.1 : 0.01),
} as const satisfies { [name: string]: (t: number) => number };
export type ScheduleName = keyof typeof schedules;

export interface TrainOptions {
  /** The trunk, which recipes may add layers to. */
  readonly net: Net;
  readonly recipe: Recipe;
  /** Passes over the data, of all stages together; each has at least one. */
  readonly epochs: number;
  readonly batch: number;
  /** Learning rate at the start of each stage, in which it follows the schedule. */
  readonly rate: number;
  readonly schedule: ScheduleName;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Whether images are mirrored at random. */
  readonly mirror: boolean;
  /** Pixels by which images are moved at random, at most, down or up and across; 0 unless told. */
  readonly shift?: number;
  readonly seed: number;
  /** What activations and their gradients are stored in, as `createModel` takes it; f32 unless told. */
  readonly precision?: Precision;
  /** With f16, what the loss is multiplied by at first, a power of two; 1024 unless told. See `lossScale`. */
  readonly firstScale?: number;
  /** What fills batches while the device computes, which changes no number; this thread unless told. */
  readonly filler?: (dataset: Dataset) => BatchFiller;
  /** Whether to tell, after training and without changing its result, where the time of a step of the last stage goes; no unless told. */
  readonly profile?: boolean | undefined;
}

/** How far training is. */
export interface Progress {
  readonly phase: "compile" | "train" | "profile";
  /** Pipelines compiled, steps done, or repetitions of the profile done. */
  readonly done: number;
  readonly all: number;
  /** Mean loss of the latest step that has been read back. */
  readonly loss: number | undefined;
  readonly imagesPerSecond: number;
}

/** A trained model. */
export interface Trained {
  readonly model: Model;
  readonly classes: readonly string[];
  /** Mean training loss of each step. */
  readonly curve: Float32Array;
  /** Images per second over all steps, compilation left out. */
  readonly imagesPerSecond: number;
  /** SHA-256 of parameters and running statistics, in hex. */
  readonly parameterHash: string;
  /** With f16, steps left out because a gradient was not finite. */
  readonly leftOut?: number;
  /** Where the time of a step goes, where that was asked for. */
  readonly profile?: Profile;
}

/**
 * Trains a net on a dataset. The same options, data and device give the same bits. Throws, before any GPU work, where an
 * option is out of range, the images do not fit the net, a class is alone, or the data do not fill one batch; and later
 * where the loss is no longer finite.
 */
export async function train(
  gpu: Gpu,
  dataset: Dataset,
  options: TrainOptions,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Trained> {
  checkTraining(dataset, options);
  refusePrecision("train", gpu, options.precision ?? "f32");
  const { stages } = options.recipe;
  const epochs = stageEpochs(stages, options.epochs);
  const curves: Float32Array[] = [];
  let seconds = 0;
  let before: Model | undefined;
  let result: Staged | undefined;
  for (const [i, stage] of stages.entries()) {
    const seed = options.seed + 1000 * i;
    const profile = options.profile && i === stages.length - 1;
    const of = { ...options, epochs: epochs[i], seed, profile };
    try {
      const chosen = before && (await stage.choose?.(before, seed));
      const data = chosen ? keepClasses(dataset, chosen) : dataset;
      result = await trainStage(gpu, data, stage, before, of, onProgress);
    } finally {
      before?.dispose();
    }
    before = result.model;
    curves.push(result.curve);
    seconds += result.seconds;
  }
  const { model, classes, leftOut, profile } = result!;
  const parameterHash = await hash([await model.parameters.values.read(), await model.state.values.read()]);
  const curve = Float32Array.from(curves.flatMap((part) => [...part]));
  return {
    model,
    classes,
    curve,
    imagesPerSecond: (curve.length * options.batch) / seconds,
    parameterHash,
    ...(leftOut === undefined ? {} : { leftOut }),
    ...(profile ? { profile } : {}),
  };
}

/** Passes over the data of each stage: its share of all, at least one. */
function stageEpochs(stages: readonly Stage[], epochs: number): number[] {
  let share = 0;
  let given = 0;
  return stages.map((stage) => {
    share += stage.share ?? 1;
    const own = Math.max(1, Math.round(share * epochs) - given);
    given += own;
    return own;
  });
}

/** What a stage leaves. */
interface Staged extends Pick<Trained, "model" | "classes" | "curve" | "leftOut" | "profile"> {
  readonly seconds: number;
}

/** A step that is on its way. */
interface Sent {
  readonly at: number;
  readonly labels: Uint32Array;
  readonly result: Promise<{ readonly [name: string]: Float32Array }>;
}

/** Losses are read two steps late, so that the device has work while this thread prepares more. */
const LATE = 2;

/** Trains one stage; the model is the caller's to dispose of. */
async function trainStage(
  gpu: Gpu,
  dataset: Dataset,
  stage: Stage,
  before: Model | undefined,
  options: TrainOptions,
  onProgress: (progress: Progress) => void,
): Promise<Staged> {
  const { epochs, batch, rate, schedule, momentum, weightDecay, seed, precision = "f32" } = options;
  const N = dataset.labels.length;
  const net = stage.net?.(options.net) ?? options.net;
  const { firstScale: start } = options;
  const scaling = precision === "f16" ? lossScale(gpu, start === undefined ? {} : { start }) : undefined;
  const model = createModel(gpu, net, stage.classifier === "none" ? 0 : dataset.classes.length, seed, {
    precision,
    classifier: stage.classifier ?? "linear",
    frozen: stage.frozen && before ? placed(before.net).length : 0,
  });
  if (before) await copyWeights(before, model);
  const optimizer = sgd(model.parameters, { rate, momentum, weightDecay, lossScale: scaling });
  const objective = stage.objective({ gpu, model, seed, batch, optimizer: { rate, momentum, weightDecay } });
  const x = gpu.zeros([batch, net.height, net.width, net.channels]);
  const label = gpu.zeros([batch], "u32");

  const record = () => {
    const layers: Tensor[] = [];
    const embedding = gpu.part("forward", () =>
      model.embed(x, true, (layer, y) => {
        layers[layer] = y;
      }),
    );
    const given = { embedding, label, layers };
    const total = gpu.part("loss", () => objective.loss(given));
    gpu.part("backward", () => backward(total, scaling?.value));
    gpu.part("update", () => {
      objective.update?.(given);
      optimizer.update();
    });
    return { ...objective.seen?.(), loss: total };
  };

  const all = Math.floor(N / batch) * epochs;
  const curve = new Float32Array(all);
  const draws = drawBatches(dataset.labels, { ...options, perClass: stage.perClass });
  const source = batchSource(dataset, draws, (options.filler ?? fillHere)(dataset));
  try {
    const step = await gpu.step(record, {
      onCompile: (done, all) =>
        onProgress({ phase: "compile", done, all, loss: undefined, imagesPerSecond: 0 }),
    });
    const pending: Sent[] = [];
    const started = performance.now();
    let imagesPerSecond = 0;
    const follow = async ({ at, labels, result }: Sent): Promise<void> => {
      const { loss, ...seen } = await result;
      const [mean] = loss;
      if (!Number.isFinite(mean)) {
        throw new KnotgradError(
          "value",
          `train: the loss is ${mean} at step ${at + 1} of ${all} but must be finite; lower the learning rate`,
        );
      }
      curve[at] = mean;
      objective.after?.(seen, labels);
      imagesPerSecond = (1000 * (at + 1) * batch) / (performance.now() - started);
      onProgress({ phase: "train", done: at + 1, all, loss: mean, imagesPerSecond });
    };
    try {
      for (let at = 0; at < all; at++) {
        const { pixels, labels } = await source.next();
        x.write(pixels);
        label.write(labels);
        const moment = { step: at, done: at / all, rate: rate * schedules[schedule](at / all) };
        optimizer.rate.write(Float32Array.of(moment.rate));
        objective.before?.(moment);
        const result = step.run();
        result.catch(() => {}); // thrown below, when its turn comes
        pending.push({ at, labels, result });
        // In the order of steps and at fixed ones, so that what `after` changes does not depend on time.
        if (pending.length > LATE) await follow(pending.shift()!);
      }
      while (pending.length > 0) await follow(pending.shift()!);
      const seconds = (performance.now() - started) / 1000;
      const leftOut = scaling && (await gpu.readU32(scaling.counts))[1];
      const kept = [model.parameters.values, model.state.values];
      const profile = options.profile
        ? await profileKeeping(step, kept, (done, all) =>
            onProgress({ phase: "profile", done, all, loss: curve.at(-1), imagesPerSecond }),
          )
        : undefined;
      const { classes } = dataset;
      return {
        model,
        classes,
        curve,
        seconds,
        ...(leftOut !== undefined && { leftOut }),
        ...(profile && { profile }),
      };
    } finally {
      await Promise.allSettled(pending.map(({ result }) => result));
      step.dispose();
    }
  } catch (error) {
    model.dispose();
    throw error;
  } finally {
    for (const made of [optimizer, scaling, x, label]) made?.dispose();
    objective.dispose?.();
    await source.dispose();
  }
}

/** Where the time of a step goes; the tensors keep their values. */
async function profileKeeping(
  step: Step<StepResult>,
  kept: readonly Tensor[],
  onProgress: (done: number, all: number) => void,
): Promise<Profile> {
  const values = await Promise.all(kept.map((t) => t.read()));
  const profile = await step.profile({ onProgress });
  kept.forEach((t, i) => {
    t.write(values[i]);
  });
  return profile;
}

function checkTraining(dataset: Dataset, options: TrainOptions): void {
  checkImages("train", dataset, options.net);
  const refuse = (what: string, given: unknown, needed: string): never => {
    throw new KnotgradError("value", `train: ${what} is ${given} but must be ${needed}`);
  };
  const { settings } = options.recipe;
  if (!((settings.centers ?? "paper") in centerRecipes))
    refuse("centers", settings.centers, `one of ${Object.keys(centerRecipes).join(", ")}`);
  if (!(options.schedule in schedules))
    refuse("schedule", options.schedule, `one of ${Object.keys(schedules).join(", ")}`);
  const { gamma = 0, lambda = 0, alpha = 0 } = settings;
  const { rate, momentum, weightDecay } = options;
  for (const [name, value] of Object.entries({ gamma, lambda, rate, momentum, weightDecay })) {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) refuse(name, value, "a number from 0 up");
  }
  if (!(alpha >= 0 && alpha <= 1)) refuse("alpha", alpha, "from 0 to 1");
  for (const name of ["epochs", "batch"] as const) {
    if (!Number.isInteger(options[name]) || options[name] < 1)
      refuse(name, options[name], "a whole number from 1 up");
  }
  const { shift = 0 } = options;
  if (!Number.isInteger(shift) || shift < 0) refuse("shift", shift, "a whole number from 0 up");
  if (options.batch < 2) refuse("batch", options.batch, "at least 2: BatchNorm needs a spread");
  if (dataset.classes.length < 2) {
    throw new KnotgradError(
      "missing",
      `train: ${dataset.classes.length} class is given but at least 2 are needed to tell apart`,
    );
  }
  if (dataset.labels.length < options.batch) {
    throw new KnotgradError(
      "value",
      `train: ${dataset.labels.length} images are given but one batch takes ${options.batch}; use a smaller batch`,
    );
  }
}

async function hash(arrays: readonly Float32Array[]): Promise<string> {
  const bytes = new Uint8Array(await new Blob(arrays as Float32Array<ArrayBuffer>[]).arrayBuffer());
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
