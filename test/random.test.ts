import { describe, expect, test } from "vitest";
import { random } from "../src/random.ts";
import { saying } from "./saying.ts";

// From an implementation of PCG-XSH-RR 64/32 in whole numbers of any length, itself checked against the authors' demo.
test.each<[number, number[]]>([
  [0, [0xe823a24e, 0x7a7ecbd9, 0x89fd6c06, 0xae646aa8, 0xcd3cf945, 0x6204b303]],
  [1, [0x54352d7f, 0x6ac20236, 0x0768dd4c, 0x75560a43, 0x4065d452, 0x99b2e260]],
  [42, [0xc2f57bd6, 0x6b07c4a9, 0x72b7b29b, 0x44215383, 0xf5af5ead, 0x68beb632]],
  [Number.MAX_SAFE_INTEGER, [0xa0630ead, 0xb6e46d9f, 0xf9b8946b, 0xc9081bb4, 0x5b8eb85b, 0x3a6d69c6]],
])("seed %i gives the numbers of the definition", (seed, words) => {
  const r = random(seed);
  expect(words.map(() => r.next() * 2 ** 32)).toEqual(words);
});

test("next agrees with the definition for a long time", () => {
  const mask = (1n << 64n) - 1n;
  const [factor, step] = [6364136223846793005n, 1442695040888963407n];
  let state = ((12345n + step) * factor + step) & mask;
  const r = random(12345);
  for (let i = 0; i < 5000; i++) {
    const x = (((state >> 18n) ^ state) >> 27n) & 0xffffffffn;
    const turn = state >> 59n;
    const word = ((x >> turn) | (x << (-turn & 31n))) & 0xffffffffn;
    expect(r.next()).toBe(Number(word) / 2 ** 32);
    state = (state * factor + step) & mask;
  }
});

test("a stream goes on from the state of another", () => {
  const r = random(9);
  for (let i = 0; i < 5; i++) r.next();
  const { state } = r;
  const copy = state.slice();
  const next = [r.next(), r.normal(), r.below(1000)];
  expect(state).toEqual(copy); // no view of what moves on
  const other = random(state);
  expect([other.next(), other.normal(), other.below(1000)]).toEqual(next);
  expect(other.state).toEqual(r.state);
  expect(state).not.toEqual(r.state);
});

test.each([0, 1, 3])("a state of %d numbers is refused", (n) => {
  expect(() => random(new Uint32Array(n))).toThrow(saying(`random: the state is (${n}) but must be (2)`));
});

describe("ranges", () => {
  test("next is spread evenly over [0, 1)", () => {
    const r = random(3);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const v = r.next();
      expect(v >= 0 && v < 1).toBe(true);
      tenths[Math.floor(10 * v)]! += 1;
    }
    for (const n of tenths) expect(Math.abs(n - 2000)).toBeLessThan(5 * Math.sqrt(2000));
  });

  test("below gives every whole number below n about as often", () => {
    const r = random(4);
    const seen = new Array<number>(7).fill(0);
    for (let i = 0; i < 14_000; i++) seen[r.below(7)]! += 1;
    expect(seen).toHaveLength(7);
    for (const n of seen) expect(Math.abs(n - 2000)).toBeLessThan(5 * Math.sqrt(2000));
    expect(r.below(1)).toBe(0);
  });

  test("normal has mean 0, variance 1 and a bell's tails", () => {
    const r = random(5);
    const n = 40_000;
    const values = Float64Array.from({ length: n }, r.normal);
    const moment = (k: number) => values.reduce((total, v) => total + v ** k, 0) / n;
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  test("shuffle gives every order about as often, in place", () => {
    const r = random(6);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const a = Uint8Array.of(1, 2, 3);
      expect(r.shuffle(a)).toBe(a);
      seen.set(a.join(""), (seen.get(a.join("")) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(["123", "132", "213", "231", "312", "321"]);
    for (const n of seen.values()) expect(Math.abs(n - 1000)).toBeLessThan(5 * Math.sqrt(1000));
    expect(r.shuffle([])).toEqual([]);
    expect(r.shuffle([7])).toEqual([7]);
  });
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("the seed %d is refused", (seed) => {
  expect(() => random(seed)).toThrow(
    saying(`random: seed is ${seed} but must be a whole number from 0 to 2^53 - 1`),
  );
});
