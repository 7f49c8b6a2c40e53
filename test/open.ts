import { Gpu, type GpuOptions } from "../src/gpu.ts";
import { openDevice } from "../src/node/adapter.ts";

/** An engine whose unwritten memory is NaN, on a device with the features that the adapter has, or with these alone. */
export async function openGpu(
  options: GpuOptions & { readonly features?: readonly GPUFeatureName[] } = {},
): Promise<Gpu> {
  const { device } = await openDevice(options.features ? { features: options.features } : {});
  return Gpu.owning(device, { poison: true, ...options });
}

/** Whether two arrays hold the same numbers, to the last bit. */
export const sameBits = (a: Float32Array, b: Float32Array): boolean => bytesOf(a).equals(bytesOf(b));

const bytesOf = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** Devices that take either variant of a kernel: as options of `openGpu`, with names. */
export const devices: readonly [string, { readonly features?: readonly GPUFeatureName[] }][] = [
  ["the adapter's features", {}],
  ["no features, so reduction in workgroup memory", { features: [] }],
];
