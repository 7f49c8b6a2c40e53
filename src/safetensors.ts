// Named arrays in one file: the safetensors format (https://github.com/huggingface/safetensors, "Format").
//
// 8 bytes: length of the header, little-endian; header: JSON, name -> { dtype, shape, data_offsets }, padded
// with spaces; then the data, without holes, offsets counted from their start. Typed arrays store their numbers
// in the order of the host, which is little-endian on every WebGPU implementation, as the format wants.

import { KnotgradError } from "./error.ts";

const arrayOf = {
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
} as const;
type Dtype = keyof typeof arrayOf;

/** What the format calls the kind of an array's numbers; undefined where it cannot be stored. */
export const kindOf = (data: unknown): Dtype | undefined =>
  (Object.keys(arrayOf) as Dtype[]).find((dtype) => data instanceof arrayOf[dtype]);

/** An array with its shape; data.length is the product of the sizes. */
export interface StoredTensor {
  /** Sizes of each dimension. */
  readonly shape: readonly number[];
  /** The elements in row-major order, as many as the product of `shape`. */
  readonly data: Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;
}

/** What a safetensors file holds: arrays by name, and free text by key. */
export interface Safetensors {
  /** Arrays by name. */
  readonly tensors: { readonly [name: string]: StoredTensor };
  /** Texts by key. */
  readonly metadata: { readonly [key: string]: string };
}

/** Longest header, in bytes, that readers of the format accept. */
const longestHeader = 100_000_000;

/**
 * The bytes of a safetensors file. Arrays of wide numbers come first, so that every array is aligned.
 * Throws where a shape does not fit its data, the kind of array is not storable, or metadata are not text.
 */
export function writeSafetensors(
  tensors: Safetensors["tensors"],
  metadata: Safetensors["metadata"] = {},
): Uint8Array {
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") {
      throw new KnotgradError(
        "value",
        `writeSafetensors: metadata "${key}" is a ${typeof value} but must be text`,
      );
    }
  }
  const sorted = Object.entries(tensors)
    .map(([name, { shape, data }]) => ({ name, dtype: dtypeOf(name, shape, data), shape, data }))
    .sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(["__metadata__", metadata]);
  let end = 0;
  for (const { name, dtype, shape, data } of sorted) {
    const begin = end;
    end += data.byteLength;
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  // fromEntries keeps any name, "__proto__" too, as a property of its own.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  if (headerLength > longestHeader) {
    throw new KnotgradError(
      "limit",
      `writeSafetensors: the header would have ${headerLength} bytes but at most ${longestHeader} are read`,
    );
  }
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const { data } of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** The dtype of an array; throws where the array cannot be stored under that name and shape. */
function dtypeOf(name: string, shape: readonly number[], data: StoredTensor["data"]): Dtype {
  if (name === "__metadata__") {
    throw new KnotgradError(
      "value",
      `writeSafetensors: an array is named "__metadata__" but the format keeps that name`,
    );
  }
  const dtype = kindOf(data);
  if (dtype === undefined) {
    const kinds = Object.values(arrayOf).map((array) => array.name);
    throw new KnotgradError(
      "value",
      `writeSafetensors: "${name}" is no array of ${kinds.join(", ")} but must be one`,
    );
  }
  if (count(shape) !== data.length) {
    throw new KnotgradError(
      "value",
      `writeSafetensors: "${name}" has shape ${JSON.stringify(shape)} but its data (${data.length}) need sizes of that product`,
    );
  }
  return dtype;
}

/** The number of elements of a shape, or NaN where it is none. */
function count(shape: unknown): number {
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return NaN;
  const product = shape.reduce((a: number, b: number) => a * b, 1);
  return Number.isSafeInteger(product) ? product : NaN;
}

/**
 * The arrays and texts of a safetensors file, copied out of its bytes.
 * Throws where the bytes break the format in any way, or hold a dtype other than F64, F32, I32, U32, U8.
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, dataStart } = readHeader(bytes);
  const { __metadata__: metadata = {}, ...entries } = header;
  checkMetadata(metadata);
  const spans = Object.entries(entries).map(([name, entry]) => readEntry(name, entry));
  spans.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of spans) {
    if (begin !== covered) {
      throw refused(`the data of "${name}" begin at ${begin}`, `the data before them end at ${covered}`);
    }
    covered = end;
  }
  if (covered !== bytes.length - dataStart) {
    throw refused(`there are ${bytes.length - dataStart} bytes of data`, `the arrays cover ${covered}`);
  }
  const tensors = spans.map(({ name, array, shape, begin, end }): [string, StoredTensor] => {
    // Copied as bytes, because a span may start at any offset and a typed array may not.
    const copy = new Uint8Array(end - begin);
    copy.set(bytes.subarray(dataStart + begin, dataStart + end));
    return [name, { shape, data: new array(copy.buffer) }];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

function readHeader(bytes: Uint8Array): { header: { [name: string]: unknown }; dataStart: number } {
  if (bytes.length < 8) {
    throw refused(
      `there are ${bytes.length} bytes`,
      "a file starts with 8 bytes that give the header's length",
    );
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > longestHeader) {
    throw refused(`the header would have ${length} bytes`, `at most ${longestHeader} are allowed`);
  }
  if (length > bytes.length - 8) {
    throw refused(`the header would have ${length} bytes`, `only ${bytes.length - 8} follow`);
  }
  let text: string;
  let header: unknown;
  try {
    // Decoding a copy, since browsers refuse shared memory here.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      new Uint8Array(bytes.subarray(8, 8 + length)),
    );
    header = JSON.parse(text);
  } catch (cause) {
    throw refused(`the header cannot be parsed (${(cause as Error).message})`, "it must be JSON", cause);
  }
  if (!isObject(header) || !text.startsWith("{")) {
    throw refused(`the header starts with ${JSON.stringify(text.slice(0, 1))}`, 'it must start with "{"');
  }
  checkKeys(text);
  return { header, dataStart: 8 + length };
}

/** Refuses valid JSON in which an object has a key twice: parsed, the first of them is gone without a trace. */
function checkKeys(json: string): void {
  const keys: Set<unknown>[] = [];
  let word = "";
  for (let i = 0; i < json.length; i++) {
    if (json[i] === "{") keys.push(new Set());
    else if (json[i] === "}") keys.pop();
    else if (json[i] === '"') {
      const start = i;
      while (json[++i] !== '"') if (json[i] === "\\") i++;
      word = json.slice(start, i + 1);
    } else if (json[i] === ":") {
      const key: unknown = JSON.parse(word);
      if (keys.at(-1)!.has(key)) throw refused(`the header has the key ${word} twice`, "each may stand once");
      keys.at(-1)!.add(key);
    }
  }
}

function checkMetadata(metadata: unknown): asserts metadata is Safetensors["metadata"] {
  if (!isObject(metadata)) throw refused("__metadata__ is no object", "it must map keys to text");
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") throw refused(`metadata "${key}" is a ${typeof value}`, "it must be text");
  }
}

/** One array of the header, with offsets in bytes from the start of the data. */
function readEntry(name: string, entry: unknown) {
  if (!isObject(entry)) throw refused(`the entry of "${name}" is no object`, "it must be one");
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string") {
    throw refused(`"${name}" has dtype ${JSON.stringify(dtype)}`, "it must be the name of a kind of number");
  }
  if (!Object.hasOwn(arrayOf, dtype)) {
    const known = Object.keys(arrayOf).join(", ");
    throw new KnotgradError(
      "dtype",
      `readSafetensors: "${name}" has dtype ${dtype} but only ${known} are read; convert it first`,
    );
  }
  if (Number.isNaN(count(shape))) {
    throw refused(`"${name}" has shape ${JSON.stringify(shape)}`, "a shape lists whole numbers from 0");
  }
  const rising = (o: unknown): o is [number, number] =>
    Array.isArray(o) && o.length === 2 && o.every(Number.isSafeInteger) && 0 <= o[0] && o[0] <= o[1];
  if (!rising(offsets)) {
    const given = `"${name}" has data_offsets ${JSON.stringify(offsets)}`;
    throw refused(given, "they must be two whole numbers from 0, rising");
  }
  const array = arrayOf[dtype as Dtype];
  const [begin, end] = offsets;
  const needed = count(shape) * array.BYTES_PER_ELEMENT;
  if (end - begin !== needed) {
    throw refused(`"${name}" has ${end - begin} bytes`, `its shape and dtype need ${needed}`);
  }
  return { name, array, shape: shape as number[], begin, end };
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refused(given: string, needed: string, cause?: unknown): Error {
  return new KnotgradError(
    "format",
    `readSafetensors: ${given} but ${needed}; the file is damaged or no safetensors file`,
    {
      cause,
    },
  );
}
