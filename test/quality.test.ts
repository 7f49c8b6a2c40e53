// Sharpness and contrast by hand, the study of p with a small net, and `knotgrad quality` as a user runs it.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { PNG } from "pngjs";
import { afterAll, describe, expect, test } from "vitest";
import { makeDataset } from "../src/face/dataset.ts";
import { degradations } from "../src/face/degrade.ts";
import { createModel } from "../src/face/model.ts";
import type { Net } from "../src/face/nets.ts";
import { ofClasses, quality, severities } from "../src/face/quality.ts";
import { contrast, sharpness } from "../src/face/sharpness.ts";
import { saveCheckpoint } from "../src/node/checkpoint.ts";
import { qualityFigure } from "../src/node/report/quality_figure.ts";
import { openGpu } from "./open.ts";

const root = new URL("..", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "knotgrad-quality-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("sharpness and contrast", () => {
  // Laplacians of the inner pixels: 1 + 3 + 0 + 9 - 8 = 5 and 2 + 4 + 2 + 7 - 12 = 3, so (1, -1) around 4.
  const grey = { height: 3, width: 4, channels: 1 };
  const pixels = Uint8Array.from([5, 1, 2, 6, 0, 2, 3, 4, 8, 9, 7, 1]);

  test("by hand", () => {
    expect(sharpness(pixels, grey)).toBe(1);
    expect(contrast(Uint8Array.from([10, 20, 10, 20]), { height: 2, width: 2, channels: 1 })).toBe(5);
    expect(sharpness(new Uint8Array(12).fill(9), grey)).toBe(0);
    // A slope has no second derivative.
    expect(
      sharpness(
        Uint8Array.from({ length: 12 }, (_, i) => 3 * (i % 4) + i),
        grey,
      ),
    ).toBe(0);
  });

  test("colours count by their grey", () => {
    const coloured = Uint8Array.from({ length: 36 }, (_, i) => pixels[Math.floor(i / 3)]!);
    expect(sharpness(coloured, { ...grey, channels: 3 })).toBe(1);
    expect(contrast(coloured, { ...grey, channels: 3 })).toBe(contrast(pixels, grey));
  });

  test("refuse other sizes", () => {
    expect(() => sharpness(pixels, { height: 2, width: 6, channels: 1 })).toThrow(
      "sharpness: the image is (2, 6) but must be at least (3, 3)",
    );
    expect(() => sharpness(pixels, { ...grey, channels: 3 })).toThrow(
      "sharpness: pixels has (12) bytes but must have (3, 4, 3)",
    );
    expect(() => contrast(new Uint8Array(0), { height: 0, width: 4, channels: 1 })).toThrow(
      "contrast: pixels has (0) bytes but must have (0, 4, 1)",
    );
  });
});

const SIDE = 8;
const net: Net = {
  name: "tiny",
  height: SIDE,
  width: SIDE,
  channels: 1,
  layers: [{ kind: "flatten" }, { kind: "linear", size: 1 }],
};
const classes = ["Bright", "Dark"];
const stripe = (i: number): number => (i % 2 === 0 ? 1 : -1);
/** The embedding is the sum of pixels times stripes, in units of 128 grey levels, and the logits are half of it and its opposite. */
const weights = {
  "1.linear.weight": {
    shape: [SIDE * SIDE, 1],
    data: Float32Array.from({ length: SIDE * SIDE }, (_, i) => stripe(i)),
  },
  "1.linear.bias": { shape: [1], data: Float32Array.of(0) },
  "classifier.weight": { shape: [1, 2], data: Float32Array.of(0.5, -0.5) },
  "classifier.bias": { shape: [2], data: Float32Array.of(0, 0) },
};
/** Image i of a person has stripes of this depth, to one side for Bright and to the other for Dark; half of it is the margin. */
const depth = (i: number): number => 8 + 4 * i;
const face = (label: number, i: number): Uint8Array =>
  Uint8Array.from({ length: SIDE * SIDE }, (_, k) => 128 + (1 - 2 * label) * depth(i) * stripe(k));
const IMAGES = 10;
const faces = makeDataset({
  ...{ height: SIDE, width: SIDE, channels: 1, classes },
  pixels: Uint8Array.from(
    [0, 1].flatMap((label) => Array.from({ length: IMAGES }, (_, i) => [...face(label, i)]).flat()),
  ),
  labels: Uint32Array.from({ length: 2 * IMAGES }, (_, n) => Math.floor(n / IMAGES)),
});

describe("quality", async () => {
  const gpu = await openGpu();
  const model = createModel(gpu, net, 2, 1);
  for (const [name, { data }] of Object.entries(weights)) model.parameters.tensors[name]!.write(data);
  const options = { resamples: 50, images: 12 };
  const result = await quality(gpu, model, faces, options);

  test("p is the formula's, and what is missing to 1 keeps its digits beyond those of p", () => {
    const { clean } = result;
    // 1 - p is 1.5e-8 and less at the margins 18, 20 and 22, which is less than half a step of f32 below 1.
    expect(clean).toMatchObject({ images: 20, people: 2, right: 1, saturated: 0.3 });
    const missing = Array.from({ length: IMAGES }, (_, i) => 1 / (1 + Math.exp(depth(i) / 2)));
    expect(clean.missing).toHaveLength(101);
    expect(clean.missing[0]! / missing.at(-1)!).toBeCloseTo(1, 5);
    expect(clean.missing[100]! / missing[0]!).toBeCloseTo(1, 5);
    expect(clean.mean).toBeCloseTo(1 - missing.reduce((sum, v) => sum + v, 0) / IMAGES, 6);
    expect(clean.median).toBeCloseTo(1 - (missing[4]! + missing[5]!) / 2, 7);
  });

  test("p follows depth, so sharpness and contrast, where p is 1 in f32 too", () => {
    expect(result.measured.map(({ measure }) => measure)).toEqual(["sharpness", "contrast"]);
    for (const { overall, within } of result.measured) {
      for (const interval of [overall, within]) {
        for (const value of Object.values(interval!)) expect(value).toBeCloseTo(1, 12);
      }
    }
  });

  test("p falls with the severity of what takes depth away", () => {
    expect(result.before.images).toBe(12);
    expect(result.degraded.map(({ kind }) => kind)).toEqual([...degradations]);
    for (const { kind, at, correlation } of result.degraded) {
      expect(at.map(({ severity }) => severity)).toEqual([...severities]);
      if (kind !== "contrast") continue; // so small a blur leaves 8 pixels as they are
      expect(at.map(({ fell }) => fell)).toEqual([1, 1, 1, 1]);
      for (const [k, { mean }] of at.entries())
        expect(mean).toBeLessThan(at[k - 1]?.mean ?? result.before.mean);
      expect(correlation!.high).toBeLessThan(-0.5);
    }
    // A tenth of the contrast is left at severity 1, to the nearest grey level: 1 for the shallowest stripes.
    const [worst] = result.degraded.filter(({ kind }) => kind === "contrast").map(({ at }) => at[3]!);
    expect(worst!.missing[100]).toBeCloseTo(1 / (1 + Math.exp(0.5)), 5);
  });

  test("repeats, and another seed degrades other images", async () => {
    const seen: string[] = [];
    const onProgress = (what: string, done: number, all: number) => seen.push(`${what} ${done}/${all}`);
    expect(await quality(gpu, model, faces, { ...options, onProgress })).toEqual(result);
    expect(seen).toContain("images 20/20");
    expect(seen.at(-1)).toBe("degraded images 240/240");
    const other = await quality(gpu, model, faces, { ...options, seed: 2 });
    expect(other.clean).toEqual(result.clean);
    expect(other.before).not.toEqual(result.before);
  });

  test("what never varies has no correlation", async () => {
    const alike = {
      ...faces,
      pixels: Uint8Array.from({ length: faces.pixels.length }, (_, k) => face(0, 1)[k % 64]!),
    };
    const { measured, clean } = await quality(gpu, model, alike, options);
    expect(clean.right).toBe(0.5);
    for (const { overall, within } of measured) expect([overall, within]).toEqual([null, null]);
  });

  test("refuses", async () => {
    await expect(quality(gpu, model, faces, { images: 0 })).rejects.toThrow(
      "quality: images is 0 but must be a whole number from 1 up",
    );
    const none = { ...faces, pixels: new Uint8Array(0), labels: new Uint32Array(0) };
    await expect(quality(gpu, model, none)).rejects.toThrow("quality: there are no images");
    const bare = createModel(gpu, net, 2, 1, { classifier: "none" });
    await expect(quality(gpu, bare, faces)).rejects.toThrow("this tiny net has no classifier");
  });

  test("the figure is one well-formed SVG with a line for each degradation in each panel", () => {
    const svg = qualityFigure({ ...result, before: { ...result.before, missing: [0, 1e-12, 0.5] } });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*<\/svg>\n$/);
    expect(svg).not.toMatch(/&(?!(amp|lt|gt|quot|#\d+);)|NaN|Infinity|undefined|<style|<script|href/);
    const { document } = parseHTML(svg);
    expect(document.querySelectorAll('[aria-label="line"] path')).toHaveLength(6 + 5);
    expect(document.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(5 * 5);
    const texts = [...document.querySelectorAll("text")].map((text) => text.textContent);
    for (const kind of degradations) expect(texts).toContain(kind);
  });
});

describe("ofClasses", () => {
  test("keeps the people a model knows, under its numbers", () => {
    const three = { ...faces, classes: ["Stranger", "Bright"] };
    const known = ofClasses(three, ["Dark", "Bright"]);
    expect(known.classes).toEqual(["Dark", "Bright"]);
    expect([...known.labels]).toEqual(new Array(IMAGES).fill(1));
    expect(known.pixels).toEqual(faces.pixels.slice(IMAGES * SIDE * SIDE));
  });

  test("refuses strangers", () => {
    expect(() => ofClasses(faces, ["A", "B", "C"])).toThrow(
      "ofClasses: none of (2) people is one of the model's (3) classes but one must be",
    );
  });
});

describe("the command", () => {
  const knotgrad = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        ["--import", "tsx", join(root, "src/node/cli.ts"), "quality", ...args],
        { cwd: root },
        (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
      );
    });

  /** A folder of such faces, by the names of its people. */
  function people(name: string, ...persons: string[]): string {
    persons.forEach((person, label) => {
      mkdirSync(join(scratch, name, person), { recursive: true });
      for (let i = 0; i < 4; i++) {
        const png = new PNG({ width: SIDE, height: SIDE });
        face(label % 2, i).forEach((v, k) => {
          png.data.set([v, v, v, 255], 4 * k);
        });
        writeFileSync(join(scratch, name, person, `${i}.png`), PNG.sync.write(png));
      }
    });
    return join(scratch, name);
  }

  async function modelFile(name: string, metadata: { [key: string]: string } = {}): Promise<string> {
    const file = join(scratch, name);
    const common = { format: "knotgrad 2", net: JSON.stringify(net), classes: JSON.stringify(classes) };
    await saveCheckpoint(file, weights, { ...common, ...metadata });
    return file;
  }

  test("measures the people that the model knows, and draws", async () => {
    const figure = join(scratch, "quality.svg");
    const { code, stdout, stderr } = await knotgrad(
      ...["--model", await modelFile("m.safetensors"), "--data", people("three", ...classes, "Stranger")],
      ...["--images", "6", "--svg", figure, "--json"],
    );
    expect(stderr).toContain(
      "2 of 3 people of --data are among the 2 that the model tells apart; only these are measured\n",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^8 images of 2 people as they are: p 0\.99\d in the mean, /);
    expect(stdout).toMatch(/\np and contrast, within people +1\.000 +1\.000 +1\.000\n/);
    expect(stdout).toMatch(/\nThe same 6 images, as they are and degraded:\n/);
    expect(stdout).toMatch(/\ncontrast +0\.25 +[\d.]+ +[\d.]+ +[\d.]+ +100\.0\n/);
    expect(readFileSync(figure, "utf8")).toMatch(/^<svg /);
    const json = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
    expect(json).toMatchObject({ seed: 1, figure, quality: { clean: { images: 8 }, before: { images: 6 } } });
    expect(json.quality.degraded).toHaveLength(degradations.length);
  });

  test.each<[string, () => Promise<string[]>, RegExp]>([
    [
      "strangers",
      async () => ["--data", people("strangers", "X", "Y"), "--model", await modelFile("a")],
      /none of \(2\) people/,
    ],
    [
      "a net without a classifier",
      async () => ["--data", "d", "--model", await modelFile("b", { classifier: '"none"' })],
      /has no classifier/,
    ],
    [
      "no images",
      async () => ["--data", "d", "--model", "m", "--images", "0"],
      /--images: 0 is given but must be a whole number from 1 up/,
    ],
    [
      "a figure that is no SVG",
      async () => ["--data", "d", "--model", "m", "--svg", "f.png"],
      /--svg: f\.png is given but must be a file that ends in \.svg/,
    ],
    [
      "a figure without a folder",
      async () => ["--data", "d", "--model", "m", "--svg", "no/such/f.svg"],
      /there is no folder .*no\/such/,
    ],
  ])("refuses %s in a sentence", async (_, args, message) => {
    const { code, stdout, stderr } = await knotgrad(...(await args()));
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});
