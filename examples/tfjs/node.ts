// What tfjs's WebGPU backend looks for in a browser, in Node. In a browser this file is not needed.
import { openAdapter } from "knotgrad/node";
import { globals } from "webgpu";

/** Sets the globals. To be called before the backend is imported, which looks for them then. */
export async function asBrowser(): Promise<void> {
  const { adapter } = await openAdapter();
  const gpu = { requestAdapter: async () => adapter };
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu, userAgent: "Node" }, configurable: true });
}
