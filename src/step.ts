// A step: dispatches recorded once, replayed in one pass and one submit, or in commands of the caller.

import { conflict } from "./bind.ts";
import { KnotgradError } from "./error.ts";
import { lacks, type Memory, type Range, rangeOf, rootOf } from "./memory.ts";
import { type Lifetime, plan } from "./plan.ts";
import type { Pool } from "./pool.ts";
import { type Profile, type ProfileOptions, profile } from "./profile.ts";
import type { Dispatch, Ready, Sender } from "./sender.ts";
import type { Tensor } from "./tensor.ts";

/** Tensors to read after each run, by name. */
export type StepResult = { readonly [name: string]: Tensor };

/** What `Gpu.step` can be told. */
export interface StepOptions {
  /** Called as pipelines are compiled. */
  readonly onCompile?: (done: number, all: number) => void;
  /** How many results may be on their way at once; 4 unless told. */
  readonly depth?: number;
}

/** A recorded step. */
export interface Step<R extends StepResult> {
  /**
   * Sends one run and gives its results when they arrive, without waiting for earlier ones.
   * Throws where `depth` results are still on their way: await an earlier one first.
   */
  run(): Promise<{ [Name in keyof R]: Float32Array }>;
  /**
   * Encodes one run into a command encoder, as a pass of its own, or into an open compute pass, whose pipeline and bind
   * group 0 it sets. Sends only what was launched before; the run comes with the caller's submit, until which the step
   * must be kept, and sees what is written to tensors until then. Makes nothing. Throws as `run` does where the step, or
   * a tensor it uses, is gone.
   */
  encode(into: GPUCommandEncoder | GPUComputePassEncoder): void;
  /**
   * Where the time of one run goes: milliseconds of each kernel, of all of them, and of a whole run as it is replayed. Runs
   * the step, or each kernel of it, many times: what is updated in place, such as parameters, velocities and running
   * statistics, moves, so keep what must stay and write it back. Throws as `run` does where the step, or a tensor it uses,
   * is gone, and where an option is out of range, the device lacks timestamp-query for `timestamps`, or nothing is to be timed.
   * Dawn rounds timestamps to 65.536 us unless the adapter is opened with the flag
   * `disable-dawn-features=timestamp_quantization`.
   */
  profile(options?: ProfileOptions): Promise<Profile>;
  /** Where the results lie, in bytes, for commands of the caller to copy or bind; the next run overwrites them. */
  readonly results: { readonly [Name in keyof R]: Range };
  /** Kernels in one run. */
  readonly dispatches: number;
  /** Bytes of memory that the step's temporaries take together. */
  readonly bytes: number;
  /** Gives the step's memory back; a second time does nothing. Launches that wait are sent before; throws what that throws. */
  dispose(): void;
}

/** Plans memory for recorded dispatches, compiles them, and returns the step. */
export async function record<R extends StepResult>(
  sender: Sender,
  pool: Pool,
  dispatches: readonly Dispatch[],
  results: R,
  { onCompile, depth = 4 }: StepOptions,
): Promise<Step<R>> {
  if (!(Number.isInteger(depth) && depth > 0)) {
    throw new KnotgradError("value", `step: depth is ${depth} but must be a whole number above zero`);
  }
  const outputs = Object.entries(results);
  const lives = lifetimes(dispatches, new Set(outputs.map(([, { memory }]) => rootOf(memory).root)));
  for (const [name, { dtype, memory }] of outputs) {
    if (dtype !== "f32")
      throw new KnotgradError("dtype", `step: the result ${name} is ${dtype} but must be f32`);
    if (memory.recording && memory.recording !== dispatches) {
      throw new KnotgradError(
        "foreign",
        `step: the result ${name} is a temporary of another step; make it in this one`,
      );
    }
    const { root } = rootOf(memory);
    if (root.recording && !lives.has(root)) {
      throw new KnotgradError("missing", `step: the result ${name} is written by no kernel of the step`);
    }
  }
  await sender.compile(
    dispatches.map(({ program }) => program),
    onCompile,
  );

  const memories = [...lives.keys()];
  const { slot, slots } = plan([...lives.values()]);
  const buffers: GPUBuffer[] = [];
  const giveBack = () => {
    for (const memory of memories) memory.range = undefined;
    for (const buffer of buffers) pool.give(buffer);
  };
  let replay: Ready[];
  const ranges: { [name: string]: Range } = {};
  try {
    for (const bytes of slots) buffers.push(pool.take(bytes));
    memories.forEach((memory, i) => {
      memory.range = { buffer: buffers[slot[i]], offset: 0, size: memory.bytes };
    });
    replay = dispatches.map((dispatch) => sender.ready(dispatch));
    for (const [name, { memory, size }] of outputs) {
      const range = rangeOf(memory);
      if (!range)
        throw new KnotgradError("gone", `step: the result ${name} was given back; keep it while it is used`);
      ranges[name] = { ...range, size: 4 * size };
    }
  } catch (error) {
    giveBack();
    throw error;
  }

  // Results lie one after the other in a staging buffer; a ring of them lets runs overlap with reading.
  const bytes = outputs.reduce((sum, [, { size }]) => sum + 4 * size, 0);
  const free = bytes > 0 ? Array.from({ length: depth }, () => sender.staging(bytes)) : [];
  let disposed = false;

  const copy = (staging: GPUBuffer) => (encoder: GPUCommandEncoder) => {
    let to = 0;
    for (const { buffer, offset, size } of Object.values(ranges)) {
      encoder.copyBufferToBuffer(buffer, offset, staging, to, size);
      to += size;
    }
  };
  /** A buffer given back may hold something else by now. */
  const refuseGone = (what: string) => {
    if (disposed) throw new KnotgradError("gone", `${what}: the step was disposed of; record it again`);
    for (const [name, { memory }] of outputs) {
      if (rootOf(memory).root.range) continue;
      throw new KnotgradError("gone", `${what}: the result ${name} was given back; record the step again`);
    }
    for (const { program, bindings } of dispatches) {
      const gone = bindings.find(({ memory }) => !rootOf(memory).root.range);
      if (!gone) continue;
      throw new KnotgradError(
        "gone",
        `${what}: ${gone.name} of ${program.kernel.name} was given back; record the step again`,
      );
    }
  };

  return {
    dispatches: dispatches.length,
    bytes: slots.reduce((sum, size) => sum + size, 0),
    async run() {
      refuseGone("run");
      for (const [name, range] of Object.entries(ranges)) {
        const why = lacks(range, "COPY_SRC");
        if (why) throw new KnotgradError("usage", `run: the result ${name} ${why}`);
      }
      const read: { [name: string]: Float32Array } = {};
      if (bytes === 0) {
        sender.send(() => {}, replay);
        return read as { [Name in keyof R]: Float32Array };
      }
      const staging = free.pop();
      if (!staging) {
        throw new KnotgradError(
          "state",
          `run: ${depth} results are still on their way; await an earlier run() first`,
        );
      }
      let from = 0;
      try {
        sender.send(copy(staging), replay);
        await sender.mapped(staging);
        const values = new Float32Array(staging.getMappedRange().slice(0));
        for (const [name, { size }] of outputs) {
          read[name] = values.subarray(from, from + size);
          from += size;
        }
      } finally {
        staging.unmap();
        if (disposed) sender.destroy(staging);
        else free.push(staging);
      }
      return read as { [Name in keyof R]: Float32Array };
    },
    encode(into) {
      refuseGone("encode");
      sender.encode(into, replay);
    },
    async profile(options = {}) {
      return profile(sender, dispatches, replay, () => refuseGone("profile"), options);
    },
    results: ranges as { [Name in keyof R]: Range },
    dispose() {
      if (disposed) return;
      disposed = true;
      giveBack();
      for (const staging of free) sender.destroy(staging);
    },
  };
}

/** Makes a temporary of a recording live in another tensor's memory, unless a kernel could then not be bound. */
export function place(
  recording: readonly Dispatch[],
  { memory, size, dtype }: Tensor,
  target: Tensor,
): boolean {
  const { root } = rootOf(target.memory);
  if (memory.recording !== recording || root.recording || !root.range) return false;
  if (size !== target.size || dtype !== target.dtype || target.constant !== undefined) return false;
  if (memory.base) return memory.base === target.memory;
  memory.base = target.memory;
  const fits = !recording.some(({ program, bindings }) => conflict(program.kernel, bindings));
  if (!fits) memory.base = undefined;
  return fits;
}

/** First and last use of each temporary, whole or in slices; results are used to the end. */
function lifetimes(dispatches: readonly Dispatch[], results: ReadonlySet<Memory>): Map<Memory, Lifetime> {
  const lives = new Map<Memory, Lifetime>();
  dispatches.forEach(({ bindings }, i) => {
    for (const { memory } of bindings) {
      const { root } = rootOf(memory);
      if (!root.recording) continue; // lasting, or placed in lasting memory
      const first = lives.get(root)?.first ?? i;
      const last = results.has(root) ? dispatches.length : i;
      lives.set(root, { bytes: root.bytes, first, last });
    }
  });
  return lives;
}
