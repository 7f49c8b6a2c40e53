// Charts with one line for each run: loss, true accept rate, p against severity.

import * as Plot from "@observablehq/plot";
import { draw, figure, lineLegend, lineMarks, NOTHING, type Series } from "./draw.ts";
import { html, type Markup, percent, whole } from "./html.ts";
import type { NamedRun } from "./report.ts";

/** The training loss of every run, smoothed. */
export function lossChart(runs: NamedRun[]): Markup {
  const window = Math.max(1, Math.round(Math.max(...runs.map((r) => r.curve.length), 0) / 40));
  const series = runs.map(({ label, look, curve }) => {
    const finite = curve.filter((c) => Number.isFinite(c.step) && Number.isFinite(c.loss));
    return { label, look, points: thin(movingMean(finite, window), 200), lost: curve.length - finite.length };
  });
  const values = series.flatMap((s) => s.points.map((p) => p.y));
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const log = lowest > 0 && highest > 10 * lowest;
  const chart = values.length
    ? draw("Training loss against training step, one line for each run", {
        x: { label: "training step (batches)", nice: true },
        y: {
          label: `loss (nats a sample${log ? ", log scale" : ""})`,
          ...(log ? logAxis(lowest, highest) : { zero: true }),
        },
        marks: lineMarks(series),
      })
    : NOTHING;
  const lost = series
    .filter((s) => s.lost > 0)
    .map(
      (s) =>
        html` <strong>${s.label}: ${whole(s.lost)} losses were not finite numbers and are not drawn.</strong>`,
    );
  const smooth = window > 1 ? `Each point is the mean of ${window} steps around it. ` : "";
  return figure(
    "Training loss",
    chart,
    lineLegend(series),
    html`${smooth}Compare shapes, not heights, where γ differs: KM scales every loss down, up to (1 + γ)² times.${lost}`,
  );
}

/** A run as far as its receiver operating characteristic goes. */
export type RocRun = Pick<NamedRun, "label" | "look" | "roc">;

/** True against false accept rate of every run. */
export function rocChart(
  runs: RocRun[],
  {
    title = "Verification: receiver operating characteristic",
    caption = "Genuine pairs show one class, impostor pairs two.",
  } = {},
): Markup {
  return figure(
    title,
    rocLines(runs),
    lineLegend(runs),
    html`${caption} Higher is better; the dotted line is guessing.
      The left end is as far as the number of pairs allows.`,
  );
}

/** The lines of `rocChart` alone. */
export function rocLines(runs: RocRun[], size: Plot.PlotOptions = {}): Markup {
  const series = runs.map(({ label, look, roc }) => ({ label, look, points: rocPoints(roc) }));
  const points = series.flatMap((s) => s.points);
  if (points.length === 0) return NOTHING;
  const least = Math.min(...points.map((p) => p.x), 0.1);
  return draw(
    "Receiver operating characteristic: true accept rate against false accept rate, one line for each run",
    {
      ...size,
      x: {
        label: "false accept rate (% of impostor pairs, log scale)",
        ...logAxis(least, 1),
        tickFormat: (t: number) => String(+(100 * t).toPrecision(1)),
      },
      y: {
        label: "true accept rate (% of genuine pairs)",
        domain: [0, 1],
        tickFormat: (t: number) => percent(t, 0),
      },
      marks: [
        Plot.line(
          Array.from({ length: 61 }, (_, k) => least ** (k / 60)),
          { x: (v: number) => v, y: (v: number) => v, stroke: "var(--faint)", strokeDasharray: "1 4" },
        ),
        ...lineMarks(series),
      ],
    },
  );
}

/** Mean p in bins of severity, every run in one chart. */
export function severityChart(runs: NamedRun[]): Markup {
  const series = runs.map(({ label, look, pBySeverity }) => ({
    label,
    look,
    bins: severityBins(pBySeverity),
  }));
  const lines: Series[] = series.map((s) => ({
    label: s.label,
    look: s.look,
    points: s.bins.map((b) => ({ x: b.severity, y: b.mean })),
  }));
  // Side by side, so that the bars of one severity do not hide each other.
  const shift = (i: number) => (i - (runs.length - 1) / 2) * Math.min(5, 15 / runs.length);
  const lowest = Math.min(...series.flatMap((s) => s.bins.map((b) => b.low)));
  const chart = lines.some((s) => s.points.length)
    ? draw("Mean probability of the right class against severity of degradation, one line for each run", {
        x: { label: "severity of degradation (0 = untouched, 1 = worst)", domain: [0, 1], inset: 8 },
        y: { label: "mean p of the right class", domain: [Math.floor(10 * lowest) / 10, 1] },
        marks: [
          ...series.map(({ bins, look }, i) =>
            Plot.ruleX(bins, {
              dx: shift(i),
              x: "severity",
              y1: "low",
              y2: "high",
              stroke: look.colour,
              strokeWidth: 1.2,
            }),
          ),
          ...lineMarks(lines, shift),
          ...series.map(({ bins, look }, i) =>
            Plot.dot(bins, { dx: shift(i), x: "severity", y: "mean", r: 3, fill: look.colour }),
          ),
        ],
      })
    : NOTHING;
  return figure(
    "p against severity",
    chart,
    lineLegend(lines),
    html`Means over untouched images (severity 0) and over tenths of the severity scale; bars are two standard errors
      each way. A line that falls to the right is what the poster claims.`,
  );
}

/** A log axis whose ticks suit its range. */
function logAxis(lowest: number, highest: number) {
  const decades = Math.log10(highest / lowest);
  // The plotting library drops the labels of finer steps than these.
  const steps = decades > 2.5 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5];
  const first = Math.floor(Math.log10(lowest));
  const ticks = Array.from({ length: Math.ceil(decades) + 2 }, (_, k) =>
    steps.map((s) => s * 10 ** (first + k)),
  ).flat();
  return {
    type: "log" as const,
    domain: [lowest, highest],
    ticks: ticks.filter((t) => t >= lowest && t <= highest),
    tickFormat: (t: number) => String(+t.toPrecision(1)),
  };
}

/** The mean of up to `window` neighbours around each point; fewer at the ends. */
function movingMean(curve: { step: number; loss: number }[], window: number): { x: number; y: number }[] {
  const sums = [0];
  for (const { loss } of curve) sums.push(sums.at(-1)! + loss);
  return curve.map(({ step }, i) => {
    const from = Math.max(0, i - Math.floor((window - 1) / 2));
    const to = Math.min(curve.length, i + Math.ceil((window + 1) / 2));
    return { x: step, y: (sums[to]! - sums[from]!) / (to - from) };
  });
}

/** At most `limit` elements at even distances, the first and the last among them. */
function thin<T>(points: T[], limit: number): T[] {
  if (points.length <= limit) return points;
  return Array.from(
    { length: limit },
    (_, i) => points[Math.round((i * (points.length - 1)) / (limit - 1))]!,
  );
}

/** The points a log axis can show, less those that fall on the same pixel as the one before. */
function rocPoints(roc: { far: number; tar: number }[]): { x: number; y: number }[] {
  let last = "";
  return roc
    .filter((p) => p.far > 0 && Number.isFinite(p.far) && Number.isFinite(p.tar))
    .sort((a, b) => a.far - b.far || a.tar - b.tar)
    .filter((p) => {
      const place = `${Math.round(100 * Math.log10(p.far))} ${Math.round(250 * p.tar)}`;
      const fresh = place !== last;
      last = place;
      return fresh;
    })
    .map((p) => ({ x: p.far, y: p.tar }));
}

function severityBins(pairs: { severity: number; p: number }[]) {
  const bins = new Map<number, { severity: number; p: number }[]>();
  for (const pair of pairs) {
    if (!Number.isFinite(pair.p) || !(pair.severity >= 0 && pair.severity <= 1)) continue;
    const bin = Math.ceil(10 * pair.severity);
    const own = bins.get(bin);
    if (own) own.push(pair);
    else bins.set(bin, [pair]);
  }
  return [...bins.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, own]) => {
      const n = own.length;
      const mean = own.reduce((s, q) => s + q.p, 0) / n;
      const variance = own.reduce((s, q) => s + (q.p - mean) ** 2, 0) / Math.max(1, n - 1);
      const error = Math.sqrt(variance / n);
      return {
        severity: own.reduce((s, q) => s + q.severity, 0) / n,
        mean,
        low: Math.max(0, mean - 2 * error),
        high: Math.min(1, mean + 2 * error),
      };
    });
}
