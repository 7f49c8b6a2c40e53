// The text of a comparison's tables, the same in Markdown and on the page.

import {
  type ComparisonTable,
  type PublishedFigure,
  type Row,
  type SeedRow,
  type TrainingSetup,
  verdict,
} from "./comparison.ts";
import { whole } from "./html.ts";

/** How numbers are signed. */
export interface Signs {
  readonly minus: string;
  readonly plusMinus: string;
}

/** A table as text, of which the first column holds names; columns without an entry are left out. */
export interface Cells {
  readonly headings: readonly string[];
  /** Rows of one test and data set. */
  readonly groups: readonly { readonly title: string; readonly rows: readonly (readonly string[])[] }[];
}

export const NONE = "-";

/** The means of a table beside the baseline's and the published figures. */
export function tableCells(table: ComparisonTable, baseline: string, signs: Signs): Cells {
  const accuracy = table.rows.every((r) => r.measure === "accuracy");
  const cells = (row: Row): string[] => [
    row.name,
    String(row.seeds.length),
    meanCell(row, signs),
    differenceCell(row, signs),
    pCell(row.difference?.p),
    row.seeds.some((s) => s.mcnemar) ? row.seeds.map((s) => pCell(s.mcnemar?.p)).join(", ") : NONE,
    publishedCell(row.published, signs),
  ];
  const others = table.others.map(({ test, published }) => ({
    title: `${testName(table.rows.find((r) => r.test === test)!)}, no run`,
    row: [published.recipe, "0", NONE, NONE, NONE, NONE, publishedCell(published, signs)],
  }));
  return withoutEmpty({
    headings: [
      "recipe",
      "seeds",
      accuracy ? "accuracy %" : "rate %",
      `less ${baseline}, points`,
      "p",
      "McNemar's p by seed",
      "published %, other conditions",
    ],
    groups: grouped([...table.rows.map((row) => ({ title: setting(row), row: cells(row) })), ...others]),
  });
}

/** Each seed of a table's rows with its standard error, and the further figures over the seeds. */
export function furtherCells(table: ComparisonTable, signs: Signs): Cells {
  const cells = (row: Row): string[] => [
    row.name,
    row.seeds.map((s) => seedCell(s, signs)).join("; "),
    ...table.further.map((f) => (row.further[f] ? meanCell(row.further[f], signs) : NONE)),
  ];
  return withoutEmpty({
    headings: ["recipe", "each seed %", ...table.further.map((f) => `${f}, %`)],
    groups: grouped(table.rows.map((row) => ({ title: setting(row), row: cells(row) }))),
  });
}

/** Rows by their titles, in the order in which those first come. */
function grouped(rows: readonly { readonly title: string; readonly row: string[] }[]): Cells["groups"] {
  return [...new Set(rows.map((r) => r.title))].map((title) => ({
    title,
    rows: rows.filter((r) => r.title === title).map((r) => r.row),
  }));
}

/** How many rows differ from the baseline by more than chance, in one sentence. */
export function verdictLine(table: ComparisonTable, baseline: string, signs: Signs): string {
  const { tested, different } = verdict(table);
  if (tested === 0) {
    return `Nothing here is tested against ${baseline}: that takes another recipe with the same training set and seed, and decisions known pair by pair.`;
  }
  const what = tested === 1 ? "1 comparison" : `${tested} comparisons`;
  // Where all were trained on the same data, their names need not come again.
  const title = new Set(table.rows.map(({ data }) => data)).size === 1 ? testName : setting;
  const which = [...new Set(different.map(title))].map((name) => {
    const names = different
      .filter((r) => title(r) === name)
      .map((r) => `${r.name} ${signed(r.difference!.estimate, signs)}`);
    return `${name}: ${names.join(", ")}`;
  });
  return (
    `Of ${what} with ${baseline}, ${different.length} ${different.length === 1 ? "is" : "are"} beyond chance at 5 % ` +
    `after Holm's correction over all of this table${which.length ? ` (${which.join("; ")})` : ""}.`
  );
}

/** What runs were trained with, in one sentence. */
export function setupLine({ data, runs, images, people, epochs, settings }: TrainingSetup): string {
  const told = Object.entries(settings).map(([name, value]) => `, ${name} ${value}`);
  return `${data}: ${runs === 1 ? "1 run" : `${runs} runs`} on ${whole(images)} images of ${whole(people)} people, ${epochs} epochs${told.join("")}.`;
}

/** What the columns of `tableCells` say. */
export const columnNote = (baseline: string, { plusMinus }: Signs): string =>
  `Means over seeds ${plusMinus} their sample standard deviation. A difference is of right decisions, less ${baseline}'s with the ` +
  "same seed, in percentage points, with the interval that 95 % of resamples of the pairs fall in; of rates whose single " +
  `decisions are not kept, with ${plusMinus} its standard deviation over seeds. p is that of the exact sign-flip test over all ` +
  "seeds, which is McNemar's for one. Both take pairs as independent, and ask whether these nets differ on these pairs; how far " +
  "another seed would move a recipe is for the spread to say.";

const testName = ({ test, measure }: Row): string => (measure === "accuracy" ? test : `${test}, ${measure}`);

const setting = (row: Row): string => `${testName(row)}, trained on ${row.data}`;

function publishedCell(figure: PublishedFigure | null, signs: Signs): string {
  if (figure?.value == null) return NONE;
  const { system, value, printed } = figure;
  return `${system} ${points(value, signs)}${printed === "literature" ? " (literature)" : ""}`;
}

function meanCell(of: { mean: number | null; spread: number | null }, signs: Signs): string {
  if (of.mean === null) return NONE;
  return `${points(of.mean, signs)}${of.spread === null ? "" : ` ${signs.plusMinus} ${points(of.spread, signs)}`}`;
}

function differenceCell({ difference }: Row, signs: Signs): string {
  if (!difference) return NONE;
  const { estimate, spread, interval } = difference;
  const around = interval
    ? ` [${interval.map((v) => signed(v, signs)).join(", ")}]`
    : spread === null
      ? ""
      : ` ${signs.plusMinus} ${points(spread, signs)}`;
  return signed(estimate, signs) + around;
}

function seedCell({ seed, value, standardError }: SeedRow, signs: Signs): string {
  if (value === null) return `${seed}: ${NONE}`;
  return `${seed}: ${points(value, signs)}${standardError === null ? "" : ` ${signs.plusMinus} ${points(standardError, signs)}`}`;
}

function pCell(p: number | null | undefined): string {
  if (p == null) return NONE;
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** A fraction as a percentage with two decimals. */
function points(fraction: number, { minus }: Signs): string {
  // Adding 0 turns what rounds to -0 into 0.
  return (Number((100 * fraction).toFixed(2)) + 0).toFixed(2).replace("-", minus);
}

function signed(fraction: number, signs: Signs): string {
  const text = points(fraction, signs);
  return /[1-9]/.test(text) && fraction > 0 ? `+${text}` : text;
}

function withoutEmpty({ headings, groups }: Cells): Cells {
  const kept = headings.map((_, c) => groups.some((g) => g.rows.some((row) => row[c] !== NONE)));
  const keep = (list: readonly string[]): string[] => list.filter((_, c) => kept[c]);
  return {
    headings: keep(headings),
    groups: groups.map(({ title, rows }) => ({ title, rows: rows.map(keep) })),
  };
}
