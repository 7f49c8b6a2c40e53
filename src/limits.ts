// What a program asks its device for, so that the kernels run as fast as the adapter allows.

/** Features that some kernels have a faster variant for, or that times and f16 need; nothing else needs one. */
export const wantedFeatures: readonly GPUFeatureName[] = ["subgroups", "timestamp-query", "shader-f16"];

/** Limits that bound a kernel's tensors and workgroups. */
export const kernelLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxUniformBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
] as const;

/**
 * The features to request of this adapter: those that kernels have a faster variant for (subgroups), and what times
 * (timestamp-query) and f16 (shader-f16) need, where it has them. Kernels run without any, but for those of f16.
 */
export const requiredFeatures = (adapter: GPUAdapter): GPUFeatureName[] =>
  wantedFeatures.filter((feature) => adapter.features.has(feature));

/**
 * The limits to request of this adapter, all it has: bytes of a buffer and a binding bound the tensors, and workgroups may be
 * larger. Everything runs within WebGPU's default limits too, with tensors of at most 128 MiB a binding.
 */
export const requiredLimits = (adapter: GPUAdapter): { [name: string]: number } =>
  Object.fromEntries(kernelLimits.map((name) => [name, adapter.limits[name]]));
