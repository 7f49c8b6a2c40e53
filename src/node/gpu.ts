// The engine on the best adapter of this machine.
import { Gpu, type GpuOptions } from "../gpu.ts";
import { type AdapterInfo, type AdapterOptions, openDevice } from "./adapter.ts";
import { rest } from "./rest.ts";
import { loadTiles } from "./tiles.ts";

/**
 * The engine on a device of its own, and which adapter that is: a GPU, else lavapipe, else SwiftShader. It chooses variants as
 * `knotgrad tune` found them to be fastest on that adapter, where it was run.
 * Throws, with the code `adapter` and saying what helps, where there is none.
 */
export async function openGpu(
  options: GpuOptions & AdapterOptions & { readonly features?: readonly GPUFeatureName[] } = {},
): Promise<{ gpu: Gpu; info: AdapterInfo }> {
  const { device, info } = await openDevice(options);
  // A GPU computes beside the CPU, so polling costs it nothing and answers sooner.
  const gpu = Gpu.owning(device, info.software ? { wait: rest, ...options } : options);
  const tuned = loadTiles(gpu, info);
  if (tuned?.problem) {
    process.stderr.write(`knotgrad: ${tuned.file} is passed over: ${tuned.problem}; run \`knotgrad tune\`\n`);
  }
  return { gpu, info };
}
