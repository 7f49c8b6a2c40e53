// Measures the variants of the matrix products on a device, for a table of its own.
import type { Gpu } from "./gpu.ts";
import { launchProduct } from "./ops/matmul.ts";
import { type GemmRow, type GemmTile, type Product, runs, type Tiles, tilesOf, useTiles } from "./tiles.ts";

/** A kind of product: a size to measure it at, and the bound that sends products to its row. */
interface Kind {
  readonly product: Product;
  readonly most?: Partial<Product>;
}

/** Few rows, then convolutions by output channels (their pixels are the rows), then the rest. */
const kinds: readonly Kind[] = [
  { product: { M: 1, N: 512, K: 4096 }, most: { M: 4 } },
  { product: { M: 2048, N: 16, K: 144 }, most: { N: 16 } },
  { product: { M: 2048, N: 32, K: 288 }, most: { N: 32 } },
  { product: { M: 2048, N: 64, K: 576 }, most: { N: 64 } },
  { product: { M: 512, N: 512, K: 512 } },
];

/** Milliseconds that a measured piece of work takes at least, so that the wait for it counts little. */
const ENOUGH = 20;
const ROUNDS = 5;

/** Every tile that is tried, whatever the device. */
function candidates(): GemmTile[] {
  const tiles: GemmTile[] = [];
  for (const TILE_N of [16, 32, 64, 128]) {
    tiles.push(
      { loop: "few", knobs: { TILE_M: 4, TILE_N } },
      { loop: "direct", knobs: { TILE_M: 16, TILE_N } },
    );
  }
  for (const [TILE_M, TILE_N] of [
    [32, 32],
    [64, 32],
    [128, 32],
    [64, 64],
    [128, 64],
    [128, 128],
  ] as const) {
    tiles.push({ loop: "tiled", knobs: { TILE_M, TILE_N } });
  }
  for (const DEPTH of [128, 256, 512]) {
    tiles.push(
      { loop: "panel", knobs: { TILE_M: 256, TILE_N: 16, DEPTH, SHARE: 4 } },
      { loop: "panel", knobs: { TILE_M: 256, TILE_N: 16, DEPTH, SHARE: 4, BESIDE: 2 } },
      { loop: "panel", knobs: { TILE_M: 256, TILE_N: 32, DEPTH, SHARE: 8 } },
    );
  }
  return tiles;
}

const nameOf = ({ loop, knobs }: GemmTile): string => `${loop} ${Object.values(knobs).join("x")}`;

/**
 * The table of products that is fastest on this device, each row with what it reached and what came next; the rest of the
 * device's table stays. While it runs, operations on `gpu` may take any variant; afterwards they choose as before. `tiny` tries
 * it out at sizes whose times mean nothing. Throws what went wrong on the device.
 */
export async function tune(
  gpu: Gpu,
  onProgress: (done: number, all: number, what: string) => void = () => {},
  { tiny = false } = {},
): Promise<Tiles> {
  const before = tilesOf(gpu);
  const tiles = candidates().filter((tile, i) => runs(gpu, tile) && !(tiny && i > 1));
  const best: GemmRow[] = [];
  try {
    for (const [i, kind] of kinds.entries()) {
      const product = tiny
        ? { M: kind.product.M % 13, N: 16, K: 16 }
        : grown(kind.product, before.workgroups);
      const ranked = await rank(gpu, product, tiles, before, (done, all) =>
        onProgress(i * all + done, kinds.length * all, `${product.M}x${product.N}x${product.K}`),
      );
      const [first, second] = ranked as [Timed, Timed];
      const rate = ({ ms }: Timed) => ((2e-6 * product.M * product.N * product.K) / ms).toPrecision(3);
      const size = `${product.M}x${product.N}x${product.K}`;
      best.push({
        ...first.tile,
        ...(kind.most && { most: kind.most }),
        measured: `${rate(first)} GFLOP/s at ${size}; next, ${nameOf(second.tile)}, ${rate(second)}`,
      });
    }
  } finally {
    useTiles(gpu, before);
  }
  return { ...before, gemm: best };
}

/** As many times the rows as a device with many workgroups needs. */
const grown = ({ M, N, K }: Product, workgroups: number): Product => ({
  M: M < 16 ? M : M * Math.max(1, Math.round(workgroups / 16)),
  N: N < 512 ? N : N * Math.max(1, Math.round(Math.sqrt(workgroups / 16))),
  K,
});

interface Timed {
  readonly tile: GemmTile;
  readonly ms: number;
}

/** The tiles from the fastest to the slowest, timed in turn so that a busy machine slows them alike. */
async function rank(
  gpu: Gpu,
  { M, N, K }: Product,
  tiles: readonly GemmTile[],
  before: Tiles,
  onProgress: (done: number, all: number) => void,
): Promise<Timed[]> {
  const [a, b] = [gpu.zeros([M, K]), gpu.zeros([K, N])];
  const all = tiles.length * (ROUNDS + 1);
  let done = 0;
  const sides: {
    tile: GemmTile;
    times: number[];
    repeat: (times: number) => Promise<number>;
    dispose(): void;
  }[] = [];
  for (const tile of tiles) {
    useTiles(gpu, { ...before, gemm: [{ ...tile, measured: "" }] });
    const step = await gpu.step(() => {
      launchProduct(a, b, {}, {});
      return {};
    });
    const repeat = async (times: number): Promise<number> => {
      const start = performance.now();
      for (let i = 0; i < times; i++) void step.run();
      await gpu.settle();
      return (performance.now() - start) / times;
    };
    await repeat(1);
    sides.push({ tile, times: [], repeat, dispose: step.dispose });
    onProgress(++done, all);
  }
  const once = Math.min(...(await inTurn(sides, (side) => side.repeat(1))));
  const times = Math.max(1, Math.ceil(ENOUGH / once));
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of sides) {
      side.times.push(await side.repeat(times));
      onProgress(++done, all);
    }
  }
  for (const made of [...sides, a, b]) made.dispose();
  const median = (times: number[]) => times.sort((x, y) => x - y)[Math.floor(times.length / 2)]!;
  return sides.map(({ tile, times }) => ({ tile, ms: median(times) })).sort((x, y) => x.ms - y.ms);
}

async function inTurn<T, R>(list: readonly T[], f: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of list) results.push(await f(item));
  return results;
}
