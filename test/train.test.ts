// Training end to end on small made-up images: it learns, it repeats to the bit, it refuses what cannot work.
import { describe, expect, test } from "vitest";
import { type Dataset, makeDataset } from "../src/face/dataset.ts";
import { evaluate, withMirror } from "../src/face/evaluate.ts";
import { digitNet } from "../src/face/nets.ts";
import { recipes } from "../src/face/recipes/index.ts";
import { areaUnder, roc } from "../src/face/roc.ts";
import { type Progress, type TrainOptions, train } from "../src/face/train.ts";
import { pairScores } from "../src/face/verification.ts";
import { openGpu } from "../src/node/gpu.ts";
import { random } from "../src/random.ts";

const { gpu } = await openGpu({ poison: true });

/** Images with a bright bar whose place tells the class, and noise. */
function bars(perClass: number, seed: number): Dataset {
  const classes = ["left", "middle", "right"];
  const r = random(seed);
  const N = perClass * classes.length;
  const pixels = new Uint8Array(N * 784);
  const labels = Uint32Array.from({ length: N }, (_, i) => i % classes.length);
  labels.forEach((label, i) => {
    for (let h = 0; h < 28; h++) {
      for (let w = 0; w < 28; w++) {
        const inBar = Math.abs(w - (5 + 8 * label + r.below(3))) < 3;
        pixels[i * 784 + h * 28 + w] = 40 * r.next() + (inBar ? 180 : 0);
      }
    }
  });
  return makeDataset({ height: 28, width: 28, channels: 1, pixels, labels, classes });
}

const options: TrainOptions = {
  net: digitNet(8),
  recipe: recipes.softmax(),
  epochs: 3,
  batch: 12,
  rate: 0.05,
  schedule: "linear",
  momentum: 0.9,
  weightDecay: 5e-4,
  mirror: false,
  seed: 3,
};
const data = bars(40, 1);

describe.each(Object.values(recipes).map((recipe) => recipe()))("$name", (recipe) => {
  test("learns to tell bars apart, on images it has not seen", async () => {
    const { model, curve, classes, parameterHash, imagesPerSecond } = await train(gpu, data, {
      ...options,
      epochs: 6,
      recipe,
    });
    expect(curve.length).toBeGreaterThanOrEqual(recipe.name === "web-scale" ? 48 : 60);
    expect(curve.every(Number.isFinite)).toBe(true);
    expect(parameterHash).toMatch(/^[0-9a-f]{64}$/);
    expect(imagesPerSecond).toBeGreaterThan(0);

    const unseen = bars(11, 2); // 33 images: a batch that is not full
    const { predicted, p, embeddings, mirrored, D } = await evaluate(gpu, model, unseen);
    expect([embeddings.length, mirrored.length]).toEqual([33 * D, 33 * D]);
    expect(p.every((v) => v >= 0 && v <= 1)).toBe(true);
    const names = [...unseen.labels].map((label) => unseen.classes[label]!);
    if (model.classifier !== "none") {
      const asked = names.flatMap((name, i) => (classes.includes(name) ? [i] : []));
      const right = asked.filter((i) => classes[predicted[i]!] === names[i]).length;
      expect(right / asked.length).toBeGreaterThan(0.9);
    }
    const pairs = names.flatMap((name, a) =>
      names.slice(0, a).map((other, b) => ({ a, b, same: name === other, fold: a % 2 })),
    );
    const training = (await evaluate(gpu, model, data)).embeddings;
    const scores =
      recipe.scores?.(embeddings, D, pairs, training) ?? Array.from(pairScores(embeddings, D, pairs));
    const curveOf = roc(
      scores,
      pairs.map(({ same }) => same),
    );
    expect(areaUnder(curveOf)).toBeGreaterThan(0.9);
    model.dispose();
  });
});

test("30 steps twice give the same parameters to the last bit, with a profile or without; another seed gives others", async () => {
  const twice = { ...options, recipe: recipes["km-center"](), mirror: true };
  const hashes: string[] = [];
  for (const different of [{}, { profile: true }, { seed: 4 }]) {
    const { gpu } = await openGpu({ poison: true });
    const phases: string[] = [];
    const onProgress = ({ phase }: Progress) => void phases.push(phase);
    const { parameterHash, profile } = await train(gpu, data, { ...twice, ...different }, onProgress);
    hashes.push(parameterHash);
    const repetitions = "profile" in different ? 5 : 0;
    expect(phases.filter((phase) => phase === "profile")).toHaveLength(repetitions);
    const parts = profile?.kernels.map(({ part }) => part) ?? [];
    const inTurn = repetitions ? ["forward", "loss", "backward", "update"] : [];
    expect(parts.filter((part, i) => part !== parts[i - 1])).toEqual(inTurn);
  }
  expect(hashes[1]).toBe(hashes[0]);
  expect(hashes[2]).not.toBe(hashes[0]);
});

test("an image and its mirror image swap their embeddings", async () => {
  const { model } = await train(gpu, data, { ...options, epochs: 1 });
  const images = bars(4, 5);
  const flipped = makeDataset({
    ...images,
    pixels: images.pixels.map((_, i) => images.pixels[i - (i % 28) + 27 - (i % 28)]),
  });
  const a = await evaluate(gpu, model, images);
  const b = await evaluate(gpu, model, flipped);
  expect(b.embeddings).toEqual(a.mirrored);
  expect(b.mirrored).toEqual(a.embeddings);
  const both = withMirror(a);
  expect(both.subarray(16, 24)).toEqual(a.embeddings.subarray(8, 16));
  expect(both.subarray(24, 32)).toEqual(a.mirrored.subarray(8, 16));
});

test("training gives its memory back", async () => {
  const { gpu } = await openGpu();
  const once = async () => {
    const { model } = await train(gpu, data, { ...options, epochs: 1 });
    await evaluate(gpu, model, data);
    model.dispose();
    return gpu.memory().current;
  };
  const after = await once();
  expect(await once()).toBe(after);
});

const refused: [string, Partial<TrainOptions>, Dataset, RegExp][] = [
  [
    "gamma below 0",
    { recipe: recipes.km({ gamma: -1 }) },
    data,
    /train: gamma is -1 but must be a number from 0 up/,
  ],
  ["gamma not a number", { recipe: recipes.km({ gamma: Number.NaN }) }, data, /train: gamma is NaN/],
  [
    "alpha above 1",
    { recipe: recipes.center({ alpha: 1.5 }) },
    data,
    /train: alpha is 1.5 but must be from 0 to 1/,
  ],
  ["half an epoch", { epochs: 0.5 }, data, /train: epochs is 0.5 but must be a whole number from 1 up/],
  ["a batch of one", { batch: 1 }, data, /train: batch is 1 but must be at least 2/],
  [
    "a batch larger than the data",
    { batch: 500 },
    data,
    /train: 120 images are given but one batch takes 500/,
  ],
  [
    "another image size",
    { net: { ...digitNet(8), width: 30 } },
    data,
    /images are \(28, 28, 1\) but .* takes \(28, 30, 1\)/,
  ],
  [
    "one class",
    {},
    makeDataset({ ...data, labels: new Uint32Array(120), classes: ["alone"] }),
    /train: 1 class is given but at least 2/,
  ],
  [
    "a label without class",
    {},
    { ...data, labels: data.labels.map((l) => l + 1) },
    /has label 3 but there are 3 classes/,
  ],
];
test.each(refused)("%s is refused before any GPU work", async (_, change, dataset, message) => {
  const before = gpu.counters().submits;
  await expect(train(gpu, dataset, { ...options, ...change })).rejects.toThrow(message);
  expect(gpu.counters().submits).toBe(before);
});

test("a loss that is no longer finite stops training with a sentence", async () => {
  await expect(train(gpu, data, { ...options, rate: 1e30 })).rejects.toThrow(
    /the loss is .* lower the learning rate/,
  );
});
