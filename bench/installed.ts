// What the packages of bench/peers/ are loaded with.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { globals } from "webgpu";
import type { Gpu } from "../src/gpu.ts";

export const PEERS = new URL("peers/", import.meta.url);

/** Loads a package that the peers' folder holds. */
export type Load = <T>(name: string) => T;

/** What loads the packages of `folder`, or where `name` is not among them a sentence that says how to install it. */
export function loader(name: string, folder: URL): Load | string {
  if (!existsSync(new URL(`node_modules/${name}/`, folder))) {
    return `${name} is not installed; run \`npm ci --prefix bench/peers\` to compare with it`;
  }
  return createRequire(fileURLToPath(new URL("package.json", folder)));
}

/** Version of a package that bench/peers/package.json names. */
export const versionOf = (load: Load, name: string): string =>
  load<{ dependencies: { [name: string]: string } }>("./package.json").dependencies[name]!;

/** The globals of a browser whose only device is ours: peers that look for a device find that one. */
export function asBrowser({ device }: Gpu): void {
  Object.assign(globalThis, globals);
  const { limits, features, adapterInfo: info } = device;
  const gpu = { requestAdapter: async () => ({ limits, features, info, requestDevice: async () => device }) };
  const navigator = { gpu, userAgent: "node" };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
}
