// A browser for tests: headless Chromium with WebGPU, and pages built by vite that it opens.

import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { build, preview } from "vite";
import { cacheDirectory } from "../../src/node/cache.ts";
import { packageRoot, readTar } from "../../src/node/swiftshader.ts";

const isLinuxX64 = process.platform === "linux" && process.arch === "x64";

/** What has to be there for these tests; undefined where they can run, which they can on any Linux on x64. */
export const needs =
  isLinuxX64 || process.env["CHROME_PATH"]
    ? undefined
    : "needs CHROME_PATH, a Chromium or Chrome with WebGPU";

/**
 * Starts Chromium: on Linux on x64 the one in the npm package @sparticuz/chromium, with the libraries that come along, else that of
 * CHROME_PATH. Throws where it does not start.
 */
export async function openChromium(): Promise<Browser> {
  const folder = isLinuxX64 ? unpackChromium() : undefined;
  const executablePath = folder ? path.join(folder, "chromium") : process.env["CHROME_PATH"]!;
  try {
    return await chromium.launch({
      executablePath,
      // Dawn clears workgroup memory unless told, in code that SwiftShader takes several times as long to compile.
      args: ["--no-sandbox", "--enable-unsafe-webgpu", "--enable-dawn-features=disable_workgroup_init"],
      ...(folder && { env: { ...process.env, LD_LIBRARY_PATH: folder } }),
    });
  } catch (error) {
    const fix = folder ? `remove ${folder} to have it unpacked again` : "let CHROME_PATH name another";
    throw new Error(`openChromium: ${executablePath} does not start but tests need it; ${fix}`, {
      cause: error,
    });
  }
}

/** Folder with Chromium, its SwiftShader and system libraries, filled on first use. */
function unpackChromium(): string {
  const root = packageRoot();
  if (!root)
    throw new Error("openChromium: the npm package @sparticuz/chromium is not installed; run: npm ci");
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const folder = path.join(cacheDirectory(), `chromium-${version}`);
  if (existsSync(folder)) return folder;
  const unpacked = (name: string) => brotliDecompressSync(readFileSync(path.join(root, "bin", `${name}.br`)));
  const files = new Map([
    ["chromium", unpacked("chromium")],
    ...readTar(unpacked("swiftshader.tar")),
    ...readTar(unpacked("al2023.tar")),
  ]);
  // The folder appears whole or not at all, so processes may fill it at the same time.
  const unfinished = `${folder}.${randomUUID()}.tmp`;
  try {
    mkdirSync(unfinished, { recursive: true });
    for (const [name, bytes] of files)
      writeFileSync(path.join(unfinished, name), bytes, { mode: 0o755, flush: true });
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // another process was first
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Builds the page in a folder with vite and serves it on 127.0.0.1. */
export async function serve(root: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const outDir = mkdtempSync(path.join(tmpdir(), "knotgrad-page-"));
  await build({ root, logLevel: "warn", build: { outDir, emptyOutDir: true } });
  const server = await preview({ root, build: { outDir }, preview: { host: "127.0.0.1" } });
  return {
    url: server.resolvedUrls!.local[0]!,
    async close() {
      await server.close();
      rmSync(outDir, { recursive: true });
    },
  };
}
