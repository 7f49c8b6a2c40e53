import { execFile } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openAdapter, openDevice } from "../src/node/adapter.ts";
import { doctorReport } from "../src/node/commands/doctor.ts";
import { unpackSwiftShader } from "../src/node/swiftshader.ts";
import { type Problem, withEnvironment } from "../src/node/vulkan.ts";

const linux = process.platform === "linux";
const root = path.join(import.meta.dirname, "..");
const scratch = mkdtempSync(path.join(tmpdir(), "adapter-test-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** SwiftShader's folder in a cache of its own, and what `unpackSwiftShader` says when there is none. */
const tryUnpack = (cache: string) =>
  withEnvironment({ XDG_CACHE_HOME: cache, TMPDIR: scratch }, unpackSwiftShader);
const unpackInto = (cache: string) => tryUnpack(cache) as string;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs module code in a process of its own, without the variables that choose an adapter but those given. */
function run(code: string, env: Record<string, string> = {}, flags: string[] = []): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VK_|KNOTGRAD_|NODE_OPTIONS|VITEST)/.test(name),
  );
  const prelude = `import { openAdapter, openDevice, announce } from "./src/node/adapter.ts";\n`;
  const args = [...flags, "--import", "tsx", "--input-type=module", "--eval", prelude + code];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: root, env: { ...Object.fromEntries(inherited), ...env }, timeout: 50_000 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 255) : 0, stdout, stderr }),
    );
  });
}

const sayDriver = `const { driver, software } = await openAdapter(); console.log(driver, software);`;

describe("mode", () => {
  test("a mode that does not exist is refused", async () => {
    await expect(openAdapter({ mode: "gpu" as "auto" })).rejects.toThrow(
      /openAdapter: mode is "gpu" but must be auto, hardware or software/,
    );
    const bogus = await run(sayDriver, { KNOTGRAD_ADAPTER: "gpu" });
    expect(bogus.code).toBe(1);
    expect(bogus.stderr).toContain('KNOTGRAD_ADAPTER is "gpu" but must be auto, hardware or software');
  });

  test.runIf(linux)("KNOTGRAD_ADAPTER wins over the option and says so once", async () => {
    const both = `for (const mode of ["hardware", "hardware"]) console.log((await openAdapter({ mode })).software);`;
    const { code, stdout, stderr } = await run(both, { KNOTGRAD_ADAPTER: "software" });
    expect(stdout).toBe("true\ntrue\n");
    expect(stderr.match(/KNOTGRAD_ADAPTER=software wins/g)).toHaveLength(1);
    expect(code).toBe(0);
  });

  test.runIf(linux)(
    "a software adapter is announced once, loudly, and globals and environment stay as they were",
    async () => {
      const { code, stdout, stderr } = await run(`
      const before = [Object.getOwnPropertyNames(globalThis).length, JSON.stringify(process.env)];
      const { info, device } = await openDevice({ mode: "software" });
      announce(info);
      announce(info);
      device.destroy();
      const after = [Object.getOwnPropertyNames(globalThis).length, JSON.stringify(process.env)];
      console.log(String(before) === String(after), info.software);`);
      expect(stdout).toBe("true true\n");
      expect(stderr.match(/SOFTWARE ADAPTER/g)).toHaveLength(1);
      expect(code).toBe(0);
    },
  );
});

describe.runIf(linux)("drivers named by the user", () => {
  test("a variable set to nothing counts as not set", async () => {
    const { code, stdout } = await run(sayDriver, { VK_ICD_FILENAMES: "", KNOTGRAD_ADAPTER: "software" });
    expect(stdout).toMatch(/lavapipe|SwiftShader/);
    expect(code).toBe(0);
  });

  test("a missing file is explained", async () => {
    const { code, stderr } = await run(sayDriver, { VK_ICD_FILENAMES: "/nowhere/driver.json" });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /VK_ICD_FILENAMES allows only \/nowhere\/driver.json but no such file exists; unset/,
    );
  });

  test("a manifest without its library is explained", async () => {
    const manifest = path.join(scratch, "broken.json");
    const ICD = { library_path: "/nowhere/driver.so", api_version: "1.3.0" };
    writeFileSync(manifest, JSON.stringify({ file_format_version: "1.0.0", ICD }));
    const { code, stderr } = await run(sayDriver, { VK_DRIVER_FILES: manifest });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /VK_DRIVER_FILES allows only .*broken.json but the mode is auto and no adapter answers/,
    );
  });
});

describe.runIf(linux && process.arch === "x64")("SwiftShader", () => {
  const driverIn = (folder: string) => path.join(folder, "libvk_swiftshader.so");
  const manifestIn = (folder: string) => path.join(folder, "vk_swiftshader_icd.json");

  test("it is the only driver the user names: found, and no hardware", async () => {
    const env = { VK_ICD_FILENAMES: manifestIn(unpackInto(path.join(scratch, "named"))) };
    const [auto, hardware] = await Promise.all([
      run(sayDriver, env),
      run(sayDriver, { ...env, KNOTGRAD_ADAPTER: "hardware" }),
    ]);
    expect(auto.stdout).toBe("SwiftShader true\n");
    expect(hardware.code).toBe(1);
    expect(hardware.stderr).toMatch(
      /the mode is hardware and only SwiftShader .* answers; unset VK_ICD_FILENAMES/,
    );
  });

  test("processes that unpack at the same time all compute", async () => {
    const cache = path.join(scratch, "shared");
    const code = `const { driver } = await openAdapter({ flags: ["adapter=SwiftShader"] }); console.log(driver);`;
    const ended = await Promise.all([1, 2, 3].map(() => run(code, { XDG_CACHE_HOME: cache })));
    expect(ended.map(({ stdout }) => stdout)).toEqual(Array(3).fill("SwiftShader\n"));
    expect(readdirSync(unpackInto(cache)).sort()).toEqual(
      ["libvk_swiftshader.so", "libvulkan.so.1", "sizes.json", "vk_swiftshader_icd.json"].sort(),
    );
  });

  test("a cache cut short is filled again, a whole one is left alone", () => {
    const cache = path.join(scratch, "cut");
    const folder = unpackInto(cache);
    const { size, ino } = statSync(driverIn(folder));
    unpackInto(cache);
    expect(statSync(driverIn(folder)).ino).toBe(ino);
    truncateSync(driverIn(folder), size / 2);
    expect(unpackInto(cache)).toBe(folder);
    expect(statSync(driverIn(folder)).size).toBe(size);
    unlinkSync(path.join(folder, "sizes.json"));
    truncateSync(driverIn(folder), 0);
    unpackInto(cache);
    expect(statSync(driverIn(folder)).size).toBe(size);
  });

  test("a cache that cannot be written gives way to a temporary folder, unless others can write to that", () => {
    const file = path.join(scratch, "file");
    writeFileSync(file, "");
    const folder = unpackInto(path.join(file, "cache"));
    const own = path.dirname(folder);
    expect(path.dirname(own)).toBe(scratch);
    expect(statSync(own).mode & 0o077).toBe(0);
    expect(statSync(driverIn(folder)).size).toBeGreaterThan(1e6);
    chmodSync(own, 0o777);
    const refused = tryUnpack(path.join(file, "cache")) as Problem;
    expect(refused.what).toMatch(/cannot be unpacked .*is not a folder that only this user can write to/);
  });

  test("a worker thread is told to share the environment, and then computes", async () => {
    const worker = `import("tsx/esm/api")
      .then(({ register }) => (register(), import("./src/node/adapter.ts")))
      .then(({ openAdapter }) => openAdapter({ flags: ["adapter=SwiftShader"] }))
      .then(({ driver }) => console.log(driver), (error) => console.log(error.message));`;
    const code = `import { SHARE_ENV, Worker } from "node:worker_threads"; import { once } from "node:events";
      for (const env of [process.env, SHARE_ENV])
        await once(new Worker(${JSON.stringify(worker)}, { eval: true, env, execArgv: [] }), "exit");`;
    const { stdout, stderr } = await run(code);
    expect(stdout, stderr).toMatch(/worker thread.*start the worker with `env: SHARE_ENV`.*\nSwiftShader\n/);
  });
});

describe("device", () => {
  test("it has the adapter's limits and the features kernels use, or those asked for", async () => {
    const { adapter } = await openAdapter();
    const [usual, bare] = [await openDevice(), await openDevice({ features: [] })];
    for (const name of [
      "maxBufferSize",
      "maxComputeInvocationsPerWorkgroup",
      "maxStorageBuffersPerShaderStage",
    ] as const) {
      expect(usual.device.limits[name]).toBe(adapter.limits[name]);
    }
    for (const name of ["subgroups", "timestamp-query", "shader-f16"] as const) {
      expect(usual.device.features.has(name)).toBe(adapter.features.has(name));
      expect(bare.device.features.has(name)).toBe(false);
    }
    usual.device.destroy();
    bare.device.destroy();
    const absent = "no-such-feature" as GPUFeatureName;
    await expect(openDevice({ features: [absent] })).rejects.toThrow(/no-such-feature but .* lacks it/);
  });

  // Collected too early, Dawn's instance takes the process down at the next call that waits for it.
  test("garbage collection in the middle of computing harms nothing, and the process ends by itself", async () => {
    const code = `
      import { selfTest } from "./src/node/selftest.ts";
      const collecting = setInterval(gc, 1);
      for (let step = 0; step < 10; step++) {
        const problem = await selfTest((await openAdapter()).adapter);
        if (problem) throw new Error(problem.what);
      }
      const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
      const onlyBuffer = async () => (await openDevice()).device.createBuffer({ size: 4096, usage: 0x9 });
      for (let step = 0; step < 5; step++) {
        const buffer = await onlyBuffer();
        await pause();
        const mapping = buffer.mapAsync(1);
        await pause();
        await mapping;
        console.log(buffer.getMappedRange().byteLength);
        buffer.unmap();
      }
      clearInterval(collecting);`;
    const { code: exit, stdout, stderr } = await run(code, {}, ["--expose-gc"]);
    expect(stdout, stderr).toBe("4096\n".repeat(5));
    expect(exit).toBe(0);
  });
});

describe("doctor", () => {
  test("the report names an adapter that computes right", async () => {
    const report = await doctorReport();
    expect(report.works).toBe(true);
    expect(report.adapter).toEqual({
      vendor: expect.any(String),
      architecture: expect.any(String),
      description: expect.stringMatching(/./),
      software: report.driver !== "hardware",
    });
    expect(report.features).toContain("core-features-and-limits");
    expect(report.limits["maxComputeInvocationsPerWorkgroup"]).toBeGreaterThanOrEqual(128);
    for (const problem of report.problems) expect(Object.keys(problem).sort()).toEqual(["fix", "what"]);
  });

  const runDoctor = (args: string[]) => `
    import { runCommand } from "citty";
    import { doctor } from "./src/node/commands/doctor.ts";
    await runCommand(doctor, { rawArgs: ${JSON.stringify(args)} });`;

  test("--json prints the report alone and exits 0", async () => {
    const { code, stdout } = await run(runDoctor(["--json"]));
    expect(JSON.parse(stdout)).toMatchObject({ works: true, adapter: { software: expect.any(Boolean) } });
    expect(code).toBe(0);
  });

  test("without an adapter the problem and its fix are printed and the exit code is 1", async () => {
    const [text, json] = await Promise.all(
      [[], ["--json"]].map((args) => run(runDoctor(args), { KNOTGRAD_ADAPTER: "none" })),
    );
    expect(text!.stdout).toMatch(
      /adapter +NONE[\s\S]*KNOTGRAD_ADAPTER is "none"[\s\S]*to fix it: set one of these/,
    );
    expect(JSON.parse(json!.stdout)).toMatchObject({ adapter: null, works: false, problems: [{}] });
    expect([text!.code, json!.code]).toEqual([1, 1]);
  });
});
