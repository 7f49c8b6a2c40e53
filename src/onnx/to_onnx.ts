// A net with its weights as an ONNX file.
import { KnotgradError } from "../error.ts";
import type { Model } from "../face/model.ts";
import { type Placed, parameterCount, placed } from "../face/nets.ts";
import { EPSILON as LEAST_VARIANCE } from "../ops/batch_norm.ts";
import { EPSILON as LEAST_LENGTH } from "../ops/l2_normalize.ts";
import { count, type Shape } from "../tensor.ts";
import { Graph, PRODUCER } from "./graph.ts";

/** What `toOnnx` can be told. */
export interface OnnxOptions {
  /**
   * What goes in: `bytes`, pixels from 0 to 255 in u8, of which the file makes (pixel - 127.5) / 128, as training does; or
   * `normalized`, those numbers themselves in f32, as `embed` takes them. `bytes` unless told.
   */
  readonly input?: "bytes" | "normalized";
  /** The order of an image's numbers: (N, H, W, C), as everywhere here, or (N, C, H, W); NHWC unless told. */
  readonly layout?: "NHWC" | "NCHW";
  /** Whether logits (N, classes) come out too, under the name `logits`; no unless told. */
  readonly classifier?: boolean;
  /** Names of the classes, for the file's metadata; none unless told. */
  readonly classes?: readonly string[];
}

/** Most bytes of a file that readers of protocol buffers take. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The bytes of an ONNX file (opset 17) of what `model.embed` computes after training: from `image`, (N, H, W, C) with any N, to
 * `embedding` (N, D) in f32. BatchNorms are folded into the convolution, locally connected or linear layer before them, and are
 * a scale and a shift elsewhere. Locally connected layers, which ONNX does not have, are a convolution that gathers the numbers
 * under each filter, and a product. The metadata hold the net and the names of the classes. Throws where a weight is not
 * finite, the weights exceed 2 GiB, the names are not as many as the classes, or logits are asked for without a classifier.
 * Source: the ONNX standard, https://onnx.ai/onnx/.
 */
export async function toOnnx(model: Model, options: OnnxOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { input = "bytes", layout = "NHWC", classifier = false, classes } = options;
  refuse(model, options);
  const { net, embedding: D } = model;
  const { height: H, width: W, channels: C } = net;

  const values: { [name: string]: Float32Array } = {};
  for (const [name, t] of Object.entries({ ...model.parameters.tensors, ...model.state.tensors })) {
    values[name] = await t.read();
  }
  const graph = new Graph();
  const last = addLayers(graph, values, placed(net), addImage(graph, input, layout));
  graph.node("Identity", "embedding", [last]);
  if (classifier) addClassifier(graph, values, model);

  const scale = input === "bytes" ? "pixels from 0 to 255" : "(pixel - 127.5) / 128";
  return graph.encode({
    name: net.name,
    about: `${net.name}: image (${layout}, ${scale}) to embedding`,
    input: {
      name: "image",
      type: input === "bytes" ? "u8" : "f32",
      shape: layout === "NHWC" ? ["N", H, W, C] : ["N", C, H, W],
    },
    outputs: [
      { name: "embedding", type: "f32", shape: ["N", D] },
      ...(classifier ? [{ name: "logits", type: "f32", shape: ["N", model.classes] } as const] : []),
    ],
    metadata: {
      [`${PRODUCER}.net`]: JSON.stringify(net),
      ...(classes && { [`${PRODUCER}.classes`]: JSON.stringify(classes) }),
    },
  });
}

/** Weights and statistics by name. */
type Values = { readonly [name: string]: Float32Array };
type Numbers = Float32Array | Float64Array;

/** Throws what can be thrown before anything is read. */
function refuse(model: Model, { input, layout, classifier, classes }: OnnxOptions): void {
  const refuseOther = (name: string, given: string | undefined, allowed: readonly string[]) => {
    if (given !== undefined && !allowed.includes(given))
      throw new KnotgradError("value", `toOnnx: ${name} is ${given} but must be ${allowed.join(" or ")}`);
  };
  refuseOther("input", input, ["bytes", "normalized"]);
  refuseOther("layout", layout, ["NHWC", "NCHW"]);
  if (classes && classes.length !== model.classes) {
    throw new KnotgradError(
      "shape",
      `toOnnx: ${classes.length} names of classes are given but the model has ${model.classes}`,
    );
  }
  if (classifier && model.classifier === "none") {
    throw new KnotgradError(
      "missing",
      `toOnnx: logits are asked for but this ${model.net.name} net has no classifier`,
    );
  }
  const bytes = 4 * (parameterCount(model.net) + (classifier ? model.embedding * model.classes : 0));
  if (bytes > MOST_BYTES) {
    throw new KnotgradError(
      "limit",
      `toOnnx: the weights of ${model.net.name} take ${bytes} bytes but an ONNX file has at most ${MOST_BYTES}`,
    );
  }
}

/** From what goes in to images (N, C, H, W), the order of ONNX's convolution. */
function addImage(graph: Graph, input: "bytes" | "normalized", layout: "NHWC" | "NCHW"): string {
  const number = (name: string, value: number) => graph.weight(name, [], Float32Array.of(value));
  let x = "image";
  if (input === "bytes") {
    x = graph.node("Cast", "image.f32", [x], { to: 1 }); // 1 is FLOAT
    x = graph.node("Sub", "image.centered", [x, number("image.mean", 127.5)]);
    x = graph.node("Mul", "image.normalized", [x, number("image.scale", 1 / 128)]);
  }
  return layout === "NHWC" ? graph.node("Transpose", "image.nchw", [x], { perm: [0, 3, 1, 2] }) : x;
}

/** Adds what layers make of x, images (N, C, H, W) or rows (N, D). */
function addLayers(graph: Graph, values: Values, steps: readonly Placed[], x: string): string {
  let y = x;
  for (let i = 0; i < steps.length; ) {
    const { affine, end } = batchNorms(values, steps, hasWeights(steps[i]) ? i + 1 : i);
    y = addLayer(graph, values, steps[i], y, affine);
    i = Math.max(i + 1, end);
  }
  return y;
}

const hasWeights = ({ parameters }: Placed): boolean => "weight" in parameters;

/** y = scale x + shift for each channel. */
interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** What the BatchNorms from step `start` on do one after the other, none of them perhaps, and where they end. */
function batchNorms(
  values: Values,
  steps: readonly Placed[],
  start: number,
): { affine: Affine; end: number } {
  const C = (steps[start]?.from ?? steps[start - 1].to).at(-1)!;
  const scale = new Float64Array(C).fill(1);
  const shift = new Float64Array(C);
  let end = start;
  for (; steps[end]?.layer.kind === "batchNorm"; end++) {
    const of = (what: string) => values[`${steps[end].name}.${what}`];
    const [factor, offset, mean, variance] = [of("scale"), of("shift"), of("mean"), of("variance")];
    for (let c = 0; c < C; c++) {
      const times = factor[c] / Math.sqrt(variance[c] + LEAST_VARIANCE);
      scale[c] *= times;
      shift[c] = times * (shift[c] - mean[c]) + offset[c];
    }
  }
  return { affine: { scale, shift }, end };
}

/** Adds one layer, with the BatchNorms that belong to it. Gives the name of its result. */
function addLayer(graph: Graph, values: Values, step: Placed, x: string, { scale, shift }: Affine): string {
  const { layer, name, from, to, parameters, inner } = step;
  const add = (what: string, shape: Shape, numbers: Numbers) =>
    graph.weight(`${name}.${what}`, shape, Float32Array.from(numbers));
  const perChannel = (what: string, numbers: Numbers) =>
    add(what, from.length === 1 ? from : [numbers.length, 1, 1], numbers);
  // s (w x + b) + t = (s w) x + (s b + t), outputs being the last size of both.
  const weight = () => values[`${name}.weight`].map((w, i) => w * scale[i % scale.length]);
  const bias = (size: number) =>
    Float64Array.from(
      values[`${name}.bias`] ?? new Float32Array(size),
      (b, i) => b * scale[i % scale.length] + shift[i % scale.length],
    );
  switch (layer.kind) {
    case "linear": {
      const w = add("weight", parameters["weight"], weight());
      return graph.node("Gemm", name, [x, w, add("bias", to, bias(to[0]))]);
    }
    case "conv": {
      const [R, S, C, O] = parameters["weight"]; // C channels of x in a group
      const w = add("weight", [O, C, R, S], permuted(weight(), [R, S, C, O], [3, 2, 0, 1]));
      const how = { ...moves(layer, R, S), group: layer.groups ?? 1 };
      return graph.node("Conv", name, [x, w, add("bias", [O], bias(O))], how);
    }
    case "local": {
      const [P, Q, R, S, C, O] = parameters["weight"];
      const K = C * R * S;
      // Filter k is 1 at the k-th number under a filter, in the order (C, R, S).
      const taps = Float32Array.from({ length: K * R * S }, (_, i) => {
        const k = Math.floor(i / (R * S));
        return Number(i % (R * S) === k % (R * S));
      });
      const under = graph.node("Conv", `${name}.under`, [x, add("taps", [K, 1, R, S], taps)], {
        ...moves(layer, R, S),
        group: C,
      });
      const rows = graph.node("Transpose", `${name}.rows`, [under], { perm: [2, 3, 0, 1] }); // (P, Q, N, K)
      const w = permuted(weight(), [P, Q, R, S, C, O], [0, 1, 4, 2, 3, 5]);
      const product = graph.node("MatMul", `${name}.product`, [rows, add("weight", [P, Q, K, O], w)]);
      const b = add("bias", [P, Q, 1, O], bias(P * Q * O));
      const sum = graph.node("Add", `${name}.sum`, [product, b]); // (P, Q, N, O)
      return graph.node("Transpose", name, [sum], { perm: [2, 3, 0, 1] });
    }
    case "batchNorm": {
      const scaled = graph.node("Mul", `${name}.scaled`, [x, perChannel("scale", scale)]);
      return graph.node("Add", name, [scaled, perChannel("shift", shift)]);
    }
    case "relu":
      return graph.node("Relu", name, [x]);
    case "prelu":
      return graph.node("PRelu", name, [x, perChannel("slope", values[`${name}.slope`])]);
    case "residual":
      return graph.node("Add", name, [addLayers(graph, values, inner, x), x]);
    case "flatten": {
      const images = graph.node("Transpose", `${name}.nhwc`, [x], { perm: [0, 2, 3, 1] });
      return graph.node("Flatten", name, [images], { axis: 1 });
    }
  }
}

/** How a filter of (R, S) moves over an image, as ONNX says it. */
const moves = ({ stride, pad }: { stride: number; pad: number }, R: number, S: number) => ({
  kernel_shape: [R, S],
  strides: [stride, stride],
  pads: [pad, pad, pad, pad],
});

/** An array's numbers with its dimensions in another order: the k-th is dimension order[k] of `shape`. */
function permuted(values: Float32Array, shape: Shape, order: readonly number[]): Float32Array {
  const steps = shape.map((_, d) => count(shape.slice(d + 1)));
  const sizes = order.map((d) => shape[d]);
  const out = new Float32Array(values.length);
  let at = 0;
  const fill = (k: number, start: number): void => {
    if (k === order.length) out[at++] = values[start];
    else for (let i = 0; i < sizes[k]; i++) fill(k + 1, start + i * steps[order[k]]);
  };
  fill(0, 0);
  return out;
}

/** Adds the classifier, from `embedding` to `logits`. */
function addClassifier(graph: Graph, values: Values, { classifier, embedding: D, classes }: Model): void {
  const weight = values["classifier.weight"];
  const add = (what: string, shape: Shape, numbers: ArrayLike<number>) =>
    graph.weight(`classifier.${what}`, shape, Float32Array.from(numbers));
  if (typeof classifier !== "object") {
    const [w, b] = [add("weight", [D, classes], weight), add("bias", [classes], values["classifier.bias"])];
    graph.node("Gemm", "logits", ["embedding", w, b]);
    return;
  }
  const { cosine } = classifier;
  const unit = new Float64Array(weight.length);
  for (let c = 0; c < classes; c++) {
    const row = weight.subarray(c * D, (c + 1) * D);
    const length = Math.max(Math.hypot(...row), LEAST_LENGTH);
    row.forEach((w, d) => {
      unit[c * D + d] = (cosine === "length" ? 1 : cosine) * (w / length);
    });
  }
  const w = add("weight", [classes, D], unit);
  let x = "embedding";
  if (cosine !== "length") {
    const length = graph.node("ReduceL2", "classifier.length", [x], { axes: [1], keepdims: 1 });
    const least = graph.node("Max", "classifier.divisor", [length, add("least", [], [LEAST_LENGTH])]);
    x = graph.node("Div", "classifier.direction", [x, least]);
  }
  graph.node("Gemm", "logits", [x, w], { transB: 1 });
}
