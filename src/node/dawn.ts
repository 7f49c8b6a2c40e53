// Dawn, the WebGPU implementation behind the npm package webgpu: one request for an adapter.

import os from "node:os";
import { KnotgradError } from "../error.ts";
import { DRIVER_VARIABLES, type Problem, withEnvironment } from "./vulkan.ts";

/** `auto` takes the best adapter there is, `hardware` only a GPU, `software` only the CPU. */
export type AdapterMode = "auto" | "hardware" | "software";

/** What an adapter says of itself. */
export interface AdapterInfo {
  /** Who makes it. */
  readonly vendor: string;
  /** Its family. */
  readonly architecture: string;
  /** Its name and driver, or what is known of them. */
  readonly description: string;
  /** True when the CPU computes. */
  readonly software: boolean;
}

/** An adapter that answered. */
export interface OpenedAdapter {
  /** The instance that it belongs to. */
  readonly gpu: GPU;
  /** The adapter. */
  readonly adapter: GPUAdapter;
  /** True when the CPU computes. */
  readonly software: boolean;
  /** Whose driver it is: a GPU's, lavapipe, SwiftShader, or another where the CPU computes. */
  readonly driver: "hardware" | "lavapipe" | "SwiftShader" | "software";
}

/** No adapter can be opened. */
export const adapterError = ({ what, fix }: Problem): KnotgradError =>
  new KnotgradError("adapter", `openAdapter: ${what}; ${fix}`);

/** Name of an adapter, and whether the CPU computes. */
export function describe({ info }: GPUAdapter): AdapterInfo {
  return {
    vendor: info.vendor,
    architecture: info.architecture,
    description: info.description || info.device || info.architecture || info.vendor,
    software: info.isFallbackAdapter || info.device === "null-backend",
  };
}

function driverOf({ software, architecture, description }: AdapterInfo): OpenedAdapter["driver"] {
  if (!software) return "hardware";
  if (description.startsWith("llvmpipe")) return "lavapipe";
  return architecture === "swiftshader" ? "SwiftShader" : "software";
}

/**
 * Dawn instances by flags and drivers. They are never released: dawn.node frees the instance together with this
 * object, and a call still waiting for one of its devices or buffers then touches freed memory.
 */
const instances = new Map<string, GPU>();

type Create = (flags: string[]) => GPU;

/**
 * How Dawn runs unless a flag of the caller's says otherwise. Our kernels write workgroup memory before they read it, so it
 * need not be cleared (SwiftShader clears it in code that takes 15 times as long to compile). Timestamps are not rounded to
 * 65 microseconds.
 */
const DEFAULT_FLAGS = [
  "enable-dawn-features=disable_workgroup_init",
  "disable-dawn-features=timestamp_quantization",
];

function instance(create: Create, flags: readonly string[]): GPU {
  const key = JSON.stringify([flags, DRIVER_VARIABLES.map((name) => process.env[name])]);
  const gpu = instances.get(key) ?? create([...DEFAULT_FLAGS, ...flags]);
  instances.set(key, gpu);
  return gpu;
}

/**
 * The adapter Dawn gives for `flags` that `mode` allows, else why there is none. `variables` are set while Dawn
 * loads the drivers. Throws, with the code `adapter`, when Dawn itself cannot be loaded.
 */
export async function ask(
  mode: AdapterMode,
  flags: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<OpenedAdapter | string> {
  const create = await loadDawn();
  // Mesa's layers complain on stderr when XDG_RUNTIME_DIR is unset.
  const environment = { XDG_RUNTIME_DIR: process.env["XDG_RUNTIME_DIR"] || os.tmpdir(), ...variables };
  let why = "no adapter answers";
  for (const { flags: asked, fallback } of requests(mode, flags)) {
    let adapter: GPUAdapter | null;
    let gpu: GPU;
    try {
      // Dawn loads the drivers inside this call, so the environment can be put back before the answer.
      const [maker, answer] = withEnvironment(environment, () => {
        const maker = instance(create, asked);
        const options = { powerPreference: "high-performance", forceFallbackAdapter: fallback } as const;
        return [maker, maker.requestAdapter(options)] as const;
      });
      gpu = maker;
      adapter = await answer;
    } catch (error) {
      // A flag `adapter=NAME` that fits no adapter throws; the message lists the adapters there are.
      if (asked === flags) why = (error as Error).message.replaceAll(/\s+/g, " ");
      continue;
    }
    if (adapter === null) continue;
    const info = describe(adapter);
    if (mode === "auto" || info.software === (mode === "software")) {
      return { gpu, adapter, software: info.software, driver: driverOf(info) };
    }
    why = `only ${info.description} answers`;
  }
  return why;
}

/** Dawn's fallback adapters are SwiftShader and WARP; lavapipe, the faster one, must be asked for by name. */
function requests(mode: AdapterMode, flags: readonly string[]) {
  if (mode !== "software" || flags.some((flag) => flag.startsWith("adapter=")))
    return [{ flags, fallback: false }];
  return [
    { flags: [...flags, "adapter=llvmpipe"], fallback: false },
    { flags, fallback: true },
  ];
}

async function loadDawn(): Promise<Create> {
  try {
    return (await import("webgpu")).create;
  } catch (error) {
    const reason = (error as Error).message.split("\n", 1)[0];
    throw adapterError({
      what: `the npm package webgpu (Dawn) cannot be loaded (${reason})`,
      fix: "run `npm ci` (`npm install webgpu` in a project that uses knotgrad; on Linux it needs glibc 2.34 or later)",
    });
  }
}
