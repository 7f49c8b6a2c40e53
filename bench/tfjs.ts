// tfjs and its WebGPU backend on our device, and its side of a row.
import type { Gpu } from "../src/gpu.ts";
import { asBrowser, loader, PEERS } from "./installed.ts";
import type { Contender } from "./row.ts";
import type { Tf, TfCore, TfTensor } from "./tf.ts";

interface Backend {
  readonly commandEncoder: GPUCommandEncoder | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
}
type NewBackend = new (device: GPUDevice, info: GPUAdapterInfo) => Backend;

/** tfjs on the device of `gpu`, or a sentence that says how to install it in `folder`. */
export async function openTfjs(gpu: Gpu, folder = PEERS): Promise<Tf | string> {
  const load = loader("@tensorflow/tfjs-backend-webgpu", folder);
  if (typeof load === "string") return load;
  asBrowser(gpu);
  const core = load<TfCore>("@tensorflow/tfjs-core");
  load("@tensorflow/tfjs-layers"); // registers the gradients, which in Node nothing else does
  const { WebGPUBackend } = load<{ WebGPUBackend: NewBackend }>("@tensorflow/tfjs-backend-webgpu");
  const backend = new WebGPUBackend(gpu.device, gpu.device.adapterInfo);
  // Its kernels are registered for this name alone.
  core.removeBackend("webgpu");
  core.registerBackend("webgpu", () => backend, 3);
  await core.setBackend("webgpu");
  await core.ready();
  const settle = (): Promise<void> => {
    if (backend.commandEncoder) {
      backend.endComputePassEncoder();
      backend.submitQueue();
    }
    return gpu.settle();
  };
  const says = `tfjs ${core.version_core} runs on knotgrad's own device and waits as knotgrad does.`;
  return { ...core, settle, says };
}

/** tfjs's side of a row: work that gives tensors by name, and tensors to give back at the end. */
export function tfjs(
  tf: Tf,
  work: () => { [name: string]: TfTensor },
  owned: readonly { dispose(): void }[],
): Contender {
  return {
    send: () => void tf.tidy(() => void work()),
    settle: tf.settle,
    async results() {
      const tensors = Object.entries(tf.tidy(work));
      const values = await Promise.all(tensors.map(async ([name, t]) => [name, await t.data()] as const));
      for (const [, t] of tensors) t.dispose();
      return Object.fromEntries(values);
    },
    dispose() {
      for (const t of owned) t.dispose();
    },
  };
}
