// Trained nets in safetensors files.
import { KnotgradError } from "../error.ts";
import { isNet } from "../face/is_net.ts";
import { type Classifier, createModel, type Model } from "../face/model.ts";
import { type Net, nets } from "../face/nets.ts";
import type { Trained, TrainOptions } from "../face/train.ts";
import type { Gpu } from "../gpu.ts";
import type { Safetensors } from "../safetensors.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";

/** What a file says before anything is put on the GPU. */
export interface ModelFile {
  readonly path: string;
  readonly net: Net;
  readonly classes: readonly string[];
  readonly classifier: Classifier;
  readonly tensors: Safetensors["tensors"];
}

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
  const how = { ...options, ...recipe.settings, recipe: recipe.name, net: undefined, filler: undefined };
  await saveCheckpoint(path, tensors, {
    format: "knotgrad 2",
    net: JSON.stringify(model.net),
    classes: JSON.stringify(classes),
    classifier: JSON.stringify(model.classifier),
    training: JSON.stringify(how),
  });
}

/** Reads such a file. Throws where it is none, or holds a net of layers that this version does not have. */
export async function readModelFile(path: string): Promise<ModelFile> {
  const { tensors, metadata } = await loadCheckpoint(path);
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
  if (!Array.isArray(classes) || classes.length < 2) {
    throw new KnotgradError("format", `readModelFile: ${path} must list at least 2 classes in its metadata`);
  }
  return { path, net, classes: classes.map(String), classifier: classifierIn(path, metadata), tensors };
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

/** The net of a file, on the GPU. Throws where a tensor is missing or of another shape. */
export function loadModel(gpu: Gpu, { path, net, classes, classifier, tensors }: ModelFile): Model {
  const model = createModel(gpu, net, classifier === "none" ? 0 : classes.length, 0, { classifier });
  for (const [name, t] of Object.entries({ ...model.parameters.tensors, ...model.state.tensors })) {
    const stored = tensors[name];
    if (!(stored?.data instanceof Float32Array) || String(stored.shape) !== String(t.shape)) {
      const what = stored ? `(${stored.shape.join(", ")})` : "missing";
      throw new KnotgradError(
        "format",
        `loadModel: ${name} of ${path} is ${what} but must be f32 (${t.shape.join(", ")})`,
      );
    }
    t.write(stored.data);
  }
  return model;
}
