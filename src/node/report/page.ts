// The report of a set of training runs as one HTML file that needs nothing beside it.

import { lossChart, rocChart, severityChart } from "./charts.ts";
import { lineLook } from "./draw.ts";
import { embeddingCharts } from "./embeddings.ts";
import { headlineTable } from "./headline.ts";
import { decimals, html, type Markup, whole } from "./html.ts";
import { imageStrips, qualityTable } from "./quality.ts";
import type { NamedRun, Report, RunReport } from "./report.ts";
import { STYLE } from "./style.ts";
import { criticalTable, weightCharts } from "./weights.ts";

export type { Report, RunReport } from "./report.ts";

/**
 * The report as one HTML document: no script, no address outside the page, pictures inline, light or dark with the
 * reader's setting. All text in the report is escaped. Numbers that are null or not finite show as a dash with a
 * reason. Throws where the bytes of a sample do not fit its height and width.
 */
export function reportHtml(report: Report): string {
  const runs = named(report.runs);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${report.title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1>${report.title}</h1>
  <p>${report.data}</p>
  ${report.adapter.software ? SOFTWARE : html``}
</header>
<main>
  ${section("Results", html`${headlineTable(runs)}${GLOSSARY}`)}
  ${section("Training and verification", html`<div class="charts two">${lossChart(runs)}${rocChart(runs)}</div>`)}
  ${section("Embeddings in two dimensions", embeddingCharts(runs))}
  ${section(
    "Low quality and low p",
    html`<div class="charts two"><div><p>The poster claims that low-quality faces get a lower softmax probability p of
      their own class, so that KM, which weighs low p up, learns more from them. Measured here on training images
      whose degradation is known:</p>${qualityTable(runs)}</div>${severityChart(runs)}</div>`,
  )}
  ${section("Images sorted by p", imageStrips(runs))}
  ${section("What γ does", html`${weightCharts()}${criticalTable(runs.map((r) => r.gamma))}`)}
  ${section("Small print", smallPrint(report, runs))}
</main>
</body>
</html>
`;
  return page.markup;
}

const SOFTWARE = html`<p class="notice" role="note"><strong>Computed on the CPU.</strong> The adapter is a software one,
  so the speeds here say nothing about a GPU. Losses and accuracies do not depend on it beyond rounding.</p>`;

const GLOSSARY = html`<details><summary>What the columns mean</summary><dl>
  <dt>Accuracy</dt><dd>Share of images given their own class: clean images, degraded images, and images of rare classes
    (the tail).</dd>
  <dt>Verification accuracy</dt><dd>Share of pairs of images rightly called one class or two, by the cosine of their
    embeddings; mean and standard error (s.e.) over folds, each judged by a threshold from the others.</dd>
  <dt>AUC</dt><dd>Area under the receiver operating characteristic: 1 is perfect, 0.5 is guessing.</dd>
  <dt>EER</dt><dd>Equal error rate, where false accepts are as frequent as false rejects.</dd>
  <dt>TAR at FAR</dt><dd>Share of genuine pairs (one class) accepted, at the threshold that accepts this share of
    impostor pairs (two classes): true and false accept rate.</dd>
  <dt>Mean p</dt><dd>Mean softmax probability of the right class.</dd>
</dl></details>`;

function section(title: string, content: Markup): Markup {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

/**
 * Runs with distinct names: the loss, then gamma and seed where the loss alone does not tell them apart. Runs that
 * differ in nothing but the seed share a colour.
 */
function named(runs: RunReport[]): NamedRun[] {
  const ways: ((r: RunReport, i: number) => string)[] = [
    (r) => r.name,
    (r) => `${r.name} γ=${r.gamma}`,
    (r) => `${r.name} seed ${r.seed}`,
    (r) => `${r.name} γ=${r.gamma} seed ${r.seed}`,
    (r, i) => `${i + 1}: ${r.name}`,
  ];
  const distinct = ways.find((way) => new Set(runs.map(way)).size === runs.length) ?? ways.at(-1)!;
  const kind = (r: RunReport) => `${r.name} ${r.gamma}`;
  const kinds = [...new Set(runs.map(kind))];
  return runs.map((run, i) => {
    const k = kinds.indexOf(kind(run));
    const before = runs.slice(0, i).filter((r) => kind(r) === kind(run)).length;
    return { ...run, label: distinct(run, i), look: lineLook(k, before) };
  });
}

function smallPrint({ adapter, command }: Report, runs: NamedRun[]): Markup {
  const name = [adapter.vendor, adapter.architecture, adapter.description].filter((s) => s !== "").join(", ");
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table>
    <thead><tr><th scope="col">Loss</th><th scope="col">γ</th><th scope="col">seed</th><th scope="col">epochs</th>
      <th scope="col">final loss</th><th scope="col">parameters (hash)</th></tr></thead>
    <tbody>${runs.map(
      (
        r,
      ) => html`<tr><th scope="row">${r.label}</th><td>${r.gamma}</td><td>${r.seed}</td><td>${whole(r.epochs)}</td>
        <td>${decimals(r.finalLoss, 4)}</td><td><code>${r.parameterHash}</code></td></tr>`,
    )}</tbody></table></div>
    <dl>
      <dt>Adapter</dt><dd>${name || "unnamed"}${adapter.software ? " (software: runs on the CPU)" : " (hardware)"}</dd>
      <dt>Command</dt><dd><pre><code>${command}</code></pre></dd>
      <dt>Repeatability</dt><dd>The same command on the same adapter gives the same parameters, bit for bit; the hash
        shows it. Another adapter rounds differently.</dd>
    </dl>`;
}
