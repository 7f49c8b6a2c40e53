// The files that come of the runs of the table of recipes.
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { recipes } from "../../face/recipes/index.ts";
import { comparison, comparisonJson } from "../report/comparison.ts";
import { comparisonMarkdown } from "../report/comparison_markdown.ts";
import { comparisonHtml } from "../report/comparison_page.ts";
import type { Picture } from "../report/comparison_pairs.ts";
import { rocSvg } from "../report/comparison_roc.ts";
import type { RecipeRun } from "./recipe_run.ts";
import { type TablePart, testPairs } from "./table_data.ts";

/**
 * Writes the tables and curves of runs into `out`, as Markdown, JSON and SVG, and the page to `page`, and gives Markdown and
 * JSON. Throws what `comparison` throws.
 */
export async function writeTables(
  { out, page, baseline }: { readonly out: string; readonly page: string; readonly baseline: string },
  all: readonly RecipeRun[],
  parts: readonly TablePart[],
): Promise<{ markdown: string; json: string }> {
  const tests = testPairs(parts);
  const names = Object.keys(recipes);
  const runs = [...all].sort(
    (a, b) => names.indexOf(a.recipe) - names.indexOf(b.recipe) || a.name.localeCompare(b.name, "en"),
  );
  const compared = comparison(runs, tests, baseline);
  const [markdown, json] = [comparisonMarkdown(compared), comparisonJson(compared)];
  const html = comparisonHtml(compared, runs, tests, pictureOf(parts));
  const curves = new Map(
    runs.flatMap(({ data, verification }) =>
      verification.map(({ test }) => [`roc-${slug(test)}.svg`, { data, test }]),
    ),
  );
  await mkdir(out, { recursive: true });
  await mkdir(resolve(page, ".."), { recursive: true });
  for (const [file, text] of [
    [join(out, "table.md"), markdown],
    [join(out, "table.json"), json],
    [page, html],
    ...[...curves].map(
      ([file, { data, test }]) => [join(out, file), rocSvg(runs, tests, test, data)] as const,
    ),
  ] as const) {
    await writeFile(`${file}.tmp`, text);
    await rename(`${file}.tmp`, file);
  }
  return { markdown, json };
}

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/** The images of the tests by their files. */
function pictureOf(parts: readonly TablePart[]): Picture {
  const found = new Map(
    parts.flatMap(({ benchmark: { lists, files, images } }) => {
      const numbers = new Map(files.map((file, i) => [file, i]));
      return lists.map(({ test }) => [test as string, { numbers, images }] as const);
    }),
  );
  return (test, file) => {
    const of = found.get(test.replace(", degraded", ""));
    const i = of?.numbers.get(file);
    if (of === undefined || i === undefined) return undefined;
    const { height, width, channels, pixels } = of.images;
    const size = height * width * channels;
    return { pixels: pixels.subarray(i * size, (i + 1) * size), height, width, channels };
  };
}
