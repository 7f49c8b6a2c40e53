// CFP's lists, made by hand: two people with two frontal images and a profile image each.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { readCfp } from "../src/node/cfp.ts";

const folder = mkdtempSync(join(tmpdir(), "knotgrad-cfp-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, ...lines: string[]): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), `${lines.join("\n")}\n`);
}

const frontal = ["001/frontal/01", "001/frontal/02", "002/frontal/01", "002/frontal/02"].map(
  (path, i) => `${i + 1} ../Data/Images/${path}.jpg`,
);
const profile = ["001/profile/01", "002/profile/01"].map((path, i) => `${i + 1} ../Data/Images/${path}.jpg`);
const folds = Array.from({ length: 10 }, (_, i) => String(i + 1).padStart(2, "0"));

beforeEach(() => {
  rmSync(join(folder, "list_name.txt"), { force: true });
  put("Pair_list_F.txt", ...frontal);
  put("Pair_list_P.txt", ...profile);
  for (const fold of folds) {
    put(`Split/FF/${fold}/same.txt`, "1,2", "4,3");
    put(`Split/FF/${fold}/diff.txt`, "1,3", "4,2");
    put(`Split/FP/${fold}/same.txt`, "2,1");
    put(`Split/FP/${fold}/diff.txt`, "3,1");
  }
});

describe("CFP's lists", () => {
  test("images, people and pairs, numbered from 0, profile images after frontal ones", async () => {
    put("list_name.txt", "50 Cent", "Zoë Ball");
    const { files, people, names, lists } = await readCfp(folder);
    expect(files).toEqual([
      "001/frontal/01.jpg",
      "001/frontal/02.jpg",
      "002/frontal/01.jpg",
      "002/frontal/02.jpg",
      "001/profile/01.jpg",
      "002/profile/01.jpg",
    ]);
    expect(people).toEqual(["001", "001", "002", "002", "001", "002"]);
    expect([...names]).toEqual([
      ["001", "50 Cent"],
      ["002", "Zoë Ball"],
    ]);
    expect(lists.map(({ test, pairs }) => [test, pairs.length])).toEqual([
      ["CFP-FF", 40],
      ["CFP-FP", 20],
    ]);
    expect(lists[0].pairs.slice(36)).toEqual([
      { a: 0, b: 1, same: true, fold: 9 },
      { a: 3, b: 2, same: true, fold: 9 },
      { a: 0, b: 2, same: false, fold: 9 },
      { a: 3, b: 1, same: false, fold: 9 },
    ]);
    expect(lists[1].pairs.slice(0, 3)).toEqual([
      { a: 1, b: 4, same: true, fold: 0 },
      { a: 2, b: 4, same: false, fold: 0 },
      { a: 1, b: 4, same: true, fold: 1 },
    ]);
  });

  test("without names; with empty lines and Windows line ends", async () => {
    put("Split/FF/01/same.txt", "", "1, 2\r", " 4,3\r", "");
    put("Pair_list_P.txt", ...profile.map((line) => `${line}\r`));
    const { names, lists, files } = await readCfp(folder);
    expect(names.size).toBe(0);
    expect(lists[0].pairs).toHaveLength(40);
    expect(files[5]).toBe("002/profile/01.jpg");
  });

  const refused: [what: string, file: string, lines: string[], sentence: string][] = [
    ["a number beyond the images", "Split/FF/03/diff.txt", ["1,3", "5,1"], "line 2 has image 5 but images"],
    [
      "a frontal number in a profile's place",
      "Split/FP/01/same.txt",
      ["1,3"],
      "line 1 has image 3 but images are numbered from 1 to 2",
    ],
    [
      "image 0",
      "Split/FF/01/same.txt",
      ["0,1", "1,2"],
      "line 1 has image 0 but images are numbered from 1 to 4",
    ],
    ["one pair too few", "Split/FF/10/diff.txt", ["1,3"], "has 1 pairs but 2 are needed"],
    ["no pairs", "Split/FF/01/same.txt", [], "has 0 pairs but one at least are needed"],
    ["an image with itself", "Split/FF/01/same.txt", ["1,2", "3,3"], "line 2 pairs image 3 with itself"],
    ["a cut line", "Split/FP/10/diff.txt", ["3,"], 'line 1 is "3," but "i,j" is due here'],
    ["a negative number", "Split/FP/10/diff.txt", ["3,-1"], 'line 1 is "3,-1" but "i,j"'],
    [
      "two people where one is due",
      "Split/FP/02/same.txt",
      ["3,1"],
      "line 1 pairs 002/frontal/01.jpg with 001/profile/01.jpg but a pair of one person",
    ],
    [
      "one person where two are due",
      "Split/FF/02/diff.txt",
      ["1,3", "1,2"],
      "line 2 pairs 001/frontal/01.jpg with 001/frontal/02.jpg but a pair of two people",
    ],
    [
      "a gap in the numbers",
      "Pair_list_F.txt",
      [frontal[0], frontal[2]],
      'line 2 is "3 ../Data/Images/002/frontal/01.jpg" but "2 path" is due',
    ],
    [
      "a path without a person",
      "Pair_list_F.txt",
      ["1 frontal/01.jpg"],
      'line 1 has the path "frontal/01.jpg" but it must end in person/frontal/file',
    ],
    [
      "a way out of the folder",
      "Pair_list_F.txt",
      ["1 ../frontal/01.jpg"],
      'line 1 has the path "../frontal/01.jpg" but',
    ],
    ["a file above", "Pair_list_P.txt", ["1 001/profile/.."], 'line 1 has the path "001/profile/.." but'],
    [
      "a frontal image among profiles",
      "Pair_list_P.txt",
      ["1 001/frontal/01.jpg"],
      'line 1 has the path "001/frontal/01.jpg" but it must end in person/profile/file',
    ],
    [
      "an image twice",
      "Pair_list_P.txt",
      [profile[0], profile[0].replace("1", "2")],
      "line 2 has 001/profile/01.jpg a second time",
    ],
    ["a list without images", "Pair_list_P.txt", [], "is empty but must list profile images"],
    ["too few names", "list_name.txt", ["Ann"], "has 1 names but none for the folder 002"],
    ["a name twice", "list_name.txt", ["Ann", "Ann"], "has a name twice"],
  ];
  test.each(refused)("refuses %s, naming the file", async (_, file, lines, sentence) => {
    put(file, ...lines);
    await expect(readCfp(folder)).rejects.toThrow(`readCfp: ${join(folder, file)} ${sentence}`);
  });

  test("a list that is not there is named", async () => {
    rmSync(join(folder, "Split/FP/07"), { recursive: true });
    await expect(readCfp(folder)).rejects.toThrow(
      `readCfp: ${join(folder, "Split/FP/07/same.txt")} cannot be read (ENOENT`,
    );
  });
});
