// The packed bench: the folder itself where nothing else is, and what run.sh does on machines that are not this one.
import { execFile, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const root = path.join(import.meta.dirname, "..");
const scratch = mkdtempSync(path.join(tmpdir(), "pack-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (file: string, args: readonly string[], options: object): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(file, args, { ...options, timeout: 55_000 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 255) : 0, stdout, stderr }),
    );
  });

const pack = (...args: string[]) =>
  run(process.execPath, ["--import", "tsx", "bench/pack.ts", ...args], { cwd: root });

/** A new folder in the scratch folder. */
function folder(name: string): string {
  const made = path.join(scratch, name);
  mkdirSync(made);
  return made;
}

const json = (...parts: string[]) => JSON.parse(readFileSync(path.join(...parts), "utf8"));
const filesOf = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

const packed = path.join(scratch, "packed");

test("a packed folder runs in an empty environment and writes only where it is told to", async () => {
  const made = await pack(packed, "--folder");
  expect(made).toEqual({ code: 0, stdout: `${packed}/run.sh OUT_FOLDER\n`, stderr: expect.any(String) });
  const files = filesOf(packed);
  const size = (file: string) => statSync(path.join(packed, file)).size;
  const bytes = files.filter((file) => file !== "node").reduce((sum, file) => sum + size(file), 0);
  expect(bytes).toBeLessThan(45e6); // beside Node; one Dawn has 22e6
  expect(files.some((file) => /onnxruntime|linux-arm64/.test(file))).toBe(false);

  const [cwd, home, temporary] = ["elsewhere", "home", "temporary"].map(folder) as [string, string, string];
  const { code, stdout, stderr } = await run(
    path.join(packed, "run.sh"),
    ["out", "--op", "relu", "--tiny", "matmul"],
    { cwd, env: { PATH: "/usr/bin:/bin", HOME: home, TMPDIR: temporary } },
  );
  expect([code, stderr], stdout).toEqual([0, ""]);
  const { works, adapter, node } = json(cwd, "out/doctor.json");
  expect([works, node]).toEqual([true, process.versions.node]);
  const check = json(cwd, "out/check.json");
  expect(check.adapter).toEqual(adapter);
  expect(check.rows.length).toBeGreaterThan(2);
  for (const row of check.rows) expect(row).toMatchObject({ op: "relu", ok: true });
  expect(check.rows[0].gradients.x).toBeLessThan(1e-5);
  const bench = json(cwd, "out/bench.json");
  expect(bench.adapter).toEqual(adapter);
  expect(bench.rows).toHaveLength(1);
  expect(bench.rows[0]).toMatchObject({ name: "matmul", shape: "16x24x8" });
  for (const [name, at] of [
    ["tfjs", "@tensorflow/tfjs-core"],
    ["jax-js", "@jax-js/jax"],
  ] as const) {
    if (existsSync(path.join(root, "bench/peers/node_modules", at))) {
      expect(bench.rows[0].difference[name]).toBeLessThan(1e-5);
      expect(bench.rows[0].peers[name]).toBeGreaterThan(0);
    } else {
      expect(made.stderr).toContain(`${at} is left out`);
      expect(bench.peers[name]).toMatch(/is not installed/);
    }
  }
  expect(readFileSync(path.join(cwd, "out/log.txt"), "utf8")).toBe(stdout);
  expect(stdout.split("*** ONLY A SOFTWARE ADAPTER ANSWERS").length).toBe(adapter.software ? 3 : 1);
  expect(filesOf(packed)).toEqual(files);
  expect([home, temporary].flatMap(filesOf)).toEqual([]);
  expect(readdirSync(cwd)).toEqual(["out"]);
});

test("rows measured before the bench is killed are kept", async () => {
  const file = path.join(scratch, "killed.json");
  const args = ["bench.mjs", "loss", "--tiny", "--no-peers", "--json", file];
  const bench = spawn(path.join(packed, "node"), args, {
    cwd: packed,
    env: { XDG_CACHE_HOME: path.join(scratch, "cache") },
  });
  let said = "";
  bench.stdout.on("data", (data) => {
    said += data;
    if (said.includes('Running "center-loss')) bench.kill("SIGKILL");
  });
  expect(await new Promise((resolve) => bench.on("exit", (_, signal) => resolve(signal)))).toBe("SIGKILL");
  expect(json(file).rows).toMatchObject([{ name: "km-loss", ms: expect.any(Number) }]);
});

test("what cannot be packed to is refused", async () => {
  const [there, two] = await Promise.all([pack(scratch), pack("a", "b")]);
  expect(there.stderr).toBe(
    `bench:pack: ${scratch} exists but must be new; remove it or name another folder\n`,
  );
  expect(two.stderr).toMatch(/^bench:pack: 2 folders are given but it takes one\nusage: /);
  for (const { code, stdout } of [there, two]) expect([code, stdout]).toEqual([1, ""]);
});

describe("run.sh", () => {
  /**
   * Stands in for Node on a machine whose only library of a driver is libEGL_nvidia, without a manifest. Its doctor shows the
   * manifest in use and its bench the options.
   */
  const NODE = `#!/bin/sh
last=; for word; do last=$word; done
case "$1 $*" in
  -e*) case $last in *dawn.node | libEGL_nvidia.so.0) exit ;; esac; echo "no $last"; exit 1 ;;
  *'doctor --json') echo '{"software":false,"manifest":'; cat "$VK_ICD_FILENAMES"; echo '}' ;;
  *doctor) grep -q libEGL_nvidia "\${VK_ICD_FILENAMES:-/dev/null}" || { printf 'problems\\n  none answers\\n'; exit 1; } ;;
  *check*) echo 'a table'; echo "{\\"words\\":\\"$*\\"}"; exit "\${CHECK:-0}" ;;
  *--list*no-such-row*) echo 'no such row' >&2; exit 1 ;;
  *--list*) echo '{"rows":[{"name":"matmul"}]}' >"$3" ;;
  *bench.mjs*) shift 2; out=$1; shift; echo "{\\"words\\":\\"$*\\"}" >"$out" ;;
esac
`;
  const PYTHON = `#!/bin/sh
case $1 in
  -c) exit "\${TORCH:-0}" ;;
  *) cp "$2" "$3"; exit "\${TIMING:-0}" ;;
esac
`;
  const standIn = folder("stand-in");
  const bin = folder("bin");
  copyFileSync(path.join(root, "bench/pack/run.sh"), path.join(standIn, "run.sh"));
  for (const [file, text] of [
    [path.join(standIn, "node"), NODE],
    [path.join(bin, "python3"), PYTHON],
  ] as const) {
    writeFileSync(file, text);
    chmodSync(file, 0o755);
  }
  const cwd = folder("cwd");
  const start = (args: readonly string[], env: object = {}) =>
    run(path.join(standIn, "run.sh"), args, { cwd, env: { PATH: `${bin}:/usr/bin:/bin`, ...env } });

  test("names the driver of a GPU that has no manifest, and joins PyTorch's times", async () => {
    const { code, stdout } = await start(["all", "a filter", "--op", "relu", "--tiny"]);
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(
      /^No GPU answers by the drivers in the usual places: none answers\nlibGLX_nvidia.so.0 is not tried: no libGLX/,
    );
    expect(stdout).toContain("\nA GPU answers by a manifest written for libEGL_nvidia.so.0.\n");
    const ICD = { library_path: "libEGL_nvidia.so.0", api_version: "1.3.0" };
    expect(json(cwd, "all/doctor.json").manifest).toEqual({ file_format_version: "1.0.0", ICD });
    expect(json(cwd, "all/check.json").words).toMatch(/knotgrad.mjs check relu --json$/);
    expect(json(cwd, "all/bench.json").words).toBe("--torch all/torch.json a filter --tiny");
    expect(json(cwd, "all/torch.json").rows).toEqual([{ name: "matmul" }]);
    expect(stdout).toMatch(/== check: ok; bench: ok; results are in all\n$/);
  });

  test("fails where the check fails, after the bench has run", async () => {
    const { code, stdout } = await start(["failing"], { CHECK: 1, TORCH: 1 });
    expect(code).toBe(1);
    expect(stdout).toMatch(/== check: FAILED; bench: ok; results are in failing\n$/);
    expect(stdout).toContain("\nThere is no PyTorch: ");
    expect(readdirSync(path.join(cwd, "failing")).sort()).toEqual([
      "bench.json",
      "check.json",
      "doctor.json",
      "log.txt",
    ]);
    expect(json(cwd, "failing/bench.json").words).toBe("");
  });

  test("leaves PyTorch out where it fails", async () => {
    const { code, stdout } = await start(["untimed"], { TIMING: 1 });
    expect(code).toBe(0);
    expect(stdout).toContain("\nPyTorch fails and is left out.\n");
    expect(json(cwd, "untimed/bench.json").words).toBe("");
  });

  test("ends where no adapter answers, and keeps doctor's report", async () => {
    const { code, stdout } = await start(["none"], { KNOTGRAD_ADAPTER: "software" });
    expect(code).toBe(1);
    expect(stdout).toMatch(/== doctor\n[\s\S]*none answers\n$/);
    expect(readdirSync(path.join(cwd, "none")).sort()).toEqual(["doctor.json", "log.txt"]);
  });

  test("refuses what it cannot do before it does anything", async () => {
    const refused = await Promise.all([start([]), start(["--tiny"]), start(["refused", "--op"])]);
    for (const { code, stdout, stderr } of refused) {
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^run.sh: .* but .*\nusage: /);
    }
    expect(existsSync(path.join(cwd, "refused"))).toBe(false);
    const { code, stdout } = await start(["row", "no-such-row"]);
    expect([code, stdout]).toEqual([1, "no such row\n"]);
  });
});
