// `npm run -s bench:readme`: writes the results in bench/results/ into the README, as tables between two markers.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { digits, type Line, OURS, peersOf, type Report, ratioOf, variantsOf } from "./report.ts";

const README = new URL("../README.md", import.meta.url);
const RESULTS = new URL("results/", import.meta.url);
const [BEGIN, END] = ["<!-- bench: written by `npm run -s bench:readme` -->", "<!-- bench ends -->"];

/** The README with the table of each result file, in the order of their names. Throws where it lacks the markers. */
export function withResults(readme: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`withResults: the README lacks the markers but needs ${BEGIN} and ${END}`);
  const files = readdirSync(RESULTS).filter((file) => file.endsWith(".json"));
  const reports = files
    .sort()
    .map((file): Report => JSON.parse(readFileSync(new URL(file, RESULTS), "utf8")));
  return `${readme.slice(0, begin)}${BEGIN}\n${reports.map(markdownOf).join("\n")}${readme.slice(end)}`;
}

/** A report as a table in Markdown, rows in the order of the bench; a peer's column is its time divided by ours. */
export function markdownOf({ adapter, limits, cores, peers: says = {}, rows }: Report): string {
  const [gflops, gbps] = [digits(limits.gflops), digits(limits.gbps)];
  const peers = peersOf(rows);
  const headings = ["row", "shape", "ms", "GFLOP/s", "GB/s", "share of the limit"];
  const columns = [...headings, ...peers.map((peer) => `${peer} : ours`), "further"];
  const alignment = columns.map((_, i) => (i < 2 || i === columns.length - 1 ? "---" : "--:"));
  const notes = peers.flatMap((peer) => says[peer] ?? []);
  return `
${adapter.description}, ${cores} cores; its limits are ${gflops} GFLOP/s of multiplying and adding and ${gbps} GB/s of copying:

| ${columns.join(" | ")} |
|${alignment.join("|")}|
${rows.map((row) => `| ${cellsOf(row, peers).join(" | ")} |\n`).join("")}
${notes.map((note) => `${note}\n`).join("")}`;
}

function cellsOf(line: Line, peers: readonly string[]): string[] {
  const { name, shape, ms, gflops, gbps, share, held, operands } = line;
  const further = variantsOf([line]).map(
    (variant) => `${variant} ${number(line.peers[variant]!)} ms (${ratioOf(line, variant)} times as long)`,
  );
  if (operands) {
    const bytes = held[OURS]!;
    further.push(
      `holds ${number(bytes / 1e6)} MB (${(bytes / operands).toFixed(3)} times operands and gradients)`,
    );
  }
  return [
    `\`${name}\``,
    shape,
    ...[ms, gflops, gbps].map(number),
    `${(100 * share).toFixed(0)} %`,
    ...peers.map((peer) => ratioOf(line, peer)),
    further.join("; "),
  ];
}

const number = (v: number): string => (v < 1000 ? digits(v) : Math.round(v).toLocaleString("en-US"));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(README, withResults(readFileSync(README, "utf8")));
}
