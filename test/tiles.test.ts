// Which variant a product takes, and that every variant computes it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cases } from "../src/check/cases.ts";
import { type AnyOp, check } from "../src/check/check.ts";
import type { Gpu } from "../src/gpu.ts";
import { openGpu as openTuned } from "../src/node/gpu.ts";
import { saveTiles, tilesFile } from "../src/node/tiles.ts";
import { conv2d, matmul } from "../src/ops/index.ts";
import { type GemmTile, type Product, runs, tables, tileOf, tilesOf, useTiles } from "../src/tiles.ts";
import { tune } from "../src/tune.ts";
import { openGpu } from "./open.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

const only = (tile: GemmTile, workgroups = 4) => ({
  ...tables.software,
  workgroups,
  gemm: [{ ...tile, measured: "" }],
});

describe("every loop computes what the formula says, forward and backward", () => {
  const tiles: readonly GemmTile[] = [
    { loop: "direct", knobs: { TILE_M: 16, TILE_N: 32 } },
    { loop: "few", knobs: { TILE_M: 4, TILE_N: 16 } },
    { loop: "tiled", knobs: { TILE_M: 32, TILE_N: 64 } },
    // Depths that are passed, so that sums go on from where they were kept.
    { loop: "panel", knobs: { TILE_M: 32, TILE_N: 32, DEPTH: 16, SHARE: 4 } },
    { loop: "panel", knobs: { TILE_M: 64, TILE_N: 16, DEPTH: 16, SHARE: 4, BESIDE: 2 } },
    { loop: "panel", knobs: { TILE_M: 48, TILE_N: 32, DEPTH: 16, SHARE: 8 } },
  ];
  const operations: { readonly [name: string]: AnyOp } = { matmul, conv2d };
  const chosen = {
    matmul: ["past a tile, in whole quads", "both transposed"],
    conv2d: ["3x3, padded"],
  } as const;
  const rows = tiles.flatMap((tile) =>
    Object.entries(chosen).flatMap(([name, whats]) => whats.map((what) => ({ tile, name, what }))),
  );

  test.each(rows)("$tile $name, $what", async ({ tile, name, what }) => {
    useTiles(gpu, only(tile));
    if (!runs(gpu, tile)) return expect(tileOf(gpu, { M: 9, N: 9, K: 9 }).loop).toBe("direct");
    const { names, rows } = cases[name as keyof typeof chosen];
    const given = rows[what];
    expect(given, `a row "${what}"`).toBeDefined();
    const row = await check(gpu, name, what, operations[name]!, names, given as unknown[]);
    expect(row).toMatchObject({ ok: true });
  });
});

describe("the table", () => {
  test("the first row that fits wins, and no tile is larger than the product needs", async () => {
    useTiles(gpu, {
      ...tables.software,
      gemm: [
        { loop: "few", knobs: { TILE_M: 4, TILE_N: 128 }, most: { M: 4 }, measured: "" },
        { loop: "direct", knobs: { TILE_M: 16, TILE_N: 128 }, most: { N: 64 }, measured: "" },
        { loop: "tiled", knobs: { TILE_M: 4096, TILE_N: 4096 }, measured: "more lanes than any device has" },
        { loop: "tiled", knobs: { TILE_M: 32, TILE_N: 32 }, measured: "" },
      ],
    });
    expect(tileOf(gpu, { M: 4, N: 500, K: 8 })).toEqual({ loop: "few", knobs: { TILE_M: 4, TILE_N: 128 } });
    expect(tileOf(gpu, { M: 5, N: 20, K: 8 })).toEqual({ loop: "direct", knobs: { TILE_M: 16, TILE_N: 32 } });
    expect(tileOf(gpu, { M: 5, N: 65, K: 8 }).knobs).toEqual({ TILE_M: 32, TILE_N: 32 });
    useTiles(gpu, only({ loop: "panel", knobs: { TILE_M: 64, TILE_N: 16, DEPTH: 16, SHARE: 4 } }, 16));
    const rows = (product: Product, splits?: number) =>
      tileOf(gpu, product, splits ? { splits } : {}).knobs.TILE_M;
    expect(rows({ M: 1024, N: 16, K: 64 })).toBe(64);
    expect(rows({ M: 256, N: 16, K: 64 })).toBe(16);
    expect(rows({ M: 256, N: 16, K: 1024 })).toBe(64); // in 4 partial sums
    expect(rows({ M: 256, N: 16, K: 1024 }, 1)).toBe(16);
    const bare = await openGpu({ features: [] });
    useTiles(bare, only({ loop: "panel", knobs: { TILE_M: 32, TILE_N: 32, DEPTH: 16, SHARE: 4 } }));
    expect(tileOf(bare, { M: 100, N: 100, K: 100 }).loop).toBe("direct");
    bare.device.destroy();
  });

  test.each([
    [{ loop: "wide", knobs: { TILE_M: 16, TILE_N: 32 } }, "must be one of direct, few, tiled, panel"],
    [{ loop: "direct", knobs: { TILE_M: 32, TILE_N: 32 } }, "TILE_M 32 does not fit 16 rows"],
    [{ loop: "tiled", knobs: { TILE_M: 32, TILE_N: 36 } }, "TILE_N 36 is not whole quads"],
    [{ loop: "panel", knobs: { TILE_M: 32, TILE_N: 32, DEPTH: 18, SHARE: 4 } }, "DEPTH 18 is no multiple"],
    [{ loop: "panel", knobs: { TILE_M: 32, TILE_N: 32, DEPTH: 16, SHARE: 5 } }, "SHARE 5 is neither 4 nor 8"],
    [
      { loop: "panel", knobs: { TILE_M: 32, TILE_N: 32, DEPTH: 16, SHARE: 8, BESIDE: 2 } },
      "BESIDE above 1 needs",
    ],
    [
      { loop: "panel", knobs: { TILE_M: 32, TILE_N: 8, DEPTH: 16, SHARE: 4 } },
      "TILE_N 8 does not fit SHARE 4",
    ],
    [{ loop: "few" }, "whole numbers above zero"],
  ])("a row that cannot be used is refused: %j", (row, why) => {
    expect(() => useTiles(gpu, only(row as GemmTile))).toThrow(why);
  });

  test("the default rows are usable, and say what was measured", () => {
    for (const table of Object.values(tables)) {
      expect(() => useTiles(gpu, table)).not.toThrow();
      for (const { measured } of table.gemm) expect(measured).toMatch(/\w/);
    }
  });
});

describe("tuning", () => {
  const home = mkdtempSync(join(tmpdir(), "knotgrad-tiles-"));
  beforeAll(() => {
    process.env["XDG_CACHE_HOME"] = home;
  });
  const kept = process.env["XDG_CACHE_HOME"];
  afterAll(() => {
    if (kept === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = kept;
    rmSync(home, { recursive: true });
  });

  test("gives a row for each kind of product, and leaves the table as it was", async () => {
    useTiles(gpu, tables.software);
    const told: number[] = [];
    const tiles = await tune(gpu, (done, all) => told.push(done / all), { tiny: true });
    expect(tiles.gemm.map(({ most }) => most)).toEqual([
      { M: 4 },
      { N: 16 },
      { N: 32 },
      { N: 64 },
      undefined,
    ]);
    for (const { measured } of tiles.gemm)
      expect(measured).toMatch(/^[\d.e+]+ GFLOP\/s at \d+x\d+x\d+; next, \w+/);
    expect(told.at(-1)).toBe(1);
    expect(tilesOf(gpu)).toBe(tables.software);
  });

  test("a table that was written is what the adapter's products take; a broken one is passed over", async () => {
    const { gpu: first, info } = await openTuned();
    first.device.destroy();
    const written = only({ loop: "direct", knobs: { TILE_M: 16, TILE_N: 64 } });
    expect(saveTiles(info, written)).toBe(tilesFile(info));
    expect(JSON.parse(readFileSync(tilesFile(info), "utf8")).adapter).toBe(info.description);
    const { gpu: second } = await openTuned();
    expect(tilesOf(second)).toEqual(written);
    second.device.destroy();
    writeFileSync(tilesFile(info), '{"tiles": {"gemm": 3}}');
    const { gpu: third } = await openTuned();
    expect(tilesOf(third)).not.toEqual(written);
    third.device.destroy();
  });
});
