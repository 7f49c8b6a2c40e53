// Training a recognition model by a recipe: stage by stage a net, a classifier and a loss in one recorded step.
import { KnotgradError } from "../error.ts";
import type { Gpu } from "../gpu.ts";
import { backward } from "../op.ts";
import { type Precision, refusePrecision } from "../ops/cast.ts";
import { lossScale, sgd } from "../optim.ts";
import type { Profile } from "../profile.ts";
import type { Safetensors } from "../safetensors.ts";
import type { Step, StepResult } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { type BatchFiller, batchSource, drawBatches, fillHere } from "./batches.ts";
import { centerRecipes } from "./centers.ts";
import {
  checkpointOf,
  describeTraining,
  formOf,
  type Position,
  positionIn,
  readLasting,
  refuseTensors,
  sha256,
  writeLasting,
} from "./checkpoint.ts";
import { checkImages, type Dataset } from "./dataset.ts";
import { copyWeights, createModel, type Model } from "./model.ts";
import { type Net, placed } from "./nets.ts";
import type { Lasting, Recipe, Stage } from "./recipe.ts";
import { keepClasses } from "./sampling.ts";

/** How the learning rate goes from its first value over the course of training (0 to 1). */
export const schedules = {
  constant: () => 1,
  linear: (t: number) => 1 - t,
  cosine: (t: number) => (1 + Math.cos(Math.PI * t)) / 2,
  /** A tenth after half of the steps, a hundredth after three quarters. */
  steps: (t: number) => (t < 0.5 ? 1 : t < 0.75 ? 0.1 : 0.01),
} as const satisfies { [name: string]: (t: number) => number };
/** A key of `schedules`. */
export type ScheduleName = keyof typeof schedules;

/** How `train` trains. */
export interface TrainOptions {
  /** The trunk, which recipes may add layers to. */
  readonly net: Net;
  /** What is minimized, and in which stages. */
  readonly recipe: Recipe;
  /** Passes over the data, of all stages together; each has at least one. */
  readonly epochs: number;
  /** Images in a step. */
  readonly batch: number;
  /** Learning rate at the start of each stage, in which it follows the schedule. */
  readonly rate: number;
  /** How the learning rate falls over a stage. */
  readonly schedule: ScheduleName;
  /** Part of the velocity that stays from step to step, as `sgd` takes it. */
  readonly momentum: number;
  /** Added to the gradient as a multiple of the weight, as `sgd` takes it. */
  readonly weightDecay: number;
  /** Whether images are mirrored at random. */
  readonly mirror: boolean;
  /** Pixels by which images are moved at random, at most, down or up and across; 0 unless told. */
  readonly shift?: number;
  /** Of first weights, order of images and changes to them: a whole number from 0. */
  readonly seed: number;
  /** What activations and their gradients are stored in, as `createModel` takes it; f32 unless told. */
  readonly precision?: Precision;
  /** With f16, what the loss is multiplied by at first, a power of two; 1024 unless told. See `lossScale`. */
  readonly firstScale?: number;
  /** What fills batches while the device computes, which changes no number; this thread unless told. */
  readonly filler?: (dataset: Dataset) => BatchFiller;
  /** Whether to tell, after training and without changing its result, where the time of a step of the last stage goes; no unless told. */
  readonly profile?: boolean | undefined;
  /**
   * What gets checkpoints, after every so many steps of all stages together and after the last one: weights, running
   * statistics, velocities, what the loss and its scale keep, random state, stage, step and losses so far. Training waits for it.
   * None are taken unless told.
   */
  readonly checkpoint?: Checkpointing | undefined;
  /**
   * A checkpoint to go on from, to the same bits as without a stop on one device. The options and data must be those that
   * training was begun with; only `epochs` may be more, with the constant schedule and a recipe of one stage.
   */
  readonly resume?: Safetensors | undefined;
}

/** How checkpoints are taken. */
export interface Checkpointing {
  /** Steps from one to the next. */
  readonly every: number;
  /** Gets each of them. The arrays are its own. */
  readonly save: (checkpoint: Safetensors) => Promise<void> | void;
}

/** How far training is. */
export interface Progress {
  /** What is being done. */
  readonly phase: "compile" | "train" | "profile";
  /** Pipelines compiled, steps done, or repetitions of the profile done. */
  readonly done: number;
  /** How many of them there are to do. */
  readonly all: number;
  /** Mean loss of the latest step that has been read back. */
  readonly loss: number | undefined;
  /** Images per second since the stage began or went on, compilation left out. */
  readonly imagesPerSecond: number;
}

/** A trained model. */
export interface Trained {
  /** The model, which is the caller's to dispose of. */
  readonly model: Model;
  /** (C) name of each class that the classifier tells apart. */
  readonly classes: readonly string[];
  /** (steps) mean training loss of each step. */
  readonly curve: Float32Array;
  /** Images per second over all steps since training began or went on, compilation left out. */
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
 * option is out of range, the images do not fit the net, a class is alone, the data do not fill one batch, or `resume` is of
 * other training; before anything of `resume` is put on the device, where its tensors are not those of the recipe; and later
 * where the loss is no longer finite.
 * @example
 * ```ts
 * const labels = Uint32Array.from({ length: 64 }, (_, n) => n % 4);
 * const pixels = Uint8Array.from({ length: 64 * 4 }, (_, i) => (i % 4 === labels[i >> 2] ? 200 : i % 50));
 * const size = { height: 2, width: 2, channels: 1 };
 * const dataset = makeDataset({ ...size, pixels, labels, classes: ["a", "b", "c", "d"] });
 * const net: Net = {
 *   ...{ name: "tiny", ...size },
 *   layers: [{ kind: "flatten" }, { kind: "linear", size: 4 }, { kind: "batchNorm" }],
 * };
 * const how = { epochs: 8, batch: 16, rate: 0.05, schedule: "linear", momentum: 0.9 } as const;
 * const more = { weightDecay: 0, mirror: false, seed: 1 };
 * const { curve } = await train(gpu, dataset, { net, recipe: recipes.km({ gamma: 1 }), ...how, ...more });
 * curve.at(-1)! < curve[0] / 5; // => true
 * ```
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
  const { checkpoint, resume } = options;
  const described = checkpoint || resume ? await describeTraining(dataset, options) : {};
  const from = resume && positionIn(resume, described, options);
  const passed = from ? from.curve.length : 0;
  let curve = from ? from.curve.slice(0, passed - from.step) : new Float32Array(); // of the stages that are over
  let seconds = 0;
  let before: Model | undefined;
  let result: Staged | undefined;
  for (const [i, stage] of stages.entries()) {
    if (from && i < from.stage) continue;
    const seed = options.seed + 1000 * i;
    const last = i === stages.length - 1;
    const of = { ...options, epochs: epochs[i], seed, profile: options.profile && last };
    const here = from?.stage === i ? from : undefined;
    const over = curve;
    try {
      const chosen = here ? here.chosen : before && (await stage.choose?.(before, seed));
      const data = chosen ? keepClasses(dataset, chosen) : dataset;
      const frozen = stage.frozen && i > 0 ? placed(netOf(stages[i - 1], options)).length : 0;
      const reached: Begin["reached"] = async (step, ends, capture) => {
        if (!checkpoint || !((over.length + step) % checkpoint.every === 0 || (ends && last))) return;
        const here = await capture();
        const [curve, classes] = [joined(over, here.curve), chosen && Uint32Array.from(chosen)];
        await checkpoint.save(checkpointOf(described, { ...here, stage: i, step, curve, chosen: classes }));
      };
      result = await trainStage(gpu, data, stage, { before, frozen, from: here, reached }, of, onProgress);
    } finally {
      before?.dispose();
    }
    before = result.model;
    curve = joined(over, result.curve);
    seconds += result.seconds;
  }
  const { model, classes, leftOut, profile } = result!;
  const parameterHash = await hash([await model.parameters.values.read(), await model.state.values.read()]);
  return {
    model,
    classes,
    curve,
    imagesPerSecond: ((curve.length - passed) * options.batch) / seconds,
    parameterHash,
    ...(leftOut === undefined ? {} : { leftOut }),
    ...(profile ? { profile } : {}),
  };
}

function joined(a: Float32Array, b: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The net that a stage trains. */
const netOf = (stage: Stage, { net }: TrainOptions): Net => stage.net?.(net) ?? net;

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

/** What a stage begins with. */
interface Begin {
  /** The model of the stage before, unless training goes on in this one. */
  readonly before: Model | undefined;
  /** Layers that stay as they are. */
  readonly frozen: number;
  /** Where it goes on from. */
  readonly from: Position | undefined;
  /** Called after each step, with how many are done, whether none is left, and what tells all that lasts. */
  readonly reached: (
    step: number,
    ends: boolean,
    capture: () => Promise<Pick<Position, "curve" | "random" | "arrays">>,
  ) => Promise<void>;
}

/** A step that is on its way. */
interface Sent {
  readonly at: number;
  readonly labels: Uint32Array;
  readonly result: Promise<{ readonly [name: string]: Float32Array }>;
}

/** Losses are read two steps late, so that the device has work while this thread prepares more. */
const LATE = 2;

/** What a step that is on its way gives: `after` is still to see it. */
interface Late {
  readonly labels: Uint32Array;
  readonly seen: { readonly [name: string]: Float32Array };
}

/** Names of what lasts of a `lossScale`. */
const [SCALE, COUNTS] = ["loss_scale.value", "loss_scale.counts"];

const under = <T>(group: string, named: { readonly [name: string]: T }): { [name: string]: T } =>
  Object.fromEntries(Object.entries(named).map(([name, value]) => [`${group}.${name}`, value]));

const lateState = (late: readonly Late[]): { [name: string]: Lasting } =>
  Object.assign(
    {},
    ...late.map(({ labels, seen }, i) => under(`late${i}`, { labels, ...under("seen", seen) })),
  );

/** Trains one stage; the model is the caller's to dispose of. */
async function trainStage(
  gpu: Gpu,
  dataset: Dataset,
  stage: Stage,
  { before, frozen, from, reached }: Begin,
  options: TrainOptions,
  onProgress: (progress: Progress) => void,
): Promise<Staged> {
  const { epochs, batch, rate, schedule, momentum, weightDecay, seed, precision = "f32" } = options;
  const perEpoch = Math.floor(dataset.labels.length / batch);
  const all = perEpoch * epochs;
  const begun = from?.step ?? 0;
  if (begun > all) {
    throw new KnotgradError(
      "value",
      `train: the checkpoint has step ${begun} but its stage has ${all}; it is damaged`,
    );
  }
  const net = netOf(stage, options);
  const { firstScale: start } = options;
  const scaling = precision === "f16" ? lossScale(gpu, start === undefined ? {} : { start }) : undefined;
  const model = createModel(gpu, net, stage.classifier === "none" ? 0 : dataset.classes.length, seed, {
    precision,
    classifier: stage.classifier ?? "linear",
    frozen,
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

  const lasting: { readonly [name: string]: Lasting } = {
    ...under("model", { ...model.parameters.tensors, ...model.state.tensors }),
    ...under("velocity", optimizer.velocities),
    ...under("objective", objective.state ?? {}),
    ...(scaling && { [SCALE]: scaling.value, [COUNTS]: scaling.counts }),
  };
  const curve = new Float32Array(all);
  if (from) curve.set(from.curve.subarray(from.curve.length - begun));
  const epochStates: Uint32Array[] = [];
  const draws = drawBatches(dataset.labels, {
    ...options,
    perClass: stage.perClass,
    from,
    onEpoch: (epoch, random) => {
      epochStates[epoch] = random;
    },
  });
  const source = batchSource(dataset, draws, (options.filler ?? fillHere)(dataset));
  try {
    const step = await gpu.step(record, {
      onCompile: (done, all) =>
        onProgress({ phase: "compile", done, all, loss: undefined, imagesPerSecond: 0 }),
    });
    const pending: Sent[] = [];
    const started = performance.now();
    let imagesPerSecond = 0;
    const finite = (loss: number, at: number): number => {
      curve[at] = loss;
      if (Number.isFinite(loss)) return loss;
      throw new KnotgradError(
        "value",
        `train: the loss is ${loss} at step ${at + 1} of ${all} but must be finite; lower the learning rate`,
      );
    };
    const follow = async ({ at, labels, result }: Sent): Promise<void> => {
      const { loss, ...seen } = await result;
      const mean = finite(loss[0], at);
      objective.after?.(seen, labels);
      imagesPerSecond = (1000 * Math.max(0, at + 1 - begun) * batch) / (performance.now() - started);
      onProgress({ phase: "train", done: at + 1, all, loss: mean, imagesPerSecond });
    };
    try {
      if (from) {
        const late = Array.from({ length: Math.min(LATE, begun) }, (): Late => {
          const { loss: _, ...seen }: { readonly [name: string]: { readonly size: number } } = step.results;
          const room = Object.entries(seen).map(([name, { size }]) => [name, new Float32Array(size / 4)]);
          return { labels: new Uint32Array(batch), seen: Object.fromEntries(room) };
        });
        const everything = { ...lasting, ...lateState(late) };
        restore(from.arrays, everything, { C: dataset.classes.length, every: scaling?.every });
        for (const [i, { labels, seen }] of late.entries()) {
          const at = begun - late.length + i;
          pending.push({ at, labels, result: Promise.resolve({ ...seen, loss: curve.slice(at, at + 1) }) });
        }
      }
      for (let at = begun; at < all; at++) {
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
        await reached(at + 1, at + 1 === all, async () => {
          const late = pending.map(async ({ at, labels, result }): Promise<Late> => {
            const { loss, ...seen } = await result;
            finite(loss[0], at);
            return { labels, seen };
          });
          const arrays = await readLasting({ ...lasting, ...lateState(await Promise.all(late)) });
          return { arrays, curve: curve.slice(0, at + 1), random: epochStates[Math.floor(at / perEpoch)] };
        });
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

/** Gives all that lasts the values it had. Throws, before any of it is written, where it is not all there or out of range. */
function restore(
  arrays: Safetensors["tensors"],
  lasting: { readonly [name: string]: Lasting },
  { C, every = 0 }: { readonly C: number; readonly every: number | undefined },
): void {
  const forms = Object.entries(lasting).map(([name, value]) => [name, formOf(value)] as const);
  refuseTensors("train", "the checkpoint", arrays, Object.fromEntries(forms));
  const refuse = (what: string, needed: string): never => {
    throw new KnotgradError("value", `train: ${what} in the checkpoint but must be ${needed}; it is damaged`);
  };
  if (SCALE in lasting) {
    const [[scale], [good]] = [arrays[SCALE].data, arrays[COUNTS].data];
    if (!(Number.isInteger(Math.log2(scale)) && scale >= 1 && scale <= 2 ** 24))
      refuse(`${SCALE} is ${scale}`, "a power of two from 1 to 2^24");
    if (good >= every) refuse(`${COUNTS} begins with ${good}`, `below ${every}`);
  }
  for (const [name, { data }] of Object.entries(arrays)) {
    const stray = /^late\d\.labels$/.test(name) ? data.find((label) => label >= C) : undefined;
    if (stray !== undefined) refuse(`${name} holds ${stray}`, `below the ${C} classes`);
  }
  writeLasting(lasting, arrays);
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
  if (options.checkpoint && !(Number.isInteger(options.checkpoint.every) && options.checkpoint.every > 0))
    refuse("checkpoint.every", options.checkpoint.every, "a whole number from 1 up");
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

const hash = async (arrays: readonly Float32Array[]): Promise<string> =>
  sha256(new Uint8Array(await new Blob(arrays as Float32Array<ArrayBuffer>[]).arrayBuffer()));
