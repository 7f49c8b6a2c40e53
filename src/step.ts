// A step: dispatches recorded once, replayed in one pass and one submit.

import { type Lifetime, plan } from "./plan.ts";
import type { Pool } from "./pool.ts";
import type { Dispatch, Ready, Sender } from "./sender.ts";
import { type Memory, rangeOf, type Tensor } from "./tensor.ts";

/** Tensors to read after each run, by name. */
export type StepResult = { readonly [name: string]: Tensor };

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
  /** Kernels in one run. */
  readonly dispatches: number;
  /** Bytes of memory that the step's temporaries take together. */
  readonly bytes: number;
  /** Gives the step's memory back. */
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
    throw new Error(`step: depth is ${depth} but must be a whole number above zero`);
  }
  const outputs = Object.entries(results);
  const lives = lifetimes(dispatches, new Set(outputs.map(([, { memory }]) => memory)));
  for (const [name, { dtype, memory }] of outputs) {
    if (dtype !== "f32") throw new Error(`step: the result ${name} is ${dtype} but must be f32`);
    if (memory.recording && !memory.range && !lives.has(memory)) {
      throw new Error(`step: the result ${name} is written by no kernel of the step`);
    }
    if (memory.recording && memory.recording !== dispatches) {
      throw new Error(`step: the result ${name} is a temporary of another step; make it in this one`);
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
  try {
    for (const bytes of slots) buffers.push(pool.take(bytes));
    memories.forEach((memory, i) => {
      memory.range = { buffer: buffers[slot[i]], offset: 0 };
    });
    replay = dispatches.map((dispatch) => sender.ready(dispatch));
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
    for (const [, { memory, size }] of outputs) {
      const { buffer, offset } = rangeOf(memory)!;
      encoder.copyBufferToBuffer(buffer, offset, staging, to, 4 * size);
      to += 4 * size;
    }
  };
  /** A buffer given back may hold something else by now. */
  const refuseGivenBack = () => {
    for (const [name, { memory }] of outputs) {
      if (!rangeOf(memory)) throw new Error(`run: the result ${name} was given back; record the step again`);
    }
    for (const { program, bindings } of dispatches) {
      const gone = bindings.find(({ memory }) => !rangeOf(memory));
      if (!gone) continue;
      throw new Error(`run: ${gone.name} of ${program.kernel.name} was given back; record the step again`);
    }
  };

  return {
    dispatches: dispatches.length,
    bytes: slots.reduce((sum, size) => sum + size, 0),
    async run() {
      if (disposed) throw new Error("run: the step was disposed of; record it again");
      refuseGivenBack();
      const read: { [name: string]: Float32Array } = {};
      if (bytes === 0) {
        sender.send(() => {}, replay);
        return read as { [Name in keyof R]: Float32Array };
      }
      const staging = free.pop();
      if (!staging) {
        throw new Error(`run: ${depth} results are still on their way; await an earlier run() first`);
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
        if (disposed) staging.destroy();
        else free.push(staging);
      }
      return read as { [Name in keyof R]: Float32Array };
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      giveBack();
      for (const staging of free) staging.destroy();
    },
  };
}

/** First and last use of each temporary; results are used to the end. */
function lifetimes(dispatches: readonly Dispatch[], results: ReadonlySet<Memory>): Map<Memory, Lifetime> {
  const lives = new Map<Memory, Lifetime>();
  dispatches.forEach(({ bindings }, i) => {
    for (const { memory } of bindings) {
      if (!memory.recording || memory.range) continue; // lasting, or placed in lasting memory
      const first = lives.get(memory)?.first ?? i;
      const last = results.has(memory) ? dispatches.length : i;
      lives.set(memory, { bytes: memory.bytes, first, last });
    }
  });
  return lives;
}
