// Finished runs of several recipes and seeds, set beside each other, a baseline and the published figures.

import { KnotgradError } from "../../error.ts";
import { holm, signFlips } from "../../face/paired.ts";
import { type Published, published } from "../../face/published.ts";
import { bootstrap, mcnemar } from "../../face/significance.ts";
import type { IdentificationRun, RecipeRun, TestPairs, VerificationRun } from "../experiments/recipe_run.ts";

/** The KM paper's three tables with our numbers; fractions are from 0 to 1, null says that there is nothing to measure. */
export interface Comparison {
  readonly baseline: string;
  readonly tables: readonly ComparisonTable[];
  readonly training: readonly TrainingSetup[];
}

/** What runs were trained with. */
export interface TrainingSetup
  extends Pick<RecipeRun["training"], "images" | "people" | "epochs" | "settings"> {
  readonly data: string;
  /** How many runs. */
  readonly runs: number;
}

export interface ComparisonTable {
  readonly title: string;
  /** Names of the further figures that rows of it may have. */
  readonly further: readonly string[];
  readonly rows: readonly Row[];
  /** Systems of which no run is here. */
  readonly others: readonly { readonly test: string; readonly published: PublishedFigure }[];
}

/** A recipe on one test, trained on one data set. */
export interface Row {
  readonly test: string;
  readonly data: string;
  readonly name: string;
  readonly recipe: string;
  /** What `mean` is of. */
  readonly measure: Measure;
  readonly seeds: readonly SeedRow[];
  /** Over the seeds, with the sample standard deviation, which one seed has not. */
  readonly mean: number | null;
  readonly spread: number | null;
  readonly further: { readonly [measure: string]: Mean };
  /** Less the baseline; null where that is this row or shares no seed with it. */
  readonly difference: Difference | null;
  readonly published: PublishedFigure | null;
}

/** Of an open set, whose impostors make it possible, DIR rather than rank-1. */
type Measure = "accuracy" | "rank-1" | "DIR at FAR 1 %";

export interface SeedRow {
  readonly seed: number;
  readonly value: number | null;
  /** Of the folds' mean. */
  readonly standardError: number | null;
  /** Less the baseline's with this seed. */
  readonly difference: number | null;
  /** Decisions that only one of the two gets right, and McNemar's p. */
  readonly mcnemar: { readonly onlyThis: number; readonly onlyBaseline: number; readonly p: number } | null;
}

interface Mean {
  readonly mean: number | null;
  readonly spread: number | null;
}

/** A recipe less the baseline, on the seeds that both have. */
interface Difference {
  readonly seeds: number;
  readonly estimate: number;
  readonly spread: number | null;
  /** The middle 95 % of resamples of the pairs; null where decisions are not known one by one. */
  readonly interval: readonly [low: number, high: number] | null;
  /** That the two differ by chance: the exact sign-flip test, which is McNemar's for one seed. */
  readonly p: number | null;
  /** The same after Holm's correction over the rows of the table. */
  readonly corrected: number | null;
}

export interface PublishedFigure {
  readonly system: string;
  /** The recipe that is its counterpart. */
  readonly recipe: string;
  /** As a fraction. */
  readonly value: number | null;
  /** Who prints it: the KM paper's poster, or the literature where the poster's table cannot be used. */
  readonly printed: "poster" | "literature";
  readonly source: string;
}

/** What a run gives of a test. */
interface Entry {
  readonly seed: number;
  readonly measure: Measure;
  readonly value: number | null;
  readonly standardError: number | null;
  readonly further: { readonly [measure: string]: number | null };
  /** (P) 1 where the decision on a pair, or on a probe, is right. */
  readonly right: Uint8Array | null;
}

/** The runs of one recipe, as told, on one data set. */
interface Group {
  readonly data: string;
  readonly name: string;
  readonly recipe: string;
  readonly runs: readonly RecipeRun[];
}

const RESAMPLES = 1000;
/** Below this a corrected p counts as a difference. */
const LEVEL = 0.05;

/**
 * Runs grouped by data set and name, in the order given, with means over seeds and tests against the runs of the same data
 * set whose name, or else recipe, is `baseline`.
 * A difference is the share of right decisions less the baseline's, over the pairs and the seeds in common; its interval
 * resamples pairs, and does not know that pairs share people.
 * Throws where two runs have the same data set, name and seed, a test has no pairs, or scores do not fit the pairs.
 */
export function comparison(
  runs: readonly RecipeRun[],
  tests: readonly TestPairs[],
  baseline = "softmax",
): Comparison {
  const groups = grouped(runs);
  const verified = (test: string) => (run: RecipeRun) => {
    const found = run.verification.find((v) => v.test === test);
    return found && verificationEntry(run, found, tests);
  };
  const identified = (test: string) => (run: RecipeRun) => {
    const found = run.identification.find((i) => i.test === test);
    return found && identificationEntry(run, found);
  };
  const verifications = [...new Set(runs.flatMap((r) => r.verification.map((v) => v.test)))];
  const identifications = [...new Set(runs.flatMap((r) => r.identification.map((i) => i.test)))];
  const rowsOf = (names: string[], entryOf: (test: string) => (run: RecipeRun) => Entry | undefined) =>
    corrected(names.flatMap((test) => testRows(test, groups, baseline, entryOf(test))));
  return {
    baseline,
    training: setups(runs),
    tables: [
      makeTable(
        "LFW, verification",
        rowsOf(
          verifications.filter((t) => !t.startsWith("CFP")),
          verified,
        ),
      ),
      makeTable("LFW, identification", rowsOf(identifications, identified)),
      makeTable(
        "CFP, verification",
        rowsOf(
          verifications.filter((t) => t.startsWith("CFP")),
          verified,
        ),
      ),
    ],
  };
}

/** Everything of a comparison as one JSON text. */
export function comparisonJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 1)}\n`;
}

/** How many rows of a table were tested against the baseline, and those that differ beyond chance after correction. */
export function verdict(table: ComparisonTable): {
  readonly tested: number;
  readonly different: readonly Row[];
} {
  const tested = table.rows.filter((r) => r.difference?.corrected != null);
  return { tested: tested.length, different: tested.filter((r) => r.difference!.corrected! < LEVEL) };
}

/**
 * The (P) scores of a verified list. Throws where they are not one finite number a pair.
 */
export function decodeScores(run: RecipeRun, { test, scores }: VerificationRun, pairs: number): Float32Array {
  const bytes = Buffer.from(scores, "base64");
  if (bytes.length !== 4 * pairs) {
    throw new KnotgradError(
      "value",
      `comparison: ${bytes.length} bytes of scores of ${test} by ${nameOf(run)} but the ${pairs} pairs need ${4 * pairs}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float32Array.from({ length: pairs }, (_, i) => view.getFloat32(4 * i, true));
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new KnotgradError(
      "value",
      `comparison: score ${bad} of ${test} by ${nameOf(run)} is ${values[bad]} but scores must be finite`,
    );
  }
  return values;
}

/** The pairs of a test. Throws where there is no such test. */
export function pairsOf(tests: readonly TestPairs[], test: string): TestPairs["pairs"] {
  const found = tests.find((t) => t.test === test);
  if (found) return found.pairs;
  const known = tests.map((t) => t.test).join(", ") || "none";
  throw new KnotgradError(
    "value",
    `comparison: runs have scores of ${test} but pairs are given of ${known}; give its pairs`,
  );
}

/** Whether a pair is accepted, by the threshold of its fold. */
export function accepts(
  result: VerificationRun["result"],
  pair: TestPairs["pairs"][number],
  score: number,
): boolean {
  return score >= result.folds[pair.fold]!.threshold;
}

const nameOf = (run: RecipeRun): string => `${run.name}, seed ${run.seed}, trained on ${run.data}`;

function setups(runs: readonly RecipeRun[]): TrainingSetup[] {
  const found = new Map<string, TrainingSetup>();
  for (const { data, training } of runs) {
    const { images, people, epochs, settings } = training;
    const key = JSON.stringify([data, images, people, epochs, settings]);
    found.set(key, { data, images, people, epochs, settings, runs: (found.get(key)?.runs ?? 0) + 1 });
  }
  return [...found.values()];
}

function grouped(runs: readonly RecipeRun[]): Group[] {
  const groups = new Map<string, RecipeRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.data, run.name]);
    const own = groups.get(key) ?? [];
    if (own.some((r) => r.seed === run.seed)) {
      throw new KnotgradError(
        "missing",
        `comparison: two runs are ${nameOf(run)} but one is needed; leave one out`,
      );
    }
    groups.set(key, [...own, run]);
  }
  return [...groups.values()].map((own) => ({
    data: own[0]!.data,
    name: own[0]!.name,
    recipe: own[0]!.recipe,
    runs: own.sort((a, b) => a.seed - b.seed),
  }));
}

function verificationEntry(run: RecipeRun, verified: VerificationRun, tests: readonly TestPairs[]): Entry {
  const { test, result } = verified;
  const pairs = pairsOf(tests, test);
  const scores = decodeScores(run, verified, pairs.length);
  const right = new Uint8Array(pairs.length);
  const counts = result.folds.map(() => ({ right: 0, size: 0 }));
  for (const [i, pair] of pairs.entries()) {
    const count = counts[pair.fold];
    if (!count) {
      throw new KnotgradError(
        "value",
        `comparison: pair ${i} of ${test} is in fold ${pair.fold} but ${nameOf(run)} has ${counts.length} folds`,
      );
    }
    right[i] = accepts(result, pair, scores[i]!) === pair.same ? 1 : 0;
    count.right += right[i]!;
    count.size++;
  }
  // The rounding of scores to f32 may turn a decision; more says that the scores are of other pairs.
  const off = counts.findIndex(
    ({ right, size }, k) => Math.abs(right - size * result.folds[k]!.accuracy) > 2.5,
  );
  if (off >= 0) {
    const { right, size } = counts[off]!;
    throw new KnotgradError(
      "value",
      `comparison: by its scores ${nameOf(run)} is right on ${right} of the ${size} pairs of ${test}, fold ${off}, ` +
        `but its accuracy there is ${result.folds[off]!.accuracy}; give the pairs and the threshold search it was tested with`,
    );
  }
  const { auc, eer, tarAtFar } = result;
  return {
    seed: run.seed,
    measure: "accuracy",
    value: result.mean,
    standardError: result.standardError,
    further: { AUC: auc, EER: eer, ...atFar("TAR", tarAtFar) },
    right,
  };
}

function identificationEntry(
  run: RecipeRun,
  { test, rankOne, right, dirAtFar, verificationAtFar }: IdentificationRun,
): Entry {
  const dir = dirAtFar["0.01"] ?? null;
  const bytes = right === undefined ? null : Uint8Array.from(Buffer.from(right, "base64"));
  const share = bytes && bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;
  if (share !== null && !(Math.abs(share - rankOne!) < 1e-9)) {
    throw new KnotgradError(
      "value",
      `comparison: ${nameOf(run)} is right on ${share} of the probes of ${test} but its rank-1 is ${rankOne}; take that run away`,
    );
  }
  return {
    seed: run.seed,
    measure: dir === null ? "rank-1" : "DIR at FAR 1 %",
    value: dir ?? rankOne,
    standardError: null,
    further: { "rank-1": rankOne, ...atFar("DIR", dirAtFar), ...atFar("VR", verificationAtFar ?? {}) },
    right: dir === null ? bytes : null,
  };
}

/** Rates by the name of what they are at: "TAR at FAR 1 %". */
function atFar(
  name: string,
  rates: { readonly [far: string]: number | null },
): {
  [measure: string]: number | null;
} {
  return Object.fromEntries(
    Object.entries(rates)
      .sort(([a], [b]) => Number(b) - Number(a))
      .map(([far, rate]) => [`${name} at FAR ${+(100 * Number(far)).toPrecision(3)} %`, rate]),
  );
}

/** The rows of one test, not corrected. */
function testRows(
  test: string,
  groups: readonly Group[],
  baseline: string,
  entryOf: (run: RecipeRun) => Entry | undefined,
): Row[] {
  const made = groups
    .map((group) => ({ group, entries: group.runs.map(entryOf).filter((e) => e !== undefined) }))
    .filter(({ entries }) => entries.length > 0);
  return made.map(({ group, entries }) => {
    const same = made.filter((m) => m.group.data === group.data);
    const base = same.find((m) => m.group.name === baseline) ?? same.find((m) => m.group.recipe === baseline);
    const others = base && base.group !== group ? base.entries : [];
    const seeds = entries.map((entry) =>
      seedRow(
        entry,
        others.find((o) => o.seed === entry.seed),
      ),
    );
    const measures = [...new Set(entries.flatMap((e) => Object.keys(e.further)))];
    return {
      test,
      data: group.data,
      name: group.name,
      recipe: group.recipe,
      measure: entries[0]!.measure,
      seeds,
      ...mean(entries.map((e) => e.value)),
      further: Object.fromEntries(measures.map((m) => [m, mean(entries.map((e) => e.further[m] ?? null))])),
      difference: difference(entries, others, seeds),
      published: figureOf(
        test,
        published.find((p) => p.recipe === group.recipe),
      ),
    };
  });
}

function seedRow(entry: Entry, other: Entry | undefined): SeedRow {
  const { seed, value, standardError, right } = entry;
  const tested = right && other?.right ? mcnemar(right, other.right) : null;
  return {
    seed,
    value,
    standardError,
    difference: tested
      ? (tested.onlyA - tested.onlyB) / right!.length
      : value !== null && other && other.value !== null
        ? value - other.value
        : null,
    mcnemar: tested && { onlyThis: tested.onlyA, onlyBaseline: tested.onlyB, p: tested.p },
  };
}

function difference(
  entries: readonly Entry[],
  others: readonly Entry[],
  rows: readonly SeedRow[],
): Difference | null {
  const found = rows.map((r) => r.difference).filter((d) => d !== null);
  if (found.length === 0) return null;
  const { mean: estimate, spread } = mean(found);
  const common = entries.flatMap((a) => {
    const b = others.find((o) => o.seed === a.seed);
    return a.right && b?.right ? [{ a: a.right, b: b.right }] : [];
  });
  const known = { seeds: found.length, estimate: estimate!, spread, corrected: null };
  if (common.length === 0) return { ...known, interval: null, p: null };
  // (P) over the seeds, how often only this recipe is right less how often only the baseline is
  const gained = common[0]!.a.reduce((list, _, i) => {
    list[i] = common.reduce((sum, { a, b }) => sum + a[i]! - b[i]!, 0);
    return list;
  }, new Int32Array(common[0]!.a.length));
  const share = (sample: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < sample.length; i++) sum += sample[i]!;
    return sum / (common.length * sample.length);
  };
  const { low, high } = bootstrap(gained, share, { resamples: RESAMPLES });
  return { ...known, interval: [low, high], p: signFlips(gained) };
}

/** Mean and sample standard deviation of the values that are there. */
function mean(values: readonly (number | null)[]): Mean {
  const known = values.filter((v) => v !== null);
  const n = known.length;
  if (n === 0) return { mean: null, spread: null };
  const m = known.reduce((sum, v) => sum + v, 0) / n;
  const squares = known.reduce((sum, v) => sum + (v - m) ** 2, 0);
  return { mean: m, spread: n === 1 ? null : Math.sqrt(squares / (n - 1)) };
}

/** The rows with Holm's correction over all that were tested. */
function corrected(rows: readonly Row[]): Row[] {
  const ps = rows.map((r) => r.difference?.p ?? null);
  const after = holm(ps.filter((p) => p !== null));
  return rows.map((row, i) =>
    row.difference && ps[i] !== null
      ? { ...row, difference: { ...row.difference, corrected: after.shift()! } }
      : row,
  );
}

const FIGURES: { readonly [test: string]: "lfw" | "rankOne" | "dir" | "cfpFf" | "cfpFp" } = {
  LFW: "lfw",
  "LFW closed set": "rankOne",
  "LFW open set": "dir",
  "CFP-FF": "cfpFf",
  "CFP-FP": "cfpFp",
};

/** What a system was published to reach in a test; null where the test is not a published one. */
function figureOf(test: string, system: Published | undefined): PublishedFigure | null {
  const figure = FIGURES[test];
  if (!system || !figure) return null;
  const value = system[figure];
  return {
    system: system.system,
    recipe: system.recipe,
    value: value === null ? null : value / 100,
    printed: figure === "rankOne" || figure === "dir" ? "literature" : "poster",
    source: system.source,
  };
}

function makeTable(title: string, rows: readonly Row[]): ComparisonTable {
  const others = [...new Set(rows.map((r) => r.test))].flatMap((test) =>
    published
      .filter((p) => !rows.some((r) => r.test === test && r.recipe === p.recipe))
      .map((p) => ({ test, published: figureOf(test, p) }))
      .filter((o): o is { test: string; published: PublishedFigure } => o.published?.value != null),
  );
  return { title, further: [...new Set(rows.flatMap((r) => Object.keys(r.further)))], rows, others };
}
