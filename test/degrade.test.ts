import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ImageBytes, makeDataset } from "../src/face/dataset.ts";
import { degradations, degrade, degradeSome } from "../src/face/degrade.ts";
import { resize, toColour, toGrey } from "../src/face/resize.ts";
import { random } from "../src/random.ts";

/** An image with detail of every size, as photos have: sums of random waves, weaker where they are finer. */
function photo(seed: number, height: number, width: number, channels: number): Uint8Array {
  const stream = random(seed);
  const waves = Array.from({ length: 40 }, () => {
    const [fy, fx] = [stream.below(20), 1 + stream.below(20)];
    return { fy, fx, phase: 6.28 * stream.next(), size: 60 / Math.hypot(fy, fx) };
  });
  const at = (y: number, x: number, c: number): number =>
    waves.reduce(
      (sum, w) =>
        sum + w.size * Math.cos(Math.PI * ((w.fy * y) / height + (w.fx * x) / width) + w.phase + c / 2),
      128,
    );
  return Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    return Math.min(255, Math.max(0, at(Math.floor(pixel / width), pixel % width, i % channels)));
  });
}

function meanSquare(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, v, i) => sum + (v - b[i]!) ** 2, 0) / a.length;
}

describe("degrade", () => {
  const sizes = [
    { height: 56, width: 48, channels: 1 },
    { height: 28, width: 28, channels: 1 },
    { height: 33, width: 47, channels: 3 },
  ];
  const seeds = [1, 2, 3, 4];
  const photos = sizes.map((size) => ({
    size,
    what: Object.values(size).join(" x "),
    images: seeds.map((seed) => photo(seed, size.height, size.width, size.channels)),
  }));
  describe.each(degradations)("%s", (kind) => {
    test.each(photos)("damage grows with severity, $what", ({ size, images }) => {
      const severities = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
      const errors = severities.map((severity) =>
        images.reduce(
          (sum, pixels, i) =>
            sum + meanSquare(pixels, degrade(pixels, size, kind, severity, random(seeds[i]!))),
          0,
        ),
      );
      expect(errors[0]).toBeGreaterThan(0);
      // Strictly, but that fewer pixels come in whole numbers, which can be the same for two severities.
      for (let i = 1; i < errors.length; i++) {
        if (kind === "resolution") expect(errors[i]).toBeGreaterThanOrEqual(errors[i - 1]!);
        else expect(errors[i]).toBeGreaterThan(errors[i - 1]!);
      }
      expect(errors.at(-1)).toBeGreaterThan(3 * errors[0]!);
    });
    test("gives a new array, the same for the same seed", () => {
      const size = sizes[0]!;
      // A Buffer, because its slice() shares memory where an array's copies.
      const pixels = Buffer.from(photo(1, 56, 48, 1));
      const before = Uint8Array.from(pixels);
      const first = degrade(pixels, size, kind, 0.8, random(9));
      expect(degrade(pixels, size, kind, 0.8, random(9))).toEqual(first);
      expect(Uint8Array.from(pixels)).toEqual(before);
      expect(first.length).toBe(pixels.length);
    });
    test("an image of one pixel, and one whose blur reaches past both ends", () => {
      for (const size of [
        { height: 1, width: 1, channels: 1 },
        { height: 2, width: 40, channels: 3 },
      ]) {
        const pixels = photo(3, size.height, size.width, size.channels);
        const out = degrade(pixels, size, kind, 1, random(1));
        expect(out.length).toBe(pixels.length);
        if (kind === "blur" && size.width === 1) expect(out).toEqual(pixels);
      }
    });
  });

  test("blur, contrast and resolution leave a flat image as it is; all values stay bytes", () => {
    const size = { height: 20, width: 16, channels: 3 };
    for (const grey of [0, 77, 255]) {
      const flat = new Uint8Array(960).fill(grey);
      for (const kind of ["blur", "contrast", "resolution"] as const) {
        expect(degrade(flat, size, kind, 1, random(1))).toEqual(flat);
      }
      const noisy = degrade(flat, size, "noise", 1, random(1));
      // Values past black or white stay there instead of coming round at the other end.
      if (grey === 0) expect(Math.max(...noisy)).toBeLessThan(255);
      if (grey === 255) expect(Math.min(...noisy)).toBeGreaterThan(0);
    }
  });
  test("blur of one bright pixel is a symmetric bell of the stated width", () => {
    const size = { height: 49, width: 49, channels: 1 };
    const pixels = new Uint8Array(49 * 49);
    // A bright square, because a single pixel is below one grey level once spread.
    for (let y = 22; y <= 26; y++) pixels.fill(255, y * 49 + 22, y * 49 + 27);
    const out = degrade(pixels, size, "blur", 0.5, random(1));
    const row = out.subarray(24 * 49, 25 * 49);
    expect(Array.from(row)).toEqual(Array.from(row).reverse());
    const sum = row.reduce((total, v) => total + v, 0);
    const variance = row.reduce((total, v, x) => total + v * (x - 24) ** 2, 0) / sum;
    // Variances of the square, of the bell and of the pixels that the bell is gathered in.
    const want = 24 / 12 + (49 / 24) ** 2 + 1 / 12;
    expect(Math.abs(variance / want - 1)).toBeLessThan(0.05);
  });
  test("occlusion covers its share of the area with one grey, more of it at a higher severity", () => {
    const size = { height: 60, width: 40, channels: 1 };
    // Each row differs from every other in each pixel, and from any grey in most.
    const pixels = photo(2, 60, 40, 1);
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0.05, max: 0.9, noNaN: true }), (seed, severity) => {
        const [less, more] = [severity, severity + 0.1].map((s) =>
          degrade(pixels, size, "occlusion", s, random(seed)),
        );
        const changed = (out: Uint8Array): number[] => [...out.keys()].filter((i) => out[i] !== pixels[i]);
        const greys = new Set(changed(more!).map((i) => more![i]));
        expect(greys.size).toBeLessThanOrEqual(1);
        expect(changed(more!).length).toBeLessThanOrEqual(
          Math.ceil(60 * Math.sqrt((severity + 0.1) / 2)) * Math.ceil(40 * Math.sqrt((severity + 0.1) / 2)),
        );
        for (const i of changed(less!)) expect(more![i]).toBe(less![i]);
      }),
    );
  });
  test("what the numbers mean at severity 1: contrast, noise, pixels", () => {
    const size = { height: 64, width: 64, channels: 1 };
    const bars = Uint8Array.from({ length: 4096 }, (_, i) => (i % 2 ? 228 : 28));
    const faint = degrade(bars, size, "contrast", 1, random(1));
    expect([faint[0], faint[1]]).toEqual([118, 138]);
    const noisy = degrade(new Uint8Array(4096).fill(128), size, "noise", 0.5, random(1));
    expect(Math.sqrt(meanSquare(noisy, new Uint8Array(4096).fill(128)))).toBeCloseTo(32, -0.5);
    // Bars of one pixel are gone where eight columns become one.
    const coarse = degrade(bars, size, "resolution", 1, random(1));
    expect(new Set(coarse)).toEqual(new Set([128]));
  });
  test.each([
    [0, "blur", 4, "degrade: severity is 0 but must be above 0 and at most 1"],
    [1.1, "blur", 4, "degrade: severity is 1.1 but"],
    [Number.NaN, "blur", 4, "degrade: severity is NaN but"],
    [
      1,
      "blurr",
      4,
      'degrade: kind "blurr" is given but must be one of blur, occlusion, contrast, noise, resolution',
    ],
    [1, "blur", 5, "degrade: pixels has (5) bytes but must have (2, 2, 1)"],
  ])("severity %d, kind %s, (%d) bytes", (severity, kind, length, message) => {
    const size = { height: 2, width: 2, channels: 1 };
    expect(() => degrade(new Uint8Array(length), size, kind as "blur", severity, random(1))).toThrow(message);
  });
});

describe("degradeSome", () => {
  const count = 200;
  const one = photo(1, 16, 12, 1);
  const dataset = makeDataset({
    height: 16,
    width: 12,
    channels: 1,
    pixels: Uint8Array.from({ length: count * one.length }, (_, i) => one[i % one.length]!),
    labels: new Uint32Array(count),
    classes: ["a"],
  });
  const changed = (pixels: Uint8Array): boolean[] =>
    Array.from(
      { length: count },
      (_, i) => meanSquare(one, pixels.subarray(i * one.length, (i + 1) * one.length)) > 0,
    );

  test("the share is damaged, and severity tells which; the rest and the original stay", () => {
    const before = dataset.pixels.slice();
    const out = degradeSome(dataset, { share: 0.3, random: random(4) });
    expect(dataset.pixels).toEqual(before);
    expect(dataset.severity.every((s) => s === 0)).toBe(true);
    expect(changed(out.pixels)).toEqual(Array.from(out.severity, (s) => s > 0));
    const hit = out.severity.filter((s) => s > 0);
    expect(hit.length).toBe(60);
    expect(Math.min(...hit)).toBeGreaterThan(0.3);
    expect(Math.max(...hit)).toBeLessThanOrEqual(1);
    expect(new Set(hit).size).toBeGreaterThan(50);
  });
  test("the seed alone decides", () => {
    const run = (seed: number) => degradeSome(dataset, { share: 0.5, random: random(seed) });
    expect(run(1)).toEqual(run(1));
    expect(run(1).severity).not.toEqual(run(2).severity);
  });
  test("share 0 is none and share 1 is all, of the kinds that are asked for", () => {
    expect(degradeSome(dataset, { share: 0, random: random(1) }).pixels).toEqual(dataset.pixels);
    const all = degradeSome(dataset, { share: 1, random: random(1), kinds: ["contrast"] });
    expect(all.severity.every((s) => s > 0)).toBe(true);
    // Lost contrast can be told from the range of grey levels, which every other kind but blur widens or keeps.
    const range = Math.max(...one) - Math.min(...one);
    all.severity.forEach((s, i) => {
      const image = all.pixels.subarray(i * one.length, (i + 1) * one.length);
      expect(Math.abs(Math.max(...image) - Math.min(...image) - range * (1 - 0.9 * s))).toBeLessThan(2);
    });
  });
  test.each([
    [{ share: 1.5 }, "degradeSome: share is 1.5 but must be from 0 to 1"],
    [{ share: 0.5, kinds: [] }, "degradeSome: kind (none) is given but must be one of blur"],
  ])("%o", (options, message) => {
    expect(() => degradeSome(dataset, { ...options, random: random(1) })).toThrow(message);
  });
});

describe("resize", () => {
  const image = (rows: number[][]): ImageBytes => ({
    height: rows.length,
    width: rows[0]!.length,
    channels: 1,
    pixels: Uint8Array.from(rows.flat()),
  });
  const pixelsOf = (rows: number[][], height: number, width: number): number[] =>
    Array.from(resize(image(rows), height, width).pixels);

  test("shrinking takes the mean of the area, also where it cuts pixels", () => {
    expect(
      pixelsOf(
        [
          [0, 100],
          [200, 100],
        ],
        1,
        1,
      ),
    ).toEqual([100]);
    expect(pixelsOf([[10, 20, 30, 40]], 1, 2)).toEqual([15, 35]);
    // Thirds of 3 pixels in 2: (10 + 20 / 2) / 1.5 and (20 / 2 + 40) / 1.5.
    expect(pixelsOf([[10, 20, 40]], 1, 2)).toEqual([13, 33]);
  });
  test("growing interpolates between pixel centres and holds the edges", () => {
    expect(pixelsOf([[0, 100]], 1, 4)).toEqual([0, 25, 75, 100]);
    expect(pixelsOf([[0], [90]], 3, 1)).toEqual([0, 45, 90]);
    expect(pixelsOf([[50]], 3, 3)).toEqual(new Array(9).fill(50));
  });
  test("each axis by itself", () => {
    expect(pixelsOf([[0, 0, 80, 80]], 2, 2)).toEqual([0, 80, 0, 80]);
  });
  test("fine bars do not alias", () => {
    const bars = Array.from({ length: 4 }, () => Array.from({ length: 96 }, (_, x) => 200 * (x % 2)));
    expect(Math.max(...pixelsOf(bars, 2, 40)) - Math.min(...pixelsOf(bars, 2, 40))).toBeLessThan(100);
    expect(new Set(pixelsOf(bars, 2, 48))).toEqual(new Set([100]));
  });
  test("shrinking by any factor agrees with the area integral, colours apart", () => {
    const side = fc.integer({ min: 1, max: 24 });
    fc.assert(
      fc.property(side, side, side, side, (height, width, smallHeight, smallWidth) => {
        fc.pre(smallHeight < height && smallWidth < width);
        const pixels = Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 89) % 256);
        const out = resize({ height, width, channels: 3, pixels }, smallHeight, smallWidth).pixels;
        // Part of old pixel j that lies in new pixel i, in units of 1 / (from * to), which keeps it whole.
        const overlap = (i: number, j: number, from: number, to: number): number =>
          Math.max(0, Math.min((i + 1) * from, (j + 1) * to) - Math.max(i * from, j * to));
        for (let at = 0; at < out.length; at++) {
          const [y, x, c] = [Math.floor(at / 3 / smallWidth), Math.floor(at / 3) % smallWidth, at % 3];
          let sum = 0;
          for (let j = 0; j < height; j++) {
            for (let k = 0; k < width; k++) {
              const area = overlap(y, j, height, smallHeight) * overlap(x, k, width, smallWidth);
              sum += area * pixels[(j * width + k) * 3 + c]!;
            }
          }
          expect(Math.abs(out[at]! - sum / (height * width))).toBeLessThan(0.501);
        }
      }),
      { numRuns: 40 },
    );
  });
  test("a size without pixels is refused", () => {
    expect(() => resize(image([[1]]), 0, 3)).toThrow(
      "resize: size (0, 3) is given but both must be whole numbers above 0",
    );
    expect(() => resize(image([[1]]), 2, 1.5)).toThrow("resize: size (2, 1.5)");
  });
  test("the same size gives a copy", () => {
    const pixels = Buffer.of(1, 2);
    const out = resize({ height: 1, width: 2, channels: 1, pixels }, 1, 2);
    out.pixels[0] = 9;
    expect(pixels[0]).toBe(1);
  });
});

describe("colours", () => {
  test("grey weighs red, green and blue as BT.601 does", () => {
    const pixels = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 10, 20, 30);
    expect(Array.from(toGrey({ height: 1, width: 5, channels: 3, pixels }).pixels)).toEqual([
      76, 150, 29, 255, 18,
    ]);
  });
  test("grey to colour and back changes nothing", () => {
    const grey: ImageBytes = {
      height: 16,
      width: 16,
      channels: 1,
      pixels: Uint8Array.from({ length: 256 }, (_, i) => i),
    };
    const colour = toColour(grey);
    expect(Array.from(colour.pixels.subarray(300, 306))).toEqual([100, 100, 100, 101, 101, 101]);
    expect(toGrey(colour)).toEqual(grey);
  });
});
