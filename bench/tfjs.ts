// tfjs and its WebGPU backend on our device, and its side of a row.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { globals } from "webgpu";
import type { Gpu } from "../src/gpu.ts";
import type { Contender } from "./row.ts";
import type { Tf, TfCore, TfTensor } from "./tf.ts";

interface Backend {
  readonly commandEncoder: GPUCommandEncoder | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
}
type NewBackend = new (device: GPUDevice, info: GPUAdapterInfo) => Backend;

const PEERS = new URL("peers/", import.meta.url);

/** tfjs on the device of `gpu`, or a sentence that says how to install it in `folder`. */
export async function openTfjs(gpu: Gpu, folder = PEERS): Promise<Tf | string> {
  if (!existsSync(new URL("node_modules/", folder))) {
    return "tfjs is not installed, so knotgrad is measured alone; run `npm ci --prefix bench/peers` to compare";
  }
  // tfjs looks for the browser's globals, and for navigator.gpu without using it when it is given a device.
  Object.assign(globalThis, globals);
  const navigator = { gpu: {}, userAgent: "node" };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
  const load = createRequire(fileURLToPath(new URL("package.json", folder)));
  const core: TfCore = load("@tensorflow/tfjs-core");
  load("@tensorflow/tfjs-layers"); // registers the gradients, which in Node nothing else does
  const { WebGPUBackend }: { WebGPUBackend: NewBackend } = load("@tensorflow/tfjs-backend-webgpu");
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
  return { ...core, settle };
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
