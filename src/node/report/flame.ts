// The time of a step as a picture: an SVG file that stands alone.

import type { KernelTime, Profile } from "../../profile.ts";
import { decimals, html, type Markup, percent, shorten } from "./html.ts";

const WIDTH = 1600;
const MARGIN = 12;
const HEAD = 40;
const ROW = { step: 26, part: 26, kernel: 64 };
const AXIS = 34;
const KEY = { columns: 4, line: 22 };
/** Pixels that a letter of a label takes, at 12 pixels a line. */
const LETTER = 6.8;
/** Letters below which a label says nothing. */
const LEAST_LABEL = 4;
/** Pixels from which on a row has two lines. */
const TALL = 40;
/** Fills that dark text reads well on; the last one is for kinds beyond them. */
const FILLS = [
  "#a6cee3",
  "#fdbf6f",
  "#b2df8a",
  "#cab2d6",
  "#fb9a99",
  "#ffe58a",
  "#8fd3c7",
  "#e5c49a",
  "#d4d8dd",
];
const PLAIN = "#eef0f3";

/** Something that takes time from `start` on, in milliseconds. */
interface Span {
  label: string;
  /** Shown while the pointer is on it. */
  title: string;
  start: number;
  ms: number;
  fill: string;
}

/**
 * An SVG file whose widths are time: a row for the step, one for its parts where `gpu.part` named any, and one for its kernels
 * in the order in which they run, coloured by kind; the gap at the end. The pointer tells sizes and times.
 */
export function flame(profile: Profile, title: string): string {
  const { kernels, step, sum, gap } = profile;
  const scale = (WIDTH - 2 * MARGIN) / Math.max(step, sum);
  const kinds = kindsOf(kernels);
  const fillOf = new Map(kinds.map(({ kind }, i) => [kind, FILLS[Math.min(i, FILLS.length - 1)]!]));
  const spans = inOrder(
    kernels.map((k) => ({
      label: k.kernel,
      title: `${k.kernel} ${k.variant}, grid ${k.grid.join("x")}: ${share(k.ms, profile)}`,
      ms: k.ms,
      fill: fillOf.get(kindOf(k))!,
    })),
  );
  const parts = kernels.some(({ part }) => part !== undefined) ? partsOf(kernels, profile) : [];
  const rest =
    gap > 0
      ? [{ label: "gap", title: `between kernels: ${share(gap, profile)}`, start: sum, ms: gap, fill: PLAIN }]
      : [];
  const whole = { label: "step", title: `step: ${milliseconds(step)}`, start: 0, ms: step, fill: PLAIN };

  const rows: { spans: Span[]; height: number }[] = [
    { spans: [whole], height: ROW.step },
    ...(parts.length > 0 ? [{ spans: parts, height: ROW.part }] : []),
    { spans: [...spans, ...rest], height: ROW.kernel },
  ];
  let top = HEAD;
  const drawn = rows.map(({ spans, height }) => {
    const row = spans.map((span) => box(span, top, height - 2, scale));
    top += height;
    return html`${row}`;
  });
  const keyTop = top + AXIS;
  const height = keyTop + KEY.line * Math.ceil(kinds.length / KEY.columns) + MARGIN;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"
  font-family="system-ui, sans-serif" font-size="12" fill="#1b1f24" role="img">
<title>${title}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${MARGIN}" y="24" font-size="15" font-weight="600">${title}: ${sentence(profile)}</text>
${drawn}
${axis(Math.max(step, sum), top, scale)}
${kinds.map(({ kind, ms }, i) => keyEntry(`${kind} ${share(ms, profile)}`, fillOf.get(kind)!, i, keyTop))}
</svg>
`.markup;
}

/** The three times and how they were measured, in one line. */
export function sentence({ step, sum, gap, method }: Profile): string {
  const times = `step ${milliseconds(step)}, kernels ${milliseconds(sum)}, gap ${milliseconds(gap)}`;
  return `${times} (${percent(gap / step)} %), by ${method}`;
}

/** The kind of a kernel: the first word of its name. */
const kindOf = ({ kernel }: KernelTime): string => kernel.split("_", 1)[0]!;

/** The kinds with the time of each, dearest first. */
function kindsOf(kernels: readonly KernelTime[]): { kind: string; ms: number }[] {
  const times = new Map<string, number>();
  for (const k of kernels) times.set(kindOf(k), (times.get(kindOf(k)) ?? 0) + k.ms);
  return Array.from(times, ([kind, ms]) => ({ kind, ms })).sort((a, b) => b.ms - a.ms);
}

/** Kernels of one part that follow one another, together. */
function partsOf(kernels: readonly KernelTime[], profile: Profile): Span[] {
  const parts: { part: string; ms: number }[] = [];
  for (const { part = "", ms } of kernels) {
    const last = parts.at(-1);
    if (last?.part === part) last.ms += ms;
    else parts.push({ part, ms });
  }
  return inOrder(
    parts.map(({ part, ms }) => ({ label: part, title: `${part}: ${share(ms, profile)}`, ms, fill: PLAIN })),
  );
}

/** Spans one after the other. */
function inOrder(spans: readonly Omit<Span, "start">[]): Span[] {
  let start = 0;
  return spans.map((span) => {
    const placed = { ...span, start };
    start += span.ms;
    return placed;
  });
}

const milliseconds = (ms: number): string => `${decimals(ms, Math.abs(ms) < 10 ? 3 : 1)} ms`;

const share = (ms: number, { sum }: Profile): string => `${milliseconds(ms)}, ${percent(ms / sum)} %`;

function box({ label, title, start, ms, fill }: Span, top: number, height: number, scale: number): Markup {
  const [x, width] = [MARGIN + start * scale, ms * scale];
  const [time, room] = [milliseconds(ms), Math.floor((width - 6) / LETTER)];
  // What has no room is left to the pointer; a number is shown whole or not at all.
  const lines = height < TALL ? [`${label} ${time}`.trim()] : time.length <= room ? [label, time] : [label];
  const texts = room < LEAST_LABEL ? [] : lines.map((line) => shorten(line, room));
  const first = top + height / 2 + 4 - 8 * (lines.length - 1);
  const edge = width > 4 ? html` stroke="#ffffff"` : html``;
  return html`<g><title>${title}</title><rect x="${pixels(x)}" y="${top}" width="${pixels(width)}" height="${height}" fill="${fill}"${edge}/>${texts.map(
    (text, i) => html`<text x="${pixels(x + 4)}" y="${pixels(first + 16 * i)}">${text}</text>`,
  )}</g>`;
}

const pixels = (value: number): number => +value.toFixed(2);

function axis(most: number, top: number, scale: number): Markup {
  const decade = 10 ** Math.floor(Math.log10(most));
  const tick = [0.1, 0.2, 0.5, 1].map((part) => part * decade).find((tick) => most / tick <= 12)!;
  const ticks = Array.from({ length: Math.floor(most / tick) + 1 }, (_, i) => i * tick);
  return html`<g fill="#59636e" stroke="none">${ticks.map((ms) => {
    const x = pixels(MARGIN + ms * scale);
    return html`<rect x="${x}" y="${top}" width="1" height="5"/><text x="${x}" y="${top + 18}" font-size="11">${`${+ms.toPrecision(3)} ms`}</text>`;
  })}</g>`;
}

function keyEntry(text: string, fill: string, i: number, top: number): Markup {
  const x = MARGIN + (i % KEY.columns) * ((WIDTH - 2 * MARGIN) / KEY.columns);
  const y = top + KEY.line * Math.floor(i / KEY.columns);
  return html`<rect x="${x}" y="${y}" width="14" height="14" fill="${fill}"/><text x="${x + 20}" y="${y + 11}">${text}</text>`;
}
