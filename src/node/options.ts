// Options of the commands that train, as the command line gives them.

import type { ParsedArgs } from "citty";
import { KnotgradError } from "../error.ts";
import { type CenterRecipe, centerRecipes } from "../face/centers.ts";
import { type Net, nets } from "../face/nets.ts";
import type { Recipe, RecipeSettings } from "../face/recipe.ts";
import { type RecipeName, recipes } from "../face/recipes/index.ts";
import { type ScheduleName, schedules, type TrainOptions } from "../face/train.ts";
import type { Precision } from "../ops/cast.ts";
import { fillInWorker } from "./workers.ts";

/** Argument of the commands that read folders of images. */
export const workersArg = {
  workers: {
    type: "string",
    description:
      "Threads that read images, 0 for the main one; unless given as many as cores, at most 8, for 200 images or more. " +
      "Where given and not 0, training fills its batches in a thread too",
  },
} as const;

/** How nets are trained and on what kind of images; what is left out depends on the data. */
export const howArgs = {
  epochs: { type: "string", description: "Passes over the data" },
  batch: { type: "string", description: "Images per step", default: "64" },
  rate: { type: "string", description: "Learning rate at the start", default: "0.05" },
  schedule: {
    type: "string",
    description: `Learning rate over time: ${Object.keys(schedules).join(", ")}`,
    default: "linear",
  },
  momentum: { type: "string", description: "Momentum of the optimizer", default: "0.9" },
  decay: { type: "string", description: "Weight decay", default: "0.0005" },
  net: {
    type: "string",
    description: `Net to train, to whose size images are brought: ${Object.keys(nets).join(", ")}; face for faces, digit for digits unless given`,
  },
  embedding: { type: "string", description: "Numbers in an embedding; the net's own unless given" },
  mirror: {
    type: "boolean",
    description: "Mirror images at random; yes for faces, no for digits unless given",
  },
  shift: {
    type: "string",
    description: "Pixels by which training images are moved at random, at most; edges repeat",
    default: "0",
  },
  tail: {
    type: "string",
    description: "Imbalance of a long tail: images of the largest over the smallest class",
  },
  degrade: { type: "string", description: "Share of training images that are degraded, 0 to 1" },
  precision: {
    type: "string",
    description:
      "What activations and their gradients are stored in: f32, or f16 where the device has shader-f16",
    default: "f32",
  },
  ...workersArg,
  json: { type: "boolean", description: "Print one JSON object as the last line", default: false },
} as const;

/** Arguments that `train` and `start` share; what is left out depends on the data. */
export const trainingArgs = {
  data: {
    type: "string",
    description:
      "Folder with one folder of images per person, or a .rec file; the embedded digits unless given",
  },
  lfw: {
    type: "string",
    description:
      "Folder of LFW-like faces to verify on, Name/Name_0001.jpg; or a .bin pack, which needs no --pairs",
  },
  pairs: { type: "string", description: "LFW's pairs.txt, or a list like it" },
  "exclude-overlap": {
    type: "boolean",
    description: "Leave people of --pairs out of training",
    negativeDescription: "Train on people of --pairs too",
    default: true,
  },
  gamma: { type: "string", description: "Knot Magnify's gamma, 0 or more; 1 unless given" },
  centers: {
    type: "string",
    description:
      "How centers move: as in the paper, by alpha, or as in its released code, by the optimizer, without alpha; " +
      `${Object.keys(centerRecipes).join(", ")}; paper unless given`,
  },
  lambda: {
    type: "string",
    description: `Weight of the loss beside softmax; for centers ${Object.entries(centerRecipes)
      .map(([name, { lambda }]) => `${lambda} (${name})`)
      .join(", ")}, for deepid2 0.05 unless given`,
  },
  alpha: {
    type: "string",
    description: "How far the paper's centers move in a step, 0 to 1; 0.5 unless given",
  },
  ...howArgs,
  seed: { type: "string", description: "Seed of everything random", default: "1" },
} as const;

/** The values of `trainingArgs`. */
export type TrainingValues = ParsedArgs<typeof trainingArgs>;

/** The number an option holds. Throws where it is none. */
export function number(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value))
    throw new KnotgradError("value", `--${name}: "${text}" is given but must be a number`);
  return value;
}

/** The recipe that an option names, told what the command line says. Throws where there is none of that name. */
export function recipeOf(option: string, name: string, values: ToldValues): Recipe {
  if (Object.hasOwn(recipes, name)) return recipes[name as RecipeName](settingsOf(values));
  throw new KnotgradError(
    "value",
    `--${option}: "${name}" is given but must be one of ${Object.keys(recipes).join(", ")}`,
  );
}

/** What recipes can be told, as words. */
type ToldValues = { readonly [Name in keyof RecipeSettings]: string | undefined };

/** What the command line tells recipes. */
function settingsOf({ gamma, lambda, centers, alpha }: ToldValues): RecipeSettings {
  return {
    ...(gamma !== undefined && { gamma: number("gamma", gamma) }),
    ...(lambda !== undefined && { lambda: number("lambda", lambda) }),
    ...(centers !== undefined && { centers: centerRecipe(centers) }),
    ...(alpha !== undefined && { alpha: number("alpha", alpha) }),
  };
}

/** The precision an option names. */
export function precision(text: string): Precision {
  if (text === "f32" || text === "f16") return text;
  throw new KnotgradError("value", `--precision: "${text}" is given but must be f32 or f16`);
}

/** The net of the command line, `unless` told. Throws where it is unknown or its embedding has no size. */
export function netOf({ net, embedding }: Pick<TrainingValues, "net" | "embedding">, unless: string): Net {
  const name = net ?? unless;
  if (!Object.hasOwn(nets, name)) {
    throw new KnotgradError(
      "value",
      `--net: "${name}" is given but must be one of ${Object.keys(nets).join(", ")}`,
    );
  }
  const size = embedding === undefined ? undefined : number("embedding", embedding);
  if (size !== undefined && !(Number.isInteger(size) && size > 0)) {
    throw new KnotgradError("value", `--embedding: ${size} is given but must be a whole number from 1 up`);
  }
  return nets[name](size);
}

/** The way to move centers an option names. */
function centerRecipe(text: string): CenterRecipe {
  const names = Object.keys(centerRecipes);
  if (names.includes(text)) return text as CenterRecipe;
  throw new KnotgradError("value", `--centers: "${text}" is given but must be one of ${names.join(", ")}`);
}

/** Arguments of `trainOptions`. */
type TrainingName =
  | ("epochs" | "batch" | "rate" | "schedule" | "momentum" | "decay")
  | ("mirror" | "shift" | "precision" | "seed" | "workers");

/** The training options of the command line, but for net and recipe. */
export function trainOptions(
  values: Pick<TrainingValues, TrainingName>,
  defaults: { readonly epochs: number; readonly mirror: boolean },
): Omit<TrainOptions, "net" | "recipe"> {
  if (!(values.schedule in schedules)) {
    throw new KnotgradError(
      "value",
      `--schedule: "${values.schedule}" is given but must be one of ${Object.keys(schedules).join(", ")}`,
    );
  }
  return {
    epochs: values.epochs === undefined ? defaults.epochs : number("epochs", values.epochs),
    batch: number("batch", values.batch),
    rate: number("rate", values.rate),
    schedule: values.schedule as ScheduleName,
    momentum: number("momentum", values.momentum),
    weightDecay: number("decay", values.decay),
    mirror: values.mirror ?? defaults.mirror,
    shift: number("shift", values.shift),
    precision: precision(values.precision),
    seed: seedOf(values),
    ...(workersOf(values) && { filler: fillInWorker }),
  };
}

/** The whole number from 1 up that an option holds. Throws where it is none. */
export function wholeOf(name: string, text: string): number {
  const value = number(name, text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new KnotgradError("value", `--${name}: ${text} is given but must be a whole number from 1 up`);
}

/** How many worker threads the command line asks for, if it does. Throws where it is not a whole number from 0 up. */
export function workersOf({ workers }: { readonly workers?: string | undefined }): number | undefined {
  if (workers === undefined) return undefined;
  const value = number("workers", workers);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new KnotgradError("value", `--workers: ${workers} is given but must be a whole number from 0 up`);
}

/** The seed of the command line. Throws where it is not a whole number from 0 up. */
export function seedOf({ seed }: Pick<TrainingValues, "seed">): number {
  const value = number("seed", seed);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new KnotgradError("value", `--seed: ${seed} is given but must be a whole number from 0 up`);
  }
  return value;
}
