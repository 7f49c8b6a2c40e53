import fc from "fast-check";
import { expect, test } from "vitest";
import { type Lifetime, plan } from "../src/plan.ts";

const lifetimes = fc.array(
  fc.record({
    bytes: fc.integer({ min: 1, max: 9 }).map((n) => 16 * n),
    start: fc.nat(30),
    length: fc.nat(8),
  }),
  { maxLength: 40 },
);

const meet = (a: Lifetime, b: Lifetime): boolean => a.first <= b.last && b.first <= a.last;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

test("temporaries that live at once have slots of their own, each large enough, and no byte more than without sharing", () => {
  fc.assert(
    fc.property(lifetimes, (drawn) => {
      const lives = drawn.map(({ bytes, start, length }) => ({ bytes, first: start, last: start + length }));
      const { slot, slots } = plan(lives);
      expect(slot).toHaveLength(lives.length);
      lives.forEach((a, i) => {
        expect(slots[slot[i]!]).toBeGreaterThanOrEqual(a.bytes);
        lives.forEach((b, j) => {
          if (i < j && meet(a, b)) expect(slot[i]).not.toBe(slot[j]);
        });
      });
      // A slot is as large as its largest temporary, so no slot is idle.
      slots.forEach((bytes, s) => {
        expect(bytes).toBe(Math.max(...lives.filter((_, i) => slot[i] === s).map((life) => life.bytes)));
      });
      expect(sum(slots)).toBeLessThanOrEqual(sum(lives.map(({ bytes }) => bytes)));
    }),
    { numRuns: 300 },
  );
});

test("a chain, where each is read by the next only, takes two slots", () => {
  const chain = Array.from({ length: 20 }, (_, i) => ({ bytes: 64, first: i, last: i + 1 }));
  expect(plan(chain).slots).toEqual([64, 64]);
});

test("one that ends where another begins does not share with it, one that ended before does", () => {
  const a = { bytes: 32, first: 0, last: 2 };
  expect(plan([a, { bytes: 32, first: 2, last: 3 }]).slots).toEqual([32, 32]);
  expect(plan([a, { bytes: 32, first: 3, last: 3 }])).toEqual({ slot: [0, 0], slots: [32] });
});

test("a small one moves into a large one's slot, whichever comes first", () => {
  expect(
    plan([
      { bytes: 16, first: 0, last: 0 },
      { bytes: 96, first: 1, last: 1 },
    ]),
  ).toEqual({ slot: [0, 0], slots: [96] });
  expect(plan([])).toEqual({ slot: [], slots: [] });
});
