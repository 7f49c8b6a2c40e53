// The table at the top of a report: one row for each run, with a reason under every missing number.

import { decimals, html, type Markup, percent, whole } from "./html.ts";
import type { NamedRun } from "./report.ts";

const NO_DEGRADED = "no image was degraded";
const NO_TAIL = "no class is rare, so there is no tail";
const NO_PAIRS = "too few classes were held out to form pairs of images";
const NO_CLEAN = "no image is undegraded";
const NOT_FINITE = "not a finite number";

/** Every run's results in one table. */
export function headlineTable(runs: NamedRun[]): Markup {
  const fars = [...new Set(runs.flatMap((r) => Object.keys(r.verification?.tarAtFar ?? {})))].sort(
    (a, b) => Number(b) - Number(a),
  );
  const reasons: string[] = [];
  const cell = (value: number | null | undefined, show: (v: number) => string, reason: string): Markup => {
    if (typeof value === "number" && Number.isFinite(value)) return html`<td>${show(value)}</td>`;
    const why = typeof value === "number" ? NOT_FINITE : reason;
    if (!reasons.includes(why)) reasons.push(why);
    return html`<td class="none" title="${why}">–<sup>${reasons.indexOf(why) + 1}</sup></td>`;
  };
  const share = (v: number) => percent(v, 1);
  const rows = runs.map((run) => {
    const v = run.verification;
    const error = v && Number.isFinite(v.standardError) ? ` ± ${percent(v.standardError, 1)}` : "";
    return html`<tr><th scope="row">${run.label}</th>
      ${cell(run.gamma, (g) => String(g), "")}
      ${cell(run.accuracy.clean, share, NO_CLEAN)}
      ${cell(run.accuracy.degraded, share, NO_DEGRADED)}
      ${cell(run.accuracy.tail, share, NO_TAIL)}
      ${cell(v?.mean, (m) => share(m) + error, NO_PAIRS)}
      ${cell(v?.auc, (a) => decimals(a, 4), NO_PAIRS)}
      ${cell(v?.eer, share, NO_PAIRS)}
      ${fars.map((far) =>
        cell(v?.tarAtFar[far], share, v ? `fewer than ${farPairs(far)} impostor pairs` : NO_PAIRS),
      )}
      ${cell(run.meanP.clean, (p) => decimals(p, 3), NO_CLEAN)}
      ${cell(run.meanP.degraded, (p) => decimals(p, 3), NO_DEGRADED)}
      ${cell(run.imagesPerSecond, whole, "")}
    </tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Results"><table>
    <thead>
      <tr><td colspan="2"></td><th colspan="3" scope="colgroup">Accuracy (%)</th>
        <th colspan="3" scope="colgroup">Verification of held-out classes</th>
        ${fars.length ? html`<th colspan="${fars.length}" scope="colgroup">TAR (%) at FAR</th>` : html``}
        <th colspan="2" scope="colgroup">Mean p</th><th scope="colgroup">Speed</th></tr>
      <tr><th scope="col">Loss</th><th scope="col">γ</th>
        <th scope="col">clean</th><th scope="col">degraded</th><th scope="col">tail</th>
        <th scope="col">accuracy (% ± s.e.)</th><th scope="col">AUC</th><th scope="col">EER (%)</th>
        ${fars.map((far) => html`<th scope="col">${farName(far)}</th>`)}
        <th scope="col">clean</th><th scope="col">degraded</th><th scope="col">images/s</th></tr>
    </thead>
    <tbody>${rows}</tbody></table></div>
    ${reasons.length ? html`<ol class="reasons">${reasons.map((r) => html`<li>${r}</li>`)}</ol>` : html``}
    ${comparison(runs)}`;
}

/** How verification accuracy differs from that of the first run with the same seed, in standard errors. */
function comparison(runs: NamedRun[]): Markup {
  const lines: Markup[] = [];
  runs.forEach((run, i) => {
    const base = runs.slice(0, i).find((r) => r.seed === run.seed);
    const [a, b] = [run.verification, base?.verification];
    if (!base || !a || !b || !Number.isFinite(a.mean + a.standardError + b.mean + b.standardError)) return;
    const difference = a.mean - b.mean;
    const error = Math.hypot(a.standardError, b.standardError);
    const verdict =
      Math.abs(difference) > 2 * error ? "more than chance explains" : "no more than chance explains";
    const signed = `${difference >= 0 ? "+" : ""}${percent(difference)} ± ${percent(error)}`;
    lines.push(html`<li>${run.label} against ${base.label}: ${signed} points, ${verdict}</li>`);
  });
  if (lines.length === 0) return html``;
  return html`<p>Differences in verification accuracy, with one standard error:</p><ul>${lines}</ul>
    <p><small>Runs are taken as independent, which usually errs on the side of caution: runs that share their pairs differ by
      less. One seed is one draw; other seeds move these numbers too.</small></p>`;
}

/** A false accept rate as a percentage: "0.001" is "0.1 %". */
function farName(far: string): string {
  const rate = Number(far);
  return Number.isFinite(rate) ? `${+(100 * rate).toPrecision(2)}\u00a0%` : far;
}

/** The pairs it takes for one to be that share of them. */
function farPairs(far: string): string {
  const rate = Number(far);
  return rate > 0 ? whole(1 / rate) : "enough";
}
