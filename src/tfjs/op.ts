// Ops of ours as ops of tfjs.
import {
  customGrad,
  engine,
  type GradSaveFunc,
  Tensor as TfTensor,
  tidy,
  Variable,
  zeros,
} from "@tensorflow/tfjs-core";
import { KnotgradError } from "../error.ts";
import { backward } from "../op.ts";
import type { Tensor } from "../tensor.ts";
import { type Bridge, bridgeOf, isPlain } from "./bridge.ts";

/** The same argument, or options, with tensors of tfjs for ours. */
export type AsTf<T> = T extends Tensor ? TfTensor : T extends object ? { [K in keyof T]: AsTf<T[K]> } : T;

/** What an argument of an op is: of float32, `differentiated`, `optional` and differentiated, or `constant`; of int32, a `label`. */
export type Role = "differentiated" | "optional" | "constant" | "label";

/** The tensors that an op takes, by name, in the order of its arguments; those after them are options. */
export type Roles = { readonly [argument: string]: Role };

/**
 * An op of tfjs made from one of ours, or from a function `f` that composes some. Its arguments are tensors of tfjs, in options
 * too, in whose buffers the kernels read, and its result is a tensor of tfjs in the buffer that they wrote.
 *
 * tfjs's gradients pass through it to the arguments that `roles` differentiates, but for variables that are not trainable, with
 * zeros where `f` gives none. Kernels make a gradient only where tfjs records one. Its gradient has no gradient: that throws.
 *
 * The op throws, for `name`, where tfjs's backend is not webgpu, or an argument is no tensor, given back, without elements or of
 * another type than its role has; and what `f` throws.
 */
export function tfOp<A extends unknown[]>(
  name: string,
  f: (...args: A) => Tensor,
  roles: Roles,
): (...args: { [K in keyof A]: AsTf<A[K]> }) => TfTensor {
  return (...args) => {
    const bridge = bridgeOf(name);
    checkArguments(name, roles, args);
    const wanted = Object.values(roles).flatMap((role, i) => (isDifferentiated(role, args[i]) ? [i] : []));
    const xs = wanted.map((i) => args[i] as TfTensor);
    const recorded = engine().isTapeOn();
    const forward = (save: GradSaveFunc) => {
      const { y, leaves } = bridge.run(args, (ours) => {
        const leaves = wanted.map((i) => ours[i] as Tensor);
        for (const x of leaves) x.needsGrad = recorded;
        return { leaves, y: f(...(ours as A)) };
      });
      save(bridge.used()); // until tfjs has its gradients, if it records them
      return {
        value: bridge.toTf(y),
        gradFunc: (dy: TfTensor, saved: TfTensor[]) => {
          const gradients = tidy(() => vjp(bridge, y, leaves, dy, saved));
          return engine().isTapeOn() ? gradients.map((dx) => once(name, dx, [dy, ...xs])) : gradients;
        },
      };
    };
    return customGrad((...given) => forward(given.at(-1) as GradSaveFunc))(...xs);
  };
}

/** dL/dx of each leaf that y was made from, given dL/dy. */
function vjp(
  bridge: Bridge,
  y: Tensor,
  leaves: readonly Tensor[],
  dy: TfTensor,
  saved: readonly TfTensor[],
): TfTensor[] {
  // tfjs begins with 1, for which nothing need be multiplied.
  const plain = dy.shape.length === 0 && bridge.known(dy) === 1;
  bridge.run(
    plain ? [] : [dy],
    ([given], gpu) => backward(y, plain ? gpu.constant(1) : (given as Tensor)),
    saved,
  );
  return leaves.map(({ grad, shape }) => (grad ? bridge.toTf(grad) : zeros([...shape])));
}

/** A gradient dx that depends on `inputs` in a way that tfjs cannot follow. */
const once = (name: string, dx: TfTensor, inputs: readonly TfTensor[]): TfTensor =>
  customGrad(() => ({
    value: dx,
    gradFunc: () => {
      throw new KnotgradError("state", `${name}: its gradient is differentiated again but has no gradient`);
    },
  }))(...inputs);

const isDifferentiated = (role: Role, arg: unknown): boolean =>
  (role === "differentiated" || role === "optional") &&
  arg instanceof TfTensor &&
  !(arg instanceof Variable && !arg.trainable);

/** Throws, for `name`, where an argument is not what its role says. */
export function checkArguments(name: string, roles: Roles, args: readonly unknown[]): void {
  const known = Object.entries(roles);
  for (const [i, [argument, role]] of known.entries()) {
    if (args[i] === undefined && role === "optional") continue;
    if (!(args[i] instanceof TfTensor))
      throw new KnotgradError(
        "value",
        `${name}: ${argument} is ${typeof args[i]} but must be a tensor of tfjs`,
      );
    checkTensor(name, argument, args[i], [role === "label" ? "int32" : "float32"]);
  }
  for (const options of args.slice(known.length)) {
    for (const [path, t] of tensorsIn(options)) checkTensor(name, path, t, ["float32", "int32"]);
  }
}

function checkTensor(name: string, what: string, t: TfTensor, dtypes: readonly string[]): void {
  if (t.isDisposed)
    throw new KnotgradError("gone", `${name}: ${what} was disposed of; keep it while it is used`);
  if (!dtypes.includes(t.dtype)) {
    const needed = dtypes.join(" or ");
    throw new KnotgradError("dtype", `${name}: ${what} is ${t.dtype} but must be ${needed}; cast it`);
  }
  if (t.size === 0) {
    throw new KnotgradError("shape", `${name}: ${what} is (${t.shape.join(", ")}) but must have elements`);
  }
}

/** Tensors in options, with where they are. */
function tensorsIn(value: unknown, path = "options"): [path: string, t: TfTensor][] {
  if (value instanceof TfTensor) return [[path, value]];
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => tensorsIn(each, `${path}.${name}`));
}
