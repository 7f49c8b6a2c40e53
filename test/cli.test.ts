// The commands as a user runs them, in processes of their own.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { afterAll, describe, expect, test } from "vitest";
import { readSafetensors } from "../src/safetensors.ts";

const root = new URL("..", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "knotgrad-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function knotgrad(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] };
    execFile(
      process.execPath,
      ["--import", "tsx", join(root, "src/node/cli.ts"), ...args],
      { cwd: root, env, maxBuffer: 1e8 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}

const lastJson = ({ stdout }: Ended) => JSON.parse(stdout.trimEnd().split("\n").at(-1)!);

/** A face-like picture: two dark spots whose places tell the person, and noise that tells the image. */
function face(person: number, image: number): Buffer {
  const png = new PNG({ width: 48, height: 56 });
  for (let h = 0; h < 56; h++) {
    for (let w = 0; w < 48; w++) {
      const spot = [0, 1].some((s) => (h - 12 - 5 * person) ** 2 + (w - 12 - 20 * s - person) ** 2 < 20);
      const v = (spot ? 30 : 170) + ((h * 31 + w * 17 + image * 101) % 40);
      png.data.set([v, v, v, 255], 4 * (h * 48 + w));
    }
  }
  return PNG.sync.write(png);
}

function people(folder: string, count: number, images: number): string {
  const dir = join(scratch, folder);
  for (let person = 0; person < count; person++) {
    const name = `Person_${String.fromCharCode(65 + person)}`;
    mkdirSync(join(dir, name), { recursive: true });
    for (let i = 1; i <= images; i++) {
      writeFileSync(join(dir, name, `${name}_${String(i).padStart(4, "0")}.png`), face(person, i));
    }
  }
  return dir;
}

describe("digits", () => {
  test("start compares recipes, prints the table, writes the page and the JSON", async () => {
    const page = join(scratch, "report.html");
    const ended = await knotgrad(
      "start",
      "--epochs",
      "1",
      "--recipes",
      "km-center,deepface",
      "--report",
      page,
      "--json",
    );
    expect(ended.stderr + ended.stdout).toContain("deepface");
    expect(ended.code).toBe(0);
    const { adapter, runs } = lastJson(ended);
    expect(Object.keys(adapter).sort()).toEqual(["architecture", "description", "software", "vendor"]);
    expect(runs.map((run: { recipe: string }) => run.recipe)).toEqual(["km-center", "deepface"]);
    for (const run of runs) {
      expect(run).toMatchObject({ seed: 1, epochs: 1 });
      expect(run.parameterHash).toMatch(/^[0-9a-f]{64}$/);
      expect(run.imagesPerSecond).toBeGreaterThan(0);
      // Better than guessing among 7 classes and among pairs, after one pass over the data.
      expect(run.accuracy.clean).toBeGreaterThan(0.4);
      expect(run.verification.mean).toBeGreaterThan(0.55);
      for (const value of [run.accuracy.degraded, run.accuracy.tail, run.meanP.clean, run.meanP.degraded]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
      expect(Object.keys(run.verification.tarAtFar).sort()).toEqual(["0.001", "0.01"]);
    }
    const html = readFileSync(page, "utf8");
    expect(html).toContain("km-center");
    expect(html).not.toMatch(/(src|href)="https?:/);
  });
});

describe("align", () => {
  test("turns photographs into crops that are kept the next time", async () => {
    const data = people("photos", 2, 2);
    const names = ["A", "B"].flatMap((c) => [1, 2].map((i) => `Person_${c}/Person_${c}_000${i}.png`));
    const landmarks = join(scratch, "landmarks.txt");
    writeFileSync(landmarks, names.map((name) => `${name} 15 26 33 26 24 36 17 46 31 46\n`).join(""));
    const out = join(scratch, "crops");
    const options = ["align", "--data", data, "--landmarks", landmarks, "--out", out, "--json"];
    const first = await knotgrad(...options, "--size", "112x112");
    expect(first.stderr).toContain("aligning 4/4");
    expect(lastJson(first)).toMatchObject({ written: 4, kept: 0, skipped: [] });
    for (const name of names) {
      const { height, width } = PNG.sync.read(readFileSync(join(out, name)));
      expect([height, width]).toEqual([112, 112]);
    }
    expect(lastJson(await knotgrad(...options))).toMatchObject({ written: 0, kept: 4 });
  });
});

describe("faces", () => {
  test("train keeps weights that verify reads", async () => {
    const data = people("train", 4, 6);
    const lfw = people("lfw", 4, 3);
    const pairs = join(scratch, "pairs.txt");
    const names = ["A", "B", "C", "D"].map((c) => `Person_${c}`);
    const fold = names
      .map((name) => `${name}\t1\t2`)
      .concat(names.map((name, i) => `${name}\t1\t${names[(i + 1) % 4]}\t2`));
    writeFileSync(pairs, ["2\t4", ...fold, ...fold.map((line) => line.replace(/2$/, "3"))].join("\n"));

    const out = join(scratch, "runs");
    const trained = await knotgrad(
      ...[
        "train",
        "--data",
        data,
        "--recipe",
        "km",
        "--gamma",
        "2",
        "--epochs",
        "8",
        "--batch",
        "8",
        "--embedding",
        "16",
      ],
      ...["--out", out, "--json"],
    );
    expect(trained.stderr).toContain("24 images of 4 people at 56x48 grey");
    expect(trained.stderr).toMatch(/pipelines compiled (\d+)\/\1/);
    expect(trained.code).toBe(0);
    const { runs, checkpoint } = lastJson(trained);
    expect(runs[0]).toMatchObject({ recipe: "km", gamma: 2, accuracy: { clean: null }, verification: null });
    const { tensors, metadata } = readSafetensors(readFileSync(checkpoint));
    expect(tensors["classifier.weight"].shape).toEqual([16, 4]);
    expect(JSON.parse(metadata["training"])).toMatchObject({ recipe: "km", gamma: 2, seed: 1 });

    const verified = await knotgrad(
      "verify",
      "--model",
      checkpoint,
      "--lfw",
      lfw,
      "--pairs",
      pairs,
      "--json",
    );
    expect(verified.stderr).not.toContain("Error");
    expect(verified.code).toBe(0);
    const { verification } = lastJson(verified);
    expect(verification.folds).toHaveLength(2);
    expect(verification.mean).toBeGreaterThan(0.9); // the people trained on, other images
  });

  const alone = () => people("alone", 1, 3);
  const two = () => people("two", 2, 3);
  const list = (text: string) => {
    const file = join(scratch, `list-${text.length}.txt`);
    writeFileSync(file, text);
    return file;
  };
  const refused: [string, () => string[], RegExp][] = [
    [
      "an unknown command",
      () => ["dance"],
      /there is no command dance; there are start, train, verify, check, doctor/,
    ],
    ["an unknown option", () => ["train", "--gama", "2"], /there is no option --gama/],
    [
      "an unknown recipe",
      () => ["train", "--recipe", "hinge"],
      /--recipe: "hinge" is given but must be one of softmax, km/,
    ],
    [
      "gamma that is no number",
      () => ["train", "--gamma", "much"],
      /--gamma: "much" is given but must be a number/,
    ],
    [
      "an unknown net",
      () => ["train", "--net", "sphere5"],
      /--net: "sphere5" is given but must be one of face, digit, mobile, sphere4/,
    ],
    ["gamma below 0", () => ["train", "--gamma=-1"], /gamma is -1 but must be a number from 0 up/],
    ["an unknown schedule", () => ["train", "--schedule", "zigzag"], /--schedule: "zigzag"/],
    [
      "an unknown precision",
      () => ["train", "--precision", "f8"],
      /--precision: "f8" is given but must be f32 or f16/,
    ],
    [
      "a seed below 0",
      () => ["train", "--seed=-3"],
      /--seed: -3 is given but must be a whole number from 0 up/,
    ],
    ["a missing folder", () => ["train", "--data", join(scratch, "nowhere")], /nowhere/],
    ["one person only", () => ["train", "--data", alone()], /has \(1\) people .* but \(2\) are needed/],
    [
      "--lfw without --pairs",
      () => ["start", "--data", two(), "--lfw", two()],
      /--lfw is given without --pairs/,
    ],
    [
      "pairs that name missing files",
      () => [
        "start",
        "--data",
        two(),
        "--lfw",
        two(),
        "--pairs",
        list("2\t1\nPerson_A\t1\t9\nPerson_A\t1\tPerson_B\t1\nPerson_A\t1\t2\nPerson_A\t2\tPerson_B\t2\n"),
      ],
      /Person_A_0009/,
    ],
    ["a model that is no file", () => ["verify", "--model", "none", "--lfw", two(), "--pairs", "x"], /none/],
    [
      "a picture that is neither SVG nor HTML",
      () => ["train", "--profile", "profile.png"],
      /--profile: profile.png is given but must end in .svg or .html, or be left out/,
    ],
    [
      "what comes after an option without its value",
      () => ["train", "--profile", "--recipe", "dance"],
      /--recipe: "dance"/,
    ],
    ["a check of no operation", () => ["check", "dance"], /there is no operation dance/],
  ];
  test.each(refused)("%s gives a sentence and exit code 1", async (_, args, message) => {
    const { code, stderr, stdout } = await knotgrad(...args());
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /); // no stack
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  test("a broken image is left out and told; the rest is made imbalanced and degraded, and its step profiled", async () => {
    const data = people("broken", 2, 8);
    writeFileSync(join(data, "Person_A", "Person_A_0009.png"), "");
    const out = join(scratch, "broken-runs");
    const picture = join(scratch, "profile.svg");
    const options = [
      "--net",
      "digit",
      "--epochs",
      "1",
      "--batch",
      "4",
      "--tail",
      "2",
      "--degrade",
      "0.5",
      "--out",
      out,
      "--profile",
      picture,
      "--json",
    ];
    const ended = await knotgrad("train", "--data", data, ...options);
    expect(ended.stderr).toMatch(/1 files? .*left out/);
    expect(ended.stderr).toContain("Person_A_0009.png");
    expect(ended.stderr).toContain(
      "12 images of 2 people at 28x28 grey, long-tailed 2 to 1, 50 % of them degraded",
    );
    expect(ended.code).toBe(0);
    const { runs, profile } = lastJson(ended);
    const [{ meanP }] = runs;
    expect(meanP.clean).toBeGreaterThan(0);
    expect(meanP.degraded).toBeGreaterThan(0);
    expect(ended.stdout).toMatch(/\nconv2d\S* +1 +[\d.]+ +[\d.]+ {2}N=4 H=\d+ W=\d+ /);
    expect(ended.stdout).toMatch(/\nstep [\d.]+ ms, kernels [\d.]+ ms, gap \S+ ms \(\S+ %\), by \w+\n/);
    expect(profile.kernels.at(-1)).toMatchObject({ kernel: "sgd", part: "update" });
    expect(readFileSync(picture, "utf8")).toMatch(/^<svg [\s\S]*<title>sgd n=\d+[\s\S]*<\/svg>\n$/);
  }, 120_000);
});

test("check prints a row per case, with errors and tolerance", async () => {
  const ended = await knotgrad("check", "matmul", "--json");
  expect(ended.code).toBe(0);
  const { adapter, rows } = lastJson(ended);
  expect(adapter.description).toBeTruthy();
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) {
    expect(row).toMatchObject({ op: "matmul", tolerance: 1e-5, ok: true });
    expect(row.forward).toBeLessThan(row.tolerance);
    expect(Object.keys(row.gradients).slice(0, 2)).toEqual(["a", "b"]);
  }
});
