import { afterEach, expect, test, vi } from "vitest";
import { rest } from "../src/node/rest.ts";

afterEach(() => void vi.restoreAllMocks());

/** A promise that a number of turns of the event loop keep. */
const turns = (n: number): Promise<void> =>
  new Promise((resolve) => {
    const turn = (left: number): void => void setImmediate(() => (left > 1 ? turn(left - 1) : resolve()));
    turn(n);
  });

test("a wait naps once in ten turns, however many waits ended before it", async () => {
  const naps = vi.spyOn(Atomics, "wait").mockReturnValue("timed-out");
  await rest(turns(100));
  const alone = naps.mock.calls.length;
  expect(alone).toBeGreaterThanOrEqual(9);
  expect(alone).toBeLessThanOrEqual(11);
  // Each of these ends and the next begins before the turn that would have noticed.
  for (let i = 0; i < 50; i++) await rest(Promise.resolve());
  naps.mockClear();
  await rest(turns(100));
  expect(naps.mock.calls.length).toBeLessThanOrEqual(11);
});

test("gives what the promise gives, and throws what it throws", async () => {
  expect(await rest(Promise.resolve(7))).toBe(7);
  await expect(rest(Promise.reject(new Error("lost")))).rejects.toThrow("lost");
});
