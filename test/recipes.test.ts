// What recipes are made of: class batches, joined data sets, frozen layers, normalized classifiers, hard subsets.
import { describe, expect, test } from "vitest";
import { makeDataset } from "../src/face/dataset.ts";
import { joinDatasets } from "../src/face/join.ts";
import { copyWeights, createModel } from "../src/face/model.ts";
import type { Net } from "../src/face/nets.ts";
import { recipes } from "../src/face/recipes/index.ts";
import { classBatches } from "../src/face/sampling.ts";
import { backward } from "../src/op.ts";
import { reestimateMargin } from "../src/ops/contrastive_loss.ts";
import { add, contrastiveLoss, softmaxLoss } from "../src/ops/index.ts";
import { sgd } from "../src/optim.ts";
import { random } from "../src/random.ts";
import type { Tensor } from "../src/tensor.ts";
import { openGpu } from "./open.ts";

const gpu = await openGpu();

const net: Net = {
  name: "small",
  height: 4,
  width: 4,
  channels: 1,
  layers: [
    { kind: "conv", filters: 4, size: 3, stride: 2, pad: 1 },
    { kind: "batchNorm" },
    { kind: "prelu" },
    { kind: "flatten" },
    { kind: "linear", size: 6 },
  ],
};
const r = random(5);
const x = gpu.tensor(
  Float32Array.from({ length: 5 * 16 }, () => r.normal()),
  [5, 4, 4, 1],
);
const label = gpu.tensor(Uint32Array.of(0, 1, 2, 1, 0), [5]);

describe("classBatches", () => {
  const labels = Uint32Array.from({ length: 40 }, (_, i) => (i < 2 ? 4 : i % 4));

  test("have as many images of each class, and every image comes", () => {
    const seen = new Set<number>();
    const r = random(1);
    for (let epoch = 0; epoch < 4; epoch++) {
      const all = [...classBatches(labels, 6, 2, r)];
      expect(all).toHaveLength(6);
      for (const batch of all) {
        const counts = new Map<number, number>();
        for (const i of batch) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
        expect([...counts.values()]).toEqual([2, 2, 2]);
        for (const i of batch) seen.add(i);
      }
    }
    expect(seen.size).toBe(40);
  });

  test("are the same for the same seed", () => {
    const drawn = (seed: number) => [...classBatches(labels, 8, 4, random(seed))];
    expect(drawn(2)).toEqual(drawn(2));
    expect(drawn(2)).not.toEqual(drawn(3));
  });

  test.each([
    [6, 4, /batches of \(6\) images with 4 of each class/],
    [12, 2, /\(40\) images of 5 classes are given but a batch takes \(12\) images of 6 classes/],
    [80, 40, /\(40\) images of 5 classes are given but a batch takes \(80\)/],
  ])("of %d with %d of each are refused", (batch, perClass, message) => {
    expect(() => classBatches(labels, batch, perClass, random(1))).toThrow(message);
  });
});

describe("joinDatasets", () => {
  const of = (classes: string[], value: number, width = 1) =>
    makeDataset({
      height: 1,
      width,
      channels: 1,
      pixels: Uint8Array.from(classes.flatMap((_, i) => new Array<number>(width).fill(value + i))),
      labels: Uint32Array.from(classes, (_, i) => i),
      classes,
      severity: Float32Array.from(classes, () => value / 100),
    });

  test("one person under two spellings is one class; a number is another person in each", () => {
    const { classes, labels, pixels, severity } = joinDatasets([
      of(["Jane_Doe", "001"], 10),
      of(["001", "jane doe", "Bo"], 20),
    ]);
    expect(classes).toEqual(["Jane_Doe", "001", "001 (2)", "Bo"]);
    expect([...labels]).toEqual([0, 1, 2, 0, 3]);
    expect([...pixels]).toEqual([10, 11, 20, 21, 22]);
    expect(severity[1]).toBeCloseTo(0.1, 6);
    expect(severity[4]).toBeCloseTo(0.2, 6);
  });

  test("nothing, and two sizes, are refused", () => {
    expect(() => joinDatasets([])).toThrow("joinDatasets: no data set is given");
    expect(() => joinDatasets([of(["a"], 1), of(["b"], 1, 2)])).toThrow(
      "joinDatasets: images are (1, 1, 1) and (1, 2, 1) but must be of one size",
    );
  });
});

describe("models", () => {
  test("a frozen trunk keeps every bit while what follows is trained; its BatchNorm is in inference", async () => {
    const trunk = createModel(gpu, net, 3, 1);
    const longer: Net = { ...net, layers: [...net.layers, { kind: "linear", size: 3 }] };
    const model = createModel(gpu, longer, 3, 2, { frozen: net.layers.length });
    await copyWeights(trunk, model);
    expect(Object.keys(model.parameters.tensors)).toEqual([
      "5.linear.weight",
      "5.linear.bias",
      "classifier.weight",
      "classifier.bias",
    ]);
    const want = await trunk.embed(x, false).read();
    const optimizer = sgd(model.parameters, { rate: 0.1, weightDecay: 0.1 });
    const before = [await model.state.values.read(), await model.parameters.values.read()];
    const layers: Tensor[] = [];
    const step = await gpu.step(() => {
      const embedding = model.embed(x, true, (layer, y) => {
        layers[layer] = y;
      });
      const loss = softmaxLoss(model.classify(embedding), label, {});
      backward(loss);
      optimizer.update();
      return { loss, trunk: layers[4]! };
    });
    const { trunk: frozen } = await step.run();
    expect(frozen).toEqual(want);
    expect(layers.map(({ shape }) => shape.length)).toEqual([4, 4, 4, 2, 2, 2]);
    expect(await model.state.values.read()).toEqual(before[0]);
    expect(await model.parameters.values.read()).not.toEqual(before[1]);
  });

  test("normalized classifiers make cosines, times a number or the embedding's length", async () => {
    const scaled = createModel(gpu, net, 3, 1, { classifier: { cosine: 24 } });
    const length = createModel(gpu, net, 3, 1, { classifier: { cosine: "length" } });
    const w = await scaled.parameters.tensors["classifier.weight"]!.read(); // (3, 6)
    const embedding = scaled.embed(x, false);
    const e = await embedding.read();
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
    const rows = Array.from({ length: 5 }, (_, n) => e.subarray(6 * n, 6 * n + 6));
    const cosines = rows.flatMap((row) =>
      [0, 1, 2].map((c) => {
        const other = w.subarray(6 * c, 6 * c + 6);
        return dot(row, other) / Math.sqrt(dot(row, row) * dot(other, other));
      }),
    );
    const near = (t: Float32Array, want: number[]) =>
      t.forEach((v, i) => {
        expect(v).toBeCloseTo(want[i]!, 4);
      });
    near(await scaled.cosines(embedding).read(), cosines);
    near(
      await scaled.classify(embedding).read(),
      cosines.map((c) => 24 * c),
    );
    const lengths = rows.map((row) => Math.sqrt(dot(row, row)));
    near(
      await length.classify(length.embed(x, false)).read(),
      cosines.map((c, i) => c * lengths[Math.floor(i / 3)]!),
    );
  });

  test("what a classifier lacks, and too many frozen layers, are refused", () => {
    const plain = createModel(gpu, net, 3, 1);
    const none = createModel(gpu, net, 0, 1, { classifier: "none" });
    const embedding = gpu.zeros([2, 6]);
    expect(() => plain.cosines(embedding)).toThrow(
      "cosines: the classifier is linear but must be a cosine one",
    );
    expect(() => none.classify(embedding)).toThrow("classify: this small net has no classifier");
    expect(() => createModel(gpu, net, 3, 1, { frozen: 6 })).toThrow(
      "createModel: frozen is 6 but must be a whole number from 0 to the 5 layers of small",
    );
  });
});

test("web-scale's subset is half of the people, each one drawn and its nearest first", async () => {
  const C = 40;
  const model = createModel(gpu, net, C, 3);
  // Pairs of people whose weights are nearly the same, 0 and 1, 2 and 3, ...
  const r = random(9);
  const pairs = Array.from({ length: C / 2 }, () => Array.from({ length: 6 }, () => r.normal()));
  model.parameters.tensors["classifier.weight"]!.write(
    Float32Array.from(
      { length: 6 * C },
      (_, i) => pairs[Math.floor((i % C) / 2)]![Math.floor(i / C)]! + 1e-3 * r.normal(),
    ),
  );
  const choose = recipes["web-scale"]().stages[1]!.choose!;
  const chosen = await choose(model, 1);
  expect(chosen).toHaveLength(C / 2);
  expect([...chosen].sort((a, b) => a - b)).toEqual(chosen);
  expect(new Set(chosen).size).toBe(C / 2);
  expect(await choose(model, 1)).toEqual(chosen);
  // 4 are drawn; with the nearest of each come at least 4 pairs of which both are there.
  const drawn = random(1)
    .shuffle(Uint32Array.from({ length: C }, (_, c) => c))
    .subarray(0, 4);
  for (const c of drawn) {
    expect(chosen).toContain(c);
    expect(chosen).toContain(c % 2 ? c - 1 : c + 1);
  }
});

test("deepid2 sets its margin anew from the pairs it has seen", async () => {
  const model = createModel(gpu, net, 3, 1);
  const batch = 640; // more than 200,000 pairs
  const lambda = 0.5;
  const optimizer = { rate: 0.1, momentum: 0, weightDecay: 0 };
  const objective = recipes
    .deepid2({ lambda })
    .stages[0]!.objective({ gpu, model, seed: 1, batch, optimizer });
  const embedding = model.embed(x, false);
  const lossWith = (margin: number) =>
    add(
      softmaxLoss(model.classify(embedding), label, {}),
      contrastiveLoss(embedding, label, { margin, scale: lambda }),
    ).read();
  const loss = () => objective.loss({ embedding, label, layers: [] }).read();
  expect(await loss()).toEqual(await lossWith(Math.fround(Math.sqrt(12))));

  const labels = Uint32Array.from({ length: batch }, (_, i) => i % 3);
  const values = Float32Array.from(
    { length: 6 * batch },
    (_, i) => (i % 6 === labels[Math.floor(i / 6)]! ? 2 : 0) + 0.4 * r.normal(),
  );
  const distances: number[] = [];
  const same: boolean[] = [];
  for (let i = 0; i < batch; i++) {
    for (let j = 0; j < i; j++) {
      distances.push(
        Math.hypot(...Array.from({ length: 6 }, (_, d) => values[6 * i + d]! - values[6 * j + d]!)),
      );
      same.push(labels[i] === labels[j]);
    }
  }
  objective.after!({ embedding0: values }, labels);
  const [after] = await loss();
  expect(after).toBeCloseTo((await lossWith(Math.fround(reestimateMargin(distances, same))))[0]!, 6);
  expect(after).not.toBeCloseTo((await lossWith(Math.sqrt(12)))[0]!, 3);
  objective.dispose!();
});

test("deepface refuses a net without a convolution", () => {
  const flat: Net = { ...net, layers: [{ kind: "flatten" }, { kind: "linear", size: 3 }] };
  expect(() => recipes.deepface().stages[0]!.net!(flat)).toThrow(
    "deepface: the net small has no convolution but needs one",
  );
  const local = recipes.deepface().stages[0]!.net!(net);
  expect(local.layers.map(({ kind }) => kind)).toEqual([
    "local",
    "batchNorm",
    "prelu",
    "flatten",
    "linear",
    "relu",
  ]);
});
