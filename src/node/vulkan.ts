// What Linux's Vulkan loader finds: libraries, driver manifests, and the environment variables that steer it.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** What is wrong, and the command or step that puts it right. */
export interface Problem {
  readonly what: string;
  readonly fix: string;
}

/** Installs lavapipe, Mesa's driver that computes on the CPU. */
export const LAVAPIPE_FIX =
  "run `apt-get install mesa-vulkan-drivers` (on Debian 12 add `-t bookworm-backports`: Mesa 24 or later is needed)";

/** Step that makes a GPU usable, by the device files that are there. */
export function hardwareFix(): string {
  if (process.platform !== "linux") return "update the driver of the graphics card";
  if (fs.existsSync("/dev/nvidiactl")) {
    return "install the Vulkan part of NVIDIA's driver (a container needs NVIDIA_DRIVER_CAPABILITIES=all and `apt-get install libvulkan1`)";
  }
  if (fs.existsSync("/dev/dri")) return LAVAPIPE_FIX;
  return "on a machine with a GPU, install its Vulkan driver (a container must be given /dev/dri or /dev/nvidia*)";
}

/** Variables that say which driver manifests the loader reads; the first two shut out all others. */
export const DRIVER_VARIABLES = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"] as const;

/** Variable that makes the loader read the drivers it lists and no others, if the user set one. */
export function exclusiveDrivers(): { name: string; files: string[] } | undefined {
  for (const name of DRIVER_VARIABLES.slice(0, 2)) {
    const value = process.env[name];
    if (value) return { name, files: value.split(path.delimiter) };
  }
  return undefined;
}

/** Whether a driver is named by the user or has a manifest where the loader looks by its documentation. */
export function driversInSight(): boolean {
  if (exclusiveDrivers() || process.env["VK_ADD_DRIVER_FILES"]) return true;
  const list = (name: string, otherwise: string) => (process.env[name] || otherwise).split(path.delimiter);
  const home = process.env["HOME"] || "/";
  const parents = [
    ...list("XDG_CONFIG_HOME", path.join(home, ".config")),
    ...list("XDG_CONFIG_DIRS", "/etc/xdg"),
    ...list("XDG_DATA_HOME", path.join(home, ".local/share")),
    ...list("XDG_DATA_DIRS", "/usr/local/share:/usr/share"),
    "/etc",
    "/usr/local/etc",
    "/run/opengl-driver/share",
  ];
  return parents.some((parent) => holdsManifest(path.join(parent, "vulkan/icd.d")));
}

function holdsManifest(folder: string): boolean {
  try {
    return fs.readdirSync(folder).some((name) => name.endsWith(".json"));
  } catch {
    return false;
  }
}

/** glibc's and musl's RTLD_NODELETE: the library stays when Node, finding no addon in it, closes it again. */
const KEEP_LOADED = 0x1000;

/** Loads a shared library into the process, where a later dlopen by its name finds it; gives what prevents it. */
export function loadLibrary(file: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, file, os.constants.dlopen.RTLD_NOW | KEEP_LOADED);
  } catch (error) {
    const { message } = error as Error;
    // Node's complaint that the library is no addon comes after the loading.
    return /did not self-register/.test(message) ? undefined : message;
  }
  return undefined;
}

/** Runs a synchronous function under the variables given and puts the environment back. */
export function withEnvironment<T>(variables: Readonly<Record<string, string>>, run: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
