// `train` killed on its way and gone on with leaves the files of one that was not.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { runCommand } from "citty";
import { PNG } from "pngjs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { train } from "../src/node/commands/train.ts";
import { random } from "../src/random.ts";
import { readSafetensors } from "../src/safetensors.ts";
import { expectSafetensors } from "./safetensors_rules.ts";
import { saying } from "./saying.ts";

const root = new URL("..", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "knotgrad-resume-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (path: string): string => join(scratch, path);

beforeAll(() => {
  const r = random(1);
  for (const person of ["A", "B"]) {
    for (let i = 0; i < 8; i++) {
      const png = new PNG({ width: 28, height: 28 });
      for (let k = 0; k < 784; k++) {
        const v = r.below(100) + (k % 28 < 14 === (person === "A") ? 100 : 0);
        png.data.set([v, v, v, 255], 4 * k);
      }
      const file = at(`people/${person}/${i}.png`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, PNG.sync.write(png));
    }
  }
});

/** `train` by center loss, with velocities of its own, in 4 steps an epoch. */
function start(...more: string[]): {
  child: ChildProcess;
  ended: Promise<{ code: number | null; stderr: string }>;
} {
  const options = ["--data", at("people"), "--net", "digit", "--batch", "4", "--seed", "5", "--mirror"];
  const recipe = ["--recipe", "km-center", "--centers", "released"];
  const args = ["--import", "tsx", join(root, "src/node/cli.ts"), "train", ...options, ...recipe, ...more];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, stderr }))) };
}

const model = (out: string) => readFileSync(at(`${out}/digit-km-center-seed5.safetensors`));

test("killed at any time, training goes on to the same bytes", async () => {
  const long = ["--epochs", "15", "--every", "3"]; // 60 steps
  const whole = start(...long, "--out", at("whole"), "--checkpoint", at("whole.safetensors"));
  const killed = start(...long, "--out", at("killed"), "--checkpoint", at("killed.safetensors"));
  while (!existsSync(at("killed.safetensors"))) {
    expect(killed.child.exitCode).toBe(null);
    await setTimeout(5);
  }
  killed.child.kill("SIGKILL");
  await killed.ended;
  expect(existsSync(at("killed"))).toBe(false); // its model is not written
  const { metadata } = readSafetensors(readFileSync(at("killed.safetensors")));
  expect(Number(metadata["step"])).toBeLessThan(60);

  const rest = start(
    ...[...long, "--out", at("rest"), "--checkpoint", at("killed.safetensors")],
    ...["--resume", at("killed.safetensors"), "--workers", "1"],
  );
  for (const { code, stderr } of [await whole.ended, await rest.ended]) expect(code, stderr).toBe(0);
  expect(model("rest").equals(model("whole"))).toBe(true);
  const last = readFileSync(at("killed.safetensors"));
  expect(last.equals(readFileSync(at("whole.safetensors")))).toBe(true);
  for (const file of [last, model("whole")]) expectSafetensors(file);
  // The model's file says nothing of how it came about.
  expect(readSafetensors(model("rest")).metadata["training"]).not.toMatch(/checkpoint|resume/);

  // A model is no checkpoint.
  const { code, stderr } = await start("--resume", at("whole/digit-km-center-seed5.safetensors")).ended;
  expect(stderr).toContain(
    'train: the checkpoint has the format "knotgrad 2" but must have "knotgrad checkpoint 1"; ',
  );
  expect(code).toBe(1);
}, 120_000);

test.each([
  [
    ["--every", "5"],
    "--every: it is given without --checkpoint but tells how often that is written; name a file",
  ],
  [["--checkpoint="], "--checkpoint: it is given without a file but needs one"],
  [["--checkpoint", "x", "--every", "0"], "--every: 0 is given but must be a whole number from 1 up"],
  [["--resume", "none"], "loadCheckpoint: none does not exist but must be a checkpoint"],
])("%j is refused", async (rawArgs, message) => {
  await expect(runCommand(train, { rawArgs })).rejects.toThrow(saying(message));
});
