import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { encode } from "jpeg-js";
import { type ColorType, PNG } from "pngjs";
import { describe, expect, test, vi } from "vitest";
import type { ImageBytes } from "../src/face/dataset.ts";
import { classCounts } from "../src/face/sampling.ts";
import { cacheDirectory, readCache, writeCache } from "../src/node/cache.ts";
import { decodeImage } from "../src/node/decode.ts";
import { digits } from "../src/node/digits.ts";
import { loadFiles } from "../src/node/files.ts";
import { loadFolder } from "../src/node/images.ts";
import { scratch } from "./scratch.ts";

const { at, putAll } = scratch();

/** Red rises to the right, green downwards; blue is 60. Smooth, so that JPEG keeps it. */
function rgba(height: number, width: number, alpha = 255): Buffer {
  return Buffer.from(
    Uint8Array.from({ length: 4 * height * width }, (_, i) => {
      const [y, x] = [Math.floor(i / 4 / width), Math.floor(i / 4) % width];
      return [(200 * x) / width, (200 * y) / height, 60, alpha][i % 4]!;
    }),
  );
}
function rgb(height: number, width: number): number[] {
  return Array.from(rgba(height, width)).filter((_, i) => i % 4 !== 3);
}
function jpeg(height: number, width: number): Buffer {
  return encode({ height, width, data: rgba(height, width) }, 98).data;
}
function png(height: number, width: number, colorType: ColorType = 2, alpha = 255): Buffer {
  const image = Object.assign(new PNG({ height, width }), { data: rgba(height, width, alpha) });
  return PNG.sync.write(image, { colorType });
}
function pgm(height: number, width: number, grey: number): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), Buffer.alloc(height * width, grey)]);
}
const text = (bytes: string): Uint8Array => Buffer.from(bytes, "latin1");

describe("decodeImage", () => {
  test("JPEG, within a few grey levels", () => {
    const image = decodeImage(jpeg(24, 40));
    expect([image.height, image.width, image.channels]).toEqual([24, 40, 3]);
    const want = rgb(24, 40);
    const error = image.pixels.reduce((sum, v, i) => sum + Math.abs(v - want[i]!), 0) / want.length;
    expect(error).toBeLessThan(4);
  });
  test("a grey JPEG whose last restart interval is not full", () => {
    // (8, 24), three blocks of 40, 120 and 200, with a restart marker after every second block; written by Pillow.
    const bytes =
      "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQ" +
      "ERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIABgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACP/EABQQAQAAAAAAAAAAAAAAAAAA" +
      "AAD/3QAEAAL/2gAIAQEAAD8AChrP/9BgP//Z";
    const { height, width, pixels } = decodeImage(Buffer.from(bytes, "base64"));
    expect([height, width]).toEqual([8, 24]);
    pixels.forEach((v, i) => {
      expect(Math.abs(v - [40, 120, 200][Math.floor(((i / 3) % 24) / 8)]!)).toBeLessThanOrEqual(2);
    });
  });
  test("PNG in colour, exactly", () => {
    expect(decodeImage(png(9, 13))).toEqual({
      height: 9,
      width: 13,
      channels: 3,
      pixels: Uint8Array.from(rgb(9, 13)),
    });
  });
  test("PNG in grey has its three channels alike", () => {
    const { channels, pixels } = decodeImage(png(9, 13, 0));
    expect(channels).toBe(3);
    expect(new Set(pixels).size).toBeGreaterThan(10);
    expect(pixels.every((v, i) => v === pixels[i - (i % 3)])).toBe(true);
  });
  test("transparency is laid over black", () => {
    const { pixels } = decodeImage(png(5, 4, 6, 51));
    expect(Array.from(pixels)).toEqual(rgb(5, 4).map((v) => Math.round(v / 5)));
  });
  test.each<[string, string, number, number, number, number[]]>([
    [
      "PGM as text, with comments",
      "P2 # a\n#b\n 3 # c\n2\n255\n1 2 3 #d\n4 5\n6",
      2,
      3,
      1,
      [1, 2, 3, 4, 5, 6],
    ],
    ["PPM as text", "P3\n1 2 255 1 2 3 4 5 6\n", 2, 1, 3, [1, 2, 3, 4, 5, 6]],
    [
      "PGM as bytes, of which some look like spaces and comments",
      "P5 4 1 255\n #\n\xff",
      1,
      4,
      1,
      [32, 35, 10, 255],
    ],
    ["PPM as bytes, with a comment before the maximum", "P6\n1 1\n# x\n255\nabc", 1, 1, 3, [97, 98, 99]],
    ["a lower maximum is brought to 255", "P2 4 1 15 0 1 8 15", 1, 4, 1, [0, 17, 136, 255]],
    ["a lower maximum is rounded", "P2 4 1 100 0 1 50 99", 1, 4, 1, [0, 3, 128, 252]],
    ["a second image after the first is passed over", "P5 1 1 255\nxP5 1 1 255\ny", 1, 1, 1, [120]],
  ])("%s", (_, bytes, height, width, channels, pixels) => {
    const image = decodeImage(text(bytes));
    expect({ ...image, pixels: Array.from(image.pixels) }).toEqual({ height, width, channels, pixels });
  });
  test.each<[string, Uint8Array, string]>([
    ["no bytes", text(""), "the file is empty (0 bytes) but must be a JPEG, PNG, PGM or PPM image"],
    [
      "another format",
      text("GIF89a..."),
      "the file begins with 47 49 46 38 but must be a JPEG, PNG, PGM or PPM image",
    ],
    ["a bitmap P4", text("P4 8 1\nx"), "the file begins with 50 34 20 38 but"],
    [
      "JPEG cut in its header",
      jpeg(24, 40).subarray(0, 100),
      "the JPEG is cut short, damaged or of a rare kind",
    ],
    [
      "JPEG cut in its pixels",
      jpeg(24, 40).subarray(0, -40),
      "the JPEG is cut short, damaged or of a rare kind",
    ],
    [
      "PNG cut in its header",
      png(9, 13).subarray(0, 20),
      "the PNG is cut short: it has (20) bytes but its header needs (29)",
    ],
    ["PNG cut in its pixels", png(9, 13).subarray(0, 80), "the PNG is cut short or damaged"],
    [
      "PGM cut in its header",
      text("P5 12"),
      "the P5 file has no height at byte 5 but must have a number there",
    ],
    [
      "PGM cut in its pixels",
      pgm(4, 4, 9).subarray(0, -1),
      "the P5 file is cut short: (15) bytes follow its header but (4, 4, 1) values need at least (16)",
    ],
    [
      "PGM text cut",
      text("P2 3 1 255 10 20"),
      "the P2 file has no value at byte 16 but must have a number there",
    ],
    [
      "16 bits",
      text("P5 1 1 65535\nab"),
      "the P5 image has values up to 65535 (16 bits) but at most 255 (8 bits) is read; save it with 8 bits",
    ],
    ["no pixels", text("P5 0 1 255\n"), "the P5 image is (1, 0) but must have pixels"],
    ["maximum 0", text("P5 1 1 0\n0"), "the P5 image's maximum is 0 but must be from 1 to 255"],
    ["value above the maximum", text("P2 2 1 9 3 10"), "value 10 is in the P2 file but its maximum is 9"],
    ["letters for numbers", text("P2 2 1 9 3 x"), "the P2 file has no value at byte 11 but"],
    ["negative number", text("P2 -2 1 9 3 3"), "the P2 file has no width at byte 3 but"],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeImage(bytes)).toThrow(`decodeImage: ${message}`);
  });
  test("a header that claims more than the file can hold is refused before memory is taken", () => {
    const hugeJpeg = jpeg(24, 40);
    const frame = hugeJpeg.indexOf(Buffer.of(0xff, 0xc0));
    const hugePng = png(9, 13);
    const interlaced = Buffer.concat([png(9, 13), Buffer.alloc(600_000)]);
    interlaced[28] = 1;
    const before = process.memoryUsage().arrayBuffers;
    for (const [height, width] of [
      [65000, 65000],
      [4000, 6000],
    ] as const) {
      hugeJpeg.writeUInt16BE(height, frame + 5);
      hugeJpeg.writeUInt16BE(width, frame + 7);
      hugePng.writeUInt32BE(width, 16);
      hugePng.writeUInt32BE(height, 20);
      expect(() => decodeImage(hugeJpeg)).toThrow(
        /^decodeImage: the JPEG claims more pixels than its \(\d+\) bytes can hold/,
      );
      expect(() => decodeImage(hugePng)).toThrow(
        `decodeImage: the PNG claims (${height}, ${width}) pixels, more than its`,
      );
    }
    expect(() => decodeImage(interlaced)).toThrow("decodeImage: the PNG is interlaced and has (6");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10e6);
  });
  test("damage anywhere gives an image of its stated size or a sentence", () => {
    const files = [jpeg(16, 16), png(16, 16), pgm(4, 4, 100), text("P3 2 1 255\n1 2 3 # c\n4 5 6\n")];
    const places = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.constantFrom(...files), places, fc.nat(), (file, changes, cut) => {
        const bytes = Uint8Array.from(file);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        let image: ImageBytes;
        try {
          image = decodeImage(cut % 2 ? bytes : bytes.subarray(0, cut % bytes.length));
        } catch (error) {
          expect((error as Error).message).toMatch(/^decodeImage: /);
          return;
        }
        expect(image.pixels.length).toBe(image.height * image.width * image.channels);
        expect(image.pixels.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("loadFolder", () => {
  const size = { height: 6, width: 4, channels: 1 } as const;

  test("the layouts of LFW, CelebA and ORL, by sorted names, at one size", async () => {
    putAll({
      "s10/2.pgm": pgm(3, 3, 40),
      "s10/10.pgm": pgm(30, 20, 50),
      "07201/001.jpg": jpeg(12, 8),
      "Jane_Doe/Jane_Doe_0002.png": png(12, 8),
      "Jane_Doe/Jane_Doe_0001.JPG": jpeg(12, 8),
    });
    const { dataset, files, skipped } = await loadFolder(at(), size);
    expect(dataset.classes).toEqual(["07201", "Jane_Doe", "s10"]);
    expect(files).toEqual([
      "07201/001.jpg",
      "Jane_Doe/Jane_Doe_0001.JPG",
      "Jane_Doe/Jane_Doe_0002.png",
      "s10/10.pgm",
      "s10/2.pgm",
    ]);
    expect(Array.from(dataset.labels)).toEqual([0, 1, 1, 2, 2]);
    expect(skipped).toEqual([]);
    expect([dataset.height, dataset.width, dataset.channels]).toEqual([6, 4, 1]);
    expect(Array.from(dataset.severity)).toEqual([0, 0, 0, 0, 0]);
    expect(dataset.pixels.length).toBe(5 * 24);
    expect(dataset.pixels.subarray(3 * 24)).toEqual(new Uint8Array(48).fill(50, 0, 24).fill(40, 24));
    // The corners of the gradient in grey: red counts 0.299, green 0.587, blue (60) 0.114.
    const image = dataset.pixels.subarray(48, 72);
    expect(image[0]).toBeCloseTo(0.299 * 12.5 + 0.587 * (200 / 24) + 0.114 * 60, -0.5);
    expect(image[23]).toBeCloseTo(0.299 * 162.5 + 0.587 * (200 * (10.5 / 12)) + 0.114 * 60, -0.5);
  });
  test("in colour, grey images have their three channels alike", async () => {
    putAll({ "a/1.pgm": pgm(6, 4, 40), "b/1.png": png(6, 4) });
    const { dataset } = await loadFolder(at(), { ...size, channels: 3 });
    expect(dataset.pixels).toEqual(Uint8Array.from([...new Array(72).fill(40), ...rgb(6, 4)]));
  });
  test("what gives no image is listed with the reason; hidden files are passed over", async () => {
    putAll({
      "a/1.pgm": pgm(6, 4, 1),
      "a/2.jpg": "",
      "a/3.png": png(6, 4).subarray(0, 60),
      "a/4.txt": "a note",
      "a/5.pgm": pgm(6, 4, 5),
      "a/.DS_Store": "x",
      "a/more/1.pgm": pgm(6, 4, 7),
      "b/1.pgm": pgm(6, 4, 9),
      "README.md": "x",
      "empty/.keep": "",
    });
    symlinkSync(at("nowhere"), at("b/2.pgm"));
    symlinkSync(at("b"), at("c"));
    symlinkSync(at("loop"), at("loop"));
    const { dataset, files, skipped } = await loadFolder(at(), size);
    expect(files).toEqual(["a/1.pgm", "a/5.pgm", "b/1.pgm", "c/1.pgm"]);
    expect(dataset.classes).toEqual(["a", "b", "c"]);
    expect(Array.from(dataset.pixels.filter((_, i) => i % 24 === 0))).toEqual([1, 5, 9, 9]);
    expect(skipped).toEqual([
      { file: "README.md", why: "it is not in the folder of a person" },
      { file: "loop", why: "it cannot be opened (ELOOP)" },
      { file: "a/2.jpg", why: "the file is empty (0 bytes) but must be a JPEG, PNG, PGM or PPM image" },
      { file: "a/3.png", why: expect.stringMatching(/^the PNG is cut short or damaged/) },
      { file: "a/4.txt", why: "the file begins with 61 20 6e 6f but must be a JPEG, PNG, PGM or PPM image" },
      { file: "a/more", why: "it is not a file" },
      { file: "b/2.pgm", why: "it cannot be found (ENOENT)" },
      { file: "c/2.pgm", why: "it cannot be found (ENOENT)" },
    ]);
  });
  test("minimum counts readable images", async () => {
    putAll({
      "a/1.pgm": pgm(6, 4, 1),
      "a/2.pgm": pgm(6, 4, 2),
      "b/1.pgm": pgm(6, 4, 3),
      "b/2.pgm": "broken",
      "c/1.pgm": pgm(6, 4, 5),
      "d/1.pgm": pgm(6, 4, 6),
      "d/2.pgm": pgm(6, 4, 7),
    });
    const { dataset, files, skipped } = await loadFolder(at(), { ...size, minimum: 2 });
    expect(dataset.classes).toEqual(["a", "d"]);
    expect(Array.from(dataset.labels)).toEqual([0, 0, 1, 1]);
    expect(Array.from(dataset.pixels.filter((_, i) => i % 24 === 0))).toEqual([1, 2, 6, 7]);
    expect(files).toEqual(["a/1.pgm", "a/2.pgm", "d/1.pgm", "d/2.pgm"]);
    expect(skipped.map(({ file }) => file)).toEqual(["b/2.pgm"]);
  });
  test("progress is told for every image and lets timers run", async () => {
    const image = jpeg(64, 64);
    putAll(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`p${i % 2}/${i}.jpg`, image])));
    const told: number[] = [];
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await loadFolder(at(), { ...size, onProgress: (done, total) => told.push(done / total) });
    clearInterval(timer);
    expect(told).toEqual(Array.from({ length: 60 }, (_, i) => (i + 1) / 60));
    expect(ticks).toBeGreaterThan(5);
  });
  test("errors, each a sentence", async () => {
    putAll({
      file: "x",
      "one/a/1.pgm": pgm(6, 4, 1),
      "flat/1.pgm": pgm(6, 4, 1),
      "bad/a/1.jpg": "x",
      "bad/b/1.jpg": "",
    });
    const load = (name: string, options = {}) => loadFolder(at(name), { ...size, ...options });
    const named = (name: string): string => `loadFolder: "${at(name)}"`;
    const must = "it must hold one folder of images per person";
    await expect(load("none")).rejects.toThrow(
      `${named("none")} does not exist but must be a folder that holds one folder of images per person`,
    );
    await expect(load("file")).rejects.toThrow(`${named("file")} is not a folder but must be`);
    await expect(load("flat")).rejects.toThrow(
      `${named("flat")} has (0) people with at least (1) files but (2) are needed; ${must}`,
    );
    await expect(load("one")).rejects.toThrow(
      `${named("one")} has (1) people with at least (1) files but (2) are needed`,
    );
    await expect(load("one", { people: 1, minimum: 2 })).rejects.toThrow(
      `${named("one")} has (0) people with at least (2) files`,
    );
    await expect(load("bad")).rejects.toThrow(
      `loadFolder: (2) files are in the folders of "${at("bad")}" but none is a readable image; of the first, a/1.jpg: the file begins with 78`,
    );
    await expect(load("bad", { height: 0 })).rejects.toThrow(
      "loadFolder: size (0, 4) is given but both must be whole numbers above 0",
    );
    await expect(load("bad", { channels: 2 })).rejects.toThrow(
      "loadFolder: channels is 2 but must be 1 (grey) or 3 (colour)",
    );
    await expect(load("bad", { height: 1e6, width: 1e6 })).rejects.toThrow(
      "GiB fit one array; use a smaller size or fewer images",
    );
    expect((await load("one", { people: 1 })).files).toEqual(["a/1.pgm"]);
    putAll({ "bad/c/1.pgm": pgm(6, 4, 1) });
    await expect(load("bad")).rejects.toThrow(
      `${named("bad")} has (1) people with at least (1) readable images but (2) are needed`,
    );
  });
});

describe("loadFiles", () => {
  const size = { height: 2, width: 2, channels: 1, folder: "" } as const;
  const cached = (): string[] => readdirSync(cacheDirectory()).map((name) => join(cacheDirectory(), name));

  test("keeps the order asked for, repeats and all", async () => {
    putAll({ "1.pgm": pgm(2, 2, 1), "2.pgm": pgm(2, 2, 2), "x.pgm": "x" });
    const { pixels, files, skipped } = await loadFiles(["2.pgm", "x.pgm", "1.pgm", "2.pgm"], {
      ...size,
      folder: at(),
    });
    expect(Array.from(pixels)).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect(files).toEqual(["2.pgm", "1.pgm", "2.pgm"]);
    expect(skipped.map(({ file }) => file)).toEqual(["x.pgm"]);
  });
  test("the second time the cache gives the same, the skipped included, without reading", async () => {
    putAll({ "1.pgm": pgm(2, 2, 1), "2.pgm": "x", "3.pgm": pgm(2, 2, 3) });
    const paths = ["1.pgm", "2.pgm", "3.pgm", "missing.pgm"];
    const first = await loadFiles(paths, { ...size, folder: at() });
    expect(cached()).toHaveLength(1);
    // Other bytes of the same length and time cannot be told apart, which shows that the cache was used.
    const time = new Date(1e12);
    for (const name of ["1.pgm", "2.pgm", "3.pgm"]) utimesSync(at(name), time, time);
    const second = await loadFiles(paths, { ...size, folder: at() });
    writeFileSync(at("1.pgm"), pgm(2, 2, 9));
    utimesSync(at("1.pgm"), time, time);
    const told: number[][] = [];
    const third = await loadFiles(paths, { ...size, folder: at(), onProgress: (...now) => told.push(now) });
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(told).toEqual([[4, 4]]);
    expect((await loadFiles(paths, { ...size, folder: at(), cache: false })).pixels[0]).toBe(9);
  });
  test("a change of a file, of the list or of the size is seen", async () => {
    putAll({ "1.pgm": pgm(2, 2, 1), "2.pgm": pgm(2, 2, 2) });
    const load = async (paths: string[], options = {}): Promise<number[]> =>
      Array.from((await loadFiles(paths, { ...size, folder: at(), ...options })).pixels);
    await load(["1.pgm", "2.pgm"]);
    expect(await load(["2.pgm", "1.pgm"])).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
    expect(await load(["1.pgm", "2.pgm"], { width: 1 })).toEqual([1, 1, 2, 2]);
    expect(await load(["1.pgm"], { channels: 3, width: 1 })).toEqual([1, 1, 1, 1, 1, 1]);
    writeFileSync(at("1.pgm"), pgm(2, 2, 7));
    utimesSync(at("1.pgm"), new Date(1e12), new Date(1e12));
    expect(await load(["1.pgm", "2.pgm"])).toEqual([7, 7, 7, 7, 2, 2, 2, 2]);
  });
  test("a damaged cache is ignored and made anew", async () => {
    putAll({ "1.pgm": pgm(2, 2, 1), "2.pgm": pgm(2, 2, 2) });
    const load = () => loadFiles(["1.pgm", "2.pgm"], { ...size, folder: at() });
    const want = await load();
    const [file] = cached() as [string];
    const good = readFileSync(file);
    const flipped = Buffer.from(good);
    flipped[good.length - 1]! ^= 1;
    for (const bad of [
      flipped,
      good.subarray(0, -1),
      good.subarray(0, 10),
      Buffer.concat([good, Buffer.of(0)]),
      "",
    ]) {
      writeFileSync(file, bad);
      expect(await load()).toEqual(want);
      expect(readFileSync(file)).toEqual(good);
    }
    expect(cached()).toEqual([file]);
  });
  test("a cache that cannot be written is no error", async () => {
    putAll({ "1.pgm": pgm(2, 2, 1), taken: "a file where the directory should be" });
    vi.stubEnv("XDG_CACHE_HOME", at("taken"));
    expect(Array.from((await loadFiles(["1.pgm"], { ...size, folder: at() })).pixels)).toEqual([1, 1, 1, 1]);
    expect(readFileSync(at("taken"), "utf8")).toBe("a file where the directory should be");
  });
  test.runIf(process.platform === "linux")(
    "a file that fails while it is read is tried again next time",
    async () => {
      putAll({ "1.pgm": pgm(2, 2, 1) });
      symlinkSync("/proc/self/mem", at("2.pgm"));
      const { files, skipped } = await loadFiles(["1.pgm", "2.pgm"], { ...size, folder: at() });
      expect(files).toEqual(["1.pgm"]);
      expect(skipped).toEqual([{ file: "2.pgm", why: "it cannot be opened (EIO)" }]);
      expect(readdirSync(at()).filter((name) => name === ".cache")).toEqual([]);
    },
  );
  test("no files give no images", async () => {
    expect(await loadFiles([], size)).toEqual({ pixels: new Uint8Array(0), files: [], skipped: [] });
  });
});

describe("cache", () => {
  test("is in the user's cache directory, by the XDG rules", () => {
    expect(cacheDirectory()).toBe(at(".cache/knotgrad"));
    vi.stubEnv("XDG_CACHE_HOME", "relative");
    vi.stubEnv("HOME", "/home/someone");
    expect(cacheDirectory()).toBe(join("/home/someone", ".cache", "knotgrad"));
  });
  test("gives back what was kept, in parts or whole, and nothing else", () => {
    expect(readCache("x")).toBeUndefined();
    writeCache("x", [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
    writeCache("empty", []);
    expect(readCache("x")).toEqual(Uint8Array.of(1, 2, 3));
    expect(readCache("empty")).toEqual(new Uint8Array(0));
    expect(readdirSync(cacheDirectory()).sort()).toEqual(["empty", "x"]);
  });
  test("a directory in a file's place is no error, and stays", () => {
    mkdirSync(join(cacheDirectory(), "x", "inside"), { recursive: true });
    writeCache("x", [Uint8Array.of(1)]);
    expect(readCache("x")).toBeUndefined();
    expect(readdirSync(cacheDirectory())).toEqual(["x"]);
  });
});

describe("digits", () => {
  test("ten thousand digits, and the same from the cache", () => {
    const first = digits();
    expect(first.labels.length).toBe(10_000);
    expect([first.height, first.width, first.channels]).toEqual([28, 28, 1]);
    expect(Array.from(classCounts(first))).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    expect(readdirSync(cacheDirectory())).toHaveLength(1);
    const second = digits();
    // Compared as bytes: toEqual would look at each of eight million numbers by itself.
    expect(Buffer.from(second.pixels.buffer).equals(first.pixels)).toBe(true);
    expect(Buffer.from(second.labels.buffer).equals(Buffer.from(first.labels.buffer))).toBe(true);
    // MNIST centres digits by mass: ink in the middle of all ones, none in the corners of any image.
    const ink = (label: number, y: number, x: number): number =>
      first.labels.reduce((sum, l, i) => sum + (l === label ? first.pixels[(i * 28 + y) * 28 + x]! : 0), 0);
    expect(ink(1, 14, 14) / 1127).toBeGreaterThan(200);
    expect(ink(0, 14, 14) / 1001).toBeLessThan(30);
    for (let label = 0; label < 10; label++) expect(ink(label, 0, 0)).toBe(0);
  });
});
