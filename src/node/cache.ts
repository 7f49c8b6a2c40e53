// Bytes kept between runs in the user's cache directory. Losing them costs time and nothing else.

import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { crc32 } from "node:zlib";

/** A file is this mark, the CRC-32 of what was kept (4 bytes, little-endian), and what was kept. */
const mark = Buffer.from("knotgrad cache 1");
const head = mark.length + 4;
/** Largest piece read, written or summed at once: the calls below take at most 2 GiB. */
const piece = 2 ** 26;

/** Where the user's caches of this package are: knotgrad under XDG_CACHE_HOME, or under ~/.cache where that is unset. */
export function cacheDirectory(): string {
  const home = process.env["XDG_CACHE_HOME"];
  // The XDG specification has relative paths ignored.
  return join(home && isAbsolute(home) ? home : join(homedir(), ".cache"), "knotgrad");
}

/** What writeCache kept under this name, or undefined where there is none, or it is damaged or cannot be read. */
export function readCache(name: string): Uint8Array | undefined {
  let file: number | undefined;
  try {
    file = openSync(join(cacheDirectory(), name), "r");
    const size = fstatSync(file).size - head;
    const start = Buffer.alloc(head);
    if (size < 0 || readSync(file, start) !== head || !start.subarray(0, mark.length).equals(mark)) return;
    const bytes = new Uint8Array(size);
    let sum = 0;
    for (let at = 0; at < size; ) {
      const got = readSync(file, bytes, at, Math.min(piece, size - at), null);
      if (got === 0) return;
      sum = crc32(bytes.subarray(at, at + got), sum);
      at += got;
    }
    return sum === start.readUInt32LE(mark.length) ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Keeps the parts, one after the other, under this name; does nothing where the directory cannot be written. */
export function writeCache(name: string, parts: readonly Uint8Array[]): void {
  try {
    const path = join(cacheDirectory(), name);
    mkdirSync(cacheDirectory(), { recursive: true });
    // Written apart and then renamed, so that no reader and no second writer meets half a file.
    const unfinished = `${path}.${randomUUID()}.tmp`;
    try {
      writeParts(unfinished, parts);
      renameSync(unfinished, path);
    } finally {
      rmSync(unfinished, { force: true });
    }
  } catch {
    // A cache that cannot be kept is no reason to stop.
  }
}

function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const pieces = parts.flatMap((part) =>
    Array.from({ length: Math.ceil(part.length / piece) }, (_, i) =>
      part.subarray(i * piece, (i + 1) * piece),
    ),
  );
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(pieces.reduce((before, bytes) => crc32(bytes, before), 0));
  const file = openSync(path, "wx");
  try {
    for (const bytes of [mark, sum, ...pieces]) {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    }
  } finally {
    closeSync(file);
  }
}
