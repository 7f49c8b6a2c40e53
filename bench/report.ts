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
  /** Half of the range of the middle half of the rounds, as part of the median, of each side measured in this run. */
  readonly spread: { readonly [side: string]: number };
  /** Largest difference from the numbers of each other side of this run, as part of the largest number. */
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
  /** About each peer: how it runs, or why it does not. */
  readonly peers?: { readonly [name: string]: string };
  readonly rows: readonly Line[];
}

/** Our side's name. */
export const OURS = "knotgrad";

/** The other stacks, in the order of their columns. Other names are other ways of ours. */
const PEERS = ["tfjs", "ort", "jax-js", "torch"];

/** The peers that some of the lines have. */
export const peersOf = (lines: readonly Line[]): string[] =>
  PEERS.filter((peer) => lines.some(({ peers }) => peer in peers));
/** The other ways of ours that some of the lines have. */
export const variantsOf = (lines: readonly Line[]): string[] =>
  [...new Set(lines.flatMap(({ peers }) => Object.keys(peers)))].filter((name) => !PEERS.includes(name));

/** How many times our time another takes; a dash where it has none. */
export const ratioOf = ({ ms, peers }: Line, other: string): string =>
  peers[other] === undefined ? "-" : digits(peers[other] / ms);

export function lineOf(
  { name, shape, flops, bytes, operands }: Row,
  { timings, rounds }: Omit<Measured, "failures">,
  { gflops, gbps }: Limits,
  { difference, held }: Pick<Line, "difference" | "held">,
  /** Milliseconds that other stacks took in other runs. */
  elsewhere: Line["peers"] = {},
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
    peers: { ...peers, ...elsewhere },
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

/** The rows as a table: our figures, then how many times our time each other takes. */
export function tableOf(lines: readonly Line[]): string {
  const headings = ["name", "shape", "ms", "+-%", "GFLOP/s", "GB/s", "share %", "MB"];
  const others = [...variantsOf(lines), ...peersOf(lines)];
  const rows = lines.map((line) => {
    const { name, shape, ms, gflops, gbps, share, held, spread } = line;
    const rates = [gflops, gbps, 100 * share, held[OURS]! / 1e6].map(digits);
    const own = [name, shape, digits(ms), (100 * spread[OURS]!).toFixed(0), ...rates];
    return [...own, ...others.map((other) => ratioOf(line, other))];
  });
  return table([...headings, ...others.map((other) => `${other} : ours`)], rows);
}

/** Three digits, more only where they are before the point. */
export const digits = (v: number): string => (v >= 100 ? v.toFixed(0) : v.toPrecision(3));

/** Writes the report whole or not at all. */
export async function writeReport(file: string, report: Report): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`;
  await writeFile(unfinished, `${JSON.stringify(report, null, 2)}\n`);
  await rename(unfinished, file);
}
