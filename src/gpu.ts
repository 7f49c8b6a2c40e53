// The device, its memory, and the one way to run a kernel.

import { isWritten, refuseMisuse } from "./bind.ts";
import { KnotgradError } from "./error.ts";
import { fromHalves, toHalves } from "./half.ts";
import { dtypeOf, fit, type Given, type Kernel, type Options, type Outputs } from "./kernel.ts";
import { fill, scale } from "./kernels.gen.ts";
import {
  ALIGNMENT,
  lacks,
  lend,
  type Memory,
  memoryOf,
  padded,
  type Range,
  rangeOf,
  type WrapOptions,
  whole,
  within,
} from "./memory.ts";
import { type MemoryUse, Pool } from "./pool.ts";
import { type Dispatch, Sender, type Wait } from "./sender.ts";
import { place, record, type Step, type StepOptions, type StepResult } from "./step.ts";
import { count, type Dtype, type Numbers, type Shape, Tensor, widthOf } from "./tensor.ts";

/** How much was made and sent so far. */
export interface Counters {
  /** Buffers created. */
  buffers: number;
  /** Bind groups created. */
  bindGroups: number;
  /** Pipelines created. */
  pipelines: number;
  /** Dispatches sent. */
  dispatches: number;
  /** Submits to the queue. */
  submits: number;
}

/** What `Gpu.fromDevice` can be told. */
export interface GpuOptions {
  /** Most bytes of given-back buffers that are kept for reuse; 256 MiB unless told. */
  readonly poolCap?: number;
  /** Most bytes of a tensor that one kernel is bound to, below the device's limit; that limit unless told. */
  readonly mostBound?: number;
  /**
   * Makes what launches write and are not given, of the shape asked for (any), in memory of the caller's: a tensor that `wrap` gives.
   * Launches throw what it throws. From the pool unless told.
   */
  readonly allocate?: (shape: Shape, dtype: Dtype) => Tensor;
  /** How to wait for the device; just awaits unless told. */
  readonly wait?: Wait;
  /**
   * Watches each dispatch on its own, with error scopes, so that what the device refuses is told with the kernel's name, and a
   * kernel that does not compile with its line: by the next `read`, `run` or `settle`, or at once to a function. For finding
   * mistakes: it sends every dispatch by itself.
   */
  readonly debug?: boolean | ((error: KnotgradError) => void);
  /** Fills new and recycled memory with NaN before each use, so that reads of unwritten memory show. For tests. */
  readonly poison?: boolean;
}

/** Bit pattern of a quiet NaN, both of whose halves are that of one in f16. */
const NAN_BITS = 0x7fc07fc0;

/**
 * A WebGPU device with the engine's memory and pipelines. Once it is disposed of, or the device lost, all that makes memory, sends
 * or waits throws.
 * @example
 * ```ts
 * const { gpu } = await openGpu(); // in a browser: Gpu.fromDevice(device)
 * const x = gpu.tensor(Float32Array.of(1, 2, 3));
 * await scale(x, 2).read(); // => [2, 4, 6]
 * gpu.dispose();
 * ```
 */
export class Gpu {
  /** The device. */
  readonly device: GPUDevice;
  /**
   * Resolves when the device is lost, with an error of the code `lost`; all that waits for the device then rejects with it, and all
   * that is sent from then on throws it. Open another device and go on from a checkpoint.
   */
  readonly lost: Promise<KnotgradError>;
  /** Most bytes of a tensor that one kernel can be bound to, a multiple of 256; of a larger one it takes slices. */
  readonly mostBound: number;
  private readonly sender: Sender;
  private readonly pool: Pool;
  private readonly poison: boolean;
  private readonly allocate: GpuOptions["allocate"];
  private readonly owns: boolean;
  private readonly constants = new Map<string, Tensor>();
  private recording: Dispatch[] | undefined;
  private partName: string | undefined;

  /**
   * The engine on a device of the caller's, which stays the caller's to destroy. Throws where `mostBound` is below 256.
   * @example
   * ```ts
   * const { device } = await openDevice(); // yours, with what requiredLimits and requiredFeatures ask for
   * const gpu = Gpu.fromDevice(device);
   * await gpu.zeros([2]).read(); // => [0, 0]
   * gpu.dispose(); // the device stays
   * ```
   */
  static fromDevice(device: GPUDevice, options: GpuOptions = {}): Gpu {
    return new Gpu(device, options, false);
  }

  /**
   * The engine on a device that is its own from now on: `dispose` destroys it, and its errors are told by reads instead of on
   * the console. Throws where `mostBound` is below 256.
   */
  static owning(device: GPUDevice, options: GpuOptions = {}): Gpu {
    return new Gpu(device, options, true);
  }

  private constructor(device: GPUDevice, options: GpuOptions, owns: boolean) {
    const { poolCap = 256 * 2 ** 20, poison = false, wait = (promise) => promise, debug = false } = options;
    const { mostBound = Number.POSITIVE_INFINITY } = options;
    if (!(mostBound >= ALIGNMENT)) {
      throw new KnotgradError(
        "value",
        `fromDevice: mostBound is ${mostBound} but must be a number of bytes from ${ALIGNMENT} up`,
      );
    }
    const most = Math.min(mostBound, device.limits.maxStorageBufferBindingSize);
    this.mostBound = most - (most % ALIGNMENT);
    this.device = device;
    this.poison = poison;
    this.allocate = options.allocate;
    this.owns = owns;
    this.sender = new Sender(device, { wait, owns, debug });
    this.pool = new Pool(this.sender, poolCap);
    this.lost = this.sender.lost;
  }

  /** Bytes held now, at most so far, and kept for reuse. */
  memory(): MemoryUse {
    return this.pool.use();
  }

  /** How much was made and sent so far. */
  counters(): Counters {
    return { ...this.sender.counters(), buffers: this.pool.use().created };
  }

  /**
   * Runs a kernel, or records it while a step is recorded. Sizes come from the shapes given and from
   * `options`; outputs that are not given are made. Returns what the kernel writes.
   * Throws, before any work, where shapes, types or options do not fit.
   * @example
   * ```ts
   * const x = gpu.tensor(Float32Array.of(1, 2));
   * const { y } = gpu.launch(kernels.scale, { x, factor: 3 });
   * await y.read(); // => [3, 6]
   * ```
   */
  launch<K extends Kernel>(kernel: K, given: Given<K>, options: Options<K> = {} as Options<K>): Outputs<K> {
    const { dispatch, outputs } = this.fitted(kernel, given, options);
    this.dispatch(dispatch);
    return outputs as Outputs<K>;
  }

  /**
   * Encodes one kernel into the commands of the caller: into a command encoder, as a pass of its own, or into an open compute
   * pass, whose pipeline and bind group 0 it sets. Nothing is sent but what was launched before; the kernel comes with the
   * caller's submit, until which its tensors must be kept. Outputs must be given.
   * Throws as `launch` does, where an output is not given, and while a step is recorded.
   */
  encode<K extends Kernel>(
    into: GPUCommandEncoder | GPUComputePassEncoder,
    kernel: K,
    given: Given<K> & Outputs<K>,
    options: Options<K> = {} as Options<K>,
  ): void {
    if (this.recording) throw new KnotgradError("state", "encode: a step is being recorded; launch in it");
    this.sender.encode(into, [this.sender.ready(this.whole(kernel, given, options))]);
  }

  /** Compiles a kernel, as `encode` would at once. Throws what `encode` throws, and what the compiler says. */
  async compile<K extends Kernel>(
    kernel: K,
    given: Given<K> & Outputs<K>,
    options: Options<K> = {} as Options<K>,
  ): Promise<void> {
    await this.sender.compile([this.whole(kernel, given, options).program]);
  }

  /** A kernel all of whose outputs are given, bound. */
  private whole<K extends Kernel>(kernel: K, given: Given<K> & Outputs<K>, options: Options<K>): Dispatch {
    for (const [name, binding] of Object.entries(kernel.bindings)) {
      if (!isWritten(binding) || (given as { [name: string]: unknown })[name]) continue;
      const shape = binding.shape.join(", ");
      throw new KnotgradError(
        "missing",
        `${kernel.name}: ${name} is missing but must be given as (${shape})`,
      );
    }
    return this.fitted(kernel, given, options).dispatch;
  }

  /** A kernel bound to the tensors given and to those made for it. */
  private fitted<K extends Kernel>(
    kernel: K,
    given: Given<K>,
    options: Options<K>,
  ): { dispatch: Dispatch; outputs: { [binding: string]: Tensor } } {
    const tensors: { [binding: string]: Tensor | number | undefined } = { ...(given as object) };
    const { constants, shapes, grid } = fit(
      kernel,
      tensors,
      options as { [name: string]: number | boolean | undefined },
    );
    refuseMisuse(this, this.recording, kernel, tensors, shapes);
    const program = this.sender.programs.get(kernel, constants);
    const outputs: { [binding: string]: Tensor } = {};
    const bindings = Object.entries(kernel.bindings).map(([name, binding]) => {
      const dtype = dtypeOf(binding.type);
      const given = tensors[name] ?? (binding.access === "write" ? this.empty(shapes[name], dtype) : 0);
      const tensor = typeof given === "number" ? this.constant(given, dtype) : given;
      const writes = isWritten(binding);
      if (writes) outputs[name] = tensor;
      return { name, writes, memory: tensor.memory };
    });
    return { dispatch: { program, grid, bindings, part: this.partName }, outputs };
  }

  /**
   * A tensor with these values: (N) from the array's length unless a shape is given; with f16, rounded to that.
   * Throws where the shape takes another number of values, or no buffer of the device is that large.
   */
  tensor(
    values: Float32Array | Uint32Array,
    shape: Shape = [values.length],
    dtype: Dtype = values instanceof Uint32Array ? "u32" : "f32",
  ): Tensor {
    if (values.length !== count(shape)) {
      throw new KnotgradError(
        "shape",
        `tensor: ${values.length} values are given but (${shape.join(", ")}) takes ${count(shape)}`,
      );
    }
    const t = this.make(shape, dtype, this.keep(widthOf(dtype) * count(shape)));
    t.write(values);
    return t;
  }

  /**
   * A tensor in a buffer of the caller's, from byte `offset` on and within `size` bytes, which is never kept for reuse or destroyed
   * here; `dispose` lets go of it. Launches wait to be sent: `flush` before a submit that counts on them.
   * Throws where the offset is no multiple of the device's minStorageBufferOffsetAlignment, 256 unless asked for less, where the
   * buffer is too small, or made without STORAGE (or UNIFORM for a single number); launch, `write` and `read` throw where it
   * lacks the usage that they need.
   * @example
   * ```ts
   * const usage = 0x80 | 0x8 | 0x4; // STORAGE | COPY_DST | COPY_SRC
   * const buffer = gpu.device.createBuffer({ size: 16, usage });
   * const x = gpu.wrap(buffer, [2, 2]);
   * x.write(Float32Array.of(1, -2, 3, -4));
   * await relu(x).read(); // => [1, 0, 3, 0]
   * x.dispose(); // the buffer stays
   * ```
   */
  wrap(buffer: GPUBuffer, shape: Shape, options: WrapOptions = {}): Tensor {
    const { dtype = "f32" } = options;
    return this.make(shape, dtype, lend(this.device, buffer, shape, options));
  }

  /** A tensor of zeros that lasts until it is disposed of. Throws where no buffer of the device is that large. */
  zeros(shape: Shape, dtype: Dtype = "f32"): Tensor {
    const memory = this.keep(widthOf(dtype) * count(shape));
    const { buffer } = memory.range!;
    this.sender.send((encoder) => encoder.clearBuffer(buffer));
    return this.make(shape, dtype, memory);
  }

  /**
   * A tensor whose values are still to be written. Inside a step it lasts only while the step runs.
   * Throws where no buffer of the device is that large.
   */
  empty(shape: Shape, dtype: Dtype = "f32"): Tensor {
    const { recording } = this;
    if (this.allocate && !recording) return this.allocate(shape, dtype);
    const bytes = widthOf(dtype) * count(shape);
    const memory = recording ? memoryOf(padded(bytes), { recording }) : this.keep(bytes);
    if (this.poison) {
      // Written as bits: WGSL may not make a NaN from floats. In a step without the padding, where it may be among a caller's.
      const bits = this.make([(recording ? whole(bytes) : memory.bytes) / 4], "u32", memory);
      for (const y of this.pieces(bits)) this.launch(fill, { y, value: NAN_BITS });
    }
    return this.make(shape, dtype, memory);
  }

  /** A single number () that never changes, made once per value. */
  constant(value: number, dtype: Dtype = "f32"): Tensor {
    return this.filled([], value, dtype);
  }

  /** A tensor whose every element is `value` and never changes, made once per shape and value. */
  filled(shape: Shape, value: number, dtype: Dtype = "f32"): Tensor {
    const key = `${dtype} ${shape.join(" ")} = ${value}`;
    let t = this.constants.get(key);
    if (!t) {
      const values = (dtype === "u32" ? new Uint32Array(count(shape)) : new Float32Array(count(shape))).fill(
        value,
      );
      t = new Tensor(this, shape, dtype, this.tensor(values, shape, dtype).memory, value);
      this.constants.set(key, t);
    }
    return t;
  }

  /**
   * A tensor inside another's memory, from element `start` on; no gradient passes through. Throws where `start` is no
   * multiple of 64 (128 in f16) or the shape does not fit.
   */
  slice(base: Tensor, start: number, shape: Shape): Tensor {
    const { memory, dtype, constant } = base;
    const temporary = this.recording && memory.recording === this.recording;
    if (!temporary) this.lasting("slice", base, "slice it while the step is recorded");
    const width = widthOf(dtype);
    if (!(start >= 0 && (width * start) % ALIGNMENT === 0 && start + count(shape) <= base.size)) {
      throw new KnotgradError(
        "shape",
        `slice: (${shape.join(", ")}) from ${start} does not fit in (${base.shape.join(", ")}) at a multiple of ${ALIGNMENT / width}`,
      );
    }
    return this.make(shape, dtype, within(memory, width * start, padded(width * count(shape))), constant);
  }

  /** A tensor's elements in order, as slices (n) that a kernel can be bound to: one where it is not too large for that. */
  pieces(t: Tensor): Tensor[] {
    const most = this.mostBound / widthOf(t.dtype);
    return Array.from({ length: Math.ceil(t.size / most) }, (_, i) =>
      this.slice(t, i * most, [Math.min(most, t.size - i * most)]),
    );
  }

  /**
   * Makes `t`, a result of the step being recorded, live in `target`'s memory. Gives false where that cannot be
   * (outside a step, a slice, another size or type, placed elsewhere, or a kernel that reads one and writes the other of
   * two tensors in the target's buffer): the values must then be copied.
   */
  place(t: Tensor, target: Tensor): boolean {
    return this.recording !== undefined && place(this.recording, t, target);
  }

  /** Makes `target` hold the values of `t`: computed there from the start where that can be, else copied. */
  assign(target: Tensor, t: Tensor): void {
    if (!this.place(t, target)) this.copy(target, t);
  }

  /** Copies the values of `t` to `target`. Throws where their sizes differ. */
  copy(target: Tensor, t: Tensor): void {
    if (t.size !== target.size) {
      throw new KnotgradError(
        "shape",
        `copy: (${t.shape.join(", ")}) is given but (${target.shape.join(", ")}) takes ${target.size}`,
      );
    }
    const to = this.pieces(target);
    for (const [i, x] of this.pieces(t).entries()) this.launch(scale, { x, factor: 1, y: to[i] });
  }

  /**
   * Records what f launches, once, and gives it back as a step that can be run any number of times.
   * Tensors made in f are temporaries and share memory after their last use; those f returns can be
   * read after each run. Throws what f throws, and where a kernel does not compile.
   * @example
   * ```ts
   * const x = gpu.zeros([3]);
   * const step = await gpu.step(() => ({ y: scale(x, 2) }));
   * x.write(Float32Array.of(1, 2, 3));
   * (await step.run()).y; // => [2, 4, 6]
   * x.write(Float32Array.of(4, 5, 6));
   * (await step.run()).y; // => [8, 10, 12]
   * ```
   */
  async step<R extends StepResult>(f: () => R, options: StepOptions = {}): Promise<Step<R>> {
    if (this.recording)
      throw new KnotgradError("state", "step: a step is being recorded; record one after the other");
    this.flush();
    const dispatches: Dispatch[] = [];
    this.recording = dispatches;
    let results: R;
    try {
      results = f();
    } finally {
      this.recording = undefined;
    }
    return record(this.sender, this.pool, dispatches, results, options);
  }

  /** Gives what f gives. What f launches is listed under this name in the profile of the step; within another, the inner one. */
  part<T>(name: string, f: () => T): T {
    const outer = this.partName;
    this.partName = name;
    try {
      return f();
    } finally {
      this.partName = outer;
    }
  }

  /**
   * Replaces a tensor's values, after all work so far; those of f16 are rounded to it. Throws where their number or type does not
   * fit, the tensor was given back, is a temporary of a step or a constant, or its buffer lacks COPY_DST.
   */
  write(t: Tensor, values: Numbers): void {
    const range = this.lasting("write", t, "make it outside the step", "COPY_DST");
    if (t.constant !== undefined) {
      throw new KnotgradError(
        "usage",
        "write: the tensor is a constant that others share; make one with gpu.tensor",
      );
    }
    if (values.length !== t.size) {
      throw new KnotgradError(
        "shape",
        `write: ${values.length} values are given but (${t.shape.join(", ")}) takes ${t.size}`,
      );
    }
    if (t.dtype === "u32" ? !(values instanceof Uint32Array) : !(values instanceof Float32Array)) {
      throw new KnotgradError(
        "dtype",
        `write: a ${values.constructor.name} is given but the tensor is ${t.dtype}`,
      );
    }
    if (t.dtype === "f16" && t.size % 2 === 1 && (t.memory.base || t.memory.lent)) {
      throw new KnotgradError(
        "shape",
        `write: (${t.shape.join(", ")}) of f16 is an odd number of elements in memory of others; write them all`,
      );
    }
    this.sender.refuseGone();
    this.flush();
    // Dawn's Node binding crashes on shared memory, so such values are copied first.
    const own =
      t.dtype === "f16"
        ? evenly(toHalves(values as Float32Array))
        : values.buffer instanceof ArrayBuffer
          ? values
          : values.slice();
    this.device.queue.writeBuffer(
      range.buffer,
      range.offset,
      own.buffer as ArrayBuffer,
      own.byteOffset,
      own.byteLength,
    );
  }

  /**
   * A tensor's values in row-major order, once all work so far is done. Throws what went wrong on the device, and where the tensor
   * is u32, was given back, is a temporary of a step, or its buffer lacks COPY_SRC.
   */
  async read(t: Tensor): Promise<Float32Array> {
    if (t.dtype === "u32")
      throw new KnotgradError("dtype", "read: the tensor is u32 but must be f32; use readU32");
    const bits = await this.bits(t);
    return t.dtype === "f16" ? fromHalves(new Uint16Array(bits, 0, t.size)) : new Float32Array(bits);
  }

  /** The values of a tensor of whole numbers. Throws as `read` does, and where the tensor is not u32. */
  async readU32(t: Tensor): Promise<Uint32Array> {
    if (t.dtype !== "u32")
      throw new KnotgradError("dtype", `readU32: the tensor is ${t.dtype} but must be u32; use read`);
    return new Uint32Array(await this.bits(t));
  }

  private async bits(t: Tensor): Promise<ArrayBuffer> {
    const range = this.lasting("read", t, "return it from the step to read it", "COPY_SRC");
    const size = whole(widthOf(t.dtype) * t.size);
    const staging = this.sender.staging(size);
    try {
      this.sender.send((encoder) => encoder.copyBufferToBuffer(range.buffer, range.offset, staging, 0, size));
      await this.sender.mapped(staging);
      return staging.getMappedRange().slice(0);
    } finally {
      this.sender.destroy(staging);
    }
  }

  /** Waits until all work so far is done. Throws what went wrong on the device. */
  settle(): Promise<void> {
    return this.sender.settle();
  }

  /** Gives a tensor's memory back. Throws where that was done, or the tensor is a constant, a slice or a temporary of a step. */
  release(t: Tensor): void {
    const { buffer } = this.lasting("dispose", t, "dispose of the step");
    if (t.constant !== undefined)
      throw new KnotgradError("usage", "dispose: the tensor is a constant that others share");
    if (t.memory.base)
      throw new KnotgradError("usage", "dispose: the tensor lies in another's memory; dispose of that one");
    t.memory.range = undefined;
    if (t.memory.lent) this.sender.forgetBuffers();
    else this.pool.give(buffer);
  }

  /**
   * Destroys all buffers that this engine made, and the device where it owns it; buffers and devices of the caller stay. Nothing
   * of it can be used after that.
   */
  dispose(): void {
    this.sender.dispose();
    if (this.owns) this.device.destroy();
  }

  /** As `dispose`, at the end of the block of a `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Sends what waits to the device. Throws where the device is lost or the engine disposed of. */
  flush(): void {
    this.sender.flush();
  }

  private dispatch(dispatch: Dispatch): void {
    if (this.recording) this.recording.push(dispatch);
    else this.sender.enqueue(dispatch);
  }

  /** Where a tensor's memory lies. Throws, for `what`, where it is a temporary, given back or without a usage. */
  private lasting(
    what: string,
    { memory }: Tensor,
    instead: string,
    needed?: "COPY_SRC" | "COPY_DST",
  ): Range {
    if (memory.recording)
      throw new KnotgradError("state", `${what}: the tensor is a temporary of a step; ${instead}`);
    const range = rangeOf(memory);
    if (!range)
      throw new KnotgradError("gone", `${what}: the tensor was given back; keep it while it is used`);
    const why = needed && lacks(range, needed);
    if (why) throw new KnotgradError("usage", `${what}: the tensor ${why}`);
    return range;
  }

  private make(shape: Shape, dtype: Dtype, memory: Memory, constant?: number): Tensor {
    return new Tensor(this, shape, dtype, memory, constant);
  }

  private keep(bytes: number): Memory {
    const size = padded(bytes);
    return memoryOf(size, { range: { buffer: this.pool.take(size), offset: 0, size } });
  }
}

/** An even number of halves, as the device takes them: one more of zero where there is none beside the last. */
function evenly(halves: Uint16Array): Uint16Array {
  if (halves.length % 2 === 0) return halves;
  const more = new Uint16Array(halves.length + 1);
  more.set(halves);
  return more;
}
