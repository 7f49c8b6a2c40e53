// `verify` with an untrained net, on a small LFW and a small CFP in folders.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "citty";
import { PNG } from "pngjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createModel } from "../src/face/model.ts";
import { nets } from "../src/face/nets.ts";
import { saveCheckpoint } from "../src/node/checkpoint.ts";
import { verify } from "../src/node/commands/verify.ts";
import { random } from "../src/random.ts";
import { openGpu } from "./open.ts";

const root = new URL("..", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "knotgrad-verify-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string) => join(scratch, name);

function put(file: string, content: string | Buffer): void {
  mkdirSync(dirname(at(file)), { recursive: true });
  writeFileSync(at(file), content);
}

/** Noise that tells the person, and less of it that tells the image. */
function face(person: number, image: number): Buffer {
  const png = new PNG({ width: 12, height: 14 });
  const [a, b] = [random(person), random(100 + image)];
  for (let i = 0; i < png.data.length; i += 4) {
    const v = a.below(200) + b.below(55);
    png.data.set([v, v, v, 255], i);
  }
  return PNG.sync.write(png);
}

const names = ["Ann", "Bo", "Cy", "Di"];

beforeAll(async () => {
  // Three images of everybody but Di, who has one.
  for (const [person, name] of names.entries()) {
    for (let i = 1; i <= (name === "Di" ? 1 : 3); i++)
      put(`lfw/${name}/${name}_000${i}.png`, face(person, i));
  }
  const fold = ["Ann 1 2", "Bo 1 2", "Ann 1 Bo 3", "Cy 1 Di 1"];
  put("lists/lfw/pairs.txt", ["2 2", ...fold, ...fold.map((line) => line.replace("2", "3"))].join("\n"));
  for (const [list, pose] of [
    ["F", "frontal"],
    ["P", "profile"],
  ]) {
    const paths = ["001", "002"].flatMap((person) => [1, 2].map((i) => `${person}/${pose}/0${i}.png`));
    for (const [i, path] of paths.entries()) put(`cfp/${path}`, face(Math.floor(i / 2), i));
    put(
      `lists/cfp/Pair_list_${list}.txt`,
      paths.map((path, i) => `${i + 1} ../Data/Images/${path}\n`).join(""),
    );
  }
  for (let fold = 1; fold <= 10; fold++) {
    for (const test of ["FF", "FP"]) {
      const folder = `lists/cfp/Split/${test}/${String(fold).padStart(2, "0")}`;
      put(`${folder}/same.txt`, "1,2\n3,4\n");
      put(`${folder}/diff.txt`, "1,3\n2,4\n");
    }
  }
  const gpu = await openGpu();
  const { net, parameters, state } = createModel(gpu, nets["digit"](16), 2, 5);
  const tensors: { [name: string]: { shape: number[]; data: Float32Array } } = {};
  for (const [name, t] of Object.entries({ ...parameters.tensors, ...state.tensors })) {
    tensors[name] = { shape: [...t.shape], data: await t.read() };
  }
  gpu.device.destroy();
  const metadata = { format: "knotgrad 2", net: JSON.stringify(net), classes: '["0", "1"]' };
  await saveCheckpoint(at("net.safetensors"), tensors, metadata);
});

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = [
    "--import",
    "tsx",
    join(root, "src/node/cli.ts"),
    "verify",
    "--model",
    at("net.safetensors"),
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, [...command, ...args], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}
const lastJson = (stdout: string) => JSON.parse(stdout.trimEnd().split("\n").at(-1)!);

test("all protocols, a table for each kind, and the same as JSON", async () => {
  const options = ["--lfw", at("lfw"), "--search", "insightface", "--json"];
  const all = await run("--protocols", at("lists"), "--cfp", at("cfp"), ...options);
  expect(all.code).toBe(0);
  expect(all.stdout).toMatch(
    /^test +accuracy % .*TAR@1e-3\n.*\nLFW +\d+\.\d\d \+- \d.*\nCFP-FF .*\nCFP-FP .*\n/,
  );
  expect(all.stdout).toMatch(
    /\ntest +rank 1 +DIR@1e-2 +VR@1e-3\n.*\nLFW closed set +\d\.\d{4} +- +-\nLFW open set /,
  );

  const { search, verification, identification } = lastJson(all.stdout);
  expect(search).toBe("insightface");
  expect(verification.map((run: { test: string }) => run.test)).toEqual(["LFW", "CFP-FF", "CFP-FP"]);
  expect(verification.map((run: { result: { folds: [] } }) => run.result.folds.length)).toEqual([2, 10, 10]);
  for (const { result } of verification) {
    for (const { threshold } of result.folds)
      expect(100 * threshold).toBeCloseTo(Math.round(100 * threshold), 9);
  }
  expect(identification).toEqual([
    { test: "LFW closed set", rankOne: expect.any(Number), dirAtFar: { "0.01": null } },
    { test: "LFW open set", rankOne: expect.any(Number), dirAtFar: { "0.01": null } },
  ]);
});

test.each([
  [["--search", "nearest", "--lfw", "x"], '--search: "nearest" is given but must be exact or insightface'],
  [["--cfp", "x"], "--cfp is given without --protocols"],
  [["--protocols", "x"], "--protocols is given without --lfw and --cfp"],
  [["--protocols", "x", "--lfw", "x", "--pairs", "x"], "--pairs is given beside --protocols"],
  [[], "neither --lfw nor --protocols is given"],
  [["--lfw", "x"], "--lfw is given without --pairs"],
  [["--protocols", scratch, "--cfp", "x"], "Pair_list_F.txt cannot be read (ENOENT"],
  [["--protocols", scratch, "--lfw", "x"], "pairs.txt cannot be read (ENOENT"],
])("%s is refused in a sentence", async (args, sentence) => {
  const rawArgs = ["--model", at("net.safetensors"), ...args];
  await expect(runCommand(verify, { rawArgs })).rejects.toThrow(sentence);
});
