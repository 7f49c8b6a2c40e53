import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { error } from "../src/check/check.ts";
import { Gpu } from "../src/gpu.ts";
import { matmul as matmulKernel, scale } from "../src/kernels.gen.ts";
import { openDevice } from "../src/node/adapter.ts";
import { backward } from "../src/op.ts";
import { matmul, softmaxLoss } from "../src/ops/index.ts";
import { random } from "../src/random.ts";
import { array, nd } from "../src/reference.ts";
import type { Tensor } from "../src/tensor.ts";

// A WebGPU program that has a device, buffers and commands of its own, and the engine in it as a guest.
const [MAP_READ, COPY_SRC, COPY_DST, UNIFORM, STORAGE] = [0x1, 0x4, 0x8, 0x40, 0x80];
let device: GPUDevice;
let gpu: Gpu;
beforeAll(async () => {
  device = (await openDevice()).device;
  gpu = Gpu.fromDevice(device, { poison: true });
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => device.destroy());

const reals = (n: number, seed: number): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => r.normal());
};

function buffer(size: number, usage: number, values?: Float32Array | Uint32Array, at = 0): GPUBuffer {
  const made = device.createBuffer({ size, usage });
  if (values) device.queue.writeBuffer(made, at, values);
  return made;
}

/** Reads some bytes of a buffer, as the program does. */
async function readBack(from: GPUBuffer, offset: number, size: number): Promise<Float32Array> {
  const staging = buffer(size, MAP_READ | COPY_DST);
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(from, offset, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(MAP_READ);
  const values = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  return values;
}

/** How often anything that costs is called from here on: what is made on the device, submitted or mapped. */
function spies() {
  const mapped = vi.spyOn(Object.getPrototypeOf(buffer(16, MAP_READ | COPY_DST)) as GPUBuffer, "mapAsync");
  const submitted = vi.spyOn(device.queue, "submit");
  const made = [
    vi.spyOn(device, "createBuffer"),
    vi.spyOn(device, "createBindGroup"),
    vi.spyOn(device, "createShaderModule"),
    vi.spyOn(device, "createComputePipeline"),
    vi.spyOn(device, "createComputePipelineAsync"),
    vi.spyOn(device, "createCommandEncoder"),
  ];
  const calls = (spied: { mock: { calls: unknown[] } }) => spied.mock.calls.length;
  return () => ({
    made: made.reduce((sum, spied) => sum + calls(spied), 0),
    submitted: calls(submitted),
    mapped: calls(mapped),
  });
}

describe("a step in the commands of a program", () => {
  const [N, D, C] = [7, 5, 6];
  const options = { weighting: "km", gamma: 1 } as const;
  const [x, w] = [reals(N * D, 1), reals(D * C, 2)];
  const label = Uint32Array.of(0, 5, 2, 2, 1, 4, 3);
  const DW = 256; // where the gradient begins in the program's buffer

  /** Loss (), and its gradient by central differences, in doubles. */
  function reference(input: Float32Array): { loss: Float64Array; dw: Float64Array } {
    const [xs, ws] = [array([N, D], Float64Array.from(input)), array([D, C], Float64Array.from(w))];
    const labels = array([N], Float64Array.from(label));
    const loss = () => softmaxLoss.reference(matmul.reference(xs, ws, undefined, {}), labels, options).data;
    const dw = ws.data.map((v, i) => {
      ws.data[i] = v + 1e-5;
      const up = loss()[0]!;
      ws.data[i] = v - 1e-5;
      const down = loss()[0]!;
      ws.data[i] = v;
      return (up - down) / 2e-5;
    });
    return { loss: loss(), dw };
  }

  async function program() {
    const input = buffer(4 * N * D, COPY_SRC | COPY_DST, x);
    const xs = buffer(4 * N * D, STORAGE | COPY_DST); // 140 bytes, no multiple of 16
    const gradient = buffer(DW + 4 * D * C, STORAGE | COPY_SRC);
    const wrapped = {
      x: gpu.wrap(xs, [N, D]),
      w: gpu.wrap(buffer(4 * D * C, STORAGE | COPY_DST, w), [D, C]),
      label: gpu.wrap(buffer(4 * N, STORAGE | COPY_DST, label), [N], { dtype: "u32" }),
      dw: gpu.wrap(gradient, [D, C], { offset: DW }),
    };
    wrapped.w.needsGrad = true;
    const step = await gpu.step(() => {
      const loss = softmaxLoss(matmul(wrapped.x, wrapped.w, undefined, {}), wrapped.label, options);
      backward(loss);
      expect(gpu.place(wrapped.w.grad!, wrapped.dw)).toBe(true);
      return { loss };
    });
    return { input, xs, gradient, wrapped, step };
  }

  test("runs between two copies of its own; nothing is made, submitted or mapped but by the program", async () => {
    const { input, xs, gradient, step } = await program();
    const out = buffer(4 + 4 * D * C, MAP_READ | COPY_DST);
    await gpu.settle();
    const before = gpu.counters();
    const calls = spies();
    const { loss } = step.results;
    expect(loss.size).toBe(4);

    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(input, 0, xs, 0, 4 * N * D);
    step.encode(encoder);
    encoder.copyBufferToBuffer(loss.buffer, loss.offset, out, 0, loss.size);
    encoder.copyBufferToBuffer(gradient, DW, out, 4, 4 * D * C);
    expect(calls()).toEqual({ made: 1, submitted: 0, mapped: 0 }); // the encoder, by the program
    device.queue.submit([encoder.finish()]);
    await out.mapAsync(MAP_READ);
    expect(calls()).toEqual({ made: 1, submitted: 1, mapped: 1 });
    expect(gpu.counters()).toEqual({ ...before, dispatches: before.dispatches + step.dispatches });

    const got = new Float32Array(out.getMappedRange());
    const want = reference(x);
    expect(error(got.subarray(0, 1), want.loss)).toBeLessThan(1e-5);
    expect(error(got.subarray(1), want.dw)).toBeLessThan(1e-5);
    step.dispose();
  });

  test("joins a pass that is open, as often as it is encoded, and gives what run gives", async () => {
    const { xs, gradient, step } = await program();
    const other = reals(N * D, 3);
    device.queue.writeBuffer(xs, 0, other);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    step.encode(pass);
    step.encode(pass);
    pass.end();
    device.queue.submit([encoder.finish()]);
    const { buffer: at, offset, size } = step.results.loss;
    const [loss, dw] = [await readBack(at, offset, size), await readBack(gradient, DW, 4 * D * C)];
    const want = reference(other);
    expect(error(loss, want.loss)).toBeLessThan(1e-5);
    expect(error(dw, want.dw)).toBeLessThan(1e-5);
    expect((await step.run()).loss).toEqual(loss);
    step.dispose();
  });

  test("launches before it are sent before it", async () => {
    const x = gpu.tensor(Float32Array.of(1, 2, 3));
    const y = gpu.empty([3]);
    const step = await gpu.step(() => ({ z: gpu.launch(scale, { x: y, factor: 5 }).y }));
    gpu.launch(scale, { x, factor: 2, y }); // waits
    const encoder = device.createCommandEncoder();
    step.encode(encoder);
    device.queue.submit([encoder.finish()]);
    const { buffer: at, offset, size } = step.results.z;
    expect(await readBack(at, offset, size)).toEqual(Float32Array.of(10, 20, 30));
    step.dispose();
  });

  test("is refused once the step, or a buffer that it uses, is gone", async () => {
    const { wrapped, step } = await program();
    const { step: other } = await program();
    const encoder = device.createCommandEncoder();
    wrapped.label.dispose();
    expect(() => step.encode(encoder)).toThrow(
      /^encode: label of \w+ was given back; record the step again$/,
    );
    other.dispose();
    expect(() => other.encode(encoder)).toThrow(
      new Error("encode: the step was disposed of; record it again"),
    );
    step.dispose();
    device.queue.submit([encoder.finish()]); // nothing was begun in it
    await gpu.settle();
  });
});

describe("a buffer of a program", () => {
  const numbers = Float32Array.of(1, 2, 3);

  test("is read and written by launches where it lies, and nothing beside it", async () => {
    const all = STORAGE | COPY_SRC | COPY_DST;
    const from = buffer(272, STORAGE | COPY_DST, numbers, 256);
    const to = buffer(540, all, new Float32Array(135).fill(9));
    const factor = buffer(4, UNIFORM | COPY_DST, Float32Array.of(4));
    const x = gpu.wrap(from, [3], { offset: 256 });
    const y = gpu.wrap(to, [3], { offset: 512 });
    const { current } = gpu.memory();
    expect(gpu.launch(scale, { x, factor: gpu.wrap(factor, []), y }).y).toBe(y);
    expect(gpu.memory().current).toBe(current);
    gpu.flush();
    const want = new Float32Array(135).fill(9);
    want.set([4, 8, 12], 128);
    expect(await readBack(to, 0, 540)).toEqual(want);
    // A product into it too: (2, 3) x (3, 1) -> (2, 1) as one part.
    const [a, b] = [gpu.tensor(reals(6, 4), [2, 3]), gpu.tensor(numbers, [3, 1])];
    const c = gpu.wrap(to, [1, 2, 1], { offset: 256 });
    gpu.launch(matmulKernel, { a, b, c }, { M: 2, N: 1, K: 3 });
    const product = nd([2], (m) => [0, 1, 2].reduce((sum, k) => sum + reals(6, 4)[3 * m + k]! * (k + 1), 0));
    expect(error(await c.read(), product.data)).toBeLessThan(1e-6);
    expect((await readBack(to, 512, 12))[2]).toBe(12);
  });

  test("is written, read and sliced as a tensor, and let go of without harm", async () => {
    const own = buffer(300, STORAGE | COPY_SRC | COPY_DST);
    const t = gpu.wrap(own, [75]);
    t.write(reals(75, 5));
    const tail = gpu.slice(t, 64, [11]);
    expect(await tail.read()).toEqual(reals(75, 5).subarray(64));
    const memory = gpu.memory();
    const { y } = gpu.launch(scale, { x: tail, factor: 2 }); // waits
    const taken = gpu.memory().current - memory.current;
    t.dispose();
    own.destroy(); // by the program
    expect(await y.read()).toEqual(
      reals(75, 5)
        .subarray(64)
        .map((v) => 2 * v),
    );
    expect(gpu.memory()).toMatchObject({ current: memory.current + taken, pooled: memory.pooled });
    expect(() => gpu.launch(scale, { x: tail, factor: 2 })).toThrow(
      new Error("scale: x was given back; keep it while it is used"),
    );
  });

  test("wrapped twice is still one buffer to what is read and written", () => {
    const own = buffer(512, STORAGE);
    const [x, y] = [gpu.wrap(own, [4]), gpu.wrap(own, [4], { offset: 256 })];
    expect(() => gpu.launch(scale, { x, factor: 2, y })).toThrow(
      new Error("scale: y and x share memory but y is written; give another tensor"),
    );
  });

  const without = (needed: string) =>
    `lies in a buffer without ${needed} but needs it; create the buffer with GPUBufferUsage.${needed}`;
  const small = (usage: number) => gpu.wrap(buffer(4, usage), []);
  const table: { readonly [what: string]: [call: () => unknown, message: string] } = {
    "an offset between the places of bindings": [
      () => gpu.wrap(buffer(512, STORAGE), [1], { offset: 64 }),
      "wrap: offset is 64 but must be a multiple of 256",
    ],
    "an offset below zero": [
      () => gpu.wrap(buffer(512, STORAGE), [1], { offset: -256 }),
      "wrap: offset is -256 but must be a multiple of 256",
    ],
    "too small a buffer": [
      () => gpu.wrap(buffer(300, STORAGE), [3, 4], { offset: 256 }),
      "wrap: (3, 4) takes 48 bytes but the buffer has 44 from byte 256 on",
    ],
    "an offset past the end": [
      () => gpu.wrap(buffer(16, STORAGE), [1], { offset: 256 }),
      "wrap: (1) takes 4 bytes but the buffer has 0 from byte 256 on",
    ],
    "a buffer that no kernel can be bound to": [
      () => gpu.wrap(buffer(16, UNIFORM | COPY_SRC), [4]),
      `wrap: the tensor ${without("STORAGE")}`,
    ],
    "a single number that a kernel cannot be bound to": [
      () => gpu.launch(scale, { x: gpu.tensor(numbers), factor: small(STORAGE) }),
      `scale: factor ${without("UNIFORM")}`,
    ],
    "a single number as a row of one": [
      () => gpu.launch(scale, { x: small(UNIFORM).view([1]), factor: 2 }),
      `scale: x ${without("STORAGE")}`,
    ],
    "writing without COPY_DST": [
      () => gpu.wrap(buffer(16, STORAGE), [3]).write(numbers),
      `write: the tensor ${without("COPY_DST")}`,
    ],
    "writing a slice without COPY_DST": [
      () => gpu.slice(gpu.wrap(buffer(16, STORAGE), [3]), 0, [3]).write(numbers),
      `write: the tensor ${without("COPY_DST")}`,
    ],
    "letting go of it twice": [
      () => {
        const t: Tensor = gpu.wrap(buffer(16, STORAGE), [3]);
        t.dispose();
        t.dispose();
      },
      "dispose: the tensor was given back; keep it while it is used",
    ],
  };
  test.each(Object.entries(table))("refuses %s", (_, [call, message]) => {
    expect(call).toThrow(new Error(message));
  });

  test("reading without COPY_SRC is refused, at once or as a result that run copies", async () => {
    const t = gpu.wrap(buffer(16, STORAGE), [3]);
    await expect(t.read()).rejects.toThrow(new Error(`read: the tensor ${without("COPY_SRC")}`));
    const step = await gpu.step(() => {
      const { y } = gpu.launch(scale, { x: gpu.tensor(numbers), factor: 2 });
      expect(gpu.place(y, t)).toBe(true);
      return { y };
    });
    await expect(step.run()).rejects.toThrow(new Error(`run: the result y ${without("COPY_SRC")}`));
    const encoder = device.createCommandEncoder();
    step.encode(encoder); // copies nothing
    device.queue.submit([encoder.finish()]);
    await gpu.settle();
    step.dispose();
  });

  test("a temporary is not placed where a kernel could then not be bound to it", async () => {
    const x = gpu.tensor(numbers);
    const target = gpu.wrap(buffer(4, STORAGE), []);
    await gpu.step(() => {
      const number = gpu.launch(scale, { x: gpu.filled([1], 1), factor: 2 }).y.view([]);
      gpu.launch(scale, { x, factor: number });
      expect(gpu.place(number, target)).toBe(false);
      return {};
    });
  });
});
