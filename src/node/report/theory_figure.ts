// The KM loss and its gradient's multiplier against p, as an SVG file that stands alone.

import * as Plot from "@observablehq/plot";
import { breakEvenP, gradientMultiplier, kmLoss, peakP } from "../../face/theory.ts";
import { draw } from "./draw.ts";
import { html, type Markup } from "./html.ts";

/** What every figure begins with, and no other file. */
export const figureStart = '<!-- Made by knotgrad analyze -->\n<svg xmlns="http://www.w3.org/2000/svg"';

/** The most gammas whose lines can be told apart. */
export const mostGammas = 10;

const PANEL = { width: 430, height: 340 };
const KEY = { width: 140, line: 22 };
const HEAD = 34;

interface Line {
  gamma: number;
  colour: string;
  dash: string;
}

/**
 * An SVG file with two panels: the KM loss, and the gradient multiplier c with its break-even p*, one line for each
 * gamma and one for softmax. White in any setting, so that it reads on light and on dark pages.
 */
export function theoryFigure(gammas: readonly number[]): string {
  const ramp = Plot.scale({ color: { type: "linear", scheme: "plasma", domain: [1, 0], range: [0, 0.72] } });
  const lines: Line[] = [
    { gamma: 0, colour: "#333333", dash: "5 4" },
    ...gammas.map((gamma, i) => ({ gamma, colour: ramp.apply(i / (gammas.length - 1 || 1)), dash: "" })),
  ];
  const [width, height] = [2 * PANEL.width + KEY.width, HEAD + PANEL.height];
  const { markup } = html` width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"
  font-family="system-ui, sans-serif" font-size="13" fill="#1b1f24" color="#1b1f24" role="img">
<title>Knot Magnify loss and its gradient multiplier against p, one line for each γ</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${panel(0, "KM loss, −log(p) / (γp + 1)²", lossPanel(lines))}
${panel(PANEL.width, "Gradient multiplier c(p), KM over softmax", gradientPanel(lines))}
${key(lines)}
</svg>
`;
  return figureStart + markup;
}

function panel(left: number, title: string, chart: Markup): Markup {
  // Plot's style is for charts in a page: it would stretch one inside another SVG.
  const inner = { markup: chart.markup.replace(/<style>[\s\S]*?<\/style>/, "") };
  return html`<g transform="translate(${left},0)"><text x="52" y="22" font-size="15" font-weight="600">${title}</text>
<g transform="translate(0,${HEAD})">${inner}</g></g>`;
}

function lossPanel(lines: readonly Line[]): Markup {
  return draw("KM loss against p", {
    ...PANEL,
    style: { fontSize: "12px" },
    x: { label: "p, softmax probability of the right class", domain: [0, 1] },
    y: { label: "loss (nats)", domain: [0, 4] },
    marks: lines.map((line) => curve(line, kmLoss)),
  });
}

function gradientPanel(lines: readonly Line[]): Markup {
  const magnified = lines.filter(({ gamma }) => gamma > 0);
  const highest = Math.max(...magnified.map(({ gamma }) => gradientMultiplier(gamma, peakP(gamma))));
  return draw("Gradient multiplier against p", {
    ...PANEL,
    style: { fontSize: "12px" },
    x: { label: "p, softmax probability of the right class", domain: [0, 1] },
    y: { label: "c (ratio)", domain: [0, 1.05 * highest] },
    marks: [
      ...lines.map((line) => curve(line, gradientMultiplier)),
      Plot.dot(magnified, {
        x: ({ gamma }: Line) => breakEvenP(gamma),
        y: 1,
        r: 3.2,
        fill: "#ffffff",
        stroke: "colour",
        strokeWidth: 1.6,
      }),
    ],
  });
}

/** f(gamma, p) over p in [0, 1], with points close together at 0, where f is steep. */
function curve({ gamma, colour, dash }: Line, f: (gamma: number, p: number) => number): Plot.Markish {
  const points = Array.from({ length: 241 }, (_, k) => (k / 240) ** 4).map((p) => ({
    p,
    value: f(gamma, p),
  }));
  return Plot.line(points, {
    x: "p",
    y: "value",
    stroke: colour,
    strokeDasharray: dash,
    strokeWidth: 2,
    clip: true,
  });
}

function key(lines: readonly Line[]): Markup {
  const row = (i: number, swatch: Markup, text: string) =>
    html`<g transform="translate(${2 * PANEL.width},${HEAD + 20 + KEY.line * i})">${swatch}<text x="34" y="4">${text}</text></g>`;
  return html`${lines.map(({ gamma, colour, dash }, i) =>
    row(
      i,
      html`<line x1="2" x2="28" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      gamma === 0 ? "softmax" : `γ = ${+gamma.toPrecision(4)}`,
    ),
  )}
${row(
  lines.length,
  html`<circle cx="15" r="3.2" fill="#ffffff" stroke="#1b1f24" stroke-width="1.6"/>`,
  "p*, c back at 1",
)}`;
}
