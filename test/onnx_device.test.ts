// Tensors shared with onnxruntime-web's WebGPU on one device.
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import type * as Ort from "onnxruntime-web";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { globals } from "webgpu";
import { error } from "../src/check/check.ts";
import { createModel } from "../src/face/model.ts";
import type { Net } from "../src/face/nets.ts";
import { openAdapter } from "../src/node/adapter.ts";
import { openGpu } from "../src/node/gpu.ts";
import { fromOrt, toOnnx, toOrt } from "../src/onnx/index.ts";
import { add, scale } from "../src/ops/index.ts";
import { random } from "../src/random.ts";
import type { Tensor } from "../src/tensor.ts";
import { saying } from "./saying.ts";

const { gpu } = await openGpu();
const { device } = gpu;

// V8 would spend a minute on optimizing the wasm.
setFlagsFromString("--liftoff-only");

const net: Net = {
  name: "small",
  height: 5,
  width: 4,
  channels: 2,
  layers: [
    { kind: "conv", filters: 4, size: 3, stride: 1, pad: 1 },
    { kind: "batchNorm" },
    { kind: "prelu" },
    { kind: "flatten" },
    { kind: "linear", size: 3 },
  ],
};
const N = 3;
const r = random(3);
const values = Float32Array.from({ length: N * 5 * 4 * 2 }, () => r.normal());
const model = createModel(gpu, net, 2, 1);

let ort: typeof Ort;
let session: Ort.InferenceSession;

beforeAll(async () => {
  // What a browser has and Node does not. Dawn's binding takes no views of shared memory, as onnxruntime's are.
  const queue = Object.getPrototypeOf(device.queue) as GPUQueue;
  const writeBuffer = queue.writeBuffer;
  vi.spyOn(queue, "writeBuffer").mockImplementation(function (
    this: GPUQueue,
    buffer,
    offset,
    data,
    first = 0,
    size,
  ) {
    const width = "BYTES_PER_ELEMENT" in data ? (data.BYTES_PER_ELEMENT as number) : 1;
    const [memory, start] = ArrayBuffer.isView(data) ? [data.buffer, data.byteOffset] : [data, 0];
    const bytes = size === undefined ? data.byteLength - first * width : size * width;
    writeBuffer.call(this, buffer, offset, new Uint8Array(memory, start + first * width, bytes).slice());
  });
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  const { adapter } = await openAdapter();
  vi.stubGlobal("navigator", {
    gpu: { requestAdapter: async () => adapter },
    userAgent: "",
    hardwareConcurrency: 1,
  });

  ort = await import("onnxruntime-web/webgpu");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = new URL("../node_modules/onnxruntime-web/dist/", import.meta.url).href;
  session = await ort.InferenceSession.create(await toOnnx(model, { input: "normalized" }), {
    executionProviders: [{ name: "webgpu", device }],
    preferredOutputLocation: "gpu-buffer",
    logSeverityLevel: 3,
  });
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("a chain of ours, onnxruntime's and ours runs on one device without leaving it", async () => {
  const x = scale(gpu.tensor(values, [N, 5, 4, 2]), 0.5); // waits to be sent when toOrt is called
  const image = toOrt(x, ort);
  expect(image.location).toBe("gpu-buffer");
  expect(image.gpuBuffer).toBe(x.memory.range!.buffer);
  const { embedding } = await session.run({ image });
  const y = fromOrt(gpu, embedding);
  expect(y.memory.range!.buffer).toBe(embedding.gpuBuffer);
  expect([y.shape, y.dtype]).toEqual([[N, 3], "f32"]);
  const [got, want] = [add(y, y), model.embed(scale(x, 1), false)];
  expect(
    error(
      await got.read(),
      (await want.read()).map((v) => 2 * v),
    ),
  ).toBeLessThan(1e-5);

  // Each side gives back what is its own.
  y.dispose();
  embedding.dispose();
  image.dispose();
  expect(await x.read()).toEqual(values.map((v) => v / 2));
});

test("onnxruntime writes into a tensor of ours, and reads one that was written again after a flush", async () => {
  const x = gpu.tensor(values, [N, 5, 4, 2]);
  const y = gpu.zeros([N, 3]);
  const [image, embedding] = [toOrt(x, ort), toOrt(y, ort)];
  await session.run({ image }, { embedding });
  expect(error(await y.read(), await model.embed(x, false).read())).toBeLessThan(1e-5);

  gpu.assign(x, scale(gpu.tensor(values, x.shape), -1));
  gpu.flush();
  await session.run({ image }, { embedding });
  const again = model.embed(
    gpu.tensor(
      values.map((v) => -v),
      x.shape,
    ),
    false,
  );
  expect(error(await y.read(), await again.read())).toBeLessThan(1e-5);
});

test("the README's example does what it says", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, example] = readme.match(/### With onnxruntime\n[\s\S]*?```js\n([\s\S]*?)```/)!;
  const [body, ...imports] = [example.replace(/^import .*\n/gm, ""), ...example.matchAll(/^import .*$/gm)];
  expect(imports.map(String)).toEqual([
    'import * as ort from "onnxruntime-web/webgpu";',
    'import { fromOrt, toOnnx, toOrt } from "knotgrad/onnx";',
  ]);
  const given = { ort, fromOrt, toOnnx, toOrt, gpu, model, x: gpu.tensor(values, [N, 5, 4, 2]) };
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = new AsyncFunction(...Object.keys(given), `${body} return y;`);
  const y: Tensor = await run(...Object.values(given));
  expect(error(await y.read(), await model.embed(given.x, false).read())).toBeLessThan(1e-5);
});

test("the device outlives the session", async () => {
  await session.release();
  const x = gpu.tensor(values);
  expect(await scale(x, 2).read()).toEqual(values.map((v) => 2 * v));
});

describe("what cannot be shared is refused", () => {
  test("elements on the CPU", () => {
    expect(() => fromOrt(gpu, new ort.Tensor("float32", [1, 2], [2]))).toThrow(
      saying(
        'fromOrt: the tensor is in cpu but must be in gpu-buffer; create the session with preferredOutputLocation "gpu-buffer"',
      ),
    );
  });

  test("types that kernels do not have; the others keep theirs", () => {
    const { buffer } = gpu.zeros([2], "u32").memory.range!;
    const of = (dataType: "int32" | "uint32" | "float16") =>
      ort.Tensor.fromGpuBuffer(buffer, { dataType, dims: [2] });
    expect(() => fromOrt(gpu, of("int32"))).toThrow(
      saying("fromOrt: the tensor is of int32 but must be of float32, float16, uint32"),
    );
    expect(fromOrt(gpu, of("uint32")).dtype).toBe("u32");
    expect(fromOrt(gpu, of("float16")).dtype).toBe("f16");
    expect(toOrt(gpu.zeros([2], "u32"), ort)).toMatchObject({ type: "uint32", dims: [2] });
    expect(toOrt(gpu.zeros([2, 3], "f16"), ort)).toMatchObject({ type: "float16", dims: [2, 3] });
  });

  test("buffers that are too small for their sizes", () => {
    const { buffer } = gpu.zeros([2]).memory.range!;
    expect(() => fromOrt(gpu, ort.Tensor.fromGpuBuffer(buffer, { dims: [99] }))).toThrow(
      /^wrap: \(99\) takes 396 bytes/,
    );
  });

  test("tensors that do not start their buffer, are constants, or are gone", () => {
    const base = gpu.zeros([128]);
    expect(toOrt(gpu.slice(base, 0, [64]), ort).dims).toEqual([64]);
    expect(() => toOrt(gpu.slice(base, 64, [64]), ort)).toThrow(
      saying(
        "toOrt: the tensor starts at byte 256 of its buffer but must start it; copy it to a tensor of its own",
      ),
    );
    expect(() => toOrt(gpu.constant(1), ort)).toThrow(
      saying("toOrt: the tensor is a constant that others share; make one with gpu.tensor"),
    );
    base.dispose();
    expect(() => toOrt(base, ort)).toThrow(
      saying("toOrt: the tensor was given back; keep it while it is used"),
    );
  });

  test("temporaries of a step", async () => {
    const x = gpu.zeros([2]);
    await expect(gpu.step(() => toOrt(scale(x, 2), ort) && {})).rejects.toThrow(
      saying("toOrt: the tensor is a temporary of a step; assign it to a tensor that lasts"),
    );
  });
});
