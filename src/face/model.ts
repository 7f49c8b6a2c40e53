// A net with its weights, and what its layers launch.
import { KnotgradError } from "../error.ts";
import { type Flat, flat } from "../flat.ts";
import type { Gpu } from "../gpu.ts";
import { batchNorm } from "../ops/batch_norm.ts";
import { cast, type Precision, refusePrecision } from "../ops/cast.ts";
import { conv2d } from "../ops/conv2d.ts";
import { add, scale } from "../ops/elementwise.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { locallyConnected } from "../ops/locally_connected.ts";
import { matmul } from "../ops/matmul.ts";
import { prelu } from "../ops/prelu.ts";
import { relu } from "../ops/relu.ts";
import { type Random, random } from "../random.ts";
import { count, type Shape, type Tensor } from "../tensor.ts";
import { allPlaced, type Net, type Placed, placed, withInner } from "./nets.ts";

/** Numbers in an embedding. Throws where the net does not end in one row. */
function embeddingSize(net: Net): number {
  const to = placed(net).at(-1)?.to;
  if (to?.length !== 1)
    throw new KnotgradError(
      "value",
      `${net.name}: the last layer gives (${to?.join(", ")}) but must give one row`,
    );
  return to[0];
}

/** A net with its weights on the GPU. */
export interface Model {
  /** What it was made of. */
  readonly net: Net;
  /** What training moves. */
  readonly parameters: Flat;
  /** Running statistics of BatchNorm, and the weights of frozen layers. */
  readonly state: Flat;
  /** Numbers in an embedding. */
  readonly embedding: number;
  /** Classes that the classifier tells apart. */
  readonly classes: number;
  /** What makes its logits. */
  readonly classifier: Classifier;
  /**
   * x (N, H, W, C) -> embeddings (N, D). In training, BatchNorm uses and records the batch's statistics. `watch` is told what
   * each outer layer gives, after a PReLU that follows a BatchNorm.
   */
  embed(x: Tensor, training: boolean, watch?: (layer: number, y: Tensor) => void): Tensor;
  /** Embeddings (N, D) -> logits (N, classes). Throws where there is no classifier. */
  classify(embeddings: Tensor): Tensor;
  /** Embeddings (N, D) -> cosines (N, classes) of their angles with the classes' weights. Throws where those are not normalized. */
  cosines(embeddings: Tensor): Tensor;
  /** Gives the memory back. */
  dispose(): void;
}

/**
 * What makes logits of an embedding x: `linear` x w + bias with w (D, classes); or the cosine of its angle with a class's
 * weights (classes, D) times a number, or times `length`, that of x; or nothing.
 */
export type Classifier = "linear" | "none" | { readonly cosine: number | "length" };

/** What `createModel` can be told. */
export interface ModelOptions {
  /** `linear` unless told. */
  readonly classifier?: Classifier;
  /** How many of the outer layers, from the first, stay as they are in training; 0 unless told. */
  readonly frozen?: number;
  /**
   * What activations and their gradients are stored in, up to the first linear layer; f32 unless told. Weights, statistics
   * and sums are f32 in any case. With f16, gradients need a `lossScale`.
   */
  readonly precision?: Precision;
}

/**
 * A net and a linear classifier with fresh weights: normal numbers, slopes of 0.25, and BatchNorms and biases that change
 * nothing yet; the same for the same seed. Throws, before any GPU work, where a layer does not fit those before, or the
 * device lacks shader-f16 for f16.
 * @example
 * ```ts
 * const model = createModel(gpu, digitNet(16), 10, 1);
 * const embeddings = model.embed(gpu.zeros([1, 28, 28, 1]), false);
 * embeddings.shape; // => [1, 16]
 * model.classify(embeddings).shape; // => [1, 10]
 * ```
 */
export function createModel(
  gpu: Gpu,
  net: Net,
  classes: number,
  seed: number,
  { precision = "f32", classifier = "linear", frozen = 0 }: ModelOptions = {},
): Model {
  refusePrecision("createModel", gpu, precision);
  const D = embeddingSize(net);
  const shapes = modelShapes(net, classes, { classifier, frozen });
  const [still, moving] = [placed(net).slice(0, frozen), placed(net).slice(frozen)];
  const parameters = flat(gpu, shapes.parameters);
  const state = flat(gpu, shapes.state);
  const tensors = { ...parameters.tensors, ...state.tensors };
  const spreads = new Map(allPlaced(net).map((step) => [`${step.name}.weight`, spread(step)]));
  const r = random(seed);
  for (const [name, t] of Object.entries(tensors)) {
    t.needsGrad = name in parameters.tensors;
    if (name.endsWith(".weight")) t.write(normal(t.size, spreads.get(name) ?? narrow([D, classes]), r));
    if (name.endsWith(".slope")) t.write(new Float32Array(t.size).fill(0.25));
    if (name.endsWith(".scale")) t.write(new Float32Array(t.size).fill(1));
    if (name.endsWith(".variance")) t.write(new Float32Array(t.size).fill(1));
  }

  const embed: Model["embed"] = (x, training, watch) => {
    const kept = run(still, tensors, false, cast(x, precision), undefined, watch);
    return run(moving, tensors, training, kept, undefined, (i, y) => watch?.(frozen + i, y));
  };
  const weight = tensors[WEIGHT];
  const cosineOf = (x: Tensor) => matmul(x, l2Normalize(weight), undefined, { transposeB: true });
  const cosines = (embeddings: Tensor): Tensor => {
    if (typeof classifier === "object") return cosineOf(l2Normalize(embeddings));
    throw new KnotgradError("value", `cosines: the classifier is ${classifier} but must be a cosine one`);
  };
  const classify = (embeddings: Tensor): Tensor => {
    if (classifier === "none")
      throw new KnotgradError("missing", `classify: this ${net.name} net has no classifier`);
    if (classifier === "linear") return matmul(embeddings, weight, tensors[BIAS], {});
    if (classifier.cosine === "length") return cosineOf(embeddings);
    return scale(cosines(embeddings), classifier.cosine);
  };
  const dispose = () => {
    parameters.values.dispose();
    state.values.dispose();
  };
  return { net, parameters, state, embedding: D, classes, classifier, embed, classify, cosines, dispose };
}

/**
 * Shapes of what a model holds, by name. Throws where a layer does not fit those before, or more layers are frozen than there are.
 */
export function modelShapes(
  net: Net,
  classes: number,
  { classifier = "linear", frozen = 0 }: ModelOptions = {},
): {
  readonly parameters: { readonly [name: string]: Shape };
  readonly state: { readonly [name: string]: Shape };
} {
  const D = embeddingSize(net);
  const outer = placed(net);
  if (!(Number.isInteger(frozen) && frozen >= 0 && frozen <= outer.length)) {
    throw new KnotgradError(
      "value",
      `createModel: frozen is ${frozen} but must be a whole number from 0 to the ${outer.length} layers of ${net.name}`,
    );
  }
  const [still, moving] = [outer.slice(0, frozen), outer.slice(frozen)];
  const named = (of: "parameters" | "state", steps: readonly Placed[]) =>
    Object.fromEntries(
      withInner(steps).flatMap((step) =>
        Object.entries(step[of]).map(([name, shape]): [string, Shape] => [`${step.name}.${name}`, shape]),
      ),
    );
  return {
    parameters: { ...named("parameters", moving), ...classifierShapes(classifier, D, classes) },
    state: { ...named("parameters", still), ...named("state", outer) },
  };
}

const WEIGHT = "classifier.weight";
const BIAS = "classifier.bias";

/** Shapes of a classifier's parameters. */
function classifierShapes(classifier: Classifier, D: number, classes: number): { [name: string]: Shape } {
  if (classifier === "none") return {};
  return classifier === "linear" ? { [WEIGHT]: [D, classes], [BIAS]: [classes] } : { [WEIGHT]: [classes, D] };
}

/** Gives `to` the numbers of all tensors that `other` has too, in the same shape. */
export async function copyWeights(other: Model, to: Model): Promise<void> {
  const all = { ...other.parameters.tensors, ...other.state.tensors };
  for (const [name, t] of Object.entries({ ...to.parameters.tensors, ...to.state.tensors })) {
    const same = all[name];
    if (same && String(same.shape) === String(t.shape)) t.write(await same.read());
  }
}

/**
 * What layers make of x, and `residual` added. A PReLU after a BatchNorm, and the sum after either, are part of the same pass
 * over memory.
 */
function run(
  steps: readonly Placed[],
  tensors: { readonly [name: string]: Tensor },
  training: boolean,
  x: Tensor,
  residual?: Tensor,
  watch?: (layer: number, y: Tensor) => void,
): Tensor {
  const sumAfter = (i: number) => (i === steps.length - 1 ? residual : undefined);
  let y = x;
  for (const [i, { layer, name, to, inner }] of steps.entries()) {
    const of = (what: string) => tensors[`${name}.${what}`];
    if (layer.kind === "conv") y = conv2d(y, of("weight"), layer.bias ? of("bias") : undefined, layer);
    else if (layer.kind === "local")
      y = inF32(y, (x) => locallyConnected(x, of("weight"), layer.bias ? of("bias") : undefined, layer));
    else if (layer.kind === "relu") y = inF32(y, relu);
    else if (layer.kind === "linear") y = matmul(y, of("weight"), of("bias"), {});
    else if (layer.kind === "flatten") y = cast(y, "f32").view([y.shape[0], ...to]);
    else if (layer.kind === "residual") y = run(inner, tensors, training, y, y);
    else if (layer.kind === "batchNorm") {
      const next = steps[i + 1];
      const slope = next?.layer.kind === "prelu" ? tensors[`${next.name}.slope`] : undefined;
      const sum = sumAfter(slope ? i + 1 : i);
      const statistics = { training, mean: of("mean"), variance: of("variance") };
      y = batchNorm(y, of("scale"), of("shift"), slope, sum, statistics);
    } else if (steps[i - 1]?.layer.kind !== "batchNorm") y = prelu(y, of("slope"), sumAfter(i));
    watch?.(i, y);
  }
  const last = steps.at(-1)?.layer.kind;
  return residual && last !== "batchNorm" && last !== "prelu" ? add(y, residual) : y;
}

/** f of x in f32, stored as x is. */
const inF32 = (x: Tensor, f: (x: Tensor) => Tensor): Tensor => cast(f(cast(x, "f32")), x.dtype as Precision);

/**
 * Standard deviation of a layer's fresh weights. Before a BatchNorm, `narrow`: that undoes the scale of what comes before it,
 * but the smaller the weights, the further one step turns them: with He et al.'s larger ones the face net reached 82.4 % on
 * LFW instead of 83.2. Elsewhere 1 / sqrt(inputs), Caffe's "xavier", which keeps the scale of what comes in.
 */
function spread({ layer, parameters: { weight = [] }, normalized }: Placed): number {
  if (layer.kind === "conv" && layer.spread !== undefined) return layer.spread;
  return normalized ? narrow(weight) : Math.sqrt(3) * narrow(weight);
}

/** 1 / sqrt(3 inputs), the deviation of the uniform weights PyTorch begins with; weights are (..., inputs, outputs), of one place. */
const narrow = (shape: Shape): number => 1 / Math.sqrt(3 * count(shape.slice(-4, -1)));

const normal = (n: number, spread: number, r: Random): Float32Array =>
  Float32Array.from({ length: n }, () => spread * r.normal());
