// What the bench prints and writes.
import { rename, writeFile } from "node:fs/promises";
import type { AdapterInfo } from "../src/node/adapter.ts";
import { table } from "../src/node/table.ts";
import type { Limits } from "./device.ts";
import type { Measured } from "./measure.ts";
import type { Row } from "./row.ts";

/** A row as it is written. */
export interface Line {
  readonly name: string;
  readonly shape: string;
  /** Milliseconds, the median. */
  readonly ms: number;
  readonly gflops: number;
  readonly gbps: number;
  /** Part of what the device can do at most: of the limit, copy or arithmetic, that binds. */
  readonly share: number;
  /** Milliseconds that others take, the median. */
  readonly peers: { readonly [name: string]: number };
  /** Half of the range of the middle half of the rounds, as part of the median, of each side. */
  readonly spread: { readonly [side: string]: number };
  /** Largest difference from each peer's numbers, as part of the largest number. */
  readonly difference: { readonly [peer: string]: number };
  readonly rounds: number;
  readonly repetitions: number;
  readonly flops: number;
  readonly bytes: number;
}

export interface Report {
  readonly adapter: AdapterInfo;
  /** What the device reached at most in this run. */
  readonly limits: Limits;
  /** Load average of the machine at the start, and its cores. */
  readonly load: number;
  readonly cores: number;
  readonly rows: readonly Line[];
}

/** Our side's name. */
export const OURS = "knotgrad";

export function lineOf(
  { name, shape, flops, bytes }: Row,
  { timings, rounds, repetitions }: Measured,
  { gflops, gbps }: Limits,
  difference: Line["difference"],
): Line {
  const { ms } = timings[OURS]!;
  const atMost = Math.max(flops / gflops, bytes / gbps) / 1e6;
  const others = Object.entries(timings).filter(([side]) => side !== OURS);
  return {
    name,
    shape,
    ms,
    gflops: flops / ms / 1e6,
    gbps: bytes / ms / 1e6,
    share: atMost / ms,
    peers: Object.fromEntries(others.map(([side, { ms }]) => [side, ms])),
    spread: Object.fromEntries(Object.entries(timings).map(([side, { spread }]) => [side, spread])),
    difference,
    rounds,
    repetitions,
    flops,
    bytes,
  };
}

/** The rows as a table, with a peer's time, and how many times ours it is. */
export function tableOf(lines: readonly Line[], peers: readonly string[]): string {
  const headings = ["name", "shape", "ms", "+-%", "GFLOP/s", "GB/s", "share %"];
  for (const peer of peers) headings.push(`${peer} ms`, "+-%", "ratio", "differs by");
  const rows = lines.map((line) => {
    const { name, shape, ms, gflops, gbps, share, spread, difference } = line;
    const cells = [
      name,
      shape,
      digits(ms),
      spreadOf(spread[OURS]),
      digits(gflops),
      digits(gbps),
      digits(100 * share),
    ];
    for (const peer of peers) {
      const theirs = line.peers[peer];
      if (theirs === undefined) cells.push("-", "-", "-", "-");
      else
        cells.push(
          digits(theirs),
          spreadOf(spread[peer]),
          digits(theirs / ms),
          (difference[peer] ?? 0).toExponential(0),
        );
    }
    return cells;
  });
  return table(headings, rows);
}

/** Three digits, more only where they are before the point. */
export const digits = (v: number): string => (v >= 100 ? v.toFixed(0) : v.toPrecision(3));
const spreadOf = (spread: number | undefined): string => (100 * (spread ?? 0)).toFixed(0);

/** Writes the report whole or not at all. */
export async function writeReport(file: string, report: Report): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`;
  await writeFile(unfinished, `${JSON.stringify(report, null, 2)}\n`);
  await rename(unfinished, file);
}
