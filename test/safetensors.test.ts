import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadCheckpoint, saveCheckpoint } from "../src/node/checkpoint.ts";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../src/safetensors.ts";
import { expectSafetensors } from "./safetensors_rules.ts";

// The disk that fills up, or fails at the last moment, cannot be had otherwise.
const failing = vi.hoisted(() => ({ sync: false, rename: false }));
vi.mock("node:fs/promises", async (importOriginal) => {
  const fs = await importOriginal<typeof import("node:fs/promises")>();
  return {
    ...fs,
    open: async (...args: Parameters<typeof fs.open>) => {
      const file = await fs.open(...args);
      if (failing.sync) file.sync = () => Promise.reject(new Error("no space left"));
      return file;
    },
    rename: (...args: Parameters<typeof fs.rename>) =>
      failing.rename ? Promise.reject(new Error("not permitted")) : fs.rename(...args),
  };
});

const headerOf = (bytes: Uint8Array): string => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return new TextDecoder().decode(bytes.subarray(8, 8 + length));
};

/** A file with any header, however wrong. */
function file(header: unknown, data: Uint8Array | number = 0, length?: number | bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const body = typeof data === "number" ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + json.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  bytes.set(json, 8);
  bytes.set(body, 8 + json.length);
  return bytes;
}

const f32 = (n: number, begin: number): object => ({
  dtype: "F32",
  shape: [n],
  data_offsets: [begin, begin + 4 * n],
});

const array: fc.Arbitrary<StoredTensor> = fc
  .tuple(
    fc.array(fc.nat(3), { maxLength: 3 }),
    fc.constantFrom(Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array),
    fc.infiniteStream(fc.double()),
  )
  .map(([shape, kind, numbers]) => {
    const data = new kind(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < data.length; i++) data[i] = numbers.next().value;
    return { shape, data };
  });

describe("safetensors", () => {
  test("the bytes are those of the published format", () => {
    const bytes = writeSafetensors(
      { b: { shape: [2], data: Uint8Array.of(7, 9) }, a: { shape: [1, 1], data: Float32Array.of(1) } },
      { made: "here" },
    );
    const header =
      '{"__metadata__":{"made":"here"},"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},' +
      '"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}';
    const length = Math.ceil(header.length / 8) * 8;
    expect(headerOf(bytes)).toBe(header.padEnd(length));
    expect([...bytes.slice(0, 8)]).toEqual([length, 0, 0, 0, 0, 0, 0, 0]);
    // 1 as a float is 3f800000.
    expect([...bytes.slice(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 7, 9]);
  });

  test("any arrays, names and texts come back the same, bit for bit", () => {
    const name = fc.string().filter((s) => s !== "__metadata__");
    fc.assert(
      fc.property(
        fc.dictionary(name, array, { noNullPrototype: true, maxKeys: 6 }),
        fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
        (tensors, metadata) => {
          const bytes = writeSafetensors(tensors, metadata);
          expect(expectSafetensors(bytes).sort()).toEqual(Object.keys(tensors).sort());
          const back = readSafetensors(bytes);
          expect(back.metadata).toEqual(metadata);
          expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(tensors).sort());
          for (const [key, { shape, data }] of Object.entries(tensors)) {
            const got = back.tensors[key]!;
            expect(got.shape).toEqual(shape);
            expect(got.data.constructor).toBe(data.constructor);
            expect(new Uint8Array(got.data.buffer)).toEqual(new Uint8Array(data.buffer));
          }
          expect(new TextEncoder().encode(headerOf(bytes)).length % 8).toBe(0);
        },
      ),
    );
  });

  test("every array is aligned to its own numbers, and the data to 8 bytes", () => {
    const bytes = writeSafetensors({
      flags: { shape: [3], data: new Uint8Array(3) },
      weights: { shape: [3], data: new Float32Array(3) },
      sums: { shape: [1], data: new Float64Array(1) },
    });
    const header = JSON.parse(headerOf(bytes));
    expect((8 + headerOf(bytes).length) % 8).toBe(0);
    expect(header.sums.data_offsets).toEqual([0, 8]);
    expect(header.weights.data_offsets).toEqual([8, 20]);
    expect(header.flags.data_offsets).toEqual([20, 23]);
  });

  test("views are stored without what lies around them, and read from anywhere in a buffer", () => {
    const data = Float32Array.of(0, 1, 2, 3).subarray(1, 3);
    const bytes = writeSafetensors({ a: { shape: [2], data } });
    const inside = new Uint8Array(bytes.length + 3);
    inside.set(bytes, 3);
    for (const view of [inside.subarray(3), Buffer.from(inside.buffer, 3)]) {
      const { tensors } = readSafetensors(view);
      expect(tensors.a!.data).toEqual(Float32Array.of(1, 2));
      // The arrays keep their values whatever becomes of the bytes.
      const kept = inside.slice();
      inside.fill(255, 3);
      expect(tensors.a!.data).toEqual(Float32Array.of(1, 2));
      inside.set(kept);
    }
  });

  test("files of other writers: no padding, odd offsets, any order, arrays of nothing", () => {
    const data = new Uint8Array(13);
    new DataView(data.buffer).setFloat64(1, 0.1, true);
    new DataView(data.buffer).setInt32(9, -5, true);
    data[0] = 200;
    const header = {
      i: { dtype: "I32", shape: [], data_offsets: [9, 13] },
      none: { dtype: "F32", shape: [2, 0], data_offsets: [9, 9] },
      byte: { dtype: "U8", shape: [1], data_offsets: [0, 1] },
      d: { dtype: "F64", shape: [1, 1], data_offsets: [1, 9] },
    };
    expect(readSafetensors(file(header, data)).tensors).toEqual({
      byte: { shape: [1], data: Uint8Array.of(200) },
      d: { shape: [1, 1], data: Float64Array.of(0.1) },
      none: { shape: [2, 0], data: new Float32Array(0) },
      i: { shape: [], data: Int32Array.of(-5) },
    });
    expect(readSafetensors(file("{}   "))).toEqual({ tensors: {}, metadata: {} });
    expect(readSafetensors(writeSafetensors({}))).toEqual({ tensors: {}, metadata: {} });
  });

  test("long texts are read", () => {
    const log = '\\"{:'.repeat(2e6);
    expect(readSafetensors(writeSafetensors({}, { log })).metadata["log"] === log).toBe(true);
  });

  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  test.each<[what: string, bytes: Uint8Array, sentence: string]>([
    ["nothing", new Uint8Array(0), "there are 0 bytes but a file starts with 8 bytes"],
    ["a cut length", new Uint8Array(7), "there are 7 bytes but"],
    ["a length beyond the file", file("{}", 0, 3), "the header would have 3 bytes but only 2 follow"],
    ["a huge length", file("{}", 0, 2n ** 63n), "but at most 100000000 are allowed"],
    ["an image", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0), "at most 100000000"],
    ["no JSON", file("{oh"), "the header cannot be parsed ("],
    ["no text", file("", Uint8Array.of(0xff, 0xff), 2), "the header cannot be parsed ("],
    ["text in another encoding", file({ "?": 1 }).map((b) => (b === 0x3f ? 0xff : b)), "cannot be parsed ("],
    ["an array as header", file("[]"), 'the header starts with "[" but it must start with "{"'],
    ["a number as header", file("1"), 'the header starts with "1"'],
    ["a header after a space", file(" {}"), 'the header starts with " "'],
    ["a name twice", file('{"a":1,"b":2,"a":1}'), 'the header has the key "a" twice'],
    ["a name twice in other words", file('{"a":1,"\\u0061":1}'), "twice but each may stand once"],
    ["a field twice", file('{"a":{"dtype":"U8","dtype":"F32"}}'), 'the header has the key "dtype" twice'],
    ["metadata that are a list", file({ __metadata__: [] }), "__metadata__ is no object"],
    [
      "metadata that are no text",
      file({ __metadata__: { n: 1 } }),
      'metadata "n" is a number but it must be text',
    ],
    ["an entry that is no object", file({ a: null }), 'the entry of "a" is no object'],
    ["a missing dtype", file({ a: { ...entry, dtype: undefined } }, 8), '"a" has dtype undefined'],
    ["an unknown dtype", file({ a: { ...entry, dtype: "BF16" } }, 8), '"a" has dtype BF16 but only F64, F32'],
    ["a dtype of Object", file({ a: { ...entry, dtype: "toString" } }, 8), '"a" has dtype toString but only'],
    ["a missing shape", file({ a: { ...entry, shape: undefined } }, 8), '"a" has shape undefined'],
    ["a negative size", file({ a: { ...entry, shape: [-1, -2] } }, 8), '"a" has shape [-1,-2] but'],
    ["half a size", file({ a: { ...entry, shape: [0.5, 4] } }, 8), '"a" has shape [0.5,4] but'],
    ["a size in words", file({ a: { ...entry, shape: ["2"] } }, 8), '"a" has shape ["2"] but'],
    [
      "sizes beyond counting",
      file({ a: { ...entry, shape: [2 ** 40, 2 ** 40] } }, 8),
      '"a" has shape [1099511627776',
    ],
    ["one offset", file({ a: { ...entry, data_offsets: [0] } }, 8), '"a" has data_offsets [0] but'],
    [
      "a negative offset",
      file({ a: { ...entry, data_offsets: [-8, 0] } }, 8),
      '"a" has data_offsets [-8,0] but',
    ],
    [
      "half an offset",
      file({ a: { ...entry, data_offsets: [0.5, 8.5] } }, 9),
      "two whole numbers from 0, rising",
    ],
    [
      "falling offsets",
      file({ a: { ...entry, data_offsets: [8, 0] } }, 8),
      "two whole numbers from 0, rising",
    ],
    [
      "a shape larger than its data",
      file({ a: { ...entry, shape: [3] } }, 8),
      '"a" has 8 bytes but its shape and dtype need 12',
    ],
    [
      "a shape smaller than its data",
      file({ a: { ...entry, shape: [1] } }, 8),
      '"a" has 8 bytes but its shape and dtype need 4',
    ],
    ["an array beyond the file", file({ a: entry }, 7), "there are 7 bytes of data but the arrays cover 8"],
    [
      "an array far beyond",
      file({ a: f32(2 ** 50, 0) }, 8),
      "there are 8 bytes of data but the arrays cover 4503599627370496",
    ],
    ["bytes left over", file({ a: entry }, 9), "there are 9 bytes of data but the arrays cover 8"],
    ["data without arrays", file({}, 1), "there are 1 bytes of data but the arrays cover 0"],
    [
      "a hole at the start",
      file({ a: f32(1, 4) }, 8),
      'the data of "a" begin at 4 but the data before them end at 0',
    ],
    ["a hole between", file({ a: f32(1, 0), b: f32(1, 8) }, 12), 'the data of "b" begin at 8 but'],
    [
      "an overlap",
      file({ a: f32(2, 0), b: f32(1, 4) }, 8),
      'the data of "b" begin at 4 but the data before them end at 8',
    ],
    ["the same data twice", file({ a: f32(1, 0), b: f32(1, 0) }, 4), 'the data of "b" begin at 0 but'],
  ])("refuses %s", (_, bytes, sentence) => {
    expect(() => readSafetensors(bytes)).toThrow("readSafetensors: ");
    expect(() => readSafetensors(bytes)).toThrow(sentence);
  });

  test("large offsets are whole numbers too", () => {
    // Their product is beyond 2^53, which is no fault.
    const header = { a: f32(2 ** 28, 0), b: f32(1, 2 ** 30), c: f32(2 ** 28, 2 ** 30 + 4) };
    expect(() => readSafetensors(file(header))).toThrow(
      "there are 0 bytes of data but the arrays cover 2147483652",
    );
  });

  test("damaged files end in a sentence or in arrays of the announced size", () => {
    const bytes = writeSafetensors(
      {
        w: { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
        k: { shape: [1], data: Int32Array.of(4) },
      },
      { step: "12" },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.nat(bytes.length),
        (changes, length) => {
          const damaged = bytes.slice();
          for (const [at, byte] of changes) damaged[at] = byte;
          for (const candidate of [damaged, bytes.subarray(0, length)]) {
            try {
              for (const { shape, data } of Object.values(readSafetensors(candidate).tensors)) {
                expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
              }
            } catch (error) {
              expect((error as Error).message).toMatch(/^readSafetensors: .+ but .+;/s);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("what the format cannot hold is refused in a sentence", () => {
    const write = (name: string, shape: number[], data: unknown) => () =>
      writeSafetensors({ [name]: { shape, data: data as Float32Array } });
    expect(write("a", [3], new Float32Array(2))).toThrow('"a" has shape [3] but its data (2)');
    expect(write("a", [-1, -2], new Float32Array(2))).toThrow('"a" has shape [-1,-2]');
    expect(write("a", [1.5, 2], new Float32Array(3))).toThrow('"a" has shape [1.5,2]');
    expect(write("__metadata__", [1], new Float32Array(1))).toThrow("the format keeps that name");
    expect(write("a", [1], [1])).toThrow('"a" is no array of Float64Array, Float32Array');
    expect(write("a", [1], undefined)).toThrow('"a" is no array of');
    expect(write("a", [1], new BigInt64Array(1))).toThrow('"a" is no array of');
    const metadata = { epochs: 3 } as unknown as { [key: string]: string };
    expect(() => writeSafetensors({}, metadata)).toThrow('metadata "epochs" is a number but must be text');
  });
});

describe("checkpoints", () => {
  let folder: string;
  const weights = { w: { shape: [2], data: Float32Array.of(1.5, -2) } };
  const others = { w: { shape: [1], data: Float32Array.of(9) } };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "knotgrad-checkpoint-"));
  });
  afterEach(async () => {
    Object.assign(failing, { sync: false, rename: false });
    await rm(folder, { recursive: true, force: true });
  });

  test("arrays and texts come back, from a folder made on the way, and no other file is left", async () => {
    const path = join(folder, "runs", "km", "last.safetensors");
    await saveCheckpoint(path, others);
    await saveCheckpoint(path, weights, { step: "7" });
    expect(await loadCheckpoint(path)).toEqual({ tensors: weights, metadata: { step: "7" } });
    expect(await readdir(join(folder, "runs", "km"))).toEqual(["last.safetensors"]);
  });

  test.each(["sync", "rename"] as const)("a failing %s leaves the old file and no other", async (call) => {
    const path = join(folder, "last.safetensors");
    await saveCheckpoint(path, weights);
    const before = await readFile(path);
    failing[call] = true;
    const saving = saveCheckpoint(path, others);
    await expect(saving).rejects.toThrow(/^saveCheckpoint: .*last.safetensors .* cannot be written \(no/);
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(folder)).toEqual(["last.safetensors"]);
  });

  test("arrays that cannot be stored leave the old file", async () => {
    const path = join(folder, "last.safetensors");
    await saveCheckpoint(path, weights);
    const wrong = { w: { shape: [3], data: new Float32Array(2) } };
    await expect(saveCheckpoint(path, wrong)).rejects.toThrow("writeSafetensors: ");
    expect((await loadCheckpoint(path)).tensors).toEqual(weights);
  });

  test("a path that is a folder, or leads through a file, is refused in a sentence", async () => {
    await writeFile(join(folder, "file"), "kept");
    await expect(saveCheckpoint(folder, weights)).rejects.toThrow("saveCheckpoint: ");
    await expect(saveCheckpoint(join(folder, "file", "x"), weights)).rejects.toThrow("cannot be written");
    expect(await readdir(folder)).toEqual(["file"]);
    expect(await readFile(join(folder, "file"), "utf8")).toBe("kept");
  });

  test("saves of one path at one time leave one of them whole", async () => {
    const path = join(folder, "last.safetensors");
    const sizes = [1, 10, 1000, 100_000];
    await Promise.all(
      sizes.map((n) => saveCheckpoint(path, { w: { shape: [n], data: new Float32Array(n).fill(n) } })),
    );
    const { shape, data } = (await loadCheckpoint(path)).tensors["w"]!;
    expect(sizes).toContain(shape[0]);
    expect(data.every((value) => value === shape[0])).toBe(true);
    expect(await readdir(folder)).toEqual(["last.safetensors"]);
  });

  test("a missing, unreadable or damaged file is named in a sentence", async () => {
    const path = join(folder, "none");
    await expect(loadCheckpoint(path)).rejects.toThrow(`loadCheckpoint: ${path} does not exist but must be`);
    await expect(loadCheckpoint(folder)).rejects.toThrow(`loadCheckpoint: ${folder} cannot be read (EISDIR`);
    await writeFile(path, "not a checkpoint");
    const damaged = loadCheckpoint(path);
    await expect(damaged).rejects.toThrow(
      `loadCheckpoint: ${path} is no usable checkpoint: readSafetensors: `,
    );
  });
});
