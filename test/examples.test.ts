// The examples run as their first lines say, from src, and hold themselves to their formulas: they exit with 1 where they do not.
import { execFile } from "node:child_process";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;

/** What Dawn itself says on stderr of some drivers, lavapipe among them. */
const dawns = /^Warning: maxDynamic\w+ artificially reduced .*\n/gm;

const run = (example: string) =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const args = ["--conditions=knotgrad-source", "--import", "tsx", `examples/${example}.ts`];
    const child = execFile(process.execPath, args, { cwd: root, timeout: 60_000 }, (_, out, err) =>
      resolve({ code: child.exitCode, out, err: err.replaceAll(dawns, "") }),
    );
  });

test("raw: a program of its own runs a kernel and finds the numbers of doubles", async () => {
  const { code, out, err } = await run("raw/raw");
  expect([code, err]).toEqual([0, ""]);
  const [loss, gradient, worst] = out
    .trim()
    .split("\n")
    .map((line) => line.match(/-?\d+\.\d+(e-\d+)?/g)!.map(Number));
  expect(loss).toHaveLength(3);
  expect(gradient).toHaveLength(5);
  expect(Math.abs(gradient.reduce((a, b) => a + b))).toBeLessThan(1e-6); // a row's gradient by logits sums to 0
  expect(worst[0]).toBeLessThan(1e-6);
});

test("gradient_check: an op of one's own passes, and fails where its gradient is wrong", async () => {
  const { code, out, err } = await run("gradient_check/swish");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^swish \(1000\): .*: ok\nswish \(1000\), slope left out: .*: WRONG\n$/);
});
