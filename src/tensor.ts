// For Symbol.dispose, in programs that are compiled for older libraries too.
/// <reference lib="esnext.disposable" preserve="true" />

// A shaped piece of GPU memory.
import { KnotgradError } from "./error.ts";
import type { Gpu } from "./gpu.ts";
import type { Memory } from "./memory.ts";

/** Sizes of each dimension; () is a single number. */
export type Shape = readonly number[];
/** Type of a tensor's elements: 4 bytes each, or 2 of f16. */
export type Dtype = "f32" | "u32" | "f16";
/** Numbers that a tensor can be filled with, or read as. */
export type Numbers<D extends Dtype = Dtype> = D extends "u32" ? Uint32Array : Float32Array;

/** Bytes of an element. */
export const widthOf = (dtype: Dtype): number => (dtype === "f16" ? 2 : 4);

/** Given dL/dy, gives dL/dx for each argument of the op; null where there is none. */
export type Vjp = (dy: Tensor) => (Tensor | null)[];

/** An n-d array of numbers on the GPU, in row-major order. */
export class Tensor {
  /** Number of elements. */
  readonly size: number;
  /** What it lies on. */
  readonly gpu: Gpu;
  /** Sizes of each dimension. */
  readonly shape: Shape;
  /** Type of the elements. */
  readonly dtype: Dtype;
  /** Where the elements lie. */
  readonly memory: Memory;
  /** The value of every element, where that is known without reading. */
  readonly constant: number | undefined;
  /** Whether a gradient is wanted. */
  needsGrad = false;
  /** dL/d(this), after `backward`. */
  grad: Tensor | undefined;
  /** How this tensor was made, when a gradient may be asked for. */
  node: { readonly inputs: readonly (Tensor | null)[]; readonly vjp: Vjp } | undefined;

  constructor(gpu: Gpu, shape: Shape, dtype: Dtype, memory: Memory, constant?: number) {
    this.gpu = gpu;
    this.shape = shape;
    this.dtype = dtype;
    this.memory = memory;
    this.constant = constant;
    this.size = count(shape);
  }

  /** The same elements under another shape; gradients pass through. Throws where the sizes differ. */
  view(shape: Shape): Tensor {
    if (count(shape) !== this.size) {
      throw new KnotgradError(
        "shape",
        `view: (${this.shape.join(", ")}) has ${this.size} elements but (${shape.join(", ")}) needs ${count(shape)}`,
      );
    }
    const y = new Tensor(this.gpu, shape, this.dtype, this.memory, this.constant);
    if (this.needsGrad) {
      y.needsGrad = true;
      y.node = { inputs: [this], vjp: (dy) => [dy.view(this.shape)] };
    }
    return y;
  }

  /** Replaces all elements. Throws where the number of values differs or the type does not fit. */
  write(values: Numbers): void {
    this.gpu.write(this, values);
  }

  /** The elements, once all work so far is done. Throws what went wrong on the device. */
  read(): Promise<Float32Array> {
    return this.gpu.read(this);
  }

  /** Gives the memory back for reuse. The tensor must not be used again. */
  dispose(): void {
    this.gpu.release(this);
  }

  /** As `dispose`, at the end of the block of a `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Number of elements of a shape. */
export const count = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);
