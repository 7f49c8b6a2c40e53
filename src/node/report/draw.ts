// Charts as inline SVG in the page's own colours, with their keys.

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { html, type Markup } from "./html.ts";
import type { Look } from "./report.ts";

/** A named line of a chart. */
export interface Series {
  label: string;
  look: Look;
  points: { x: number; y: number }[];
}

/** Stands in for a chart without data. */
export const NOTHING = html`<p class="empty">No points to draw.</p>`;

const { document } = parseHTML("<!doctype html><html></html>");

const COLOURS = 6;
// A second cue beside colour, for black and white print and for readers who cannot tell two colours apart.
const DASHES = ["none", "7 3", "2 3", "9 3 2 3", "14 4", "5 5 1 5"];

/** How the k-th kind of line is drawn; of one kind, the lines `before` it have its colour and other dashes. */
export function lineLook(k: number, before = 0): Look {
  const dash = DASHES[(k + Math.floor(k / COLOURS) + before) % DASHES.length]!;
  return { colour: `var(--line${k % COLOURS})`, dash };
}

/** Marks that draw each series with its own colour and dashes, moved to the right by `shift` pixels. */
export function lineMarks(series: Series[], shift = (_: number) => 0): Plot.Markish[] {
  return series.map(({ points, look }, i) =>
    Plot.line(points, {
      dx: shift(i),
      x: "x",
      y: "y",
      stroke: look.colour,
      strokeDasharray: look.dash,
      strokeWidth: 1.8,
      // A line of one point shows as a dot.
      strokeLinecap: "round",
    }),
  );
}

/** The key to `lineMarks`. */
export function lineLegend(series: Pick<Series, "label" | "look">[]): Markup {
  return legend(
    series.map(({ label, look }) => ({
      label,
      swatch: html`<svg width="30" height="10" aria-hidden="true"><line x1="2" x2="28" y1="5" y2="5"
        stroke="${look.colour}" stroke-dasharray="${look.dash}" stroke-width="2.5" stroke-linecap="round"/></svg>`,
    })),
  );
}

/** A list of swatches with their names. */
export function legend(entries: { label: string; swatch: Markup }[]): Markup {
  return html`<ul class="legend">${entries.map((e) => html`<li>${e.swatch} ${e.label}</li>`)}</ul>`;
}

/** A chart as SVG; `description`, fixed text and never a name from the data, is read out in place of the picture. */
export function draw(description: string, options: Plot.PlotOptions): Markup {
  const svg = Plot.plot({
    document,
    width: 430,
    height: 300,
    marginLeft: 52,
    marginRight: 16,
    marginBottom: 44,
    insetTop: 4,
    ariaLabel: description,
    ...options,
    x: { labelAnchor: "center", labelArrow: "none", ...options.x },
    y: { labelArrow: "none", grid: true, ...options.y },
  });
  svg.setAttribute("role", "img");
  shortenNumbers(svg);
  return { markup: svg.outerHTML };
}

/** A titled chart with its key and what to know about it. */
export function figure(title: string, chart: Markup, key: Markup, caption: Markup): Markup {
  return html`<figure><h3>${title}</h3>${chart}${key}<figcaption>${caption}</figcaption></figure>`;
}

/** Cuts coordinates to a hundredth of a pixel: most of a large chart is digits nobody sees. */
function shortenNumbers(svg: Element): void {
  for (const element of [svg, ...svg.querySelectorAll("*")]) {
    for (const name of ["d", "cx", "cy", "x", "y", "x1", "x2", "y1", "y2", "transform"]) {
      const value = element.getAttribute(name);
      const short = value?.replace(/\d+\.\d{3,}/g, (v) => String(+(+v).toFixed(2)));
      if (short) element.setAttribute(name, short);
    }
  }
}
