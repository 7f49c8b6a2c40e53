import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folds, makePairs } from "../src/face/pairs.ts";
import { pairFiles, readPairs } from "../src/node/pairs.ts";
import { random } from "../src/random.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knotgrad-pairs-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function listFile(...lines: string[]): Promise<string> {
  const file = join(folder, "list.txt");
  await writeFile(file, lines.join("\n"));
  return file;
}

const image = (name: string, index: number) => ({ name, index });

describe("lists of pairs", () => {
  test("folds, kinds and images of a list", async () => {
    const file = await listFile(
      "2\t2",
      "Ann_Lee\t1\t2",
      "Ann_Lee\t1\t13",
      "Ann_Lee\t2\tBo\t1",
      "Ann_Lee\t1\tBo\t1",
      "Cy\t1\t2",
      "Cy\t2\t3",
      "Cy\t2\tDi\t1",
      "Di\t3\tCy\t1",
    );
    expect(await readPairs(file)).toEqual({
      folds: 2,
      pairs: [
        { a: image("Ann_Lee", 1), b: image("Ann_Lee", 2), same: true, fold: 0 },
        { a: image("Ann_Lee", 1), b: image("Ann_Lee", 13), same: true, fold: 0 },
        { a: image("Ann_Lee", 2), b: image("Bo", 1), same: false, fold: 0 },
        { a: image("Ann_Lee", 1), b: image("Bo", 1), same: false, fold: 0 },
        { a: image("Cy", 1), b: image("Cy", 2), same: true, fold: 1 },
        { a: image("Cy", 2), b: image("Cy", 3), same: true, fold: 1 },
        { a: image("Cy", 2), b: image("Di", 1), same: false, fold: 1 },
        { a: image("Di", 3), b: image("Cy", 1), same: false, fold: 1 },
      ],
    });
  });

  test("one count is one fold; spaces, empty lines, a byte order mark and Windows line ends do no harm", async () => {
    const file = await listFile("\uFEFF1\r", "", "  Ann   1 2 \r", "Ann\t1  Bo 1\r", "", "");
    expect(await readPairs(file)).toEqual({
      folds: 1,
      pairs: [
        { a: image("Ann", 1), b: image("Ann", 2), same: true, fold: 0 },
        { a: image("Ann", 1), b: image("Bo", 1), same: false, fold: 0 },
      ],
    });
  });

  const good = ["1 1", "Ann 1 2", "Ann 1 Bo 1"];
  test.each<[what: string, lines: string[], sentence: string]>([
    ["no lines", [], "is empty but its first line must give"],
    [
      "words for counts",
      ["ten 1", good[1]!, good[2]!],
      'line 1 is "ten 1" but must give the number of folds',
    ],
    ["three counts", ["1 1 1", good[1]!, good[2]!], 'line 1 is "1 1 1" but'],
    ["no folds", ["0 1"], 'line 1 is "0 1" but'],
    ["a negative count", ["-1"], 'line 1 is "-1" but'],
    [
      "too few pairs",
      ["2 1", good[1]!, good[2]!],
      "has 2 pairs but its first line promises 4; is it cut short?",
    ],
    ["too many pairs", [...good, "Ann 1 3"], "has 3 pairs but its first line promises 2"],
    [
      "two people where one is due",
      ["1 1", "Ann 1 Bo 1", "Ann 1 2"],
      'line 2 has 4 fields but "name i j" is due',
    ],
    [
      "one person where two are due",
      ["1 1", "Ann 1 2", "", "Ann 1 3"],
      'line 4 has 3 fields but "name i name j"',
    ],
    ["a name alone", ["1 1", "Ann", good[2]!], "line 2 has 1 fields but"],
    [
      "a negative image",
      ["1 1", "Ann 1 -2", good[2]!],
      'line 2 has image number "-2" but numbers must be whole',
    ],
    ["image 0", ["1 1", "Ann 0 2", good[2]!], 'line 2 has image number "0" but'],
    ["half an image", ["1 1", good[1]!, "Ann 1 Bo 1.5"], 'line 3 has image number "1.5" but'],
    ["a name for an image", ["1 1", good[1]!, "Ann Bo 1 1"], 'line 3 has image number "Bo" but'],
    ["an image with itself", ["1 1", "Ann 2 2", good[2]!], "line 2 pairs image 2 of Ann with itself"],
    [
      "one person twice",
      ["1 1", good[1]!, "Ann 1 Ann 2"],
      "line 3 has Ann twice but a pair of two people is due",
    ],
    ["a way out of the folder", ["1 1", "../Ann 1 2", good[2]!], 'line 2 has the name "../Ann" but'],
    ["the folder above", ["1 1", good[1]!, "Ann 1 .. 1"], 'line 3 has the name ".." but'],
  ])("refuses %s, naming file and line", async (_, lines, sentence) => {
    const file = await listFile(...lines);
    await expect(readPairs(file)).rejects.toThrow(`readPairs: ${file} ${sentence}`);
  });

  test("a file that is not there is named", async () => {
    const file = join(folder, "none.txt");
    await expect(readPairs(file)).rejects.toThrow(`readPairs: ${file} cannot be read (ENOENT`);
  });
});

describe("files of pairs", () => {
  const pair = (a: [string, number], b: [string, number], fold: number) => ({
    a: image(...a),
    b: image(...b),
    same: a[0] === b[0],
    fold,
  });
  beforeAll(async () => {
    for (const name of ["Ann", "Bo"]) await mkdir(join(folder, name));
    for (const file of ["Ann/Ann_0001.jpg", "Ann/Ann_0012.png", "Bo/Bo_0001.pgm", "Bo/Bo_0002.gif"]) {
      await writeFile(join(folder, file), "");
    }
  });

  test("each file is listed once, and pairs refer to it by number", async () => {
    const pairs = [pair(["Ann", 1], ["Ann", 12], 0), pair(["Bo", 1], ["Ann", 1], 3)];
    expect(await pairFiles(pairs, folder)).toEqual({
      files: ["Ann/Ann_0001.jpg", "Ann/Ann_0012.png", "Bo/Bo_0001.pgm"].map((file) => join(folder, file)),
      pairs: [
        { a: 0, b: 1, same: true, fold: 0 },
        { a: 2, b: 0, same: false, fold: 3 },
      ],
    });
  });

  test("missing files are counted and the first few named", async () => {
    const pairs = [
      pair(["Ann", 1], ["Ann", 2], 0),
      pair(["Bo", 1], ["Bo", 2], 0),
      pair(["Cy", 1], ["Cy", 2], 0),
      pair(["Ann", 2], ["Ann", 12], 0),
    ];
    const named = ["Ann/Ann_0002", "Bo/Bo_0002", "Cy/Cy_0001"].map((stem) => join(folder, stem)).join(", ");
    await expect(pairFiles(pairs, folder)).rejects.toThrow(`4 of 7 images are missing (${named}, ...) but`);
    const one = pairFiles(pairs.slice(0, 1), folder);
    await expect(one).rejects.toThrow(`1 of 2 images are missing (${join(folder, "Ann/Ann_0002")}) but`);
  });

  test("a folder that is not there is named", async () => {
    const none = join(folder, "none");
    await expect(pairFiles([], none)).rejects.toThrow(`pairFiles: ${none} cannot be read (ENOENT`);
  });
});

describe("made-up pairs", () => {
  test("folds are contiguous and differ by at most one pair", () => {
    expect([...folds(7, 3)]).toEqual([0, 0, 0, 1, 1, 2, 2]);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.integer({ min: 2, max: 300 }), (n, k) => {
        fc.pre(k <= n);
        const fold = folds(n, k);
        const sizes = Array.from({ length: k }, (_, f) => fold.filter((x) => x === f).length);
        expect(fold).toEqual(fold.toSorted());
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
    for (const [n, k] of [
      [7, 1],
      [7, 8],
      [7, 2.5],
      [NaN, 2],
    ] as const) {
      expect(() => folds(n, k)).toThrow(`folds: ${n} pairs in ${k} folds were asked for but`);
    }
  });

  test.each<[what: string, classes: number, K: number, perFold: number]>([
    ["three classes for ten folds share their classes", 3, 10, 40],
    ["two classes a fold stay in their fold", 20, 10, 20],
    ["many classes", 200, 4, 90],
    ["two classes for two folds", 2, 2, 10],
  ])("%s; folds are balanced, pairs and images never repeat", (_, classes, K, perFold) => {
    const r = random(9);
    const labels = Uint32Array.from({ length: 600 }, () => r.below(classes));
    const pairs = makePairs(labels, { perFold, folds: K, random: random(4) });
    expect(pairs.map(({ fold }) => fold)).toEqual([...folds(K * perFold, K)]);
    for (const [p, { a, b, same }] of pairs.entries()) {
      expect(same).toBe(p % perFold < perFold / 2);
      expect(labels[a] === labels[b]).toBe(same);
      expect(a).not.toBe(b);
    }
    expect(new Set(pairs.map(({ a, b }) => `${Math.min(a, b)} ${Math.max(a, b)}`)).size).toBe(K * perFold);
    const owners = (of: (image: number) => number): number => {
      const found = new Map<number, Set<number>>();
      for (const { a, b, fold } of pairs) {
        for (const n of [a, b]) found.set(of(n), (found.get(of(n)) ?? new Set()).add(fold));
      }
      return Math.max(...[...found.values()].map((s) => s.size));
    };
    expect(owners((n) => n)).toBe(1);
    expect(owners((n) => labels[n]!) === 1).toBe(classes >= 2 * K);
  });

  test("every pair there is can be drawn, and is drawn as often as the others", () => {
    // Each fold gets a class of 3 images and one of 2: 4 pairs of one class, all of them asked for, and 6 of two.
    const labels = [0, 0, 0, 1, 1, 1, 2, 2, 3, 3];
    const all = makePairs(labels, { perFold: 8, folds: 2, random: random(1) });
    const named = all.filter(({ same }) => same).map(({ a, b }) => `${Math.min(a, b)} ${Math.max(a, b)}`);
    expect(named.sort()).toEqual(["0 1", "0 2", "1 2", "3 4", "3 5", "4 5", "6 7", "8 9"]);
    const seen = new Map<string, number>();
    const r = random(2);
    const rounds = 4000;
    for (let i = 0; i < rounds; i++) {
      for (const { a, b, same } of makePairs([0, 0, 0, 0, 1, 1, 1, 1], { perFold: 2, folds: 2, random: r })) {
        const key = `${same} ${Math.min(a, b)} ${Math.max(a, b)}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    // 2 draws a round of 12 pairs of one class, and of 16 pairs of two.
    const counts = (same: boolean): number[] =>
      [...seen].filter(([key]) => key.startsWith(`${same}`)).map(([, n]) => n);
    expect(counts(true).length).toBe(12);
    expect(counts(false).length).toBe(16);
    for (const n of counts(true)) expect(Math.abs(n - rounds / 6)).toBeLessThan(130);
    for (const n of counts(false)) expect(Math.abs(n - rounds / 8)).toBeLessThan(110);
  });

  test("each fold gets its share of the classes with many images", () => {
    const labels = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 5, 6, 7];
    for (let seed = 0; seed < 20; seed++) {
      expect(makePairs(labels, { perFold: 8, folds: 4, random: random(seed) }).length).toBe(32);
    }
  });

  test("one seed gives one list", () => {
    const labels = Uint32Array.from({ length: 100 }, (_, i) => i % 5);
    const list = (seed: number) => makePairs(labels, { perFold: 6, folds: 4, random: random(seed) });
    expect(list(1)).toEqual(list(1));
    expect(list(1)).not.toEqual(list(2));
  });

  test("lists that cannot be made are refused in a sentence", () => {
    const labels = [0, 0, 1, 1, 2, 2, 3, 3];
    const make =
      (change: object, of: ArrayLike<number> = labels) =>
      () =>
        makePairs(of, { perFold: 4, folds: 2, random: random(1), ...change });
    expect(make({})).not.toThrow();
    expect(make({ perFold: 6 })).toThrow("the 4 images of fold 0 form 2 pairs of one class but 3 are needed");
    expect(make({}, [0, 0, 0, 0, 0, 0])).toThrow(
      "the 3 images of fold 0 form 0 pairs of two classes but 2 are",
    );
    expect(make({}, [0, 1, 2, 3])).toThrow("form 0 pairs of one class");
    expect(make({ perFold: 5 })).toThrow("makePairs: perFold is 5 but must be an even whole number");
    expect(make({ perFold: 0 })).toThrow("makePairs: perFold is 0");
    expect(make({ folds: 1 })).toThrow(
      "makePairs: folds is 1 but must be a whole number from 2 to labels (8)",
    );
    expect(make({ folds: 9 })).toThrow("makePairs: folds is 9");
    expect(make({}, [0, 0, NaN, 1])).toThrow("makePairs: label 2 is NaN but labels must be whole numbers");
  });
});
