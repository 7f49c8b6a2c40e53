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
  /** Milliseconds that others take, and other ways of ours, the median. */
  readonly peers: { readonly [name: string]: number };
  /** Half of the range of the middle half of the rounds, as part of the median, of each side. */
  readonly spread: { readonly [side: string]: number };
  /** Largest difference from each peer's numbers, as part of the largest number. */
  readonly difference: { readonly [peer: string]: number };
  /** Bytes of GPU memory that each side of ours holds while it runs: tensors given and made. */
  readonly held: { readonly [side: string]: number };
  readonly rounds: number;
  /** Repetitions of each side in a round. */
  readonly repetitions: { readonly [side: string]: number };
  readonly flops: number;
  readonly bytes: number;
  /** Bytes of operands and results, where memory is compared with them. */
  readonly operands?: number;
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
  { name, shape, flops, bytes, operands }: Row,
  { timings, rounds }: Measured,
  { gflops, gbps }: Limits,
  { difference, held }: Pick<Line, "difference" | "held">,
): Line {
  const ofEach = (key: "ms" | "spread" | "repetitions") =>
    Object.fromEntries(Object.entries(timings).map(([side, timing]) => [side, timing[key]]));
  const { [OURS]: ms, ...peers } = ofEach("ms");
  const atMost = Math.max(flops / gflops, bytes / gbps) / 1e6;
  return {
    name,
    shape,
    ms,
    gflops: flops / ms / 1e6,
    gbps: bytes / ms / 1e6,
    share: atMost / ms,
    peers,
    spread: ofEach("spread"),
    difference,
    held,
    rounds,
    repetitions: ofEach("repetitions"),
    flops,
    bytes,
    ...(operands !== undefined && { operands }),
  };
}

/** The rows as a table: each once for every other side, with that side's time, and how many times ours it is. */
export function tableOf(lines: readonly Line[]): string {
  const headings = ["name", "shape", "ms", "+-%", "GFLOP/s", "GB/s", "share %", "MB"];
  const further = ["against", "ms", "+-%", "ratio", "differs by"];
  const rows = lines.flatMap(({ name, shape, ms, gflops, gbps, share, held, peers, spread, difference }) => {
    const percent = (side: string) => (100 * spread[side]!).toFixed(0);
    const rates = [gflops, gbps, 100 * share, held[OURS]! / 1e6].map(digits);
    const own = [name, shape, digits(ms), percent(OURS), ...rates];
    const others = Object.entries(peers).map(([peer, theirs]) => [
      ...[peer, digits(theirs), percent(peer), digits(theirs / ms), difference[peer]!.toExponential(0)],
    ]);
    return (others.length > 0 ? others : [further.map(() => "-")]).map((other) => [...own, ...other]);
  });
  return table([...headings, ...further], rows);
}

/** Three digits, more only where they are before the point. */
export const digits = (v: number): string => (v >= 100 ? v.toFixed(0) : v.toPrecision(3));

/** Writes the report whole or not at all. */
export async function writeReport(file: string, report: Report): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`;
  await writeFile(unfinished, `${JSON.stringify(report, null, 2)}\n`);
  await rename(unfinished, file);
}
