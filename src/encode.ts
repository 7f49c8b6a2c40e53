/**
 * Kernels and ops in the commands of another program: its device, its buffers, its encoder. Nothing is submitted or read back,
 * no buffer of the program is kept or destroyed, and no global is touched.
 * @module knotgrad/encode
 */
import { KnotgradError } from "./error.ts";
import { Gpu } from "./gpu.ts";
import { dtypeOf, type Given, type Kernel, type Options, type Outputs } from "./kernel.ts";
import type { Range, WrapOptions } from "./memory.ts";
import { backward } from "./op.ts";
import type { Shape, Tensor } from "./tensor.ts";

export { type ErrorCode, KnotgradError } from "./error.ts";
export type { Kernel } from "./kernel.ts";
export { requiredFeatures, requiredLimits } from "./limits.ts";

/** A part of a buffer that holds numbers of a shape. The buffer needs STORAGE; for a single number, UNIFORM will do. */
export interface View extends WrapOptions {
  /** The buffer, which stays the caller's. */
  readonly buffer: GPUBuffer;
  /** Sizes of each dimension. */
  readonly shape: Shape;
}

/** A view for each tensor; a number stands for a scalar that never changes. */
type Viewed<T> = {
  [Name in keyof T]: T[Name] extends Tensor
    ? View
    : T[Name] extends Tensor | number
      ? View | number
      : View | undefined;
};

/** What a kernel is bound to: a view of a buffer for each binding, and numbers for scalars that never change. */
export type Views<K extends Kernel> = Viewed<Given<K> & Outputs<K>>;

/** The engine on each device, without owning it, which holds compiled kernels. */
const engines = new WeakMap<GPUDevice, Gpu>();

function engineOf(device: GPUDevice): Gpu {
  const gpu = engines.get(device) ?? Gpu.fromDevice(device);
  engines.set(device, gpu);
  return gpu;
}

/**
 * From now on, tells `onError` what the device refuses of kernels, with the kernel's name and, where it does not compile, the
 * line. For finding mistakes. What the program itself encodes is not watched.
 */
export function debugDevice(device: GPUDevice, onError: (error: KnotgradError) => void): void {
  engines.set(device, Gpu.fromDevice(device, { debug: onError }));
}

/**
 * Encodes one kernel into a command encoder, as a pass of its own, or into an open compute pass, whose pipeline and bind group 0 it
 * sets. Sizes come from the views' shapes and from `options`; every output must be given. A kernel is compiled when it is first
 * encoded with such sizes, unless `compileKernel` did that before.
 * Throws, before anything is encoded, where shapes, types, offsets, sizes or options do not fit, a buffer lacks a usage, an output
 * shares memory with another view, or the device lacks a feature.
 */
export function encodeKernel<K extends Kernel>(
  device: GPUDevice,
  into: GPUCommandEncoder | GPUComputePassEncoder,
  kernel: K,
  views: Views<K>,
  options: Options<K> = {} as Options<K>,
): void {
  const gpu = engineOf(device);
  gpu.encode(into, kernel, tensorsOf(gpu, kernel, views), options);
}

/** Compiles a kernel without blocking, as `encodeKernel` would for the same arguments. Throws as it does, and what the compiler says. */
export async function compileKernel<K extends Kernel>(
  device: GPUDevice,
  kernel: K,
  views: Views<K>,
  options: Options<K> = {} as Options<K>,
): Promise<void> {
  const gpu = engineOf(device);
  await gpu.compile(kernel, tensorsOf(gpu, kernel, views), options);
}

function tensorsOf<K extends Kernel>(gpu: Gpu, kernel: K, views: Views<K>): Given<K> & Outputs<K> {
  const tensors: { [name: string]: Tensor | number | undefined } = {};
  for (const [name, view] of Object.entries(views as { [name: string]: View | number | undefined })) {
    const binding = kernel.bindings[name];
    tensors[name] = typeof view === "object" ? wrapped(gpu, view, binding && dtypeOf(binding.type)) : view;
  }
  return tensors as Given<K> & Outputs<K>;
}

const wrapped = (gpu: Gpu, { buffer, shape, ...options }: View, dtype = options.dtype): Tensor =>
  gpu.wrap(buffer, shape, { ...options, dtype });

/** An input of an op. */
export interface Input extends View {
  /** Where its gradient goes, which is of the same shape; none is made unless given. */
  readonly gradient?: Omit<View, "shape" | "dtype"> | undefined;
}

/** What `prepare` is given beside the op: the program's buffers. */
export interface Operands<Name extends string> {
  /** What the op takes, by the names that `op` knows. */
  readonly inputs: { readonly [N in Name]: Input };
  /** Where the result goes; into memory of its own unless given. */
  readonly output?: Omit<View, "shape"> | undefined;
  /** dL/dy, of the result's shape, where gradients are wanted; 1 unless given. */
  readonly dy?: Omit<View, "shape"> | undefined;
}

/** An op that can be encoded. */
export interface Prepared {
  /** Encodes the op, and its gradients where they are wanted: into an encoder as one pass, or into an open compute pass. Makes nothing. */
  encode(into: GPUCommandEncoder | GPUComputePassEncoder): void;
  /** Where the result lies, in bytes. */
  readonly output: Range;
  /** Kernels in one run. */
  readonly dispatches: number;
  /** Bytes of memory for what lies between the kernels, which is kept until `dispose`. */
  readonly bytes: number;
  /** Gives that memory back. */
  dispose(): void;
}

/**
 * An op, or any composition of them, with its gradients, from the program's buffers to the program's buffers: `f` takes the
 * inputs as tensors, by name, and gives the result. Compiles its kernels and plans their memory; nothing runs yet.
 * Throws what `f` throws, where a view does not fit, where an input with a `gradient` has none, or a kernel does not compile.
 */
export async function prepare<Name extends string>(
  device: GPUDevice,
  f: (inputs: { readonly [N in Name]: Tensor }) => Tensor,
  { inputs, output, dy }: Operands<Name>,
): Promise<Prepared> {
  const gpu = engineOf(device);
  const tensors = {} as { [N in Name]: Tensor };
  for (const name in inputs) {
    const { gradient, ...view } = inputs[name];
    tensors[name] = wrapped(gpu, view);
    tensors[name].needsGrad = gradient !== undefined;
  }
  const step = await gpu.step(() => {
    const y = f(tensors);
    if (y.needsGrad) backward(y, dy && wrapped(gpu, { dtype: y.dtype, ...dy, shape: y.shape }));
    for (const name in inputs) {
      const { gradient, shape, dtype } = inputs[name];
      if (!gradient) continue;
      const { grad } = tensors[name];
      if (!grad) {
        throw new KnotgradError(
          "value",
          `prepare: ${name} has a gradient but the result does not depend on it; leave it out`,
        );
      }
      gpu.assign(wrapped(gpu, { ...gradient, shape, dtype }), grad);
    }
    if (!output) return { y };
    const target = wrapped(gpu, { dtype: y.dtype, ...output, shape: y.shape });
    gpu.assign(target, y);
    return { y: target };
  });
  return {
    encode: (into) => step.encode(into),
    output: step.results.y,
    dispatches: step.dispatches,
    bytes: step.bytes,
    dispose: () => step.dispose(),
  };
}
