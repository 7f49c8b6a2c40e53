// Trained nets in safetensors files.
import { KnotgradError } from "../error.ts";
import { refuseTensors } from "../face/checkpoint.ts";
import { isNet } from "../face/is_net.ts";
import { type Classifier, createModel, type Model, modelShapes } from "../face/model.ts";
import { type Net, nets } from "../face/nets.ts";
import type { Trained, TrainOptions } from "../face/train.ts";
import type { Gpu } from "../gpu.ts";
import type { Safetensors } from "../safetensors.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";

/** What a file says before anything is put on the GPU. */
export interface ModelFile {
  /** Where it lies. */
  readonly path: string;
  /** The net. */
  readonly net: Net;
  /** (C) name of each class. */
  readonly classes: readonly string[];
  /** What makes logits. */
  readonly classifier: Classifier;
  /** Parameters and running statistics by name. */
  readonly tensors: Safetensors["tensors"];
}

/** What files of models call themselves; the latest is written. */
const FORMATS = ["knotgrad 1", "knotgrad 2"];

/** Writes parameters and running statistics, with what is needed to build the net again. */
export async function saveModel(
  path: string,
  { model, classes }: Pick<Trained, "model" | "classes">,
  options: TrainOptions,
): Promise<void> {
  const tensors: { [name: string]: { shape: number[]; data: Float32Array } } = {};
  for (const [name, t] of Object.entries({ ...model.parameters.tensors, ...model.state.tensors })) {
    tensors[name] = { shape: [...t.shape], data: await t.read() };
  }
  const { recipe } = options;
  // What is undefined is left out.
  const left = {
    net: undefined,
    filler: undefined,
    profile: undefined,
    checkpoint: undefined,
    resume: undefined,
  };
  const how = { ...options, ...recipe.settings, recipe: recipe.name, ...left };
  await saveCheckpoint(path, tensors, {
    format: "knotgrad 2",
    net: JSON.stringify(model.net),
    classes: JSON.stringify(classes),
    classifier: JSON.stringify(model.classifier),
    training: JSON.stringify(how),
  });
}

/** Reads such a file. Throws where it is none, of a later format, or holds a net of layers that this version does not have. */
export async function readModelFile(path: string): Promise<ModelFile> {
  const { tensors, metadata } = await loadCheckpoint(path);
  const { format } = metadata;
  if (format !== undefined && !FORMATS.includes(format)) {
    throw new KnotgradError(
      "format",
      `readModelFile: ${path} has the format "${format}" but must have one of ${FORMATS.join(", ")}`,
    );
  }
  const net = netIn(metadata);
  if (!net) {
    throw new KnotgradError(
      "format",
      `readModelFile: ${path} is a safetensors file but not one that \`train\` has written`,
    );
  }
  let classes: unknown;
  try {
    classes = JSON.parse(metadata["classes"]);
  } catch (cause) {
    throw new KnotgradError("format", `readModelFile: ${path} has no list of classes in its metadata`, {
      cause,
    });
  }
  const isText = (name: unknown) => typeof name === "string";
  if (!Array.isArray(classes) || classes.length < 2 || !classes.every(isText)) {
    throw new KnotgradError(
      "format",
      `readModelFile: ${path} must list the names of at least 2 classes in its metadata`,
    );
  }
  return { path, net, classes, classifier: classifierIn(path, metadata), tensors };
}

/** The classifier that a file was written with; `linear` where the file is older than the others. */
function classifierIn(path: string, metadata: { readonly [name: string]: string | undefined }): Classifier {
  const { classifier = '"linear"' } = metadata;
  let value: unknown;
  try {
    value = JSON.parse(classifier);
  } catch {
    value = undefined;
  }
  if (value === "linear" || value === "none") return value;
  const cosine = (value as { cosine?: unknown } | undefined)?.cosine;
  if (cosine === "length" || Number.isFinite(cosine)) return value as Classifier;
  throw new KnotgradError(
    "format",
    `readModelFile: ${path} has the classifier ${classifier} but it must be linear, none or a cosine one`,
  );
}

/** The net that a file was written with: its layers or, in files of format 1, its name and the size of its embedding. */
function netIn({ format, net, embedding }: { readonly [name: string]: string | undefined }): Net | undefined {
  if (format === "knotgrad 1" && net !== undefined && Object.hasOwn(nets, net)) {
    const size = Number(embedding);
    return Number.isInteger(size) && size > 0 ? nets[net](size) : undefined;
  }
  if (format !== "knotgrad 2" || net === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(net);
    return isNet(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The net of a file, on the GPU. Throws, before any GPU work, where a tensor is missing, of another type or shape, or one
 * that the net does not have.
 */
export function loadModel(gpu: Gpu, { path, net, classes, classifier, tensors }: ModelFile): Model {
  const C = classifier === "none" ? 0 : classes.length;
  const { parameters, state } = modelShapes(net, C, { classifier });
  const forms = Object.entries({ ...parameters, ...state }).map(
    ([name, shape]) => [name, ["F32", shape]] as const,
  );
  refuseTensors("loadModel", path, tensors, Object.fromEntries(forms));
  const model = createModel(gpu, net, C, 0, { classifier });
  for (const [name, t] of Object.entries({ ...model.parameters.tensors, ...model.state.tensors })) {
    t.write(tensors[name].data as Float32Array);
  }
  return model;
}
