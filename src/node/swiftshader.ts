// SwiftShader, a Vulkan driver that computes on the CPU, taken out of the npm package @sparticuz/chromium: its
// archive holds the driver, the driver's manifest and a Vulkan loader, all that a bare Linux lacks.

import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { LAVAPIPE_FIX, type Problem } from "./vulkan.ts";

const PACKAGE = "@sparticuz/chromium";
const FILES = ["libvk_swiftshader.so", "libvulkan.so.1", "vk_swiftshader_icd.json"];
/** Written last, with the size in bytes of every file: a folder that disagrees with it is filled again. */
const SIZES = "sizes.json";

/** Folder that holds SwiftShader's driver, manifest and Vulkan loader, filled on first use; or what prevents it. */
export function unpackSwiftShader(): string | Problem {
  if (process.arch !== "x64") {
    return { what: `SwiftShader comes for x64 only and this is ${process.arch}`, fix: LAVAPIPE_FIX };
  }
  const root = packageRoot();
  if (root === undefined)
    return {
      what: `the npm package ${PACKAGE} is not installed`,
      fix: `run \`npm ci\` (\`npm install ${PACKAGE}\` in a project that uses knotgrad)`,
    };
  const { version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const failures: string[] = [];
  for (const parent of [userCache, privateTemporary]) {
    try {
      const folder = path.join(parent(), `swiftshader-${version}`);
      if (!isWhole(folder)) fill(folder, path.join(root, "bin", "swiftshader.tar.br"));
      return folder;
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  return {
    what: `SwiftShader cannot be unpacked (${failures.join("; ")})`,
    fix: "set XDG_CACHE_HOME to a folder that can be written to",
  };
}

/** The package's `exports` hide its package.json, so its root is found from its entry. */
export function packageRoot(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(PACKAGE);
    return entry.slice(0, entry.lastIndexOf(`${path.sep}build${path.sep}`));
  } catch {
    return undefined;
  }
}

function userCache(): string {
  const base = process.env["XDG_CACHE_HOME"];
  return path.join(base && path.isAbsolute(base) ? base : path.join(os.homedir(), ".cache"), "knotgrad");
}

/** Libraries are loaded from here, so a folder that another user could have filled is refused. */
function privateTemporary(): string {
  const uid = process.getuid!();
  const folder = path.join(os.tmpdir(), `knotgrad-${uid}`);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = fs.lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o022) !== 0) {
    throw new Error(`${folder} is not a folder that only this user can write to`);
  }
  return folder;
}

function isWhole(folder: string): boolean {
  try {
    const sizes = JSON.parse(fs.readFileSync(path.join(folder, SIZES), "utf8"));
    return FILES.every((name) => fs.statSync(path.join(folder, name)).size === sizes[name]);
  } catch {
    return false;
  }
}

/** Every file appears under its name whole or not at all, so processes may fill one folder at the same time. */
function fill(folder: string, archive: string): void {
  const contents = readTar(brotliDecompressSync(fs.readFileSync(archive)));
  const missing = FILES.filter((name) => !contents.has(name));
  if (missing.length > 0) throw new Error(`${archive} lacks ${missing.join(", ")}`);
  fs.mkdirSync(folder, { recursive: true });
  const sizes = Object.fromEntries(FILES.map((name) => [name, contents.get(name)!.length]));
  contents.set(SIZES, Buffer.from(JSON.stringify(sizes)));
  for (const name of [...FILES, SIZES]) {
    const unfinished = path.join(folder, `${name}.${randomUUID()}`);
    try {
      fs.writeFileSync(unfinished, contents.get(name)!, { mode: 0o755, flush: true });
      fs.renameSync(unfinished, path.join(folder, name));
    } finally {
      fs.rmSync(unfinished, { force: true });
    }
  }
}

/** Plain files of a tar archive by their last path component. Blocks have 512 bytes; sizes are octal text. */
export function readTar(tar: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const name = tar.toString("utf8", at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 136), 8);
    const isPlainFile = tar[at + 156] === 0x30 || tar[at + 156] === 0;
    if (isPlainFile) files.set(path.posix.basename(name), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
