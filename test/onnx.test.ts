// What onnxruntime computes from the files of `toOnnx` is what the nets compute here.
import { readdirSync, readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { runCommand } from "citty";
import { ModelProtoSchema } from "onnx-buf";
import * as ort from "onnxruntime-web";
import { describe, expect, test, vi } from "vitest";
import { error } from "../src/check/check.ts";
import { makeDataset } from "../src/face/dataset.ts";
import { createModel, type Model } from "../src/face/model.ts";
import { type Layer, type Net, nets } from "../src/face/nets.ts";
import { recipes } from "../src/face/recipes/index.ts";
import { fillBatch } from "../src/face/sampling.ts";
import type { TrainOptions } from "../src/face/train.ts";
import { exportOnnx } from "../src/node/commands/export.ts";
import { openGpu } from "../src/node/gpu.ts";
import { saveModel } from "../src/node/model_file.ts";
import { type OnnxOptions, toOnnx } from "../src/onnx/index.ts";
import { random } from "../src/random.ts";
import { nd } from "../src/reference.ts";
import { saying } from "./saying.ts";
import { scratch } from "./scratch.ts";

ort.env.wasm.numThreads = 1;
const { gpu } = await openGpu();

const normal = (n: number, seed: number): Float32Array<ArrayBuffer> => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => r.normal());
};

/** A model all of whose numbers are random: slopes, scales, shifts, biases, means and variances too. */
function randomModel(...[net, classes, options]: [Net, number?, Parameters<typeof createModel>[4]?]): Model {
  const model = createModel(gpu, net, classes ?? 2, 1, options);
  for (const [name, t] of Object.entries({ ...model.parameters.tensors, ...model.state.tensors })) {
    if (name.endsWith(".weight")) continue;
    const [center, spread] = name.endsWith(".variance") || name.endsWith(".scale") ? [1, 0.1] : [0, 0.3];
    t.write(normal(t.size, t.size + name.length).map((v) => center + spread * v));
  }
  return model;
}

const open = (bytes: Uint8Array) => ort.InferenceSession.create(bytes);
const numbers = (tensor: ort.Tensor) => tensor.data as Float32Array;

/** The largest difference of embeddings, and of logits where there are, relative to the largest number, for each batch. */
async function differences(
  model: Model,
  batches: readonly number[],
  options: OnnxOptions = {},
): Promise<number[]> {
  const session = await open(await toOnnx(model, { input: "normalized", ...options }));
  const { height, width, channels } = model.net;
  const errors: number[] = [];
  for (const N of batches) {
    const shape = [N, height, width, channels];
    const x = normal(N * height * width * channels, 7);
    const embedding = model.embed(gpu.tensor(x, shape), false);
    const own = { embedding, ...(options.classifier && { logits: model.classify(embedding) }) };
    const results = await session.run({ image: new ort.Tensor("float32", x, shape) });
    expect(Object.keys(results)).toEqual(Object.keys(own));
    for (const [name, t] of Object.entries(own)) {
      expect(results[name].dims).toEqual(t.shape);
      errors.push(error(numbers(results[name]), Array.from(await t.read())));
    }
  }
  return errors;
}

const conv = { kind: "conv", filters: 6, size: 3, stride: 1, pad: 1 } as const;
const local = { kind: "local", filters: 4, size: 3, stride: 1, pad: 1 } as const;
const norm: Layer = { kind: "batchNorm" };
const prelu: Layer = { kind: "prelu" };
const relu: Layer = { kind: "relu" };

/** Every kind of layer, at odd sizes, with BatchNorms that can be folded and others that cannot. */
const everything: Net = {
  name: "everything",
  height: 13,
  width: 10,
  channels: 3,
  layers: [
    norm,
    { ...conv, size: [5, 2], stride: 2, pad: 1, bias: true },
    norm,
    norm,
    prelu,
    norm,
    {
      kind: "residual",
      layers: [norm, { ...conv, groups: 3 }, { kind: "residual", layers: [{ ...conv, groups: 6 }] }, relu],
    },
    { kind: "residual", layers: [{ ...conv, size: 1, pad: 0 }, norm, prelu] },
    { ...local, size: [3, 2], stride: 2, bias: true },
    norm,
    relu,
    { kind: "residual", layers: [local] },
    { kind: "flatten" },
    norm,
    { kind: "linear", size: 7 },
    norm,
    prelu,
    { kind: "residual", layers: [{ kind: "linear", size: 7 }, relu] },
    { kind: "linear", size: 5 },
  ],
};

/** The least that has a BatchNorm to fold and an order to flatten. */
const small: Net = {
  name: "small",
  height: 5,
  width: 4,
  channels: 2,
  layers: [{ ...conv, filters: 4 }, norm, prelu, { kind: "flatten" }, { kind: "linear", size: 3 }],
};

describe("onnxruntime computes what the net computes", () => {
  test.each<[string, Net, number[]]>([
    ["every kind of layer", everything, [1, 3]],
    ["the digit net", nets["digit"](), [1, 3]],
    ["the face net", nets["face"](), [1, 3]],
    ["MobileFaceNet", nets["mobile"](), [1]],
  ])("%s", async (_, net, batches) => {
    for (const e of await differences(randomModel(net), batches)) expect(e).toBeLessThan(1e-5);
  });

  test("with frozen layers, whose weights are not parameters", async () => {
    for (const e of await differences(randomModel(small, 2, { frozen: 2 }), [3]))
      expect(e).toBeLessThan(1e-5);
  });

  test.each([["linear"], [{ cosine: 24 }], [{ cosine: "length" }]] as const)(
    "with logits of a classifier, %o",
    async (classifier) => {
      const model = randomModel(small, 4, { classifier });
      const errors = await differences(model, [3], { classifier: true });
      expect(errors).toHaveLength(2);
      for (const e of errors) expect(e).toBeLessThan(1e-5);
    },
  );

  test.each(["NHWC", "NCHW"] as const)("from bytes, %s", async (layout) => {
    const model = randomModel(small);
    const N = 3;
    const pixels = Uint8Array.from({ length: N * 5 * 4 * 2 }, (_, i) => (i * 89) % 256);
    const x = new Float32Array(pixels.length);
    const images = { height: 5, width: 4, channels: 2 };
    const data = makeDataset({ ...images, pixels, labels: new Uint32Array(N), classes: ["a"] });
    fillBatch(data, [0, 1, 2], {}, x);
    const own = await model.embed(gpu.tensor(x, [N, 5, 4, 2]), false).read();

    const session = await open(await toOnnx(model, { layout }));
    const planes = nd([N, 2, 5, 4], (n, c, h, w) => pixels[((n * 5 + h) * 4 + w) * 2 + c]);
    const image =
      layout === "NHWC"
        ? new ort.Tensor("uint8", pixels, [N, 5, 4, 2])
        : new ort.Tensor("uint8", Uint8Array.from(planes.data), planes.shape);
    const { embedding } = await session.run({ image });
    expect(error(numbers(embedding), own)).toBeLessThan(1e-5);
  });
});

describe("a file", () => {
  test("folds BatchNorms into what comes before them and leaves the rest", async () => {
    const { graph } = fromBinary(ModelProtoSchema, await toOnnx(randomModel(everything)));
    const types = graph!.node.map(({ opType }) => opType);
    const foldable = ["Conv", "PRelu", "Mul", "Add"];
    // image; BatchNorm; conv and two BatchNorms; PReLU; BatchNorm
    expect(types.slice(0, 10)).toEqual(["Cast", "Sub", "Mul", "Transpose", "Mul", "Add", ...foldable]);
    // rows: BatchNorm; linear and BatchNorm; PReLU; residual; linear
    const rows = types.slice(types.indexOf("Flatten") + 1);
    expect(rows).toEqual(["Mul", "Add", "Gemm", "PRelu", "Gemm", "Relu", "Add", "Gemm", "Identity"]);
    expect(types).not.toContain("BatchNormalization");
  });

  test("says what goes in, what comes out, and what the net is", async () => {
    const model = randomModel(small, 2);
    const file = fromBinary(ModelProtoSchema, await toOnnx(model, { classes: ["Ada", "Grace"] }));
    expect(file.producerName).toBe("knotgrad");
    expect(file.opsetImport.map(({ version }) => version)).toEqual([17n]);
    expect(file.docString).toBe("small: image (NHWC, pixels from 0 to 255) to embedding");
    const metadata = Object.fromEntries(file.metadataProps.map(({ key, value }) => [key, value]));
    expect(JSON.parse(metadata["knotgrad.net"])).toEqual(small);
    expect(JSON.parse(metadata["knotgrad.classes"])).toEqual(["Ada", "Grace"]);
    const session = await open(await toOnnx(model, { layout: "NCHW", input: "normalized" }));
    expect(session.inputMetadata).toMatchObject([{ name: "image", type: "float32", shape: ["N", 2, 5, 4] }]);
    expect(session.outputMetadata).toMatchObject([{ name: "embedding", type: "float32", shape: ["N", 3] }]);
  });
});

describe("what cannot be exported is refused", () => {
  test.each<[string, (model: Model) => Promise<unknown>, string]>([
    [
      "names of other classes",
      (model) => toOnnx(model, { classes: ["Ada"] }),
      "toOnnx: 1 names of classes are given but the model has 2",
    ],
    [
      "another layout",
      (model) => toOnnx(model, { layout: "CHWN" as "NCHW" }),
      "toOnnx: layout is CHWN but must be NHWC or NCHW",
    ],
    [
      "another input",
      (model) => toOnnx(model, { input: "floats" as "bytes" }),
      "toOnnx: input is floats but must be bytes or normalized",
    ],
    [
      "logits without a classifier",
      () => toOnnx(createModel(gpu, small, 0, 1, { classifier: "none" }), { classifier: true }),
      "toOnnx: logits are asked for but this small net has no classifier",
    ],
    [
      "more than a file holds",
      (model) => {
        const layers: Layer[] = [{ kind: "flatten" }, { kind: "linear", size: 2 ** 24 }];
        return toOnnx({ ...model, net: { ...small, name: "huge", layers } });
      },
      "toOnnx: the weights of huge take 2751463424 bytes but an ONNX file has at most 2147483647",
    ],
    [
      "a model given back",
      (model) => {
        model.dispose();
        return toOnnx(model);
      },
      "read: the tensor was given back; keep it while it is used",
    ],
  ])("%s", async (_, run, message) => {
    await expect(run(createModel(gpu, small, 2, 1))).rejects.toThrow(saying(message));
  });

  test("weights that are not finite, as they come into the file", async () => {
    const model = createModel(gpu, small, 2, 1);
    model.state.tensors["1.batchNorm.variance"].write(Float32Array.of(1, 1, -1, 1));
    await expect(toOnnx(model)).rejects.toThrow(
      saying(
        "toOnnx: 0.conv.weight holds NaN but must be finite; take weights from before training went wrong",
      ),
    );
  });
});

describe("the command export", () => {
  const { at, put } = scratch();
  const model = randomModel(small, 2);
  const save = async (): Promise<string> => {
    const file = at("small.safetensors");
    await saveModel(file, { model, classes: ["Ada", "Grace"] }, { recipe: recipes.km() } as TrainOptions);
    return file;
  };
  const run = async (...rawArgs: string[]): Promise<string> => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      await runCommand(exportOnnx, { rawArgs });
      return log.mock.calls.join("\n");
    } finally {
      log.mockRestore();
    }
  };

  test("writes what toOnnx gives, and only over its own files", async () => {
    const [file, out] = [await save(), at("small.onnx")];
    const said = await run("--model", file, "--out", out, "--classifier", "--json");
    const classes = ["Ada", "Grace"];
    const whole = await toOnnx(model, { classes, classifier: true });
    expect(new Uint8Array(readFileSync(out))).toEqual(whole);
    expect(said).toContain(
      "small: image (N, 5, 4, 2), uint8, to embedding (N, 3) and logits (N, 2)\nONNX file: ",
    );
    expect(JSON.parse(said.split("\n").at(-1)!)).toMatchObject({ net: "small", out, bytes: whole.length });

    await run("--model", file, "--out", out, "--input", "normalized", "--layout", "NCHW");
    const other = await toOnnx(model, { classes, input: "normalized", layout: "NCHW" });
    expect(new Uint8Array(readFileSync(out))).toEqual(other);
    expect(readdirSync(at()).filter((name) => name.includes("onnx"))).toEqual(["small.onnx"]);
  });

  test("tells a file that cannot be written, and leaves nothing", async () => {
    const out = at(`${"x".repeat(245)}.onnx`); // too long together with what it is called until it is whole
    await expect(run("--model", await save(), "--out", out)).rejects.toThrow(
      `--out: ${out} cannot be written (ENAMETOOLONG`,
    );
    expect(readdirSync(at()).filter((name) => name.includes("onnx"))).toEqual([]);
  });

  test.each<[string, string[], RegExp]>([
    [
      "another ending",
      ["--out", "net.bin"],
      /^--out: net.bin is given but must be a file that ends in .onnx$/,
    ],
    [
      "no such folder",
      ["--out", "nowhere/net.onnx"],
      /^--out: nowhere\/net.onnx is given but there is no folder /,
    ],
    [
      "a file of others",
      ["--out", "OTHERS"],
      /^--out: .* is there but was not written by `export`; name another/,
    ],
    ["a folder", ["--out", "FOLDER"], /^--out: .* is there but was not written by `export`/],
    ["an unknown layout", ["--layout", "HWC"], /^--layout: "HWC" is given but must be NHWC or NCHW$/],
    ["an unknown input", ["--input", "f16"], /^--input: "f16" is given but must be bytes or normalized$/],
    ["no model", [], /^loadCheckpoint: .*none.safetensors does not exist/],
  ])("refuses %s", async (_, options, message) => {
    const others = put("others.onnx", Buffer.from([8, 8, 18, 7, ...Buffer.from("pytorch")]));
    put("folder.onnx/file", "");
    const args = options.map((word) => word.replace("OTHERS", others).replace("FOLDER", at("folder.onnx")));
    const all = ["--model", at("none.safetensors"), "--out", at("net.onnx"), ...args];
    await expect(run(...all)).rejects.toThrow(message);
    expect(readFileSync(others)).toHaveLength(11);
  });
});
