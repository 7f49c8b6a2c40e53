// `knotgrad analyze` as a user runs it, in a process of its own.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, describe, expect, test } from "vitest";
import { theoryFigure } from "../src/node/report/theory_figure.ts";

const root = new URL("..", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "knotgrad-analyze-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command in a new folder. */
function analyze(folder: string, ...args: string[]): Promise<Ended> {
  const cwd = join(scratch, folder);
  mkdirSync(cwd, { recursive: true });
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), join(root, "src/node/cli.ts"), "analyze", ...args],
      { cwd },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}

test("prints the poster's gammas, says what they mean, and writes the figure where it is", async () => {
  const { code, stdout, stderr } = await analyze("plain", "--json");
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const lines = stdout.split("\n");
  expect(lines.slice(2, 8).map((line) => line.trim().split(/ +/))).toEqual([
    ["0.1", "0.2431", "0.244", "0.3489", "1.0255", "0.1253", "0.8264", "1.0492", "0.8671"],
    ["1", "0.2011", "0.202", "0.2465", "1.1782", "0.0778", "0.2500", "1.4427", "0.3607"],
    ["2", "0.1746", "0.175", "0.1921", "1.2783", "0.0564", "0.1111", "1.8205", "0.2023"],
    ["4", "0.1441", "0.145", "0.1380", "1.4038", "0.0375", "0.0400", "2.4853", "0.0994"],
    ["6", "0.1260", "0.126", "0.1100", "1.4870", "0.0285", "0.0204", "3.0834", "0.0629"],
    ["8", "0.1135", "0.114", "0.0924", "1.5497", "0.0232", "0.0123", "3.6410", "0.0450"],
  ]);
  const file = join(scratch, "plain", "knotgrad-km.svg");
  expect(stdout).toContain(`Figure: ${file}\n`);

  const { figure, rows } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
  expect(figure).toBe(file);
  // What the line under the table says of the poster's p_c.
  expect(stdout).toContain(
    "rounded up to three decimals, so those of gamma 0.1, 1 and 4 are not the nearest",
  );
  const notNearest = [];
  for (const { gamma, criticalP, posterCriticalP } of rows) {
    expect(posterCriticalP).toBe(Math.ceil(1000 * criticalP) / 1000);
    if (posterCriticalP.toFixed(3) !== criticalP.toFixed(3)) notNearest.push(gamma);
  }
  expect(notNearest).toEqual([0.1, 1, 4]);

  expect(readFileSync(file, "utf8")).toBe(theoryFigure([0.1, 1, 2, 4, 6, 8]));
  expect(readdirSync(join(scratch, "plain"))).toEqual(["knotgrad-km.svg"]);
});

test("takes other gammas, in rising order, and writes over its own figure only", async () => {
  const args = ["--gammas", "1e9, 0.5,1e-9,0.5", "--svg", "some.svg", "--json"];
  const first = await analyze("other", ...args);
  expect(first.stderr).toBe("");
  expect(first.stdout.split("\n").slice(2, 5)).toEqual([
    expect.stringMatching(/^ +1e-9 +0.2500 +- +0.3679 +1.0000 +0.1353 +1.0000 +1.0000 +1.0000$/),
    expect.stringMatching(/^ +0.5 +0.2209 +- +0.2923 +1.1060 +0.0978 +0.4444 +1.2332 +0.5481$/),
    expect.stringMatching(/^1000000000 +6.946e-6 +- +4.713e-9 +6.8320 +4.335e-10 +1.000e-18 /),
  ]);
  expect((await analyze("other", ...args)).code).toBe(0);

  const notes = join(scratch, "other", "notes.svg");
  writeFileSync(notes, "<svg>mine</svg>");
  const refused = await analyze("other", "--svg", "notes.svg");
  expect(refused.stderr).toBe(
    `--svg: ${notes} is given but the file there is not a figure of this command; name another file\n`,
  );
  expect(refused.code).toBe(1);
  expect(readFileSync(notes, "utf8")).toBe("<svg>mine</svg>");
});

const above0 = "each must be a finite number above 0";
test.each([
  [["--gammas", "1,x"], '--gammas: "x" is given but must be a number'],
  [["--gammas="], '--gammas: "" is given but must be a number'],
  [["--gammas=-1,2"], `--gammas: -1 is given but ${above0}`],
  [["--gammas", "0"], `--gammas: 0 is given but ${above0}; softmax, gamma 0, is always drawn`],
  [["--gammas", "1,2,3,4,5,6,7,8,9,10,11"], "--gammas: (11) are given but at most (10) lines"],
  [["--svg", "."], "--svg: "],
  [["--svg", "no/such/folder.svg"], "ENOENT"],
])("%j gives a sentence, and no figure", async (args, message) => {
  const { code, stdout, stderr } = await analyze("wrong", ...args);
  expect(stderr).toContain(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stdout).toBe("");
  expect(code).toBe(1);
  expect(readdirSync(join(scratch, "wrong"))).toEqual([]);
});

describe("theoryFigure", () => {
  test.each([[[0.1, 1, 2, 4, 6, 8]], [[3]], [[1e-300, 1e300]], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]])(
    "is one well-formed SVG with a line for each gamma, and softmax, in each panel: %j",
    (gammas) => {
      const svg = theoryFigure(gammas);
      expect(svg).toMatch(/^<!-- [^-]* -->\n<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*<\/svg>\n$/);
      // Every tag is closed in its order, and no entity is one that XML does not know.
      const open: string[] = [];
      for (const [, end, name, empty] of svg.matchAll(/<(\/?)([a-zA-Z]\w*)[^<>]*?(\/?)>/g)) {
        if (end) expect(open.pop()).toBe(name);
        else if (!empty) open.push(name!);
      }
      expect(open).toEqual([]);
      expect(svg).not.toMatch(/&(?!(amp|lt|gt|quot|#\d+);)|NaN|Infinity|undefined|<style|<script|href/);

      const { document } = parseHTML(svg);
      const paths = document.querySelectorAll('[aria-label="line"] path');
      expect(paths).toHaveLength(2 * (gammas.length + 1));
      const key = [...document.querySelectorAll("text")].map((text) => text.textContent);
      for (const gamma of gammas) expect(key).toContain(`γ = ${gamma}`);
      expect(key).toContain("softmax");
      expect(document.querySelectorAll('[aria-label="dot"] circle')).toHaveLength(gammas.length);
    },
  );
});
