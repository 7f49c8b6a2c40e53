import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dataset, makeDataset } from "../src/face/dataset.ts";
import {
  batches,
  classCounts,
  drawChanges,
  fillBatch,
  keepClasses,
  longTail,
  split,
  subset,
  tailClasses,
} from "../src/face/sampling.ts";
import { random } from "../src/random.ts";

/** Images whose every byte tells its place, and of which class k has counts[k], in mixed order. */
function imagesOf(counts: readonly number[], height = 2, width = 3, channels = 1): Dataset {
  const labels = random(7).shuffle(Uint32Array.from(counts.flatMap((n, k) => new Array<number>(n).fill(k))));
  const pixels = Uint8Array.from(
    { length: labels.length * height * width * channels },
    (_, i) => (i * 37) % 251,
  );
  const severity = Float32Array.from(labels, (_, i) => i / 1024);
  return makeDataset({
    height,
    width,
    channels,
    pixels,
    labels,
    classes: counts.map((_, k) => `c${k}`),
    severity,
  });
}

/** Severity is a different number for each image of imagesOf, so it tells which image one was. */
const origins = (dataset: Dataset): number[] => Array.from(dataset.severity, (s) => s * 1024);

describe("makeDataset", () => {
  const good = { height: 2, width: 2, channels: 1, labels: Uint32Array.of(0, 1), classes: ["a", "b"] };

  test("severity is 0 unless given", () => {
    expect(makeDataset({ ...good, pixels: new Uint8Array(8) }).severity).toEqual(new Float32Array(2));
  });
  test.each([
    ["missing pixels", { pixels: new Uint8Array(7) }, "pixels has (7) bytes but must have (2, 2, 2, 1)"],
    ["severity of another length", { severity: new Float32Array(3) }, "severity is (3) but must be (2)"],
    ["a label without a class", { classes: ["a"] }, "label 1 of image 1 is given but labels must be below 1"],
  ])("%s", (_, wrong, message) => {
    expect(() => makeDataset({ ...good, pixels: new Uint8Array(8), ...wrong })).toThrow(
      `makeDataset: ${message}`,
    );
  });
});

describe("subset and keepClasses", () => {
  test("subset takes pixels, labels and severity together, in the order asked for", () => {
    const dataset = imagesOf([3, 2], 2, 2);
    const part = subset(dataset, [4, 0, 4]);
    expect(origins(part)).toEqual([4, 0, 4]);
    expect(Array.from(part.labels)).toEqual([4, 0, 4].map((i) => dataset.labels[i]));
    expect(part.pixels.subarray(0, 4)).toEqual(dataset.pixels.subarray(16, 20));
    expect(part.pixels.subarray(4, 8)).toEqual(dataset.pixels.subarray(0, 4));
    part.pixels.fill(9);
    expect(dataset.pixels[16]).not.toBe(9);
  });
  test("keepClasses names classes anew, in the order given", () => {
    const dataset = imagesOf([2, 3, 4]);
    const part = keepClasses(dataset, [2, 0]);
    expect(part.classes).toEqual(["c2", "c0"]);
    expect(Array.from(classCounts(part))).toEqual([4, 2]);
    origins(part).forEach((i, n) => {
      expect(part.classes[part.labels[n]!]).toBe(dataset.classes[dataset.labels[i]!]);
    });
  });
  test.each([
    [
      "image beyond the end",
      () => subset(imagesOf([3, 2]), [5]),
      "subset: image 5 is given but must be a whole number from 0 to 4",
    ],
    ["part of an image", () => subset(imagesOf([3, 2]), [0.5]), "subset: image 0.5 is given"],
    ["class beyond the end", () => keepClasses(imagesOf([3, 2]), [0, 2]), "keepClasses: class 2 is given"],
    [
      "class twice",
      () => keepClasses(imagesOf([3, 2]), [1, 1]),
      "keepClasses: (2) labels are given but only (1) differ",
    ],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});

describe("split", () => {
  test("perClass takes as many of each class, and every image goes to one side", () => {
    const dataset = imagesOf([5, 9, 3]);
    const { part, rest } = split(dataset, { perClass: 2 }, random(1));
    expect(Array.from(classCounts(part))).toEqual([2, 2, 2]);
    expect(Array.from(classCounts(rest))).toEqual([3, 7, 1]);
    expect([...origins(part), ...origins(rest)].sort((a, b) => a - b)).toEqual(origins(dataset));
  });
  test("share leaves something on both sides of each class of two or more", () => {
    const { part, rest } = split(imagesOf([1, 2, 10, 100]), { share: 0.9 }, random(1));
    expect(Array.from(classCounts(part))).toEqual([1, 1, 9, 90]);
    expect(Array.from(classCounts(rest))).toEqual([0, 1, 1, 10]);
  });
  test("the seed alone decides, and another seed chooses others", () => {
    const chosen = (seed: number): number[] =>
      origins(split(imagesOf([40, 40]), { perClass: 20 }, random(seed)).part);
    expect(chosen(3)).toEqual(chosen(3));
    expect(chosen(3)).not.toEqual(chosen(4));
  });
  test.each([
    [{ perClass: 3 }, 'split: class "c1" has (3) images but must have more than perClass (3)'],
    [{ perClass: 0 }, "split: perClass is 0 but must be a whole number above 0"],
    [{ share: 1 }, "split: share is 1 but must be above 0 and below 1"],
    [{ share: Number.NaN }, "split: share is NaN"],
  ])("%o", (amount, message) => {
    expect(() => split(imagesOf([5, 3]), amount, random(1))).toThrow(message);
  });
});

describe("longTail", () => {
  test("ten classes of 100 with factor 100: the counts of the formula", () => {
    const order = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    const { dataset, tail } = longTail(imagesOf(order.map(() => 100)), {
      ratio: 100,
      random: random(1),
      order,
    });
    // 100^(1 - k / 9), the most images in class 9
    expect(Array.from(classCounts(dataset))).toEqual([1, 2, 3, 5, 8, 13, 22, 36, 60, 100]);
    expect(Array.from(tail)).toEqual([0, 1, 2]);
  });
  test("the largest class leads by default, and equal ones take turns by seed", () => {
    const most = (counts: number[], seed: number): number => {
      const kept = Array.from(
        classCounts(longTail(imagesOf(counts), { ratio: 10, random: random(seed) }).dataset),
      );
      return kept.indexOf(Math.max(...kept));
    };
    expect([1, 2, 3, 4].map((seed) => most([20, 30, 25], seed))).toEqual([1, 1, 1, 1]);
    expect(new Set([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => most([20, 20, 20], seed))).size).toBe(3);
  });
  test("counts, labels and the tail, for any sizes", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 200 }), fc.nat(), (counts, ratio, seed) => {
        const some = counts.filter((n) => n > 0).length;
        fc.pre(some >= 2);
        const all = imagesOf(counts);
        const { dataset, tail } = longTail(all, { ratio, random: random(seed) });
        const kept = Array.from(classCounts(dataset));
        const sorted = counts.map((n, k) => [n, kept[k]!]).filter(([n]) => n! > 0);
        sorted.sort(([n, k], [m, l]) => m! - n! || l! - k!);
        sorted.forEach(([n, k], rank) => {
          expect(k).toBe(
            Math.min(n!, Math.max(1, Math.round(sorted[0]![0]! * ratio ** (-rank / (some - 1))))),
          );
        });
        // No image twice, each with its own label.
        expect(new Set(origins(dataset)).size).toBe(dataset.labels.length);
        origins(dataset).forEach((i, n) => {
          expect(dataset.labels[n]).toBe(all.labels[i]);
        });
        const others = kept.flatMap((n, k) => (n > 0 && !tail.includes(k) ? [n] : []));
        expect(tail.length).toBe(Math.max(1, Math.round(some / 3)));
        expect(Math.max(...Array.from(tail, (k) => kept[k]!))).toBeLessThanOrEqual(Math.min(...others));
      }),
    );
  });
  test("tailClasses passes over classes without images", () => {
    expect(Array.from(tailClasses(imagesOf([9, 0, 2, 5, 3, 8, 1])))).toEqual([6, 2]);
  });
  test.each([
    [{ ratio: 0.5 }, "longTail: ratio is 0.5 but must be a number of at least 1"],
    [{ ratio: 2, order: [0] }, "longTail: classes (0) are given but at least two different ones are needed"],
    [{ ratio: 2, order: [0, 0] }, "longTail: classes (0,0) are given"],
    [{ ratio: 2, order: [0, 2] }, "longTail: class 2 is given but must be a whole number from 0 to 1"],
  ])("%o", (options, message) => {
    expect(() => longTail(imagesOf([5, 3]), { ...options, random: random(1) })).toThrow(message);
  });
});

describe("batches", () => {
  test("each image at most once, whole batches alone, for any sizes", () => {
    const sizes = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(sizes, sizes, fc.nat(), (n, batch, seed) => {
        fc.pre(n >= batch);
        const all = [...batches(n, batch, random(seed))];
        expect(all.length).toBe(Math.floor(n / batch));
        expect(all.every((indices) => indices.length === batch)).toBe(true);
        const seen = all.flatMap((indices) => [...indices]);
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.every((i) => i < n)).toBe(true);
      }),
    );
  });
  test("the seed alone decides, and the next pass is in another order", () => {
    const stream = random(5);
    const pass = (): number[] => [...batches(100, 10, stream)].flatMap((indices) => [...indices]);
    const first = pass();
    expect(pass()).not.toEqual(first);
    expect([...batches(100, 10, random(5))].flatMap((indices) => [...indices])).toEqual(first);
  });
  test.each([
    [9, 10],
    [10, 0],
    [10.5, 2],
    [10, 2.5],
  ])("(%d) images by (%d) throw at once", (n, batch) => {
    expect(() => batches(n, batch, random(1))).toThrow(
      `batches: (${n}) images in batches of (${batch}) are given`,
    );
  });
});

describe("fillBatch", () => {
  test("brings bytes to (v - 127.5) / 128", () => {
    const dataset = imagesOf([2, 2], 2, 3, 3);
    const out = new Float32Array(2 * 18);
    fillBatch(dataset, [3, 1], {}, out);
    const want = [...dataset.pixels.subarray(54, 72), ...dataset.pixels.subarray(18, 36)];
    expect(Array.from(out)).toEqual(want.map((v) => (v - 127.5) / 128));
  });
  test("a mirrored image has its columns turned round, its rows and colours not", () => {
    const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18);
    const dataset = makeDataset({
      height: 2,
      width: 3,
      channels: 3,
      pixels,
      labels: Uint32Array.of(0),
      classes: ["a"],
    });
    const out = new Float32Array(18);
    fillBatch(dataset, [0], { mirrored: Uint8Array.of(1), mean: 0, scale: 1 }, out);
    expect(Array.from(out)).toEqual([7, 8, 9, 4, 5, 6, 1, 2, 3, 16, 17, 18, 13, 14, 15, 10, 11, 12]);
    fillBatch(dataset, [0], { mirrored: Uint8Array.of(0), mean: 0, scale: 1 }, out);
    expect(Array.from(out)).toEqual(Array.from(pixels));
  });
  test("mirroring twice changes nothing, for any size", () => {
    const side = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(side, side, fc.constantFrom(1, 3), (height, width, channels) => {
        const dataset = imagesOf([2, 1], height, width, channels);
        const once = new Float32Array(dataset.pixels.length);
        const options = { mirrored: Uint8Array.of(1, 1, 1), mean: 0, scale: 1 };
        fillBatch(dataset, [0, 1, 2], options, once);
        const twice = new Float32Array(once.length);
        fillBatch({ ...dataset, pixels: Uint8Array.from(once) }, [0, 1, 2], options, twice);
        expect(Array.from(twice)).toEqual(Array.from(dataset.pixels));
      }),
    );
  });
  test("a shift moves an image and repeats its edge, after mirroring", () => {
    const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const dataset = makeDataset({
      ...{ height: 3, width: 3, channels: 1, pixels },
      labels: Uint32Array.of(0),
      classes: ["a"],
    });
    const shifted = (down: number, across: number, mirrored = 0): number[] => {
      const out = new Float32Array(9);
      const changes = { mirrored: Uint8Array.of(mirrored), shifts: Int32Array.of(down, across) };
      fillBatch(dataset, [0], { ...changes, mean: 0, scale: 1 }, out);
      return Array.from(out);
    };
    expect(shifted(1, 0)).toEqual([4, 5, 6, 7, 8, 9, 7, 8, 9]);
    expect(shifted(0, -1)).toEqual([1, 1, 2, 4, 4, 5, 7, 7, 8]);
    expect(shifted(0, -1, 1)).toEqual([3, 3, 2, 6, 6, 5, 9, 9, 8]);
    expect(shifted(-9, 9)).toEqual([3, 3, 3, 3, 3, 3, 3, 3, 3]);
  });
  test.each([
    [[0], 5, "fillBatch: out has (5) numbers but must have (1, 2, 3, 1)"],
    [[3], 6, "fillBatch: image 3 is given but must be a whole number from 0 to 2"],
    [[-1], 6, "fillBatch: image -1 is given"],
  ])("images %o to (%d) numbers", (indices, length, message) => {
    expect(() => fillBatch(imagesOf([2, 1]), indices, {}, new Float32Array(length))).toThrow(message);
  });
  test("changes of another number of images are refused", () => {
    const fill = (changes: object) => () => fillBatch(imagesOf([2, 1]), [0], changes, new Float32Array(6));
    expect(fill({ mirrored: new Uint8Array(2) })).toThrow(
      "fillBatch: mirrored has (2) numbers but must have (1)",
    );
    expect(fill({ shifts: new Int32Array(1) })).toThrow(
      "fillBatch: shifts has (1) numbers but must have (2)",
    );
  });
});

describe("drawChanges", () => {
  test("about half of the images are mirrored", () => {
    const { mirrored, shifts } = drawChanges(2000, { mirror: true }, random(2));
    expect(shifts).toBeUndefined();
    // Four standard deviations of 2,000 fair coins are 89.
    expect(Math.abs(mirrored!.reduce((sum, v) => sum + v, 0) - 1000)).toBeLessThan(90);
  });
  test("shifts are as often one as another, and those asked for alone", () => {
    const { mirrored, shifts } = drawChanges(2500, { shift: 2 }, random(3));
    expect(mirrored).toBeUndefined();
    expect(shifts!.length).toBe(5000);
    for (const shift of [-2, -1, 0, 1, 2]) {
      // Of 5,000 draws 1,000 are expected; four standard deviations are 113.
      expect(Math.abs(shifts!.filter((v) => v === shift).length - 1000)).toBeLessThan(114);
    }
    expect(drawChanges(3, {}, random(1))).toEqual({});
  });
});
