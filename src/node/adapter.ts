// A WebGPU adapter for Node: a GPU, else lavapipe, else SwiftShader.

import fs from "node:fs";
import path from "node:path";
import { isMainThread } from "node:worker_threads";
import { requiredFeatures, requiredLimits } from "../limits.ts";
import {
  type AdapterInfo,
  type AdapterMode,
  adapterError,
  ask,
  describe,
  type OpenedAdapter,
} from "./dawn.ts";
import { unpackSwiftShader } from "./swiftshader.ts";
import {
  DRIVER_VARIABLES,
  driversInSight,
  exclusiveDrivers,
  hardwareFix,
  LAVAPIPE_FIX,
  loadLibrary,
  type Problem,
} from "./vulkan.ts";

export { type AdapterInfo, describe, type OpenedAdapter };

/** Which adapter is opened, and how. */
export interface AdapterOptions {
  /** Which adapters may answer; any, a GPU first, unless told. The environment variable KNOTGRAD_ADAPTER wins over it. */
  readonly mode?: AdapterMode;
  /** Flags for Dawn, such as `adapter=SwiftShader` or `enable-dawn-features=...`; none unless told. */
  readonly flags?: readonly string[];
}

/**
 * The best adapter that `mode` allows: a GPU, else lavapipe, else SwiftShader. Drivers that VK_DRIVER_FILES or
 * VK_ICD_FILENAMES name are the only ones tried. Throws, with the code `adapter`, when none answers.
 */
export async function openAdapter(options: AdapterOptions = {}): Promise<OpenedAdapter> {
  const mode = chooseMode(options.mode);
  const flags = options.flags ?? [];
  const usesVulkan = process.platform === "linux" && !flags.some((flag) => /^backend=(?!vulkan)/.test(flag));
  const found = usesVulkan ? await askVulkan(mode, flags) : await ask(mode, flags);
  if (typeof found === "string") throw adapterError(unanswered(mode, flags, found));
  if ("what" in found) throw adapterError(found);
  return found;
}

/**
 * A device of the adapter that `openAdapter` finds, with that adapter's limits and, where present, subgroups,
 * timestamp-query and shader-f16; `features` asks for others instead. It lives until `device.destroy()`.
 * Throws, with the code `adapter`, when there is no adapter or it lacks one of `features`.
 */
export async function openDevice(
  options: AdapterOptions & { readonly features?: readonly GPUFeatureName[] } = {},
): Promise<{ device: GPUDevice; info: AdapterInfo }> {
  const { adapter } = await openAdapter(options);
  return { device: await deviceOn(adapter, options.features), info: describe(adapter) };
}

/** Devices neither destroyed nor lost: a program that keeps only a buffer would else lose the device under it. */
const devices = new Set<GPUDevice>();

/** As `openDevice`, on an adapter already open. */
export async function deviceOn(
  adapter: GPUAdapter,
  features?: readonly GPUFeatureName[],
): Promise<GPUDevice> {
  const missing = features?.filter((feature) => !adapter.features.has(feature)) ?? [];
  if (missing.length > 0) {
    throw adapterError({
      what: `the features ask for ${missing.join(", ")} but ${describe(adapter).description} lacks it`,
      fix: "run `knotgrad doctor` to see what there is",
    });
  }
  const device = await adapter.requestDevice({
    label: "knotgrad",
    requiredFeatures: [...(features ?? requiredFeatures(adapter))],
    requiredLimits: requiredLimits(adapter),
  });
  devices.add(device);
  void device.lost.then(() => devices.delete(device));
  return device;
}

/** Says once on stderr which adapter computes; loudly when it is the CPU. */
export function announce(info: AdapterInfo): void {
  sayOnce(
    info.software
      ? `knotgrad: SOFTWARE ADAPTER: ${info.description} computes on the CPU, many times slower than a GPU.\n` +
          "knotgrad: Results hold, times do not carry over; `knotgrad doctor` says what a GPU would need."
      : `knotgrad: computing on ${info.description}`,
  );
}

const said = new Set<string>();

function sayOnce(line: string): void {
  if (!said.has(line)) process.stderr.write(`${line}\n`);
  said.add(line);
}

function chooseMode(option: string | undefined): AdapterMode {
  const variable = process.env["KNOTGRAD_ADAPTER"] || undefined;
  const given = [
    { name: "KNOTGRAD_ADAPTER", value: variable },
    { name: "mode", value: option },
  ];
  for (const { name, value } of given) {
    if (value === undefined || value === "auto" || value === "hardware" || value === "software") continue;
    throw adapterError({
      what: `${name} is "${value}" but must be auto, hardware or software`,
      fix: "set one of these or leave it out",
    });
  }
  if (variable && option && variable !== option) {
    sayOnce(`knotgrad: KNOTGRAD_ADAPTER=${variable} wins over the mode "${option}" asked for`);
  }
  return (variable ?? option ?? "auto") as AdapterMode;
}

/** The system's drivers first; SwiftShader beside them when they give nothing that `mode` allows. */
async function askVulkan(mode: AdapterMode, flags: readonly string[]): Promise<OpenedAdapter | Problem> {
  // Set to nothing is meant as not set, but the loader takes it for an empty list of drivers.
  for (const name of DRIVER_VARIABLES) if (process.env[name] === "") delete process.env[name];
  const problem = namedDriversMissing() ?? loadVulkan();
  if (problem) return problem;
  // With no driver in sight the first request is left out, because Dawn reports its failure at length on stderr.
  const found =
    mode === "hardware" || driversInSight() ? await ask(mode, flags) : "no Vulkan driver is in sight";
  if (typeof found !== "string") return found;
  const only = exclusiveDrivers();
  if (only) {
    return {
      what: `${only.name} allows only ${only.files.join(", ")} but the mode is ${mode} and ${found}`,
      fix: `unset ${only.name} or let it name another driver's manifest`,
    };
  }
  if (mode === "hardware") return unanswered(mode, flags, found);
  const folder = unpackSwiftShader();
  if (typeof folder !== "string") return { what: `${found} and ${folder.what}`, fix: folder.fix };
  const manifests = [process.env["VK_ADD_DRIVER_FILES"], path.join(folder, "vk_swiftshader_icd.json")];
  const added = { VK_ADD_DRIVER_FILES: manifests.filter(Boolean).join(path.delimiter) };
  const beside = await ask(mode, flags, added);
  if (typeof beside !== "string") return beside;
  if (!isMainThread) {
    return {
      what: "SwiftShader is needed but a worker thread's environment is a copy that Vulkan does not see",
      fix: "start the worker with `env: SHARE_ENV` (node:worker_threads) or open the adapter in the main thread",
    };
  }
  return unanswered(mode, flags, loadLibrary(path.join(folder, "libvk_swiftshader.so")) ?? beside);
}

function namedDriversMissing(): Problem | undefined {
  const only = exclusiveDrivers();
  if (only === undefined || only.files.some((file) => fs.existsSync(file))) return undefined;
  return {
    what: `${only.name} allows only ${only.files.join(", ")} but no such file exists`,
    fix: `unset ${only.name} or let it name a driver's manifest`,
  };
}

/** Makes a Vulkan loader resident, the system's or else the one that comes with SwiftShader. */
function loadVulkan(): Problem | undefined {
  const system = loadLibrary("libvulkan.so.1");
  if (system === undefined) return undefined;
  const folder = unpackSwiftShader();
  const own = typeof folder === "string" ? loadLibrary(path.join(folder, "libvulkan.so.1")) : folder.what;
  if (own === undefined) return undefined;
  const fix = typeof folder === "string" ? "" : `${folder.fix}, or `;
  return {
    what: `no Vulkan loader is there (${system}; ${own})`,
    fix: `${fix}run \`apt-get install libvulkan1\``,
  };
}

function unanswered(mode: AdapterMode, flags: readonly string[], why: string): Problem {
  const what = `the mode is ${mode}${flags.length > 0 ? ` with flags ${flags.join(" ")}` : ""} but ${why}`;
  if (flags.some((flag) => flag.startsWith("adapter="))) return { what, fix: "leave the adapter= flag out" };
  if (mode === "hardware") return { what, fix: `${hardwareFix()}, or set KNOTGRAD_ADAPTER=auto` };
  return { what, fix: process.platform === "linux" ? LAVAPIPE_FIX : hardwareFix() };
}
