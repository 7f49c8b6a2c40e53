// A net with its weights, and what its layers launch.
import { type Flat, flat } from "../flat.ts";
import type { Gpu } from "../gpu.ts";
import { batchNorm } from "../ops/batch_norm.ts";
import { cast, type Precision, refusePrecision } from "../ops/cast.ts";
import { conv2d } from "../ops/conv2d.ts";
import { add } from "../ops/elementwise.ts";
import { matmul } from "../ops/matmul.ts";
import { prelu } from "../ops/prelu.ts";
import { type Random, random } from "../random.ts";
import { count, type Shape, type Tensor } from "../tensor.ts";
import { allPlaced, type Net, type Placed, placed } from "./nets.ts";

/** Numbers in an embedding. Throws where the net does not end in one row. */
function embeddingSize(net: Net): number {
  const to = placed(net).at(-1)?.to;
  if (to?.length !== 1)
    throw new Error(`${net.name}: the last layer gives (${to?.join(", ")}) but must give one row`);
  return to[0];
}

/** A net with its weights on the GPU. */
export interface Model {
  readonly net: Net;
  /** What training moves. */
  readonly parameters: Flat;
  /** Running statistics of BatchNorm. */
  readonly state: Flat;
  /** Numbers in an embedding. */
  readonly embedding: number;
  /** Classes that the classifier tells apart. */
  readonly classes: number;
  /** x (N, H, W, C) -> embeddings (N, D). In training, BatchNorm uses and records the batch's statistics. */
  embed(x: Tensor, training: boolean): Tensor;
  /** Embeddings (N, D) -> logits (N, classes). */
  classify(embeddings: Tensor): Tensor;
  /** Gives the memory back. */
  dispose(): void;
}

/** What `createModel` can be told. */
export interface ModelOptions {
  /**
   * What activations and their gradients are stored in, up to the first linear layer; f32 unless told. Weights, statistics
   * and sums are f32 in any case. With f16, gradients need a `lossScale`.
   */
  readonly precision?: Precision;
}

const CLASSIFIER = "classifier";

/**
 * A net and a linear classifier with fresh weights: normal numbers, slopes of 0.25, and BatchNorms and biases that change
 * nothing yet; the same for the same seed. Throws, before any GPU work, where a layer does not fit those before, or the
 * device lacks shader-f16 for f16.
 */
export function createModel(
  gpu: Gpu,
  net: Net,
  classes: number,
  seed: number,
  { precision = "f32" }: ModelOptions = {},
): Model {
  refusePrecision("createModel", gpu, precision);
  const D = embeddingSize(net);
  const outer = placed(net);
  const layers = allPlaced(net);
  const named = (of: "parameters" | "state") =>
    Object.fromEntries(
      layers.flatMap((step) =>
        Object.entries(step[of]).map(([name, shape]): [string, Shape] => [`${step.name}.${name}`, shape]),
      ),
    );
  const classifier = { weight: `${CLASSIFIER}.weight`, bias: `${CLASSIFIER}.bias` };
  const parameters = flat(gpu, {
    ...named("parameters"),
    [classifier.weight]: [D, classes],
    [classifier.bias]: [classes],
  });
  const state = flat(gpu, named("state"));
  const spreads = new Map(layers.map((step) => [`${step.name}.weight`, spread(step)]));
  const r = random(seed);
  for (const [name, t] of Object.entries(parameters.tensors)) {
    t.needsGrad = true;
    if (name.endsWith(".weight")) t.write(normal(t.size, spreads.get(name) ?? narrow(t.shape), r));
    if (name.endsWith(".slope")) t.write(new Float32Array(t.size).fill(0.25));
    if (name.endsWith(".scale")) t.write(new Float32Array(t.size).fill(1));
  }
  for (const [name, t] of Object.entries(state.tensors)) {
    if (name.endsWith(".variance")) t.write(new Float32Array(t.size).fill(1));
  }

  const tensors = { ...parameters.tensors, ...state.tensors };
  const embed = (x: Tensor, training: boolean): Tensor => run(outer, tensors, training, cast(x, precision));
  const classify = (embeddings: Tensor): Tensor =>
    matmul(embeddings, tensors[classifier.weight], tensors[classifier.bias], {});
  const dispose = () => {
    parameters.values.dispose();
    state.values.dispose();
  };
  return { net, parameters, state, embedding: D, classes, embed, classify, dispose };
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
): Tensor {
  const sumAfter = (i: number) => (i === steps.length - 1 ? residual : undefined);
  let y = x;
  for (const [i, { layer, name, to, inner }] of steps.entries()) {
    const of = (what: string) => tensors[`${name}.${what}`];
    if (layer.kind === "conv") y = conv2d(y, of("weight"), layer.bias ? of("bias") : undefined, layer);
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
  }
  const last = steps.at(-1)?.layer.kind;
  return residual && last !== "batchNorm" && last !== "prelu" ? add(y, residual) : y;
}

/**
 * Standard deviation of a layer's fresh weights. Before a BatchNorm, `narrow`: that undoes the scale of what comes before it,
 * but the smaller the weights, the further one step turns them: with He et al.'s larger ones the face net reached 82.4 % on
 * LFW instead of 83.2. Elsewhere 1 / sqrt(inputs), Caffe's "xavier", which keeps the scale of what comes in.
 */
function spread({ layer, parameters: { weight = [] }, normalized }: Placed): number {
  if (layer.kind === "conv" && layer.spread !== undefined) return layer.spread;
  return normalized ? narrow(weight) : Math.sqrt(3) * narrow(weight);
}

/** 1 / sqrt(3 inputs), the deviation of the uniform weights PyTorch begins with; weights are (..., inputs, outputs). */
const narrow = (shape: Shape): number => 1 / Math.sqrt(3 * count(shape.slice(0, -1)));

const normal = (n: number, spread: number, r: Random): Float32Array =>
  Float32Array.from({ length: n }, () => spread * r.normal());
