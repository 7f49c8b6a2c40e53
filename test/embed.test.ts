import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { error } from "../src/check/check.ts";
import { Gpu } from "../src/gpu.ts";
import {
  matmul as matmulKernel,
  scale,
  softmaxLoss as softmaxLossKernel,
  softmaxLossSubgroup,
  softmaxLossSubgroupVec4,
  softmaxLossVec4,
} from "../src/kernels.gen.ts";
import type { Range } from "../src/memory.ts";
import { openDevice } from "../src/node/adapter.ts";
import { backward } from "../src/op.ts";
import { updateCenters } from "../src/ops/center_loss.ts";
import { centerLoss, classifierLoss, matmul, softmaxLoss } from "../src/ops/index.ts";
import { random } from "../src/random.ts";
import { array, nd } from "../src/reference.ts";
import type { Step, StepResult } from "../src/step.ts";
import { count, type Shape, type Tensor } from "../src/tensor.ts";
import { exact } from "./exact_loss.ts";
import { saying } from "./saying.ts";

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
    expect(() => other.encode(encoder)).toThrow(saying("encode: the step was disposed of; record it again"));
    step.dispose();
    device.queue.submit([encoder.finish()]); // nothing was begun in it
    await gpu.settle();
  });
});

describe("the losses in the commands of a program", () => {
  const GAP = 256; // before what the program keeps in its buffers

  /** A tensor in a buffer of the program's, after a gap; the buffer ends where the tensor does. */
  function own(shape: Shape, values?: Float32Array | Uint32Array): Tensor {
    const made = buffer(GAP + 4 * count(shape), STORAGE | COPY_SRC | COPY_DST, values, GAP);
    return gpu.wrap(made, shape, { offset: GAP, dtype: values instanceof Uint32Array ? "u32" : "f32" });
  }

  /** Has `t` made in memory of the program's. */
  function placed(t: Tensor): Tensor {
    const target = own(t.shape);
    expect(gpu.place(t, target)).toBe(true);
    return target;
  }

  const rangeOf = ({ memory, size }: Tensor): Range => ({ ...memory.range!, size: 4 * size });

  /** What some tensors of the program hold after `times` runs of a step, all in one submit, which is the program's. */
  async function runIn<Name extends string>(
    step: Step<StepResult>,
    wanted: { readonly [name in Name]: Tensor },
    times = 1,
  ): Promise<{ [name in Name]: Float32Array }> {
    const ranges = Object.values<Tensor>(wanted).map(rangeOf);
    const out = buffer(
      ranges.reduce((sum, { size }) => sum + size, 0),
      MAP_READ | COPY_DST,
    );
    await gpu.settle();
    const before = gpu.counters();
    const calls = spies();
    const encoder = device.createCommandEncoder();
    for (let i = 0; i < times; i++) step.encode(encoder);
    let to = 0;
    for (const { buffer: at, offset, size } of ranges) {
      encoder.copyBufferToBuffer(at, offset, out, to, size);
      to += size;
    }
    expect(calls()).toEqual({ made: 1, submitted: 0, mapped: 0 }); // the encoder, by the program
    device.queue.submit([encoder.finish()]);
    await out.mapAsync(MAP_READ);
    expect(calls()).toEqual({ made: 1, submitted: 1, mapped: 1 });
    expect(gpu.counters()).toEqual({ ...before, dispatches: before.dispatches + times * step.dispatches });
    const all = new Float32Array(out.getMappedRange().slice(0));
    out.destroy();
    let from = 0;
    const values = Object.entries<Tensor>(wanted).map(([name, t]) => {
      from += t.size;
      return [name, all.subarray(from - t.size, from)] as const;
    });
    return Object.fromEntries(values) as { [name in Name]: Float32Array };
  }

  test("softmaxLoss: loss and gradient are made where the program wants them", async () => {
    const [N, C] = [9, 1301];
    const label = Uint32Array.from({ length: N }, (_, n) => (n * 411) % C);
    const values = reals(N * C, 6);
    const [logits, y] = [own([N, C], values), own([N], label)];
    logits.needsGrad = true;
    const wanted: { [name: string]: Tensor } = {};
    const step = await gpu.step(() => {
      const loss = softmaxLoss(logits, y, { gamma: 2 });
      backward(loss);
      Object.assign(wanted, { loss: placed(loss), dlogits: placed(logits.grad!) });
      return {};
    });
    const got = await runIn(step, wanted);
    const want = exact(values, label, { gamma: 2, scale: 1 / N });
    expect(error(got["loss"]!, [want.loss.reduce((a, b) => a + b, 0)])).toBeLessThan(2e-6);
    expect(error(got["dlogits"]!, want.dlogits)).toBeLessThan(2e-6);
    step.dispose();
  });

  test("centerLoss and updateCenters: the program's centers move, run after run", async () => {
    const [N, C, D, alpha] = [6, 5, 7, 0.5];
    const label = Uint32Array.of(1, 4, 1, C, 0, 1); // one of no class
    const [x, begin] = [reals(N * D, 7), reals(C * D, 8)];
    const [features, y, centers] = [own([N, D], x), own([N], label), own([C, D], begin)];
    features.needsGrad = true;
    const wanted: { [name: string]: Tensor } = { centers };
    const step = await gpu.step(() => {
      const loss = centerLoss(features, y, centers, {});
      backward(loss);
      updateCenters(features, y, centers, { alpha });
      Object.assign(wanted, { loss: placed(loss), dx: placed(features.grad!) });
      return {};
    });
    const got = await runIn(step, wanted, 2);

    const rowsOf = (c: number) => [...label.keys()].filter((n) => label[n] === c);
    const moved = (from: Float64Array) =>
      from.map((v, i) => {
        const rows = rowsOf(Math.floor(i / D));
        const pull = rows.reduce((sum, n) => sum + v - x[n * D + (i % D)]!, 0);
        return v - (alpha * pull) / (1 + rows.length);
      });
    const once = moved(Float64Array.from(begin)); // where the second run begins
    const off = Float64Array.from(x, (v, i) => {
      const c = label[Math.floor(i / D)]!;
      return c < C ? v - once[c * D + (i % D)]! : 0;
    });
    expect(error(got["loss"]!, [off.reduce((sum, v) => sum + v ** 2, 0) / 2 / (N - 1)])).toBeLessThan(2e-6);
    const dx = off.map((v) => v / (N - 1));
    expect(error(got["dx"]!, dx)).toBeLessThan(2e-6);
    expect(error(got["centers"]!, moved(once))).toBeLessThan(2e-6);
    step.dispose();
  });

  test.each([false, true])(
    "classifierLoss, cosine %s: the program gets gradients that are made in blocks",
    async (cosine) => {
      const [N, C, D] = [16, 2099, 5]; // three blocks; none of the gradients ends at a multiple of 16 bytes but dx
      const options = { gamma: 1, block: 1024, cosine };
      const label = Uint32Array.from({ length: N }, (_, n) => (n * 139) % C);
      const [x, w, bias] = [reals(N * D, 9), reals(C * D, 10), reals(C, 11)];

      const record = async (make: typeof own, done: (t: Tensor) => Tensor) => {
        const [xs, ws, bs, ys] = [make([N, D], x), make([C, D], w), make([C], bias), make([N], label)];
        xs.needsGrad = ws.needsGrad = bs.needsGrad = true;
        const results: { [name: string]: Tensor } = {};
        const step = await gpu.step(() => {
          const loss = classifierLoss(xs, ws, bs, ys, options);
          backward(loss);
          for (const [name, t] of Object.entries({ loss, dx: xs.grad!, dw: ws.grad!, dbias: bs.grad! })) {
            results[name] = done(t);
          }
          return done === placed ? {} : results;
        });
        return { step, results };
      };
      const inside = await record(own, placed);
      const got = await runIn(inside.step, inside.results, 2);
      inside.step.dispose();
      const outside = await record(
        (shape, values) => gpu.tensor(values!, shape),
        (t) => t,
      );
      expect(got).toEqual(await outside.step.run());
      outside.step.dispose();
      if (cosine) return;

      const z = Float32Array.from({ length: N * C }, (_, i) => {
        const [n, c] = [Math.floor(i / C), i % C];
        return x.subarray(n * D, n * D + D).reduce((sum, v, d) => sum + v * w[c * D + d]!, bias[c]!);
      });
      const { loss, dlogits } = exact(z, label, { gamma: 1, scale: 1 / N });
      const sums = (size: number, term: (i: number) => readonly [at: number, value: number][]) => {
        const total = new Float64Array(size);
        for (let i = 0; i < N * C; i++) for (const [at, value] of term(i)) total[at]! += value;
        return total;
      };
      const features = Array.from({ length: D }, (_, d) => d);
      const xAt = (i: number, d: number) => Math.floor(i / C) * D + d;
      const wAt = (i: number, d: number) => (i % C) * D + d;
      expect(error(got["loss"]!, [loss.reduce((a, b) => a + b, 0)])).toBeLessThan(2e-6);
      for (const [name, want] of Object.entries({
        dx: sums(N * D, (i) => features.map((d) => [xAt(i, d), dlogits[i]! * w[wAt(i, d)]!])),
        dw: sums(C * D, (i) => features.map((d) => [wAt(i, d), dlogits[i]! * x[xAt(i, d)]!])),
        dbias: sums(C, (i) => [[i % C, dlogits[i]!]]),
      })) {
        expect(error(got[name]!, want), name).toBeLessThan(2e-6);
      }
    },
  );

  test.for([softmaxLossKernel, softmaxLossVec4, softmaxLossSubgroup, softmaxLossSubgroupVec4])(
    "the kernel $name by itself, all that it writes given",
    async (kernel, { skip }) => {
      const { name, features } = kernel;
      skip(!features.every((feature) => device.features.has(feature)), "the adapter has no subgroups");
      const [N, C] = [5, name.endsWith("vec4") ? 72 : 71];
      const label = Uint32Array.of(0, C - 1, 3, C, 40); // one of no class
      const values = reals(N * C, 12);
      const gamma = buffer(4, UNIFORM | COPY_DST, Float32Array.of(0.5));
      const wanted = { loss: own([N]), p: own([N]), stats: own([1, N, 4]), dlogits: own([N, C]) };
      const numbers = { scale: 3, smoothing: 0, z_loss: 0, logit_scale: 1, first: 0 };
      const given = {
        logits: own([N, C], values),
        label: own([N], label),
        gamma: gpu.wrap(gamma, []),
        ...numbers,
        ...wanted,
      };
      const WG = features.length > 0 ? device.adapterInfo.subgroupMinSize : 32;
      const step = await gpu.step(() => {
        const { loss } = gpu.launch(kernel as typeof softmaxLossKernel, given, {
          N,
          C,
          ALL: C,
          L: N,
          G: N,
          P: 1,
          Q: 1,
          WG,
        });
        expect(loss).toBe(wanted.loss);
        return {};
      });
      expect(step.bytes).toBe(0); // nothing of the engine's
      device.queue.writeBuffer(gamma, 0, Float32Array.of(2)); // read when the step runs
      const got = await runIn(step, wanted);
      const want = exact(values, label, { gamma: 2, scale: 3 });
      expect(error(got.loss, want.loss)).toBeLessThan(2e-6);
      expect(error(got.p, want.p)).toBeLessThan(2e-6);
      expect(error(got.dlogits, want.dlogits)).toBeLessThan(2e-6);
      for (let n = 0; n < N; n++) {
        const row = values.slice(n * C, n * C + C);
        const own = label[n]! < C ? row[label[n]!]! : 0;
        if (label[n]! < C) row[label[n]!] = Number.NEGATIVE_INFINITY;
        const top = row.reduce((a, b) => Math.max(a, b));
        const others = row.reduce((sum, z) => sum + Math.exp(z - top), 0);
        expect(error(got.stats.subarray(4 * n, 4 * n + 4), [top, others, 0, own])).toBeLessThan(2e-6);
      }
      step.dispose();
    },
  );
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
    const { y } = gpu.launch(scale, { x: tail, factor: 2 }); // waits
    const { current, pooled } = gpu.memory();
    t.dispose();
    own.destroy(); // by the program
    expect(await y.read()).toEqual(
      reals(75, 5)
        .subarray(64)
        .map((v) => 2 * v),
    );
    expect(gpu.memory()).toMatchObject({ current, pooled });
    expect(() => gpu.launch(scale, { x: tail, factor: 2 })).toThrow(
      saying("scale: x was given back; keep it while it is used"),
    );
  });

  test("wrapped twice is still one buffer to what is read and written", () => {
    const own = buffer(512, STORAGE);
    const [x, y] = [gpu.wrap(own, [4]), gpu.wrap(own, [4], { offset: 256 })];
    expect(() => gpu.launch(scale, { x, factor: 2, y })).toThrow(
      saying("scale: y and x share memory but y is written; give another tensor"),
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
    expect(call).toThrow(saying(message));
  });

  test("reading without COPY_SRC is refused, at once or as a result that run copies", async () => {
    const t = gpu.wrap(buffer(16, STORAGE), [3]);
    await expect(t.read()).rejects.toThrow(saying(`read: the tensor ${without("COPY_SRC")}`));
    const step = await gpu.step(() => {
      const { y } = gpu.launch(scale, { x: gpu.tensor(numbers), factor: 2 });
      expect(gpu.place(y, t)).toBe(true);
      return { y };
    });
    await expect(step.run()).rejects.toThrow(saying(`run: the result y ${without("COPY_SRC")}`));
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
