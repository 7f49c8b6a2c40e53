// A folder of people's images to a dataset.

import { type Dirent, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { KnotgradError } from "../error.ts";
import { type Dataset, makeDataset } from "../face/dataset.ts";
import { classCounts, keepClasses } from "../face/sampling.ts";
import { checkSize, type LoadOptions, loadFiles, type Skipped } from "./files.ts";

/** Which people are taken from a folder, and at which size. */
export interface FolderOptions extends Omit<LoadOptions, "folder"> {
  /** People with fewer readable images are left out; 1 unless given. */
  readonly minimum?: number | undefined;
  /** How many people there must be; 2 unless given, since fewer cannot be told apart. */
  readonly people?: number | undefined;
}

/**
 * A dataset of a folder that holds one folder per person, each with JPEG, PNG, PGM or PPM files (as LFW, CelebA and
 * ORL are laid out), or nothing but folders of such files (as CFP's frontal and profile); a person's folder name is
 * the class. `files` (N) are relative to the folder. Names are sorted, so that the order is the same everywhere. Hidden
 * names are passed over; all else that gave no image is in `skipped`.
 * Throws, before any image is read, where the folder is missing or holds too few people, and later where too few have
 * readable images.
 */
export async function loadFolder(
  folder: string,
  options: FolderOptions,
): Promise<{ dataset: Dataset; files: string[]; skipped: Skipped[] }> {
  const { height, width, channels, minimum = 1, people = 2 } = options;
  const found = await findPeople(folder);
  const least = Math.max(1, minimum);
  const candidates = found.people.filter(({ files }) => files.length >= least);
  checkPeople(candidates.length, "files");
  const names = candidates.flatMap(({ person, files }) => files.map((file) => `${person}/${file}`));
  checkSize("loadFolder", names.length, options);

  const { pixels, files, skipped } = await loadFiles(names, { ...options, folder });
  if (files.length === 0) {
    const { file, why } = skipped[0]!;
    throw new KnotgradError(
      "value",
      `loadFolder: (${names.length}) files are in the folders of "${folder}" but none is a readable image; of the ` +
        `first, ${file}: ${why}`,
    );
  }
  const classes = candidates.map(({ person }) => person);
  const labelOf = new Map(classes.map((person, label) => [person, label]));
  const labels = Uint32Array.from(files, (file) => labelOf.get(file.slice(0, file.indexOf("/")))!);
  const all = makeDataset({ height, width, channels, pixels, labels, classes });

  // Broken files can leave people with too few images.
  const counts = classCounts(all);
  const kept = classes.flatMap((_, label) => (counts[label]! >= least ? [label] : []));
  checkPeople(kept.length, "readable images");
  return {
    dataset: kept.length === classes.length ? all : keepClasses(all, kept),
    files: files.filter((_, i) => counts[labels[i]!]! >= least),
    skipped: [...found.skipped, ...skipped],
  };

  function checkPeople(count: number, what: string): void {
    if (count < people) {
      throw new KnotgradError(
        "value",
        `loadFolder: "${folder}" has (${count}) people with at least (${least}) ${what} but (${people}) are needed; ` +
          "it must hold one folder of images per person",
      );
    }
  }
}

/** The folders in a folder, sorted by name, with the files below each; links are followed. And what is no folder. */
async function findPeople(
  folder: string,
): Promise<{ people: { person: string; files: string[] }[]; skipped: Skipped[] }> {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) {
    throw new KnotgradError(
      "file",
      `loadFolder: "${folder}" ${stat ? "is not a folder" : "does not exist"} but must be a folder that holds one ` +
        "folder of images per person",
    );
  }
  const people: { person: string; files: string[] }[] = [];
  const skipped: Skipped[] = [];
  const look = async (name: string): Promise<Dirent[]> => {
    try {
      return await visible(join(folder, name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const why =
        code === "ENOTDIR" ? "it is not in the folder of a person" : `it cannot be opened (${code})`;
      skipped.push({ file: name, why });
      return [];
    }
  };
  for (const { name: person } of await visible(folder)) {
    const names = (await look(person)).map((entry) => ({ name: entry.name, deeper: isFolder(entry) }));
    const files: string[] = [];
    // A folder beside files holds something else.
    const isDeep = names.every(({ deeper }) => deeper);
    for (const { name } of names) {
      if (!isDeep) files.push(name);
      else files.push(...(await look(`${person}/${name}`)).map((entry) => `${name}/${entry.name}`));
    }
    people.push({ person, files });
  }
  return { people, skipped };
}

async function visible(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter(({ name }) => !name.startsWith("."))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

function isFolder(entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(join(entry.parentPath, entry.name)).isDirectory();
  } catch {
    return false; // a link to nowhere or to itself
  }
}
