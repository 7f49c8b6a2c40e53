// The table of recipes: a small one end to end, that goes on where it stopped, and what it refuses.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { recipes } from "../src/face/recipes/index.ts";
import { readRuns, recipesOf } from "../src/node/experiments/table_runs.ts";
import { noisyFace, writeSmallBenchmarks } from "./small_benchmarks.ts";

const root = new URL("..", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "knotgrad-table-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
writeSmallBenchmarks(scratch);
// Ann is in LFW too.
for (const [person, name] of ["Ann", "Eve", "Flo", "Gus"].entries()) {
  mkdirSync(join(scratch, "people", name), { recursive: true });
  for (let i = 0; i < 6; i++)
    writeFileSync(join(scratch, "people", name, `${i}.png`), noisyFace(20 + person, i));
}

function knotgrad(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = ["--import", "tsx", join(root, "src/node/cli.ts"), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}

const out = join(scratch, "out");
const page = join(scratch, "page.html");
const table = (...args: string[]) =>
  knotgrad(
    "table",
    ...["--train", join(scratch, "people"), "--lfw", join(scratch, "lfw"), "--cfp", join(scratch, "cfp")],
    ...["--protocols", join(scratch, "lists"), "--out", out, "--page", page],
    ...["--net", "digit", "--embedding", "8", "--epochs", "1", "--batch", "8", "--least", "3"],
    ...args,
  );

test("recipes and seeds become runs, tables and a page; what is there is not trained again", async () => {
  const first = await table("--recipes", "softmax,facenet", "--seeds", "1");
  expect(first.stderr).toContain("run 1 of 4: lfw-softmax-seed1");
  expect(first.code).toBe(0);
  const runs = ["cfp-facenet-seed1", "cfp-softmax-seed1", "lfw-facenet-seed1", "lfw-softmax-seed1"];
  const curves = ["cfp-ff-degraded", "cfp-ff", "cfp-fp", "lfw-degraded", "lfw"];
  expect(readdirSync(out).sort()).toEqual([
    ...runs.map((name) => `${name}.json`),
    ...curves.map((name) => `roc-${name}.svg`),
    "table.json",
    "table.md",
  ]);
  expect(readFileSync(join(out, "roc-lfw.svg"), "utf8")).toMatch(/<svg [\s\S]*facenet/);

  const read = (name: string) => JSON.parse(readFileSync(join(out, `${name}.json`), "utf8"));
  const lfw = read("lfw-facenet-seed1");
  // Without Ann; seven images of CFP are in its pairs.
  expect(lfw.data).toBe("people + CFP without LFW's people, 25 images of 5 people, 1 epochs");
  expect(lfw.verification.map(({ test }: { test: string }) => test)).toEqual(["LFW", "LFW, degraded"]);
  expect(lfw.identification.map(({ test }: { test: string }) => test)).toEqual([
    "LFW closed set",
    "LFW open set",
  ]);
  // Ann of both is one person; Di has too few images.
  const cfp = read("cfp-softmax-seed1");
  expect(cfp.data).toBe("people + LFW without CFP's people, 33 images of 6 people, 1 epochs");
  expect(cfp.verification.map(({ test }: { test: string }) => test)).toEqual([
    "CFP-FF",
    "CFP-FP",
    "CFP-FF, degraded",
  ]);
  expect(first.stdout).toContain("**Table 3: CFP, verification**");
  const html = readFileSync(page, "utf8");
  expect(html).toContain("facenet");
  expect(html).toContain("data:image/png;base64,");

  const before = statSync(join(out, "lfw-softmax-seed1.json")).mtimeMs;
  const more = await table("--recipes", "softmax,km:gamma=4", "--seeds", "1", "--json");
  expect(more.code).toBe(0);
  expect(more.stderr).not.toContain("lfw-softmax-seed1");
  expect(more.stderr).toContain("lfw-km-gamma-4-seed1");
  expect(statSync(join(out, "lfw-softmax-seed1.json")).mtimeMs).toBe(before);
  const { tables } = JSON.parse(more.stdout.trimEnd().split("\n").at(-1)!);
  const names = tables[0].rows.map(({ name }: { name: string }) => name);
  expect([...new Set(names)].sort()).toEqual(["facenet", "km (gamma 4)", "softmax"]);

  const hard = await table(
    ...["--recipes", "softmax", "--seeds", "1", "--tests", "lfw", "--tail", "2", "--degrade", "0.5"],
    ...["--out", join(scratch, "hard")],
  );
  expect(hard.code).toBe(0);
  const [worse] = (await readRuns(join(scratch, "hard"))).values();
  expect(worse!.data).toMatch(
    /^people \+ CFP without LFW's people, \d+ images of 5 people, long-tailed 2 to 1, 50 % of them degraded, 1 epochs$/,
  );

  const other = await table("--recipes", "softmax", "--seeds", "1", "--rate", "0.1");
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(
    /lfw-softmax-seed1.json is of .*"rate":0.05.* but .*"rate":0.1.* is asked for/,
  );
}, 120_000);

describe("what cannot be is refused before anything is trained", () => {
  test.each([
    [["--recipes", "softmax,hinge"], /--recipes: "hinge" is given but must be one of softmax, km/],
    [["--seeds", "0"], /--seeds: 0 is given but must be a whole number from 1 up/],
    [["--protocols", "nowhere"], /nowhere/],
    [["--tests", "cfw"], /--tests: "cfw" is given but must be of the tests given, lfw, cfp/],
  ])("%s", async (args, message) => {
    const { code, stderr } = await table(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  test("a file that holds no run", async () => {
    const folder = join(scratch, "broken");
    mkdirSync(folder);
    writeFileSync(join(folder, "lfw-softmax-seed1.json"), "{}");
    await expect(readRuns(folder)).rejects.toThrow(
      /lfw-softmax-seed1.json holds no run of a table; take it away/,
    );
    expect((await readRuns(join(scratch, "nothing there"))).size).toBe(0);
  });
});

test("recipes are told what they know in the list", () => {
  expect(recipesOf("softmax, km:gamma=4,center:alpha=1:lambda=0.1").map(({ title }) => title)).toEqual([
    "softmax",
    "km (gamma 4)",
    "center",
  ]);
  expect(recipesOf("center:alpha=1:lambda=0.1")[0]!.settings).toMatchObject({ alpha: 1, lambda: 0.1 });
  for (const list of ["km:gama=4", "km:gamma", "km:gamma=1=2"]) {
    expect(() => recipesOf(list)).toThrow(/is given but a recipe is told gamma, lambda, centers, alpha/);
  }
  expect(() => recipesOf("km:gamma=much")).toThrow(/--gamma: "much" is given but must be a number/);
  expect(() => recipesOf("km,softmax,km")).toThrow("--recipes: km (gamma 1) is given twice");
});

test("the list of recipes has a sentence and a source for each", async () => {
  const listed = await knotgrad("recipes");
  for (const make of Object.values(recipes)) {
    const { name, sentence, source } = make();
    expect(listed.stdout).toContain(`${name}\n  ${sentence}\n  Source: ${source}\n`);
  }
  const json = JSON.parse((await knotgrad("recipes", "--json")).stdout);
  expect(json.map(({ name }: { name: string }) => name)).toEqual(Object.keys(recipes));
});
