// The report page: what it says, that it stands alone, and that no data can break it.

import { parseHTML } from "linkedom";
import { PNG } from "pngjs";
import { describe, expect, test } from "vitest";
import { type Report, type RunReport, reportHtml } from "../src/node/report/page.ts";
import { pngDataUri } from "../src/node/report/png.ts";
import { random } from "../src/random.ts";

const stream = random(11);

function makeRun(name: string, gamma: number, size = 28, count = 60): RunReport {
  const classes = ["Ann", "Bo", "Cy", "Di"];
  return {
    name,
    gamma,
    seed: 7,
    epochs: 12,
    imagesPerSecond: 1234.4,
    finalLoss: 0.0321,
    parameterHash: "c0ffee12",
    accuracy: { clean: 0.981, degraded: 0.873, tail: 0.642 },
    meanP: { clean: 0.912, degraded: 0.701 },
    verification: {
      mean: 0.835,
      standardError: 0.006,
      auc: 0.9123,
      eer: 0.162,
      tarAtFar: { "0.001": null, "0.01": 0.418 },
    },
    curve: Array.from({ length: 400 }, (_, i) => ({ step: i + 1, loss: 3 * Math.exp(-i / 60) + 0.01 })),
    embedding2d: Array.from({ length: 80 }, (_, i) => ({
      x: stream.normal(),
      y: stream.normal(),
      group: classes[i % 4]!,
      heldOut: i % 4 === 3,
    })),
    samples: Array.from({ length: count }, (_, i) => ({
      pixels: Uint8Array.from({ length: size * size * 3 }, () => stream.below(256)),
      height: size,
      width: size,
      p: ((i * 37) % count) / count,
      severity: i % 2 ? 0 : 0.5,
      label: classes[i % 4]!,
    })),
    pBySeverity: Array.from({ length: 300 }, (_, i) => {
      const severity = i % 2 ? 0 : stream.next();
      return { severity, p: 0.9 - 0.5 * severity + 0.05 * stream.next() };
    }),
    roc: Array.from({ length: 501 }, (_, i) => ({ far: i / 500, tar: (i / 500) ** 0.2 })),
  };
}

function makeReport(runs: RunReport[], software = true): Report {
  return {
    title: "Faces, three losses",
    command: "knotgrad start --gamma 1",
    adapter: { vendor: "acme", architecture: "", description: "Acme Renderer", software },
    data: "60 images of 4 people.",
    runs,
  };
}

const NO_DATA: RunReport = {
  ...makeRun("softmax", 0),
  accuracy: { clean: null, degraded: null, tail: null },
  meanP: { clean: null, degraded: null },
  verification: null,
  curve: [],
  embedding2d: [],
  samples: [],
  pBySeverity: [],
  roc: [],
};

const page = reportHtml(makeReport([makeRun("softmax", 0), makeRun("km", 1), makeRun("km+center", 1)]));
const { document } = parseHTML(page);
const text = (root: { textContent: string | null }) => root.textContent!.replace(/\s+/g, " ").trim();

/** The section with this heading. */
function section(title: string, from: Document = document): Element {
  const found = [...from.querySelectorAll("section")].find(
    (s) => s.querySelector("h2")?.textContent === title,
  );
  if (!found) throw new Error(`no section ${title}`);
  return found;
}

function cells(row: Element): string[] {
  return [...row.querySelectorAll("th, td")].map(text);
}

describe("a report of three runs", () => {
  test("has every section, once", () => {
    expect([...document.querySelectorAll("h2")].map((h) => h.textContent)).toEqual([
      "Results",
      "Training and verification",
      "Embeddings in two dimensions",
      "Low quality and low p",
      "Images sorted by p",
      "What γ does",
      "Small print",
    ]);
    expect(document.querySelector("h1")!.textContent).toBe("Faces, three losses");
    expect(text(document.querySelector(".notice")!)).toContain("Computed on the CPU.");
  });

  test("the headline table has the numbers, and a reason where one is missing", () => {
    const [, names, softmax] = section("Results").querySelectorAll("tr");
    const head = ["Loss", "γ", "clean", "degraded", "tail", "accuracy (% ± s.e.)", "AUC", "EER (%)"];
    expect(cells(names!)).toEqual([...head, "1 %", "0.1 %", "clean", "degraded", "images/s"]);
    const rates = ["98.1", "87.3", "64.2", "83.5 ± 0.6", "0.9123", "16.2", "41.8"];
    expect(cells(softmax!)).toEqual(["softmax", "0", ...rates, "–1", "0.912", "0.701", "1,234"]);
    expect(text(section("Results").querySelector(".reasons")!)).toBe("fewer than 1,000 impostor pairs");
  });

  test("the charts draw the data: a line for each run, a mark for each point", () => {
    for (const chart of section("Training and verification").querySelectorAll("figure > svg")) {
      const lines = [...chart.querySelectorAll('[aria-label="line"]')].slice(-3);
      const keys = [...chart.parentElement!.querySelectorAll(".legend li")];
      expect(keys.map(text)).toEqual(["softmax", "km", "km+center"]);
      const strokes = lines.map((l) => l.getAttribute("stroke"));
      expect(new Set(strokes).size).toBe(3);
      expect(keys.map((k) => k.querySelector("line")!.getAttribute("stroke"))).toEqual(strokes);
      // Both curves have an end at the right edge: the loss at its lowest, the rate at its highest.
      const path = lines[0]!.querySelector("path")!.getAttribute("d")!;
      const ys = [...path.matchAll(/,([\d.]+)/g)].map((m) => Number(m[1]));
      const falls = text(chart.parentElement!.querySelector("h3")!) === "Training loss";
      expect(ys.at(-1)).toBe(falls ? Math.max(...ys) : Math.min(...ys));
      expect(new Set(ys).size).toBeGreaterThan(50);
    }
    const views = [...section("Embeddings in two dimensions").querySelectorAll("figure")];
    expect(views.map((v) => text(v.querySelector("h3")!))).toEqual(["softmax", "km", "km+center"]);
    for (const view of views) {
      const [trained, heldOut] = view.querySelectorAll('[aria-label="dot"]');
      expect(trained!.querySelectorAll("circle")).toHaveLength(60);
      expect(heldOut!.querySelectorAll("path")).toHaveLength(20);
    }
    const [r] = section("What γ does").querySelectorAll("svg");
    expect(r!.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(6);
  });

  test("every chart names both axes and has a description", () => {
    const charts = [...document.querySelectorAll("figure > svg")];
    expect(charts).toHaveLength(2 + 3 + 1 + 2);
    for (const chart of charts) {
      expect(chart.getAttribute("aria-label")).toBeTruthy();
      for (const axis of ["x-axis label", "y-axis label"]) {
        expect(text(chart.querySelector(`[aria-label="${axis}"]`)!)).not.toBe("");
      }
    }
  });

  test("the 24 lowest and the 24 highest p, each in rising order, with p and severity below", () => {
    const [low, high] = section("Images sorted by p").querySelectorAll(".images");
    const ps = (row: Element) =>
      [...row.querySelectorAll("figcaption")].map((c) => Number(/p (\.\d+)/.exec(text(c))![1]));
    const rounded = (from: number) =>
      Array.from({ length: 24 }, (_, i) => Number(((from + i) / 60).toFixed(3)));
    expect(ps(low!)).toEqual(rounded(0));
    expect(ps(high!)).toEqual(rounded(36));
    expect(text(low!.querySelector("figcaption")!)).toMatch(/^p \.000\s*sev\. 0\.50$/);
    expect(low!.querySelectorAll('img[src^="data:image/png;base64,"]')).toHaveLength(24);
  });

  test("the critical points are the right ones", () => {
    const rows = [...section("What γ does").querySelectorAll("tbody tr")].map(cells);
    expect(rows.map(([gamma, p]) => [gamma, p])).toEqual([
      ["0.1", "0.2431"],
      ["1", "0.2011"],
      ["2", "0.1746"],
      ["4", "0.1441"],
      ["6", "0.1260"],
      ["8", "0.1135"],
    ]);
    expect(rows.map((r) => r.at(-1))).toEqual(["", "yes", "", "", "", ""]);
  });

  test("the small print has adapter, seed, epochs, hash and command", () => {
    const print = text(section("Small print"));
    for (const part of ["acme, Acme Renderer (software", "c0ffee12", "0.0321", "knotgrad start --gamma 1"]) {
      expect(print).toContain(part);
    }
    expect(cells(section("Small print").querySelector("tbody tr")!).slice(0, 4)).toEqual([
      "softmax",
      "0",
      "7",
      "12",
    ]);
  });

  test("stands alone: nothing to load, nothing to run", () => {
    expect(document.querySelectorAll("script, link, iframe, object")).toHaveLength(0);
    for (const element of document.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on/);
        if (/^(src|href|xlink:href|srcset|action)$/.test(name))
          expect(value).toMatch(/^data:image\/png;base64,/);
      }
    }
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/)/);
    expect(page).not.toMatch(/url\(|@import/);
  });
});

describe("whether low quality goes with low p", () => {
  const verdict = (change: Partial<RunReport>) => {
    const html = reportHtml(makeReport([{ ...makeRun("km", 1), ...change }]));
    return cells(section("Low quality and low p", parseHTML(html).document).querySelector("tbody tr")!);
  };
  const pairs = (f: (severity: number, i: number) => number) =>
    Array.from({ length: 200 }, (_, i) => ({ severity: i / 199, p: f(i / 199, i) }));

  test("is said where it is so", () => {
    expect(verdict({ pBySeverity: pairs((s) => 0.9 - 0.5 * s) })).toEqual([
      "km",
      "0.912",
      "0.701",
      "−1.00",
      "seen (200 images)",
    ]);
  });

  test("is denied where p rises, where it is noise, and where the means disagree", () => {
    expect(verdict({ pBySeverity: pairs((s) => s) }).slice(3)).toEqual(["1.00", "not seen (200 images)"]);
    expect(verdict({ pBySeverity: pairs((_, i) => ((i * 73) % 200) / 200) })[4]).toBe(
      "not seen (200 images)",
    );
    const means = { clean: 0.7, degraded: 0.8 };
    expect(verdict({ pBySeverity: pairs((s) => 1 - s), meanP: means })[4]).toBe("not seen (200 images)");
  });

  test("is left open without degraded images", () => {
    expect(verdict({ meanP: { clean: 0.9, degraded: null } })[4]).toContain("cannot be judged");
    expect(verdict({ pBySeverity: pairs(() => 0.5) })[4]).toContain("never varies");
  });
});

describe("data that could break the page", () => {
  const holds = (html: string) => {
    // Three letters can stand by chance among those of an image.
    const words = html.replace(/base64,[\w+/=]*/g, "");
    expect(words.match(/.{0,60}(NaN|undefined|Infinity).{0,60}/)?.[0]).toBeUndefined();
    return parseHTML(html).document;
  };

  test("text is escaped wherever it goes", () => {
    const evil = `<script>alert("x")</script><img src=x onerror='y'>`;
    const run = makeRun(evil, 1);
    for (const point of run.embedding2d) point.group = evil;
    for (const sample of run.samples) sample.label = `" onload="${evil}`;
    const report = { ...makeReport([run]), title: evil, command: evil, data: evil };
    const html = reportHtml({ ...report, adapter: { ...report.adapter, description: evil } });
    expect(html).not.toContain("<script");
    expect(html).not.toMatch(/<img src=x/);
    const doc = holds(html);
    expect(doc.querySelectorAll("script, [onerror], [onload]")).toHaveLength(0);
    expect(doc.querySelector("h1")!.textContent).toBe(evil);
    expect(doc.querySelector(".images img")!.getAttribute("alt")).toBe(`" onload="${evil}`);
  });

  test("no runs, and runs without data", () => {
    for (const runs of [[], [NO_DATA], [NO_DATA, makeRun("km", 1)]]) {
      const doc = holds(reportHtml(makeReport(runs, false)));
      expect(doc.querySelectorAll("h2")).toHaveLength(7);
      expect(doc.querySelector(".notice")).toBeNull();
    }
    const results = text(section("Results", holds(reportHtml(makeReport([NO_DATA])))));
    for (const reason of ["no image was degraded", "no class is rare", "too few classes were held out"]) {
      expect(results).toContain(reason);
    }
  });

  test("a run that diverged", () => {
    const run = makeRun("km", 8);
    const bad = Number.NaN;
    const html = reportHtml(
      makeReport([
        {
          ...run,
          finalLoss: bad,
          imagesPerSecond: Infinity,
          accuracy: { clean: bad, degraded: 0.1, tail: null },
          meanP: { clean: bad, degraded: bad },
          verification: { mean: bad, standardError: bad, auc: bad, eer: bad, tarAtFar: { "0.01": bad } },
          curve: run.curve.map((c, i) => (i < 200 ? c : { ...c, loss: bad })),
          embedding2d: run.embedding2d.map((e) => ({ ...e, x: bad })),
          samples: run.samples.map((s) => ({ ...s, p: bad })),
          pBySeverity: run.pBySeverity.map((q) => ({ ...q, p: bad })),
          roc: run.roc.map((q) => ({ ...q, tar: bad })),
        },
        makeRun("softmax", 0),
      ]),
    );
    expect(text(holds(html).body)).toContain("km: 200 losses were not finite numbers and are not drawn.");
  });

  test("one point of everything", () => {
    const run = makeRun("km", 1);
    const html = reportHtml(
      makeReport([
        {
          ...run,
          curve: run.curve.slice(0, 1),
          embedding2d: run.embedding2d.slice(0, 1),
          samples: run.samples.slice(0, 1),
          pBySeverity: run.pBySeverity.slice(0, 1),
          roc: run.roc.slice(-1),
        },
      ]),
    );
    expect(section("Images sorted by p", holds(html)).querySelectorAll("img")).toHaveLength(1);
  });

  test("runs of one loss are told apart by gamma, then by seed", () => {
    const labels = (runs: RunReport[]) =>
      [...section("Results", holds(reportHtml(makeReport(runs)))).querySelectorAll("tbody th")].map(text);
    const [a, b] = [makeRun("km", 1), makeRun("km", 4)];
    expect(labels([a, b])).toEqual(["km γ=1", "km γ=4"]);
    expect(labels([a, { ...a, seed: 8 }])).toEqual(["km seed 7", "km seed 8"]);
    expect(labels([a, b, { ...b, seed: 8 }])).toEqual(["km γ=1 seed 7", "km γ=4 seed 7", "km γ=4 seed 8"]);
    expect(labels([a, a])).toEqual(["1: km", "2: km"]);
  });

  test("stays under two megabytes with colour images that do not compress, many points and many runs", () => {
    const points = Array.from({ length: 20_000 }, (_, i) => ({
      x: stream.normal(),
      y: stream.normal(),
      group: `person ${i % 300}`,
      heldOut: i % 300 > 280,
    }));
    const runs = [0.5, 1, 2, 4].map((gamma) => ({ ...makeRun("km", gamma, 112, 48), embedding2d: points }));
    for (const some of [runs.slice(0, 3), runs]) {
      const html = reportHtml(makeReport(some));
      expect(html.length).toBeLessThan(2e6);
      expect(text(parseHTML(html).document.body)).toContain("290 more classes");
    }
  });
});

describe("pngDataUri", () => {
  const decode = (uri: string) =>
    PNG.sync.read(Buffer.from(uri.replace("data:image/png;base64,", ""), "base64"));

  test("keeps small images exactly, grey and colour", () => {
    for (const channels of [1, 3]) {
      const pixels = Uint8Array.from({ length: 5 * 7 * channels }, () => stream.below(256));
      const png = decode(pngDataUri({ pixels, height: 5, width: 7 }, 64));
      expect([png.height, png.width]).toEqual([5, 7]);
      const back = Array.from({ length: 35 * 3 }, (_, i) => png.data[4 * Math.floor(i / 3) + (i % 3)]!);
      const sent = Array.from({ length: 35 * 3 }, (_, i) =>
        channels === 3 ? pixels[i]! : pixels[Math.floor(i / 3)]!,
      );
      expect(back).toEqual(sent);
    }
  });

  test("shrinks by means of whole squares", () => {
    const pixels = new Uint8Array([0, 10, 100, 100, 20, 30, 100, 104]);
    const png = decode(pngDataUri({ pixels, height: 2, width: 4 }, 2));
    expect([png.height, png.width, png.data[0], png.data[4]]).toEqual([1, 2, 15, 101]);
    const thin = decode(pngDataUri({ pixels: new Uint8Array(200).fill(9), height: 200, width: 1 }, 64));
    expect([thin.height, thin.width, thin.data[0]]).toEqual([50, 1, 9]);
  });

  test("refuses bytes that do not fit the size", () => {
    expect(() => pngDataUri({ pixels: new Uint8Array(10), height: 2, width: 2 }, 64)).toThrow(
      "pngDataUri: 10 bytes but an image of 2 x 2 needs 4 (grey) or 12 (colour)",
    );
    expect(() => pngDataUri({ pixels: new Uint8Array(0), height: 0, width: 0 }, 64)).toThrow("0 x 0");
  });
});
