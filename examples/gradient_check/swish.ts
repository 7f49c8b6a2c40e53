// An op of one's own, with a kernel of one's own, held to its formula in doubles: forward, and the gradient by differences.
//
//   npm run -s example examples/gradient_check/swish.ts
import { type Kernel, type Nd, op, type Tensor } from "knotgrad";
import { check, reals } from "knotgrad/check";
import { openGpu } from "knotgrad/node";

/** A kernel is its text and what the text declares; kernels/generate.ts writes the second part for the package's own. */
const array = <Access extends "read" | "write">(access: Access) =>
  ({ access, type: "f32", shape: ["n"], optional: false }) as const;
const swishKernel = {
  name: "swish",
  bindings: { x: array("read"), y: array("write"), slope: array("write") },
  sizes: ["n"],
  knobs: { WG: 64 },
  grid: ["n/WG"],
  features: [],
  code: `
    override n: u32;
    override WG: u32;
    @group(0) @binding(0) var<storage, read>       x: array<f32>;
    @group(0) @binding(1) var<storage, read_write> y: array<f32>;
    @group(0) @binding(2) var<storage, read_write> slope: array<f32>;
    @compute @workgroup_size(WG)
    fn main(@builtin(global_invocation_id) id: vec3u) {
      if (id.x >= n) { return; }
      let s = 1.0 / (1.0 + exp(-x[id.x]));
      y[id.x] = x[id.x] * s;
      slope[id.x] = s * (1.0 + x[id.x] * (1.0 - s));
    }`,
} as const satisfies Kernel;
const productKernel = {
  ...swishKernel,
  name: "product",
  bindings: { a: array("read"), b: array("read"), y: array("write") },
  code: `
    override n: u32;
    override WG: u32;
    @group(0) @binding(0) var<storage, read>       a: array<f32>;
    @group(0) @binding(1) var<storage, read>       b: array<f32>;
    @group(0) @binding(2) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(WG)
    fn main(@builtin(global_invocation_id) id: vec3u) {
      if (id.x < n) { y[id.x] = a[id.x] * b[id.x]; }
    }`,
} as const satisfies Kernel;

/** y = x / (1 + exp(-x)), x (n). `wrong` leaves the slope out, to show what the check says of that. */
const swish = (wrong: boolean) =>
  op({
    reference: (x: Nd) => ({ ...x, data: x.data.map((v) => v / (1 + Math.exp(-v))) }),
    run: (x: Tensor) => {
      const { y, slope } = x.gpu.launch(swishKernel, { x });
      return [y, (dy) => [wrong ? dy : x.gpu.launch(productKernel, { a: dy, b: slope }).y]];
    },
  });

const { gpu } = await openGpu();
const right = await check(gpu, "swish", "(1000)", swish(false), ["x"], [reals([1000])]);
const wrong = await check(gpu, "swish", "(1000), slope left out", swish(true), ["x"], [reals([1000])]);
for (const { op, case: of, forward, gradients, ok } of [right, wrong]) {
  console.log(`${op} ${of}: forward ${forward}, gradient ${gradients["x"]}: ${ok ? "ok" : "WRONG"}`);
}
gpu.dispose();
if (!right.ok || wrong.ok) process.exitCode = 1;
