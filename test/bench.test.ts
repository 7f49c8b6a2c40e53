import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { difference, measure } from "../bench/measure.ts";
import { markdownOf, withResults } from "../bench/readme.ts";
import { type Line, lineOf, tableOf } from "../bench/report.ts";
import type { Contender, Row } from "../bench/row.ts";
import { linearKm } from "../bench/rows/linear_km.ts";
import type { Tf } from "../bench/tf.ts";
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
    const { code, stdout, stderr } = await bench("loss", "--json", file, "--tiny", "--no-peers");
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
    const names = rows.map(({ name, shape }: Line) => `${name} ${shape}`);
    const linear = "linear-km 8x12x40";
    expect(names).toEqual(["km-loss 8x40", "center-loss 8x12x5", linear, `${linear} filter 2^-12`]);
    const [km, , whole, filtered]: Line[] = rows;
    const { ms, gflops, gbps, share, peers, held, repetitions, rounds } = km!;
    for (const value of [ms, gflops, gbps, share, limits.gflops, limits.gbps, peers["two-pass"]])
      expect(value).toBeGreaterThan(0);
    expect(gflops).toBeCloseTo((9 * 8 * 40) / ms / 1e6, 12);
    expect(rounds).toBeGreaterThanOrEqual(7);
    expect(km!.difference["two-pass"]).toBeLessThan(1e-6);
    expect(km).not.toHaveProperty("operands");
    for (const sides of [held, repetitions]) expect(Object.keys(sides)).toEqual(["knotgrad", "two-pass"]);
    expect(held["knotgrad"]).toBeGreaterThanOrEqual(4 * 2 * 8 * 40); // the logits and their gradient
    expect(held["knotgrad"]).toBeLessThan(1.3 * 4 * 2 * 8 * 40);

    expect(whole).toMatchObject({ operands: 4 * 2 * (8 * 12 + 40 * 12), peers: {} });
    expect(whole!.held["knotgrad"]).toBeGreaterThanOrEqual(whole!.operands!);
    expect(stdout).toMatch(/^ {2}knotgrad .* MB, 1\.\d+ of operands and gradients \(\d+ rounds\)$/m);
    expect(Object.keys(filtered!.peers)).toEqual(["unfiltered"]);
    expect(filtered!.difference["unfiltered"]).toBeGreaterThan(0); // something was left out
  });

  test("a filter that no row contains is answered with the rows there are", async () => {
    const { code, stdout, stderr } = await bench("no-such-row");
    expect(stderr).toMatch(
      /^bench: the filter is "no-such-row" but must be part of one of: km-loss 256x1024 \(loss\); /,
    );
    expect(stderr).toContain("; linear-km 64x128x1000000 (loss); ");
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

test("a row says why tfjs has no side", async () => {
  const gpu = { device: { limits: { maxStorageBufferBindingSize: 2 ** 27 } } } as Gpu;
  const why = (filter?: number) => linearKm(64, 128, 1_000_000, filter).tfjs({} as Tf, gpu);
  expect(await why()).toBe("a tensor of 512 MB is needed but a binding has at most 134 MB");
  expect(await why(0.5)).toMatch(/^has no filter/);
});

/** A side that notes its name in `log` and does nothing else. */
const side = (name: string, log: string[], settle = async () => {}): Contender => ({
  send: () => void log.push(name),
  settle,
  results: async () => ({}),
  dispose: () => {},
});

describe("measuring", () => {
  test("sides take turns, each with repetitions enough that a wait counts for little", async () => {
    const log: string[] = [];
    const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    let waited = 0;
    const short = async () => {
      const sent = log.length - waited;
      await pause(5 + sent / 5); // a wait costs 25 times the work
      waited = log.length;
    };
    const long = async () => {
      await pause(25);
      waited = log.length;
    };
    const sides = { a: side("a", log, short), b: side("b", log, long) };
    const { timings, rounds } = await measure("turns", sides, { enough: 20, patience: 0 });
    const [a, b] = [timings["a"]!, timings["b"]!];
    expect(a.repetitions).toBeGreaterThan(15); // 20 / 5.2 were 3
    expect(b.repetitions).toBe(1);
    const turn = "a".repeat(a.repetitions) + "b";
    expect(log.join("").endsWith(`abb${turn.repeat(rounds)}`)).toBe(true);
    expect(rounds).toBeGreaterThanOrEqual(7);
    expect(b.ms).toBeGreaterThan(a.ms);
  });

  test("a side that fails ends the measuring with its message", async () => {
    let waits = 0;
    const fail = async () => {
      waits += 1;
      if (waits === 9) throw new Error("device lost");
    };
    await expect(measure("failing", { a: side("a", [], fail) }, { enough: 60, patience: 0 })).rejects.toThrow(
      "device lost",
    );
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
      timings: {
        knotgrad: { ms: 2, spread: 0.1, repetitions: 9 },
        other: { ms: 6, spread: 0.2, repetitions: 3 },
      },
      rounds: 7,
    };
    const sides = { held: { knotgrad: 1.1e6 }, difference: { other: 1e-6 } };
    const computing = lineOf(row, measured, { gflops: 8, gbps: 100 }, sides);
    expect(computing).toMatchObject({ ms: 2, gflops: 2, gbps: 0.5, share: 0.25, peers: { other: 6 } });
    const copying = lineOf(row, measured, { gflops: 800, gbps: 1 }, sides);
    expect(copying.share).toBe(0.5);
    const alone = { ...copying, name: "alone", peers: {} };
    expect(tableOf([computing, alone]).split("\n").slice(2).join("\n")).toMatch(
      /^r .* 25\.0 +1\.10 +other +6\.00 +20 +3\.00 +1e-6\nalone .* 50\.0 +1\.10 +- +- +- +- +-$/,
    );
  });
});

describe("the README", () => {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");

  test("has the tables that the result files give", () => {
    expect(withResults(readme)).toBe(readme);
    expect(() => withResults("no table")).toThrow(/lacks the markers but needs <!-- bench/);
  });

  test("names tfjs's time, other ways of ours and memory", () => {
    const line: Line = {
      ...{
        name: "r",
        shape: "1",
        ms: 2,
        gflops: 12.34,
        gbps: 0.5,
        share: 0.25,
        peers: { tfjs: 5000, two: 3 },
      },
      ...{ held: { knotgrad: 1.1e6 }, operands: 1e6, spread: {}, difference: {}, rounds: 7, repetitions: {} },
      ...{ flops: 1, bytes: 1 },
    };
    const { operands: _, ...alone } = { ...line, peers: {} };
    const adapter = { vendor: "v", architecture: "a", description: "llvmpipe", software: true };
    const report = { adapter, limits: { gflops: 35, gbps: 12 }, load: 0, cores: 2, rows: [line, alone] };
    expect(markdownOf(report)).toContain(
      "| `r` | 1 | 2.00 | 12.3 | 0.500 | 25 % | 5,000 | 2500.0 | two 3.00 ms (1.50 times as long); " +
        "holds 1.10 MB (1.100 times operands and gradients) |\n| `r` | 1 | 2.00 | 12.3 | 0.500 | 25 % | - | - |  |\n",
    );
  });
});
