// Which temporaries of a step may share memory.

/** A temporary's size, and the first and last dispatch that touches it. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** For each temporary its slot; for each slot its bytes. */
export interface Plan {
  readonly slot: readonly number[];
  readonly slots: readonly number[];
}

/**
 * Puts temporaries whose lifetimes do not meet into one slot: largest first, each into the first
 * slot that is free for its whole life. A slot is a buffer of its own, since one dispatch may not
 * bind the same buffer for reading and for writing.
 */
export function plan(lifetimes: readonly Lifetime[]): Plan {
  const order = lifetimes.map((_, i) => i);
  order.sort((a, b) => lifetimes[b].bytes - lifetimes[a].bytes || lifetimes[a].first - lifetimes[b].first);
  const taken: { bytes: number; by: Lifetime[] }[] = [];
  const slot = new Array<number>(lifetimes.length);
  for (const i of order) {
    const life = lifetimes[i];
    let s = taken.findIndex(({ by }) =>
      by.every((other) => other.last < life.first || life.last < other.first),
    );
    if (s < 0) s = taken.push({ bytes: life.bytes, by: [] }) - 1;
    taken[s].by.push(life);
    slot[i] = s;
  }
  return { slot, slots: taken.map(({ bytes }) => bytes) };
}
