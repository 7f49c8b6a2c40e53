// Times the sides of a row in turn, so that a busy machine slows them alike.

import { add, configure, suite } from "benny";
import type { Effort } from "./device.ts";
import type { Contender, Results } from "./row.ts";

/** How long one repetition took. */
interface Timing {
  /** Median over rounds, milliseconds. */
  readonly ms: number;
  /** Half of the range that the middle half of the rounds lies in, as part of the median. */
  readonly spread: number;
  /** Repetitions that are sent before each wait. */
  readonly repetitions: number;
}

export interface Measured {
  readonly timings: { readonly [side: string]: Timing };
  /** What the sides that failed have thrown; they have no timing. */
  readonly failures: { readonly [side: string]: unknown };
  readonly rounds: number;
}

/** How it is measured, for the reader of the numbers. */
export const methodOf = ({ enough }: Effort): string =>
  `A round sends each side's work in turn, as many repetitions as take ${enough} ms, then one wait. benny runs the rounds after a ` +
  "warm-up, at least 7 (fewer, down to 3, where one takes more than 9 s). Times are medians over rounds, per repetition.";

const ROUNDS = 7;
const LEAST_ROUNDS = 3;
/** Milliseconds that all rounds may take where that needs fewer of them. */
const TOO_LONG = 63_000;
/** Milliseconds after which a side need not be tried twice. */
const TOO_MUCH = 1000;
/** Most repetitions of a side in a round. */
const MOST = 4096;

/** A suite of benny's while it is put together. */
interface Cases {
  on(event: "start", tell: () => void): Cases;
}

/** Times the sides in turn, without those that fail. `title` is what benny calls its suite. */
export async function measure(
  title: string,
  sides: { readonly [name: string]: Contender },
  { enough, patience }: Pick<Effort, "enough" | "patience">,
): Promise<Measured> {
  let all: { name: string; side: Contender; repetitions: number; times: number[] }[] = [];
  const failures: { [side: string]: unknown } = {};
  let together = 0;
  for (const [name, side] of Object.entries(sides)) {
    try {
      const { repetitions, ms } = await repetitionsOf(side, enough);
      all.push({ name, side, repetitions, times: [] });
      together += ms;
    } catch (error) {
      failures[name] = error;
    }
  }
  const rounds = Math.min(ROUNDS, Math.max(LEAST_ROUNDS, Math.floor(TOO_LONG / together)));

  let started = false;
  const round = async (): Promise<void> => {
    // benny calls a case before the start to see what it returns, does not wait for that, and then waits for ever for a
    // case that throws.
    if (!started) return;
    for (const { name, side, repetitions, times } of all) {
      try {
        times.push((await timeOf(side, repetitions)) / repetitions);
      } catch (error) {
        failures[name] = error;
      }
    }
    all = all.filter(({ name }) => !(name in failures));
  };
  const onStart = async () => (cases: Cases) =>
    cases.on("start", () => {
      started = true;
    });
  // A sample is one round, however short.
  const cases = { minSamples: rounds, maxTime: patience, minTime: 1e-9 };
  await suite(title, add("a round of all sides", round), onStart, configure({ cases }));
  const timings = Object.fromEntries(
    all.map(({ name, repetitions, times }) => [name, { ...medianOf(times), repetitions }]),
  );
  return { timings, failures, rounds: all[0]?.times.length ?? 0 };
}

/** Milliseconds from sending a side's repetitions until all are done. */
async function timeOf(side: Contender, repetitions: number): Promise<number> {
  const start = performance.now();
  for (let k = 0; k < repetitions; k++) side.send();
  await side.settle();
  return performance.now() - start;
}

/** As many repetitions as take enough, found by trying more and more of them, and what they took. */
async function repetitionsOf(side: Contender, enough: number): Promise<{ repetitions: number; ms: number }> {
  let repetitions = 1;
  let ms = await timeOf(side, 1);
  if (ms < TOO_MUCH) ms = await timeOf(side, 1); // the first one warms up
  while (ms < enough && repetitions < MOST) {
    // At most 8 times as many, since the wait's share of a few is large.
    repetitions = Math.min(MOST, Math.ceil(repetitions * Math.min(8, (1.2 * enough) / ms)));
    ms = await timeOf(side, repetitions);
  }
  return { repetitions, ms };
}

function medianOf(times: readonly number[]): Pick<Timing, "ms" | "spread"> {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => {
    const place = part * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.ceil(place);
    return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
  };
  return { ms: at(0.5), spread: (at(0.75) - at(0.25)) / 2 / at(0.5) };
}

/** The largest difference of two sides' numbers, as part of the largest number of the same name. Throws where sizes differ. */
export function difference(ours: Results, theirs: Results): number {
  let worst = 0;
  for (const [name, a] of Object.entries(ours)) {
    const b = theirs[name];
    if (b?.length !== a.length) {
      throw new Error(
        `difference: ${name} has ${a.length} numbers but ${b?.length ?? "none"} on the other side`,
      );
    }
    let apart = 0;
    let largest = 0;
    for (let i = 0; i < a.length; i++) {
      apart = Math.max(apart, Math.abs(a[i]! - b[i]!)); // NaN stays
      largest = Math.max(largest, Math.abs(b[i]!));
    }
    worst = Math.max(worst, apart / largest); // NaN where all are zero: that compares nothing
  }
  return worst;
}
