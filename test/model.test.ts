// Nets are data: their sizes, their errors, their weights, what they compute, and their files.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { error } from "../src/check/check.ts";
import { createModel, type Model } from "../src/face/model.ts";
import {
  digitNet,
  faceNet,
  type Layer,
  mobileFaceNet,
  multiplyAdds,
  type Net,
  parameterCount,
  sphereFace,
} from "../src/face/nets.ts";
import { recipes } from "../src/face/recipes/index.ts";
import type { TrainOptions } from "../src/face/train.ts";
import { saveCheckpoint } from "../src/node/checkpoint.ts";
import { digitExperiment } from "../src/node/experiments/digits.ts";
import { openGpu } from "../src/node/gpu.ts";
import { loadModel, type ModelFile, readModelFile, saveModel } from "../src/node/model_file.ts";
import { backward } from "../src/op.ts";
import { batchNorm, conv2d, locallyConnected, matmul, prelu, relu, softmaxLoss } from "../src/ops/index.ts";
import { sgd } from "../src/optim.ts";
import { random } from "../src/random.ts";
import { array, type Nd, nd } from "../src/reference.ts";

// Each op is tested in poisoned memory; here that would be a pipeline more for each size.
const { gpu } = await openGpu();

const normal = (n: number, seed: number): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => r.normal());
};

describe("sizes", () => {
  test("the compact nets have the multiply-adds they are said to have", () => {
    // 56x48x16x9 + 28x24x32x144 + 14x12x64x288 + 7x6x128x576 + 5376x128
    expect(multiplyAdds(faceNet(128))).toBe(387_072 + 3_096_576 + 3_096_576 + 3_096_576 + 688_128);
    // 14x14x16x9 + 7x7x32x144 + 4x4x64x288 + 1024x32
    expect(multiplyAdds(digitNet(32))).toBe(28_224 + 225_792 + 294_912 + 32_768);
  });

  test("a local layer's weights count once for each place", () => {
    // 3x3x16, 16x(9x16x4 + 4), 16x9x4x4, 64x3 + 3
    expect(parameterCount(localNet)).toBe(144 + 9_280 + 2_304 + 195);
    // 64x9x16, as the filters before are at 8x8 places; then each weight is used once
    expect(multiplyAdds(localNet)).toBe(9_216 + 9_216 + 2_304 + 192);
  });

  // Parameters without the classifier's, multiply-adds, and a unit in the last digit that is published.
  const published: [Net, [count: number, unit: number], [count: number, unit: number]][] = [
    [mobileFaceNet(), [1.0e6, 1e4], [221e6, 1e6]],
    [mobileFaceNet(512), [1.2e6, 1e4], [221e6, 1e6]],
    [sphereFace(4), [12.56e6, 1e4], [164e6, 1e6]],
    [sphereFace(10), [15.2e6, 1e5], [759e6, 1e6]],
    [sphereFace(20), [22.7e6, 1e5], [1.75e9, 1e7]],
    [sphereFace(36), [32.8e6, 1e5], [3.34e9, 1e7]],
    [sphereFace(64), [48.2e6, 1e5], [6.1e9, 1e8]],
  ];
  test.each(published)("$name has the published ones", (net, [parameters, unit], [multiplied, unitOf]) => {
    expect(Math.round(parameterCount(net) / unit)).toBe(Math.round(parameters / unit));
    expect(Math.round(multiplyAdds(net) / unitOf)).toBe(Math.round(multiplied / unitOf));
  });

  test("SphereFace has no depth between", () => {
    expect(() => sphereFace(12 as 10)).toThrow(
      "sphereFace: depth is 12 but must be one of 4, 10, 20, 36, 64",
    );
  });
});

const conv = { kind: "conv", filters: 1, size: 1, stride: 1, pad: 0 } as const;
const local = { ...conv, kind: "local" } as const;

/** Filters that differ from place to place, with and without bias, and ReLUs, one of which ends a sum's second term. */
const localNet: Net = {
  name: "local",
  height: 16,
  width: 16,
  channels: 1,
  layers: [
    { ...conv, filters: 16, size: 3, stride: 2, pad: 1 },
    { kind: "relu" },
    { ...local, filters: 4, size: 3, stride: 2, pad: 1, bias: true },
    { kind: "residual", layers: [{ ...local, filters: 4, size: 3, pad: 1 }, { kind: "relu" }] },
    { kind: "flatten" },
    { kind: "linear", size: 3 },
  ],
};

const bad: [string, Net["layers"], RegExp][] = [
  ["linear on images", [{ kind: "linear", size: 3 }], /layer 0.linear gets \(4, 4, 1\); put flatten between/],
  ["conv on rows", [{ kind: "flatten" }, conv], /layer 1.conv gets \(16\)/],
  ["local on rows", [{ kind: "flatten" }, local], /layer 1.local gets \(16\); put flatten between/],
  [
    "a local filter too large",
    [{ ...local, size: 9 }],
    /^bad: layer 0.local: a window of \(9, 9\) is given but must fit into \(4, 4\)/,
  ],
  ["no row at the end", [{ kind: "prelu" }], /the last layer gives \(4, 4, 1\) but must give one row/],
  ["a filter too large", [{ ...conv, size: [9, 1], pad: 1 }], /\(9, 1\).*must fit into \(4, 4\)/],
  [
    "groups that do not divide",
    [
      { ...conv, filters: 4 },
      { ...conv, filters: 6, groups: 4 },
    ],
    /layer 1.conv has 4 groups but they must divide its 4 channels and 6 filters/,
  ],
  [
    "a residual of another shape",
    [{ kind: "residual", layers: [{ kind: "residual", layers: [{ ...conv, filters: 2 }] }] }],
    /layer 0.residual.0.residual gives \(4, 4, 2\) but must give \(4, 4, 1\)/,
  ],
];
test.each(bad)("%s is refused", (_, layers, message) => {
  expect(() => createModel(gpu, { name: "bad", height: 4, width: 4, channels: 1, layers }, 2, 1)).toThrow(
    message,
  );
});

describe("weights", () => {
  test("depend on the seed alone, and embeddings have the stated size", async () => {
    const weights = async (seed: number) => createModel(gpu, digitNet(5), 3, seed).parameters.values.read();
    const [a, b, c] = [await weights(1), await weights(1), await weights(2)];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);

    const model = createModel(gpu, digitNet(5), 3, 1);
    const x = gpu.zeros([2, 28, 28, 1]);
    const embeddings = model.embed(x, false);
    expect(embeddings.shape).toEqual([2, 5]);
    expect(model.classify(embeddings).shape).toEqual([2, 3]);
    expect((await embeddings.read()).every(Number.isFinite)).toBe(true);
  });

  test("spread by the inputs of a filter, in its group alone", async () => {
    const wide = { ...conv, filters: 512, size: 3 };
    const layers: Layer[] = [
      wide,
      { kind: "batchNorm" },
      { ...wide, groups: 512 },
      { ...wide, groups: 64, size: [2, 1], spread: 0.01 },
      { ...local, filters: 8, pad: 1, bias: true },
      { kind: "flatten" },
    ];
    const net = { name: "spread", height: 6, width: 5, channels: 3, layers };
    const { tensors } = createModel(gpu, net, 9, 1).parameters;
    const rms = async (name: string) =>
      Math.sqrt((await tensors[name].read()).reduce((sum, v) => sum + v * v, 0) / tensors[name].size);
    expect(tensors["3.conv.weight"].shape).toEqual([2, 1, 8, 512]);
    // Normal numbers: the root of the mean square is off by 1 / sqrt(2 n), here at most 0.011.
    expect((await rms("0.conv.weight")) * Math.sqrt(3 * 27)).toBeCloseTo(1, 1);
    expect((await rms("2.conv.weight")) * Math.sqrt(9)).toBeCloseTo(1, 1);
    expect((await rms("3.conv.weight")) / 0.01).toBeCloseTo(1, 1);
    expect((await rms("4.local.weight")) * Math.sqrt(512)).toBeCloseTo(1, 1); // of one place
    expect(await rms("4.local.bias")).toBe(0);
  });
});

/** Convs with and without groups and bias; sums in a BatchNorm, in a PReLU, and after neither. */
const residualNet: Net = {
  name: "tiny",
  height: 6,
  width: 5,
  channels: 2,
  layers: [
    { ...conv, filters: 4, size: 3, pad: 1, bias: true },
    { kind: "prelu" },
    {
      kind: "residual",
      layers: [
        { ...conv, filters: 8, size: 3, pad: 1, groups: 2 },
        { kind: "batchNorm" },
        { kind: "prelu" },
        { ...conv, filters: 4 },
        { kind: "batchNorm" },
      ],
    },
    {
      kind: "residual",
      layers: [{ ...conv, filters: 4, size: 3, pad: 1 }, { kind: "batchNorm" }, { kind: "prelu" }],
    },
    { kind: "residual", layers: [{ ...conv, filters: 4, size: 3, pad: 1, spread: 1 }, { kind: "prelu" }] },
    { kind: "residual", layers: [{ kind: "residual", layers: [{ ...conv, filters: 4 }] }] },
    { ...conv, filters: 4, size: [6, 5], groups: 4 },
    { kind: "batchNorm" },
    { kind: "flatten" },
    { kind: "linear", size: 3 },
  ],
};

/** A model whose parameters and running statistics are all different. */
function scattered(net: Net, seed: number): Model {
  const model = createModel(gpu, net, 3, seed);
  const { parameters, state } = model;
  parameters.values.write(normal(parameters.values.size, seed));
  state.values.write(normal(state.values.size, seed + 1).map((v) => 0.5 + v * v));
  return model;
}

describe("embeddings", () => {
  test.each([false, true])(
    "are those of the layers one by one, by formula: training is %s",
    async (training) => {
      const { embed, parameters, state } = scattered(residualNet, 5);
      const values: { [name: string]: Nd } = {};
      for (const [name, t] of Object.entries({ ...parameters.tensors, ...state.tensors })) {
        values[name] = array(t.shape, Float64Array.from(await t.read()));
      }
      const convolved = (name: string, x: Nd, options = {}) =>
        conv2d.reference(x, values[`${name}.conv.weight`], values[`${name}.conv.bias`], options);
      const bent = (name: string, x: Nd) => prelu.reference(x, values[`${name}.prelu.slope`], undefined);
      const normalized = (at: string, x: Nd) => {
        const of = (what: string) => values[`${at}.batchNorm.${what}`];
        const options = { training, mean: of("mean"), variance: of("variance") };
        return batchNorm.reference(x, of("scale"), of("shift"), undefined, undefined, options);
      };
      const plus = (a: Nd, b: Nd) => nd(a.shape, (...i) => a.at(...i) + b.at(...i));
      const padded = { pad: 1 };

      const x = array([3, 6, 5, 2], Float64Array.from(normal(180, 6)));
      let y = bent("1", convolved("0", x, padded));
      let z = bent(
        "2.residual.2",
        normalized("2.residual.1", convolved("2.residual.0", y, { pad: 1, groups: 2 })),
      );
      y = plus(y, normalized("2.residual.4", convolved("2.residual.3", z)));
      z = bent("3.residual.2", normalized("3.residual.1", convolved("3.residual.0", y, padded)));
      y = plus(y, z);
      y = plus(y, bent("4.residual.1", convolved("4.residual.0", y, padded)));
      y = plus(y, plus(y, convolved("5.residual.0.residual.0", y)));
      y = normalized("7", convolved("6", y, { groups: 4 }));
      const want = matmul.reference(
        array([3, 4], y.data),
        values["9.linear.weight"],
        values["9.linear.bias"],
        {},
      );

      const got = embed(gpu.tensor(Float32Array.from(x.data), x.shape), training);
      expect(got.shape).toEqual([3, 3]);
      expect(error(await got.read(), want.data)).toBeLessThan(1e-5);
    },
  );
});

test("local layers and ReLUs make embeddings by formula, in f16 too", async () => {
  const model = scattered(localNet, 11);
  const values: { [name: string]: Nd } = {};
  for (const [name, t] of Object.entries(model.parameters.tensors))
    values[name] = array(t.shape, Float64Array.from(await t.read()));
  const x = array([5, 16, 16, 1], Float64Array.from(normal(5 * 256, 12)));
  const strided = { stride: 2, pad: 1 };
  let y = relu.reference(conv2d.reference(x, values["0.conv.weight"], undefined, strided));
  y = locallyConnected.reference(y, values["2.local.weight"], values["2.local.bias"], strided);
  const z = locallyConnected.reference(y, values["3.residual.0.local.weight"], undefined, { pad: 1 });
  const rows = nd([5, 64], (n, i) => y.data[n * 64 + i] + Math.max(z.data[n * 64 + i], 0));
  const want = matmul.reference(rows, values["5.linear.weight"], values["5.linear.bias"], {});

  const images = gpu.tensor(Float32Array.from(x.data), x.shape);
  expect(error(await model.embed(images, false).read(), want.data)).toBeLessThan(1e-5);
  if (!gpu.device.features.has("shader-f16")) return;
  const half = createModel(gpu, localNet, 3, 11, { precision: "f16" });
  half.parameters.values.write(await model.parameters.values.read());
  const off = error(await half.embed(images, false).read(), want.data);
  expect(off).toBeGreaterThan(1e-5); // stored in f16 indeed
  expect(off).toBeLessThan(1e-2);
});

describe("training moves everything, and the loss falls", () => {
  /** The same kinds of layers on 16x16 pixels: a sixteenth of the channels, and nothing from the first residual to the last. */
  function tiny(net: Net): Net {
    const shrink = (layer: Layer): Layer => {
      if (layer.kind === "residual") return { ...layer, layers: layer.layers.map(shrink) };
      if (layer.kind === "linear") return { ...layer, size: 8 };
      if (layer.kind !== "conv") return layer;
      const { filters, groups = 1, size } = layer;
      return {
        ...layer,
        filters: filters / 16,
        groups: groups === 1 ? 1 : groups / 16,
        size: size === 7 ? 4 : size, // all pixels that are left
      };
    };
    const kinds = net.layers.map(({ kind }) => kind);
    const [first, last] = [kinds.indexOf("residual"), kinds.lastIndexOf("residual")];
    const layers = net.layers.filter((_, i) => i <= first || i > last).map(shrink);
    return { ...net, height: 16, width: 16, layers };
  }

  // The compact nets learn in train.test.ts.
  test.each([mobileFaceNet(), sphereFace(20), localNet])("$name", async (net) => {
    const model = createModel(gpu, net === localNet ? net : tiny(net), 4, 3);
    const { parameters, embed, classify } = model;
    const optimizer = sgd(parameters, { rate: 0.05, momentum: 0.9 });
    const x = gpu.tensor(normal(8 * 256 * net.channels, 7), [8, 16, 16, net.channels]);
    const label = gpu.tensor(Uint32Array.from([0, 1, 2, 3, 0, 1, 2, 3]));
    const step = await gpu.step(() => {
      const loss = softmaxLoss(classify(embed(x, true)), label, {});
      backward(loss);
      optimizer.update();
      return { loss };
    });
    const before = await parameters.values.read();
    const losses: number[] = [];
    for (let i = 0; i < 8; i++) losses.push((await step.run()).loss[0]);
    expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]);
    const after = await parameters.values.read();
    let start = 0;
    for (const [name, { size }] of Object.entries(parameters.tensors)) {
      const moved = after.subarray(start, start + size).some((v, i) => v !== before[start + i]);
      expect(moved, name).toBe(true);
      start += Math.ceil(size / 64) * 64; // slices start at multiples of 64
    }
    step.dispose();
  });
});

describe("files", () => {
  const folder = mkdtempSync(join(tmpdir(), "knotgrad-model-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const classes = ["a", "b", "c"];
  const embedding = async (model: Model) => {
    const { height, width, channels } = model.net;
    return model
      .embed(gpu.tensor(normal(height * width * channels, 8), [1, height, width, channels]), false)
      .read();
  };
  const read = async (path: string) => loadModel(gpu, await readModelFile(path));

  test.each([residualNet, localNet])("hold any net: $name", async (net) => {
    const path = join(folder, "tiny.safetensors");
    const model = scattered(net, 9);
    await saveModel(path, { model, classes }, { recipe: recipes.km() } as TrainOptions);
    const loaded = await read(path);
    expect(loaded.net).toEqual(net);
    expect(await embedding(loaded)).toEqual(await embedding(model));
  });

  test.each([
    ["a cosine classifier", { cosine: 24 }],
    ["one with the embedding's length", { cosine: "length" }],
    ["no classifier", "none"],
  ] as const)("hold %s", async (_, classifier) => {
    const path = join(folder, "classifier.safetensors");
    const model = createModel(gpu, residualNet, classifier === "none" ? 0 : 3, 4, { classifier });
    await saveModel(path, { model, classes }, { recipe: recipes.softmax() } as TrainOptions);
    const loaded = await read(path);
    expect(loaded.classifier).toEqual(classifier);
    expect(await embedding(loaded)).toEqual(await embedding(model));
    if (classifier === "none") return;
    const x = gpu.tensor(normal(model.embedding, 3), [1, model.embedding]);
    expect(await loaded.classify(x).read()).toEqual(await model.classify(x).read());
  });

  test("with a classifier of another kind are refused", async () => {
    const model = createModel(gpu, digitNet(5), 3, 1);
    const metadata = {
      format: "knotgrad 2",
      net: JSON.stringify(model.net),
      classes: JSON.stringify(classes),
    };
    for (const classifier of ['"nearest"', '{"cosine":"long"}', "{"]) {
      await expect(readModelFile(await written(model, { ...metadata, classifier }))).rejects.toThrow(
        "but it must be linear, none or a cosine one",
      );
    }
  });

  /** A file with a model's numbers and this metadata. */
  async function written(model: Model, metadata: { [name: string]: string }): Promise<string> {
    const path = join(folder, "written.safetensors");
    const tensors: { [name: string]: { shape: number[]; data: Float32Array } } = {};
    for (const [name, t] of Object.entries({ ...model.parameters.tensors, ...model.state.tensors })) {
      tensors[name] = { shape: [...t.shape], data: await t.read() };
    }
    await saveCheckpoint(path, tensors, { classes: JSON.stringify(classes), ...metadata });
    return path;
  }

  test("of format 1, which name their net, are read too", async () => {
    const model = scattered(digitNet(5), 10);
    const path = await written(model, { format: "knotgrad 1", net: "digit", embedding: "5" });
    expect(await embedding(await read(path))).toEqual(await embedding(model));
    expect(Object.keys(model.parameters.tensors).slice(0, 4)).toEqual([
      "0.conv.weight",
      "1.batchNorm.scale",
      "1.batchNorm.shift",
      "2.prelu.slope",
    ]);
  });

  const layered = (layers: unknown) => JSON.stringify({ ...residualNet, layers });
  test.each([
    ["no JSON", { format: "knotgrad 2", net: "digit" }],
    ["no layers", { format: "knotgrad 2", net: layered(undefined) }],
    ["a layer of a kind to come", { format: "knotgrad 2", net: layered([{ kind: "attention" }]) }],
    ["an option to come", { format: "knotgrad 2", net: layered([{ ...conv, dilation: 2 }]) }],
    ["half a filter", { format: "knotgrad 2", net: layered([{ ...conv, size: [3, 0.5] }]) }],
    ["local filters in groups", { format: "knotgrad 2", net: layered([{ ...local, groups: 1 }]) }],
    ["a ReLU with a slope", { format: "knotgrad 2", net: layered([{ kind: "relu", slope: 0 }]) }],
    ["a broken layer inside", { format: "knotgrad 2", net: layered([{ kind: "residual", layers: [{}] }]) }],
    ["a name of format 1 that there is not", { format: "knotgrad 1", net: "toString", embedding: "5" }],
  ])("with %s are refused", async (_, metadata: { [name: string]: string }) => {
    const path = await written(createModel(gpu, digitNet(2), 3, 1), metadata);
    await expect(readModelFile(path)).rejects.toThrow(
      "is a safetensors file but not one that `train` has written",
    );
  });

  test.each([
    [
      "of a format to come",
      { format: "knotgrad 3" },
      /has the format "knotgrad 3" but must have one of knotgrad 1, knotgrad 2$/,
    ],
    ["with classes that have no names", { classes: "[1,2,3]" }, /must list the names of at least 2 classes/],
    ["with one class", { classes: '["a"]' }, /must list the names of at least 2 classes/],
  ])("%s are refused", async (_, metadata: { [name: string]: string }, message) => {
    const net = JSON.stringify(digitNet(2));
    const path = await written(createModel(gpu, digitNet(2), 3, 1), {
      format: "knotgrad 2",
      net,
      ...metadata,
    });
    await expect(readModelFile(path)).rejects.toThrow(message);
  });

  test("that do not hold just what their net has are refused before any GPU work", async () => {
    const path = join(folder, "right.safetensors");
    const model = createModel(gpu, digitNet(2), 3, 1);
    await saveModel(path, { model, classes }, { recipe: recipes.km() } as TrainOptions);
    const file = await readModelFile(path);
    const { "classifier.bias": bias, ...others } = file.tensors;
    const refused: [ModelFile["tensors"], string][] = [
      [others, `classifier.bias of ${path} is missing but must be F32 (3)`],
      [{ ...others, "classifier.bias": { ...bias, shape: [3, 1] } }, "is F32 (3, 1) but must be F32 (3)"],
      [
        { ...others, "classifier.bias": { shape: [3], data: new Int32Array(3) } },
        "is I32 (3) but must be F32 (3)",
      ],
      [
        { ...others, "classifier.bias": { shape: [3], data: new Float32Array(2) } },
        "is F32 (3) with 2 numbers but",
      ],
      [
        { ...file.tensors, "classifier.scale": bias },
        `${path} has classifier.scale but there is no place for it`,
      ],
    ];
    const before = gpu.counters();
    for (const [tensors, message] of refused)
      expect(() => loadModel(gpu, { ...file, tensors })).toThrow(message);
    expect(() => loadModel(gpu, { ...file, classes: ["a", "b"] })).toThrow("but must be F32 (2, 2)");
    expect(gpu.counters()).toEqual(before);
  });
});

test("images come at the net's size and in its colours", () => {
  const net = { ...digitNet(), height: 30, width: 20, channels: 3 };
  const { train, tests, verification } = digitExperiment({ seed: 1, tail: 100, degrade: 0.5, net });
  for (const dataset of [train, tests.clean, tests.degraded, tests.tail, verification?.images]) {
    expect([dataset?.height, dataset?.width, dataset?.channels]).toEqual([30, 20, 3]);
    expect(dataset?.pixels.length).toBe(dataset!.labels.length * 1800);
  }
});
