// A profile as a table for the terminal and as a page.

import type { Profile } from "../../profile.ts";
import type { AdapterInfo } from "../adapter.ts";
import { percent, table } from "../table.ts";
import { flame, sentence } from "./flame.ts";
import { html } from "./html.ts";
import { STYLE } from "./style.ts";

/** Kernels below this share of the sum are put together in the terminal. */
const LEAST_SHARE = 0.005;

const HEADINGS = ["kernel", "launches", "ms", "%", "sizes"] as const;

/** Launches of one kernel with the same sizes. */
interface Line {
  readonly kernel: string;
  readonly variant: string;
  launches: number;
  ms: number;
}

/** One line for each kernel and sizes, dearest first, and the times of the step. */
export function profileTable(profile: Profile): string {
  const lines = linesOf(profile);
  const dear = lines.filter(({ ms }) => ms >= LEAST_SHARE * profile.sum);
  const rest = lines.slice(dear.length);
  const together: Line = {
    kernel: `${rest.length} others`,
    variant: "",
    launches: rest.reduce((sum, { launches }) => sum + launches, 0),
    ms: rest.reduce((sum, { ms }) => sum + ms, 0),
  };
  const rows = [...dear, ...(rest.length > 0 ? [together] : [])].map((line) => cells(line, profile));
  return `${table(HEADINGS, rows)}\n\n${sentence(profile)}`;
}

/** A page with the picture and every line of the table. */
export function profilePage(profile: Profile, title: string, adapter: AdapterInfo): string {
  const on = `${adapter.description}${adapter.software ? " (software: runs on the CPU)" : ""}`;
  const head = (name: string) => html`<th scope="col">${name}</th>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}
body { max-width: 106rem; }</style>
</head>
<body>
<h1>${title}</h1>
<p>On ${on}. Widths are time; the pointer tells sizes.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Picture">${{ markup: flame(profile, title) }}</div>
<div class="scroll" tabindex="0" role="region" aria-label="Kernels"><table class="words">
<thead><tr>${HEADINGS.map(head)}</tr></thead>
<tbody>${linesOf(profile).map((line) => {
    const [kernel, ...rest] = cells(line, profile);
    return html`<tr><th scope="row">${kernel}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  })}</tbody></table></div>
</body>
</html>
`.markup;
}

function linesOf({ kernels }: Profile): Line[] {
  const lines = new Map<string, Line>();
  for (const { kernel, variant, ms } of kernels) {
    const key = `${kernel} ${variant}`;
    const line = lines.get(key) ?? { kernel, variant, launches: 0, ms: 0 };
    lines.set(key, line);
    line.launches += 1;
    line.ms += ms;
  }
  return [...lines.values()].sort((a, b) => b.ms - a.ms);
}

const cells = ({ kernel, launches, ms, variant }: Line, { sum }: Profile) =>
  [kernel, String(launches), ms.toFixed(3), percent(ms / sum), variant] as const;
