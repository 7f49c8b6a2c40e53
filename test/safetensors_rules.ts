// The written rules of the safetensors format (https://github.com/huggingface/safetensors, "Format"), without our reader.
import { expect } from "vitest";

/** Bytes of a number of each kind that the format's reference implementations have. */
const widths: { readonly [dtype: string]: number } = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

/** Expects bytes to be a file that the rules allow; gives the names in the order of their data. */
export function expectSafetensors(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  expect(length).toBeLessThanOrEqual(100_000_000);
  const start = 8 + length;
  expect(start % 8).toBe(0); // so that data are aligned to the widest numbers
  expect(start).toBeLessThanOrEqual(bytes.length);
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, start));
  expect(text[0]).toBe("{");
  expect(text.replace(/ *$/, "").at(-1)).toBe("}"); // padded with spaces alone
  const header: { [name: string]: { dtype: string; shape: number[]; data_offsets: [number, number] } } =
    JSON.parse(text);
  const { __metadata__: metadata = {}, ...entries } = header;
  for (const value of Object.values(metadata)) expect(typeof value).toBe("string");
  let end = 0;
  // An array of nothing begins where the next does.
  const inOrder = Object.entries(entries).sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  for (const [name, entry] of inOrder) {
    expect(Object.keys(entry).sort(), name).toEqual(["data_offsets", "dtype", "shape"]);
    expect(Object.keys(widths), name).toContain(entry.dtype);
    const width = widths[entry.dtype];
    expect(entry.data_offsets, name).toEqual([end, end + width * entry.shape.reduce((a, b) => a * b, 1)]);
    expect(
      entry.shape.every((size) => Number.isSafeInteger(size) && size >= 0),
      name,
    ).toBe(true);
    expect(end % width, name).toBe(0);
    end = entry.data_offsets[1];
  }
  expect(start + end).toBe(bytes.length); // neither holes nor anything behind
  return inOrder.map(([name]) => name);
}
