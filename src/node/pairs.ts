// Pair lists in the format of Labeled Faces in the Wild, and the image files they name.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { KnotgradError } from "../error.ts";
import type { Pair } from "../face/pairs.ts";

/** The index-th image of a person, counted from 1. */
export interface FaceImage {
  /** The person. */
  readonly name: string;
  /** Which of the person's images, from 1. */
  readonly index: number;
}

/** Two images, whether they show one person, and the fold, from 0, that tests the pair. */
export interface NamedPair {
  /** One image. */
  readonly a: FaceImage;
  /** The other image. */
  readonly b: FaceImage;
  /** Whether both show one person. */
  readonly same: boolean;
  /** The fold that tests the pair, from 0. */
  readonly fold: number;
}

/**
 * The pairs of a file like LFW's pairs.txt. Its first line gives the number of folds and n; then come, for each
 * fold, n lines "name i j" (one person) and n lines "name i name j" (two people). A first line with n alone means
 * one fold, as in pairsDevTest.txt. Fields are separated by tabs or spaces; empty lines are skipped.
 * Throws, naming file and line, where the file cannot be read or breaks the format.
 */
export async function readPairs(file: string): Promise<{ folds: number; pairs: NamedPair[] }> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new KnotgradError(
      "file",
      `readPairs: ${file} cannot be read (${cause.message}) but must be a list of pairs`,
      {
        cause,
      },
    );
  });
  const lines = text
    .split("\n")
    .map((line, i) => ({ fields: line.trim().split(/\s+/), where: `readPairs: ${file} line ${i + 1}` }))
    .filter(({ fields }) => fields[0] !== "");
  const [header, ...rows] = lines;
  if (header === undefined) {
    throw new KnotgradError(
      "format",
      `readPairs: ${file} is empty but its first line must give the number of folds and pairs`,
    );
  }
  const counts = header.fields.map((field) => wholeNumber(field));
  const [folds, n] = counts.length === 1 ? [1, counts[0]] : counts;
  if (counts.length > 2 || !folds || !n) {
    throw new KnotgradError(
      "format",
      `${header.where} is "${header.fields.join(" ")}" but must give the number of folds and of pairs`,
    );
  }
  if (rows.length !== 2 * n * folds) {
    throw new KnotgradError(
      "format",
      `readPairs: ${file} has ${rows.length} pairs but its first line promises ${2 * n * folds}; is it cut short?`,
    );
  }
  const pairs = rows.map(({ fields, where }, row) => {
    const same = Math.floor(row / n) % 2 === 0;
    return { ...readRow(fields, same, where), same, fold: Math.floor(row / (2 * n)) };
  });
  return { folds, pairs };
}

function readRow(fields: string[], same: boolean, where: string): { a: FaceImage; b: FaceImage } {
  if (fields.length !== (same ? 3 : 4)) {
    throw new KnotgradError(
      "format",
      `${where} has ${fields.length} fields but ${same ? '"name i j"' : '"name i name j"'} is due here`,
    );
  }
  const [nameA, i, nameB, j] = same ? [fields[0]!, fields[1]!, fields[0]!, fields[2]!] : (fields as Quad);
  const [a, b] = [
    { name: nameA, index: wholeNumber(i) },
    { name: nameB, index: wholeNumber(j) },
  ];
  for (const [field, { name, index }] of [
    [i, a],
    [j, b],
  ] as const) {
    if (index === 0) {
      throw new KnotgradError(
        "format",
        `${where} has image number "${field}" but numbers must be whole and count from 1`,
      );
    }
    // A name becomes a folder below the one the caller names, and must not lead out of it.
    if (/[/\\]|^\.+$/.test(name)) {
      throw new KnotgradError(
        "format",
        `${where} has the name "${name}" but a name must be usable as a folder`,
      );
    }
  }
  if (same && a.index === b.index) {
    throw new KnotgradError(
      "format",
      `${where} pairs image ${i} of ${nameA} with itself but must name two images`,
    );
  }
  if (!same && nameA === nameB) {
    throw new KnotgradError("format", `${where} has ${nameA} twice but a pair of two people is due here`);
  }
  return { a, b };
}

type Quad = [string, string, string, string];

/** The number written in a field, or 0 where it is not a whole number from 1. */
function wholeNumber(field: string): number {
  return /^\d{1,9}$/.test(field) ? Number(field) : 0;
}

const extensions = ["jpg", "png", "pgm"];

/**
 * The image files of pairs, each once, and the pairs as numbers into that list: image 1 of Name is
 * dir/Name/Name_0001 with one of the endings .jpg, .png, .pgm, the first there is.
 * Throws where files are missing, with their number and the first few.
 */
export async function pairFiles(
  pairs: readonly NamedPair[],
  dir: string,
): Promise<{ files: string[]; pairs: Pair[] }> {
  await readdir(dir).catch((cause: Error) => {
    throw new KnotgradError(
      "file",
      `pairFiles: ${dir} cannot be read (${cause.message}) but must hold a folder a person`,
      {
        cause,
      },
    );
  });
  const people = new Set(pairs.flatMap(({ a, b }) => [a.name, b.name]));
  const present = new Map<string, Set<string>>();
  for (const name of people) {
    // A person without a folder has no files; the report below names the ones asked for.
    present.set(name, new Set(await readdir(join(dir, name)).catch(() => [])));
  }
  const files: string[] = [];
  const missing: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = ({ name, index }: FaceImage): number => {
    const stem = `${name}_${String(index).padStart(4, "0")}`;
    const known = numbers.get(stem);
    if (known !== undefined) return known;
    const ending = extensions.find((ending) => present.get(name)!.has(`${stem}.${ending}`));
    if (ending === undefined) missing.push(join(dir, name, stem));
    numbers.set(stem, files.length);
    return files.push(join(dir, name, `${stem}.${ending}`)) - 1;
  };
  const numbered = pairs.map(({ a, b, same, fold }) => ({ a: numberOf(a), b: numberOf(b), same, fold }));
  if (missing.length > 0) {
    const few = missing.slice(0, 3).join(", ");
    throw new KnotgradError(
      "file",
      `pairFiles: ${missing.length} of ${files.length} images are missing (${few}${missing.length > 3 ? ", ..." : ""}) ` +
        `but every pair needs both, as ${extensions.join(", ")}; is ${dir} the folder of images?`,
    );
  }
  return { files, pairs: numbered };
}
