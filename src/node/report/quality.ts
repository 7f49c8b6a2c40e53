// Does low quality go with low p? The poster says so; this says what was measured.

import { rankCorrelation } from "../../face/statistics.ts";
import { decimals, html, type Markup, whole } from "./html.ts";
import { pngDataUri } from "./png.ts";
import type { NamedRun, Sample } from "./report.ts";

const SHOWN = 24;
/** Characters of images in one page. */
const IMAGE_BUDGET = 1_400_000;

/** Mean p of clean and degraded images, the rank correlation of p with severity, and what they say, for each run. */
export function qualityTable(runs: NamedRun[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Quality and p"><table class="words">
    <thead><tr><th scope="col">Loss</th><th scope="col">mean p<br>clean</th><th scope="col">mean p<br>degraded</th>
      <th scope="col">rank<br>correlation</th><th scope="col">the claim</th></tr></thead>
    <tbody>${runs.map((run) => {
      const { correlation, verdict } = judge(run);
      return html`<tr><th scope="row">${run.label}</th><td>${decimals(run.meanP.clean ?? NaN, 3)}</td>
        <td>${decimals(run.meanP.degraded ?? NaN, 3)}</td>
        <td>${decimals(correlation ?? NaN, 2)}</td><td>${verdict}</td></tr>`;
    })}</tbody></table></div><p><small>Rank correlation (Spearman) of p and severity over training images: −1 where p falls
      with every step of severity, 0 where they are unrelated. “Seen” takes a lower mean p of degraded images and a
      correlation more than two standard deviations below 0.</small></p>`;
}

/** For each run the images with the lowest and the highest p. */
export function imageStrips(runs: NamedRun[]): Markup {
  // Pixels of the longer side at most.
  const limit = runs.length > 3 ? 40 : 64;
  let spent = 0;
  const strips: Markup[] = [];
  const leftOut: string[] = [];
  runs.forEach((run, i) => {
    const sorted = run.samples.filter((s) => Number.isFinite(s.p)).sort((a, b) => a.p - b.p);
    if (sorted.length === 0) {
      strips.push(html`<h3>${run.label}</h3><p class="empty">No images with a finite p.</p>`);
      return;
    }
    const low = sorted.slice(0, Math.min(SHOWN, Math.ceil(sorted.length / 2)));
    const high = sorted.slice(low.length).slice(-SHOWN);
    // A page of many runs opens with the first few.
    const open = i < 3 ? html` open` : html``;
    const strip = html`<details${open}><summary><h3>${run.label}
      <small>(of ${whole(sorted.length)} training images)</small></h3></summary>
      ${row("Lowest p", low, limit)}${row("Highest p", high, limit)}</details>`;
    if (spent + strip.markup.length > IMAGE_BUDGET) leftOut.push(run.label);
    else {
      strips.push(strip);
      spent += strip.markup.length;
    }
  });
  if (leftOut.length) strips.push(html`<p>Left out to keep this page small: ${leftOut.join(", ")}.</p>`);
  return html`${strips}`;
}

function row(title: string, samples: Sample[], limit: number): Markup {
  if (samples.length === 0) return html``;
  const severity = samples.reduce((sum, s) => sum + s.severity, 0) / samples.length;
  return html`<h4>${title} <small>(mean severity ${decimals(severity, 2)})</small></h4>
    <div class="images">${samples.map(
      (s) => html`<figure title="${s.label}"><img alt="${s.label}" src="${pngDataUri(s, limit)}">
        <figcaption>p ${probability(s.p)}<br>sev. ${decimals(s.severity, 2)}</figcaption></figure>`,
    )}</div>`;
}

/** Enough digits to tell p from 0 and from 1. */
function probability(p: number): string {
  if (p > 0 && p < 0.001) return "<.001";
  if (p < 1 && p > 0.999) return ">.999";
  return decimals(p, 3).replace(/^0/, "");
}

/** The rank correlation of p and severity, and whether low quality went with low p. */
function judge(run: NamedRun): { correlation: number | null; verdict: string } {
  const pairs = run.pBySeverity.filter((q) => Number.isFinite(q.p) && Number.isFinite(q.severity));
  const correlation = rankCorrelation(
    pairs.map((q) => q.p),
    pairs.map((q) => q.severity),
  );
  const { clean, degraded } = run.meanP;
  const verdict = (): string => {
    if (clean === null || degraded === null) return "cannot be judged: needs clean and degraded images";
    if (!Number.isFinite(clean + degraded)) return "cannot be judged: p is not a finite number";
    if (correlation === null) return "cannot be judged: p or severity never varies";
    // Two standard deviations of the rank correlation of unrelated lists.
    const noise = 2 / Math.sqrt(pairs.length - 1);
    const seen = degraded < clean && correlation < -noise;
    const word = !seen ? "not seen" : correlation > -0.1 ? "seen, but only just" : "seen";
    return `${word} (${whole(pairs.length)} images)`;
  };
  return { correlation, verdict: verdict() };
}
