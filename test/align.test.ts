import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { faceTemplates, similarity, warp, warpTransforms } from "../src/face/align.ts";
import { alignFiles } from "../src/node/align_files.ts";
import { decodeImage } from "../src/node/decode.ts";
import { readLandmarks } from "../src/node/landmarks.ts";
import { encodePng } from "../src/node/report/png.ts";
import { warpImages } from "../src/ops/index.ts";
import { random } from "../src/random.ts";
import { openGpu } from "./open.ts";

const folder = mkdtempSync(join(tmpdir(), "knotgrad-align-"));
const gpu = await openGpu();
afterAll(() => {
  gpu.device.destroy();
  rmSync(folder, { recursive: true });
});

type Point = readonly [number, number];
const template = faceTemplates["112x96"];
const moved = (points: readonly number[], move: (x: number, y: number) => Point): number[] =>
  Array.from({ length: points.length / 2 }, (_, k) => move(points[2 * k]!, points[2 * k + 1]!)).flat();

describe("similarity", () => {
  test.each([
    [0, 1, 0, 0],
    [0.7, 0.31, -40, 12.5],
    [-2.9, 3, 250, -80],
    [Math.PI, 0.02, 1, 2],
  ])("recovers a turn by %d, a scale of %d and a move", (angle, scale, left, top) => {
    const [a, b] = [scale * Math.cos(angle), scale * Math.sin(angle)];
    const target = moved(template, (x, y) => [a * x - b * y + left, b * x + a * y + top]);
    const found = similarity(template, target);
    for (const [name, want] of Object.entries({ a, b, left, top })) {
      expect(Math.abs(found[name as "a"] - want)).toBeLessThan(1e-6);
    }
  });
  test("of points that no similarity brings to the template, none near it does better", () => {
    const r = random(3);
    const points = template.map((v) => 2 * v + 15 * r.normal());
    const fit = similarity(points, template);
    const error = ({ a, b, left, top }: typeof fit): number => {
      const at = moved(points, (x, y) => [a * x - b * y + left, b * x + a * y + top]);
      return at.reduce((sum, v, i) => sum + (v - template[i]!) ** 2, 0);
    };
    expect(error(fit)).toBeGreaterThan(1);
    for (const name of ["a", "b", "left", "top"] as const) {
      for (const step of [-1e-4, 1e-4]) {
        expect(error({ ...fit, [name]: fit[name] + step })).toBeGreaterThan(error(fit));
      }
    }
  });
  test("mirrored points are turned and scaled, not mirrored", () => {
    const mirrored = moved(template, (x, y) => [-x, y]);
    const { a, b } = similarity(mirrored, template);
    // The determinant of ((a, -b), (b, a)) is positive, and a mirror would have fitted with scale 1.
    expect(Math.hypot(a, b)).toBeLessThan(0.9);
  });
  test.each<[string, number[], RegExp]>([
    [
      "too few points",
      [1, 2],
      /points \(2\) and template \(10\) are given but both must be \(K, 2\), K >= 2/,
    ],
    ["no number", [...template.slice(1), Number.NaN], /points has NaN but all numbers must be finite/],
    ["one place", new Array(10).fill(7), /the points all are \(7, 7\) but two of them must differ/],
  ])("%s", (_, points, message) => {
    expect(() => similarity(points, template)).toThrow(message);
  });
});

describe("warp", () => {
  const image = { height: 2, width: 3, channels: 1, pixels: Uint8Array.of(10, 20, 30, 40, 50, 60) };
  const as = (a: number, b: number, left: number, top: number) => ({ a, b, left, top });
  test.each<[string, [number, number, number, number], [number, number], number[]]>([
    ["in its place", [1, 0, 0, 0], [2, 3], [10, 20, 30, 40, 50, 60]],
    ["a pixel right and down, with a black border", [1, 0, 1, 1], [3, 3], [0, 0, 0, 0, 10, 20, 0, 40, 50]],
    ["half a pixel to the left, the mean of two", [1, 0, -0.5, 0], [2, 3], [15, 25, 15, 45, 55, 30]],
    ["a quarter turn", [0, 1, 1, 0], [3, 2], [40, 10, 50, 20, 60, 30]],
    ["at twice its size", [2, 0, 0, 0], [1, 5], [10, 15, 20, 25, 30]],
  ])("%s", (_, [a, b, left, top], [height, width], want) => {
    const out = warp(image, as(a, b, left, top), { height, width });
    expect(out).toEqual({ height, width, channels: 1, pixels: Uint8Array.from(want) });
  });
  test("colours stay apart, and a face's points come where the template has them", () => {
    // Smooth colours that tell the place: red is x, green y.
    const [H, W] = [200, 200];
    const pixels = Uint8Array.from({ length: H * W * 3 }, (_, i) => {
      const at = Math.floor(i / 3);
      return [at % W, Math.floor(at / W), 7][i % 3]!;
    });
    const points = moved(template, (x, y) => [1.2 * x - 0.3 * y + 50, 0.3 * x + 1.2 * y + 20]);
    const size = { height: 112, width: 96 };
    const out = warp({ height: H, width: W, channels: 3, pixels }, similarity(points, template), size);
    for (let k = 0; k < 5; k++) {
      const [x, y] = [Math.round(template[2 * k]!), Math.round(template[2 * k + 1]!)];
      const [red, green, blue] = out.pixels.subarray(3 * (96 * y + x));
      expect(Math.abs(red! - points[2 * k]!)).toBeLessThan(1.5);
      expect(Math.abs(green! - points[2 * k + 1]!)).toBeLessThan(1.5);
      expect(blue).toBe(7);
    }
  });
  test("errors, each a sentence", () => {
    expect(() => warp(image, as(1, 0, 0, 0), { height: 0, width: 3 })).toThrow(
      "warp: size (0, 3) is given but both must be whole numbers above 0",
    );
    for (const strange of [as(0, 0, 1, 1), as(Number.NaN, 0, 0, 0), as(1, 0, Infinity, 0)]) {
      expect(() => warp(image, strange, { height: 1, width: 1 })).toThrow("must be finite and a or b not 0");
    }
  });
});

describe("alignFiles", () => {
  const five = Float64Array.from(template, (v) => v / 2);
  const to = (name: string) => join(folder, name);
  const r = random(8);
  const image = {
    height: 56,
    width: 48,
    channels: 3,
    pixels: Uint8Array.from({ length: 56 * 48 * 3 }, () => r.below(256)),
  };
  writeFileSync(to("a.png"), encodePng(image));
  const options = { folder, size: "112x96", out: to("crops") } as const;

  test("a crop is the image warped by its points, as PNG", async () => {
    const seen: string[] = [];
    const done = await alignFiles({
      ...options,
      points: new Map([["a.png", five]]),
      onProgress: (i, all) => seen.push(`${i}/${all}`),
    });
    expect(done).toEqual({ written: 1, kept: 0, skipped: [] });
    expect(seen).toEqual(["1/1"]);
    const want = warp(image, similarity(five, template), { height: 112, width: 96 });
    expect(decodeImage(readFileSync(to("crops/a.png")))).toEqual(want);
  });
  test("what gives no crop is told, the rest is made, and what is there is kept", async () => {
    writeFileSync(to("b.png"), encodePng(image));
    writeFileSync(to("broken.png"), "no image");
    writeFileSync(to("crops/a.png"), "mine");
    const names = ["a.png", "broken.png", "missing.png", "../outside.png", "b.png"];
    const points = new Map([...names.map((name) => [name, five] as const), ["b.jpg", new Float64Array(10)]]);
    writeFileSync(to("b.jpg"), encodePng(image));
    const { written, kept, skipped } = await alignFiles({ ...options, points: without(points, "b.jpg") });
    expect([written, kept]).toEqual([1, 1]);
    expect(skipped.map(({ file, why }) => `${file}: ${why}`)).toEqual([
      "broken.png: the file begins with 6e 6f 20 69 but must be a JPEG, PNG, PGM or PPM image",
      "missing.png: it cannot be found (ENOENT)",
      "../outside.png: it lies outside the folder",
    ]);
    expect(readFileSync(to("crops/a.png"), "utf8")).toBe("mine");
    const one = await alignFiles({ ...options, out: to("others"), points: without(points, "b.png") });
    expect(one.skipped.at(-1)!.why).toBe("the points all are (0, 0) but two of them must differ");
    await expect(alignFiles({ ...options, points })).rejects.toThrow(/b\.png and b\.jpg would both become/);
    await expect(
      alignFiles({ ...options, out: to("a.png"), points: new Map([["b.png", five]]) }),
    ).rejects.toThrow(/alignFiles: .*b\.png cannot be written/);
  });
  const without = (points: ReadonlyMap<string, Float64Array>, name: string) =>
    new Map([...points].filter(([other]) => other !== name));
});

describe("warpImages", () => {
  const size = { height: 5, width: 7 };
  test("on the device as `warp` on the host, up to its rounding", async () => {
    const moves = [
      { a: 0.4, b: 0.3, left: -1.3, top: 0.7 },
      { a: -1.6, b: 0.2, left: 8, top: 6.5 },
      { a: 1, b: 0, left: 30, top: 0 },
    ];
    const [H, W, C] = [9, 11, 3];
    const r = random(6);
    const pixels = Uint8Array.from({ length: moves.length * H * W * C }, () => r.below(256));
    const warped = await warpImages(
      gpu.tensor(Float32Array.from(pixels), [moves.length, H, W, C]),
      gpu.tensor(warpTransforms(moves), [moves.length, 2, 3]),
      size,
    ).read();
    const each = H * W * C;
    const host = moves.flatMap((move, n) => {
      const image = { height: H, width: W, channels: C, pixels: pixels.subarray(n * each, (n + 1) * each) };
      return [...warp(image, move, size).pixels];
    });
    expect(warped.length).toBe(host.length);
    expect(host.filter((v) => v > 0).length).toBeGreaterThan(100);
    for (const [i, v] of host.entries()) expect(Math.abs(warped[i]! - v)).toBeLessThan(0.5 + 1e-4);
  });
  test.each<[string, () => unknown, string]>([
    [
      "a size of half a pixel",
      () => warpImages(gpu.zeros([1, 4, 4, 1]), gpu.zeros([1, 2, 3]), { height: 0.5, width: 3 }),
      "warpImages: size (0.5, 3) is given but both must be whole numbers above 0",
    ],
    [
      "transforms of fewer images",
      () => warpImages(gpu.zeros([2, 4, 4, 1]), gpu.zeros([1, 2, 3]), size),
      "warp: transforms is (1, 2, 3) but must be (N, 2, 3) with",
    ],
    [
      "images that need a gradient",
      () =>
        warpImages(Object.assign(gpu.zeros([1, 4, 4, 1]), { needsGrad: true }), gpu.zeros([1, 2, 3]), size),
      "warpImages: images needs a gradient but warping is not differentiated",
    ],
    [
      "transforms that need one",
      () =>
        warpImages(gpu.zeros([1, 4, 4, 1]), Object.assign(gpu.zeros([1, 2, 3]), { needsGrad: true }), size),
      "warpImages: transforms needs a gradient but warping is not differentiated",
    ],
    [
      "a similarity to nothing",
      () => warpTransforms([{ a: 0, b: 0, left: 1, top: 1 }]),
      "warpTransforms: the similarity is (0, 0, 1, 1) but its numbers must be finite and a or b not 0",
    ],
  ])("%s: refused", (_, call, sentence) => {
    expect(call).toThrow(sentence);
  });
});

describe("readLandmarks", () => {
  const put = (...lines: string[]): string => {
    const file = join(folder, "points.txt");
    writeFileSync(file, lines.join("\n"));
    return file;
  };
  const ten = "1 2 3 4 5 6 7 8 9.5 -10";
  const numbers = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9.5, -10);
  test("names and numbers; CelebA's header is passed over", async () => {
    expect(await readLandmarks(put(`a/1.jpg ${ten}`, "", `2\t${ten.replaceAll(" ", ",")}\r`))).toEqual(
      new Map([
        ["a/1.jpg", numbers],
        ["2", numbers],
      ]),
    );
    const columns = "lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y left_x left_y right_x right_y";
    expect([...(await readLandmarks(put("202599", columns, `000001.jpg  ${ten}`))).keys()]).toEqual([
      "000001.jpg",
    ]);
  });
  test.each<[string, string[], RegExp]>([
    [
      "too few numbers",
      [`a ${ten}`, "b 1 2"],
      /points.txt line 2 is "b 1 2" but must be a name and 10 numbers/,
    ],
    ["a word for a number", [`a ${ten.replace("5", "five")}`], /line 1 is/],
    ["a name twice", [`a ${ten}`, `a ${ten}`], /line 2 gives a again but each image must come once/],
  ])("%s", async (_, lines, message) => {
    await expect(readLandmarks(put(...lines))).rejects.toThrow(message);
  });
  test("a missing file", async () => {
    await expect(readLandmarks(join(folder, "none"))).rejects.toThrow(
      /none cannot be read .* but must be a list/,
    );
  });
});
