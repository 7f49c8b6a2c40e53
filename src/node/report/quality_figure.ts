// p of images as they are and degraded, as an SVG file that stands alone: the paper's second figure without its faces.

import * as Plot from "@observablehq/plot";
import type { Quality } from "../../face/quality.ts";
import { draw } from "./draw.ts";
import { html, type Markup } from "./html.ts";

const PANEL = { width: 430, height: 340 };
const KEY = { width: 140, line: 22 };
const HEAD = 34;
/** The severity whose images the first panel ranks. */
const RANKED = 0.5;

interface Line {
  label: string;
  colour: string;
  dash: string;
  /** x is a share of the images in percent, or a severity. */
  ranks: Point[];
  severities: Point[];
}

interface Point {
  x: number;
  y: number;
}

const LOOKS = [
  { colour: "#0072b2", dash: "none" },
  { colour: "#d55e00", dash: "7 3" },
  { colour: "#00835f", dash: "2 3" },
  { colour: "#a23b8c", dash: "9 3 2 3" },
  { colour: "#8a6d00", dash: "14 4" },
];

/**
 * An SVG file with two panels: p against the rank of the image, and its median against severity, one line for each degradation.
 * The axis of p is one of log-odds, ln(p / (1 - p)), which has room at both ends. White in any setting, so that it reads on light
 * and on dark pages.
 */
export function qualityFigure({ before, degraded }: Quality): string {
  const clean = {
    label: "as they are",
    colour: "#1b1f24",
    dash: "none",
    ranks: ranks(before.missing),
    severities: [],
  };
  const start = { x: 0, y: logOdds(1 - before.median) };
  const lines: Line[] = degraded.map(({ kind, at }, k) => ({
    label: kind,
    ...LOOKS[k % LOOKS.length]!,
    ranks: ranks(at.find(({ severity }) => severity === RANKED)?.missing ?? []),
    severities: [start, ...at.map(({ severity, median }) => ({ x: severity, y: logOdds(1 - median) }))],
  }));
  const [width, height] = [2 * PANEL.width + KEY.width, HEAD + PANEL.height];
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"
  font-family="system-ui, sans-serif" font-size="13" fill="#1b1f24" color="#1b1f24" role="img">
<title>Probability p of a face's own class against the rank of the image and the severity of its degradation</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${panel(0, `p by rank, at severity ${RANKED}`, rankPanel([clean, ...lines]))}
${panel(PANEL.width, "Median p by severity", severityPanel(lines))}
${[clean, ...lines].map(keyEntry)}
</svg>
`.markup;
}

const ranks = (missing: readonly number[]): Point[] =>
  missing.map((v, k) => ({ x: (100 * k) / (missing.length - 1), y: logOdds(v) }));

function panel(left: number, title: string, chart: Markup): Markup {
  // Plot's style is for charts in a page: it would stretch one inside another SVG.
  const inner = { markup: chart.markup.replace(/<style>[\s\S]*?<\/style>/, "") };
  return html`<g transform="translate(${left},0)"><text x="60" y="22" font-size="15" font-weight="600">${title}</text>
<g transform="translate(0,${HEAD})">${inner}</g></g>`;
}

function rankPanel(lines: readonly Line[]): Markup {
  return draw("p against rank", {
    ...PANEL,
    marginLeft: 60,
    style: { fontSize: "12px" },
    x: { label: "rank of the image, from the highest p (% of images)", domain: [0, 100] },
    y: axis(lines.flatMap((line) => line.ranks)),
    marks: lines.map((line) => curve(line, line.ranks)),
  });
}

function severityPanel(lines: readonly Line[]): Markup {
  const points = lines.flatMap((line) => line.severities);
  return draw("Median p against severity", {
    ...PANEL,
    marginLeft: 60,
    style: { fontSize: "12px" },
    x: { label: "severity of the degradation (0 is as they are)", domain: [0, 1] },
    y: axis(points),
    marks: [
      ...lines.map((line) => curve(line, line.severities)),
      ...lines.map(({ colour, severities }) =>
        Plot.dot(severities, { x: "x", y: "y", r: 3, fill: colour, clip: true }),
      ),
    ],
  });
}

/** What is nearer to 0 or 1 lies on the edge. */
const LEAST = 1e-9;

/** ln(p / (1 - p)), of 1 - p. */
function logOdds(missing: number): number {
  const kept = Math.min(1 - LEAST, Math.max(LEAST, missing));
  return Math.log1p(-kept) - Math.log(kept);
}

/** An axis of log-odds around the points, which tells p. */
function axis(points: readonly Point[]): Plot.ScaleOptions {
  const values = points.map(({ y }) => y);
  const ticks = [-9, -7, -5, -3, -2, -1].flatMap((e) => [logOdds(1 - 10 ** e), logOdds(10 ** e)]);
  const [low, high] = [Math.min(-1, ...values), Math.max(1, ...values)];
  return {
    label: "p (log-odds scale)",
    domain: [low, high],
    ticks: [0, ...ticks].filter((tick) => tick >= low && tick <= high),
    tickFormat: probability,
  };
}

/** p of log-odds, in the digits that it needs. */
function probability(odds: number): string {
  const p = 1 / (1 + Math.exp(-odds));
  return p < 9e-4 ? `1e−${Math.round(-Math.log10(p))}` : String(+p.toFixed(10));
}

function curve({ colour, dash }: Line, points: readonly Point[]): Plot.Markish {
  return Plot.line(points, {
    x: "x",
    y: "y",
    stroke: colour,
    strokeDasharray: dash,
    strokeWidth: 2,
    clip: true,
  });
}

function keyEntry({ label, colour, dash }: Line, i: number): Markup {
  return html`<g transform="translate(${2 * PANEL.width},${HEAD + 20 + KEY.line * i})"><line x1="2" x2="28" stroke="${colour}"
  stroke-width="2" stroke-dasharray="${dash}"/><text x="34" y="4">${label}</text></g>`;
}
