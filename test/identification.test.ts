// Identification on scores whose ranks and rates are worked out by hand.

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  cosines,
  identify,
  identifyTop,
  lfwIdentification,
  searchGallery,
} from "../src/face/identification.ts";
import { roc, trueAcceptRate } from "../src/face/roc.ts";
import { cosine } from "../src/face/verification.ts";
import type { Gpu } from "../src/gpu.ts";
import { topK } from "../src/ops/top_k.ts";
import { random } from "../src/random.ts";
import { openGpu } from "./open.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

describe("identify", () => {
  const gallery = [7, 8, 9];
  const probes = [7, 8, 9, 7, 5, 6];
  // biome-ignore format: a row a probe
  const scores = [
    0.9, 0.1, 0.2, // rank 1
    0.5, 0.5, 0.3, // a tie with a lower index: rank 2
    0.6, 0.7, 0.4, // rank 3
    0.8, 0.8, 0.1, // a tie with a higher index: rank 1
    0.3, 0.85, 0.2, // nobody of the gallery: 0.85
    0.1, 0.2, 0.05, // nobody: 0.2
  ];

  test("ranks, and detection at thresholds that impostors set", () => {
    expect(identify(scores, gallery, probes, { fars: [0, 0.01, 0.5, 0.75, 1] })).toEqual({
      genuine: 4,
      impostors: 2,
      rankOne: 0.5,
      cmc: Float64Array.of(0.5, 0.75, 1),
      dirAtFar: {
        "0": 0.25, // above 0.85: the 0.9
        "0.01": null, // two impostors cannot resolve it
        "0.5": 0.25, // from 0.85
        "0.75": 0.5, // round(1.5) = 2 impostors, from 0.2: both of rank 1
        "1": 0.5,
      },
    });
    const { cmc, dirAtFar } = identify(scores, gallery, probes, { ranks: 2, rank: 2, fars: [0.75, 1] });
    expect(cmc).toEqual(Float64Array.of(0.5, 0.75));
    expect(dirAtFar).toEqual({ "0.75": 0.75, "1": 0.75 });
  });

  test("equal impostors are accepted together or not at all", () => {
    // Genuine 0.6 and 0.4; impostors 0.4, 0.4, 0.3: one may pass, two would.
    const dir = (far: number) =>
      identify([0.6, 0.4, 0.4, 0.4, 0.3], [1], [1, 1, 2, 3, 4], { fars: [far] }).dirAtFar[far];
    expect(dir(1 / 3)).toBe(0.5);
    expect(dir(2 / 3)).toBe(1);
  });

  test("of several gallery images of one person the most alike counts", () => {
    const { cmc } = identify([0.1, 0.6, 0.5, 0.3, 0.2, 0.4], [7, 7, 8], [7, 7]);
    expect(cmc).toEqual(Float64Array.of(0.5, 1, 1));
    expect(identify([0.2, 0.5, 0.5], [8, 7, 7], [7]).rankOne).toBe(1);
  });

  test("without impostors nothing is said about the open set", () => {
    expect(identify([1, 0], [4, 5], [4], { fars: [0, 0.5] })).toMatchObject({
      rankOne: 1,
      impostors: 0,
      dirAtFar: { "0": null, "0.5": null },
    });
  });

  test("with one gallery image it is verification", () => {
    const probes = fc.array(fc.record({ score: fc.integer({ min: 0, max: 6 }), person: fc.nat(1) }), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(probes, fc.double({ min: 0, max: 1, noNaN: true }), (probes, far) => {
        const scores = probes.map(({ score }) => score);
        const people = probes.map(({ person }) => person);
        fc.pre(people.includes(0) && people.includes(1));
        const same = people.map((person) => person === 1);
        expect(identify(scores, [1], people, { fars: [far] }).dirAtFar[far]).toBe(
          trueAcceptRate(roc(scores, same), far),
        );
      }),
    );
  });

  test("what does not fit is refused in a sentence", () => {
    expect(() => identify([1, 2, 3], [1, 2], [1])).toThrow(
      "identify: scores has (3) values but must have (1, 2)",
    );
    expect(() => identify([1, Infinity], [1, 2], [1])).toThrow("identify: score (0, 1) is Infinity");
    expect(() => identify([1, 2], [1, 2], [3])).toThrow("identify: none of the 1 probes shows a person");
    expect(() => identify([1, 2], [1, 2], [1], { ranks: 3 })).toThrow("identify: ranks is 3 but must be");
    expect(() => identify([1, 2], [1, 2], [1], { rank: 0 })).toThrow("identify: rank is 0 but must be");
    expect(() => identify([1, 2], [1, 2], [1], { fars: [-1] })).toThrow("the false accept rate is -1 but");
  });
});

describe("on the device", () => {
  /** (N, C), in few distinct values, so that ties are common. */
  const drawn = (N: number, C: number): Float32Array => {
    const stream = random(N + C);
    return Float32Array.from({ length: N * C }, () => stream.below(40) / 8 - 2.5);
  };

  test.each([
    [3, 1, 1],
    [5, 7, 7],
    [70, 200, 16],
  ])("the highest of %i rows of %i, %i each, as a stable sort puts them", async (N, C, K) => {
    const x = drawn(N, C);
    const { value, index } = topK(gpu.tensor(x, [N, C]), K);
    const expected = Array.from({ length: N }, (_, n) =>
      Array.from({ length: C }, (_, c) => c)
        .sort((a, b) => x[n * C + b]! - x[n * C + a]!)
        .slice(0, K),
    );
    expect(Array.from(await gpu.readU32(index))).toEqual(expected.flat());
    expect(Array.from(await value.read())).toEqual(
      expected.flatMap((row, n) => row.map((c) => x[n * C + c]!)),
    );
  });

  test("identification by the highest alone gives what all scores give", async () => {
    const [N, G, K] = [60, 30, 9];
    const scores = drawn(N, G);
    const gallery = Array.from({ length: G }, (_, g) => g % 20);
    const probes = Array.from({ length: N }, (_, n) => n % 40);
    const { value, index } = topK(gpu.tensor(scores, [N, G]), K);
    const top = { value: await value.read(), index: await gpu.readU32(index) };
    const options = { ranks: K, rank: 3, fars: [0, 0.1, 0.3, 1] };
    const result = identifyTop(top, gallery, probes, options);
    expect(result).toEqual(identify(scores, gallery, probes, options));
    expect(result).toMatchObject({ genuine: 40, impostors: 20 });
    expect(() => identifyTop(top, gallery, probes, { ranks: 10 })).toThrow(
      "identifyTop: ranks is 10 but must",
    );
    expect(() => identifyTop(top, [1], probes)).toThrow("scores must be finite and fall, of 1 images");
    expect(() => identifyTop(top, gallery, [1, 2, 3, 4, 5, 6, 7])).toThrow(
      "identifyTop: value (540) and index (540)",
    );
  });

  test("a genuine probe is accepted by the score of its own person", () => {
    // Probe 7 is second at 0.3, probe 8 not among the two; impostors 0.5 and 0.2.
    const top = { value: [0.9, 0.3, 0.9, 0.8, 0.5, 0.1, 0.2, 0.1], index: [1, 0, 0, 2, 0, 1, 0, 1] };
    const { cmc, dirAtFar } = identifyTop(top, [7, 8, 9], [7, 8, 1, 2], { rank: 2, fars: [0.5, 0.75, 1] });
    expect(cmc).toEqual(Float64Array.of(0, 0.5));
    expect(dirAtFar).toEqual({ "0.5": 0, "0.75": 0.5, "1": 0.5 });
  });

  test.each([
    ["in one tile", {}],
    ["in tiles of 7 probes, the last beginning within the one before", { most: 7 * 4 * 30 }],
    ["probe by probe", { most: 1 }],
  ])("a gallery is searched %s, with the ranks of the host's cosines", async (_, tiles) => {
    const [M, D, N, G, K] = [90, 16, 60, 30, 12];
    const stream = random(8);
    const embeddings = Float32Array.from({ length: M * D }, () => stream.normal());
    const order = stream.shuffle(Uint32Array.from({ length: M }, (_, i) => i));
    const rows = { probes: order.subarray(0, N), gallery: order.subarray(N) };
    const people = (of: Uint32Array) => of.map((image) => image % 45);
    const [gallery, probes] = [people(rows.gallery), people(rows.probes)];
    const top = await searchGallery(gpu, embeddings, D, rows, { K, ...tiles });
    const scores = cosines(embeddings, D, rows);
    for (let n = 0; n < N; n++) {
      const row = scores.subarray(n * G, (n + 1) * G);
      const best = Array.from(row.keys())
        .sort((a, b) => row[b]! - row[a]!)
        .slice(0, K);
      expect(Array.from(top.index.subarray(n * K, (n + 1) * K))).toEqual(best);
      for (const [k, g] of best.entries()) expect(top.value[n * K + k]).toBeCloseTo(row[g]!, 6);
    }
    const result = identifyTop(top, gallery, probes, { ranks: K, fars: [0.1] });
    expect(result).toEqual(identify(scores, gallery, probes, { ranks: K, fars: [0.1] }));
    expect(result.genuine).toBeGreaterThan(10);
    expect(result.impostors).toBeGreaterThan(10);
  });

  test("of equally alike gallery images the lowest number comes first; one image each unless told", async () => {
    // In a plane, lengths apart: the probe at 0 degrees, images at 90, 0, 0, 180 and 0.
    const embeddings = Float32Array.of(2, 0, 0, 1, 1, 0, 4, 0, -1, 0, 2, 0);
    const rows = { probes: [0], gallery: [1, 2, 3, 4, 5] };
    const { value, index } = await searchGallery(gpu, embeddings, 2, rows, { K: 5 });
    expect([...index]).toEqual([1, 2, 4, 0, 3]);
    expect([...value]).toEqual([1, 1, 1, 0, -1]);
    expect(await searchGallery(gpu, embeddings, 2, { probes: [1, 4], gallery: [0, 4] })).toEqual({
      value: Float32Array.of(0, 1),
      index: Uint32Array.of(0, 1),
    });
  });

  test("what cannot be searched is refused in a sentence", async () => {
    const search = (embeddings: number[], D: number, probes: number[], gallery: number[], K = 1) =>
      searchGallery(gpu, Float32Array.from(embeddings), D, { probes, gallery }, { K });
    await expect(search([1, 2, 3], 2, [0], [0])).rejects.toThrow(
      "searchGallery: embeddings (3) must be rows",
    );
    await expect(search([1, 2], 2, [0], [1])).rejects.toThrow(
      "searchGallery: row 1 is named but there are 1",
    );
    await expect(search([1, 2, 0, 0], 2, [1], [0])).rejects.toThrow("searchGallery: row 1 has length 0");
    await expect(search([1, NaN], 2, [0], [0])).rejects.toThrow("searchGallery: row 0 has length NaN");
    await expect(search([1, 2], 2, [], [0])).rejects.toThrow("searchGallery: 0 probes and a gallery of 1");
    await expect(search([1, 2], 2, [0], [0], 2)).rejects.toThrow("topK: K is 2 but must be");
  });

  test("what has no K highest is refused in a sentence", async () => {
    const x = gpu.zeros([2, 20]);
    expect(() => topK(x, 17)).toThrow("topK: K is 17 but must be a whole number from 1 to 16");
    expect(() => topK(x.view([4, 10]), 11)).toThrow("topK: K is 11 but must be a whole number from 1 to 10");
    expect(() => topK(x.view([40]), 1)).toThrow("topK: x is f32 (40) but must be f32 (N, C)");
  });
});

test("cosines of rows with rows", () => {
  const [M, D] = [9, 5];
  const stream = random(4);
  const embeddings = Float32Array.from({ length: M * D }, () => stream.normal());
  const row = (i: number): Float32Array => embeddings.subarray(i * D, (i + 1) * D);
  const [probes, gallery] = [
    [8, 0, 3],
    [1, 8],
  ];
  const expected = probes.flatMap((n) => gallery.map((g) => cosine(row(n), row(g))));
  const scores = cosines(embeddings, D, { probes, gallery });
  expect(scores.length).toBe(6);
  for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(expected[i]!, 6);

  expect(() => cosines(embeddings, 4, { probes, gallery })).toThrow("cosines: embeddings (45) must be rows");
  expect(() => cosines(embeddings, D, { probes: [9], gallery })).toThrow(
    "cosines: row 9 is named but there are 9",
  );
  expect(() => cosines(new Float32Array(2), 2, { probes: [0], gallery: [0] })).toThrow(
    "cosines: row 0 has length 0",
  );
});

test("a split enrols first images, and makes impostors of people with one", () => {
  const split = lfwIdentification(["Ann", "Bo", "Bo", "Cy", "Ann", "Di", "Bo"]);
  expect(split.labels).toEqual(Uint32Array.of(0, 1, 1, 2, 0, 3, 1));
  expect(split.closed).toEqual({ gallery: Uint32Array.of(0, 1, 3, 5), probes: Uint32Array.of(4, 2, 6) });
  expect(split.open).toEqual({ gallery: Uint32Array.of(0, 1), probes: Uint32Array.of(4, 2, 6, 3, 5) });
  expect(() => lfwIdentification(["Ann", "Bo"])).toThrow(
    "lfwIdentification: 0 people have several images and 2",
  );
  expect(() => lfwIdentification(["Ann", "Ann"])).toThrow("1 people have several images and 0 a single one");
});
