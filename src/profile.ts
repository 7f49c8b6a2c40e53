// Where the time of a step goes: each of its kernels alone, and the whole.
import { KnotgradError } from "./error.ts";
import { usage } from "./memory.ts";
import type { Dispatch, Ready, Sender } from "./sender.ts";

/**
 * `timestamps`: the device's clock around each kernel of a replay, each in a pass of its own. `slopes`, which needs no
 * feature: kernel by kernel in the step's order, what one more launch of the same adds to the time of a submit.
 */
export type ProfileMethod = "timestamps" | "slopes";

/** What `profile` can be told. */
export interface ProfileOptions {
  /** How often everything is timed; 5 unless told. */
  readonly repetitions?: number;
  /** `timestamps` where the device has the feature timestamp-query, else `slopes`, unless told. */
  readonly method?: ProfileMethod;
  /** Called after each repetition. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** One kernel of a profiled step. */
export interface KernelTime {
  /** Name of the kernel. */
  readonly kernel: string;
  /** Its sizes, and the knobs that differ from their defaults, such as `M=64 N=10 K=784 HAS_BIAS=1`. */
  readonly variant: string;
  /** The part of the step that it was recorded in, where `gpu.part` named one. */
  readonly part?: string;
  /** Workgroups. */
  readonly grid: readonly [x: number, y: number, z: number];
  /** Milliseconds of one launch. */
  readonly ms: number;
}

/** Where the time of one run of a step goes, in milliseconds. */
export interface Profile {
  /** How it was measured. */
  readonly method: ProfileMethod;
  /** In the order in which they run. */
  readonly kernels: readonly KernelTime[];
  /** All kernels, each timed alone. */
  readonly sum: number;
  /** One run as it is replayed, without the wait for it. */
  readonly step: number;
  /** `step` less `sum`: time between kernels; below zero where kernels overlap, or timing them takes longer. */
  readonly gap: number;
}

/** Milliseconds of replays between two waits: a wait ends 1 ms late at most, where it naps. */
const ENOUGH_STEPS = 60;
/** Milliseconds of one kernel's launches in a submit, less the wait. */
const ENOUGH_LAUNCHES = 20;
/** Most repetitions between two waits. */
const MOST_REPETITIONS = 4096;
/** Most timestamps of a query set (WebGPU, createQuerySet). */
const MOST_TIMESTAMPS = 4096;
const QUERY_RESOLVE = 0x200;

/**
 * Times a step's dispatches, which are given ready, too. `refuse` throws where they can no longer be sent; it is asked before
 * each submit.
 */
export async function profile(
  sender: Sender,
  dispatches: readonly Dispatch[],
  replay: readonly Ready[],
  refuse: () => void,
  { repetitions = 5, method: wanted, onProgress }: ProfileOptions,
): Promise<Profile> {
  const hasClock = sender.device.features.has("timestamp-query");
  const method = wanted ?? (hasClock ? "timestamps" : "slopes");
  if (!(Number.isInteger(repetitions) && repetitions > 0)) {
    throw new KnotgradError(
      "value",
      `profile: repetitions is ${repetitions} but must be a whole number above zero`,
    );
  }
  if (method !== "timestamps" && method !== "slopes") {
    throw new KnotgradError("value", `profile: the method is ${method} but must be timestamps or slopes`);
  }
  if (method === "timestamps" && !hasClock) {
    throw new KnotgradError(
      "feature",
      "profile: the method is timestamps but the device lacks timestamp-query; request it or take slopes",
    );
  }
  if (replay.length === 0)
    throw new KnotgradError("missing", "profile: the step has no kernel but needs one to time");
  refuse();

  /** Milliseconds until so many submits of the same are done. */
  const timeOf = async (list: readonly Ready[], submits: number): Promise<number> => {
    refuse();
    const start = performance.now();
    for (let k = 0; k < submits; k++) sender.send(() => {}, list);
    await sender.settle();
    return performance.now() - start;
  };
  const launches: number[] = [];
  const slopes = async (): Promise<number[]> => {
    const times: number[] = [];
    // In order, so that each kernel meets the data that it meets in the step.
    for (const [i, ready] of replay.entries()) {
      const several = (k: number) => timeOf(new Array<Ready>(k).fill(ready), 1);
      const once = await several(1);
      launches[i] ??= await repetitionsOf(several, ENOUGH_LAUNCHES);
      times.push(((await several(1 + launches[i])) - once) / launches[i]);
    }
    return times;
  };
  const stamps = async (): Promise<number[]> => {
    const times: number[][] = [];
    while (times.length < replays) {
      refuse();
      times.push(await timestamps(sender, replay));
    }
    return meanOf(times);
  };

  await sender.settle();
  await timeOf(replay, 1); // the first one warms up
  const replays = Math.max(2, await repetitionsOf((k) => timeOf(replay, k), ENOUGH_STEPS));
  const kernels: number[][] = [];
  const steps: number[][] = [];
  for (let done = 1; done <= repetitions; done++) {
    // In turn, so that a busy machine slows them alike.
    kernels.push(await (method === "timestamps" ? stamps() : slopes()));
    steps.push([(await timeOf(replay, replays)) / replays]);
    onProgress?.(done, repetitions);
  }
  // Slopes are measured apart from one another, timestamps in the same replays.
  const measured =
    method === "timestamps"
      ? middle(kernels)
      : replay.flatMap((_, i) => middle(kernels.map((times) => [times[i]])));
  const times = measured.map((ms) => Math.max(ms, 0)); // noise, or a clock that was set back
  const [step] = middle(steps);
  const sum = total(times);
  return {
    method,
    kernels: dispatches.map(({ program: { kernel, constants }, part, grid }, i) => ({
      kernel: kernel.name,
      variant: Object.entries(constants)
        .filter(([name, value]) => !(name in kernel.knobs) || value !== Number(kernel.knobs[name]))
        .map(([name, value]) => `${name}=${value}`)
        .join(" "),
      ...(part === undefined ? {} : { part }),
      grid,
      ms: times[i],
    })),
    sum,
    step,
    gap: step - sum,
  };
}

/** Milliseconds of each dispatch of one replay, by the device's clock. */
async function timestamps(sender: Sender, replay: readonly Ready[]): Promise<number[]> {
  const { device } = sender;
  const size = 16 * replay.length; // two times of 8 bytes
  const resolved = sender.buffer({ label: "timestamps", size, usage: QUERY_RESOLVE | usage.COPY_SRC });
  const staging = sender.staging(size);
  const sets: GPUQuerySet[] = [];
  try {
    sender.send((encoder) => {
      for (let first = 0; first < replay.length; first += MOST_TIMESTAMPS / 2) {
        const some = replay.slice(first, first + MOST_TIMESTAMPS / 2);
        const querySet = device.createQuerySet({ type: "timestamp", count: 2 * some.length });
        sets.push(querySet);
        for (const [i, ready] of some.entries()) {
          const pass = encoder.beginComputePass({
            timestampWrites: {
              querySet,
              beginningOfPassWriteIndex: 2 * i,
              endOfPassWriteIndex: 2 * i + 1,
            },
          });
          sender.encode(pass, [ready]);
          pass.end();
        }
        encoder.resolveQuerySet(querySet, 0, 2 * some.length, resolved, 16 * first);
      }
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
    });
    await sender.mapped(staging);
    const ns = new BigInt64Array(staging.getMappedRange());
    return replay.map((_, i) => Number(ns[2 * i + 1] - ns[2 * i]) / 1e6);
  } finally {
    for (const made of sets) made.destroy();
    for (const buffer of [resolved, staging]) sender.destroy(buffer);
  }
}

/** As many repetitions as take enough milliseconds, found by trying more and more of them. */
async function repetitionsOf(timeOf: (k: number) => Promise<number>, enough: number): Promise<number> {
  let k = 1;
  let ms = await timeOf(k);
  while (ms < enough && k < MOST_REPETITIONS) {
    // At most 8 times as many, since the wait's share of a few is large.
    k = Math.min(MOST_REPETITIONS, Math.ceil(k * Math.min(8, (1.2 * enough) / ms)));
    ms = await timeOf(k);
  }
  return k;
}

/**
 * The mean of each time over the middle half of the repetitions, by their total: what a busy machine does to others is
 * left out, and a clock that ticks more coarsely than a kernel runs still tells its mean.
 */
function middle(repetitions: readonly (readonly number[])[]): number[] {
  const sorted = repetitions.toSorted((a, b) => total(a) - total(b));
  const cut = Math.floor((sorted.length + 1) / 4);
  return meanOf(sorted.slice(cut, sorted.length - cut));
}

const meanOf = (lists: readonly (readonly number[])[]): number[] =>
  lists[0].map((_, i) => total(lists.map((list) => list[i])) / lists.length);

const total = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0);
