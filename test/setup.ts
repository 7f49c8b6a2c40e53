import { announce, describe, openAdapter } from "../src/node/adapter.ts";

/** Unpacks the software driver before the workers need it, and ends the run at once when no adapter answers. */
export async function setup(): Promise<void> {
  announce(describe((await openAdapter()).adapter));
}
