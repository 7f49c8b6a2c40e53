// What a checkpoint of training holds, and what must be so that training goes on from it.
import { KnotgradError } from "../error.ts";
import { kindOf, type Safetensors, type StoredTensor } from "../safetensors.ts";
import { count, type Shape, Tensor } from "../tensor.ts";
import type { Dataset } from "./dataset.ts";
import type { Lasting } from "./recipe.ts";
import type { TrainOptions } from "./train.ts";

/** Where training is, between two steps. */
export interface Position {
  /** Number of the stage, and steps of it that are done. */
  readonly stage: number;
  readonly step: number;
  /** Losses of all steps so far, those of earlier stages too. */
  readonly curve: Float32Array;
  /** (4) what `drawBatches` tells of the epoch of the latest step. */
  readonly random: Uint32Array;
  /** Numbers of the classes of the stage, where it chose some. */
  readonly chosen?: Uint32Array | undefined;
  /** All that lasts from step to step, by name. */
  readonly arrays: Safetensors["tensors"];
}

const FORMAT = "knotgrad checkpoint 1";

/** All that decides the bits of training but the device, as text. */
export async function describeTraining(
  dataset: Dataset,
  { recipe, ...options }: TrainOptions,
): Promise<{ readonly [field: string]: string }> {
  const { height, width, channels, pixels, labels, classes } = dataset;
  const fields = {
    net: options.net,
    recipe: recipe.name,
    settings: recipe.settings,
    stages: recipe.stages, // of which JSON leaves out the functions
    epochs: options.epochs,
    batch: options.batch,
    rate: options.rate,
    schedule: options.schedule,
    momentum: options.momentum,
    weightDecay: options.weightDecay,
    mirror: options.mirror,
    shift: options.shift ?? 0,
    seed: options.seed,
    precision: options.precision ?? "f32",
    firstScale: options.firstScale ?? null,
    images: [labels.length, height, width, channels],
    classes,
    data: await digest([pixels, bytesOf(labels)]),
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
}

/** A checkpoint of training that is described so. */
export function checkpointOf(
  described: { readonly [field: string]: string },
  { stage, step, curve, random, chosen, arrays }: Position,
): Safetensors {
  const line = (data: Float32Array | Uint32Array): StoredTensor => ({ shape: [data.length], data });
  return {
    tensors: { ...arrays, curve: line(curve), random: line(random), ...(chosen && { chosen: line(chosen) }) },
    metadata: { format: FORMAT, stage: `${stage}`, step: `${step}`, ...described },
  };
}

/**
 * Where a checkpoint is. Throws, naming the field, where it is none of this version, or of other training than is described;
 * only `epochs` may be more, with one stage and the constant schedule.
 */
export function positionIn(
  { tensors, metadata }: Safetensors,
  described: { readonly [field: string]: string },
  { recipe, schedule, epochs }: TrainOptions,
): Position {
  const { format } = metadata;
  if (format !== FORMAT) {
    const given = format === undefined ? "has no format" : `has the format "${format}"`;
    throw refused(`${given} but must have "${FORMAT}"`, "it is no checkpoint of training of this version");
  }
  for (const [field, now] of Object.entries(described)) {
    const then = metadata[field];
    if (then === undefined) throw refused(`lacks the field ${field} but must have it`, "it is damaged");
    if (then === now) continue;
    const long = then.length > 40 || now.length > 40;
    if (field === "epochs") {
      if (epochs > Number(then) && schedule === "constant" && recipe.stages.length === 1) continue;
      throw refused(
        `has epochs ${then} but ${now} is given`,
        "they may only rise, with the constant schedule and a recipe of one stage",
      );
    }
    throw refused(
      long ? `has another ${field} than is given` : `has ${field} ${then} but ${now} is given`,
      "what training goes on from must be told what it was begun with",
    );
  }
  const whole = (field: string, least: number, most: number): number => {
    const text = metadata[field] ?? "missing";
    if (/^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw refused(
      `has ${field} ${text} but it must be a whole number from ${least}${most < MANY ? ` to ${most}` : " up"}`,
      "it is damaged",
    );
  };
  const stage = whole("stage", 0, recipe.stages.length - 1);
  const step = whole("step", 1, MANY);
  const { curve, random, chosen, ...arrays } = tensors;
  const given = Object.entries({ curve, random, chosen }).filter(([, array]) => array);
  const chooses = stage > 0 && recipe.stages[stage].choose !== undefined;
  refuseTensors("train", "the checkpoint", Object.fromEntries(given), {
    curve: ["F32", [stage === 0 ? step : Math.max(step, curve?.shape[0] ?? 0)]],
    random: ["U32", [4]],
    ...(chooses && { chosen: ["U32", [chosen?.shape[0] ?? 1]] }),
  });
  return {
    stage,
    step,
    curve: curve.data as Float32Array,
    random: random.data as Uint32Array,
    chosen: chosen?.data as Uint32Array | undefined,
    arrays,
  };
}

const MANY = 1e15;

/** What lasts, as arrays of the same names. */
export async function readLasting(lasting: {
  readonly [name: string]: Lasting;
}): Promise<Safetensors["tensors"]> {
  const read = async (value: Lasting): Promise<StoredTensor> => {
    if (!(value instanceof Tensor)) return { shape: [value.length], data: value.slice() };
    const { gpu, shape, dtype } = value;
    return { shape: [...shape], data: await (dtype === "u32" ? gpu.readU32(value) : gpu.read(value)) };
  };
  const entries = Object.entries(lasting).map(async ([name, value]) => [name, await read(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Gives what lasts the values of arrays of the same names, which `refuseTensors` has found to fit. */
export function writeLasting(
  lasting: { readonly [name: string]: Lasting },
  arrays: Safetensors["tensors"],
): void {
  for (const [name, value] of Object.entries(lasting)) {
    const { data } = arrays[name];
    if (value instanceof Tensor) value.write(data as Float32Array | Uint32Array);
    else value.set(data);
  }
}

/** Kind of number and shape of an array. */
type Form = readonly [kind: string | undefined, shape: Shape];

/** How what lasts is stored: f16 is read as f32, which changes no bit. */
export const formOf = (value: Lasting): Form =>
  value instanceof Tensor
    ? [value.dtype === "u32" ? "U32" : "F32", value.shape]
    : [kindOf(value), [value.length]];

/**
 * Throws, for `where`, unless the arrays of a file are just those named, each of its form: the kind of number, as the format
 * calls it, and the shape, of which the data have the size.
 */
export function refuseTensors(
  where: string,
  file: string,
  arrays: Safetensors["tensors"],
  needed: { readonly [name: string]: Form },
): void {
  const said = ([kind, shape]: Form) => `${kind} (${shape.join(", ")})`;
  for (const [name, form] of Object.entries(needed)) {
    const array = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
    const given = array && said([kindOf(array.data), array.shape]);
    if (array && given === said(form) && array.data.length === count(array.shape)) continue;
    const what = given === said(form) ? `${given} with ${array?.data.length} numbers` : (given ?? "missing");
    throw new KnotgradError("format", `${where}: ${name} of ${file} is ${what} but must be ${said(form)}`);
  }
  const other = Object.keys(arrays).find((name) => !Object.hasOwn(needed, name));
  if (other !== undefined) {
    throw new KnotgradError("format", `${where}: ${file} has ${other} but there is no place for it`);
  }
}

function refused(what: string, fix: string): KnotgradError {
  return new KnotgradError("value", `train: the checkpoint ${what}; ${fix}`);
}

/** Bytes that are hashed at a time. */
const PART = 2 ** 26;

/** SHA-256, in hex, of those of the parts of arrays. */
async function digest(arrays: readonly Uint8Array[]): Promise<string> {
  const parts: string[] = [];
  for (const bytes of arrays) {
    for (let at = 0; at < bytes.length; at += PART) {
      parts.push(await sha256(new Uint8Array(bytes.subarray(at, at + PART)))); // a copy: shared memory is refused
    }
  }
  return sha256(new TextEncoder().encode(parts.join(" ")));
}

/** SHA-256 of bytes, in hex. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
