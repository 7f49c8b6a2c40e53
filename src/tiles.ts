// Which variant of a kernel for which size and device: the first row that fits.
import { KnotgradError } from "./error.ts";
import type { Gpu } from "./gpu.ts";

/** The sizes of a matrix product (M, K) x (K, N). */
export interface Product {
  /** Rows of a and of the product. */
  readonly M: number;
  /** Columns of b and of the product. */
  readonly N: number;
  /** Terms of each sum. */
  readonly K: number;
}

/**
 * The loops that make a product, each a file kernels/lib/gemm_*.wgsl: `direct` for any device, `few` for few rows, `tiled` with
 * tiles in workgroup memory, `panel` with subgroups and columns in workgroup memory.
 */
const loops = ["direct", "few", "tiled", "panel"] as const;
/** A name of one of them. */
export type Loop = (typeof loops)[number];

/** How to run a matrix product. */
export interface GemmTile {
  /** Which loop makes it. */
  readonly loop: Loop;
  /** What the loop's kernel is compiled with. */
  readonly knobs: {
    /** Rows that a workgroup makes: 16 for `direct`, 4 for `few`, a multiple of 16 BESIDE for `panel` and of 8 for `tiled`. */
    readonly TILE_M: number;
    /** Columns that it makes: a multiple of 4, for `tiled` of 8. */
    readonly TILE_N: number;
    /** `panel`: terms held at once, a multiple of SHARE. */
    readonly DEPTH?: number;
    /** `panel`: lanes that share what they read of a, 4 or 8. */
    readonly SHARE?: number;
    /** `panel`: blocks of rows side by side. */
    readonly BESIDE?: number;
  };
}

/** A row of the table of products. */
export interface GemmRow extends GemmTile {
  /** The product has no more than these rows, columns or terms; any product unless told. */
  readonly most?: Partial<Product>;
  /** What was measured that put the row here. */
  readonly measured: string;
}

/** The variants for one kind of device. */
export interface Tiles {
  /** Of the rows, the first that fits a product is taken. */
  readonly gemm: readonly GemmRow[];
  /** Workgroups that fill the device. */
  readonly workgroups: number;
  /** Elements of a column that one lane computes, in kernels that go through memory once. */
  readonly elements: number;
}

const few = (TILE_N: number, measured: string): GemmRow => ({
  loop: "few",
  knobs: { TILE_M: 4, TILE_N },
  most: { M: 4 },
  measured,
});

/** Fits any device and product. */
const direct = (measured: string): GemmRow => ({
  loop: "direct",
  knobs: { TILE_M: 16, TILE_N: 128 },
  measured,
});

/** The default tables. Rows that say so are reasoned, for want of a device: `npm run tune` measures. */
export const tables = {
  /** CPU adapters. */
  software: {
    gemm: [
      few(32, "reads b once for 4 rows where the others compute 16"),
      {
        loop: "panel",
        knobs: { TILE_M: 256, TILE_N: 16, DEPTH: 256, SHARE: 4, BESIDE: 2 },
        most: { N: 16 },
        measured:
          "lavapipe, 4096x16x144, GFLOP/s: 16.2; panel of 32 columns 11.1, direct 4.8, few 4.6, tiled 2.2",
      },
      {
        loop: "panel",
        knobs: { TILE_M: 256, TILE_N: 32, DEPTH: 256, SHARE: 8 },
        measured:
          "lavapipe, 512x512x512, GFLOP/s: 35.2; direct 15.7, tiled 12.8, few 12.7; 1024: 33.7; direct 15.2",
      },
      {
        loop: "panel",
        knobs: { TILE_M: 256, TILE_N: 16, DEPTH: 512, SHARE: 4 },
        measured: "SwiftShader, 512x512x512, GFLOP/s: 9.6; direct 4.9, tiled 4.6, few 2.9",
      },
      {
        loop: "panel",
        knobs: { TILE_M: 256, TILE_N: 16, DEPTH: 256, SHARE: 4 },
        measured: "the same within WebGPU's default limits",
      },
      direct("where there are no subgroups"),
    ],
    workgroups: 16,
    // bn_apply of (43008, 64) on a busy machine with 1, 4, 16, 64 elements a lane, in ms: lavapipe 49, 17, 9, 9; SwiftShader
    // 138, 62, 40, 39.
    elements: 16,
  },
  integrated: {
    gemm: [
      few(128, "not measured"),
      { loop: "tiled", knobs: { TILE_M: 64, TILE_N: 32 }, most: { N: 32 }, measured: "not measured" },
      { loop: "tiled", knobs: { TILE_M: 64, TILE_N: 64 }, measured: "not measured" },
    ],
    workgroups: 64,
    elements: 1,
  },
  discrete: {
    gemm: [
      few(128, "not measured"),
      { loop: "tiled", knobs: { TILE_M: 128, TILE_N: 32 }, most: { N: 32 }, measured: "not measured" },
      { loop: "tiled", knobs: { TILE_M: 128, TILE_N: 64 }, most: { N: 64 }, measured: "not measured" },
      { loop: "tiled", knobs: { TILE_M: 128, TILE_N: 128 }, measured: "not measured" },
    ],
    workgroups: 256,
    elements: 1,
  },
} satisfies { readonly [kind: string]: Tiles };

/** Tables that were measured on a device, or are tried. */
const given = new WeakMap<Gpu, Tiles>();

/** Makes the operations on `gpu` choose their variants from this table from now on. Throws where a row is unusable. */
export function useTiles(gpu: Gpu, tiles: Tiles): void {
  const { gemm, workgroups, elements } = tiles ?? {};
  if (!Array.isArray(gemm) || !(workgroups >= 1) || !(elements >= 1))
    throw new KnotgradError(
      "value",
      "useTiles: the table must have rows `gemm`, and `workgroups` and `elements` from 1 up",
    );
  for (const row of gemm) {
    const why = unusable(row);
    if (why) throw new KnotgradError("value", `useTiles: a row for ${row.loop} is given but ${why}`);
  }
  given.set(gpu, tiles);
}

/** The table for a device: the one it was given, else the default for its kind. */
export function tilesOf(gpu: Gpu): Tiles {
  return given.get(gpu) ?? tables[kindOf(gpu)];
}

/** What kind of device it is, as far as WebGPU tells: vendors of discrete GPUs alone are taken to have made one. */
function kindOf({ device: { adapterInfo } }: Gpu): keyof typeof tables {
  if (isCpu(adapterInfo)) return "software";
  return /nvidia|amd/i.test(adapterInfo.vendor) ? "discrete" : "integrated";
}

/** A CPU adapter also shows by its subgroups, which are as wide as the CPU's vectors. */
const isCpu = ({ isFallbackAdapter, subgroupMaxSize }: GPUAdapterInfo): boolean =>
  isFallbackAdapter || (subgroupMaxSize > 0 && subgroupMaxSize < 16);

/** What is wrong with a row whatever the device. */
function unusable({ loop, knobs = { TILE_M: 0, TILE_N: 0 } }: GemmTile): string | undefined {
  const { TILE_M, TILE_N, DEPTH = 32, SHARE = 4, BESIDE = 1 } = knobs;
  const whole = Object.values(knobs).every((knob) => Number.isInteger(knob) && knob > 0);
  const rows = { direct: 16, few: 4, tiled: 8, panel: 16 * BESIDE }[loop];
  if (!rows || !whole) return `must be one of ${loops.join(", ")} with whole numbers above zero`;
  if (loop === "direct" || loop === "few" ? TILE_M !== rows : TILE_M % rows !== 0)
    return `TILE_M ${TILE_M} does not fit ${rows} rows`;
  if (TILE_N % (loop === "tiled" ? 8 : 4) !== 0) return `TILE_N ${TILE_N} is not whole quads`;
  if (loop !== "panel") return undefined;
  if (SHARE !== 4 && SHARE !== 8) return `SHARE ${SHARE} is neither 4 nor 8`;
  if (TILE_N % (4 * SHARE) !== 0) return `TILE_N ${TILE_N} does not fit SHARE ${SHARE} lanes of 4 columns`;
  if (DEPTH % SHARE !== 0) return `DEPTH ${DEPTH} is no multiple of SHARE ${SHARE}`;
  return BESIDE > 1 && SHARE !== 4 ? "BESIDE above 1 needs SHARE 4" : undefined;
}

/** Whether a tile can run on a device. */
export function runs({ device: { limits, features, adapterInfo } }: Gpu, { loop, knobs }: GemmTile): boolean {
  const { TILE_M, TILE_N, DEPTH = 32, SHARE = 4, BESIDE = 1 } = knobs;
  const lanes = loop === "tiled" ? (TILE_M * TILE_N) / 64 : (TILE_N / 4) * BESIDE;
  const bytes = { direct: 0, few: 0, tiled: 64 * (TILE_M + 4 + TILE_N), panel: 16 * DEPTH * lanes }[loop];
  return (
    lanes <= Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX) &&
    bytes <= limits.maxComputeWorkgroupStorageSize &&
    (loop !== "panel" || (features.has("subgroups") && adapterInfo.subgroupMinSize >= SHARE))
  );
}

const fits = ({ most = {} }: GemmRow, product: Product): boolean =>
  product.M <= (most.M ?? product.M) &&
  product.N <= (most.N ?? product.N) &&
  product.K <= (most.K ?? product.K);

/** Whether a tile sums so many terms without keeping sums in between. */
const sums = ({ knobs: { DEPTH = Number.POSITIVE_INFINITY } }: GemmTile, terms: number): boolean =>
  terms <= DEPTH - 8;

/** The most partial sums, each of at least 256 terms, that a product can be dealt to. */
const mostSplits = ({ K }: Product): number => Math.max(1, Math.floor(K / 256));

/**
 * The loop and tile for a matrix product on this device: the first row that fits and sums `inOne` terms without keeping sums
 * in between, made no larger than the product needs, which can be dealt to `splits` partial sums.
 */
export function tileOf(
  gpu: Gpu,
  product: Product,
  { inOne = 0, splits = mostSplits(product) } = {},
): GemmTile {
  const { gemm, workgroups } = tilesOf(gpu);
  const row = gemm.find((row) => fits(row, product) && runs(gpu, row) && sums(row, inOne)) ?? direct("");
  const { loop, knobs } = row;
  let { TILE_M, TILE_N } = knobs;
  if (loop === "direct" || loop === "few") while (TILE_N / 2 >= Math.max(product.N, 16)) TILE_N /= 2;
  if (loop === "panel") {
    // Fewer rows a workgroup where there would be too few workgroups otherwise.
    const two = 32 * (knobs.BESIDE ?? 1);
    const most = splits * Math.ceil(product.N / TILE_N);
    while (TILE_M % two === 0 && most * Math.ceil(product.M / TILE_M) < workgroups) TILE_M /= 2;
  }
  return { loop, knobs: { ...knobs, TILE_M, TILE_N } };
}

/** Into how many ordered partial sums a product with few results and a long sum is dealt: enough to fill the device. */
export function splitsFor(gpu: Gpu, product: Product, { TILE_M, TILE_N }: GemmTile["knobs"]): number {
  const tiles = Math.ceil(product.M / TILE_M) * Math.ceil(product.N / TILE_N);
  return Math.min(Math.ceil(tilesOf(gpu).workgroups / tiles), mostSplits(product));
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
  if (features.has("subgroups") && isCpu(adapterInfo)) {
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
  return Math.ceil(N / tilesOf(gpu).elements);
}
