// `verify` with an untrained net, on a small LFW and a small CFP in folders.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "citty";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createModel } from "../src/face/model.ts";
import { nets } from "../src/face/nets.ts";
import { saveCheckpoint } from "../src/node/checkpoint.ts";
import { verify } from "../src/node/commands/verify.ts";
import { openGpu } from "./open.ts";
import { writeSmallBenchmarks } from "./small_benchmarks.ts";

const root = new URL("..", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "knotgrad-verify-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string) => join(scratch, name);

beforeAll(async () => {
  writeSmallBenchmarks(scratch);
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
