// The pairs of images that a recipe gets most wrong.

import type { RecipeRun, TestPairs } from "../experiments/recipe_run.ts";
import { accepts, type Comparison, decodeScores, pairsOf, type Row } from "./comparison.ts";
import { decimals, html, type Markup, whole } from "./html.ts";
import { pngDataUri } from "./png.ts";

/** The pixels of an image of a test, (H, W, C) with C = 1 (grey) or 3; undefined where they are not at hand. */
export type Picture = (
  test: string,
  file: string,
) =>
  | {
      readonly pixels: Uint8Array;
      readonly height: number;
      readonly width: number;
      readonly channels: number;
    }
  | undefined;

const SHOWN = 6;
/** Pixels of the longer side at most. */
const LIMIT = 64;
/** Characters of images in one page; pairs after that go by their names. */
const IMAGE_BUDGET = 4_000_000;

export const PAIRS_STYLE = html`
.pairs { display: grid; gap: 0.8rem; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
.pairs > figure > div { display: flex; gap: 2px; }
.pairs img { display: block; width: 50%; image-rendering: pixelated; border-radius: 3px; }
.pairs figcaption { font-size: 0.75rem; line-height: 1.3; margin-top: 0.2rem; font-variant-numeric: tabular-nums; }
`;

/**
 * For each verified test and data set, the pairs that the baseline and the recipe with the highest mean get most wrong, by
 * their least seeds: of one person with the lowest scores, of two people with the highest.
 */
export function hardestPairs(
  { tables, baseline }: Comparison,
  runs: readonly RecipeRun[],
  tests: readonly TestPairs[],
  picture: Picture,
): Markup {
  const rows = tables.flatMap((t) => t.rows).filter((r) => r.measure === "accuracy");
  const settings = [...new Map(rows.map((r) => [JSON.stringify([r.test, r.data]), r])).values()];
  const show = sparing(picture);
  return html`${settings.map(({ test, data }, i) => {
    const own = rows.filter((r) => r.test === test && r.data === data);
    const base = own.find((r) => r.name === baseline) ?? own.find((r) => r.recipe === baseline);
    const best = own.filter((r) => r !== base).sort((a, b) => (b.mean ?? -1) - (a.mean ?? -1))[0];
    // A page of many tests opens with the first.
    const open = i === 0 ? html` open` : html``;
    return html`<details${open}><summary><h3>${test}, trained on ${data}</h3></summary>
      ${[base, best].filter((r) => r !== undefined).map((r) => wrongPairs(r, runs, tests, show))}</details>`;
  })}`;
}

function wrongPairs(
  { test, data, name, seeds }: Row,
  runs: readonly RecipeRun[],
  tests: readonly TestPairs[],
  show: (test: string, file: string) => Markup,
): Markup {
  const { seed } = seeds[0]!;
  const run = runs.find((r) => r.data === data && r.name === name && r.seed === seed)!;
  const verified = run.verification.find((v) => v.test === test)!;
  const pairs = pairsOf(tests, test);
  const scores = decodeScores(run, verified, pairs.length);
  const wrong = pairs
    .map((pair, i) => ({ ...pair, score: scores[i]! }))
    .filter((p) => accepts(verified.result, p, p.score) !== p.same)
    .sort((a, b) => a.score - b.score);
  const row = (
    title: string,
    all: typeof wrong,
    shown: typeof wrong,
  ) => html`<h4>${name}, seed ${seed}: ${title}
    <small>(${whole(all.length)} in all)</small></h4>
    ${shown.length === 0 ? html`<p class="empty">None.</p>` : html``}<div class="pairs">${shown.map(
      (p) => html`<figure><div>${show(test, p.a)}${show(test, p.b)}</div><figcaption>${p.a}<br>${p.b}<br>score
        ${decimals(p.score, 3)}, threshold ${decimals(verified.result.folds[p.fold]!.threshold, 3)}</figcaption></figure>`,
    )}</div>`;
  const rejected = wrong.filter((p) => p.same);
  const accepted = wrong.filter((p) => !p.same).reverse();
  return html`${row("one person, taken for two", rejected, rejected.slice(0, SHOWN))}
    ${row("two people, taken for one", accepted, accepted.slice(0, SHOWN))}`;
}

/** The images of a page, as long as they fit in it. */
function sparing(picture: Picture): (test: string, file: string) => Markup {
  let spent = 0;
  return (test, file) => {
    const image = spent < IMAGE_BUDGET ? picture(test, file) : undefined;
    if (!image) return html``;
    const uri = pngDataUri(image, LIMIT);
    spent += uri.length;
    return html`<img alt="${file}" src="${uri}">`;
  };
}
