// A comparison of recipes as one HTML file that needs nothing beside it.

import { publishedNote, publishedSources } from "../../face/published.ts";
import type { RecipeRun, TestPairs } from "../experiments/recipe_run.ts";
import { rocChart } from "./charts.ts";
import type { Comparison, ComparisonTable } from "./comparison.ts";
import {
  type Cells,
  columnNote,
  furtherCells,
  NONE,
  type Signs,
  setupLine,
  tableCells,
  verdictLine,
} from "./comparison_cells.ts";
import { hardestPairs, PAIRS_STYLE, type Picture } from "./comparison_pairs.ts";
import { rocRuns } from "./comparison_roc.ts";
import { decimals, html, type Markup, whole } from "./html.ts";
import { STYLE } from "./style.ts";

const SIGNS: Signs = { minus: "\u2212", plusMinus: "±" };

/**
 * A comparison and the runs and tests it was made of as one HTML document: no script, no address outside the page, light or
 * dark with the reader's setting. The tables, the curves of each test, the pairs that the baseline and the best recipe get
 * most wrong, with pictures where `picture` has them, and the runs. All names are escaped.
 * Throws where a picture's bytes do not fit its height and width.
 */
export function comparisonHtml(
  comparison: Comparison,
  runs: readonly RecipeRun[],
  tests: readonly TestPairs[],
  picture: Picture = () => undefined,
): string {
  const title = "Recipes for face recognition compared";
  const names = new Set(runs.map((r) => r.name)).size;
  const data = [...new Set(runs.map((r) => r.data))];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}${GRID_STYLE}${PAIRS_STYLE}</style>
</head>
<body>
<header>
  <h1>${title}</h1>
  <p>${runs.length === 0 ? "No runs." : `${names} recipes in ${runs.length} runs, trained on ${data.join(" and on ")}.`}</p>
</header>
<main>
  ${comparison.tables.map((table) => section(table.title, tablePart(table, comparison.baseline)))}
  ${section(
    "What the tables say",
    html`<p>${columnNote(comparison.baseline, SIGNS)}</p><p>${publishedNote}</p><p><small>${publishedSources}</small></p>`,
  )}
  ${section("Receiver operating characteristics", curves(comparison, runs, tests))}
  ${section("Hardest pairs", hardestPairs(comparison, runs, tests, picture))}
  ${section("Runs", runTable(comparison, runs))}
</main>
</body>
</html>
`.markup;
}

function section(title: string, content: Markup): Markup {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

function tablePart(table: ComparisonTable, baseline: string): Markup {
  if (table.rows.length === 0) return html`<p class="empty">No run has such a test.</p>`;
  return html`${grid(table.title, tableCells(table, baseline, SIGNS))}
    <p>${verdictLine(table, baseline, SIGNS)}</p>
    <details><summary>Each seed, and further figures</summary>
    ${grid(`${table.title}, further figures`, furtherCells(table, SIGNS))}
    <p><small>Seed: value ± standard error over the folds. AUC: area under the curve. EER: equal error rate. TAR and VR: share
      of pairs of one person accepted; DIR: share of people of the gallery detected and named, at a false accept rate (FAR);
      a dash where too few pairs resolve it.</small></p></details>`;
}

function grid(name: string, { headings, groups }: Cells): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table>
    <thead><tr>${headings.map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
    ${groups.map(
      ({
        title,
        rows,
      }) => html`<tbody><tr><th class="setting" colspan="${headings.length}" scope="rowgroup">${title}</th></tr>
      ${rows.map(
        ([first, ...rest]) =>
          html`<tr><th scope="row">${first!}</th>${rest.map(
            (cell) => html`<td>${cell === NONE ? "\u2013" : cell}</td>`,
          )}</tr>`,
      )}</tbody>`,
    )}</table></div>`;
}

/** Of the rows that begin a test and data set, and of names such as "km-center (gamma 1, lambda 0.003)". */
const GRID_STYLE = html`
tbody th.setting { padding-top: 1.1rem; color: var(--soft); max-width: none; white-space: nowrap; }
tbody th[scope="row"] { min-width: min(12rem, 30vw); font-weight: 500; }
`;

/** A chart for each verified test and data set. */
function curves({ tables }: Comparison, runs: readonly RecipeRun[], tests: readonly TestPairs[]): Markup {
  const rows = tables.flatMap((t) => t.rows).filter((r) => r.measure === "accuracy");
  if (rows.length === 0) return html`<p class="empty">No run has a list of pairs.</p>`;
  const settings = [...new Map(rows.map((r) => [JSON.stringify([r.test, r.data]), r])).values()];
  return html`<div class="charts two">${settings.map(({ test, data }) =>
    rocChart(rocRuns(runs, tests, test, data), {
      title: `${test}, trained on ${data}`,
      caption: "The least seed of each recipe. Genuine pairs show one person, impostor pairs two.",
    }),
  )}</div>`;
}

function runTable({ training }: Comparison, runs: readonly RecipeRun[]): Markup {
  if (runs.length === 0) return html`<p class="empty">No runs.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table>
    <thead><tr>${[
      "Recipe",
      "trained on",
      "seed",
      "images",
      "people",
      "epochs",
      "seconds",
      "images/s",
      "final loss",
      "parameters (hash)",
      "adapter",
    ].map((h) => html`<th scope="col">${h}</th>`)}</tr></thead>
    <tbody>${runs.map(
      ({
        name,
        data,
        seed,
        adapter,
        training: t,
      }) => html`<tr><th scope="row">${name}</th><td>${data}</td><td>${seed}</td>
        <td>${whole(t.images)}</td><td>${whole(t.people)}</td><td>${whole(t.epochs)}</td>
        <td>${whole(t.seconds)}</td><td>${whole(t.imagesPerSecond)}</td><td>${decimals(t.finalLoss, 4)}</td>
        <td><code>${t.parameterHash}</code></td><td>${adapter}</td></tr>`,
    )}</tbody></table></div>${training.map((setup) => html`<p>${setupLine(setup)}</p>`)}`;
}
