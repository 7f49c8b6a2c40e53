// Receiver operating characteristics of finished runs: one line a recipe, for a page or as a file.

import { KnotgradError } from "../../error.ts";
import { roc } from "../../face/roc.ts";
import type { RecipeRun, TestPairs } from "../experiments/recipe_run.ts";
import { type RocRun, rocLines } from "./charts.ts";
import { decodeScores, pairsOf } from "./comparison.ts";
import { lineLook } from "./draw.ts";
import { html } from "./html.ts";

/** What every such file begins with. */
const rocStart = '<!-- Made by knotgrad table -->\n<svg xmlns="http://www.w3.org/2000/svg"';

/**
 * The curves of a test for each recipe trained on `data`, by its least seed. A recipe has the same look in all of them.
 * Throws where scores do not fit the pairs.
 */
export function rocRuns(
  runs: readonly RecipeRun[],
  tests: readonly TestPairs[],
  test: string,
  data: string,
): RocRun[] {
  const names = [...new Set(runs.map((r) => r.name))];
  return names.flatMap((name, k) => {
    const run = runs
      .filter((r) => r.name === name && r.data === data && r.verification.some((v) => v.test === test))
      .reduce<RecipeRun | undefined>((a, b) => (a && a.seed <= b.seed ? a : b), undefined);
    if (!run) return [];
    const pairs = pairsOf(tests, test);
    const verified = run.verification.find((v) => v.test === test)!;
    const { trueAccepts, falseAccepts } = roc(
      decodeScores(run, verified, pairs.length),
      pairs.map((p) => p.same),
    );
    const [positives, negatives] = [trueAccepts.at(-1)!, falseAccepts.at(-1)!];
    const points = Array.from(trueAccepts, (t, r) => ({
      far: falseAccepts[r]! / negatives,
      tar: t / positives,
    }));
    return [{ label: name, look: lineLook(k), roc: points }];
  });
}

const CHART = { width: 520, height: 360 };
const KEY = { swatch: 40, character: 7.6, line: 20 };
const HEAD = 34;
/** Of lines and what else is drawn, where no page gives them. */
const INK: { readonly [name: string]: string } = {
  line0: "#0072b2",
  line1: "#d55e00",
  line2: "#00835f",
  line3: "#a23b8c",
  line4: "#8a6d00",
  line5: "#555f69",
  faint: "#9aa3ad",
};

/**
 * The curves of one test as an SVG file, for each recipe trained on `data`, by its least seed. White in any setting, so that
 * it reads on light and on dark pages.
 * Throws where no run has such a test, or scores do not fit the pairs.
 */
export function rocSvg(
  runs: readonly RecipeRun[],
  tests: readonly TestPairs[],
  test: string,
  data: string,
): string {
  const lines = rocRuns(runs, tests, test, data);
  if (lines.length === 0) {
    throw new KnotgradError(
      "value",
      `rocSvg: no run is trained on ${data} and tested on ${test} but a curve needs one; name others`,
    );
  }
  const longest = Math.max(...lines.map(({ label }) => label.length));
  const width = CHART.width + KEY.swatch + Math.ceil(KEY.character * longest);
  const height = HEAD + Math.max(CHART.height, 20 + KEY.line * lines.length);
  // Plot's style is for charts in a page: it would stretch one inside another SVG.
  const chart = rocLines(lines, { ...CHART, style: { fontSize: "12px" } }).markup.replace(
    /<style>[\s\S]*?<\/style>/,
    "",
  );
  const { markup } = html` width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"
  font-family="system-ui, sans-serif" font-size="13" fill="#1b1f24" color="#1b1f24" role="img">
<title>${test}, trained on ${data}: true against false accept rate</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="52" y="22" font-size="15" font-weight="600">${test}</text>
<g transform="translate(0,${HEAD})">${{ markup: chart }}</g>
${lines.map(
  ({ label, look }, i) =>
    html`<g transform="translate(${CHART.width},${HEAD + 20 + KEY.line * i})"><line x1="2" x2="32" stroke="${look.colour}"
  stroke-width="2" stroke-dasharray="${look.dash}"/><text x="${KEY.swatch}" y="4">${label}</text></g>`,
)}
</svg>
`;
  return rocStart + markup.replace(/var\(--(\w+)\)/g, (name, ink) => INK[ink] ?? name);
}
