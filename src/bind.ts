// Which tensors a kernel may be bound to, whatever their shapes.
import type { Gpu } from "./gpu.ts";
import type { Kernel } from "./kernel.ts";
import { type Memory, rangeOf, Tensor } from "./tensor.ts";

/** Whether a kernel writes to a binding. */
export const isWritten = ({ access }: Kernel["bindings"][string]): boolean =>
  access === "write" || access === "update";

/** Throws where a tensor is not this Gpu's, not there any more, or written beside another use of its memory. */
export function refuseMisuse(
  gpu: Gpu,
  recording: object | undefined,
  { name: kernel, bindings }: Kernel,
  given: { readonly [binding: string]: Tensor | number | undefined },
): void {
  const refuse = (why: string): never => {
    throw new Error(`${kernel}: ${why}`);
  };
  const bound = Object.entries(bindings).flatMap(([name, binding]) => {
    const tensor = given[name];
    if (!(tensor instanceof Tensor)) return [];
    return [{ name, tensor, memory: tensor.memory, writes: isWritten(binding) }];
  });
  for (const { name, tensor, memory, writes } of bound) {
    if (tensor.gpu !== gpu)
      refuse(`${name} belongs to another Gpu; read it and write it to a tensor of this one`);
    if (memory.recording && memory.recording !== recording) {
      refuse(`${name} is a temporary of a step but is used outside it; return it from the step to read it`);
    }
    if (!memory.recording && !rangeOf(memory)) refuse(`${name} was given back; keep it while it is used`);
    if (writes && tensor.constant !== undefined) {
      refuse(`${name} is a constant that others share but is written; make a tensor for it`);
    }
  }
  for (const a of bound) {
    const b = a.writes && bound.find((b) => b !== a && clash(a, b));
    if (b) refuse(`${a.name} and ${b.name} share memory but ${a.name} is written; give another tensor`);
  }
}

/**
 * Whether WebGPU forbids `b` beside `a`, which is written: in one dispatch a buffer is either read or written, and
 * what is written does not overlap.
 */
function clash(a: { memory: Memory }, b: { memory: Memory; writes: boolean }): boolean {
  if (a.memory === b.memory) return true;
  const [p, q] = [rangeOf(a.memory), rangeOf(b.memory)];
  if (!p || !q || p.buffer !== q.buffer) return false;
  return !b.writes || (p.offset < q.offset + b.memory.bytes && q.offset < p.offset + a.memory.bytes);
}
