// Faces from folders: one folder per person to train on, and LFW's protocol to verify by.
import { KnotgradError } from "../../error.ts";
import { type Dataset, makeDataset } from "../../face/dataset.ts";
import { degradeSome } from "../../face/degrade.ts";
import type { Net } from "../../face/nets.ts";
import { withoutPeople } from "../../face/overlap.ts";
import type { Pair } from "../../face/pairs.ts";
import { longTail } from "../../face/sampling.ts";
import { random } from "../../random.ts";
import { loadFiles } from "../files.ts";
import { loadFolder } from "../images.ts";
import { readBin } from "../packs.ts";
import { pairFiles, readPairs } from "../pairs.ts";
import { progress, tellSkipped } from "../progress.ts";
import { loadRecords } from "../record_io.ts";
import type { Experiment } from "./experiment.ts";

export interface FaceOptions {
  /** Folder with one folder of images per person, or a .rec file. */
  readonly data: string;
  /** Folder of LFW-like faces, or a .bin pack, which has its pairs in it. */
  readonly lfw: string | undefined;
  readonly pairs: string | undefined;
  readonly seed: number;
  /** Whether people of the pairs are left out of training; yes unless given. */
  readonly excludeOverlap?: boolean | undefined;
  /** Images of the largest class over those of the smallest; all images unless given. */
  readonly tail: number | undefined;
  /** Share of training images that are degraded; none unless given. */
  readonly degrade: number | undefined;
  readonly net: Net;
  /** Worker threads that read images, as `loadFiles` takes them. */
  readonly workers?: number | undefined;
}

/** Throws, before any GPU work, where a folder, an image of a pair or an option is not as it must be. */
export async function faceExperiment(options: FaceOptions): Promise<Experiment> {
  const { data, lfw, pairs, seed, excludeOverlap = true, tail, degrade, net, workers } = options;
  const verification = await loadPairs(lfw, pairs, net, workers);
  const r = random(seed);
  let train = await loadPeople(data, net, workers);
  if (excludeOverlap && verification) train = exclude(train, verification.people);
  if (train.classes.length < 2) {
    throw new KnotgradError(
      "value",
      `--data: ${data} has (${train.classes.length}) people but (2) are needed`,
    );
  }
  if (tail !== undefined) train = longTail(train, { ratio: tail, random: r }).dataset;
  if (degrade !== undefined) train = degradeSome(train, { share: degrade, random: r });
  return {
    title: "Faces",
    data:
      `${train.labels.length} images of ${train.classes.length} people at ${net.height}x${net.width} ${net.channels === 1 ? "grey" : "colour"}` +
      `${tail === undefined ? "" : `, long-tailed ${tail} to 1`}` +
      `${degrade === undefined ? "" : `, ${Math.round(100 * degrade)} % of them degraded`}` +
      `${verification ? `; ${verification.pairs.length} pairs to verify` : ""}`,
    net,
    train,
    tests: {},
    verification,
    epochs: 12,
    mirror: true,
  };
}

/** The images of people in a folder, at the net's size; broken ones are left out and told. */
export async function loadPeople(data: string, net: Net, workers?: number): Promise<Dataset> {
  const line = progress("reading images");
  const load = data.endsWith(".rec") ? loadRecords : loadFolder;
  const { dataset, skipped } = await load(data, { ...imageSize(net), workers, onProgress: line.update });
  line.stop();
  tellSkipped(skipped);
  return dataset;
}

/** The training data without people who are in the pairs too, which would make these easier; says how many there are. */
function exclude(train: Dataset, people: readonly string[]): Dataset {
  const { dataset, leftOut } = withoutPeople(train, people);
  if (leftOut.length === 0) return train;
  process.stderr.write(
    `${leftOut.length} of ${train.classes.length} people of --data are in --pairs too and left out of training, for instance ${leftOut[0]}\n`,
  );
  if (dataset.classes.length >= 2) return dataset;
  throw new KnotgradError(
    "value",
    `--data: (${dataset.classes.length}) of (${train.classes.length}) people are in no pair but (2) are needed to ` +
      "train; give other people, or --no-exclude-overlap",
  );
}

/**
 * The images and pairs of a list like LFW's or a .bin pack, at the net's size, and the names of the people in it, which
 * packs do not hold; undefined where none is given.
 */
export async function loadPairs(
  lfw: string | undefined,
  list: string | undefined,
  net: Net,
  workers?: number,
): Promise<{ images: Dataset; pairs: readonly Pair[]; people: readonly string[] } | undefined> {
  if (lfw?.endsWith(".bin") && list === undefined) {
    const line = progress("reading pairs");
    const pack = await readBin(lfw, { ...imageSize(net), workers, onProgress: line.update });
    line.stop();
    return { ...pack, people: [] };
  }
  if (lfw === undefined && list === undefined) return undefined;
  if (lfw === undefined || list === undefined) {
    const [given, missing] = lfw === undefined ? ["--pairs", "--lfw"] : ["--lfw", "--pairs"];
    throw new KnotgradError(
      "value",
      `knotgrad: ${given} is given without ${missing} but both are needed to verify`,
    );
  }
  const { pairs: named } = await readPairs(list);
  const { files, pairs } = await pairFiles(named, lfw);
  const line = progress("reading pairs");
  const loaded = await loadFiles(files, { ...imageSize(net), workers, onProgress: line.update });
  line.stop();
  if (loaded.skipped.length > 0) {
    const [{ file, why }] = loaded.skipped;
    throw new KnotgradError(
      "file",
      `verify: ${loaded.skipped.length} images of ${list} cannot be read, the first ${file}: ${why}`,
    );
  }
  const N = files.length;
  const images = makeDataset({
    ...imageSize(net),
    pixels: loaded.pixels,
    labels: new Uint32Array(N),
    classes: ["unknown"],
  });
  return { images, pairs, people: named.flatMap(({ a, b }) => [a.name, b.name]) };
}

const imageSize = ({ height, width, channels }: Net) => ({ height, width, channels: channels as 1 | 3 });
