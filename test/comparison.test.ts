// Finished runs beside each other: means, tests against softmax, and what the pages say of them.

import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { holm, signFlips } from "../src/face/paired.ts";
import { published } from "../src/face/published.ts";
import { mcnemar } from "../src/face/significance.ts";
import { verify } from "../src/face/verification.ts";
import type { RecipeRun, TestPairs } from "../src/node/experiments/recipe_run.ts";
import { type Comparison, comparison, comparisonJson, type Row } from "../src/node/report/comparison.ts";
import { comparisonMarkdown } from "../src/node/report/comparison_markdown.ts";
import { comparisonHtml } from "../src/node/report/comparison_page.ts";
import { rocSvg } from "../src/node/report/comparison_roc.ts";
import { pngDataUri } from "../src/node/report/png.ts";

/** 40 pairs in 2 folds, of one person at even numbers. */
const pairs = Array.from({ length: 40 }, (_, i) => ({
  same: i % 2 === 0,
  fold: i < 20 ? 0 : 1,
  a: `a/${i}.jpg`,
  b: `b/${i}.jpg`,
}));
const tests: TestPairs[] = ["LFW", "CFP-FP"].map((test) => ({ test, pairs }));

const base64 = (scores: ArrayLike<number>) =>
  Buffer.from(Float32Array.from(scores).buffer).toString("base64");

/** A verified list whose decisions are wrong on these pairs alone. */
function verified(test: string, wrong: readonly number[]) {
  // Scores of 0 and 1, so that a threshold is right on all but the wrong ones.
  const scores = pairs.map((p, i) => (p.same !== wrong.includes(i) ? 1 : 0));
  const result = verify(
    scores,
    pairs.map((p) => p.same),
    pairs.map((p) => p.fold),
  );
  return { test, result, scores: base64(scores) };
}

function run(name: string, seed: number, change: Partial<RecipeRun> = {}): RecipeRun {
  return {
    recipe: name.split(" ")[0]!,
    name,
    seed,
    data: "digits",
    adapter: "llvmpipe",
    training: {
      images: 6274,
      people: 299,
      epochs: 12,
      settings: { net: "face", batch: 64 },
      seconds: 60,
      imagesPerSecond: 190,
      finalLoss: 0.25,
      parameterHash: "c0ffee",
    },
    verification: [],
    identification: [],
    ...change,
  };
}

const lfw = (name: string, seed: number, wrong: readonly number[], data = "digits") =>
  run(name, seed, { data, verification: [verified("LFW", wrong)] });

const first = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i);

/** softmax wrong on 8 and 10 of 40, km on 6 and 2 of those, center on other 8. */
const runs = [
  lfw("softmax", 1, first(8)),
  lfw("softmax", 2, first(10)),
  lfw("km (gamma 4)", 1, first(6)),
  lfw("km (gamma 4)", 2, first(2)),
  lfw("center", 1, first(8, 20)),
];
const made = comparison(runs, tests);

function row(name: string, of: Comparison = made, table = 0): Row {
  const found = of.tables[table]!.rows.find((r) => r.name === name);
  if (!found) throw new Error(`no row ${name}`);
  return found;
}

describe("the numbers", () => {
  test("means, spreads and standard errors over seeds", () => {
    const softmax = row("softmax");
    expect(softmax.seeds.map((s) => s.value)).toEqual([0.8, 0.75]);
    expect(softmax.mean).toBeCloseTo(0.775, 12);
    expect(softmax.spread).toBeCloseTo(0.05 / Math.SQRT2, 12);
    // Folds of 12 and 20 right in 20: +-0.2 around the mean.
    expect(softmax.seeds[0]!.standardError).toBeCloseTo(0.2, 12);
    expect(softmax.difference).toBeNull();
    expect(softmax.further.EER!.mean).toBeGreaterThan(0);
    const center = row("center");
    expect([center.mean, center.spread]).toEqual([0.8, null]);
  });

  test("McNemar by seed, and the difference over the seeds in common", () => {
    const km = row("km (gamma 4)");
    expect(km.seeds.map((s) => s.mcnemar)).toEqual([
      { onlyThis: 2, onlyBaseline: 0, p: 0.5 },
      { onlyThis: 8, onlyBaseline: 0, p: expect.closeTo(2 / 256, 15) },
    ]);
    expect(km.difference!.seeds).toBe(2);
    expect(km.difference!.estimate).toBeCloseTo((0.05 + 0.2) / 2, 12);
    expect(km.difference!.spread).toBeCloseTo(0.15 / Math.SQRT2, 12);
    // Pairs 2 to 9 gain once, 6 and 7 in both seeds: 8 signs must agree.
    expect(km.difference!.p).toBeCloseTo(2 / 256, 15);
    const [low, high] = km.difference!.interval!;
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(0.125);
    expect(high).toBeGreaterThan(0.125);
    expect(high).toBeLessThan(0.3);
    // Eight gained and eight lost: nothing, around 0.
    const center = row("center").difference!;
    expect([center.seeds, center.estimate, center.p, center.spread]).toEqual([1, 0, 1, null]);
    expect(center.interval![0]).toBeLessThan(0);
    expect(center.interval![1]).toBeGreaterThan(0);
  });

  test("Holm's correction is over the table", () => {
    expect(row("km (gamma 4)").difference!.corrected).toBeCloseTo(4 / 256, 15);
    expect(row("center").difference!.corrected).toBe(1);
  });

  test("a worse recipe has a negative difference, and another baseline turns it round", () => {
    const turned = comparison(runs, tests, "km");
    const { estimate, interval, p } = row("softmax", turned).difference!;
    expect(estimate).toBeCloseTo(-0.125, 12);
    expect(interval![1]).toBeLessThan(0);
    expect(p).toBe(row("km (gamma 4)").difference!.p);
    expect(row("km (gamma 4)", turned).difference).toBeNull();
  });

  test("runs are compared within their data set; a recipe may be missing in one", () => {
    const two = comparison([...runs, lfw("softmax", 1, [], "faces"), lfw("center", 2, [1], "faces")], tests);
    const [, faces] = two.tables[0]!.rows.filter((r) => r.name === "center");
    // No seed in common with softmax there.
    expect([faces!.data, faces!.mean, faces!.difference]).toEqual(["faces", 0.975, null]);
    expect(two.tables[0]!.rows.filter((r) => r.name === "km (gamma 4)").map((r) => r.data)).toEqual([
      "digits",
    ]);
    expect(row("km (gamma 4)", two).difference!.p).toBe(row("km (gamma 4)").difference!.p);
  });

  test("identification has rank-1, or DIR of an open set, and no test", () => {
    const identified = (name: string, seed: number, rankOne: number) =>
      run(name, seed, {
        identification: [
          { test: "LFW closed set", rankOne, dirAtFar: { "0.01": null } },
          { test: "LFW open set", rankOne, dirAtFar: { "0.01": rankOne / 2 } },
        ],
      });
    const of = comparison(
      [identified("softmax", 1, 0.5), identified("center", 1, 0.75), identified("center", 2, 0.25)],
      tests,
    );
    const [softmax, center, , open] = of.tables[1]!.rows;
    expect(softmax!.published!.value).toBeNull();
    expect(center).toMatchObject({ measure: "rank-1", mean: 0.5, published: { value: 0.9405 } });
    expect(center!.difference).toEqual({
      seeds: 1,
      estimate: 0.25,
      spread: null,
      interval: null,
      p: null,
      corrected: null,
    });
    expect(open).toMatchObject({ measure: "DIR at FAR 1 %", mean: 0.25, published: { value: 0.6997 } });
    const text = comparisonMarkdown(of);
    expect(text).toContain("| center | 2 | 50.00 +- 35.36 | +25.00 | Center Loss 94.05 (literature) |");
    expect(text).toContain("Nothing here is tested against softmax");
  });

  test("rank-1 is tested where the right probes are known", () => {
    const identified = (
      name: string,
      right: number[],
      rankOne = right.filter(Boolean).length / right.length,
    ) =>
      run(name, 1, {
        identification: [
          {
            test: "LFW closed set",
            rankOne,
            right: Buffer.from(right).toString("base64"),
            dirAtFar: { "0.01": null },
          },
        ],
      });
    const softmax = identified("softmax", [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    const center = identified("center", [1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
    const { difference } = comparison([softmax, center], tests).tables[1]!.rows[1]!;
    // 6 probes right by this one alone and 1 by the other: 2 (7 + 1) / 2^7.
    expect(difference).toMatchObject({ seeds: 1, p: 0.125, corrected: 0.125 });
    expect(difference!.estimate).toBeCloseTo(0.5, 12);
    expect(() => comparison([identified("softmax", [1, 0], 0.9)], tests)).toThrow(
      /right on 0.5 of the probes of LFW closed set but its rank-1 is 0.9/,
    );
  });

  test("JSON holds all of it", () => {
    expect(JSON.parse(comparisonJson(made))).toEqual(JSON.parse(JSON.stringify(made)));
    expect(JSON.parse(comparisonJson(made)).tables[0].rows[1].seeds[1].mcnemar.onlyThis).toBe(8);
  });

  test("without runs there are no rows", () => {
    const none = comparison([], []);
    expect(none.tables.map((t) => t.rows)).toEqual([[], [], []]);
    expect(comparisonMarkdown(none)).toContain("**Table 3: CFP, verification**\n\nNo run has such a test.");
    expect(comparisonHtml(none, [], [])).toContain("No runs.");
  });
});

describe("what does not fit is refused", () => {
  const broken = (change: Partial<RecipeRun["verification"][number]>) => () =>
    comparison([run("km", 3, { verification: [{ ...verified("LFW", []), ...change }] })], tests);

  test("scores of a wrong length, or not finite", () => {
    expect(broken({ scores: base64([1, 0, 1]) })).toThrow(
      "comparison: 12 bytes of scores of LFW by km, seed 3, trained on digits but the 40 pairs need 160",
    );
    expect(broken({ scores: base64(pairs.map(() => NaN)) })).toThrow(
      "score 0 of LFW by km, seed 3, trained on digits is NaN",
    );
  });

  test("scores of other pairs, and folds that there are not", () => {
    expect(broken({ scores: base64(pairs.map((p) => (p.same ? 0 : 1))) })).toThrow(
      "is right on 0 of the 20 pairs of LFW, fold 0, but its accuracy there is 1",
    );
    const { result } = verified("LFW", []);
    expect(broken({ result: { ...result, folds: result.folds.slice(0, 1) } })).toThrow(
      "pair 20 of LFW is in fold 1 but km, seed 3, trained on digits has 1 folds",
    );
  });

  test("a test without pairs, and a run that comes twice", () => {
    expect(broken({ test: "CFP-FF" })).toThrow(
      "runs have scores of CFP-FF but pairs are given of LFW, CFP-FP; give its pairs",
    );
    expect(() => comparison([runs[0]!, runs[0]!], tests)).toThrow(
      "two runs are softmax, seed 1, trained on digits but one is needed",
    );
    expect(() => rocSvg(runs, tests, "CFP-FP", "digits")).toThrow(
      "no run is trained on digits and tested on CFP-FP",
    );
  });
});

test("the sign-flip test is McNemar's for one seed, and counts all signs for several", () => {
  const a = Array.from({ length: 300 }, (_, i) => i % 3 !== 0);
  const b = Array.from({ length: 300 }, (_, i) => i % 3 !== 0 && i % 7 !== 0);
  const differences = a.map((right, i) => Number(right) - Number(b[i]));
  expect(signFlips(differences)).toBeCloseTo(mcnemar(a, b).p, 14);
  // Of the 8 sums of +-3, +-2, +-1, those of at least 2: 6, 4, 2, and -6, -4, -2.
  expect(signFlips([3, -2, 1])).toBe(0.75);
  expect(signFlips([])).toBe(1);
  expect(() => signFlips([0.5])).toThrow("signFlips: difference 0 is 0.5 but must be a whole number");
});

test("Holm's correction multiplies by what is left, and never falls", () => {
  const corrected = holm([0.03, 0.01, 0.04, 0.5]);
  expect(corrected).toEqual([0.09, 0.04, 0.09, 0.5].map((p) => expect.closeTo(p, 15)));
  expect(holm([])).toEqual([]);
  expect(() => holm([1.5])).toThrow("holm: p 0 is 1.5 but must lie between 0 and 1");
});

test("every published figure is a percentage, and each recipe has one system", () => {
  expect(new Set(published.map((p) => p.recipe)).size).toBe(published.length);
  for (const { lfw, rankOne, dir, cfpFf, cfpFp } of published) {
    const known = [lfw, rankOne, dir, cfpFf, cfpFp].filter((v) => v !== null);
    expect(known.length).toBeGreaterThan(0);
    for (const value of known) expect(value > 40 && value < 100).toBe(true);
  }
});

test("the Markdown of a small table", () => {
  const [table] = comparisonMarkdown(made).split("**Table 2");
  expect(table).toMatchInlineSnapshot(`
    "**Table 1: LFW, verification**

    | recipe | seeds | accuracy % | less softmax, points | p | McNemar's p by seed | published %, other conditions |
    |---|--:|--:|--:|--:|--:|--:|
    | **LFW, trained on digits** |  |  |  |  |  |  |
    | softmax | 2 | 77.50 +- 3.54 | - | - | - | softmax 99.10 |
    | km (gamma 4) | 2 | 90.00 +- 7.07 | +12.50 [+5.00, +21.25] | 0.008 | 0.500, 0.008 | KM 99.31 |
    | center | 1 | 80.00 | 0.00 [-17.56, +20.00] | 1.000 | 1.000 | Center Loss 99.28 |
    | **LFW, no run** |  |  |  |  |  |  |
    | deepface | 0 | - | - | - | - | DeepFace 97.35 |
    | vggface | 0 | - | - | - | - | VGGFace 98.95 |
    | facenet | 0 | - | - | - | - | FaceNet 99.63 |
    | deepid2 | 0 | - | - | - | - | DeepID2+ 99.47 |
    | sphereface | 0 | - | - | - | - | SphereFace 99.42 |
    | km-center | 0 | - | - | - | - | Center+KM 99.53 |

    Of 2 comparisons with softmax, 1 is beyond chance at 5 % after Holm's correction over all of this table (LFW: km (gamma 4) +12.50).

    "
  `);
  const evil = comparisonMarkdown(comparison([lfw("a|b\n<i>*", 1, [])], tests));
  expect(evil).toContain("| a\\|b &lt;i>\\* | 1 | 100.00 |");
});

describe("the page", () => {
  const picture = (test: string, file: string) =>
    test === "LFW" && file.startsWith("a/")
      ? { pixels: new Uint8Array(4).fill(Number(file.slice(2, -4))), height: 2, width: 2, channels: 1 }
      : undefined;
  const page = comparisonHtml(made, runs, tests, picture);
  const { document } = parseHTML(page);
  const text = (root: Element) => root.textContent!.replace(/\s+/g, " ").trim();

  test("has the tables, a curve for each recipe, and the runs", () => {
    expect([...document.querySelectorAll("h2")].map(text)).toEqual([
      "LFW, verification",
      "LFW, identification",
      "CFP, verification",
      "What the tables say",
      "Receiver operating characteristics",
      "Hardest pairs",
      "Runs",
    ]);
    const km = [...document.querySelectorAll("tbody tr")].find((r) => text(r).startsWith("km (gamma 4)"))!;
    expect([...km.children].map(text).slice(1, 3)).toEqual(["2", "90.00 ± 7.07"]);
    expect(text(km.children[3]!)).toMatch(/^\+12\.50 \[\+\d+\.\d\d, \+\d+\.\d\d\]$/);
    const chart = document.querySelector("figure > svg")!;
    // The line of guessing, and one for each of the three recipes.
    expect(chart.querySelectorAll('[aria-label="line"]')).toHaveLength(4);
    expect([...chart.parentElement!.querySelectorAll("li")].map(text)).toEqual([
      "softmax",
      "km (gamma 4)",
      "center",
    ]);
    expect(text(document.querySelector("main")!)).toContain(
      "digits: 5 runs on 6,274 images of 299 people, 12 epochs, net face, batch 64.",
    );
  });

  test("shows what softmax and the best recipe get most wrong, with the pictures there are", () => {
    const parts = [...document.querySelectorAll("h4")].map(text);
    expect(parts).toEqual([
      "softmax, seed 1: one person, taken for two (4 in all)",
      "softmax, seed 1: two people, taken for one (4 in all)",
      "km (gamma 4), seed 1: one person, taken for two (3 in all)",
      "km (gamma 4), seed 1: two people, taken for one (3 in all)",
    ]);
    const shown = [...document.querySelectorAll(".pairs")[2]!.querySelectorAll("figure")];
    expect(shown.map((f) => text(f).slice(0, 15))).toEqual(
      ["a/0.jpgb/0.jpg", "a/2.jpgb/2.jpg", "a/4.jpgb/4.jpg"].map((s) => expect.stringContaining(s)),
    );
    const images = [...shown[1]!.querySelectorAll("img")];
    expect(images.map((i) => i.getAttribute("src"))).toEqual([pngDataUri(picture("LFW", "a/2.jpg")!, 64)]);
  });

  test("stands alone, and escapes names", () => {
    const evil = `<script>alert("x")</script><img src=x onerror='y'>`;
    const named: TestPairs[] = [{ test: evil, pairs: pairs.map((p) => ({ ...p, a: evil, b: evil })) }];
    const bad = [1, 2].map((seed) =>
      run(evil, seed, { data: evil, adapter: evil, verification: [{ ...verified("LFW", [0]), test: evil }] }),
    );
    const pages = [
      page,
      comparisonHtml(comparison(bad, named, evil), bad, named, () => picture("LFW", "a/2.jpg")),
    ];
    for (const html of pages) {
      const { document } = parseHTML(html);
      expect(document.querySelectorAll("script, link, iframe, object")).toHaveLength(0);
      for (const element of document.querySelectorAll("*")) {
        for (const { name, value } of element.attributes) {
          expect(name).not.toMatch(/^on/);
          if (name === "src" || name === "href") expect(value).toMatch(/^data:image\/png;base64,/);
        }
      }
      expect(html.replace(/base64,[\w+/=]*/g, "")).not.toMatch(/NaN|undefined|Infinity/);
    }
    expect(rocSvg(bad, named, evil, evil)).not.toMatch(/<script|<img/);
  });
});

test("the curves as a file name every recipe and take no colour from a page", () => {
  const svg = rocSvg(runs, tests, "LFW", "digits");
  for (const name of ["softmax", "km (gamma 4)", "center", "LFW, trained on digits"])
    expect(svg).toContain(name);
  expect(svg).not.toMatch(/var\(|<style/);
  expect(svg.startsWith("<!-- Made by knotgrad table -->\n<svg ")).toBe(true);
});
