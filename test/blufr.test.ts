// BLUFR on lists of eight images in a plane, whose cosines are those of angles one can subtract.

import { describe, expect, test } from "vitest";
import { blufr, blufrOnDevice, parseBlufr, verifyAllPairs } from "../src/face/blufr.ts";
import { roc, trueAcceptRate } from "../src/face/roc.ts";
import { pairScores } from "../src/face/verification.ts";
import { random } from "../src/random.ts";
import { openGpu } from "./open.ts";

const file = {
  imageList: [
    "A_0001.jpg",
    "A_0002.jpg",
    "B_0001.jpg",
    "B_0002.jpg",
    "C_0001.jpg",
    "C_0002.jpg",
    "D_0001.jpg",
    "D_0002.jpg",
  ],
  labels: [1, 1, 2, 2, 3, 3, 4, 4],
  devTrainIndex: [1, 2],
  devTestIndex: [3, 4, 5],
  trainIndex: [
    [5, 6, 7, 8],
    [1, 2, 3, 4],
  ],
  testIndex: [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ],
  galIndex: [[1], [5]],
  probIndex: [
    [2, 3, 4],
    [6, 7, 8],
  ],
};
const parse = (change: Record<string, unknown>) => parseBlufr(JSON.stringify({ ...file, ...change }));
const degrees = [0, 10, 30, 90, 0, 40, 25, 90];
const embeddings = Float32Array.from(
  degrees.flatMap((a) => [Math.cos, Math.sin].map((f) => 3 * f((a * Math.PI) / 180))),
);

describe("parseBlufr", () => {
  test("counts from 0", () => {
    const { images, labels, development, trials } = parse({});
    expect(images).toEqual(file.imageList);
    expect(labels).toEqual(Uint32Array.of(0, 0, 1, 1, 2, 2, 3, 3));
    expect(development).toEqual({ train: Uint32Array.of(0, 1), test: Uint32Array.of(2, 3, 4) });
    expect(trials).toHaveLength(2);
    expect(trials[1]).toEqual({
      train: Uint32Array.of(0, 1, 2, 3),
      test: Uint32Array.of(4, 5, 6, 7),
      gallery: Uint32Array.of(4),
      probes: Uint32Array.of(5, 6, 7),
    });
  });

  test("what breaks the format is refused in a sentence", () => {
    expect(() => parseBlufr("MATLAB 5.0")).toThrow("parseBlufr: the text is no JSON");
    expect(() => parseBlufr("3")).toThrow("parseBlufr: the text must be an object");
    expect(() => parse({ imageList: [1] })).toThrow("imageList must be an array of file names");
    expect(() => parse({ labels: [1, 2] })).toThrow("labels (2) and imageList (8)");
    expect(() => parse({ devTestIndex: undefined })).toThrow(
      "devTestIndex must be an array but is undefined",
    );
    expect(() => parse({ galIndex: 1 })).toThrow("galIndex must be an array but is number");
    expect(() => parse({ galIndex: [[0], [5]] })).toThrow("element 0 of galIndex[0] is 0 but must be");
    expect(() => parse({ galIndex: [[1], [9]] })).toThrow("element 0 of galIndex[1] is 9 but must be");
    expect(() => parse({ galIndex: [[2], [5]] })).toThrow("trial 0 has 4 test images but they must be");
    expect(() => parse({ probIndex: [[2, 3, 4]] })).toThrow("trial 1 has 4 test images but they must be");
  });
});

describe("verifyAllPairs", () => {
  const { labels } = parse({});
  const rate = (rows: number[], far: number) => verifyAllPairs(embeddings, 2, labels, rows, far).rate;

  test("rates by hand", () => {
    // One person: 10 and 60 degrees apart; two: 20, 30, 80, 90.
    const rows = [0, 1, 2, 3];
    expect(verifyAllPairs(embeddings, 2, labels, rows)).toEqual({ genuine: 2, impostors: 4, rate: null });
    expect([0, 0.25, 0.5, 0.75, 1].map((far) => rate(rows, far))).toEqual([0.5, 0.5, 0.5, 1, 1]);
    // One person: 40 and 65; two: 15, 25, 50, 90.
    expect([0, 0.25, 0.5, 0.75, 1].map((far) => rate([4, 5, 6, 7], far))).toEqual([0, 0, 0, 0.5, 1]);
  });

  test("is the curve of all pairs, of which it keeps the highest scores alone", () => {
    const [M, D] = [60, 3];
    const stream = random(6);
    const embeddings = Float32Array.from({ length: M * D }, () => stream.normal());
    const labels = Uint32Array.from({ length: M }, () => stream.below(6));
    const rows = Array.from({ length: M - 5 }, (_, i) => M - 1 - i);
    const pairs = rows.flatMap((a, i) => rows.slice(0, i).map((b) => ({ a, b })));
    const curve = roc(
      pairScores(embeddings, D, pairs),
      pairs.map(({ a, b }) => labels[a] === labels[b]),
    );
    for (const far of [0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.9999, 1]) {
      expect(verifyAllPairs(embeddings, D, labels, rows, far).rate).toBe(trueAcceptRate(curve, far));
    }
  });

  test("what cannot be compared is refused in a sentence", () => {
    expect(() => rate([0, 2, 4], 0.1)).toThrow("verifyAllPairs: no two of the 3 images show one person");
    expect(() => rate([0, 1, 8], 0.1)).toThrow("verifyAllPairs: row 8 is named but there are 8 rows");
    expect(() => rate([0, 1, 2], 2)).toThrow("verifyAllPairs: the false accept rate is 2 but");
    expect(() => verifyAllPairs(embeddings, 2, [1, 1], [0, 1])).toThrow("labels (2) and embeddings (8, 2)");
  });
});

test("both figures over the trials, by hand", () => {
  const result = blufr(embeddings, 2, parse({}), { verificationFar: 0.75, identificationFar: 0.5 });
  // Trial 0: a genuine probe at 10 degrees, impostors at 30 and 90. Trial 1: at 40, impostors at 25 and 90.
  expect(result.trials).toEqual([
    {
      verification: { genuine: 2, impostors: 4, rate: 1 },
      identification: { genuine: 1, impostors: 2, rate: 1 },
    },
    {
      verification: { genuine: 2, impostors: 4, rate: 0.5 },
      identification: { genuine: 1, impostors: 2, rate: 0 },
    },
  ]);
  const { verification, identification } = result;
  expect(verification!.mean).toBe(0.75);
  expect(verification!.deviation).toBeCloseTo(Math.sqrt(0.125), 14);
  expect(verification!.fused).toBeCloseTo(0.75 - Math.sqrt(0.125), 14);
  expect(identification!.mean).toBe(0.5);
  expect(identification!.deviation).toBeCloseTo(Math.SQRT1_2, 14);

  expect(blufr(embeddings, 2, parse({})).verification).toBeNull();
  const { trials, ...lists } = parse({});
  expect(() => blufr(embeddings, 2, { ...lists, trials: trials.slice(1) })).toThrow(
    "blufr: 1 trials are given",
  );
});

test("from the device's cosines come the host's figures", async () => {
  const [M, D] = [60, 24];
  const stream = random(11);
  const labels = Uint32Array.from({ length: M }, () => stream.below(15));
  const centers = Float32Array.from({ length: 15 * D }, () => stream.normal());
  const embeddings = Float32Array.from(
    { length: M * D },
    (_, i) => centers[labels[Math.floor(i / D)]! * D + (i % D)]! + 1.5 * stream.normal(),
  );
  const trials = [0, 1, 2].map(() => {
    const order = stream.shuffle(Uint32Array.from({ length: M }, (_, i) => i));
    const [gallery, probes] = [order.slice(0, 8), order.slice(8, 50)];
    return { train: order.slice(50), test: order.slice(0, 50), gallery, probes };
  });
  const lists = { images: [], labels, development: { train: labels, test: labels }, trials };
  const options = { verificationFar: 0.05, identificationFar: 0.1, rank: 2 };
  const gpu = await openGpu();
  const result = await blufrOnDevice(gpu, embeddings, D, lists, options);
  expect(result).toEqual(blufr(embeddings, D, lists, options));
  // In tiles of 9 rows, the last beginning within the one before.
  const most = 9 * 4 * new Set(trials.flatMap(({ test }) => [...test])).size;
  expect(await blufrOnDevice(gpu, embeddings, D, lists, { ...options, most })).toEqual(result);
  expect(result.verification!.mean).toBeGreaterThan(0.1);
  expect(result.identification!.mean).toBeLessThan(1);

  const alone = { ...lists, trials: trials.slice(2) };
  await expect(blufrOnDevice(gpu, embeddings, D, alone)).rejects.toThrow("blufrOnDevice: 1 trials are given");
  const strangers = { ...lists, labels: labels.map((_, i) => i) };
  await expect(blufrOnDevice(gpu, embeddings, D, strangers)).rejects.toThrow(
    "blufrOnDevice: no two of the 50 images show one person",
  );
  gpu.device.destroy();
});
