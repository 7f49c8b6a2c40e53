// Which tensors a kernel may be bound to, whatever their shapes.
import { type ErrorCode, KnotgradError } from "./error.ts";
import type { Gpu } from "./gpu.ts";
import { dtypeOf, type Fit, type Kernel } from "./kernel.ts";
import { lacks, type Memory, rootOf } from "./memory.ts";
import { count, Tensor, widthOf } from "./tensor.ts";

/** Memory bound to a kernel under a name. */
export interface Bound {
  readonly name: string;
  readonly writes: boolean;
  readonly memory: Memory;
}

/** Whether a kernel writes to a binding. */
export const isWritten = ({ access }: Kernel["bindings"][string]): boolean =>
  access === "write" || access === "update";

/**
 * Throws where a tensor is larger than what the device binds at once, is not this Gpu's, not there any more, or bound in
 * a way that WebGPU forbids.
 */
export function refuseMisuse(
  gpu: Gpu,
  recording: object | undefined,
  kernel: Kernel,
  given: { readonly [binding: string]: Tensor | number | undefined },
  shapes: Fit["shapes"],
): void {
  const refuse = (code: ErrorCode, why: string): never => {
    throw new KnotgradError(code, `${kernel.name}: ${why}`);
  };
  for (const [name, shape] of Object.entries(shapes)) {
    const bytes = widthOf(dtypeOf(kernel.bindings[name].type)) * count(shape);
    if (bytes <= gpu.mostBound) continue;
    refuse(
      "limit",
      `${name} is (${shape.join(", ")}), ${bytes} bytes, but the device binds at most ${gpu.mostBound} at once; give slices of it`,
    );
  }
  const bound = Object.entries(kernel.bindings).flatMap(([name, binding]) => {
    const tensor = given[name];
    if (!(tensor instanceof Tensor)) return [];
    return [{ name, tensor, memory: tensor.memory, writes: isWritten(binding) }];
  });
  for (const { name, tensor, memory, writes } of bound) {
    if (tensor.gpu !== gpu)
      refuse("foreign", `${name} belongs to another Gpu; read it and write it to a tensor of this one`);
    if (memory.recording && memory.recording !== recording) {
      refuse(
        "state",
        `${name} is a temporary of a step but is used outside it; return it from the step to read it`,
      );
    }
    const { root } = rootOf(memory);
    if (!root.recording && !root.range) refuse("gone", `${name} was given back; keep it while it is used`);
    if (writes && tensor.constant !== undefined) {
      refuse("usage", `${name} is a constant that others share but is written; make a tensor for it`);
    }
  }
  const why = conflict(kernel, bound);
  if (why) refuse(why.code, why.why);
}

/** A reason not to bind. */
interface Conflict {
  readonly code: ErrorCode;
  readonly why: string;
}

/** Why WebGPU forbids to bind these to a kernel in one dispatch, if it does. */
export function conflict({ bindings }: Kernel, bound: readonly Bound[]): Conflict | undefined {
  for (const { name, memory } of bound) {
    const { range } = rootOf(memory).root;
    const why = range && lacks(range, bindings[name].access === "scalar" ? "UNIFORM" : "STORAGE");
    if (why) return { code: "usage", why: `${name} ${why}` };
  }
  for (const a of bound) {
    const b = a.writes && bound.find((b) => b !== a && clash(a, b));
    if (b) {
      return {
        code: "alias",
        why: `${a.name} and ${b.name} share memory but ${a.name} is written; give another tensor`,
      };
    }
  }
  return undefined;
}

/**
 * Whether WebGPU forbids `b` beside `a`, which is written: in one dispatch a buffer is either read or written, and
 * what is written does not overlap.
 */
function clash(a: Bound, b: Bound): boolean {
  const [p, q] = [spot(a.memory), spot(b.memory)];
  if (p.buffer !== q.buffer) return false;
  return !b.writes || (p.start < q.start + b.memory.bytes && q.start < p.start + a.memory.bytes);
}

/** The buffer that memory lies in, or the memory that will get one, and the bytes before it there. */
function spot(memory: Memory): { buffer: object; start: number } {
  const { root, offset } = rootOf(memory);
  return { buffer: root.range?.buffer ?? root, start: (root.range?.offset ?? 0) + offset };
}
