// A small repeatable stream of random numbers, the same on every machine.

import { KnotgradError } from "./error.ts";

/** A repeatable stream of numbers. */
export interface Random {
  /** The next number, uniform in [0, 1). */
  next(): number;
  /** The next whole number, uniform in [0, n). */
  below(n: number): number;
  /** The next number of the normal distribution with mean 0 and variance 1. */
  normal(): number;
  /** (2) where the stream is, from which `random` goes on. */
  readonly state: Uint32Array;
  /** Puts the elements in a random order, in place, and returns them. */
  shuffle<A extends { length: number; [i: number]: number }>(a: A): A;
}

/**
 * A stream that depends on the seed alone (PCG-XSH-RR 32 over a 64-bit state), or goes on where another had the state given.
 * Throws where the seed is not a whole number from 0 to 2^53 - 1, or the state is not (2).
 */
export function random(from: number | Uint32Array): Random {
  // The 64-bit state is kept as two 32-bit halves: BigInt arithmetic would be the slowest part of augmentation.
  let [hi, lo] = typeof from === "number" ? seeded(from) : stateOf(from);

  const next32 = (): number => {
    const [oldHi, oldLo] = [hi, lo];
    // state = state * 6364136223846793005 + 1442695040888963407 (mod 2^64)
    const [a1, a0, b1, b0] = [oldHi, oldLo, 0x5851f42d, 0x4c957f2d];
    const low = mul64(a0, b0);
    lo = (low[1] + 0xf767814f) >>> 0;
    const carry = lo < low[1] ? 1 : 0;
    hi = (low[0] + Math.imul(a1, b0) + Math.imul(a0, b1) + 0x14057b7e + carry) >>> 0;
    // output: rotate (state ^ state >> 18) >> 27 right by state >> 59
    const xsHi = (oldHi ^ (oldHi >>> 18)) >>> 0;
    const xsLo = (oldLo ^ ((oldLo >>> 18) | (oldHi << 14))) >>> 0;
    const word = ((xsLo >>> 27) | (xsHi << 5)) >>> 0;
    const turn = oldHi >>> 27;
    return ((word >>> turn) | (word << ((32 - turn) & 31))) >>> 0;
  };

  const next = (): number => next32() / 2 ** 32;
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    below,
    get state() {
      return Uint32Array.of(hi, lo);
    },
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (a) => {
      for (let i = a.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const kept = a[i]!;
        a[i] = a[j]!;
        a[j] = kept;
      }
      return a;
    },
  };
}

/** The state that a seed begins with, high half first. */
function seeded(seed: number): [number, number] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new KnotgradError("value", `random: seed is ${seed} but must be a whole number from 0 to 2^53 - 1`);
  }
  const mask = (1n << 64n) - 1n;
  const state = ((BigInt(seed) + 1442695040888963407n) * 6364136223846793005n + 1442695040888963407n) & mask;
  return [Number(state >> 32n), Number(state & 0xffffffffn)];
}

function stateOf(state: Uint32Array): [number, number] {
  if (state.length === 2) return [state[0]!, state[1]!];
  throw new KnotgradError("shape", `random: the state is (${state.length}) but must be (2)`);
}

/** The 64-bit product of two 32-bit numbers, as [high, low]. */
function mul64(a: number, b: number): [number, number] {
  const [ah, al, bh, bl] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const ll = al * bl;
  const mid = ah * bl + (ll >>> 16);
  const mid2 = al * bh + (mid & 0xffff);
  const high = ah * bh + Math.floor(mid / 0x10000) + Math.floor(mid2 / 0x10000);
  return [high >>> 0, (((mid2 & 0xffff) << 16) | (ll & 0xffff)) >>> 0];
}
