// Which variant of a kernel for which size and device: the first row that fits.
import type { Gpu } from "./gpu.ts";

/** The sizes of a matrix product (M, K) x (K, N). */
export interface Product {
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** How to run a matrix product. */
export interface GemmTile {
  /** The subgroup variant, or the one that needs none. */
  readonly subgroup: boolean;
  /** Lanes per workgroup, 4 columns each. */
  readonly LANES: number;
  /** Lanes that share what they read of a (subgroup variant only). */
  readonly SHARE: number;
}

/** Columns that one lane makes, and rows. */
const COLUMNS = 4;
const ROWS = 16;

// Measured on two software adapters with 2 cores, 512 x 512 x 512, GFLOP/s (lavapipe, subgroups of 8; SwiftShader, of 4):
// shared by 8: 27.7, -; shared by 4: 26.3, 8.5; not shared: 15.1, 4.8; shared, b one by one: 24.2, 8.2.
const table: readonly {
  readonly fits: (subgroup: number, lanes: number) => boolean;
  readonly SHARE: number;
}[] = [
  { fits: (subgroup, lanes) => subgroup >= 8 && lanes >= 8, SHARE: 8 },
  { fits: (subgroup, lanes) => subgroup >= 4 && lanes >= 4, SHARE: 4 },
];

/** The variant and tile for a matrix product on this device. */
export function gemmTile(gpu: Gpu, { N }: Product): GemmTile {
  const columns = Math.ceil(N / COLUMNS);
  const subgroup = gpu.device.features.has("subgroups") ? gpu.device.adapterInfo.subgroupMinSize : 0;
  // No more lanes than columns need, in powers of two so that subgroups are full; on a CPU adapter one subgroup.
  const most = subgroup > 0 && gpu.device.adapterInfo.subgroupMaxSize < 16 ? subgroup : 32;
  const lanes = Math.min([4, 8, 16].find((n) => columns <= n) ?? 32, most);
  const row = table.find(({ fits }) => fits(subgroup, lanes));
  // A workgroup narrower than a subgroup leaves its lanes idle but not the sharing: all active lanes hold the same rows.
  return { subgroup: row !== undefined, LANES: lanes, SHARE: row?.SHARE ?? 1 };
}

/**
 * Into how many ordered partial sums a product with few results and a long sum is dealt: enough for
 * `workgroups` in flight, each with at least 256 terms.
 */
export function gemmSplits({ M, N, K }: Product, lanes: number, workgroups = 128): number {
  const tiles = Math.ceil(M / ROWS) * Math.ceil(N / (COLUMNS * lanes));
  return Math.max(1, Math.min(Math.ceil(workgroups / tiles), Math.floor(K / 256)));
}

/** How to run a kernel that gives one workgroup to a row. */
export interface RowTile {
  /** The subgroup variant, or the one that needs none. */
  readonly subgroup: boolean;
  /** Lanes per row. */
  readonly WG: number;
}

/** The variant and tile for rows of C elements on this device. */
export function rowTile(gpu: Gpu, C: number): RowTile {
  const { features, adapterInfo } = gpu.device;
  if (features.has("subgroups") && adapterInfo.subgroupMaxSize < 16) {
    // A CPU adapter: barriers are dear. softmax_km at 256x1024 with a workgroup of 256 instead took 5 to 22 times as long.
    return { subgroup: true, WG: adapterInfo.subgroupMinSize };
  }
  return { subgroup: false, WG: C > 1024 ? 256 : C > 64 ? 64 : 32 };
}

/** Classes that one lane of softmax_loss takes a turn. */
const CLASSES = 16;

/** The variant and tile of softmax_loss for rows of C classes on this device. */
export function softmaxTile(gpu: Gpu, C: number): RowTile {
  const row = rowTile(gpu, C);
  // Enough lanes to hold the row in registers, where they are not bound to a subgroup.
  return row.subgroup ? row : { subgroup: false, WG: [32, 64, 128].find((WG) => C <= CLASSES * WG) ?? 256 };
}

/** Into how many slices of SPAN classes, the last one shorter, rows of logits (N, C) are dealt. */
export function softmaxSlices(gpu: Gpu, N: number, C: number): { SLICES: number; SPAN: number } {
  const { WG } = softmaxTile(gpu, C);
  const turns = Math.ceil(C / (CLASSES * WG));
  // Enough workgroups to fill a device, each with work for 16 turns or more.
  const wanted = Math.max(1, Math.min(Math.ceil(128 / N), Math.floor(turns / 16)));
  const SPAN = Math.ceil(turns / wanted) * CLASSES * WG;
  return { SLICES: Math.ceil(C / SPAN), SPAN };
}

/** Logits that are held at once. */
const BLOCK_LOGITS = 2 ** 20;
/** Classes of a slice: whole turns of the widest workgroup that it needs. */
const SPAN = 1024;

/**
 * Into what blocks of SLICES times SPAN classes the logits of N rows of C classes are dealt, where not all are held at
 * once: about `classes` of them, and whole slices of 64 numbers' alignment.
 */
export function classBlock(N: number, C: number, classes?: number): { SPAN: number; SLICES: number } {
  const wanted = classes ?? BLOCK_LOGITS / N;
  // The sums of a block, (SLICES, N, 4), must begin where a binding may.
  let least = 1;
  while ((least * N) % 16 !== 0) least *= 2;
  const all = Math.ceil(C / SPAN);
  const SLICES = Math.max(1, Math.round(wanted / SPAN / least)) * least;
  return { SPAN, SLICES: Math.min(SLICES, all) };
}

/** How many lanes share the N elements of a column that are computed one by one. */
export function columnLanes(gpu: Gpu, N: number): number {
  // A CPU adapter starts lanes at a cost. bn_apply of (43008, 64) on a busy machine with 1, 4, 16, 64 elements a lane, in ms:
  // lavapipe 49, 17, 9, 9; SwiftShader 138, 62, 40, 39.
  return Math.ceil(N / (gpu.device.adapterInfo.isFallbackAdapter ? 16 : 1));
}
