// Waiting that leaves the CPU to whoever computes.

/** Milliseconds that the main thread sleeps at a time. */
const NAP = 1;
/** Turns of the event loop between naps: an answer of the device takes some 20 of them to arrive. */
const TURNS = 10;
const cell = new Int32Array(new SharedArrayBuffer(4));
let waiting = 0;
let turning = false;
let turns = 0;

/**
 * Awaits a promise of the device with the main thread asleep most of the time. Dawn's Node binding polls without pause
 * while a promise is pending, which takes a whole core: on a software adapter with 2 cores, a training step took 630 ms
 * with that and 360 ms with naps in between.
 */
export async function rest<T>(promise: Promise<T>): Promise<T> {
  waiting += 1;
  if (!turning) setImmediate(turn);
  turning = true;
  try {
    return await promise;
  } finally {
    waiting -= 1;
  }
}

function turn(): void {
  turning = waiting > 0; // a wait that begins before this turn ends with it: there is one chain of turns at most
  if (!turning) return;
  turns += 1;
  if (turns % TURNS === 0) Atomics.wait(cell, 0, 0, NAP);
  setImmediate(turn);
}
