// What a differentiable operation is, and how gradients flow back through them.
import { KnotgradError } from "./error.ts";
import { add, addF16 } from "./kernels.gen.ts";
import type { Nd } from "./reference.ts";
import { Tensor, type Vjp } from "./tensor.ts";

/** The same argument, or options, with plain arrays for tensors. */
export type AsNd<T> = T extends Tensor ? Nd : T extends object ? { [K in keyof T]: AsNd<T[K]> } : T;

/** A differentiable operation. */
export interface Op<A extends unknown[], P extends unknown[] = AsNd<A>> {
  (...args: A): Tensor;
  /** The operation's formula in plain doubles, of the same shapes: what its kernels are tested against. */
  reference(...args: P): Nd;
}

/**
 * Declares an operation. `reference` is its formula. `run` launches its kernels and returns the
 * result with its vjp: given dL/dy, the gradient of each argument, null where there is none.
 * @example
 * ```ts
 * const launch = (x: Tensor) => x.gpu.launch(kernels.scale, { x, factor: 2 }).y;
 * const double = op({
 *   reference: (x: Nd) => nd(x.shape, (...i) => 2 * x.at(...i)),
 *   run: (x: Tensor) => [launch(x), (dy) => [launch(dy)]],
 * });
 * await double(gpu.tensor(Float32Array.of(1, 2))).read(); // => [2, 4]
 * ```
 */
export function op<A extends unknown[], P extends AsNd<A>>(definition: {
  reference: (...args: P) => Nd;
  run: (...args: A) => [y: Tensor, vjp: Vjp];
}): Op<A, P> {
  const call = (...args: A): Tensor => {
    const [y, vjp] = definition.run(...args);
    const inputs = args.map((arg) => (arg instanceof Tensor ? arg : null));
    if (inputs.some((x) => x?.needsGrad)) {
      y.needsGrad = true;
      y.node = { inputs, vjp };
    }
    return y;
  };
  return Object.assign(call, { reference: definition.reference });
}

/**
 * Sets x.grad to dL/dx for every tensor x that y was made from and that needs a gradient. `dy` is
 * dL/dy; left out, L is the sum of y's elements. Gradients of an earlier call are replaced. Throws where dy does not have
 * the shape and type of y.
 * @example
 * ```ts
 * const x = gpu.tensor(Float32Array.of(5, -5));
 * x.needsGrad = true;
 * backward(relu(x));
 * await x.grad!.read(); // => [1, 0]
 * ```
 */
export function backward(y: Tensor, dy: Tensor = y.gpu.filled(y.shape, 1, y.dtype)): void {
  if (String(dy.shape) !== String(y.shape)) {
    throw new KnotgradError(
      "shape",
      `backward: dy is (${dy.shape.join(", ")}) but must be (${y.shape.join(", ")}), the shape of y`,
    );
  }
  if (dy.dtype !== y.dtype)
    throw new KnotgradError("dtype", `backward: dy is ${dy.dtype} but must be ${y.dtype}, as y is`);
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const visit = (t: Tensor): void => {
    if (seen.has(t)) return;
    seen.add(t);
    t.grad = undefined;
    for (const x of t.node?.inputs ?? []) if (x) visit(x);
    order.push(t); // after everything it was made from
  };
  visit(y);

  y.grad = dy;
  for (const t of order.reverse()) {
    if (!t.node || !t.grad) continue;
    const grads = t.node.vjp(t.grad);
    t.node.inputs.forEach((x, i) => {
      const dx = grads[i];
      if (x?.needsGrad && dx) x.grad = x.grad ? sum(x.grad, dx) : dx;
    });
  }
}

const sum = (a: Tensor, b: Tensor): Tensor =>
  a.gpu
    .launch(a.dtype === "f16" ? addF16 : add, { a: a.view([a.size]), b: b.view([b.size]) })
    .y.view(a.shape);
