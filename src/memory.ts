// Where a tensor's elements lie: in a buffer, or in the memory of another tensor.
import { KnotgradError } from "./error.ts";
import { count, type Dtype, type Shape, widthOf } from "./tensor.ts";

/** A range of a GPU buffer, in bytes, as a bind group takes it. */
export interface Range {
  /** The buffer. */
  readonly buffer: GPUBuffer;
  /** Byte that it starts at. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** Which part of a buffer holds a tensor, and what of. */
export interface WrapOptions {
  /** Byte that it starts at; 0 unless told. */
  readonly offset?: number | undefined;
  /** Bytes from there on that may be bound; to the buffer's end unless told. */
  readonly size?: number | undefined;
  /** f32 unless told. */
  readonly dtype?: Dtype | undefined;
}

/** A tensor's memory. */
export interface Memory {
  /** Bytes a kernel is bound to; fewer where the buffer is the caller's and ends before. */
  readonly bytes: number;
  /** Its own range; none before the step that it is a temporary of is planned, once given back, and with a `base`. */
  range: Range | undefined;
  /** The memory that this one lies in, where it has none of its own. */
  base: Memory | undefined;
  /** Bytes from the start of `base`. */
  readonly offset: number;
  /** The recording that this is a temporary of. */
  readonly recording: object | undefined;
  /** Whether the buffer is the caller's, to be neither kept for reuse nor destroyed. */
  readonly lent: boolean;
}

/** Memory of its own: in a range, or without one as a temporary of a recording. */
export const memoryOf = (
  bytes: number,
  { range, recording, lent = false }: { range?: Range; recording?: object; lent?: boolean },
): Memory => ({ bytes, range, base: undefined, offset: 0, recording, lent });

/** Memory that lies in another's, `offset` bytes from its start. */
export const within = (base: Memory, offset: number, bytes: number): Memory => ({
  bytes,
  range: undefined,
  base,
  offset,
  recording: base.recording,
  lent: false,
});

/**
 * Memory in a buffer of the caller's. Throws, for `wrap`, where the offset is not aligned as the device needs it, the buffer or
 * `size` too small, or the buffer made without STORAGE, or UNIFORM for a single number.
 */
export function lend(
  { limits }: GPUDevice,
  buffer: GPUBuffer,
  shape: Shape,
  { offset = 0, size, dtype = "f32" }: WrapOptions,
): Memory {
  const aligned = limits.minStorageBufferOffsetAlignment;
  if (!(offset >= 0 && offset % aligned === 0)) {
    throw new KnotgradError("alignment", `wrap: offset is ${offset} but must be a multiple of ${aligned}`);
  }
  const bytes = whole(widthOf(dtype) * count(shape));
  const left = Math.max(buffer.size - offset, 0);
  if (size !== undefined && !(size >= 0 && size <= left)) {
    throw new KnotgradError(
      "value",
      `wrap: size is ${size} but must be from 0 to the ${left} bytes from byte ${offset} on`,
    );
  }
  const room = size ?? left;
  if (bytes > room) {
    throw new KnotgradError(
      "shape",
      `wrap: (${shape.join(", ")}) takes ${bytes} bytes but the buffer has ${room} from byte ${offset} on`,
    );
  }
  const range = { buffer, offset, size: Math.min(padded(bytes), room - (room % 4)) };
  const why = lacks(range, "STORAGE");
  if (why && (shape.length > 0 || lacks(range, "UNIFORM")))
    throw new KnotgradError("usage", `wrap: the tensor ${why}`);
  return memoryOf(padded(bytes), { range, lent: true });
}

/** The memory that this one lies in in the end, and how many bytes from its start. */
export function rootOf(memory: Memory): { root: Memory; offset: number } {
  let [root, offset] = [memory, 0];
  while (root.base) {
    offset += root.offset;
    root = root.base;
  }
  return { root, offset };
}

/** Where memory lies now: nowhere before it is planned, and once it, or what it lies in, was given back. */
export function rangeOf(memory: Memory): Range | undefined {
  const { root, offset } = rootOf(memory);
  const { range } = root;
  return (
    range && {
      buffer: range.buffer,
      offset: range.offset + offset,
      size: Math.min(memory.bytes, range.size - offset),
    }
  );
}

/** Bytes rounded up to what is bound, copied and written at least. */
export const whole = (bytes: number): number => Math.ceil(bytes / 4) * 4;

/** Bytes rounded up to whole vec4f, so that every binding is valid whatever its element type. */
export const padded = (bytes: number): number => Math.ceil(Math.max(bytes, 1) / 16) * 16;

/** Slices, and tensors in buffers of the caller, start at multiples of this many bytes, as bindings must on every device. */
export const ALIGNMENT = 256;

/** What a buffer may be used for, as GPUBufferUsage has it in browsers. */
export const usage = { MAP_READ: 0x1, COPY_SRC: 0x4, COPY_DST: 0x8, UNIFORM: 0x40, STORAGE: 0x80 } as const;

/** What is said of a buffer of the caller that was made without a usage it needs here; nothing where it has it. */
export const lacks = ({ buffer }: Range, needed: keyof typeof usage): string | undefined =>
  buffer.usage & usage[needed]
    ? undefined
    : `lies in a buffer without ${needed} but needs it; create the buffer with GPUBufferUsage.${needed}`;
