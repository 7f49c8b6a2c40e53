// `npm run -s bench -- [FILTER] [--json FILE]`: our kernels against the device's limits and against other stacks.
import { access, constants, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Gpu } from "../src/gpu.ts";
import { announce } from "../src/node/adapter.ts";
import { openGpu } from "../src/node/gpu.ts";
import { type Effort, FULL, type Limits, measureLimits, TINY } from "./device.ts";
import { difference as differenceOf, measure, methodOf } from "./measure.ts";
import { messageOf, openPeers, type Peers } from "./peers.ts";
import { digits, type Line, lineOf, OURS, tableOf, writeReport } from "./report.ts";
import { type Contender, type Row, titleOf } from "./row.ts";
import { benchRows, tinyRows } from "./rows.ts";
import { readTorch, type Torch } from "./torch.ts";

/** Sides that differ by more than this part of the largest number do not compute the same. */
const TOLERANCE = 1e-3;

const USAGE = `usage: npm run -s bench -- [FILTER] [--json FILE] [--torch FILE] [--no-peers] [--tiny]

  FILTER        only rows with it in \`name shape (topic)\`: loss for all losses, linear-km, 256x1024,
                "km-loss|matmul 512" for any of several
  --json FILE   writes the results there too
  --no-peers    measures knotgrad without tfjs, ort and jax-js
  --tiny        sizes whose times mean nothing, to try the bench itself
  --list FILE   writes what PyTorch can time there, for bench/pytorch.py, and measures nothing
  --torch FILE  compares with the times that bench/pytorch.py wrote
`;

interface Asked {
  readonly filter: string;
  readonly json: string | undefined;
  readonly list: string | undefined;
  readonly torch: string | undefined;
  readonly peers: boolean;
  readonly tiny: boolean;
}

/** What the command line asks for; undefined where it is help. Throws where it says something else. */
function parse(args: string[]): Asked | undefined {
  const flag = { type: "boolean", default: false } as const;
  const options = {
    json: { type: "string" },
    list: { type: "string" },
    torch: { type: "string" },
    "no-peers": flag,
    tiny: flag,
    help: { ...flag, short: "h" },
  } as const;
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Error(`bench: ${(error as Error).message}\n${USAGE}`);
  }
  const { values, positionals } = parsed;
  if (positionals.length > 1) {
    throw new Error(
      `bench: ${positionals.length} filters are given but it takes one; quote one with spaces\n${USAGE}`,
    );
  }
  if (values.help) return undefined;
  const { json, list, torch, tiny } = values;
  return { filter: positionals[0] ?? "", json, list, torch, peers: !values["no-peers"], tiny };
}

/** Gives whether every peer computes the same as we do. */
async function run({ filter, json, list, torch: torchFile, peers, tiny }: Asked): Promise<boolean> {
  const rows = choose(tiny ? tinyRows() : benchRows(), filter);
  if (list !== undefined) {
    await checkWritable("--list", list);
    await writeFile(list, listOf(rows));
    return true;
  }
  if (json !== undefined) await checkWritable("--json", json);
  const torch = torchFile === undefined ? undefined : await readTorch(torchFile);
  const load = os.loadavg()[0]!;
  const cores = os.availableParallelism();
  const { gpu, info } = await openGpu();
  announce(info);
  const others: Peers = peers ? await openPeers(gpu) : { says: {}, sides: {} };
  const says = {
    ...others.says,
    ...(torch && {
      torch: `torch's times are of another run, on ${torch.device}; its numbers are not compared.`,
    }),
  };

  say(`${info.description}; load average ${load.toFixed(1)} on ${cores} cores at the start.`);
  if (load > cores / 4) say("THE MACHINE IS BUSY: trust ratios, not times.");
  for (const line of Object.values(says)) say(line);
  if (!peers) say("knotgrad is measured without peers.");
  const effort = tiny ? TINY : FULL;
  say(methodOf(effort));
  const limits = await measureLimits(gpu, effort);
  const [gflops, gbps] = [limits.gflops.toFixed(1), limits.gbps.toFixed(1)];
  say(`Measured limits: ${gflops} GFLOP/s of multiplying and adding, ${gbps} GB/s of copying.\n`);

  const lines: Line[] = [];
  for (const row of rows) {
    lines.push(await compare(row, gpu, others.sides, torch, limits, effort));
    // After every row, so that one that ends the process takes no other with it.
    if (json !== undefined) {
      await writeReport(json, { adapter: info, limits, load, cores, peers: says, rows: lines });
    }
  }

  say(`\n${tableOf(lines)}\n`);
  say("share is of the limit that binds; it may pass 100 % where a row's data fit into a cache.");
  const counts = new Map(rows.map((row) => [row.name, row.counts]));
  for (const [name, what] of counts) say(`${name} counts ${what}.`);
  if (info.software) {
    say(
      `SOFTWARE ADAPTER: ${info.description} computes on the CPU. Neither times nor ratios carry over to a GPU.`,
    );
  }

  const wrong = lines.flatMap(({ name, shape, difference }) =>
    Object.entries(difference).flatMap(([side, part]) =>
      part <= TOLERANCE
        ? []
        : [`WRONG: ${name} ${shape}: ${side} differs by ${part}, more than ${TOLERANCE}.`],
    ),
  );
  for (const line of wrong) say(line);
  return wrong.length === 0;
}

async function compare(
  row: Row,
  gpu: Gpu,
  peers: Peers["sides"],
  torch: Torch | undefined,
  limits: Limits,
  effort: Effort,
): Promise<Line> {
  const sides: { [name: string]: Contender } = {};
  const held: { [side: string]: number } = {};
  for (const [name, make] of Object.entries({ [OURS]: row.ours, ...row.variants })) {
    const before = gpu.memory().current;
    sides[name] = await make(gpu);
    held[name] = gpu.memory().current - before; // a recorded step has all its memory: running it takes no more
  }
  const missing: string[] = [];
  for (const [name, make] of Object.entries(peers)) {
    const side = await make(row).catch((error) => `it fails: ${messageOf(error)}`);
    if (typeof side === "string") missing.push(`; ${name}: ${side}`);
    else if (side) sides[name] = side;
  }
  const difference: { [side: string]: number } = {};
  const { [OURS]: own, ...others } = sides;
  const results = Object.keys(others).length > 0 ? await own.results() : {};
  for (const [name, side] of Object.entries(others)) {
    try {
      difference[name] = differenceOf(results, await side.results());
      await gpu.settle(); // throws what the side did wrong on our device
    } catch (error) {
      await leaveOut(name, error);
    }
  }
  const { failures, ...measured } = await measure(`${row.name} ${row.shape}`, sides, effort);
  for (const [name, error] of Object.entries(failures)) await leaveOut(name, error);
  for (const side of Object.values(sides)) side.dispose();
  const times = Object.entries(measured.timings).map(([name, { ms, spread, repetitions }]) => {
    const memory = name in held ? ` in ${memoryOf(held[name]!, row)}` : "";
    const apart = name in difference ? `, differs by ${difference[name]!.toExponential(0)}` : "";
    return `${name} ${digits(ms)} ms +-${(100 * spread).toFixed(0)}% x${repetitions}${memory}${apart}`;
  });
  const ms = torch?.msOf(row);
  if (ms !== undefined) times.push(`torch ${digits(ms)} ms elsewhere`);
  say(`  ${times.join("; ")} (${measured.rounds} rounds)${missing.join("")}`);
  return lineOf(row, measured, limits, { difference, held }, ms === undefined ? {} : { torch: ms });

  /** A peer that fails is left out; a side of ours must not fail. */
  async function leaveOut(name: string, error: unknown): Promise<void> {
    if (name in held) throw error;
    missing.push(`; ${name}: it fails: ${messageOf(error)}`);
    sides[name]?.dispose();
    delete sides[name];
    delete difference[name];
    await gpu.settle().catch(() => {}); // what else it did wrong there is not ours
  }
}

/** Names, shapes and sizes of the rows that programs in other languages can time, as JSON. */
const listOf = (rows: readonly Row[]): string => {
  const listed = rows.flatMap(({ name, shape, sizes }) => (sizes ? [{ name, shape, ...sizes }] : []));
  return `${JSON.stringify({ rows: listed }, null, 2)}\n`;
};

/** Bytes in words, and as a part of those that the operands and results take. */
const memoryOf = (held: number, { operands }: Row): string =>
  `${digits(held / 1e6)} MB${operands ? `, ${(held / operands).toFixed(3)} of operands and gradients` : ""}`;

/** The rows that contain one of the filter's parts. Throws, listing all, where none does. */
function choose(rows: readonly Row[], filter: string): Row[] {
  const chosen = rows.filter((row) => filter.split("|").some((part) => titleOf(row).includes(part)));
  if (chosen.length > 0) return chosen;
  const names = rows.map(titleOf).join("; ");
  throw new Error(`bench: the filter is "${filter}" but must be part of one of: ${names}`);
}

/** Throws where the results could not be written at the end. */
async function checkWritable(option: string, file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!writable)
    throw new Error(`bench: ${option} is ${file} but ${folder} is not a folder that can be written to`);
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new Error(`bench: ${option} is ${file}, a folder, but must be a file's name`);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const asked = parse(process.argv.slice(2));
  if (asked === undefined) say(USAGE);
  else if (!(await run(asked))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
// Peers keep the process waiting.
process.exit();
