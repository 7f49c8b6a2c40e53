import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { difference, measure } from "../bench/measure.ts";
import { openPeers } from "../bench/peers.ts";
import { markdownOf, withResults } from "../bench/readme.ts";
import { type Line, lineOf, tableOf } from "../bench/report.ts";
import { type Contender, permuted, type Row } from "../bench/row.ts";
import { linearKm } from "../bench/rows/linear_km.ts";
import { benchRows } from "../bench/rows.ts";
import type { Tf } from "../bench/tf.ts";
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
    const [file, torch] = ["bench.json", "torch.json"].map((name) => path.join(scratch, name)) as [
      string,
      string,
    ];
    writeFileSync(
      torch,
      JSON.stringify({ device: "D", rows: [{ name: "km-loss", shape: "8x40", ms: 1e6 }] }),
    );
    const { code, stdout, stderr } = await bench(
      ...["loss", "--json", file, "--tiny", "--no-peers", "--torch", torch],
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^name +shape +ms .*\n.*\nkm-loss +8x40 /m);
    expect(readdirSync(scratch)).toEqual(["bench.json", "torch.json"]);
    const { adapter, rows, limits, peers: says } = JSON.parse(readFileSync(file, "utf8"));
    expect(says).toEqual({
      torch: "torch's times are of another run, on D; its numbers are not compared.",
    });
    expect(stdout).toContain(says.torch);
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
    expect(peers["torch"]).toBe(1e6);
    expect(km!.difference).not.toHaveProperty("torch");
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

  const installed = existsSync(path.join(root, "bench/peers/node_modules/onnxruntime-node"));
  test.skipIf(!installed)("peers where they are installed give the same numbers", async () => {
    const file = path.join(scratch, "peers.json");
    const { code, stdout, stderr } = await bench("2x6x5x4", "--json", file, "--tiny");
    expect(code, stdout + stderr).toBe(0);
    const { rows } = JSON.parse(readFileSync(file, "utf8"));
    const [forward, gradients]: Line[] = rows;
    expect(Object.keys(forward!.peers)).toEqual(["tfjs", "ort", "jax-js"]);
    expect(Object.keys(gradients!.peers)).toEqual(["tfjs", "jax-js"]);
    for (const { difference } of [forward!, gradients!]) {
      for (const part of Object.values(difference)) expect(part).toBeLessThan(1e-5);
    }
  });

  test("what PyTorch can time is listed with its sizes", async () => {
    const file = path.join(scratch, "list.json");
    const { code, stdout } = await bench("matmul 512|matmul 1x", "--list", file);
    expect([code, stdout]).toEqual([0, ""]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      rows: [
        { name: "matmul", shape: "512x512x512", M: 512, N: 512, K: 512 },
        { name: "matmul", shape: "1x128x2688", M: 1, N: 128, K: 2688 },
      ],
    });
    const program = readFileSync(path.join(root, "bench/pytorch.py"), "utf8");
    const timed = new Set(benchRows().flatMap(({ name, sizes }) => (sizes ? [name] : [])));
    for (const name of timed) expect(program).toMatch(new RegExp(`^    "${name}": `, "m"));
    expect(timed.size).toBe(5);
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
    const empty = path.join(scratch, "empty.json");
    writeFileSync(empty, `{ "rows": [{ "name": "matmul", "shape": "1x1x1" }] }`);
    const [folder, absent, unknown, torch] = await Promise.all([
      bench("--json", scratch),
      bench("--json", path.join(scratch, "absent", "bench.json")),
      bench("--peer"),
      bench("--torch", empty),
    ]);
    expect(torch!.stderr).toMatch(/^bench: --torch is .* but row 0 is .*"1x1x1".*; it must hold/);
    expect(folder!.stderr).toContain("a folder, but must be a file's name");
    expect(absent!.stderr).toMatch(/absent is not a folder that can be written to/);
    expect(unknown!.stderr).toMatch(/--peer[\s\S]*usage:/);
    for (const { code, stdout } of [folder!, absent!, unknown!, torch!])
      expect([code, stdout]).toEqual([1, ""]);
    expect(existsSync(path.join(scratch, "absent"))).toBe(false);
  });
});

test("a peer that is not installed or cannot be loaded is a sentence", async () => {
  const folder = path.join(scratch, "peers");
  const jax = path.join(folder, "node_modules/@jax-js/jax");
  mkdirSync(jax, { recursive: true });
  writeFileSync(path.join(jax, "index.js"), `throw new Error("broken\\nhere")`);
  const gpu = { device: { adapterInfo: {} } } as Gpu;
  const { says, sides } = await openPeers(gpu, pathToFileURL(`${folder}/`));
  expect(sides).toEqual({});
  expect(says["tfjs"]).toMatch(
    /^tfjs is not measured: .* is not installed; run `npm ci --prefix bench\/peers`/,
  );
  expect(says["ort"]).toMatch(/^ort is not measured: onnxruntime-node is not installed;/);
  expect(says["jax-js"]).toBe("jax-js is not measured: it fails: broken.");
});

test("the peers' lockfile names no host that packages come from", () => {
  const lock = readFileSync(path.join(root, "bench/peers/package-lock.json"), "utf8");
  expect(lock).not.toContain('"resolved"');
  expect(lock.replaceAll(/"url": "https:[^"]*"/g, "")).not.toMatch(/https?:/); // those of funding
});

test("permuting the axes back gives the numbers again", () => {
  const values = Float32Array.from({ length: 24 }, (_, i) => i);
  const last = permuted(values, [2, 3, 4], [0, 2, 1]);
  expect([...last.subarray(0, 6)]).toEqual([0, 4, 8, 1, 5, 9]);
  expect(permuted(permuted(values, [2, 3, 4], [2, 0, 1]), [4, 2, 3], [1, 2, 0])).toEqual(values);
});

test("a row says why tfjs has no side", async () => {
  const gpu = { device: { limits: { maxStorageBufferBindingSize: 2 ** 27 } } } as Gpu;
  const why = (filter?: number) => linearKm(64, 128, 1_000_000, filter).peers.tfjs!({} as Tf, gpu);
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

  test("a side that fails is left out, with what it throws", async () => {
    let waits = 0;
    const fail = async () => {
      waits += 1;
      if (waits === 9) throw new Error("device lost");
    };
    const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 6));
    const sides = { a: side("a", [], fail), b: side("b", [], settle) };
    const { timings, failures, rounds } = await measure("failing", sides, { enough: 5, patience: 0 });
    expect(failures).toEqual({ a: new Error("device lost") });
    expect(Object.keys(timings)).toEqual(["b"]);
    expect(rounds).toBeGreaterThanOrEqual(7);
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
    const elsewhere = lineOf({ ...row, name: "s" }, measured, { gflops: 8, gbps: 100 }, sides, { torch: 1 });
    expect(elsewhere.peers).toEqual({ other: 6, torch: 1 });
    const alone = { ...copying, name: "alone", peers: { tfjs: 20 } };
    const [headings, , ...rows] = tableOf([computing, elsewhere, alone]).split("\n");
    expect(headings).toMatch(/share % +MB +other : ours +tfjs : ours +torch : ours$/);
    expect(rows.join("\n")).toMatch(
      /^r .* 25\.0 +1\.10 +3\.00 +- +-\ns .* 3\.00 +- +0\.500\nalone .* 50\.0 +1\.10 +- +10\.0 +-$/,
    );
  });
});

describe("the README", () => {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");

  test("has the tables that the result files give", () => {
    expect(withResults(readme)).toBe(readme);
    expect(() => withResults("no table")).toThrow(/lacks the markers but needs <!-- bench/);
  });

  test("gives the peers' ratios, other ways of ours and memory", () => {
    const line: Line = {
      ...{ name: "r", shape: "1", ms: 2, gflops: 12.34, gbps: 0.5, share: 0.25 },
      peers: { "jax-js": 1, tfjs: 5000, two: 3 },
      ...{ held: { knotgrad: 1.1e6 }, operands: 1e6, spread: {}, difference: {}, rounds: 7, repetitions: {} },
      ...{ flops: 1, bytes: 1 },
    };
    const { operands: _, ...alone } = { ...line, peers: {} };
    const adapter = { vendor: "v", architecture: "a", description: "llvmpipe", software: true };
    const report = { adapter, limits: { gflops: 35, gbps: 12 }, load: 0, cores: 2, rows: [line, alone] };
    const peers = { tfjs: "tfjs 4 runs.", ort: "ort is not measured: it fails." };
    const text = markdownOf({ ...report, peers });
    expect(text).toContain("| share of the limit | tfjs : ours | jax-js : ours | further |\n|---|---|--:|");
    expect(text).toContain(
      "| `r` | 1 | 2.00 | 12.3 | 0.500 | 25 % | 2500 | 0.500 | two 3.00 ms (1.50 times as long); " +
        "holds 1.10 MB (1.100 times operands and gradients) |\n| `r` | 1 | 2.00 | 12.3 | 0.500 | 25 % | - | - |  |\n",
    );
    expect(text).toMatch(/\n\ntfjs 4 runs\.\n$/);
    expect(markdownOf(report)).toMatch(/\|\n\n$/);
  });
});
