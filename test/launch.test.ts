import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flat } from "../src/flat.ts";
import { Gpu } from "../src/gpu.ts";
import type { Kernel } from "../src/kernel.ts";
import { add, columnParts, fill, matmul, matmulPanel, scale, sgd } from "../src/kernels.gen.ts";
import { openGpu } from "./open.ts";
import { saying } from "./saying.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

const numbers = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i + 1);
const vector = (n: number) => gpu.tensor(numbers(n));

/** A kernel of two outputs: y = factor x, z = -x but only for the first half. */
const both = {
  ...scale,
  name: "both",
  bindings: { ...scale.bindings, z: { access: "write", type: "f32", shape: ["n"], optional: false } },
  code: scale.code
    .replace("@compute", "@group(0) @binding(3) var<storage, read_write> z: array<f32>;\n@compute")
    .replace("y[i] = factor * x[i];", "y[i] = factor * x[i]; if (i < n / 2u) { z[i] = -x[i]; }"),
} as const;

/** A kernel that reads four numbers at a time. */
const quads = {
  ...scale,
  name: "quads",
  bindings: { ...scale.bindings, x: { access: "read", type: "vec4f", shape: ["n"], optional: false } },
  code: scale.code
    .replace("array<f32>", "array<vec4f>")
    .replace("factor * x[i]", "factor * x[i / 4u][i % 4u]"),
} as const;

/** A launch that TypeScript would not let through. */
const launch = (kernel: Kernel, given: object, options: object = {}) =>
  gpu.launch(kernel, given as never, options as never);

describe("refuses, before any work", () => {
  const table: { readonly [what: string]: [call: () => unknown, message: string] } = {
    "a shape of another rank": [
      () => gpu.launch(columnParts, { x: vector(3) }, { T: 1 }),
      "column_parts: x is (3) but must be (N, C) with T = 1",
    ],
    "shapes that contradict each other": [
      () => gpu.launch(add, { a: vector(3), b: vector(4) }),
      "add: b is (4) but must be (n) with n = 3",
    ],
    "an output of the wrong shape": [
      () => gpu.launch(scale, { x: vector(3), factor: 2, y: vector(5) }),
      "scale: y is (5) but must be (n) with n = 3",
    ],
    "a size that contradicts a shape": [
      () => gpu.launch(scale, { x: vector(3), factor: 2 }, { n: 2 }),
      "scale: x is (3) but must be (n) with n = 2",
    ],
    "whole numbers where numbers are due": [
      () => gpu.launch(scale, { x: gpu.zeros([3], "u32"), factor: 2 }),
      "scale: x is u32 but must be f32",
    ],
    "numbers where whole numbers are due": [
      () => gpu.launch(fill, { value: 1, y: vector(3) }),
      "fill: y is f32 but must be u32",
    ],
    "several numbers where one is due": [
      () => gpu.launch(scale, { x: vector(3), factor: vector(1) }),
      "scale: factor is (1) but must be a single number ()",
    ],
    "a missing input": [
      // @ts-expect-error: b is missing
      () => gpu.launch(add, { a: vector(3) }),
      "add: b is missing but must be given as (n)",
    ],
    "a missing number": [
      // @ts-expect-error: factor is missing
      () => gpu.launch(scale, { x: vector(3) }),
      "scale: factor is missing but must be given as ()",
    ],
    "an unknown input": [
      () => launch(add, { a: vector(3), b: vector(3), bias: vector(3) }),
      "add: bias is given but the kernel binds only a, b, y",
    ],
    "an unknown option": [
      // @ts-expect-error: no such option
      () => gpu.launch(add, { a: vector(3), b: vector(3) }, { LANES: 8 }),
      "add: LANES is given but the kernel has only n, WG",
    ],
    "a number where a tensor is due": [
      // @ts-expect-error: not a tensor
      () => gpu.launch(add, { a: vector(3), b: 2 }),
      "add: b is the number 2 but must be a tensor (n)",
    ],
    "a size that nothing tells": [
      () => gpu.launch(columnParts, { x: gpu.zeros([2, 3]) }),
      "column_parts: T is not told by any shape; pass { T }",
    ],
    "a size of zero": [
      () => gpu.launch(scale, { x: gpu.tensor(new Float32Array(0)), factor: 2 }),
      "scale: x is (0) but every size must be a whole number above zero",
    ],
    "an output of no size": [
      () => gpu.launch(columnParts, { x: gpu.zeros([2, 3]) }, { T: 0 }),
      "column_parts: parts is (0, 3) but every size must be a whole number above zero",
    ],
    "a size that is not whole": [
      () => gpu.launch(columnParts, { x: gpu.zeros([2, 3]) }, { T: 1.5 }),
      "column_parts: T is 1.5 but must be a whole number from 0 up",
    ],
    "a size below zero": [
      () => gpu.launch(columnParts, { x: gpu.zeros([2, 3]) }, { T: -1 }),
      "column_parts: T is -1 but must be a whole number from 0 up",
    ],
    "workgroups without lanes": [
      () => gpu.launch(scale, { x: vector(3), factor: 2 }, { WG: 0 }),
      "scale: the grid is (Infinity) but every size must be from 1 to 65535",
    ],
    "vec4f over a last size that is no multiple of 4": [
      () => launch(quads, { x: vector(6), factor: 2 }),
      "quads: x is (6) but its last size must be a multiple of 4",
    ],
    "an input that is also the output": [
      () => {
        const x = vector(3);
        return gpu.launch(scale, { x, factor: 2, y: x });
      },
      "scale: y and x share memory but y is written; give another tensor",
    ],
    "a view of the input as output": [
      () => {
        const x = vector(6);
        return gpu.launch(scale, { x: x.view([2, 3]).view([6]), factor: 2, y: x });
      },
      "scale: y and x share memory but y is written; give another tensor",
    ],
    "input and output in one buffer, though apart": [
      () => {
        const { a, b } = flat(gpu, { a: [3], b: [3] }).tensors;
        return gpu.launch(scale, { x: a!, factor: 2, y: b! });
      },
      "scale: y and x share memory but y is written; give another tensor",
    ],
    "two outputs in overlapping slices": [
      () => {
        const { values } = flat(gpu, { a: [192] });
        return launch(both, {
          x: vector(100),
          factor: 2,
          y: gpu.slice(values, 0, [100]),
          z: gpu.slice(values, 64, [100]),
        });
      },
      "both: y and z share memory but y is written; give another tensor",
    ],
    "a constant as output": [
      () => gpu.launch(scale, { x: vector(3), factor: 2, y: gpu.filled([3], 1) }),
      "scale: y is a constant that others share but is written; make a tensor for it",
    ],
    "a tensor given back": [
      () => {
        const x = vector(3);
        x.dispose();
        return gpu.launch(scale, { x, factor: 2 });
      },
      "scale: x was given back; keep it while it is used",
    ],
    "a part of a tensor given back": [
      () => {
        const { values, tensors } = flat(gpu, { a: [3] });
        values.dispose();
        return gpu.launch(scale, { x: tensors["a"]!, factor: 2 });
      },
      "scale: x was given back; keep it while it is used",
    ],
  };
  test.each(Object.entries(table))("%s", (_, [call, message]) => {
    const before = gpu.counters();
    expect(call).toThrow(saying(message));
    expect(gpu.counters().pipelines).toBe(before.pipelines);
  });

  test("what is too large for the device", async () => {
    const { maxBufferSize } = gpu.device.limits;
    const n = Math.floor(maxBufferSize / 4) + 4;
    const bytes = Math.ceil((4 * n) / 16) * 16;
    await gpu.launch(scale, { x: vector(4), factor: 2 }).y.read(); // makes the constants that last
    const { current } = gpu.memory();
    expect(() => gpu.empty([n])).toThrow(
      saying(
        `take: ${bytes} bytes are asked for but a buffer of the device has at most ${maxBufferSize}; use a smaller batch`,
      ),
    );
    const T = gpu.mostBound / 8 + 1;
    const small = gpu.tensor(numbers(4), [2, 2]);
    const step = gpu.step(() => {
      const { y } = gpu.launch(scale, { x: small.view([4]), factor: 2 });
      return { parts: gpu.launch(columnParts, { x: y.view([2, 2]) }, { T }).parts };
    });
    await expect(step).rejects.toThrow(
      saying(
        `column_parts: parts is (${T}, 2), ${8 * T} bytes, but the device binds at most ${gpu.mostBound} at once; give slices of it`,
      ),
    );
    small.dispose();
    expect(gpu.memory().current).toBe(current);
  });

  test("a tensor of another device, and a kernel that needs a feature the device lacks", async () => {
    const other = await openGpu({ features: [] });
    try {
      expect(() => gpu.launch(scale, { x: other.tensor(numbers(3)), factor: 2 })).toThrow(
        saying("scale: x belongs to another Gpu; read it and write it to a tensor of this one"),
      );
      const square = other.zeros([4, 4]);
      const sizes = { M: 4, N: 4, K: 4 };
      expect(() => other.launch(matmulPanel, { a: square, b: square }, sizes)).toThrow(
        saying("matmul_panel: the device lacks subgroups; request it or choose another variant"),
      );
      expect(await other.launch(matmul, { a: square, b: square }, sizes).c.read()).toEqual(
        new Float32Array(16),
      );
    } finally {
      other.device.destroy();
    }
  });
});

describe("tensors", () => {
  const table: { readonly [what: string]: [call: () => unknown, message: string] } = {
    "values that do not fill the shape": [
      () => gpu.tensor(numbers(5), [2, 3]),
      "tensor: 5 values are given but (2, 3) takes 6",
    ],
    "a view of another size": [() => vector(6).view([4]), "view: (6) has 6 elements but (4) needs 4"],
    "a slice past the end": [
      () => gpu.slice(gpu.zeros([64]), 64, [1]),
      "slice: (1) from 64 does not fit in (64) at a multiple of 64",
    ],
    "a slice off its place": [
      () => gpu.slice(gpu.zeros([64]), 4, [1]),
      "slice: (1) from 4 does not fit in (64) at a multiple of 64",
    ],
    "a slice before the start": [
      () => gpu.slice(gpu.zeros([64]), -64, [64]),
      "slice: (64) from -64 does not fit in (64) at a multiple of 64",
    ],
    "a slice into the padding": [
      () => gpu.slice(gpu.zeros([65]), 64, [2]),
      "slice: (2) from 64 does not fit in (65) at a multiple of 64",
    ],
    "writing a slice of a constant": [
      () => gpu.slice(gpu.filled([65], 1), 64, [1]).write(numbers(1)),
      "write: the tensor is a constant that others share; make one with gpu.tensor",
    ],
    "too few values": [() => vector(3).write(numbers(2)), "write: 2 values are given but (3) takes 3"],
    "whole numbers for a tensor of numbers": [
      () => vector(3).write(Uint32Array.of(1, 2, 3)),
      "write: a Uint32Array is given but the tensor is f32",
    ],
    "a plain array": [
      () => vector(2).write([1, 2] as unknown as Float32Array),
      "write: a Array is given but the tensor is f32",
    ],
    "writing a constant": [
      () => gpu.filled([2], 1).write(numbers(2)),
      "write: the tensor is a constant that others share; make one with gpu.tensor",
    ],
    "giving a constant back": [
      () => gpu.constant(3).dispose(),
      "dispose: the tensor is a constant that others share",
    ],
    "giving back twice": [
      () => {
        const x = vector(2);
        x.dispose();
        x.dispose();
      },
      "dispose: the tensor was given back; keep it while it is used",
    ],
    "giving back a part, even one as large as the whole": [
      () => flat(gpu, { a: [64] }).tensors["a"]!.dispose(),
      "dispose: the tensor lies in another's memory; dispose of that one",
    ],
    "writing what was given back": [
      () => {
        const x = vector(2);
        x.dispose();
        x.write(numbers(2));
      },
      "write: the tensor was given back; keep it while it is used",
    ],
  };
  test.each(Object.entries(table))("refuse %s", (_, [call, message]) => {
    const { current } = gpu.memory();
    expect(call).toThrow(saying(message));
    expect(gpu.memory().current - current).toBeLessThanOrEqual(512); // what the row itself made and kept
  });

  test("reading as another type, or what was given back, is refused", async () => {
    const labels = gpu.tensor(Uint32Array.of(1, 2));
    await expect(labels.read()).rejects.toThrow(
      saying("read: the tensor is u32 but must be f32; use readU32"),
    );
    expect(await gpu.readU32(labels)).toEqual(Uint32Array.of(1, 2));
    await expect(gpu.readU32(vector(2))).rejects.toThrow(
      saying("readU32: the tensor is f32 but must be u32; use read"),
    );
    labels.dispose();
    await expect(gpu.readU32(labels)).rejects.toThrow(
      saying("read: the tensor was given back; keep it while it is used"),
    );
  });

  test("values in shared memory, and in a part of an array, are copied", async () => {
    const shared = new Float32Array(new SharedArrayBuffer(32), 8, 3);
    shared.set([1, -2, 3]);
    const x = gpu.tensor(shared);
    expect(await x.read()).toEqual(Float32Array.of(1, -2, 3));
    x.write(numbers(7).subarray(2, 5));
    expect(await x.read()).toEqual(Float32Array.of(3, 4, 5));
  });

  test("a write comes after the launches before it and before those after it", async () => {
    const x = vector(2);
    const { y: first } = gpu.launch(scale, { x, factor: 10 });
    x.write(Float32Array.of(5, 6));
    const { y: second } = gpu.launch(scale, { x, factor: 10 });
    expect(await first.read()).toEqual(Float32Array.of(10, 20));
    expect(await second.read()).toEqual(Float32Array.of(50, 60));
  });

  test("a constant is made once per shape, type and value", () => {
    expect(gpu.constant(0.1)).toBe(gpu.constant(0.1));
    expect(gpu.constant(1)).not.toBe(gpu.constant(1, "u32"));
    expect(gpu.filled([2], 1)).not.toBe(gpu.filled([1, 2], 1));
  });
});

describe("launch", () => {
  test("disposing of an input right after the launch does not take it away", async () => {
    const x = vector(3);
    const { y } = gpu.launch(scale, { x, factor: 2 });
    x.dispose();
    const reused = vector(3);
    reused.write(Float32Array.of(7, 7, 7));
    expect(await y.read()).toEqual(Float32Array.of(2, 4, 6));
  });

  test("two outputs may lie apart in one buffer", async () => {
    const { y, z } = flat(gpu, { y: [4], z: [4] }).tensors;
    launch(both, { x: vector(4), factor: 3, y: y!, z: z! });
    expect(await y!.read()).toEqual(Float32Array.of(3, 6, 9, 12));
    expect(await z!.read()).toEqual(Float32Array.of(-1, -2, 0, 0)); // flat memory starts at zero
  });

  test("vec4f reads whole quads", async () => {
    const { y } = launch(quads, { x: vector(8), factor: 2 }) as { y: ReturnType<typeof vector> };
    expect(await y.read()).toEqual(Float32Array.of(2, 4, 6, 8, 10, 12, 14, 16));
  });

  test("updates in place return the tensor that was given", () => {
    const [dw, v, w] = [vector(3), vector(3), vector(3)];
    const outputs = gpu.launch(sgd, { dw, v, w, rate: 0.1, momentum: 0, decay: 0 }, { T: 3 });
    expect(outputs).toEqual({ v, w });
    expect(outputs.w).toBe(w);
  });

  test("more workgroups than one dimension takes are folded, right to the last element", async () => {
    const n = 65_536 * 64 + 7; // 65,537 workgroups
    const x = Float32Array.from({ length: n }, (_, i) => i);
    const { y } = gpu.launch(scale, { x: gpu.tensor(x), factor: 2 });
    const got = await y.read();
    expect(got.findIndex((v, i) => v !== 2 * i)).toBe(-1);
    const filled = await gpu.readU32(gpu.launch(fill, { value: 9, y: gpu.empty([n], "u32") }).y);
    expect(filled.findIndex((v) => v !== 9)).toBe(-1);
    for (const exactly of [65_535, 65_536, 131_070, 131_071]) {
      const ones = await gpu.launch(scale, { x: gpu.filled([exactly], 1), factor: 2 }, { WG: 1 }).y.read();
      expect(ones.findIndex((v) => v !== 2)).toBe(-1);
    }
  });
});

describe("tensors larger than one binding", () => {
  let small: Gpu;
  beforeAll(async () => {
    small = await openGpu({ mostBound: 1100 });
  });
  afterAll(() => small.device.destroy());
  const n = 1000;
  const refused = (name: string, kernel = "scale") =>
    saying(
      `${kernel}: ${name} is (${n}), ${4 * n} bytes, but the device binds at most 1024 at once; give slices of it`,
    );

  test("are refused by name before any work, given or made", () => {
    expect(small.mostBound).toBe(1024);
    const { dispatches } = small.counters();
    const x = small.zeros([n]);
    expect(() => small.launch(scale, { x, factor: 2 })).toThrow(refused("x"));
    expect(() => small.launch(fill, { value: 1 }, { n })).toThrow(refused("y", "fill"));
    expect(small.counters().dispatches).toBe(dispatches);
  });

  test("are written and read whole, and computed with in slices", async () => {
    const [x, y] = [small.tensor(numbers(n)), small.empty([n])];
    expect((await y.read()).every(Number.isNaN)).toBe(true);
    const to = small.pieces(y);
    expect(to.map(({ shape }) => shape)).toEqual([[256], [256], [256], [232]]);
    for (const [i, part] of small.pieces(x).entries()) small.launch(scale, { x: part, factor: 2, y: to[i]! });
    expect(await y.read()).toEqual(numbers(n).map((v) => 2 * v));
    expect(await to[3]!.read()).toEqual(
      numbers(n)
        .subarray(768)
        .map((v) => 2 * v),
    );
  });

  test("hold zeros in recycled memory too, of their type", async () => {
    const x = small.tensor(numbers(n));
    const { buffer } = x.memory.range!;
    x.dispose();
    const zeros = small.zeros([n], "u32");
    expect(zeros.memory.range!.buffer).toBe(buffer);
    expect(await small.readU32(zeros)).toEqual(new Uint32Array(n));
    expect(small.slice(zeros, 64, [3]).dtype).toBe("u32");
  });

  test("a limit above the device's is the device's, and one below a slice's start is refused", () => {
    const { device } = small;
    const { maxStorageBufferBindingSize: limit } = device.limits;
    expect(Gpu.fromDevice(device, { mostBound: 2 * limit }).mostBound).toBe(limit - (limit % 256));
    for (const mostBound of [255, Number.NaN]) {
      expect(() => Gpu.fromDevice(device, { mostBound })).toThrow(
        saying(`fromDevice: mostBound is ${mostBound} but must be a number of bytes from 256 up`),
      );
    }
  });
});

describe("poison", () => {
  const allNaN = (values: Float32Array) => values.every(Number.isNaN);

  test("new memory is NaN, and recycled memory again", async () => {
    const fresh = gpu.empty([1000]);
    expect(allNaN(await fresh.read())).toBe(true);
    const { buffer } = fresh.memory.range!;
    gpu.launch(scale, { x: gpu.filled([1000], 1), factor: 1, y: fresh });
    expect(await fresh.read()).toEqual(new Float32Array(1000).fill(1));
    fresh.dispose();
    const recycled = gpu.empty([1000]);
    expect(recycled.memory.range!.buffer).toBe(buffer);
    expect(allNaN(await recycled.read())).toBe(true);
  });

  test("what a kernel leaves out shows, in a launch and in every run of a step", async () => {
    const x = vector(6);
    const { z } = launch(both, { x, factor: 3 }) as { z: ReturnType<typeof vector> };
    const want = Float32Array.of(-1, -2, -3, Number.NaN, Number.NaN, Number.NaN);
    expect(await z.read()).toEqual(want);
    const step = await gpu.step(() => {
      // Takes and leaves the memory that z is planned into.
      gpu.launch(scale, { x: gpu.launch(scale, { x, factor: 5 }).y, factor: 7 });
      return { z: (launch(both, { x, factor: 3 }) as { z: ReturnType<typeof vector> }).z };
    });
    for (let i = 0; i < 3; i++) expect((await step.run()).z).toEqual(want);
  });

  test("is the bits 0x7fc07fc0", async () => {
    const { buffer } = await gpu.empty([2]).read();
    expect(new Uint32Array(buffer)).toEqual(Uint32Array.of(0x7fc07fc0, 0x7fc07fc0));
  });

  test("costs nothing where it is not asked for", async () => {
    const plain = await openGpu({ poison: false });
    try {
      plain.launch(scale, { x: plain.filled([3], 2), factor: 2 });
      await plain.settle();
      expect(plain.counters().dispatches).toBe(1);
    } finally {
      plain.device.destroy();
    }
  });
});
