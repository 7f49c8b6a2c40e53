// Embeddings in two dimensions, coloured by class.

import * as Plot from "@observablehq/plot";
import { random } from "../../random.ts";
import { draw, figure, legend, NOTHING } from "./draw.ts";
import { html, type Markup, shorten, whole } from "./html.ts";
import type { NamedRun } from "./report.ts";

type Point = NamedRun["embedding2d"][number];

interface Group {
  name: string;
  heldOut: boolean;
  count: number;
}

const COLOURS = 10;

/** The embeddings of each run in two dimensions, and one key for all. */
export function embeddingCharts(runs: NamedRun[]): Markup {
  const groups = groupsBySize(runs);
  if (groups.length === 0) return NOTHING;
  const coloured = withColours(groups);
  const others = groups.length - coloured.length;
  // A page of many runs draws fewer points of each.
  const limit = Math.max(100, Math.min(1200, Math.floor(5000 / runs.length)));
  return html`<p>First two principal components. Dots are classes of the training set, crosses classes held out from it;
      a name stands at the middle of its class.</p>
    <div class="charts three">${runs.map((run) => embeddingChart(run, coloured, limit))}</div>
    ${legend([
      ...coloured.map((g, i) => ({ label: shorten(g.name, 24), swatch: symbol(groupColour(i), g.heldOut) })),
      ...(others > 0
        ? [{ label: `${whole(others)} more classes`, swatch: symbol("var(--faint)", false) }]
        : []),
    ])}`;
}

function embeddingChart(run: NamedRun, groups: Group[], limit: number): Markup {
  const finite = run.embedding2d.filter((e) => Number.isFinite(e.x) && Number.isFinite(e.y));
  if (finite.length === 0) return figure(run.label, NOTHING, html``, html``);
  // In random order no class hides the others, and a part of the points is a fair sample.
  const order = random(1).shuffle(finite.map((_, i) => i));
  const points = order.slice(0, limit).map((i) => finite[i]!);
  const { x, y, side } = square(finite);
  const slot = new Map(groups.map((g, i) => [g.name, i]));
  const colour = ({ group }: Point) => (slot.has(group) ? groupColour(slot.get(group)!) : "var(--faint)");
  const trained = points.filter((e) => !e.heldOut);
  const heldOut = points.filter((e) => e.heldOut);
  const chart = draw("Embeddings on their first two principal components, coloured by class", {
    width: 340,
    height: 340,
    marginLeft: 44,
    marginRight: 8,
    x: { label: "first component (embedding units)", domain: x, ticks: 5 },
    y: { label: "second component (embedding units)", domain: y, ticks: 5 },
    marks: [
      Plot.dot(trained, { x: "x", y: "y", r: 2, fill: colour, fillOpacity: 0.75 }),
      Plot.dot(heldOut, { x: "x", y: "y", r: 2.8, symbol: "times", stroke: colour, strokeWidth: 1.3 }),
      Plot.text(classNames(finite, groups, side), {
        x: "x",
        y: "y",
        text: "name",
        fontWeight: 700,
        fill: "currentColor",
        stroke: "var(--panel)",
        strokeWidth: 4,
      }),
    ],
  });
  const held = finite.filter((e) => e.heldOut).length;
  const shown = points.length < finite.length ? `${whole(points.length)} of ` : "";
  return figure(
    run.label,
    chart,
    html``,
    html`${shown}${whole(finite.length)} images, ${whole(held)} of them of held-out classes.`,
  );
}

/** The domains of a square around the points: one unit is as long on both axes. */
function square(points: Point[]) {
  const middle = (values: number[]): [number, number] => {
    const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    return [(low! + high!) / 2, high! - low!];
  };
  const [cx, width] = middle(points.map((e) => e.x));
  const [cy, height] = middle(points.map((e) => e.y));
  const side = 1.04 * Math.max(width, height) || 1;
  return { x: [cx - side / 2, cx + side / 2], y: [cy - side / 2, cy + side / 2], side };
}

/** A name at the median of each class, moved up where it would cover another. */
function classNames(
  points: Point[],
  groups: Group[],
  side: number,
): { name: string; x: number; y: number }[] {
  const names = groups
    .map(({ name }) => ({ name: shorten(name, 12), own: points.filter((e) => e.group === name) }))
    .filter(({ own }) => own.length > 0)
    .map(({ name, own }) => ({ name, x: median(own.map((e) => e.x)), y: median(own.map((e) => e.y)) }))
    .sort((a, b) => a.y - b.y);
  const [tall, wide] = [0.05 * side, 0.013 * side];
  names.forEach((name, i) => {
    for (const below of names.slice(0, i).sort((a, b) => a.y - b.y)) {
      const near = Math.abs(name.x - below.x) < wide * (name.name.length + below.name.length);
      if (near && Math.abs(name.y - below.y) < tall) name.y = below.y + tall;
    }
  });
  return names;
}

function groupsBySize(runs: NamedRun[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { group: name, heldOut } of runs.flatMap((r) => r.embedding2d)) {
    const group = groups.get(name);
    if (group) group.count++;
    else groups.set(name, { name, heldOut, count: 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** The classes that get a colour, by name: the largest, with up to four places kept for held-out ones. */
function withColours(groups: Group[]): Group[] {
  const heldOut = groups.filter((g) => g.heldOut);
  const trained = groups.filter((g) => !g.heldOut).slice(0, COLOURS - Math.min(4, heldOut.length));
  return [...trained, ...heldOut.slice(0, COLOURS - trained.length)].sort((a, b) =>
    a.name.localeCompare(b.name, "en", { numeric: true }),
  );
}

function groupColour(i: number): string {
  return `var(--group${i})`;
}

function symbol(colour: string, heldOut: boolean): Markup {
  return heldOut
    ? html`<svg width="14" height="14" role="img" aria-label="held out"><path d="M3,3L11,11M3,11L11,3"
        stroke="${colour}" stroke-width="2"/></svg>`
    : html`<svg width="14" height="14" aria-hidden="true"><circle cx="7" cy="7" r="4.5" fill="${colour}"/></svg>`;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
