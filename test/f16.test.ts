// Activations and their gradients stored in f16, on adapters with shader-f16; elsewhere it is refused with a sentence.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cases } from "../src/check/cases.ts";
import { type AnyOp, check } from "../src/check/check.ts";
import { makeDataset } from "../src/face/dataset.ts";
import { createModel } from "../src/face/model.ts";
import { digitNet, type Net } from "../src/face/nets.ts";
import { recipes } from "../src/face/recipes/index.ts";
import { type TrainOptions, train } from "../src/face/train.ts";
import { flat } from "../src/flat.ts";
import { fromHalves, toHalves } from "../src/half.ts";
import { backward } from "../src/op.ts";
import * as ops from "../src/ops/index.ts";
import { lossScale, sgd } from "../src/optim.ts";
import { random } from "../src/random.ts";
import { type GemmTile, runs, tables, useTiles } from "../src/tiles.ts";
import { openGpu, sameBits } from "./open.ts";

const gpu = await openGpu();
const bare = await openGpu({ features: [] });
afterAll(() => {
  for (const { device } of [gpu, bare]) device.destroy();
});
const able = gpu.device.features.has("shader-f16");
if (!able) {
  const { description, vendor } = gpu.device.adapterInfo;
  process.stderr.write(
    `\nNOT TESTED: kernels with f16, because ${description || vendor} lacks shader-f16; lavapipe has it\n`,
  );
}
const f16 = describe.skipIf(!able);
const direct: GemmTile = { loop: "direct", knobs: { TILE_M: 16, TILE_N: 32 } };

describe("halves", () => {
  test.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [-1e30, 0xfc00],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1.5 * 2 ** -24, 0x0002],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 - 2 ** -12, 0x4000],
    [Number.NaN, 0x7e00],
  ])("%f is %i", (v, bits) => {
    expect(toHalves(Float32Array.of(v))[0]).toBe(bits);
  });

  test("every one of them comes back", () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);
    const isNone = (bits: number) => (bits & 0x7fff) > 0x7c00;
    const back = toHalves(fromHalves(all));
    expect(all.filter((bits, i) => !isNone(bits) && back[i] !== bits)).toHaveLength(0);
    expect(fromHalves(all.filter(isNone)).every(Number.isNaN)).toBe(true);
  });
});

describe("tensors of f16", () => {
  test("are written rounded and read back, any number of them", async () => {
    for (const values of [[1.0001], [3, -0.1, 1e6], [1, 2, 3, 4]]) {
      const t = gpu.tensor(Float32Array.from(values), [values.length], "f16");
      expect(await t.read()).toEqual(fromHalves(toHalves(Float32Array.from(values))));
      t.write(new Float32Array(values.length).fill(0.5));
      expect([...(await t.read())]).toEqual(values.map(() => 0.5));
    }
    expect([...(await gpu.zeros([3], "f16").read())]).toEqual([0, 0, 0]);
    expect([...(await gpu.filled([5], 3, "f16").read())]).toEqual([3, 3, 3, 3, 3]);
  });

  test("take half the memory, and unwritten they are NaN", async () => {
    expect(gpu.empty([64], "f16").memory.bytes).toBe(128);
    expect((await gpu.empty([33], "f16").read()).every(Number.isNaN)).toBe(true);
  });

  test("slices begin at multiples of 128, and an odd one is not written alone", async () => {
    const t = gpu.zeros([300], "f16");
    gpu.slice(t, 128, [2]).write(Float32Array.of(7, 8));
    expect([...(await t.read()).subarray(127, 131)]).toEqual([0, 7, 8, 0]);
    expect(() => gpu.slice(t, 64, [2])).toThrow(
      "slice: (2) from 64 does not fit in (300) at a multiple of 128",
    );
    expect(() => gpu.slice(t, 128, [3]).write(new Float32Array(3))).toThrow(
      "write: (3) of f16 is an odd number of elements in memory of others; write them all",
    );
  });

  test("in a buffer of another program have 2 bytes an element", async () => {
    const buffer = gpu.device.createBuffer({ size: 8, usage: 0x80 | 0x4 | 0x8 });
    gpu.device.queue.writeBuffer(buffer, 0, Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0));
    expect([...(await gpu.wrap(buffer, [3], { dtype: "f16" }).read())]).toEqual([1, -2, 65504]);
    expect(() => gpu.wrap(buffer, [5], { dtype: "f16" })).toThrow(
      "wrap: (5) takes 12 bytes but the buffer has 8",
    );
  });
});

describe("without shader-f16 it is refused with a sentence:", () => {
  const lacks = "precision is f16 but the device lacks shader-f16; use f32";
  test("a cast, a model and training", async () => {
    expect(() => ops.cast(bare.zeros([2]), "f16")).toThrow(`cast: ${lacks}`);
    expect(() => createModel(bare, digitNet(4), 3, 1, { precision: "f16" })).toThrow(`createModel: ${lacks}`);
    await expect(train(bare, bars(8), { ...training, precision: "f16" })).rejects.toThrow(`train: ${lacks}`);
  });

  test("another precision", () => {
    const precision = "f8" as "f16";
    expect(() => createModel(bare, digitNet(4), 3, 1, { precision })).toThrow(
      "createModel: precision is f8 but must be f32 or f16",
    );
  });

  test("a kernel", () => {
    const x = bare.zeros([4, 4], "f16");
    expect(() => ops.add(x, x)).toThrow("add_f16: the device lacks shader-f16");
  });
});

f16("kernels, against the formula in doubles on inputs rounded to f16", () => {
  // Results in f16 within half a step of its 11 bits, 2^-11 of the largest, and 1e-5; in f32 within 1e-5.
  const operations: { readonly [name: string]: AnyOp } = ops;
  const wide: readonly string[] = [
    "3x3, padded",
    "1x1",
    "past a tile, oblong filter",
    "stride 2, dilation 3, 2 groups of odd sizes",
    "grey to full lanes",
    "depthwise, whole quads",
    "depthwise, odd channels, stride 2",
  ];
  const rows = Object.entries(cases).flatMap(([name, { names, half, rows }]) =>
    Object.entries(rows)
      .filter(([what]) => half && (name !== "conv2d" || wide.includes(what)))
      .map(([what, args]) => ({ name, what, names, args: args as readonly unknown[], half: half ?? [] })),
  );

  test("are those that the table names", () => {
    expect([...new Set(rows.map(({ name }) => name))].sort()).toEqual(
      ["add", "batchNorm", "cast", "conv2d", "prelu"].sort(),
    );
    expect(rows.filter(({ name }) => name === "conv2d")).toHaveLength(wide.length);
  });

  test.each(rows)("$name, $what", async ({ name, what, names, args, half }) => {
    const row = await check(gpu, name, what, operations[name], names, args, half);
    expect(row.ok, JSON.stringify(row)).toBe(true);
  });

  const tiles: readonly GemmTile[] = [
    direct,
    { loop: "few", knobs: { TILE_M: 4, TILE_N: 16 } },
    { loop: "panel", knobs: { TILE_M: 32, TILE_N: 32, DEPTH: 32, SHARE: 4 } },
    { loop: "panel", knobs: { TILE_M: 48, TILE_N: 32, DEPTH: 64, SHARE: 8 } },
  ];
  test.each(tiles)("3x3, padded, by $loop $knobs", async (tile) => {
    if (!runs(gpu, tile)) return;
    useTiles(gpu, { ...tables.software, gemm: [{ ...tile, measured: "" }] });
    try {
      const { names, rows } = cases.conv2d;
      const row = await check(gpu, "conv2d", "", operations["conv2d"], names, rows["3x3, padded"], ["x"]);
      expect(row.ok, JSON.stringify(row)).toBe(true);
    } finally {
      useTiles(gpu, tables.software);
    }
  });

  test("a cast to f16 rounds to the nearest, and its gradient comes back in f32", async () => {
    const r = random(5);
    const values = Float32Array.from({ length: 101 }, () => 10 ** (8 * r.next() - 4) * (r.next() - 0.5));
    const x = gpu.tensor(values);
    x.needsGrad = true;
    const y = ops.cast(x, "f16");
    const got = await y.read();
    const worst = got.map((v, i) => Math.abs(v - values[i]) / Math.max(Math.abs(values[i]), 2 ** -14));
    expect(Math.max(...worst)).toBeLessThan(2 ** -10); // WGSL lets a device round either way
    backward(y);
    expect(x.grad!.dtype).toBe("f32");
    expect([...(await x.grad!.read())]).toEqual(new Array(101).fill(1));
  });

  test("sums are not kept in f16 on the way, however long", async () => {
    // 2048.25 is no half, so that on the way the quarter would be lost.
    const [N, C] = [8, 1024];
    const x = new Float32Array(N * C);
    for (let n = 0; n < N; n++) [x[n * C], x[n * C + 1], x[n * C + C - 1]] = [2048, 0.25, -2048];
    const images = gpu.tensor(x, [N, 1, 1, C], "f16");
    const y = ops.conv2d(images, gpu.filled([1, 1, C, 5], 1), undefined, {});
    expect([...(await y.read())]).toEqual(new Array(N * 5).fill(0.25));
  });

  test("types that do not go together are refused", () => {
    const [x, plain] = [gpu.zeros([2, 3, 3, 4], "f16"), gpu.zeros([2, 3, 3, 4])];
    const channel = gpu.zeros([4]);
    expect(() => ops.prelu(x, channel, plain)).toThrow(
      "prelu: x is f16 and residual f32 but they must be of one type",
    );
    expect(() => ops.prelu(x, gpu.zeros([4], "f16"), undefined)).toThrow("slope is f16 but must be f32");
    expect(() => ops.conv2d(x, gpu.zeros([1, 1, 4, 4], "f16"), undefined, {})).toThrow(
      "w is f16 but must be f32",
    );
    expect(() => ops.add(plain, x)).toThrow("add: b is f16 but must be f32");
    expect(() => ops.relu(x)).toThrow("relu: x is f16 but must be f32");
    expect(() => ops.cast(gpu.zeros([2], "u32"), "f16")).toThrow("cast: x is u32 but must be f32 or f16");
    expect(() => backward(x, plain)).toThrow("backward: dy is f32 but must be f16, as y is");
  });
});

describe("a scaled loss", () => {
  /** One parameter whose gradient is `slope`, a number of the test's choice, times the scale. */
  async function moved(start: number, every: number, slopes: readonly number[]) {
    const parameters = flat(gpu, { w: [3] });
    const { w } = parameters.tensors;
    w.needsGrad = true;
    w.write(Float32Array.of(1, 2, 3));
    const scale = lossScale(gpu, { start, every });
    const optimizer = sgd(parameters, { rate: 0.5, momentum: 0.9, lossScale: scale });
    const seen: number[][] = [];
    for (const slope of slopes) {
      const factor = scale.value;
      w.grad = ops.scale(ops.scale(gpu.tensor(Float32Array.of(slope, 1, 1)), factor), 1);
      optimizer.update();
      seen.push([...(await w.read()), ...(await factor.read()), ...(await gpu.readU32(scale.counts))]);
    }
    optimizer.dispose();
    scale.dispose();
    return seen;
  }

  test("moves as one that is not, to the bit", async () => {
    const plain = await moved(1, 100, [0.3, -0.7]);
    const scaled = await moved(4096, 100, [0.3, -0.7]);
    expect(scaled.map((seen) => seen.slice(0, 3))).toEqual(plain.map((seen) => seen.slice(0, 3)));
    expect(scaled[1].slice(3)).toEqual([4096, 2, 0]);
  });

  test("a step with a gradient that is not finite moves nothing and halves it", async () => {
    const [first, second, third] = await moved(1024, 100, [1, 3e38, 1]);
    expect(second.slice(0, 3)).toEqual(first.slice(0, 3));
    expect(second.slice(3)).toEqual([512, 0, 1]);
    expect(third.slice(0, 3)).not.toEqual(second.slice(0, 3));
    expect(third.slice(3)).toEqual([512, 1, 1]);
  });

  test("doubles after so many good steps, within 1 and 2^24", async () => {
    const scales = async (start: number, slopes: number[]) =>
      (await moved(start, 2, slopes)).map((seen) => seen[3]);
    expect(await scales(8, [1, 1, 1, 1])).toEqual([8, 16, 16, 32]);
    expect(await scales(2 ** 24, [1, 1])).toEqual([2 ** 24, 2 ** 24]);
    expect(await scales(2, [Number.POSITIVE_INFINITY, Number.NaN])).toEqual([1, 1]);
  });

  test.each([3, 0, 0.5, 2 ** 25, Number.NaN])("of %f is refused", (start) => {
    expect(() => lossScale(gpu, { start })).toThrow(
      `lossScale: start is ${start} but must be a power of two from 1 to 2^24`,
    );
  });

  test("that doubles after no steps is refused", () => {
    expect(() => lossScale(gpu, { every: 0 })).toThrow("lossScale: every is 0 but must be a whole number");
  });
});

f16("training", () => {
  // One loop alone, which is compiled soonest.
  beforeAll(() => useTiles(gpu, { ...tables.software, gemm: [{ ...direct, measured: "" }] }));
  afterAll(() => useTiles(gpu, tables.software));

  test("follows f32 closely, with f32 weights", async () => {
    const [single, half] = await Promise.all(
      (["f32", "f16"] as const).map((precision) => train(gpu, bars(40), { ...training, precision })),
    );
    const apart = half.curve.map((v, i) => Math.abs(v - single.curve[i]));
    expect(Math.max(...apart)).toBeLessThan(0.02 * single.curve[0]);
    expect(half.curve.at(-1)!).toBeLessThan(0.3 * half.curve[0]);
    expect(half.leftOut).toBe(0);
    expect(single.leftOut).toBeUndefined();
    expect(half.model.parameters.values.dtype).toBe("f32");
    const weights = await half.model.parameters.values.read();
    expect(sameBits(weights, fromHalves(toHalves(weights)))).toBe(false); // more bits than f16 has
  });

  test("repeats to the bit", async () => {
    const hashes = [0, 1].map(
      async () => (await train(gpu, bars(12), { ...training, precision: "f16", epochs: 1 })).parameterHash,
    );
    expect(await hashes[0]).toBe(await hashes[1]);
  });

  test("a scale that is far too large costs steps, not weights", async () => {
    const { model, leftOut, curve } = await train(gpu, bars(40), {
      ...training,
      precision: "f16",
      firstScale: 2 ** 24,
    });
    expect(leftOut).toBeGreaterThan(0);
    expect(leftOut).toBeLessThan(15);
    expect((await model.parameters.values.read()).every(Number.isFinite)).toBe(true);
    expect(curve.at(-1)!).toBeLessThan(0.5 * curve[0]);
  });

  test("a step of a net of wide images takes about half the memory", async () => {
    const bytes = async (precision: "f32" | "f16") => {
      const model = createModel(gpu, residual, 3, 1, { precision });
      const x = gpu.zeros([4, 24, 24, 1]);
      const label = gpu.zeros([4], "u32");
      const scale = lossScale(gpu);
      const step = await gpu.step(() => {
        const loss = ops.softmaxLoss(model.classify(model.embed(x, true)), label, {});
        backward(loss, scale.value);
        return { loss };
      });
      return step.bytes;
    };
    expect((await bytes("f16")) / (await bytes("f32"))).toBeLessThan(0.6);
  });
});

/** A net with everything that is stored in f16: a bias, a residual, depthwise filters, PReLU with and without BatchNorm. */
const residual: Net = {
  name: "small",
  height: 24,
  width: 24,
  channels: 1,
  layers: [
    { kind: "conv", filters: 8, size: 3, stride: 1, pad: 1, bias: true },
    { kind: "prelu" },
    {
      kind: "residual",
      layers: [
        { kind: "conv", filters: 8, size: 3, stride: 1, pad: 1, groups: 8 },
        { kind: "batchNorm" },
        { kind: "prelu" },
        { kind: "conv", filters: 8, size: 1, stride: 1, pad: 0 },
      ],
    },
    { kind: "conv", filters: 4, size: 3, stride: 2, pad: 1 },
    { kind: "batchNorm" },
    { kind: "flatten" },
    { kind: "linear", size: 6 },
  ],
};

const tiny: Net = {
  name: "tiny",
  height: 28,
  width: 28,
  channels: 1,
  layers: [
    { kind: "conv", filters: 8, size: 3, stride: 2, pad: 1 },
    { kind: "batchNorm" },
    { kind: "prelu" },
    { kind: "conv", filters: 8, size: 3, stride: 2, pad: 1 },
    { kind: "batchNorm" },
    { kind: "prelu" },
    { kind: "flatten" },
    { kind: "linear", size: 8 },
  ],
};

/** Images with a bright bar whose place tells the class, and noise. */
function bars(perClass: number) {
  const classes = ["left", "middle", "right"];
  const r = random(1);
  const labels = Uint32Array.from({ length: perClass * 3 }, (_, i) => i % 3);
  const pixels = Uint8Array.from({ length: labels.length * 784 }, (_, i) => {
    const place = 5 + 8 * labels[Math.floor(i / 784)];
    return 40 * r.next() + (Math.abs((i % 28) - place) < 3 ? 180 : 0);
  });
  return makeDataset({ height: 28, width: 28, channels: 1, pixels, labels, classes });
}

const training: TrainOptions = {
  net: tiny,
  recipe: recipes.km(),
  epochs: 3,
  batch: 12,
  rate: 0.05,
  schedule: "linear",
  momentum: 0.9,
  weightDecay: 5e-4,
  mirror: false,
  seed: 3,
};
