// A comparison of recipes as Markdown.

import { publishedNote, publishedSources } from "../../face/published.ts";
import type { Comparison } from "./comparison.ts";
import {
  type Cells,
  columnNote,
  type Signs,
  setupLine,
  tableCells,
  verdictLine,
} from "./comparison_cells.ts";

const SIGNS: Signs = { minus: "-", plusMinus: "+-" };

/** The three tables of a comparison as Markdown, each with what is beyond chance in it, then what the columns say. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { baseline } = comparison;
  const tables = comparison.tables.map((table, i) => {
    const title = `**Table ${i + 1}: ${table.title}**`;
    if (table.rows.length === 0) return `${title}\n\nNo run has such a test.`;
    return `${title}\n\n${grid(tableCells(table, baseline, SIGNS))}\n\n${text(verdictLine(table, baseline, SIGNS))}`;
  });
  const notes = [
    ...comparison.training.map(setupLine),
    columnNote(baseline, SIGNS),
    publishedNote,
    publishedSources,
  ].map(text);
  return `${[...tables, ...notes].join("\n\n")}\n`;
}

function grid({ headings, groups }: Cells): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(headings.map(text)),
    `|---|${headings
      .slice(1)
      .map(() => "--:")
      .join("|")}|`,
    ...groups.flatMap(({ title, rows }) => [
      line([`**${text(title)}**`, ...headings.slice(1).map(() => "")]),
      ...rows.map((row) => line(row.map(text))),
    ]),
  ].join("\n");
}

/** Text that no character of makes a column, a line or markup. */
const text = (value: string): string =>
  value
    .replace(/\s+/g, " ")
    .replace(/[\\|`*_]/g, "\\$&")
    .replace(/<(?=[a-z/!?])/gi, "&lt;");
