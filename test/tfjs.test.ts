import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { asBrowser } from "../examples/tfjs/node.ts";
import { cases } from "../src/check/cases.ts";
import { error } from "../src/check/check.ts";
import { isFixed, isNd, reals as realArray } from "../src/check/inputs.ts";
import { Gpu } from "../src/gpu.ts";
import { scale } from "../src/kernels.gen.ts";
import { backward, op } from "../src/op.ts";
import * as ops from "../src/ops/index.ts";
import { random } from "../src/random.ts";
import type { Nd } from "../src/reference.ts";
import { Tensor } from "../src/tensor.ts";
import {
  centerGradient,
  centerLoss,
  classifierLoss,
  contrastiveLoss,
  kmLoss,
  margin,
  tfOp,
  tripletLoss,
  updateCenters,
} from "../src/tfjs/index.ts";
import { exact } from "./exact_loss.ts";
import { sameBits } from "./open.ts";
import { saying } from "./saying.ts";

interface Internals {
  readonly device: GPUDevice;
  readonly tensorMap: { get(id: object): { resource?: GPUBuffer; values: ArrayLike<number> | null } };
}
const backend = () => tf.backend() as unknown as Internals;
const bufferOf = (t: tf.Tensor) => backend().tensorMap.get(t.dataId).resource;

let layers: typeof import("@tensorflow/tfjs-layers");
beforeAll(async () => {
  await asBrowser();
  layers = await import("@tensorflow/tfjs-layers"); // registers the gradients of tfjs's own ops
  await import("@tensorflow/tfjs-backend-webgpu");
  // Of the device that tfjs itself asks for.
  await tf.setBackend("webgpu");
});
afterEach(() => tf.disposeVariables());

/** Values of tfjs's, read at the end of a scope. */
async function values(f: () => tf.Tensor[]): Promise<Float32Array[]> {
  const tensors = tf.tidy(f);
  const read = await Promise.all(tensors.map((t) => t.data<"float32">()));
  tf.dispose(tensors);
  return read;
}

/** Tensors and buffers that tfjs holds, and their bytes. */
function memory(): number[] {
  const { numTensors, numDataBuffers, numBytesInGPU } = tf.memory() as tf.MemoryInfo & {
    numBytesInGPU: number;
  };
  return [numTensors, numDataBuffers, numBytesInGPU];
}

const normal = (shape: number[], scale = 1, seed = 17): tf.Tensor =>
  tf.tensor(Float32Array.from(realArray(shape, scale, seed).data), shape);
const wholes = (...labels: number[]): tf.Tensor1D => tf.tensor1d(labels, "int32");

// Before the backend is taken for what it is.
test("a backend of another version is refused", () => {
  const changed = backend() as { commandEncoder?: GPUCommandEncoder | null };
  const { commandEncoder } = changed;
  delete changed.commandEncoder;
  const loss = () => kmLoss(tf.zeros([2, 3]), wholes(0, 1), { gamma: 1 });
  expect(() => tf.tidy(loss)).toThrow(
    saying(
      "kmLoss: the WebGPU backend of tfjs has no commandEncoder but that of 4.22 has; install tfjs 4.22",
    ),
  );
  changed.commandEncoder = commandEncoder!;
});

describe("kmLoss", () => {
  const weights = {
    none: (p: tf.Tensor) => tf.onesLike(p),
    km: (p: tf.Tensor, gamma: number) => tf.pow(tf.add(tf.mul(p, gamma), 1), -2),
    "normalized-km": (p: tf.Tensor, gamma: number) =>
      tf.mul(gamma / Math.log1p(gamma), tf.pow(tf.add(tf.mul(p, gamma), 1), -2)),
    focal: (p: tf.Tensor, gamma: number) => tf.pow(tf.sub(1, p), gamma),
  };
  /** Each row's loss, of tfjs's own ops. */
  function composed(logits: tf.Tensor, label: tf.Tensor1D, weighting: keyof typeof weights, gamma: number) {
    const own = tf.oneHot(label, logits.shape[1]!, 1, 0, "float32");
    const logp = tf.sum(tf.mul(tf.logSoftmax(logits as tf.Tensor2D), own), 1);
    return tf.neg(tf.mul(weights[weighting](tf.exp(logp), gamma), logp));
  }

  test.each([
    ["none", 0, 8, 16],
    ["km", 1, 9, 10],
    ["km", 4, 33, 1201],
    ["normalized-km", 2, 7, 12],
    ["focal", 2, 5, 11],
  ] as const)("%s with gamma %d on (%d, %d) is what tfjs's own ops give", async (weighting, gamma, N, C) => {
    const logits = normal([N, C], 2);
    const label = wholes(...Array.from({ length: N }, (_, n) => (5 * n) % C));
    const dy = normal([N], 3, 5);
    const options = { weighting, gamma };
    const ours = (z: tf.Tensor) => kmLoss(z, label, options);
    const theirs = (z: tf.Tensor) => tf.mean(composed(z, label, weighting, gamma));
    const got = await values(() => [
      ours(logits),
      tf.grad(ours)(logits),
      tf.grad(ours)(logits, tf.scalar(-2.5)),
      tf.grad((z) => kmLoss(z, label, { ...options, reduction: "none" }))(logits, dy),
      tf.grad((z) => tf.mul(tf.square(kmLoss(z, label, options)), 3))(logits),
    ]);
    const want = await values(() => [
      theirs(logits),
      tf.grad(theirs)(logits),
      tf.grad(theirs)(logits, tf.scalar(-2.5)),
      tf.grad((z) => composed(z, label, weighting, gamma))(logits, dy),
      tf.grad((z) => tf.mul(tf.square(theirs(z)), 3))(logits),
    ]);
    for (const [i, each] of want.entries()) expect(error(got[i]!, each)).toBeLessThan(1e-5);
    tf.dispose([logits, label, dy]);
  });

  test("keeps its precision where tfjs's own ops lose it: against the formula in doubles", async () => {
    const [N, C] = [12, 33];
    const r = random(3);
    const z = Float32Array.from({ length: N * C }, (_, i) => [1, 30, 90][((i / C) % 3) | 0]! * r.normal());
    const label = Uint32Array.from({ length: N }, () => r.below(C));
    const want = exact(z, label, { weighting: "km", gamma: 2, scale: 1 });
    const [loss, dlogits] = await values(() => {
      const f = (z: tf.Tensor) =>
        kmLoss(z, tf.tensor1d(Int32Array.from(label)), { gamma: 2, reduction: "none" });
      const { value, grad } = tf.valueAndGrad(f)(tf.tensor2d(z, [N, C]), tf.ones([N]));
      return [value, grad];
    });
    for (let n = 0; n < N; n++) {
      expect(Math.abs(loss![n]! - want.loss[n]!)).toBeLessThan(1e-5 * want.loss[n]! + 1e-37);
      const row = (values: ArrayLike<number>) => Array.from(values).slice(n * C, n * C + C);
      const [got, exactly] = [row(dlogits!), row(want.dlogits)];
      const most = Math.max(...exactly.map(Math.abs));
      expect(Math.max(...got.map((v, c) => Math.abs(v - exactly[c]!)))).toBeLessThan(1e-5 * most + 1e-37);
    }
  });
});

describe("every loss and option", () => {
  const theirs = { softmaxLoss: kmLoss, centerLoss, classifierLoss, margin, tripletLoss, contrastiveLoss };
  // What reaches the adapter in another way: numbers in tensors, tensors left out, slices, rows apart, labels out of range.
  const rows: { readonly [Name in keyof typeof theirs]: readonly string[] } = {
    softmaxLoss: ["few rows in slices", "gamma in a tensor", "class weights, each row", "everything at once"],
    centerLoss: ["ignored labels, and labels out of range", "class weights, each row"],
    classifierLoss: [
      "blocks of classes, the last one shorter",
      "SphereFace, rows multiplied by their norm, in blocks",
      "labels left out, class weights",
    ],
    margin: ["ArcFace, quads past a workgroup", "SphereFace, m = 2.6, rows multiplied by their norm"],
    tripletLoss: ["random, margin in a tensor, sum, scaled"],
    contrastiveLoss: ["margin in a tensor, sum, scaled"],
  };
  // biome-ignore lint/suspicious/noExplicitAny: operations with other arguments each
  type Any = (...args: any[]) => any;
  const all = Object.entries(rows).flatMap(([name, some]) => some.map((what) => [name, what] as const));

  /** An argument, or options, with `f` of the arrays in it. */
  function mapped(x: unknown, f: (x: Nd) => unknown): unknown {
    if (isNd(x)) return f(x);
    if (typeof x !== "object" || x === null) return x;
    return Object.fromEntries(Object.entries(x).map(([name, each]) => [name, mapped(each, f)]));
  }
  const numbers = (x: Nd) =>
    isFixed(x) && x.dtype === "u32" ? Uint32Array.from(x.data) : Float32Array.from(x.data);

  let gpu: Gpu;
  beforeAll(() => {
    gpu = Gpu.fromDevice(backend().device);
  });

  test.each(all)("%s, %s: the bits that knotgrad gives on the same device", async (name, what) => {
    const { rows } = cases[name as keyof typeof theirs];
    const args: readonly unknown[] = rows[what as keyof typeof rows];
    const ours = args.map((arg) =>
      mapped(arg, (x) => Object.assign(gpu.tensor(numbers(x), x.shape), { needsGrad: !isFixed(x) })),
    );
    const y: Tensor = (ops as { [name: string]: Any })[name]!(...ours);
    const dy = Float32Array.from(realArray(y.shape, 1, 23).data);
    backward(y, gpu.tensor(dy, y.shape));
    const places = [...ours.keys()].filter((i) => ours[i] instanceof Tensor && ours[i].needsGrad);
    const want = [y, ...places.map((i) => (ours[i] as Tensor).grad!)];

    const got = await values(() => {
      const given = args.map((arg) =>
        mapped(arg, (x) => {
          const all = numbers(x);
          const labels = all instanceof Uint32Array; // which have the same bits
          return tf.tensor(
            labels ? new Int32Array(all.buffer) : all,
            [...x.shape],
            labels ? "int32" : "float32",
          );
        }),
      );
      const loss = (...xs: tf.Tensor[]) =>
        (theirs as { [name: string]: Any })[name]!(...given.map((arg, i) => xs[places.indexOf(i)] ?? arg));
      const xs = places.map((i) => given[i] as tf.Tensor);
      const { value, grads } = tf.valueAndGrads(loss)(xs, tf.tensor(dy, [...y.shape]));
      return [value, ...grads];
    });
    expect(got.length).toBe(want.length);
    for (const [i, each] of want.entries()) expect(sameBits(got[i]!, await each.read())).toBe(true);
  });
});

describe("memory", () => {
  const [N, C] = [6, 10];
  const label = () => wholes(1, 2, 3, 4, 5, 0);

  test("kernels read tfjs's buffers, and tfjs gets the buffers that they write, gradients too", () => {
    const seen: { [name: string]: GPUBuffer } = {};
    const note = (name: string, t: Tensor) => {
      seen[name] = t.memory.range!.buffer;
      return t;
    };
    const double = op({
      reference: (x: Nd) => x,
      run: (x: Tensor) => [
        note("y", x.gpu.launch(scale, { x: note("x", x), factor: 2 }).y),
        (dy) => [note("dx", x.gpu.launch(scale, { x: note("dy", dy), factor: 2 }).y)],
      ],
    });
    tf.tidy(() => {
      const x = tf.add(normal([7]), 1);
      const dy = tf.mul(normal([7]), 3);
      const { value, grad } = tf.valueAndGrad(tfOp("double", double, { x: "differentiated" }))(x, dy);
      expect(seen).toEqual({ x: bufferOf(x), y: bufferOf(value), dy: bufferOf(dy), dx: bufferOf(grad) });
      for (const [name, t] of Object.entries({ x, y: value, dy, dx: grad }))
        expect(seen[name]).toBe(bufferOf(t));
      // Of the size that tfjs reads.
      for (const buffer of Object.values(seen)) expect(buffer.size).toBe(28);
    });
  });

  test("what comes before is seen, and what comes after waits, whoever gets the buffers next", async () => {
    const y = label();
    const base = normal([N, C]);
    const once = async (i: number) =>
      (await values(() => [kmLoss(tf.mul(base, i), y, { gamma: 1 })]))[0]![0]!;
    const want: number[] = [];
    for (let i = 0; i < 20; i++) want.push(3 * (await once(i)));
    const losses = Array.from({ length: 20 }, (_, i) => {
      const logits = tf.mul(base, i); // waits in tfjs's encoder
      const loss = kmLoss(logits, y, { gamma: 1 });
      logits.dispose(); // the next of this size is made in its buffer
      tf.add(base, 1e9).dispose();
      const after = tf.mul(loss, 3);
      loss.dispose();
      return after;
    });
    const got = await Promise.all(losses.map(async (t) => (await t.data())[0]!));
    expect(error(got, want)).toBeLessThan(1e-6);
    tf.dispose([y, base, ...losses]);
  });

  test("nothing is kept: with a gradient, without, of some rows, twice, and where the op throws", async () => {
    const logits = normal([N, C]);
    const [y, short] = [label(), wholes(1)];
    const loss = (z: tf.Tensor) => kmLoss(z, y, { gamma: 1, reduction: "none" });
    const held: number[][] = [];
    let ours = () => 0;
    const spy = tfOp(
      "spy",
      (x: Tensor) => {
        ours = () => x.gpu.memory().current;
        return ops.relu(x);
      },
      { x: "differentiated" },
    );
    for (let i = 0; i < 12; i++) {
      tf.tidy(() => {
        loss(logits);
        tf.grad(loss)(logits);
        tf.grad((z) => tf.add(tf.mean(loss(spy(z))), tf.sum(loss(tf.mul(z, i)))))(logits);
        tf.valueAndGrad((z) => tf.valueAndGrad(loss)(z, tf.ones([N])).value)(logits, tf.ones([N]));
      });
      expect(() => tf.tidy(() => kmLoss(logits, short, { gamma: 1 }))).toThrow();
      if (i === 8) await logits.data();
      held.push([...memory(), ours()]);
    }
    expect(new Set(held.slice(1).map(String)).size).toBe(1);
    tf.dispose([logits, y, short]);
  });

  test("an op that throws halfway leaves the commands of others as they were", async () => {
    const x = normal([64]);
    const broken = tfOp(
      "broken",
      (x: Tensor): Tensor => {
        ops.scale(x, x.gpu.constant(7));
        throw new Error("halfway");
      },
      { x: "differentiated" },
    );
    const got = await values(() => {
      expect(() => broken(x)).toThrow("halfway");
      return [tf.mul(x, 2), tf.mul(x, 3)];
    });
    const all = await x.data<"float32">();
    expect(got.map((each) => [...each])).toEqual([
      [...all.map((v) => 2 * v)],
      [...all.map((v) => Math.fround(3 * v))],
    ]);
    x.dispose();
  });

  test("a result of as many numbers as its shape says, from slices, constants and the argument itself too", async () => {
    const x = tf.tensor1d(Float32Array.from({ length: 70 }, (_, i) => i));
    const part = tfOp("part", (x: Tensor) => x.gpu.slice(x, 64, [5]), { x: "differentiated" });
    const same = tfOp("same", (x: Tensor) => x.view([7, 10]), { x: "differentiated" });
    const five = tfOp("five", (x: Tensor) => x.gpu.filled([3], 5), { x: "differentiated" });
    const sum = tfOp("sum", (a: Tensor, b: Tensor) => ops.add(a, b), {
      a: "differentiated",
      b: "differentiated",
    });
    const got = await values(() => [
      part(x),
      same(x),
      five(x),
      tf.grad((x) => sum(x, x))(x),
      tf.grad((x) => five(x))(x),
      kmLoss(normal([3, 4]), wholes(0, 1, 2), { gamma: 1, reduction: "none" }),
      kmLoss(normal([3, 4]), wholes(0, 1, 2), { gamma: 1 }),
    ]);
    expect(got.map(({ length }) => length)).toEqual([5, 70, 3, 70, 70, 3, 1]);
    expect(got.slice(0, 5).map((each) => each[0])).toEqual([64, 0, 5, 2, 0]);
    x.dispose();
  });
});

describe("gradients are made where tfjs wants them", () => {
  test("not without a tape, nor for variables that are not trainable", () => {
    const wanted: boolean[][] = [];
    const spy = tfOp(
      "spy",
      (x: Tensor, w: Tensor, label: Tensor) => {
        wanted.push([x.needsGrad, w.needsGrad]);
        return ops.classifierLoss(x, w, undefined, label, { gamma: 1 });
      },
      { x: "differentiated", w: "differentiated", label: "label" },
    );
    tf.tidy(() => {
      const [x, label] = [normal([3, 4]), wholes(0, 1, 2)];
      const w = tf.variable(normal([5, 4]), false);
      spy(x, w, label);
      tf.grad((x) => spy(x, w, label))(x);
      w.trainable = true;
      expect(Object.keys(tf.variableGrads(() => spy(x, w, label) as tf.Scalar).grads)).toEqual([w.name]);
    });
    expect(wanted).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
  });

  test("a gradient is not differentiated again in silence", async () => {
    const label = wholes(2, 0);
    const logits = normal([2, 3]);
    const loss = (z: tf.Tensor) => kmLoss(z, label, { gamma: 1 });
    const penalized = (z: tf.Tensor) => {
      const { value, grad } = tf.valueAndGrad(loss)(z);
      return tf.add(value, tf.sum(tf.square(grad)));
    };
    expect(() => tf.tidy(() => tf.grad(penalized)(logits))).toThrow(
      saying("kmLoss: its gradient is differentiated again but has no gradient"),
    );
    const [once, inner] = await values(() => [
      tf.grad(loss)(logits),
      tf.grad((z) => tf.valueAndGrad(loss)(z).value)(logits),
    ]);
    expect(inner).toEqual(once);
    tf.dispose([label, logits]);
  });
});

describe("training", () => {
  const [N, D, C] = [64, 32, 10]; // of less, tfjs's products take longer on SwiftShader
  const r = random(9);
  const label = Int32Array.from({ length: N }, (_, n) => n % C);
  const inputs = Float32Array.from(
    { length: N * D },
    (_, i) => (i % D === label[Math.floor(i / D)] ? 2 : 0) + r.normal(),
  );
  const options = { gamma: 1 };

  test("optimizer.minimize moves weights as with tfjs's own ops", async () => {
    const [x, y] = [tf.tensor2d(inputs, [N, D]), tf.tensor1d(label)];
    const start = normal([C, D], 0.1);
    const run = async (loss: (w: tf.Tensor) => tf.Tensor) => {
      const w = tf.variable(start);
      const optimizer = tf.train.momentum(0.5, 0.9);
      for (let i = 0; i < 4; i++) optimizer.minimize(() => loss(w) as tf.Scalar, false, [w]);
      optimizer.dispose();
      return w.data<"float32">();
    };
    const own = tf.oneHot(y, C, 1, 0, "float32");
    const want = await run((w) => {
      const logp = tf.sum(tf.mul(tf.logSoftmax(tf.matMul(x, w as tf.Tensor2D, false, true)), own), 1);
      return tf.mean(tf.neg(tf.div(logp, tf.square(tf.add(tf.exp(logp), 1)))));
    });
    expect(
      error(await run((w) => kmLoss(tf.matMul(x, w as tf.Tensor2D, false, true), y, options)), want),
    ).toBeLessThan(1e-5);
    expect(error(await run((w) => classifierLoss(x, w, undefined, y, options)), want)).toBeLessThan(1e-5);
    tf.dispose([x, y, start, own]);
  });

  test("a tf.layers model with the loss as in the README: 200 steps, falling loss, nothing kept", async () => {
    const model = layers.sequential();
    model.add(layers.layers.dense({ inputShape: [D], units: 16, activation: "relu" }));
    model.add(layers.layers.dense({ units: C }));
    const lines = readFileSync(new URL("../README.md", import.meta.url), "utf8")
      .match(/```js\n([^`]*"knotgrad\/tfjs"[^`]*)```/)![1]!
      .replace(/^import .*$/gm, "");
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
    await AsyncFunction("tf", "kmLoss", "model", lines)(tf, kmLoss, model);
    // One batch, 25 times an epoch: reading a result costs more than such a step.
    const x = tf.tidy(() => tf.tile(tf.tensor2d(inputs, [N, D]), [25, 1]));
    const target = tf.tidy(() => tf.tile(tf.oneHot(tf.tensor1d(label), C, 1, 0, "float32"), [25, 1]));
    const held: (readonly number[])[] = [];
    const onEpochEnd = () => void held.push(memory());
    const all = { epochs: 8, batchSize: N, shuffle: false, verbose: 0, yieldEvery: "never" } as const;
    const { history } = await model.fit(x, target, { ...all, callbacks: { onEpochEnd } });
    expect(held.length).toBe(8);
    expect(held.at(-1)).toEqual(held[1]);
    const losses = history["loss"] as number[];
    for (let i = 1; i < 8; i++) expect(losses[i]).toBeLessThan(0.95 * losses[i - 1]!);
    model.dispose();
    tf.dispose([x, target]);
  });

  test("centers move in place, or in memory of their own where others share theirs", async () => {
    const [x, y] = [tf.tensor2d(inputs, [N, D]), tf.tensor1d(label)];
    const start = normal([C, D]);
    const before = Float64Array.from(await start.data());
    const want = (from: ArrayLike<number>) =>
      Float64Array.from(from, (v, i) => {
        const mine = [...label.keys()].filter((n) => label[n] === Math.floor(i / D));
        return v - (0.5 * mine.reduce((sum, n) => sum + v - inputs[n * D + (i % D)]!, 0)) / (1 + mine.length);
      });
    const centers = tf.variable(start, false); // shares the memory of start
    updateCenters(x, y, centers, { alpha: 0.5 });
    expect(await start.data()).toEqual(Float32Array.from(before));
    const once = await centers.data();
    expect(error(once, want(before))).toBeLessThan(1e-6);
    const memory = bufferOf(centers);
    updateCenters(x, y, centers, { alpha: 0.5 }); // after it was read
    expect(bufferOf(centers)).toBe(memory);
    expect(error(await centers.data(), want(once))).toBeLessThan(1e-6);

    const [gradient] = await values(() => [centerGradient(x, y, start)]);
    const moved = want(before);
    expect(
      error(
        gradient!,
        before.map((v, i) => 2 * (v - moved[i]!)),
      ),
    ).toBeLessThan(1e-5);
    expect(() => tf.tidy(() => tf.grad((c) => centerLoss(x, y, c, {}))(start))).toThrow(
      /Cannot compute gradient/,
    );
    tf.dispose([x, y, start, centers]);
  });

  test("the example trains, says so, and ends", async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "--conditions=knotgrad-source", "examples/tfjs/index.ts"],
      { cwd: new URL("..", import.meta.url).pathname },
    );
    const steps = [...stdout.matchAll(/^step +(\d+): loss ([\d.]+), (\d+) tensors$/gm)];
    expect(steps.map(([, step]) => Number(step))).toEqual([0, 50, 100, 150, 200]);
    expect(Number(steps[4]![2])).toBeLessThan(Number(steps[0]![2]) / 4);
    expect(steps[4]![3]).toBe(steps[1]![3]);
    expect(Number(/^accuracy ([\d.]+) %$/m.exec(stdout)![1])).toBeGreaterThan(90);
    expect(stderr.split("\n").filter((line) => !line.startsWith("Warning: max"))).toEqual([""]);
  });
});

describe("says what is wrong", () => {
  const options = { gamma: 1 };
  test.each<[string, () => unknown]>([
    [
      "kmLoss: logits is int32 but must be float32; cast it",
      () => kmLoss(tf.zeros([2, 3], "int32"), wholes(0, 1), options),
    ],
    [
      "kmLoss: label is float32 but must be int32; cast it",
      () => kmLoss(tf.zeros([2, 3]), tf.zeros([2]), options),
    ],
    [
      "kmLoss: label is object but must be a tensor of tfjs",
      () => kmLoss(tf.zeros([2, 3]), [0, 1] as never, options),
    ],
    [
      "classifierLoss: w is undefined but must be a tensor of tfjs",
      () => classifierLoss(tf.zeros([2, 3]), undefined as never, undefined, wholes(0, 1), options),
    ],
    [
      "margin: norm is string but must be a tensor of tfjs",
      () => margin(tf.zeros([2, 3]), wholes(0, 1), "1" as never, { kind: "arcface" }),
    ],
    ["kmLoss: logits is (0, 3) but must have elements", () => kmLoss(tf.zeros([0, 3]), wholes(), options)],
    [
      "kmLoss: options.gamma is bool but must be float32 or int32; cast it",
      () => kmLoss(tf.zeros([2, 3]), wholes(0, 1), { gamma: tf.scalar(true) }),
    ],
    [
      "updateCenters: x is int32 but must be float32; cast it",
      () =>
        updateCenters(tf.zeros([2, 3], "int32"), wholes(0, 1), tf.variable(tf.zeros([2, 3])), { alpha: 1 }),
    ],
    [
      "softmaxLoss: label is (2, 1) but must be (N) with N = 2",
      () => kmLoss(tf.zeros([2, 3]), tf.zeros([2, 1], "int32"), options),
    ],
    [
      "softmaxLoss: gamma is -1 but must be a number from 0 up",
      () => kmLoss(tf.zeros([2, 3]), wholes(0, 1), { gamma: -1 }),
    ],
    [
      "tfOp: the op makes a tensor of f16 but tfjs has none; leave the cast out",
      () => tfOp("half", (x: Tensor) => x.gpu.empty([2], "f16"), { x: "constant" })(tf.zeros([2])),
    ],
  ])("%s", (message, call) => {
    expect(() => tf.tidy(call as () => tf.Tensor)).toThrow(saying(message));
  });

  test("of tensors that are gone", () => {
    const logits = tf.zeros([2, 3]);
    logits.dispose();
    expect(() => tf.tidy(() => kmLoss(logits, wholes(0, 1), options))).toThrow(
      saying("kmLoss: logits was disposed of; keep it while it is used"),
    );
  });

  test("of another backend", async () => {
    tf.registerBackend("other", () => new tf.KernelBackend());
    await tf.setBackend("other");
    const logits = {} as tf.Tensor;
    expect(() => kmLoss(logits, logits, options)).toThrow(
      saying(
        "kmLoss: the backend of tfjs is other but must be webgpu; " +
          'import "@tensorflow/tfjs-backend-webgpu", then await tf.setBackend("webgpu")',
      ),
    );
    await tf.setBackend("webgpu");
  });
});
