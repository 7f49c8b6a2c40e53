// The engine as a guest in tfjs's WebGPU backend: what kernels read lies in tfjs's buffers, and what they write is a tensor of
// tfjs from the start, so that nothing is copied and tfjs alone says when memory is free again.
import {
  backend as currentBackend,
  type DataType,
  engine,
  fill,
  getBackend,
  reshape,
  type TensorInfo,
  Tensor as TfTensor,
  type Variable,
} from "@tensorflow/tfjs-core";
import { KnotgradError } from "../error.ts";
import { Gpu } from "../gpu.ts";
import { usage } from "../memory.ts";
import { count, type Dtype, type Shape, type Tensor } from "../tensor.ts";

/** What is used of tfjs's WebGPUBackend. */
interface Backend {
  readonly device: GPUDevice;
  /** The commands that it has not submitted yet. */
  readonly commandEncoder: GPUCommandEncoder | null;
  readonly bufferManager: { acquireBuffer(size: number, usage: number): GPUBuffer };
  /** Where values lie: on the device, on the CPU until a kernel needs them, or, once they were read, on both. */
  readonly tensorMap: { get(id: object): { resource?: GPUBuffer | null; values: ArrayLike<number> | null } };
  makeTensorInfo(shape: number[], dtype: DataType): TensorInfo;
  refCount(id: object): number;
  uploadToGPU(id: object): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

const MEMBERS = [
  "device",
  "commandEncoder",
  "bufferManager",
  "tensorMap",
  "makeTensorInfo",
  "refCount",
  "uploadToGPU",
  "ensureCommandEncoderReady",
  "endComputePassEncoder",
  "submitQueue",
] as const satisfies readonly (keyof Backend)[];

/** The engine in one backend. */
export class Bridge {
  private readonly backend: Backend;
  private readonly gpu: Gpu;
  /** tfjs's tensor in each buffer that the work at hand reads or has made. */
  private owners = new Map<GPUBuffer, TfTensor>();

  constructor(backend: Backend) {
    this.backend = backend;
    const allocate = (shape: Shape, dtype: Dtype) => this.make(shape, dtype);
    this.gpu = Gpu.fromDevice(backend.device, { allocate });
  }

  /**
   * Does work between the commands of tfjs: after all that it holds back, before all that come. `args`, and what objects among
   * them hold, are given to the work with our tensors for those of tfjs. What the work makes are tensors of tfjs, in the scope of
   * the moment. `saved` are those of work before that this one goes on with.
   */
  run<T>(
    args: readonly unknown[],
    work: (ours: unknown[], gpu: Gpu) => T,
    saved: readonly TfTensor[] = [],
  ): T {
    this.owners = new Map(saved.map((t) => [this.bufferOf(t), t]));
    const ours = args.map((arg) => this.toOurs(arg));
    if (this.backend.commandEncoder) {
      this.backend.endComputePassEncoder();
      this.backend.submitQueue();
    }
    try {
      return work(ours, this.gpu);
    } finally {
      this.gpu.flush(); // from here on, buffers may go to others
    }
  }

  /** What the last work read and made. */
  used(): TfTensor[] {
    return [...this.owners.values()];
  }

  /** A tensor of tfjs in the buffer of one that the last work used or made. */
  toTf(t: Tensor): TfTensor {
    const shape = [...t.shape];
    if (t.constant !== undefined) return fill(shape, t.constant);
    const owner = t.memory.range && this.owners.get(t.memory.range.buffer);
    if (owner?.size === t.size) return reshape(owner, shape);
    const whole = this.make(shape, t.dtype); // of a slice
    this.gpu.copy(whole, t);
    this.gpu.flush();
    return this.toTf(whole);
  }

  /** The value of a tensor () of tfjs where tfjs has it on the CPU. */
  known({ dataId }: TfTensor): number | undefined {
    return this.backend.tensorMap.get(dataId).values?.[0];
  }

  /** Gives a variable memory that no other tensor has, for work to write to; what tfjs has read of it is forgotten. */
  claim(variable: Variable): void {
    if (this.backend.refCount(variable.dataId) > 1) variable.assign(this.toTf(this.copy(variable)));
    this.bufferOf(variable);
    this.backend.tensorMap.get(variable.dataId).values = null;
  }

  /** The same values in a buffer of their own, a single number in one that kernels can bind as a scalar. */
  private copy(t: TfTensor): Tensor {
    const { backend } = this;
    const own = this.make(t.shape, dtypeOf(t));
    const buffer = this.bufferOf(t);
    backend.ensureCommandEncoderReady();
    backend.endComputePassEncoder();
    backend.commandEncoder!.copyBufferToBuffer(buffer, 0, own.memory.range!.buffer, 0, 4 * t.size);
    return own;
  }

  private toOurs(value: unknown): unknown {
    if (value instanceof TfTensor) return value.shape.length === 0 ? this.copy(value) : this.wrap(value);
    if (!isPlain(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.toOurs(each)]));
  }

  private wrap(t: TfTensor): Tensor {
    const buffer = this.bufferOf(t);
    this.owners.set(buffer, t);
    return this.gpu.wrap(buffer, t.shape, { dtype: dtypeOf(t) });
  }

  /** Where a tensor lies, once tfjs's commands are submitted. */
  private bufferOf({ dataId }: TfTensor): GPUBuffer {
    this.backend.uploadToGPU(dataId);
    return this.backend.tensorMap.get(dataId).resource!;
  }

  private make(shape: Shape, dtype: Dtype): Tensor {
    if (dtype === "f16") {
      throw new KnotgradError(
        "dtype",
        "tfOp: the op makes a tensor of f16 but tfjs has none; leave the cast out",
      );
    }
    const { backend } = this;
    const { STORAGE, COPY_SRC, COPY_DST, UNIFORM } = usage;
    const info = backend.makeTensorInfo([...shape], dtype === "f32" ? "float32" : "int32");
    // As tfjs makes its own, of exactly the size that is needed, so that each may reuse what the other gives back.
    const flags = STORAGE | COPY_SRC | COPY_DST | (count(shape) === 1 ? UNIFORM : 0);
    const buffer = backend.bufferManager.acquireBuffer(4 * count(shape), flags);
    backend.tensorMap.get(info.dataId).resource = buffer;
    this.owners.set(buffer, engine().makeTensorFromTensorInfo(info));
    return this.gpu.wrap(buffer, shape, { dtype });
  }
}

/** Whether a value is an object of options. */
export const isPlain = (value: unknown): value is { [name: string]: unknown } =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** The type that elements of a tensor of tfjs have in kernels: int32 and u32 have the same bits for labels. */
const dtypeOf = ({ dtype }: TfTensor): Dtype => (dtype === "int32" ? "u32" : "f32");

const bridges = /* @__PURE__ */ new WeakMap<object, Bridge>();

/** The engine in tfjs's present backend. Throws, for `where`, where that is not the WebGPU backend of tfjs 4.22, or like it. */
export function bridgeOf(where: string): Bridge {
  if (getBackend() !== "webgpu") {
    throw new KnotgradError(
      "state",
      `${where}: the backend of tfjs is ${getBackend() || "not chosen"} but must be webgpu; ` +
        'import "@tensorflow/tfjs-backend-webgpu", then await tf.setBackend("webgpu")',
    );
  }
  const backend = currentBackend() as unknown as Backend;
  const known = bridges.get(backend);
  if (known) return known;
  const missing = MEMBERS.filter((member) => !(member in backend));
  if (missing.length > 0) {
    throw new KnotgradError(
      "state",
      `${where}: the WebGPU backend of tfjs has no ${missing.join(", ")} but that of 4.22 has; install tfjs 4.22`,
    );
  }
  const bridge = new Bridge(backend);
  bridges.set(backend, bridge);
  return bridge;
}
