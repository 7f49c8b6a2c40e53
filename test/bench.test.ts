import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { difference, measure } from "../bench/measure.ts";
import { lineOf, tableOf } from "../bench/report.ts";
import type { Contender, Row } from "../bench/row.ts";
import { openTfjs } from "../bench/tfjs.ts";
import type { Gpu } from "../src/gpu.ts";

const root = path.join(import.meta.dirname, "..");
const scratch = mkdtempSync(path.join(tmpdir(), "bench-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs the bench in a process of its own. */
function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const command = ["--import", "tsx", "bench/index.ts", ...args];
    execFile(process.execPath, command, { cwd: root, timeout: 50_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 255) : 0, stdout, stderr }),
    );
  });
}

describe("the command", () => {
  test("rows that the filter names are measured, printed and written", async () => {
    const file = path.join(scratch, "bench.json");
    const { code, stdout, stderr } = await bench("km-loss", "--json", file, "--tiny", "--no-peers");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^name +shape +ms .*\n.*\nkm-loss +8x40 /m);
    expect(readdirSync(scratch)).toEqual(["bench.json"]);
    const { adapter, rows, limits } = JSON.parse(readFileSync(file, "utf8"));
    expect(adapter).toEqual({
      vendor: expect.any(String),
      architecture: expect.any(String),
      description: expect.stringMatching(/./),
      software: expect.any(Boolean),
    });
    expect(stdout.includes("SOFTWARE ADAPTER")).toBe(adapter.software);
    expect(rows).toHaveLength(1);
    const [{ name, shape, ms, gflops, gbps, share, peers, rounds }] = rows;
    expect({ name, shape, peers }).toEqual({ name: "km-loss", shape: "8x40", peers: {} });
    for (const value of [ms, gflops, gbps, share, limits.gflops, limits.gbps])
      expect(value).toBeGreaterThan(0);
    expect(gflops).toBeCloseTo((9 * 8 * 40) / ms / 1e6, 12);
    expect(rounds).toBeGreaterThanOrEqual(7);
  });

  test("a filter that no row contains is answered with the rows there are", async () => {
    const { code, stdout, stderr } = await bench("no-such-row");
    expect(stderr).toMatch(
      /^bench: the filter is "no-such-row" but must be part of one of: km-loss 256x1024; /,
    );
    for (const name of ["matmul 512x512x512", "conv2d", "conv2d-grad", "batchnorm-grad", "train-step"]) {
      expect(stderr).toContain(`; ${name}`);
    }
    expect([code, stdout]).toEqual([1, ""]);
  });

  test("what cannot be written or is not known is refused before anything is measured", async () => {
    const [folder, absent, unknown] = await Promise.all([
      bench("--json", scratch),
      bench("--json", path.join(scratch, "absent", "bench.json")),
      bench("--peer"),
    ]);
    expect(folder!.stderr).toContain("a folder, but must be a file's name");
    expect(absent!.stderr).toMatch(/absent is not a folder that can be written to/);
    expect(unknown!.stderr).toMatch(/--peer[\s\S]*usage:/);
    for (const { code, stdout } of [folder!, absent!, unknown!]) expect([code, stdout]).toEqual([1, ""]);
    expect(existsSync(path.join(scratch, "absent"))).toBe(false);
  });
});

test("without the peers the command that installs them is named", async () => {
  const folder = pathToFileURL(`${scratch}/`);
  expect(await openTfjs({} as Gpu, folder)).toContain("npm ci --prefix bench/peers");
});

test("the peers' lockfile names no host", () => {
  expect(readFileSync(path.join(root, "bench/peers/package-lock.json"), "utf8")).not.toMatch(
    /resolved|https?:/,
  );
});

/** A side that notes its name in `log` and does nothing else. */
const side = (name: string, log: string[], settle = async () => {}): Contender => ({
  send: () => void log.push(name),
  settle,
  results: async () => ({}),
  dispose: () => {},
});

describe("measuring", () => {
  test("sides take turns, each with the same number of repetitions", async () => {
    const log: string[] = [];
    const pause = (ms: number) => () => new Promise<void>((resolve) => setTimeout(resolve, ms));
    const sides = { a: side("a", log, pause(2)), b: side("b", log, pause(20)) };
    const { timings, rounds, repetitions } = await measure("turns", sides, 0);
    const turn = "a".repeat(repetitions) + "b".repeat(repetitions);
    expect(log.join("")).toBe(`aabb${turn.repeat(rounds)}`); // two of each to warm up
    expect(rounds).toBeGreaterThanOrEqual(7);
    expect(timings["b"]!.ms).toBeGreaterThan(timings["a"]!.ms);
  });

  test("a side that fails ends the measuring with its message", async () => {
    let waits = 0;
    const fail = async () => {
      waits += 1;
      if (waits === 5) throw new Error("device lost");
    };
    await expect(measure("failing", { a: side("a", [], fail) }, 0)).rejects.toThrow("device lost");
  });

  test("numbers are compared name by name, and NaN is a difference", () => {
    const ours = { y: Float32Array.of(100, -200), dx: Float32Array.of(1, 2) };
    expect(difference(ours, ours)).toBe(0);
    expect(difference(ours, { ...ours, dx: Float32Array.of(1, 1.5) })).toBeCloseTo(1 / 3, 12);
    expect(difference(ours, { ...ours, dx: Float32Array.of(1, Number.NaN) })).toBeNaN();
    const nothing = { y: Float32Array.of(0, 0) };
    expect(difference(nothing, nothing)).toBeNaN();
    expect(() => difference(ours, { y: ours.y })).toThrow(/dx has 2 numbers but none on the other side/);
  });

  test("the share is of the limit that binds", () => {
    const row = { name: "r", shape: "1", flops: 4e6, bytes: 1e6 } as Row;
    const measured = {
      timings: { knotgrad: { ms: 2, spread: 0.1 }, other: { ms: 6, spread: 0.2 } },
      rounds: 7,
      repetitions: 3,
    };
    const computing = lineOf(row, measured, { gflops: 8, gbps: 100 }, { other: 1e-6 });
    expect(computing).toMatchObject({ ms: 2, gflops: 2, gbps: 0.5, share: 0.25, peers: { other: 6 } });
    const copying = lineOf(row, measured, { gflops: 800, gbps: 1 }, {});
    expect(copying.share).toBe(0.5);
    expect(tableOf([computing], ["other"])).toMatch(/\b6\.00 +20 +3\.00 +1e-6$/);
  });
});
