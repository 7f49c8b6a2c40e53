import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { error } from "../src/check/check.ts";
import { compileKernel, debugDevice, encodeKernel, prepare, type View } from "../src/encode.ts";
import type { KnotgradError } from "../src/error.ts";
import * as kernels from "../src/kernels.gen.ts";
import { openAdapter, openDevice } from "../src/node/adapter.ts";
import { add, centerLoss, classifierLoss, conv2d, matmul, softmaxLoss } from "../src/ops/index.ts";
import { random } from "../src/random.ts";
import { array, type Nd } from "../src/reference.ts";
import { count, type Shape, type Tensor } from "../src/tensor.ts";
import { exact } from "./exact_loss.ts";

// A program with a device, buffers and commands of its own that takes kernels and ops alone, without the engine.
const [MAP_READ, COPY_SRC, COPY_DST, UNIFORM, STORAGE] = [0x1, 0x4, 0x8, 0x40, 0x80];
let device: GPUDevice;
beforeAll(async () => {
  device = (await openDevice()).device;
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => device.destroy());

const reals = (n: number, seed: number): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => r.normal());
};

const GAP = 256;
const ALL = STORAGE | COPY_SRC | COPY_DST;

/** A view that begins and ends inside a buffer of the program's, with NaN around and, unless values are given, in it. */
function view(shape: Shape, values?: Float32Array | Uint32Array, usage = ALL, on = device): View {
  const size = 4 * count(shape);
  const buffer = on.createBuffer({ size: size + 2 * GAP, usage: usage | COPY_DST });
  on.queue.writeBuffer(buffer, 0, new Uint32Array(size / 4 + (2 * GAP) / 4).fill(0x7fc00000));
  if (values) on.queue.writeBuffer(buffer, GAP, values);
  return { buffer, shape, offset: GAP, size };
}

async function read({ buffer, shape, offset = 0 }: View): Promise<Float32Array> {
  const size = 4 * count(shape);
  const staging = device.createBuffer({ size: size + 2 * GAP, usage: MAP_READ | COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, offset - GAP, staging, 0, size + 2 * GAP);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(MAP_READ);
  const bytes = staging.getMappedRange().slice(0);
  staging.destroy();
  // What lies before and behind the view is as it was.
  const bits = new Uint32Array(bytes);
  for (const at of [0, GAP / 4 - 1, bits.length - GAP / 4, bits.length - 1])
    expect(bits[at]).toBe(0x7fc00000);
  return new Float32Array(bytes, GAP, size / 4);
}

/** How often something is submitted, mapped or read back from here on. */
function spies(): () => { submitted: number; mapped: number } {
  const submitted = vi.spyOn(device.queue, "submit");
  const staging = device.createBuffer({ size: 16, usage: MAP_READ | COPY_DST });
  const mapped = vi.spyOn(Object.getPrototypeOf(staging) as GPUBuffer, "mapAsync");
  return () => ({ submitted: submitted.mock.calls.length, mapped: mapped.mock.calls.length });
}

const doubles = (values: Float32Array | Uint32Array, shape: Shape): Nd =>
  array([...shape], Float64Array.from(values));

describe("encodeKernel", () => {
  const [M, K, N] = [5, 7, 9];
  const [a, b] = [reals(M * K, 1), reals(K * N, 2)];
  const product = matmul.reference(doubles(a, [M, K]), doubles(b, [K, N]), undefined, {}).data;
  const sizes = { M, N, K };
  const views = () => ({ a: view([M, K], a), b: view([K, N], b), c: view([1, M, N]) });

  test("records into an encoder or an open pass of the program; nothing is submitted, mapped or global", async () => {
    const [first, second, twice] = [views(), views(), view([M * N])];
    const before = Reflect.ownKeys(globalThis);
    const calls = spies();
    const encoder = device.createCommandEncoder();
    encodeKernel(device, encoder, kernels.matmul, first, sizes);
    const pass = encoder.beginComputePass();
    encodeKernel(device, pass, kernels.matmul, second, sizes);
    const x = { ...second.c, shape: [M * N] };
    encodeKernel(device, pass, kernels.scale, { x, factor: 2, y: twice });
    pass.end();
    expect(calls()).toEqual({ submitted: 0, mapped: 0 });
    expect(Reflect.ownKeys(globalThis)).toEqual(before);
    device.queue.submit([encoder.finish()]);
    expect(error(await read(first.c), product)).toBeLessThan(1e-6);
    expect(error(await read(second.c), product)).toBeLessThan(1e-6);
    expect(
      error(
        await read(twice),
        product.map((v) => 2 * v),
      ),
    ).toBeLessThan(1e-6);
  });

  test("a scalar is a number, or a buffer of the program's that may change between runs", async () => {
    const [x, y] = [view([3], Float32Array.of(1, 2, 3)), view([3])];
    const buffer = device.createBuffer({ size: 4, usage: UNIFORM | COPY_DST });
    for (const value of [4, 5]) {
      device.queue.writeBuffer(buffer, 0, Float32Array.of(value));
      const encoder = device.createCommandEncoder();
      encodeKernel(device, encoder, kernels.scale, { x, factor: { buffer, shape: [] }, y });
      device.queue.submit([encoder.finish()]);
      expect(await read(y)).toEqual(Float32Array.of(value, 2 * value, 3 * value));
    }
  });

  test("what compileKernel has compiled is not compiled again", async () => {
    const given = { x: view([11], reals(11, 3)), factor: 3, y: view([11]) };
    await compileKernel(device, kernels.scale, given);
    const compiled = ["createComputePipeline", "createComputePipelineAsync", "createShaderModule"] as const;
    const spied = compiled.map((name) => vi.spyOn(device, name));
    const encoder = device.createCommandEncoder();
    encodeKernel(device, encoder, kernels.scale, given);
    expect(spied.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0]);
    device.queue.submit([encoder.finish()]);
    expect(
      error(
        await read(given.y),
        [...reals(11, 3)].map((v) => 3 * v),
      ),
    ).toBeLessThan(1e-6);
  });

  describe("refuses, before anything is encoded,", () => {
    type Change = (views: Record<"x" | "y", View>) => { [name: string]: View | number | undefined };
    const x = { x: undefined as unknown as View, factor: 2, y: undefined as unknown as View };
    test.each<[string, Change, string, RegExp]>([
      [
        "a missing output",
        ({ x }) => ({ x, factor: 2 }),
        "missing",
        /^scale: y is missing but must be given as \(n\)$/,
      ],
      ["a missing input", ({ y }) => ({ factor: 2, y }), "missing", /^scale: x is missing/],
      [
        "another shape",
        ({ x, y }) => ({ x: { ...x, shape: [8, 8] }, factor: 2, y }),
        "shape",
        /^scale: x is \(8, 8\)/,
      ],
      [
        "shapes that differ",
        ({ x, y }) => ({ x: { ...x, shape: [32] }, factor: 2, y }),
        "shape",
        /^scale: y is \(64\) but/,
      ],
      [
        "another type",
        ({ x, y }) => ({ x, factor: 2, y, z: x }),
        "value",
        /^scale: z is given but the kernel binds only/,
      ],
      [
        "a number for a tensor",
        ({ y }) => ({ x: 1, factor: 2, y }),
        "dtype",
        /^scale: x is the number 1 but/,
      ],
      [
        "an offset off the grid",
        ({ x, y }) => ({ x: { ...x, offset: 4 }, factor: 2, y }),
        "alignment",
        /^wrap: offset is 4 but/,
      ],
      [
        "too small a size",
        ({ x, y }) => ({ x: { ...x, size: 252 }, factor: 2, y }),
        "shape",
        /takes 256 bytes but the buffer has 252 from/,
      ],
      [
        "a size past the end",
        ({ x, y }) => ({ x: { ...x, size: 4096 }, factor: 2, y }),
        "value",
        /^wrap: size is 4096 but/,
      ],
      [
        "a buffer without STORAGE",
        ({ y }) => ({ x: view([64], undefined, COPY_SRC), factor: 2, y }),
        "usage",
        /GPUBufferUsage\.STORAGE$/,
      ],
      [
        "an output that is an input",
        ({ x }) => ({ x, factor: 2, y: x }),
        "alias",
        /share memory but y is written/,
      ],
      [
        "parts of one buffer",
        ({ x }) => ({
          x: { ...x, shape: [32], size: 128 },
          factor: 2,
          y: { ...x, shape: [32], offset: 512, size: 128 },
        }),
        "alias",
        /share memory/,
      ],
    ])("%s", (_, change, code, message) => {
      const encoder = device.createCommandEncoder();
      const spied = vi.spyOn(encoder, "beginComputePass");
      const given = change({ x: view([64]), y: view([64]) }) as typeof x;
      let thrown: KnotgradError | undefined;
      try {
        encodeKernel(device, encoder, kernels.scale, given);
      } catch (error) {
        thrown = error as KnotgradError;
      }
      expect(thrown).toMatchObject({ name: "KnotgradError", code });
      expect(thrown?.message).toMatch(message);
      expect(spied).not.toHaveBeenCalled();
    });

    test("a kernel whose feature the device lacks, and one larger than a binding", async () => {
      const { adapter } = await openAdapter();
      const plain = await adapter.requestDevice();
      const encoder = plain.createCommandEncoder();
      const given = { x: view([64], undefined, ALL, plain), y: view([64], undefined, ALL, plain) };
      const half = { ...kernels.scale, features: ["shader-f16"] } as unknown as typeof kernels.scale;
      expect(() => encodeKernel(plain, encoder, half, { ...given, factor: 2 })).toThrow(
        expect.objectContaining({ code: "feature", where: "scale" }),
      );
      const n = plain.limits.maxStorageBufferBindingSize / 4 + 64;
      const huge = { buffer: plain.createBuffer({ size: 4 * n, usage: STORAGE }), shape: [n] };
      expect(() => encodeKernel(plain, encoder, kernels.scale, { x: huge, factor: 2, y: huge })).toThrow(
        expect.objectContaining({ code: "limit", where: "scale" }),
      );
      plain.destroy();
    });
  });
});

describe("prepare", () => {
  test("softmaxLoss: the program's logits become its loss and gradient, as often as it is encoded", async () => {
    const [N, C] = [9, 131];
    const label = Uint32Array.from({ length: N }, (_, n) => (n * 41) % C);
    const values = reals(N * C, 6);
    const [logits, loss, dlogits] = [view([N, C], values), view([]), view([N, C])];
    const { shape: _, ...gradient } = dlogits;
    const km = await prepare(device, ({ logits, label }) => softmaxLoss(logits, label, { gamma: 2 }), {
      inputs: { logits: { ...logits, gradient }, label: { ...view([N], label), dtype: "u32" } },
      output: loss,
    });
    for (const [run, seed] of [6, 7].entries()) {
      const given = reals(N * C, seed);
      if (run > 0) device.queue.writeBuffer(logits.buffer, GAP, given);
      vi.restoreAllMocks();
      const calls = spies();
      const encoder = device.createCommandEncoder();
      km.encode(encoder);
      expect(calls()).toEqual({ submitted: 0, mapped: 0 });
      device.queue.submit([encoder.finish()]);
      const want = exact(given, label, { gamma: 2, scale: 1 / N });
      expect(error(await read(loss), [want.loss.reduce((a, b) => a + b, 0)])).toBeLessThan(2e-6);
      expect(error(await read(dlogits), want.dlogits)).toBeLessThan(2e-6);
    }
    expect(km.output).toMatchObject({ buffer: loss.buffer, offset: GAP, size: 4 });
    km.dispose();
    // The program's buffers are still there.
    expect((await read(loss)).every(Number.isFinite)).toBe(true);
    expect(() => km.encode(device.createCommandEncoder())).toThrow(/the step was disposed of/);
  });

  /** Gradient of sum(dy y) by the input, by central differences of the formula. */
  function slopes(f: (x: Nd) => Nd, x: Nd, dy: Float64Array): Float64Array {
    const sum = () => f(x).data.reduce((total, v, i) => total + v * dy[i]!, 0);
    return x.data.map((v, i) => {
      x.data[i] = v + 1e-5;
      const up = sum();
      x.data[i] = v - 1e-5;
      const down = sum();
      x.data[i] = v;
      return (up - down) / 2e-5;
    });
  }

  test("conv2d: result and both gradients for a dy of the program's", async () => {
    const [x, w] = [reals(2 * 5 * 4 * 3, 1), reals(3 * 3 * 3 * 2, 2)];
    const [xShape, wShape, yShape] = [
      [2, 5, 4, 3],
      [3, 3, 3, 2],
      [2, 5, 4, 2],
    ];
    const dy = reals(count(yShape), 3);
    const out = { y: view(yShape), dx: view(xShape), dw: view(wShape) };
    const conv = await prepare(device, ({ x, w }) => conv2d(x, w, undefined, { pad: 1 }), {
      inputs: { x: { ...view(xShape, x), gradient: out.dx }, w: { ...view(wShape, w), gradient: out.dw } },
      output: out.y,
      dy: view(yShape, dy),
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    conv.encode(pass);
    pass.end();
    device.queue.submit([encoder.finish()]);
    const [xs, ws] = [doubles(x, xShape), doubles(w, wShape)];
    const formula = () => conv2d.reference(xs, ws, undefined, { pad: 1 });
    expect(error(await read(out.y), formula().data)).toBeLessThan(2e-6);
    expect(error(await read(out.dx), slopes(formula, xs, Float64Array.from(dy)))).toBeLessThan(2e-6);
    expect(error(await read(out.dw), slopes(formula, ws, Float64Array.from(dy)))).toBeLessThan(2e-6);
    expect(conv.dispatches).toBeGreaterThan(2);
    conv.dispose();
  });

  test("a composition: classifier and center loss of one feature, its gradients added", async () => {
    const [N, D, C] = [6, 8, 21];
    const [x, w, centers] = [reals(N * D, 1), reals(C * D, 2), reals(C * D, 3)];
    const label = Uint32Array.from({ length: N }, (_, n) => (n * 5) % C);
    const [dx, dw, loss] = [view([N, D]), view([C, D]), view([])];
    const both = await prepare(
      device,
      ({ x, w, centers, label }) =>
        add(classifierLoss(x, w, undefined, label, { gamma: 1 }), centerLoss(x, label, centers, {})),
      {
        inputs: {
          x: { ...view([N, D], x), gradient: dx },
          w: { ...view([C, D], w), gradient: dw },
          centers: view([C, D], centers),
          label: { ...view([N], label), dtype: "u32" },
        },
        output: loss,
      },
    );
    const encoder = device.createCommandEncoder();
    both.encode(encoder);
    device.queue.submit([encoder.finish()]);
    const [xs, ws] = [doubles(x, [N, D]), doubles(w, [C, D])];
    const [cs, labels] = [doubles(centers, [C, D]), doubles(label, [N])];
    const formula = () =>
      add.reference(
        classifierLoss.reference(xs, ws, undefined, labels, { gamma: 1 }),
        centerLoss.reference(xs, labels, cs, {}),
      );
    expect(error(await read(loss), formula().data)).toBeLessThan(2e-6);
    expect(error(await read(dx), slopes(formula, xs, Float64Array.of(1)))).toBeLessThan(2e-6);
    expect(error(await read(dw), slopes(formula, ws, Float64Array.of(1)))).toBeLessThan(2e-6);
    both.dispose();
  });

  test("an input that the result does not depend on has no gradient to give", async () => {
    const x = { ...view([4], reals(4, 1)), gradient: view([4]) };
    const f = ({ a }: { a: Tensor }) => a.gpu.launch(kernels.scale, { x: a, factor: 2 }).y;
    await expect(prepare(device, f, { inputs: { a: x } })).rejects.toThrow(
      expect.objectContaining({ code: "value", where: "prepare", fix: "leave it out" }),
    );
  });
});

describe("debugDevice", () => {
  test("tells of a buffer of another device, and of a kernel that does not compile, by name and line", async () => {
    const [{ device: own }, { device: other }] = [await openDevice(), await openDevice()];
    const told: KnotgradError[] = [];
    debugDevice(own, (error) => told.push(error));
    const [x, y] = [view([8], reals(8, 1), ALL, own), view([8], undefined, ALL, own)];
    const silent = (event: Event) => event.preventDefault(); // its submit fails, as it must
    own.addEventListener("uncapturederror", silent);
    const run = async (kernel: typeof kernels.scale, given: View): Promise<KnotgradError[]> => {
      const encoder = own.createCommandEncoder();
      encodeKernel(own, encoder, kernel, { x: given, factor: 2, y });
      own.queue.submit([encoder.finish()]);
      await own.queue.onSubmittedWorkDone();
      if (kernel !== kernels.scale || given !== x) await vi.waitFor(() => expect(told).not.toEqual([]));
      return told.splice(0);
    };
    expect(await run(kernels.scale, x)).toEqual([]);
    const foreign = await run(kernels.scale, view([8], undefined, ALL, other));
    expect(foreign[0]).toMatchObject({ code: "validation", where: "scale" });
    expect(foreign[0]!.message).toMatch(/cannot be used with|associated with/);
    const code = kernels.scale.code.replace("factor * x[i]", "factor * z[i]");
    const line = code.split("\n").findIndex((text) => text.includes("z[i]")) + 1;
    const broken = { ...kernels.scale, name: "broken", code } as unknown as typeof kernels.scale;
    const [first] = await run(broken, x);
    expect(first).toMatchObject({ code: "shader" });
    expect(first!.message).toContain(`broken:${line}:32: unresolved value 'z'`);
    own.destroy();
    other.destroy();
  });
});
