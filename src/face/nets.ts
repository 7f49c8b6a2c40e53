// Embedding networks as data, and what can be said of them without a GPU.
import { KnotgradError } from "../error.ts";
import { outputSize } from "../ops/conv2d.ts";
import { count, type Shape } from "../tensor.ts";

/** One layer of a net. */
export type Layer =
  | ConvLayer
  | LocalLayer
  | { readonly kind: "batchNorm" }
  | { readonly kind: "relu" }
  | { readonly kind: "prelu" }
  /** x + layers(x). */
  | { readonly kind: "residual"; readonly layers: readonly Layer[] }
  /** (N, H, W, C) to (N, H W C). */
  | { readonly kind: "flatten" }
  /** (N, D) to (N, size), with bias. */
  | { readonly kind: "linear"; readonly size: number };

/** Filters on (N, H, W, C). */
export interface ConvLayer {
  /** Always this. */
  readonly kind: "conv";
  /** Channels that come out. */
  readonly filters: number;
  /** Height and width R, S of a filter; one number where they are alike. */
  readonly size: number | readonly [R: number, S: number];
  /** Pixels from one position to the next, in both directions. */
  readonly stride: number;
  /** Zeros around the image on each side. */
  readonly pad: number;
  /** Groups of channels that do not mix, as many as C and `filters` where each channel has its own filter; 1 unless told. */
  readonly groups?: number;
  /** Whether each filter has a bias; a BatchNorm that follows would undo it. No unless told. */
  readonly bias?: boolean;
  /** Standard deviation of fresh weights, where the inputs of a filter do not tell it. */
  readonly spread?: number;
}

/** Filters on (N, H, W, C) that differ from place to place, as in DeepFace. */
export interface LocalLayer {
  /** Always this. */
  readonly kind: "local";
  /** Channels that come out. */
  readonly filters: number;
  /** Height and width R, S of a filter; one number where they are alike. */
  readonly size: number | readonly [R: number, S: number];
  /** Pixels from one position to the next, in both directions. */
  readonly stride: number;
  /** Zeros around the image on each side. */
  readonly pad: number;
  /** Whether each filter has a bias at each place. No unless told. */
  readonly bias?: boolean;
}

/** A net from images to embeddings. */
export interface Net {
  /** What tables and files call it. */
  readonly name: string;
  /** Pixels of an image from top to bottom. */
  readonly height: number;
  /** Pixels of an image from left to right. */
  readonly width: number;
  /** 1 for grey images, 3 for red, green and blue. */
  readonly channels: number;
  /** From images (N, height, width, channels) to embeddings (N, D). */
  readonly layers: readonly Layer[];
}

/** Conv and BatchNorm; the image keeps its size but for the stride. */
const linearStage = (filters: number, stride: number, size = 3, groups = 1): Layer[] => [
  { kind: "conv", filters, size, stride, pad: Math.floor(size / 2), groups },
  { kind: "batchNorm" },
];

/** Conv, BatchNorm and PReLU. */
const stage = (...how: Parameters<typeof linearStage>): Layer[] => [
  ...linearStage(...how),
  { kind: "prelu" },
];

/** The head: an embedding of `size` numbers, each with mean 0 and variance 1 over a batch. */
const embedding = (size: number): Layer[] => [
  { kind: "flatten" },
  { kind: "linear", size },
  { kind: "batchNorm" },
];

/** The compact face net: 56x48 grey crops, 10.4 million multiply-adds with an embedding of 128. */
export const faceNet = (size = 128): Net => ({
  name: "face",
  height: 56,
  width: 48,
  channels: 1,
  layers: [...stage(16, 1), ...stage(32, 2), ...stage(64, 2), ...stage(128, 2), ...embedding(size)],
});

/** The same idea for 28x28 digits: 0.6 million multiply-adds with an embedding of 32. */
export const digitNet = (size = 32): Net => ({
  name: "digit",
  height: 28,
  width: 28,
  channels: 1,
  layers: [...stage(16, 2), ...stage(32, 2), ...stage(64, 2), ...embedding(size)],
});

/** C to O channels by way of t C, which mix in the 1x1 convs alone; added to what came in where it has that shape. */
function bottleneck(C: number, t: number, O: number, stride: number): Layer[] {
  const layers = [...stage(t * C, 1, 1), ...stage(t * C, stride, 3, t * C), ...linearStage(O, 1, 1)];
  return stride === 1 && C === O ? [{ kind: "residual", layers }] : layers;
}

/** MobileFaceNet's bottlenecks: n times, of which the first has the stride. */
const BOTTLENECKS = [
  { t: 2, O: 64, n: 5, stride: 2 },
  { t: 4, O: 128, n: 1, stride: 2 },
  { t: 2, O: 128, n: 6, stride: 1 },
  { t: 4, O: 128, n: 1, stride: 2 },
  { t: 2, O: 128, n: 2, stride: 1 },
];

/**
 * MobileFaceNet: 112x112 colour crops, 221 million multiply-adds, 1.0 million parameters with an embedding of 128. Source:
 * Chen, Liu, Gao, Han, "MobileFaceNets: Efficient CNNs for Accurate Real-Time Face Verification on Mobile Devices", 2018.
 */
export function mobileFaceNet(size = 128): Net {
  const layers = [...stage(64, 2), ...stage(64, 1, 3, 64)];
  let C = 64;
  for (const { t, O, n, stride } of BOTTLENECKS) {
    for (let i = 0; i < n; i++) {
      layers.push(...bottleneck(C, t, O, i === 0 ? stride : 1));
      C = O;
    }
  }
  layers.push(
    ...stage(512, 1, 1),
    // Each channel weighs the pixels in its own way, where an average would count them alike.
    { kind: "conv", filters: 512, size: 7, stride: 1, pad: 0, groups: 512 },
    { kind: "batchNorm" },
    ...linearStage(size, 1, 1),
    { kind: "flatten" },
  );
  return { name: "mobile", height: 112, width: 112, channels: 3, layers };
}

/** Residual blocks after each of SphereFace's strided convs, by the number of convs and linear layers in all. */
const SPHERE_BLOCKS = {
  4: [0, 0, 0, 0],
  10: [0, 1, 2, 0],
  20: [1, 2, 4, 1],
  36: [2, 4, 8, 2],
  64: [3, 8, 16, 3],
};

/**
 * SphereFace's nets, without BatchNorm: 112x96 colour crops; from 164 million multiply-adds and 12.6 million parameters
 * (depth 4) to 6.1 billion and 48.2 million (depth 64). Throws where depth is none of theirs. Source: Liu et al., "SphereFace:
 * Deep Hypersphere Embedding for Face Recognition", CVPR 2017, and its released nets, where convs in residual blocks learn no
 * bias and begin with a deviation of 0.01, so that a block begins as little more than the identity.
 */
export function sphereFace(depth: keyof typeof SPHERE_BLOCKS, size = 512): Net {
  const blocks = SPHERE_BLOCKS[depth];
  if (!blocks) {
    throw new KnotgradError(
      "value",
      `sphereFace: depth is ${depth} but must be one of ${Object.keys(SPHERE_BLOCKS).join(", ")}`,
    );
  }
  const layers = blocks.flatMap((n, i): Layer[] => {
    const conv = { kind: "conv", filters: 64 * 2 ** i, size: 3, pad: 1 } as const;
    const inner: Layer[] = [{ ...conv, stride: 1, spread: 0.01 }, { kind: "prelu" }];
    const block: Layer = { kind: "residual", layers: [...inner, ...inner] };
    return [{ ...conv, stride: 2, bias: true }, { kind: "prelu" }, ...Array<Layer>(n).fill(block)];
  });
  layers.push({ kind: "flatten" }, { kind: "linear", size });
  return { name: `sphere${depth}`, height: 112, width: 96, channels: 3, layers };
}

/** The nets by name; each takes the size of its embedding. */
export const nets: { readonly [name: string]: (size?: number) => Net } = {
  face: faceNet,
  digit: digitNet,
  mobile: mobileFaceNet,
  sphere4: (size) => sphereFace(4, size),
  sphere10: (size) => sphereFace(10, size),
  sphere20: (size) => sphereFace(20, size),
  sphere36: (size) => sphereFace(36, size),
  sphere64: (size) => sphereFace(64, size),
};

/** A layer in its place: what it gets, gives and needs. */
export interface Placed {
  readonly layer: Layer;
  /** Names its tensors, such as "3.conv", or "4.residual.0.conv" inside of another. */
  readonly name: string;
  /** What it gets of one image. */
  readonly from: Shape;
  /** What it gives of one image. */
  readonly to: Shape;
  /** Shapes of what training moves. */
  readonly parameters: { readonly [name: string]: Shape };
  /** Shapes of its running statistics. */
  readonly state: { readonly [name: string]: Shape };
  /** Multiply-adds for one image, but for those of inner layers; BatchNorm, ReLU and PReLU are not counted. */
  readonly multiplyAdds: number;
  /** Whether a BatchNorm follows. */
  readonly normalized: boolean;
  /** The layers of a residual. */
  readonly inner: readonly Placed[];
}

/** The outer layers of a net in their places. Throws where one does not fit those before. */
export const placed = (net: Net): Placed[] =>
  place(net.name, net.layers, [net.height, net.width, net.channels], "");

function place(net: string, layers: readonly Layer[], image: Shape, prefix: string): Placed[] {
  let from = image;
  return layers.map((layer, i) => {
    const name = `${prefix}${i}.${layer.kind}`;
    const normalized = layers[i + 1]?.kind === "batchNorm";
    const made = {
      layer,
      name,
      from,
      normalized,
      to: from,
      parameters: {},
      state: {},
      multiplyAdds: 0,
      inner: [],
    };
    const step: Placed = {
      ...made,
      ...needs(layer, from, `${net}: layer ${name}`, (inner) => place(net, inner, from, `${name}.`)),
    };
    from = step.to;
    return step;
  });
}

/** What differs from layer to layer. Throws, for `what`, where the layer does not fit. */
function needs(
  layer: Layer,
  from: Shape,
  what: string,
  within: (layers: readonly Layer[]) => Placed[],
): Partial<Placed> {
  const given = from.join(", ");
  const C = from.at(-1)!;
  const { kind } = layer;
  const onImages = kind === "conv" || kind === "local" || kind === "flatten";
  if (from.length === 1 ? onImages : kind === "linear") {
    throw new KnotgradError("value", `${what} gets (${given}); put flatten between images and linear layers`);
  }
  switch (layer.kind) {
    case "conv": {
      const { filters, size, groups = 1, bias = false } = layer;
      if (C % groups !== 0 || filters % groups !== 0) {
        throw new KnotgradError(
          "value",
          `${what} has ${groups} groups but they must divide its ${C} channels and ${filters} filters`,
        );
      }
      const [R, S] = typeof size === "number" ? [size, size] : size;
      const weight = [R, S, C / groups, filters];
      const to = [...outputSize([1, ...from], weight, layer), filters];
      return {
        to,
        parameters: { weight, ...(bias && { bias: [filters] }) },
        multiplyAdds: (count(to) * count(weight)) / filters,
      };
    }
    case "local": {
      const { filters, size, bias = false } = layer;
      const [R, S] = typeof size === "number" ? [size, size] : size;
      const [P, Q] = outputSize([1, ...from], [R, S], layer, what);
      const to = [P, Q, filters];
      const weight = [P, Q, R, S, C, filters];
      return { to, parameters: { weight, ...(bias && { bias: to }) }, multiplyAdds: count(weight) };
    }
    case "relu":
      return {};
    case "batchNorm":
      return { parameters: { scale: [C], shift: [C] }, state: { mean: [C], variance: [C] } };
    case "prelu":
      return { parameters: { slope: [C] } };
    case "residual": {
      const inner = within(layer.layers);
      const to = inner.at(-1)?.to ?? from;
      if (String(to) !== String(from)) {
        throw new KnotgradError(
          "value",
          `${what} gives (${to.join(", ")}) but must give (${given}), which it is added to`,
        );
      }
      return { inner };
    }
    case "flatten":
      return { to: [count(from)] };
    case "linear":
      return {
        to: [layer.size],
        parameters: { weight: [C, layer.size], bias: [layer.size] },
        multiplyAdds: C * layer.size,
      };
  }
}

/** Layers, each before those inside of it. */
export const withInner = (steps: readonly Placed[]): Placed[] =>
  steps.flatMap((step) => [step, ...withInner(step.inner)]);

/** The layers of a net in their places, each before those inside of it. Throws where one does not fit those before. */
export const allPlaced = (net: Net): Placed[] => withInner(placed(net));

/**
 * Multiply-adds of a net for one image; BatchNorm, ReLU, PReLU and sums are not counted. Throws where a layer does not fit those
 * before.
 */
export const multiplyAdds = (net: Net): number =>
  allPlaced(net).reduce((sum, step) => sum + step.multiplyAdds, 0);

/** Numbers that training moves in a net, without the classifier's. Throws where a layer does not fit those before. */
export const parameterCount = (net: Net): number =>
  allPlaced(net)
    .flatMap(({ parameters }) => Object.values(parameters))
    .reduce((sum, shape) => sum + count(shape), 0);
