// What a row of the bench is, and our own side of it.
import type { Gpu } from "../src/gpu.ts";
import type { StepResult } from "../src/step.ts";
import type { Shape } from "../src/tensor.ts";
import type { Stacks } from "./peers.ts";

/** One side of a comparison, ready to be repeated. */
export interface Contender {
  /** Sends the work once, without waiting for it. */
  send(): void;
  /** Waits until all that was sent is done. */
  settle(): Promise<void>;
  /** What the work gives, for comparing sides; asked for once, before anything is timed. */
  results(): Promise<Results>;
  dispose(): void;
}

/** Numbers by name. */
export type Results = { readonly [name: string]: Float32Array };

/** Our side of a row, or one of several. */
type Own = (gpu: Gpu) => Promise<Contender>;

/** Another stack's side of a row, or why it has none. */
type Others<Stack> = (stack: Stack, gpu: Gpu) => Promise<Contender | string>;

/** The same work by each side, and how much work it is. */
export interface Row {
  /** What rows of several names are about. */
  readonly topic?: "loss";
  readonly name: string;
  readonly shape: string;
  /** Floating-point operations of one repetition. */
  readonly flops: number;
  /** Bytes that one repetition has to move at least. */
  readonly bytes: number;
  /** What the two figures count, in words. */
  readonly counts: string;
  /** Bytes of operands and results, where memory is compared with them. */
  readonly operands?: number;
  readonly ours: Own;
  /** Other ways of ours to do the same, by name. */
  readonly variants?: { readonly [name: string]: Own };
  readonly peers: { readonly [Peer in keyof Stacks]?: Others<Stacks[Peer]> };
  /** Sizes and options as data, where programs in other languages time the same. */
  readonly sizes?: object;
}

/** What a row is called, and found by. */
export const titleOf = ({ topic, name, shape }: Row): string =>
  `${name} ${shape}${topic ? ` (${topic})` : ""}`;

/** Our side: a recorded step, and what to give back at the end. */
export async function ours(
  gpu: Gpu,
  work: () => StepResult,
  owned: readonly { dispose(): void }[],
): Promise<Contender> {
  // Timed runs have nothing to read, so that only the kernels are timed.
  const timed = await gpu.step(() => {
    work();
    return {};
  });
  return {
    send: () => void timed.run(),
    settle: () => gpu.settle(),
    async results() {
      const read = await gpu.step(work);
      const results = await read.run();
      read.dispose();
      return results;
    },
    dispose() {
      timed.dispose();
      for (const t of owned) t.dispose();
    },
  };
}

/** Bytes of this many 4-byte numbers. */
export const bytesOf = (...counts: readonly number[]): number => 4 * counts.reduce((sum, n) => sum + n, 0);

/** The numbers of a tensor with its axes in another order: axis i of the result is axis `order[i]` of the tensor. */
export function permuted(values: Float32Array, shape: Shape, order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  let places = [0];
  for (const axis of order) {
    const steps = Array.from({ length: shape[axis]! }, (_, i) => i * strides[axis]!);
    places = places.flatMap((place) => steps.map((step) => place + step));
  }
  return Float32Array.from(places, (place) => values[place]!);
}

/** f, computed when it is first asked for. */
export function once<T>(f: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: f() };
    return made.value;
  };
}
