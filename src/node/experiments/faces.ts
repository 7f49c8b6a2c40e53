// Faces from folders: one folder per person to train on, and LFW's protocol to verify by.
import { type Dataset, makeDataset } from "../../face/dataset.ts";
import { degradeSome } from "../../face/degrade.ts";
import type { Net } from "../../face/nets.ts";
import type { Pair } from "../../face/pairs.ts";
import { longTail } from "../../face/sampling.ts";
import { random } from "../../random.ts";
import { loadFiles, type Skipped } from "../files.ts";
import { loadFolder } from "../images.ts";
import { pairFiles, readPairs } from "../pairs.ts";
import { progress } from "../progress.ts";
import type { Experiment } from "./experiment.ts";

export interface FaceOptions {
  /** Folder with one folder of images per person. */
  readonly data: string;
  readonly lfw: string | undefined;
  readonly pairs: string | undefined;
  readonly seed: number;
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
  const { data, lfw, pairs, seed, tail, degrade, net, workers } = options;
  const verification = await loadPairs(lfw, pairs, net, workers);
  const r = random(seed);
  let train = await loadPeople(data, net, workers);
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
async function loadPeople(data: string, net: Net, workers?: number): Promise<Dataset> {
  const line = progress("reading images");
  const { dataset, skipped } = await loadFolder(data, {
    ...imageSize(net),
    workers,
    onProgress: line.update,
  });
  line.stop();
  tellSkipped(skipped);
  return dataset;
}

/** The images and pairs of a list like LFW's, at the net's size; undefined where none is given. */
export async function loadPairs(
  lfw: string | undefined,
  list: string | undefined,
  net: Net,
  workers?: number,
): Promise<{ images: Dataset; pairs: readonly Pair[] } | undefined> {
  if (lfw === undefined && list === undefined) return undefined;
  if (lfw === undefined || list === undefined) {
    const [given, missing] = lfw === undefined ? ["--pairs", "--lfw"] : ["--lfw", "--pairs"];
    throw new Error(`${given} is given without ${missing} but both are needed to verify`);
  }
  const { pairs: named } = await readPairs(list);
  const { files, pairs } = await pairFiles(named, lfw);
  const line = progress("reading pairs");
  const loaded = await loadFiles(files, { ...imageSize(net), workers, onProgress: line.update });
  line.stop();
  if (loaded.skipped.length > 0) {
    const [{ file, why }] = loaded.skipped;
    throw new Error(
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
  return { images, pairs };
}

const imageSize = ({ height, width, channels }: Net) => ({ height, width, channels: channels as 1 | 3 });

function tellSkipped(skipped: readonly Skipped[]): void {
  if (skipped.length === 0) return;
  process.stderr.write(`${skipped.length} files are left out, for instance:\n`);
  for (const { file, why } of skipped.slice(0, 5)) process.stderr.write(`  ${file}: ${why}\n`);
}
