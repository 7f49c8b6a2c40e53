// The table of variants that `knotgrad tune` has written for an adapter.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Gpu } from "../gpu.ts";
import { type Tiles, useTiles } from "../tiles.ts";
import type { AdapterInfo } from "./adapter.ts";
import { cacheDirectory } from "./cache.ts";

/** Where the table of an adapter lies, one file for each driver version since its compiler decides what is fast. */
export function tilesFile({ description, vendor, architecture }: AdapterInfo): string {
  const name = [vendor, architecture, description].join(" ");
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 12);
  return join(cacheDirectory(), `tiles-${architecture || vendor || "adapter"}-${hash}.json`);
}

/** Writes the table for an adapter and gives the file's name. Throws where it cannot be written. */
export function saveTiles(info: AdapterInfo, tiles: Tiles): string {
  const file = tilesFile(info);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, `${JSON.stringify({ adapter: info.description, tiles }, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
  return file;
}

/**
 * Makes `gpu` choose from the table that was written for its adapter. Gives the file's name, undefined where there is none, or
 * why it cannot be used.
 */
export function loadTiles(gpu: Gpu, info: AdapterInfo): { file: string; problem?: string } | undefined {
  const file = tilesFile(info);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  try {
    useTiles(gpu, (JSON.parse(text) as { tiles: Tiles }).tiles);
    return { file };
  } catch (error) {
    return { file, problem: (error as Error).message };
  }
}
