// Test sets in folders: LFW and CFP, with their lists.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KnotgradError } from "../error.ts";
import { type Blufr, parseBlufr } from "../face/blufr.ts";
import { type Dataset, makeDataset } from "../face/dataset.ts";
import type { Net } from "../face/nets.ts";
import type { Pair } from "../face/pairs.ts";
import { readCfp } from "./cfp.ts";
import { unopened } from "./decode.ts";
import { loadFiles, type Skipped } from "./files.ts";
import { loadFolder } from "./images.ts";
import { readPairs } from "./pairs.ts";
import { type ProgressLine, progress } from "./progress.ts";

/** A test set: images, and the lists of pairs over them. */
export interface Benchmark {
  readonly name: "LFW" | "CFP";
  /** At the net's size, with the people as classes. */
  readonly images: Dataset;
  /** (N) the images' files, below the folder. */
  readonly files: readonly string[];
  /** Pairs are of the numbers of images. */
  readonly lists: readonly {
    readonly test: "LFW" | "CFP-FF" | "CFP-FP";
    readonly pairs: readonly Pair[];
  }[];
  /** Names of the people, to leave out of training; none where the lists come without names. */
  readonly people: readonly string[];
  /** BLUFR's lists over `images`, where they are given. */
  readonly blufr?: Blufr;
}

/**
 * LFW: all images of a folder of Name/Name_0001.jpg (or .png, .pgm), the pairs of lfw/pairs.txt in the folder `protocols`
 * and, where it is there, blufr/blufr_lfw_config.json. Lists are read before images.
 * Throws where a list cannot be read or breaks its format, names an image that is not there, or a file of a person's folder
 * is named otherwise or is no readable image.
 */
export async function loadLfw(
  dir: string,
  protocols: string,
  net: Net,
  workers?: number,
): Promise<Benchmark> {
  const { pairs: named } = await readPairs(join(protocols, "lfw", "pairs.txt"));
  const blufr = await readBlufr(join(protocols, "blufr", "blufr_lfw_config.json"));
  const line = progress("reading LFW");
  const { dataset, files, skipped } = await loadFolder(dir, imageOptions(net, workers, line)).finally(
    line.stop,
  );
  // A stray file beside the people's folders does no harm.
  const missed = skipped.filter(({ file, why }) => file.includes("/") || why.startsWith(unopened));
  refuseSkipped("loadLfw", dir, missed);
  const numbers = new Map<string, number>();
  for (const [i, file] of files.entries()) {
    const stem = /^([^/]+)\/(\1_\d{4,})\.\w+$/.exec(file)?.[2];
    if (stem === undefined || numbers.has(stem)) {
      throw new KnotgradError(
        "value",
        `loadLfw: ${file} of ${dir} is ${stem ? "there in another format" : "named otherwise"} but images must be ` +
          "Name/Name_0001.jpg, .png or .pgm, each once",
      );
    }
    numbers.set(stem, i);
  }
  const numbersOf = (stems: readonly string[]): number[] => {
    const missing = [...new Set(stems)].filter((stem) => !numbers.has(stem));
    if (missing.length === 0) return stems.map((stem) => numbers.get(stem)!);
    const few = missing.slice(0, 3).join(", ");
    throw new KnotgradError(
      "file",
      `loadLfw: ${missing.length} images of the lists are missing in ${dir} (${few}${missing.length > 3 ? ", ..." : ""}) but all are needed`,
    );
  };
  const stemOf = ({ name, index }: { name: string; index: number }) =>
    `${name}_${String(index).padStart(4, "0")}`;
  const [a, b] = [numbersOf(named.map(({ a }) => stemOf(a))), numbersOf(named.map(({ b }) => stemOf(b)))];
  const pairs = named.map(({ same, fold }, p) => ({ a: a[p]!, b: b[p]!, same, fold }));
  const places = blufr && numbersOf(blufr.images.map((name) => name.replace(/\.\w+$/, "")));
  return {
    name: "LFW",
    images: dataset,
    files,
    lists: [{ test: "LFW", pairs }],
    people: dataset.classes,
    ...(blufr && places && { blufr: renumber(blufr, places, files, dataset.labels) }),
  };
}

/**
 * CFP: the images of CFP's pairs from a folder of 001/frontal/01.jpg, such as its Data/Images, by the lists that `readCfp`
 * takes from the folder cfp in `protocols`. Classes are the names of list_name.txt or, without one, the folders.
 * Throws what `readCfp` throws, and where an image is missing or broken.
 */
export async function loadCfp(
  dir: string,
  protocols: string,
  net: Net,
  workers?: number,
): Promise<Benchmark> {
  const all = await readCfp(join(protocols, "cfp"));
  const used = new Set(all.lists.flatMap(({ pairs }) => pairs.flatMap(({ a, b }) => [a, b])));
  const kept = [...used].sort((a, b) => a - b);
  const numbers = new Map(kept.map((i, n) => [i, n]));
  const files = kept.map((i) => all.files[i]!);
  const folders = [...new Set(kept.map((i) => all.people[i]!))].sort();
  const labelOf = new Map(folders.map((person, label) => [person, label]));
  const classes = folders.map((person) => all.names.get(person) ?? person);

  const line = progress("reading CFP");
  const options = imageOptions(net, workers, line);
  const { pixels, skipped } = await loadFiles(files, { ...options, folder: dir }).finally(line.stop);
  refuseSkipped("loadCfp", dir, skipped);
  const { height, width, channels } = options;
  const labels = Uint32Array.from(kept, (i) => labelOf.get(all.people[i]!)!);
  return {
    name: "CFP",
    images: makeDataset({ height, width, channels, pixels, labels, classes }),
    files,
    lists: all.lists.map(({ test, pairs }) => ({
      test,
      pairs: pairs.map(({ a, b, same, fold }) => ({
        a: numbers.get(a)!,
        b: numbers.get(b)!,
        same,
        fold,
      })),
    })),
    people: all.names.size > 0 ? classes : [],
  };
}

const imageOptions = ({ height, width, channels }: Net, workers: number | undefined, line: ProgressLine) => ({
  height,
  width,
  channels: channels as 1 | 3,
  workers,
  onProgress: line.update,
});

function refuseSkipped(caller: string, dir: string, skipped: readonly Skipped[]): void {
  const [first] = skipped;
  if (first === undefined) return;
  throw new KnotgradError(
    "value",
    `${caller}: ${skipped.length} files of ${dir} give no image, the first ${first.file}: ${first.why}; all of the test's images are needed`,
  );
}

/** BLUFR's lists; undefined where there is no such file. */
async function readBlufr(file: string): Promise<Blufr | undefined> {
  try {
    return parseBlufr(await readFile(file, "utf8"));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw new KnotgradError("file", `loadLfw: ${file} cannot be read: ${message}`, { cause });
  }
}

/** The lists over images in another order: image i of BLUFR's is places[i] of these. */
function renumber(
  blufr: Blufr,
  places: readonly number[],
  images: readonly string[],
  labels: Uint32Array,
): Blufr {
  const moved = (list: Uint32Array): Uint32Array => list.map((i) => places[i]!);
  return {
    images,
    labels,
    development: { train: moved(blufr.development.train), test: moved(blufr.development.test) },
    trials: blufr.trials.map(({ train, test, gallery, probes }) => ({
      train: moved(train),
      test: moved(test),
      gallery: moved(gallery),
      probes: moved(probes),
    })),
  };
}
