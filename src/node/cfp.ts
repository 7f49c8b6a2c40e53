// Pair lists in the format of Celebrities in Frontal-Profile (CFP).

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KnotgradError } from "../error.ts";
import type { Pair } from "../face/pairs.ts";

/** CFP's lists, with its images numbered from 0. */
export interface CfpLists {
  /** (M) files below the folder of images, such as 001/frontal/01.jpg; frontal ones first. */
  readonly files: readonly string[];
  /** (M) the folder of each image's person. */
  readonly people: readonly string[];
  /** The name by the folder; empty where the lists come without names. */
  readonly names: ReadonlyMap<string, string>;
  readonly lists: readonly { readonly test: "CFP-FF" | "CFP-FP"; readonly pairs: readonly Pair[] }[];
}

const FOLDS = 10;

/**
 * The lists in a folder like CFP's Protocol: Pair_list_F.txt and Pair_list_P.txt, whose line n is "n path" of the n-th
 * frontal or profile image, and for each fold from 01 to 10 Split/FF/01/same.txt and diff.txt, whose lines "i,j" are pairs
 * of frontal images, and Split/FP/01, of a frontal and a profile image; all count from 1. Of a path, the last three parts
 * count. list_name.txt, where there is one, has the name of person n in line n.
 * Throws, naming file and line, where one cannot be read or breaks the format, a number has no image, a pair is of an image
 * and itself or not of as many people as its file says, or files of one kind of test differ in length.
 */
export async function readCfp(folder: string): Promise<CfpLists> {
  const frontal = await readImages(join(folder, "Pair_list_F.txt"), "frontal");
  const profile = await readImages(join(folder, "Pair_list_P.txt"), "profile");
  const images = [...frontal, ...profile];
  const people = images.map(({ person }) => person);
  const lists: CfpLists["lists"][number][] = [];
  for (const { test, name, second, start } of [
    { test: "CFP-FF", name: "FF", second: frontal, start: 0 },
    { test: "CFP-FP", name: "FP", second: profile, start: frontal.length },
  ] as const) {
    const pairs: Pair[] = [];
    let due: number | undefined;
    for (let fold = 0; fold < FOLDS; fold++) {
      for (const same of [true, false]) {
        const place = join("Split", name, String(fold + 1).padStart(2, "0"), same ? "same.txt" : "diff.txt");
        const rows = await readLines(join(folder, place));
        due ??= rows.length;
        if (rows.length !== due || due === 0) {
          throw new KnotgradError(
            "value",
            `readCfp: ${join(folder, place)} has ${rows.length} pairs but ${due || "one at least"} are needed, as in ` +
              "each file of its test; is it cut short?",
          );
        }
        for (const { text, where } of rows) {
          const [, i, j] = /^(\d{1,9})\s*,\s*(\d{1,9})$/.exec(text) ?? [];
          if (i === undefined)
            throw new KnotgradError("format", `${where} is "${text}" but "i,j" is due here`);
          const a = imageNumber(i, frontal.length, where);
          const b = start + imageNumber(j!, second.length, where);
          if (a === b)
            throw new KnotgradError(
              "format",
              `${where} pairs image ${i} with itself but must name two images`,
            );
          if ((people[a] === people[b]) !== same) {
            throw new KnotgradError(
              "format",
              `${where} pairs ${images[a]!.file} with ${images[b]!.file} but a pair of ${same ? "one person" : "two people"} is due here`,
            );
          }
          pairs.push({ a, b, same, fold });
        }
      }
    }
    lists.push({ test, pairs });
  }
  const names = await readNames(join(folder, "list_name.txt"), people);
  return { files: images.map(({ file }) => file), people, names, lists };
}

interface CfpImage {
  readonly person: string;
  readonly file: string;
}

/** The images of a file with lines "n path", n counting from 1. */
async function readImages(list: string, kind: "frontal" | "profile"): Promise<CfpImage[]> {
  const seen = new Set<string>();
  const lines = await readLines(list);
  if (lines.length === 0)
    throw new KnotgradError("value", `readCfp: ${list} is empty but must list ${kind} images`);
  return lines.map(({ text, where }, i) => {
    const [, n, path] = /^(\d+)\s+(.+)$/.exec(text) ?? [];
    if (Number(n) !== i + 1)
      throw new KnotgradError("format", `${where} is "${text}" but "${i + 1} path" is due here`);
    const [person, pose, name] = path!.split("/").slice(-3);
    // Both become a path below the folder the caller names, and must not lead out of it.
    if (pose !== kind || [person, name].some((part) => part === undefined || /\\|^\.*$/.test(part))) {
      throw new KnotgradError(
        "format",
        `${where} has the path "${path}" but it must end in person/${kind}/file`,
      );
    }
    const file = `${person}/${pose}/${name}`;
    if (seen.has(file))
      throw new KnotgradError("format", `${where} has ${file} a second time but images must come once`);
    seen.add(file);
    return { person: person!, file };
  });
}

/** The names in a file, one a line, by the number of their folders. */
async function readNames(list: string, people: readonly string[]): Promise<Map<string, string>> {
  const lines = await readLines(list).catch((error: Error) => {
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
    throw error;
  });
  const numbered = new Map<string, string>();
  if (lines === undefined) return numbered;
  for (const person of new Set(people)) {
    const line = lines[Number(person) - 1];
    if (!/^\d+$/.test(person) || line === undefined) {
      throw new KnotgradError(
        "value",
        `readCfp: ${list} has ${lines.length} names but none for the folder ${person}; line n must name the person of folder n`,
      );
    }
    numbered.set(person, line.text);
  }
  if (new Set(numbered.values()).size < numbered.size) {
    throw new KnotgradError("value", `readCfp: ${list} has a name twice but each must be of one person`);
  }
  return numbered;
}

/** The lines of a file without the empty ones, and what to call each. */
async function readLines(file: string): Promise<{ text: string; where: string }[]> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new KnotgradError(
      "file",
      `readCfp: ${file} cannot be read (${cause.message}) but is one of CFP's lists`,
      {
        cause,
      },
    );
  });
  return text
    .split("\n")
    .map((line, i) => ({ text: line.trim(), where: `readCfp: ${file} line ${i + 1}` }))
    .filter(({ text }) => text !== "");
}

/** The number from 0 of an image counted from 1. */
function imageNumber(text: string, images: number, where: string): number {
  const n = Number(text);
  if (n >= 1 && n <= images) return n - 1;
  throw new KnotgradError("format", `${where} has image ${text} but images are numbered from 1 to ${images}`);
}
