// What the table of recipes trains on, and tests.

import { basename } from "node:path";
import { KnotgradError } from "../../error.ts";
import type { Dataset } from "../../face/dataset.ts";
import { degradeSome } from "../../face/degrade.ts";
import { joinDatasets } from "../../face/join.ts";
import type { Net } from "../../face/nets.ts";
import { withoutPeople } from "../../face/overlap.ts";
import type { Pair } from "../../face/pairs.ts";
import { classCounts, keepClasses, longTail, subset } from "../../face/sampling.ts";
import { random } from "../../random.ts";
import { type Benchmark, loadCfp, loadLfw } from "../benchmarks.ts";
import { loadPeople } from "./faces.ts";
import type { TestPairs } from "./recipe_run.ts";

export interface TableData {
  /** Folders with a folder of images per person. */
  readonly folders: readonly string[];
  readonly lfw: string | undefined;
  readonly cfp: string | undefined;
  /** Folder of the official lists. */
  readonly protocols: string;
  readonly net: Net;
  /** Whether the people of one test are trained on for the other, where they are not in it. */
  readonly cross: boolean;
  /** People of a test with fewer images are not trained on. */
  readonly least: number;
  readonly workers?: number | undefined;
}

/** A test, and the people to train on for it. */
export interface TablePart {
  readonly benchmark: Benchmark;
  readonly train: Dataset;
  /** Where the people come from. */
  readonly from: string;
  /** The second images of the pairs, degraded, and pairs with them; images are numbered on after the test's. */
  readonly degraded: { readonly test: string; readonly images: Dataset; readonly pairs: readonly Pair[] };
}

/**
 * Reads the tests and, for each, the people to train on: those of the folders and, where `cross` says so, of the other test,
 * without anybody who is in the test. Throws where a folder or list is not as it must be, or nobody is left.
 */
export async function readTableData(options: TableData): Promise<TablePart[]> {
  const { folders, lfw, cfp, protocols, net, cross, workers } = options;
  const tests: Benchmark[] = [];
  if (lfw !== undefined) tests.push(await loadLfw(lfw, protocols, net, workers));
  if (cfp !== undefined) tests.push(await loadCfp(cfp, protocols, net, workers));
  if (tests.length === 0)
    throw new KnotgradError("value", "table: no test is given; give --lfw, --cfp or both");
  const own: Dataset[] = [];
  for (const folder of folders) own.push(await loadPeople(folder, net, workers));
  return tests.map((benchmark) => {
    const others = cross ? tests.filter((test) => test !== benchmark) : [];
    const all = [...own, ...others.map(({ images }) => withEnough(images, options.least))];
    if (all.length === 0)
      throw new KnotgradError("value", "table: nobody is given to train on; give --train");
    const { dataset: train } = withoutPeople(joinDatasets(all), benchmark.people);
    if (train.classes.length < 2) {
      throw new KnotgradError(
        "value",
        `table: ${train.classes.length} people are left to train on for ${benchmark.name} but (2) are needed; give others by --train`,
      );
    }
    const from = [...folders.map((folder) => basename(folder)), ...others.map(({ name }) => name)].join(
      " + ",
    );
    return { benchmark, train, from, degraded: degradedPairs(benchmark) };
  });
}

/** The classes with at least so many images. */
function withEnough(dataset: Dataset, least: number): Dataset {
  const counts = classCounts(dataset);
  return keepClasses(
    dataset,
    [...dataset.classes.keys()].filter((label) => counts[label]! >= least),
  );
}

/** What the training data become: long-tailed, partly degraded; the same for the same seed. */
export function worsened(
  dataset: Dataset,
  { tail, degrade, seed }: { tail: number | undefined; degrade: number | undefined; seed: number },
): Dataset {
  const r = random(seed);
  const imbalanced = tail === undefined ? dataset : longTail(dataset, { ratio: tail, random: r }).dataset;
  return degrade === undefined ? imbalanced : degradeSome(imbalanced, { share: degrade, random: r });
}

/** The first list's pairs with their second images degraded, always in the same way. */
function degradedPairs({ images, lists: [{ test, pairs }] }: Benchmark): TablePart["degraded"] {
  const seconds = [...new Set(pairs.map(({ b }) => b))];
  const numbers = new Map(seconds.map((image, k) => [image, images.labels.length + k]));
  return {
    test: `${test}, degraded`,
    images: degradeSome(subset(images, seconds), { share: 1, random: random(1) }),
    pairs: pairs.map((pair) => ({ ...pair, b: numbers.get(pair.b)! })),
  };
}

/** The lists of pairs as the page shows them. */
export function testPairs(parts: readonly TablePart[]): TestPairs[] {
  return parts.flatMap(({ benchmark: { lists, files }, degraded }) => {
    const named = (test: string, pairs: readonly Pair[]): TestPairs => ({
      test,
      pairs: pairs.map(({ a, b, same, fold }) => ({ a: files[a]!, b: files[b]!, same, fold })),
    });
    return [...lists.map(({ test, pairs }) => named(test, pairs)), named(degraded.test, lists[0]!.pairs)];
  });
}
