// Training that is stopped and goes on gives the bits of training that is not.
import { describe, expect, test, vi } from "vitest";
import { type Dataset, makeDataset } from "../src/face/dataset.ts";
import type { Net } from "../src/face/nets.ts";
import type { Recipe } from "../src/face/recipe.ts";
import { recipes } from "../src/face/recipes/index.ts";
import { subset } from "../src/face/sampling.ts";
import { type Progress, type Trained, type TrainOptions, train } from "../src/face/train.ts";
import { openGpu } from "../src/node/gpu.ts";
import { fillInWorker } from "../src/node/workers.ts";
import { scale } from "../src/ops/elementwise.ts";
import { softmaxLoss } from "../src/ops/softmax_loss.ts";
import { random } from "../src/random.ts";
import {
  readSafetensors,
  type Safetensors,
  type StoredTensor,
  writeSafetensors,
} from "../src/safetensors.ts";
import type { Tensor } from "../src/tensor.ts";
import { tables, tilesOf, useTiles } from "../src/tiles.ts";
import { expectSafetensors } from "./safetensors_rules.ts";
import { saying } from "./saying.ts";

const { gpu } = await openGpu({ poison: true });
// One loop alone, which is compiled soonest.
useTiles(gpu, {
  ...tables.software,
  gemm: [{ loop: "direct", knobs: { TILE_M: 16, TILE_N: 32 }, measured: "" }],
});

/** Of three sizes on its way, so that DeepID2+ has a branch. */
const net: Net = {
  name: "tiny",
  height: 12,
  width: 12,
  channels: 1,
  layers: [
    { kind: "conv", filters: 4, size: 3, stride: 1, pad: 1 },
    { kind: "batchNorm" },
    { kind: "prelu" },
    { kind: "conv", filters: 4, size: 3, stride: 2, pad: 1 },
    { kind: "batchNorm" },
    { kind: "prelu" },
    { kind: "conv", filters: 8, size: 3, stride: 2, pad: 1 },
    { kind: "batchNorm" },
    { kind: "flatten" },
    { kind: "linear", size: 8 },
    { kind: "batchNorm" },
  ],
};

/** Images of noise, a part of which tells the class; two more than fill batches. */
function images(seed: number): Dataset {
  const r = random(seed);
  const labels = Uint32Array.from({ length: 38 }, (_, i) => i % 3);
  const pixels = Uint8Array.from({ length: 38 * 144 }, (_, i) => {
    const label = labels[Math.floor(i / 144)]!;
    return 120 * r.next() + (Math.floor((i % 12) / 4) === label ? 120 : 0);
  });
  return makeDataset({ height: 12, width: 12, channels: 1, pixels, labels, classes: ["a", "b", "c"] });
}
const data = images(1);

const options: TrainOptions = {
  net,
  recipe: recipes.softmax(),
  epochs: 4, // of 3 steps
  batch: 12,
  rate: 0.05,
  schedule: "cosine",
  momentum: 0.9,
  weightDecay: 5e-4,
  mirror: true,
  shift: 1,
  seed: 3,
};

/** Trains, and gives what was told on the way, with each checkpoint by the steps done. */
async function trained(change: Partial<TrainOptions>, every = 1, device = gpu) {
  const checkpoints = new Map<number, Safetensors>();
  const told: number[] = [];
  const save = (state: Safetensors) => void checkpoints.set(state.tensors["curve"]!.data.length, state);
  const onProgress = ({ phase, done }: Progress) => void (phase === "train" && told.push(done));
  const how = { ...options, checkpoint: { every, save }, ...change };
  const { model, ...rest } = await train(device, data, how, onProgress);
  model.dispose();
  return { ...(rest as Omit<Trained, "model">), checkpoints, told };
}

/** A checkpoint as it comes back from a file. */
const stored = ({ tensors, metadata }: Safetensors): Safetensors =>
  readSafetensors(writeSafetensors(tensors, metadata));

const bytesOf = (state: Safetensors | undefined): Buffer =>
  Buffer.from(writeSafetensors(state!.tensors, state!.metadata));

const cases: [string, Recipe][] = Object.entries(recipes).map(([name, recipe]) => [name, recipe()]);
cases.push(["center, as released", recipes.center({ centers: "released" })]);

describe.each(cases)("%s", (_, recipe) => {
  test("goes on to the same bits from the first step, the middle of an epoch and the ends of stages", async () => {
    const whole = await trained({ recipe });
    const last = Math.max(...whole.checkpoints.keys());
    expect(last).toBe(whole.curve.length);
    // The stages' last steps, and the first of the next.
    const ends = [...whole.checkpoints].flatMap(([steps, { metadata }]) =>
      whole.checkpoints.get(steps + 1)?.metadata["stage"] === metadata["stage"] ? [] : [steps, steps + 1],
    );
    expect(ends).toHaveLength(2 * recipe.stages.length);
    for (const steps of new Set([1, 5, ...ends])) {
      const resume = whole.checkpoints.get(steps);
      if (!resume) continue; // one more than the last
      const rest = await trained({ recipe, resume: stored(resume) });
      expect(rest.parameterHash, `${steps}`).toBe(whole.parameterHash);
      expect(rest.curve).toEqual(whole.curve);
      expect(rest.classes).toEqual(whole.classes);
      expect([...rest.checkpoints.keys()]).toEqual(
        [...whole.checkpoints.keys()].filter((other) => other > steps),
      );
      if (steps < last)
        expect(bytesOf(rest.checkpoints.get(last)).equals(bytesOf(whole.checkpoints.get(last)))).toBe(true);
    }
  });
});

test("checkpoints change nothing, and come after every so many steps and the last", async () => {
  const [with5, without] = [await trained({}, 5), await trained({ checkpoint: undefined })];
  expect([...with5.checkpoints.keys()]).toEqual([5, 10, 12]);
  expect(without.parameterHash).toBe(with5.parameterHash);
  expect(without.curve).toEqual(with5.curve);
});

test("progress goes on where it was, two steps before the checkpoint, whose losses were still to be told", async () => {
  const { checkpoints, told } = await trained({});
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const rest = await trained({ resume: checkpoints.get(7) });
  expect(rest.told).toEqual([6, 7, 8, 9, 10, 11, 12]);
});

test("a thread that fills batches goes on alike", async () => {
  const { checkpoints, parameterHash } = await trained({});
  const rest = await trained({ resume: checkpoints.get(4), filler: fillInWorker });
  expect(rest.parameterHash).toBe(parameterHash);
});

test("what an objective does later with what it has seen goes on too", async () => {
  // Each step's embeddings move a factor on the loss, two steps late.
  const recipe: Recipe = {
    ...recipes.softmax(),
    stages: [
      {
        objective: ({ gpu, model }) => {
          const factor = gpu.tensor(Float32Array.of(1), []);
          const past = { sums: new Float64Array(3), count: new Uint32Array(1) };
          let embedding: Tensor;
          return {
            state: { factor, ...past },
            loss(given) {
              embedding = given.embedding;
              return scale(softmaxLoss(model.classify(embedding), given.label, {}), factor);
            },
            seen: () => ({ embedding }),
            after({ embedding }, labels) {
              for (const [n, label] of labels.entries()) past.sums[label]! += Math.abs(embedding![8 * n]!);
              past.count[0]! += 1;
              factor.write(Float32Array.of(1 + 0.01 * (past.sums[1]! / past.count[0]!)));
            },
            dispose: () => factor.dispose(),
          };
        },
      },
    ],
  };
  const whole = await trained({ recipe });
  expect(whole.parameterHash).not.toBe((await trained({})).parameterHash);
  for (const steps of [1, 2, 8]) {
    const resume = stored(whole.checkpoints.get(steps)!);
    expect(resume.tensors["objective.count"]!.data[0]).toBe(Math.max(0, steps - 2));
    expect((await trained({ recipe, resume })).parameterHash).toBe(whole.parameterHash);
  }
});

test("what DeepID2+ has seen of pairs is in its checkpoints", async () => {
  const { tensors } = (await trained({ recipe: recipes.deepid2() })).checkpoints.get(9)!;
  for (const signal of ["objective.signal0", "objective.signal1"]) {
    expect(tensors[`${signal}.steps`]!.data).toEqual(Uint32Array.of(7));
    expect(tensors[`${signal}.distances`]!.data.slice(0, 7 * 66).every((d) => d > 0)).toBe(true);
    expect(tensors[`${signal}.distances`]!.data[7 * 66]).toBe(0);
  }
});

test.skipIf(!gpu.device.features.has("shader-f16"))("f16 goes on with the scale of its loss", async () => {
  const how = { precision: "f16", firstScale: 2 ** 24, recipe: recipes.center() } as const;
  const whole = await trained(how);
  expect(whole.leftOut).toBeGreaterThan(0);
  const resume = stored(whole.checkpoints.get(7)!);
  expect(resume.tensors["loss_scale.value"]!.data[0]).toBeLessThan(2 ** 24);
  const rest = await trained({ ...how, resume });
  expect([rest.parameterHash, rest.leftOut]).toEqual([whole.parameterHash, whole.leftOut]);
  const damaged = (name: string, data: Float32Array | Uint32Array) =>
    trained({
      ...how,
      resume: {
        ...resume,
        tensors: { ...resume.tensors, [name]: { shape: name === "loss_scale.value" ? [] : [2], data } },
      },
    });
  await expect(damaged("loss_scale.value", Float32Array.of(3))).rejects.toThrow(
    saying(
      "train: loss_scale.value is 3 in the checkpoint but must be a power of two from 1 to 2^24; it is damaged",
    ),
  );
  await expect(damaged("loss_scale.counts", Uint32Array.of(2000, 0))).rejects.toThrow(
    saying(
      "train: loss_scale.counts begins with 2000 in the checkpoint but must be below 2000; it is damaged",
    ),
  );
});

test("a lost device costs the steps since the checkpoint", async () => {
  const whole = await trained({ checkpoint: undefined });
  const { gpu: frail } = await openGpu();
  useTiles(frail, tilesOf(gpu));
  let last: Safetensors | undefined;
  const save = (state: Safetensors) => {
    if (last) frail.device.destroy();
    else last = state;
  };
  await expect(trained({ checkpoint: { every: 5, save } }, 0, frail)).rejects.toMatchObject({ code: "lost" });
  expect((await trained({ resume: last })).parameterHash).toBe(whole.parameterHash);
});

test("a checkpoint that cannot be kept stops training, and its memory comes back", async () => {
  const before = gpu.memory().current;
  const save = () => Promise.reject(new Error("no space left"));
  await expect(trained({ checkpoint: { every: 2, save } })).rejects.toThrow("no space left");
  expect(gpu.memory().current).toBe(before);
});

test("training that has gone wrong writes no checkpoint", async () => {
  const kept: number[] = [];
  const save = ({ tensors }: Safetensors) => void kept.push(tensors["curve"]!.data.length);
  const wrong = trained({ rate: 1e30, checkpoint: { every: 1, save } });
  await expect(wrong).rejects.toThrow(/the loss is .* lower the learning rate/);
  expect(kept.length).toBeLessThan(4);
});

test("more epochs are given where the rate is constant", async () => {
  const schedule = "constant";
  const whole = await trained({ schedule, recipe: recipes.center() });
  const half = await trained({ schedule, recipe: recipes.center(), epochs: 2 });
  const resume = half.checkpoints.get(6);
  expect((await trained({ schedule, recipe: recipes.center(), resume })).parameterHash).toBe(
    whole.parameterHash,
  );
});

test("checkpoints follow the written rules of their format", async () => {
  const { checkpoints } = await trained({ recipe: recipes.deepid2() }, 12);
  const names = expectSafetensors(bytesOf(checkpoints.get(12)));
  for (const name of [
    "model.0.conv.weight",
    "model.1.batchNorm.variance",
    "velocity.classifier.bias",
    "curve",
  ]) {
    expect(names).toContain(name);
  }
});

describe("a checkpoint that does not fit is refused in a sentence, and nothing of it is put on the device", async () => {
  const { checkpoints } = await trained({});
  const whole = checkpoints.get(7)!;
  const { tensors, metadata } = whole;
  const meta = (change: object): Safetensors => ({ tensors, metadata: { ...metadata, ...change } });
  const without = (name: string): Safetensors => {
    const { [name]: _, ...others } = tensors;
    return { tensors: others, metadata };
  };
  const array = (name: string, data: StoredTensor["data"], shape = [data.length]): Safetensors => ({
    tensors: { ...tensors, [name]: { shape, data } },
    metadata,
  });
  const other = (field: string) =>
    `the checkpoint has another ${field} than is given; what training goes on from must be told what it was begun with`;
  const begun = "what training goes on from must be told what it was begun with";
  const rows: [string, Partial<TrainOptions>, string, Dataset?][] = [
    // Other training.
    ["another net", { net: { ...net, name: "other" } }, other("net")],
    [
      "another recipe",
      { recipe: recipes.sphereface() },
      `the checkpoint has recipe "softmax" but "sphereface" is given; ${begun}`,
    ],
    ["another batch", { batch: 6 }, `the checkpoint has batch 12 but 6 is given; ${begun}`],
    ["another rate", { rate: 0.1 }, `the checkpoint has rate 0.05 but 0.1 is given; ${begun}`],
    [
      "another schedule",
      { schedule: "linear" },
      `the checkpoint has schedule "cosine" but "linear" is given; ${begun}`,
    ],
    ["another momentum", { momentum: 0 }, `the checkpoint has momentum 0.9 but 0 is given; ${begun}`],
    [
      "another weight decay",
      { weightDecay: 0 },
      `the checkpoint has weightDecay 0.0005 but 0 is given; ${begun}`,
    ],
    ["no mirroring", { mirror: false }, `the checkpoint has mirror true but false is given; ${begun}`],
    ["another shift", { shift: 0 }, `the checkpoint has shift 1 but 0 is given; ${begun}`],
    ["another seed", { seed: 4 }, `the checkpoint has seed 3 but 4 is given; ${begun}`],
    ["another first scale", { firstScale: 2 }, `the checkpoint has firstScale null but 2 is given; ${begun}`],
    [
      "more epochs of a falling rate",
      { epochs: 5 },
      "the checkpoint has epochs 4 but 5 is given; they may only rise, with the constant schedule and a recipe of one stage",
    ],
    [
      "fewer images",
      {},
      `the checkpoint has images [38,12,12,1] but [37,12,12,1] is given; ${begun}`,
      subset(
        data,
        Array.from({ length: 37 }, (_, i) => i),
      ),
    ],
    ["other images", {}, other("data"), images(2)],
    ["other labels", {}, other("data"), { ...data, labels: data.labels.map((label) => 2 - label) }],
    [
      "other classes",
      {},
      `the checkpoint has classes ["a","b","c"] but ["a","b","d"] is given; ${begun}`,
      { ...data, classes: ["a", "b", "d"] },
    ],
    // No checkpoint, or a damaged one.
    [
      "no format",
      { resume: { tensors, metadata: {} } },
      'the checkpoint has no format but must have "knotgrad checkpoint 1"; it is no checkpoint of training of this version',
    ],
    [
      "a format to come",
      { resume: meta({ format: "knotgrad checkpoint 2" }) },
      'the checkpoint has the format "knotgrad checkpoint 2" but must have "knotgrad checkpoint 1"; it is no checkpoint of training of this version',
    ],
    [
      "a missing field",
      { resume: meta({ rate: undefined }) },
      "the checkpoint lacks the field rate but must have it; it is damaged",
    ],
    [
      "no stage",
      { resume: meta({ stage: undefined }) },
      "the checkpoint has stage missing but it must be a whole number from 0 to 0; it is damaged",
    ],
    [
      "a stage too far",
      { resume: meta({ stage: "1" }) },
      "the checkpoint has stage 1 but it must be a whole number from 0 to 0; it is damaged",
    ],
    [
      "half a step",
      { resume: meta({ step: "6.5" }) },
      "the checkpoint has step 6.5 but it must be a whole number from 1 up; it is damaged",
    ],
    [
      "step 0",
      { resume: meta({ step: "0" }) },
      "the checkpoint has step 0 but it must be a whole number from 1 up; it is damaged",
    ],
    [
      "a step that the losses are not of",
      { resume: meta({ step: "8" }) },
      "curve of the checkpoint is F32 (7) but must be F32 (8)",
    ],
    [
      "no random state",
      { resume: without("random") },
      "random of the checkpoint is missing but must be U32 (4)",
    ],
    [
      "half a random state",
      { resume: array("random", new Uint32Array(2)) },
      "random of the checkpoint is U32 (2) but must be U32 (4)",
    ],
    [
      "classes chosen where none are",
      { resume: array("chosen", new Uint32Array(2)) },
      "the checkpoint has chosen but there is no place for it",
    ],
    [
      "a missing weight",
      { resume: without("model.9.linear.weight") },
      "model.9.linear.weight of the checkpoint is missing but must be F32 (72, 8)",
    ],
    [
      "a missing velocity",
      { resume: without("velocity.2.prelu.slope") },
      "velocity.2.prelu.slope of the checkpoint is missing but must be F32 (4)",
    ],
    [
      "labels of another type",
      { resume: array("late1.labels", new Int32Array(12)) },
      "late1.labels of the checkpoint is I32 (12) but must be U32 (12)",
    ],
    [
      "a label without a class",
      { resume: array("late1.labels", new Uint32Array(12).fill(3)) },
      "late1.labels holds 3 in the checkpoint but must be below the 3 classes; it is damaged",
    ],
    [
      "another shape",
      { resume: array("model.2.prelu.slope", new Float32Array(4), [4, 1]) },
      "model.2.prelu.slope of the checkpoint is F32 (4, 1) but must be F32 (4)",
    ],
    [
      "a shape that is not its data's",
      { resume: array("model.2.prelu.slope", new Float32Array(5), [4]) },
      "model.2.prelu.slope of the checkpoint is F32 (4) with 5 numbers but must be F32 (4)",
    ],
    [
      "a weight too many",
      { resume: array("model.11.relu.slope", new Float32Array(4)) },
      "the checkpoint has model.11.relu.slope but there is no place for it",
    ],
  ];
  test.each(rows)("%s", async (_, change, message, dataset = data) => {
    const before = gpu.memory().current;
    const write = vi.spyOn(gpu.device.queue, "writeBuffer");
    const told = await train(gpu, dataset, { ...options, resume: whole, ...change }).catch((error) => error);
    const early = write.mock.calls.length === 0;
    write.mockRestore();
    expect(told).toEqual(saying(`train: ${message}`));
    expect(gpu.memory().current).toBe(before);
    // Only what a recipe and its net hold is known when they are made.
    expect(early).toBe(!/^(model|velocity|late|the checkpoint has model)/.test(message));
  });

  test("a step beyond its stage", async () => {
    const long = {
      ...meta({ step: "13" }),
      tensors: { ...tensors, curve: { shape: [13], data: new Float32Array(13) } },
    };
    await expect(trained({ resume: long })).rejects.toThrow(
      saying("train: the checkpoint has step 13 but its stage has 12; it is damaged"),
    );
  });

  test.each([0, 1.5, Number.NaN])("checkpoints every %d steps are not taken", async (every) => {
    await expect(trained({}, every)).rejects.toThrow(
      saying(`train: checkpoint.every is ${every} but must be a whole number from 1 up`),
    );
  });
});
