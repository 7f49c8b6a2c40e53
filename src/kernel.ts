// What a kernel file declares, and how given tensors are fitted to it.
import { type ErrorCode, KnotgradError } from "./error.ts";
import { evaluate, isName } from "./expression.ts";
import type { Dtype, Shape, Tensor } from "./tensor.ts";

/** One binding of a kernel, in binding order. */
export interface Binding {
  /** read and update are given; write is made by `launch` unless given; scalar is a single number. */
  readonly access: "read" | "write" | "update" | "scalar";
  /** Type of what the kernel reads or writes at once; vec4f are four f32, vec4h four f16. */
  readonly type: "f32" | "u32" | "vec4f" | "f16" | "vec4h";
  /** Sizes of each dimension, as expressions of sizes and knobs. */
  readonly shape: readonly string[];
  /** Whether the kernel does without it. */
  readonly optional: boolean;
}

/** What kernels/generate.ts reads from one WGSL file. */
export interface Kernel {
  /** Name of the file. */
  readonly name: string;
  /** What it is bound to, by name, in binding order. */
  readonly bindings: { readonly [name: string]: Binding };
  /** Overrides that shapes or the caller tell. */
  readonly sizes: readonly string[];
  /** Overrides with their defaults. */
  readonly knobs: { readonly [name: string]: number | boolean };
  /** Workgroups along x, y and z, as expressions of sizes and knobs; `/` rounds up. */
  readonly grid: readonly string[];
  /** Features that the device must have. */
  readonly features: readonly string[];
  /** The WGSL text. */
  readonly code: string;
}

type Bindings<K extends Kernel> = K["bindings"];
type NamesOf<K extends Kernel, Wanted> = {
  [B in keyof Bindings<K>]: Bindings<K>[B] extends Wanted ? B : never;
}[keyof Bindings<K>];

/** The tensors that `launch` takes for a kernel; a number stands for a scalar that never changes. */
export type Given<K extends Kernel> = {
  [B in NamesOf<K, { access: "read" | "update"; optional: false }>]: Tensor;
} & { [B in NamesOf<K, { access: "scalar" }>]: Tensor | number } & {
  [B in NamesOf<K, { access: "read"; optional: true } | { access: "write" }>]?: Tensor | undefined;
};

/** The tensors that `launch` returns: everything the kernel writes. */
export type Outputs<K extends Kernel> = { [B in NamesOf<K, { access: "write" | "update" }>]: Tensor };

/** Sizes that no shape tells, and knobs. */
export type Options<K extends Kernel> = { [S in K["sizes"][number]]?: number } & {
  [O in keyof K["knobs"]]?: K["knobs"][O] extends boolean ? boolean : number;
};

/** A kernel fitted to shapes. */
export interface Fit {
  /** Values of the kernel's overrides. */
  readonly constants: { readonly [name: string]: number };
  /** The shape of each binding. */
  readonly shapes: { readonly [binding: string]: Shape };
  /** Workgroups, folded into two dimensions where one is not enough. */
  readonly grid: readonly [x: number, y: number, z: number];
}

/** What fitting needs to know of a tensor. */
interface Shaped {
  readonly shape: Shape;
  readonly dtype: Dtype;
}

/** The type of the tensors that a binding takes. */
export const dtypeOf = (type: Binding["type"]): Dtype =>
  type === "vec4f" ? "f32" : type === "vec4h" ? "f16" : type;

const MOST_GROUPS = 65_535;

/**
 * Fits a kernel to the tensors given. Throws, naming kernel and tensor, where something is missing,
 * unknown, of the wrong type, or of a shape that contradicts the others.
 */
export function fit(
  kernel: Kernel,
  given: { readonly [binding: string]: Shaped | number | undefined },
  options: { readonly [name: string]: number | boolean | undefined },
): Fit {
  const { name, bindings } = kernel;
  const refuse = (code: ErrorCode, why: string): never => {
    throw new KnotgradError(code, `${name}: ${why}`);
  };
  const values: { [name: string]: number } = {};
  for (const [option, value] of Object.entries(options)) {
    if (!kernel.sizes.includes(option) && !(option in kernel.knobs)) {
      refuse(
        "value",
        `${option} is given but the kernel has only ${[...kernel.sizes, ...Object.keys(kernel.knobs)].join(", ")}`,
      );
    }
    if (value === undefined) continue;
    values[option] = Number(value);
    if (!(Number.isInteger(values[option]) && values[option] >= 0)) {
      refuse("value", `${option} is ${value} but must be a whole number from 0 up`);
    }
  }
  for (const binding of Object.keys(given)) {
    if (!(binding in bindings))
      refuse("value", `${binding} is given but the kernel binds only ${Object.keys(bindings).join(", ")}`);
  }

  const value = (size: string): number =>
    values[size] ?? refuse("missing", `${size} is not told by any shape; pass { ${size} }`);
  const shapes: { [binding: string]: Shape } = {};
  for (const [binding, { access, type, shape, optional }] of Object.entries(bindings)) {
    const tensor = given[binding];
    if (`HAS_${binding.toUpperCase()}` in kernel.knobs) {
      values[`HAS_${binding.toUpperCase()}`] = Number(tensor !== undefined);
    }
    if (tensor === undefined) {
      if (access !== "write" && !optional)
        refuse("missing", `${binding} is missing but must be given as (${shape.join(", ")})`);
      continue;
    }
    if (typeof tensor === "number") {
      if (access !== "scalar")
        refuse("dtype", `${binding} is the number ${tensor} but must be a tensor (${shape.join(", ")})`);
      continue;
    }
    const dtype = dtypeOf(type);
    if (tensor.dtype !== dtype) refuse("dtype", `${binding} is ${tensor.dtype} but must be ${dtype}`);
    if (access === "scalar") {
      if (tensor.shape.length !== 0)
        refuse("shape", `${binding} is (${tensor.shape.join(", ")}) but must be a single number ()`);
      continue;
    }
    const fits =
      tensor.shape.length === shape.length &&
      shape.every((entry, i) => {
        if (isName(entry) && !(entry in values)) values[entry] = tensor.shape[i];
        return evaluate(entry, value) === tensor.shape[i];
      });
    if (!fits) {
      const known = Object.entries(values).filter(([size]) => kernel.sizes.includes(size));
      const where = known.length ? ` with ${known.map(([size, n]) => `${size} = ${n}`).join(", ")}` : "";
      refuse("shape", `${binding} is (${tensor.shape.join(", ")}) but must be (${shape.join(", ")})${where}`);
    }
    shapes[binding] = tensor.shape;
  }
  for (const knob in kernel.knobs) values[knob] ??= Number(kernel.knobs[knob]);
  for (const [binding, { access, shape }] of Object.entries(bindings)) {
    if (access === "write") shapes[binding] ??= shape.map((entry) => evaluate(entry, value));
  }
  for (const [binding, shape] of Object.entries(shapes)) {
    if (!shape.every((size) => Number.isInteger(size) && size > 0)) {
      refuse("shape", `${binding} is (${shape.join(", ")}) but every size must be a whole number above zero`);
    }
    if (bindings[binding].type.startsWith("vec4") && shape.at(-1)! % 4 !== 0) {
      refuse("shape", `${binding} is (${shape.join(", ")}) but its last size must be a multiple of 4`);
    }
  }
  const constants: { [name: string]: number } = {};
  for (const size of [...kernel.sizes, ...Object.keys(kernel.knobs)]) constants[size] = value(size);
  const groups = kernel.grid.map((entry) => evaluate(entry, value));
  const grid = fold(groups);
  if (!grid.every((size) => size > 0 && size <= MOST_GROUPS)) {
    refuse("limit", `the grid is (${groups.join(", ")}) but every size must be from 1 to ${MOST_GROUPS}`);
  }
  return { constants, shapes, grid };
}

/** One dimension of more groups than a device takes becomes two; the kernel leaves the last ones idle. */
function fold([x, y = 1, z = 1]: number[]): readonly [number, number, number] {
  const rows = y * z === 1 ? Math.ceil(x / MOST_GROUPS) : y;
  return y * z === 1 ? [Math.ceil(x / rows), rows, 1] : [x, y, z];
}
