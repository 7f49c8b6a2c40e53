// Launching one of a product's kernels: the loop and tile that the table gives, and whole quads of columns where it has them.
import type { Gpu } from "../gpu.ts";
import type { Kernel } from "../kernel.ts";
import type { Tensor } from "../tensor.ts";
import { type GemmTile, type Loop, type Product, splitsFor, tileOf } from "../tiles.ts";

/** The kernels of a product by loop: for any number of columns, and for whole quads of them. */
export type Gemm = { readonly [L in Loop]: readonly [any: Kernel, quads: Kernel] };

/** How a product is dealt to workgroups. */
export interface Dealt {
  readonly loop: Loop;
  readonly knobs: GemmTile["knobs"] & { readonly GOES_ON?: boolean };
  /** Ordered partial sums that it gives. */
  readonly SPLITS: number;
}

/** How a product is best dealt: into `SPLITS` sums where that is given, with `inOne` each of them made in one go. */
export function deal(gpu: Gpu, product: Product, SPLITS?: number, inOne = false): Dealt {
  const { loop, knobs } = tileOf(gpu, product, {
    inOne: inOne ? product.K : 0,
    ...(SPLITS && { splits: SPLITS }),
  });
  const splits = SPLITS ?? splitsFor(gpu, product, knobs);
  const { DEPTH } = knobs;
  const more = DEPTH === undefined ? {} : { GOES_ON: Math.ceil(product.K / splits) > DEPTH - 8 };
  return { loop, knobs: { ...knobs, ...more }, SPLITS: splits };
}

/** Launches a product and gives what it writes. */
export function launchGemm(
  gpu: Gpu,
  kernels: Gemm,
  { loop, knobs, SPLITS }: Dealt,
  quads: boolean,
  given: { readonly [binding: string]: Tensor | undefined },
  options: { readonly [name: string]: number | boolean },
): Tensor {
  const kernel: Kernel = kernels[loop][quads ? 1 : 0];
  // Kernels of one product differ in their knobs alone; fitting checks names and shapes.
  const outputs = gpu.launch(kernel, given as never, { ...options, ...knobs, SPLITS } as never);
  return Object.values(outputs as { [binding: string]: Tensor })[0]!;
}
