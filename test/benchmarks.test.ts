// Small test sets in folders: three people of LFW, two of CFP.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PNG } from "pngjs";
import { afterAll, describe, expect, test } from "vitest";
import { blufr } from "../src/face/blufr.ts";
import { cosines, identify } from "../src/face/identification.ts";
import { pairScores, verify } from "../src/face/verification.ts";
import { loadCfp, loadLfw } from "../src/node/benchmarks.ts";
import { measureBenchmark } from "../src/node/experiments/measure.ts";
import { random } from "../src/random.ts";
import { openGpu } from "./open.ts";

const scratch = mkdtempSync(join(tmpdir(), "knotgrad-benchmarks-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const net = { name: "any", height: 4, width: 4, channels: 1, layers: [] };

function put(file: string, content: string | Buffer): string {
  mkdirSync(dirname(join(scratch, file)), { recursive: true });
  writeFileSync(join(scratch, file), content);
  return join(scratch, file);
}

/** An image of one grey. */
function grey(value: number): Buffer {
  const png = new PNG({ width: 4, height: 4 });
  png.data.fill(value);
  for (let i = 3; i < png.data.length; i += 4) png.data[i] = 255;
  return PNG.sync.write(png);
}

/** Three people, of whom Cy has one image; each image's grey is its number from 0 in the order of files. */
function lfw(name: string, change: { readonly [file: string]: string | Buffer | undefined } = {}): string {
  const stems = ["Al/Al_0001", "Al/Al_0002", "Al/Al_0003", "Bo/Bo_0001", "Bo/Bo_0002", "Cy/Cy_0001"];
  const files: { [file: string]: string | Buffer | undefined } = {
    ...Object.fromEntries(stems.map((stem, i) => [`${stem}.png`, grey(i)])),
    "readme.txt": "stray",
    ...change,
  };
  for (const [file, content] of Object.entries(files)) {
    if (content !== undefined) put(`${name}/${file}`, content);
  }
  return join(scratch, name);
}

const pairs = ["2\t1", "Al\t1\t3", "Bo\t2\tCy\t1", "Bo\t1\t2", "Al\t2\tBo\t1"].join("\n");
/** BLUFR's lists of the same images in another order, and as .jpg. */
const lists = {
  imageList: ["Cy_0001", "Bo_0002", "Bo_0001", "Al_0003", "Al_0002", "Al_0001"].map((stem) => `${stem}.jpg`),
  labels: [3, 2, 2, 1, 1, 1],
  devTrainIndex: [1],
  devTestIndex: [2, 3],
  trainIndex: [[1], [1]],
  testIndex: [
    [2, 3, 4, 1],
    [3, 2, 6, 5, 1],
  ],
  galIndex: [[3], [6]],
  probIndex: [
    [2, 4, 1],
    [2, 3, 5, 1],
  ],
};
function protocols(name: string, files: { readonly [file: string]: string } = {}): string {
  put(`${name}/lfw/pairs.txt`, pairs);
  for (const [file, content] of Object.entries(files)) put(`${name}/${file}`, content);
  return join(scratch, name);
}
const withBlufr = { "blufr/blufr_lfw_config.json": JSON.stringify(lists) };

describe("LFW", () => {
  test("all images, people, pairs, and BLUFR's lists in the order of the images", async () => {
    const set = await loadLfw(lfw("lfw"), protocols("full", withBlufr), net);
    expect(set.name).toBe("LFW");
    expect(set.files).toEqual(
      ["Al/Al_0001", "Al/Al_0002", "Al/Al_0003", "Bo/Bo_0001", "Bo/Bo_0002", "Cy/Cy_0001"].map(
        (s) => `${s}.png`,
      ),
    );
    expect(set.people).toEqual(["Al", "Bo", "Cy"]);
    expect([...set.images.labels]).toEqual([0, 0, 0, 1, 1, 2]);
    expect([...set.images.pixels.filter((_, i) => i % 16 === 0)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(set.lists).toEqual([
      {
        test: "LFW",
        pairs: [
          { a: 0, b: 2, same: true, fold: 0 },
          { a: 4, b: 5, same: false, fold: 0 },
          { a: 3, b: 4, same: true, fold: 1 },
          { a: 1, b: 3, same: false, fold: 1 },
        ],
      },
    ]);
    expect(set.blufr!.labels).toEqual(set.images.labels);
    expect(set.blufr!.development.test).toEqual(Uint32Array.of(4, 3));
    expect(set.blufr!.trials[1]).toEqual({
      train: Uint32Array.of(5),
      test: Uint32Array.of(3, 4, 0, 1, 5),
      gallery: Uint32Array.of(0),
      probes: Uint32Array.of(4, 3, 1, 5),
    });
    expect((await loadLfw(lfw("lfw"), protocols("bare"), net)).blufr).toBeUndefined();
  });

  const refused: [
    what: string,
    files: Parameters<typeof lfw>[1],
    lists: { [file: string]: string },
    sentence: string,
  ][] = [
    [
      "an image of the pairs that is missing",
      { "Bo/Bo_0002.png": undefined },
      {},
      "loadLfw: 1 images of the lists are missing in FOLDER (Bo_0002)",
    ],
    [
      "an image of BLUFR's that is missing",
      { "Al/Al_0003.png": undefined },
      { ...withBlufr, "lfw/pairs.txt": pairs.replace("1\t3", "1\t2") },
      "loadLfw: 1 images of the lists are missing in FOLDER (Al_0003)",
    ],
    [
      "a broken image",
      { "Al/Al_0002.png": "no image" },
      {},
      "loadLfw: 1 files of FOLDER give no image, the first Al/Al_0002.png: ",
    ],
    [
      "an image in two formats",
      { "Al/Al_0001.jpg": grey(9) },
      {},
      "loadLfw: Al/Al_0001.png of FOLDER is there in another format",
    ],
    [
      "a file named otherwise",
      { "Al/Bo_0003.png": grey(9) },
      {},
      "loadLfw: Al/Bo_0003.png of FOLDER is named otherwise",
    ],
    [
      "CFP's folders",
      { "Di/frontal/01.png": grey(9) },
      {},
      "loadLfw: Di/frontal/01.png of FOLDER is named otherwise",
    ],
    [
      "lists of BLUFR that are broken",
      {},
      { "blufr/blufr_lfw_config.json": "{" },
      "blufr_lfw_config.json cannot be read: parseBlufr: the text is no JSON",
    ],
    [
      "a way out of the folder",
      {},
      { "lfw/pairs.txt": pairs.replace("Bo\t2", "..\t2") },
      'pairs.txt line 3 has the name ".." but',
    ],
  ];
  test.each(refused)("refuses %s", async (what, files, lists, sentence) => {
    const folder = lfw(what, files);
    await expect(loadLfw(folder, protocols(`lists of ${what}`, lists), net)).rejects.toThrow(
      sentence.replace("FOLDER", folder),
    );
  });
});

/** Two people with two frontal images and a profile image each; each fold has a pair of one person and of two. */
function cfp(
  name: string,
  file: (path: string, i: number) => Buffer | undefined = (_, i) => grey(i),
): [dir: string, protocols: string] {
  const list = (paths: string[]) => paths.map((path, i) => `${i + 1} ../Data/Images/${path}`).join("\n");
  const frontal = ["001/frontal/01.png", "001/frontal/02.png", "002/frontal/01.png", "002/frontal/02.png"];
  const profile = ["001/profile/01.png", "002/profile/01.png"];
  for (const [i, path] of [...frontal, ...profile].entries()) {
    const content = file(path, i);
    if (content) put(`${name}/${path}`, content);
  }
  put(`${name}-lists/cfp/Pair_list_F.txt`, list(frontal));
  put(`${name}-lists/cfp/Pair_list_P.txt`, list(profile));
  for (let fold = 1; fold <= 10; fold++) {
    for (const [kind, same, diff] of [
      ["FF", "1,2", "2,3"],
      ["FP", "3,2", "1,2"],
    ]) {
      const folder = `${name}-lists/cfp/Split/${kind}/${String(fold).padStart(2, "0")}`;
      put(`${folder}/same.txt`, same);
      put(`${folder}/diff.txt`, diff);
    }
  }
  return [join(scratch, name), join(scratch, `${name}-lists`)];
}

describe("CFP", () => {
  test("images of the pairs alone, by folder or, where they are given, by name", async () => {
    const [dir, lists] = cfp("cfp");
    const set = await loadCfp(dir, lists, net);
    expect(set.files).toEqual([
      "001/frontal/01.png",
      "001/frontal/02.png",
      "002/frontal/01.png",
      "002/profile/01.png",
    ]);
    expect([...set.images.pixels.filter((_, i) => i % 16 === 0)]).toEqual([0, 1, 2, 5]);
    expect([...set.images.labels]).toEqual([0, 0, 1, 1]);
    expect(set.images.classes).toEqual(["001", "002"]);
    expect(set.people).toEqual([]);
    expect(set.lists[1].test).toBe("CFP-FP");
    expect(set.lists[1].pairs.slice(18)).toEqual([
      { a: 2, b: 3, same: true, fold: 9 },
      { a: 0, b: 3, same: false, fold: 9 },
    ]);
    put("cfp-lists/cfp/list_name.txt", "Zoë Ball\nAnn Lee\n");
    const named = await loadCfp(dir, lists, net);
    expect(named.images.classes).toEqual(["Zoë Ball", "Ann Lee"]);
    expect(named.people).toEqual(named.images.classes);
  });

  test("a missing image is refused", async () => {
    const [dir, lists] = cfp("holes", (path, i) => (path === "002/profile/01.png" ? undefined : grey(i)));
    await expect(loadCfp(dir, lists, net)).rejects.toThrow(
      `loadCfp: 1 files of ${dir} give no image, the first 002/profile/01.png: it cannot be found (ENOENT)`,
    );
  });
});

test("figures of a test set are those of its protocols", async () => {
  const set = await loadLfw(lfw("measured"), protocols("measured lists", withBlufr), net);
  const D = 5;
  const stream = random(3);
  const embeddings = Float32Array.from({ length: 6 * D }, () => stream.normal());
  const gpu = await openGpu();
  const { verification, identification } = await measureBenchmark(gpu, set, embeddings, D);
  const { pairs } = set.lists[0];
  const same = pairs.map((pair) => pair.same);
  const fold = pairs.map((pair) => pair.fold);
  const scores = pairScores(embeddings, D, pairs);
  expect(verification.map(({ test, result }) => [test, result])).toEqual([
    ["LFW", verify(scores, same, fold)],
  ]);
  const bytes = Buffer.from(verification[0].scores, "base64");
  expect([...scores.keys()].map((p) => bytes.readFloatLE(4 * p))).toEqual([...Float32Array.from(scores)]);

  const found = (gallery: number[], probes: number[]) => {
    const people = (of: number[]) => of.map((i) => set.images.labels[i]);
    return identify(cosines(embeddings, D, { gallery, probes }), people(gallery), people(probes));
  };
  /** 1 where the image of the closed gallery most alike to a probe shows its person. */
  const first = (probe: number): number => {
    const scores = [...cosines(embeddings, D, { gallery: [0, 3, 5], probes: [probe] })];
    const best = [0, 3, 5][scores.indexOf(Math.max(...scores))]!;
    return Number(set.images.labels[best] === set.images.labels[probe]);
  };
  const [closed, open] = [found([0, 3, 5], [1, 2, 4]), found([0, 3], [1, 2, 4, 5])];
  const { verification: rate, identification: detected } = blufr(embeddings, D, set.blufr!);
  expect(identification).toEqual([
    {
      test: "LFW closed set",
      rankOne: closed.rankOne,
      right: Buffer.from([1, 2, 4].map(first)).toString("base64"),
      dirAtFar: closed.dirAtFar,
    },
    { test: "LFW open set", rankOne: open.rankOne, dirAtFar: open.dirAtFar },
    {
      test: "LFW BLUFR",
      rankOne: null,
      dirAtFar: { "0.01": detected?.fused ?? null },
      verificationAtFar: { "0.001": rate?.fused ?? null },
    },
  ]);

  const own = await measureBenchmark(
    gpu,
    { ...set, name: "CFP" },
    embeddings,
    D,
    () => Float64Array.of(1, 0, 1, 0),
    "insightface",
  );
  expect(own.verification[0].result).toMatchObject({
    mean: 1,
    folds: [{ threshold: 0.01 }, { threshold: 0.01 }],
  });
  gpu.device.destroy();
});
