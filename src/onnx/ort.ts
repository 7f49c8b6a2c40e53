// Tensors shared with onnxruntime-web on one device, without a copy.
import { KnotgradError } from "../error.ts";
import type { Gpu } from "../gpu.ts";
import { rangeOf } from "../memory.ts";
import type { Dtype, Tensor } from "../tensor.ts";

/** What is used of onnxruntime's tensors. */
export interface OrtTensor {
  /** Name of the type of the elements, such as `float32`. */
  readonly type: string;
  /** Sizes of each dimension. */
  readonly dims: readonly number[];
  /** Where the elements are; `gpuBuffer` can be asked for where this is `gpu-buffer`. */
  readonly location: string;
  /** The buffer that the elements are in, from its start on. */
  readonly gpuBuffer: GPUBuffer;
}

/** What is used of the module onnxruntime-web. */
export interface Ort<T> {
  /** The class of its tensors. */
  readonly Tensor: {
    fromGpuBuffer(
      buffer: GPUBuffer,
      options: { readonly dataType: "float32" | "float16" | "uint32"; readonly dims: readonly number[] },
    ): T;
  };
}

/** onnxruntime's names of types. */
const names = { f32: "float32", f16: "float16", u32: "uint32" } as const;

/**
 * The elements of a tensor of onnxruntime in its shape, where they are, for kernels on the same device. They stay
 * onnxruntime's: `dispose` of its tensor ends them, `dispose` of ours only lets go. Throws where they are not in a GPU buffer, or
 * of a type that kernels do not have.
 */
export function fromOrt(gpu: Gpu, tensor: OrtTensor): Tensor {
  const { location, type, dims } = tensor;
  if (location !== "gpu-buffer") {
    throw new KnotgradError(
      "usage",
      `fromOrt: the tensor is in ${location} but must be in gpu-buffer; create the session with preferredOutputLocation "gpu-buffer"`,
    );
  }
  const dtype = (Object.keys(names) as Dtype[]).find((dtype) => names[dtype] === type);
  if (!dtype) {
    throw new KnotgradError(
      "dtype",
      `fromOrt: the tensor is of ${type} but must be of ${Object.values(names).join(", ")}`,
    );
  }
  return gpu.wrap(tensor.gpuBuffer, dims, { dtype });
}

/**
 * A tensor of onnxruntime with the elements and the shape of `tensor`, where they are, for sessions on the same device to read or
 * to write. They stay ours: keep `tensor` until the runs that take it are done; `dispose` of onnxruntime's destroys nothing. What
 * waits is sent; after later launches that write `tensor`, call `gpu.flush()` before a session runs. Throws where the tensor was
 * given back, is a temporary of a step, a constant, or does not start its buffer, since onnxruntime takes whole buffers.
 */
export function toOrt<T>(tensor: Tensor, ort: Ort<T>): T {
  const { memory, dtype, shape } = tensor;
  if (memory.recording)
    throw new KnotgradError(
      "state",
      "toOrt: the tensor is a temporary of a step; assign it to a tensor that lasts",
    );
  const range = rangeOf(memory);
  if (!range) throw new KnotgradError("gone", "toOrt: the tensor was given back; keep it while it is used");
  if (tensor.constant !== undefined)
    throw new KnotgradError(
      "usage",
      "toOrt: the tensor is a constant that others share; make one with gpu.tensor",
    );
  if (range.offset > 0) {
    throw new KnotgradError(
      "alignment",
      `toOrt: the tensor starts at byte ${range.offset} of its buffer but must start it; copy it to a tensor of its own`,
    );
  }
  tensor.gpu.flush();
  return ort.Tensor.fromGpuBuffer(range.buffer, { dataType: names[dtype], dims: [...shape] });
}
