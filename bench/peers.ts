// The other stacks that the rows are compared with in the same run.
import type { Gpu } from "../src/gpu.ts";
import { type Jax, openJax } from "./jax.ts";
import { type Ort, openOrt } from "./ort.ts";
import type { Contender, Row } from "./row.ts";
import type { Tf } from "./tf.ts";
import { openTfjs } from "./tfjs.ts";

/** What each peer's sides of rows are made with. */
export interface Stacks {
  readonly tfjs: Tf;
  readonly ort: Ort;
  readonly "jax-js": Jax;
}

type Name = keyof Stacks;

/** How each is opened; `folder` holds its package. Gives a sentence where it cannot be had. */
const OPEN: { readonly [P in Name]: (gpu: Gpu, folder?: URL) => Promise<Stacks[P] | string> } = {
  tfjs: openTfjs,
  ort: openOrt,
  "jax-js": openJax,
};

/** Makes a peer's side of a row; says why where it has none, undefined where nobody wrote one. */
type Make = (row: Row) => Promise<Contender | string | undefined>;

export interface Peers {
  /** About each: how it runs, or why it does not. */
  readonly says: { readonly [name: string]: string };
  readonly sides: { readonly [name: string]: Make };
}

/** All peers that can be had, on the adapter of `gpu`. */
export async function openPeers(gpu: Gpu, folder?: URL): Promise<Peers> {
  const says: { [name: string]: string } = {};
  const sides: { [name: string]: Make } = {};
  for (const name of Object.keys(OPEN) as Name[]) {
    const side = await openPeer(name, gpu, folder).catch((error: Error) => `it fails: ${messageOf(error)}`);
    if (typeof side === "string") says[name] = `${name} is not measured: ${side}.`;
    else {
      says[name] = side.says;
      sides[name] = side.make;
    }
  }
  return { says, sides };
}

async function openPeer<P extends Name>(name: P, gpu: Gpu, folder?: URL) {
  const stack = await OPEN[name](gpu, folder);
  if (typeof stack === "string") return stack;
  const make: Make = async ({ peers }) => peers[name]?.(stack, gpu);
  return { says: stack.says, make };
}

/** The first line of an error's message. */
export const messageOf = (error: unknown): string =>
  String((error as Error)?.message ?? error).split("\n", 1)[0]!;
