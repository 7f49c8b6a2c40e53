import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gpu } from "../src/gpu.ts";
import { scale } from "../src/kernels.gen.ts";
import { backward } from "../src/op.ts";
import { softmaxLoss } from "../src/ops/index.ts";
import { labelCounts, labels } from "../src/ops/labels.ts";
import { labelProbability, type SoftmaxLossOptions } from "../src/ops/softmax_loss.ts";
import { random } from "../src/random.ts";
import { array } from "../src/reference.ts";
import { type Errors, type Exact, errors, exact, weightOf } from "./exact_loss.ts";
import { devices, openGpu, sameBits } from "./open.ts";
import { saying } from "./saying.ts";

const LIMIT = 2e-6;
const SUM_LIMIT = 1e-6;

function expectWithin(e: Errors, limit: number): void {
  expect(e.loss).toBeLessThan(limit);
  expect(e.row).toBeLessThan(limit);
  expect(e.own).toBeLessThan(limit);
  expect(e.sum).toBeLessThan(SUM_LIMIT);
}

const draw = (N: number, C: number, scale: number): { logits: Float32Array; label: Uint32Array } => {
  const r = random(1000 * N + C);
  const logits = Float32Array.from({ length: N * C }, () => scale * r.normal());
  return { logits, label: Uint32Array.from({ length: N }, () => r.below(C)) };
};

describe.each(devices)("with %s", (_, options) => {
  let gpu: Gpu;
  beforeAll(async () => {
    gpu = await openGpu(options);
  });
  afterAll(() => gpu.device.destroy());

  async function run(logits: Float32Array, label: Uint32Array, options: SoftmaxLossOptions) {
    const z = gpu.tensor(logits, [label.length, logits.length / label.length]);
    const y = gpu.tensor(label);
    z.needsGrad = true;
    const rows = softmaxLoss(z, y, { ...options, reduction: "none" });
    backward(rows);
    const late = z.grad!; // made once dL/dloss is known
    const sum = softmaxLoss(z, y, { ...options, reduction: "sum" });
    backward(sum);
    const results = { loss: await rows.read(), dlogits: await z.grad!.read() };
    expect(sameBits(await late.read(), results.dlogits)).toBe(true);
    const total = results.loss.reduce((a, b) => a + b, 0);
    const length = results.loss.reduce((a, b) => a + Math.abs(b), 0);
    expect(Math.abs((await sum.read())[0]! - total)).toBeLessThanOrEqual(1e-6 * length);
    expect(sameBits(await z.read(), logits)).toBe(true); // the logits are as they were
    for (const t of [z, y, rows, late, sum, z.grad!]) t.dispose();
    return results;
  }

  async function measure(logits: Float32Array, label: Uint32Array, options: Exact): Promise<Errors> {
    return errors(await run(logits, label, options), exact(logits, label, options), label);
  }

  // Doubles of 15 digits from an independent implementation.
  test.each<{ z: number[]; y: number; gamma: number; p: number; loss: number; dz: number[] }>([
    {
      z: [1, 2, 3],
      y: 0,
      gamma: 1,
      p: 0.0900305731703805,
      loss: 2.02632009873391,
      dz: [-1.07045047901, 0.287888473331, 0.782562005679],
    },
    {
      z: [1, 2, 3],
      y: 2,
      gamma: 4,
      p: 0.665240955774822,
      loss: 0.030412327301104,
      dz: [0.0106976440954, 0.0290792115519, -0.0397768556473],
    },
    {
      z: [0, 0, 0, 0],
      y: 1,
      gamma: 8,
      p: 0.25,
      loss: 0.154032706791099,
      dz: [0.0791220133748, -0.237366040124, 0.0791220133748, 0.0791220133748],
    },
    {
      z: [20, 0, 0],
      y: 0,
      gamma: 2,
      p: 0.999999995877693,
      loss: 4.58034139893e-10,
      dz: [-4.58034141467e-10, 2.29017070733e-10, 2.29017070733e-10],
    },
    {
      z: [-30, 0, 5],
      y: 0,
      gamma: 6,
      p: 6.26291755361e-16,
      loss: 35.0067153484889,
      dz: [-1, 0.00669285092429, 0.993307149076],
    },
    {
      z: [0.5, -1.25, 2, 0],
      y: 3,
      gamma: 0,
      p: 0.096859034252827,
      loss: 2.33449861260366,
      dz: [0.159693550032, 0.0277505779327, 0.715696837782, -0.903140965747],
    },
  ])("logits $z, label $y, gamma $gamma", async ({ z, y, gamma, p, loss, dz }) => {
    const [logits, label] = [Float32Array.from(z), Uint32Array.of(y)];
    const got = await run(logits, label, { gamma });
    expectWithin(errors(got, { loss: [loss], dlogits: dz }, label), LIMIT);
    const own = labelProbability(gpu.tensor(logits, [1, z.length]), gpu.tensor(label));
    expect(Math.abs((await own.read())[0]! / p - 1)).toBeLessThan(LIMIT);
  });

  test("gamma 0 is cross-entropy", async () => {
    const { logits, label } = draw(20, 11, 2);
    const { loss, dlogits } = await run(logits, label, {});
    label.forEach((y, n) => {
      const e = Float64Array.from(logits.subarray(11 * n, 11 * n + 11), Math.exp);
      const total = e.reduce((a, b) => a + b, 0);
      expect(Math.abs(loss[n]! / Math.log(total / e[y]!) - 1)).toBeLessThan(LIMIT);
      e.forEach((v, c) => {
        expect(Math.abs(dlogits[11 * n + c]! - (v / total - (c === y ? 1 : 0)))).toBeLessThan(LIMIT);
      });
    });
  });

  test.each([5, 10, 15, 16.6, 20, 40, 80])(
    "the label is %d above the others, and as far below",
    async (margin) => {
      const [N, C] = [16, 10];
      for (const side of [margin, -margin]) {
        const { logits, label } = draw(N, C, 0.5);
        label.forEach((y, n) => {
          logits[n * C + y] = Math.max(...logits.subarray(n * C, n * C + C)) + side;
        });
        for (const gamma of [0, 1, 8]) expectWithin(await measure(logits, label, { gamma }), LIMIT);
        for (const gamma of [0.5, 2]) {
          // Where the label is far above, the loss is about exp(-(gamma + 1) margin), which f32 ends at.
          if ((gamma + 1) * side > 80) continue;
          expectWithin(await measure(logits, label, { weighting: "focal", gamma }), LIMIT);
        }
      }
    },
  );

  test.each([88, 200, 1e4])(
    "the label is %d above: the loss is next to nothing; below: it is the margin",
    async (margin) => {
      const label = Uint32Array.of(1, 1);
      const got = await run(Float32Array.of(0, margin, 0, 0, -margin, 0), label, { gamma: 2 });
      // f32 ends at 1e-38: what is smaller may be 0.
      for (const v of [got.loss[0]!, ...got.dlogits.subarray(0, 3)]) expect(Math.abs(v)).toBeLessThan(1e-37);
      expect(got.loss[0]).toBeGreaterThanOrEqual(0);
      expect(Math.abs(got.loss[1]! / (margin + Math.log(2)) - 1)).toBeLessThan(LIMIT);
      got.dlogits.subarray(3).forEach((d, c) => {
        expect(Math.abs(d - (c === 1 ? -1 : 0.5))).toBeLessThan(LIMIT);
      });
    },
  );

  test.each<[string, number, number]>([
    ["spread over +-1e4", 1e4, 0],
    ["all near 1e4", 3, 1e4],
    ["all near -1e4", 3, -1e4],
  ])("logits %s", async (_, scale, offset) => {
    const { logits, label } = draw(33, 37, 1);
    // Multiples of 1/512, so that adding the offset is exact.
    const moved = logits.map((z) => Math.round(512 * scale * z) / 512 + offset);
    expectWithin(await measure(moved, label, { gamma: 2 }), LIMIT);
  });

  test("all logits equal", async () => {
    for (const z of [0, -7.25, 1e4]) {
      expectWithin(
        await measure(new Float32Array(3 * 50).fill(z), Uint32Array.of(0, 49, 25), { gamma: 1 }),
        LIMIT,
      );
    }
  });

  // One workgroup a row, or slices of few rows.
  test.each([1, 2, 3, 31, 32, 33, 257, 1000, 4097, 65_537])("%i classes", async (C) => {
    const { logits, label } = draw(77, C, 1);
    label[0] = C - 1;
    for (const N of C > 60_000 && options.features ? [1, 2] : [1, 2, 77]) {
      const e = await measure(logits.subarray(0, N * C), label.subarray(0, N), { gamma: 1, scale: 1 / N });
      expectWithin(e, LIMIT);
    }
    // A few large exponentials among many small ones: what a plain sum rounds away.
    const sharp = draw(2, C, 5);
    expectWithin(await measure(sharp.logits, sharp.label, { gamma: 0.5 }), LIMIT);
  });

  test("one class: loss and gradient are 0", async () => {
    const got = await run(Float32Array.of(3, -2e4), Uint32Array.of(0, 0), { gamma: 4 });
    expect([...got.loss].map(Math.abs)).toEqual([0, 0]);
    expect([...got.dlogits].map(Math.abs)).toEqual([0, 0]);
  });

  // Folding the grid does not depend on the variant, and SwiftShader is slow at workgroup memory.
  test.skipIf(options.features)("more rows than a grid has workgroups", async () => {
    const { logits, label } = draw(70_001, 3, 2);
    expectWithin(await measure(logits, label, { gamma: 1 }), LIMIT);
  });

  test("rows with a label out of range are left out", async () => {
    const { logits, label } = draw(5, 70, 3);
    label.set([70, 1000, 0xffffffff], 1);
    logits[2 * 70] = logits[3 * 70 - 1] = 1e4; // where such labels would read
    const got = await run(logits, label, { gamma: 1 });
    expectWithin(errors(got, exact(logits, label, { gamma: 1 }), label), LIMIT);
    for (const n of [1, 2, 3]) {
      expect(Math.abs(got.loss[n]!)).toBe(0);
      expect(got.dlogits.subarray(70 * n, 70 * n + 70).every((d) => d === 0)).toBe(true);
    }
  });

  test("the upstream gradient multiplies each row", async () => {
    const { logits, label } = draw(9, 13, 2);
    const z = gpu.tensor(logits, [9, 13]);
    z.needsGrad = true;
    const dy = Float32Array.from({ length: 9 }, (_, n) => n - 4);
    backward(softmaxLoss(z, gpu.tensor(label), { gamma: 1, reduction: "none" }), gpu.tensor(dy));
    const { loss, dlogits } = exact(logits, label, { gamma: 1 });
    const want = { loss, dlogits: dlogits.map((d, i) => d * dy[Math.floor(i / 13)]!) };
    expectWithin(errors({ loss, dlogits: await z.grad!.read() }, want, label), LIMIT);
  });

  test.each([
    [40, 4097],
    [2, 40_000],
  ])("two runs over (%i, %i) give the same bits", async (N, C) => {
    const { logits, label } = draw(N, C, 3);
    const [a, b] = [await run(logits, label, { gamma: 2 }), await run(logits, label, { gamma: 2 })];
    for (const what of ["loss", "dlogits"] as const) expect(sameBits(a[what], b[what])).toBe(true);
  });

  test.skipIf(options.features)("a million classes", async () => {
    const { logits, label } = draw(2, 1e6, 3);
    expectWithin(await measure(logits, label, { gamma: 1 }), LIMIT);
  });

  test("gamma 0 is cross-entropy to the last bit, whatever the weighting", async () => {
    const { logits, label } = draw(30, 260, 4);
    logits[label[0]!] = 40;
    const want = await run(logits, label, { weighting: "none" });
    for (const weighting of ["km", "normalized-km", "focal"] as const) {
      const got = await run(logits, label, { weighting, gamma: 0 });
      for (const what of ["loss", "dlogits"] as const) expect(sameBits(got[what], want[what])).toBe(true);
    }
  });

  test("a detached weight multiplies the gradient of cross-entropy", async () => {
    const { logits, label } = draw(9, 30, 3);
    const plain = exact(logits, label, {});
    for (const weighting of ["km", "focal"] as const) {
      const w = plain.p.map((p) => weightOf(weighting, 2, p, 1 - p)[0]);
      const want = {
        loss: plain.loss.map((v, n) => w[n]! * v),
        dlogits: plain.dlogits.map((v, i) => w[Math.floor(i / 30)]! * v),
      };
      const got = await run(logits, label, { weighting, gamma: 2, detached: true });
      expectWithin(errors(got, want, label), LIMIT);
    }
  });

  test("logits masked with the lowest number are left out", async () => {
    const { logits, label } = draw(4, 9, 2);
    const masked = Float32Array.from({ length: 4 * 12 }, (_, i) =>
      i % 12 < 9 ? logits[Math.floor(i / 12) * 9 + (i % 12)]! : [-3.4e38, -1e30, -1e34][(i % 12) - 9]!,
    );
    const got = await run(masked, label, { gamma: 2 });
    const want = await run(logits, label, { gamma: 2 });
    got.loss.forEach((v, n) => {
      expect(Math.abs(v / want.loss[n]! - 1)).toBeLessThan(LIMIT);
    });
    got.dlogits.forEach((d, i) => {
      if (i % 12 >= 9) expect(Math.abs(d)).toBe(0);
    });
  });

  test.each([
    [6, 50],
    [2, 40_000],
  ])("in place the gradient of (%i, %i) takes the logits' memory", async (N, C) => {
    const { logits, label } = draw(N, C, 2);
    const want = await run(logits, label, { gamma: 1 });
    const z = gpu.tensor(logits, [N, C]);
    z.needsGrad = true;
    backward(softmaxLoss(z, gpu.tensor(label), { gamma: 1, reduction: "sum", inPlace: true }));
    expect(z.grad!.memory).toBe(z.memory);
    expect(sameBits(await z.grad!.read(), want.dlogits)).toBe(true);
  });

  test("the mean is over the rows that count; labels are counted", async () => {
    const { logits, label } = draw(8, 6, 2);
    label.set([6, 2, 2, 0xffffffff], 3); // two out of range, two or more ignored
    const ignored = label.filter((y) => y === 2).length;
    const y = gpu.tensor(label);
    const z = gpu.tensor(logits, [8, 6]);
    const rows = await softmaxLoss(z, y, { gamma: 1, ignore: 2, reduction: "none" }).read();
    const mean = await softmaxLoss(z, y, { gamma: 1, ignore: 2 }).read();
    const counts = await labelCounts(y, 6, { ignore: 2 }).read();
    expect([...counts]).toEqual([8 - 2 - ignored, ignored, 2]);
    expect(Math.abs(mean[0]! / (rows.reduce((a, b) => a + b, 0) / counts[0]!) - 1)).toBeLessThan(1e-6);
    expect(rows.filter((v) => v === 0)).toHaveLength(2 + ignored);
  });

  test("where no row counts the mean is 0, and so are all gradients", async () => {
    const { logits } = draw(3, 5, 2);
    const z = gpu.tensor(logits, [3, 5]);
    z.needsGrad = true;
    const loss = softmaxLoss(z, gpu.tensor(Uint32Array.of(5, 9, 1)), { gamma: 1, ignore: 1 });
    backward(loss);
    expect([...(await loss.read())]).toEqual([0]);
    expect((await z.grad!.read()).every((d) => d === 0)).toBe(true);
  });

  test("logits without a gradient give the same loss and write none", async () => {
    const { logits, label } = draw(7, 301, 2);
    const z = gpu.tensor(logits, [7, 301]);
    const { current } = gpu.memory();
    const loss = softmaxLoss(z, gpu.tensor(label), { gamma: 1, reduction: "none" });
    expect(loss.node).toBeUndefined();
    expect(gpu.memory().current - current).toBeLessThan(4 * 301 * 3); // no room for a gradient of 7 rows
    const want = exact(logits, label, { gamma: 1 }).loss;
    (await loss.read()).forEach((v, n) => {
      expect(Math.abs(v / want[n]! - 1)).toBeLessThan(LIMIT);
    });
  });

  test("labelProbability is the softmax probability of the label, 0 for rows that are left out", async () => {
    const { logits, label } = draw(50, 12, 3);
    logits[label[0]!] = -40;
    label[1] = 12;
    const p = await labelProbability(gpu.tensor(logits, [50, 12]), gpu.tensor(label)).read();
    const want = exact(logits, label, {}).p;
    expect(p[1]).toBe(0);
    p.forEach((v, n) => {
      expect(Math.abs(v - want[n]!)).toBeLessThanOrEqual(LIMIT * want[n]!);
    });
  });

  test.each([Number.NaN, -0.1, Number.POSITIVE_INFINITY, 1e39])("gamma %d is refused", (gamma) => {
    const call = () => softmaxLoss(gpu.zeros([1, 2]), gpu.zeros([1], "u32"), { gamma });
    expect(call).toThrow(saying(`softmaxLoss: gamma is ${gamma} but must be a number from 0 up`));
  });

  test.each([Number.NaN, Number.NEGATIVE_INFINITY, 1e39])("scale %d is refused", (scale) => {
    const call = () => softmaxLoss(gpu.zeros([1, 2]), gpu.zeros([1], "u32"), { scale });
    expect(call).toThrow(saying(`softmaxLoss: scale is ${scale} but must be a finite number`));
  });

  test.each<[SoftmaxLossOptions, string]>([
    [{ smoothing: 1.5 }, "smoothing is 1.5 but must be from 0 to 1"],
    [{ zLoss: -1 }, "zLoss is -1 but must be a number from 0 up"],
    [{ logitScale: 0 }, "logitScale is 0 but must be a number above 0"],
    [{ ignore: -100 }, "ignore is -100 but must be a whole number that fits into 32 bits"],
    [{ weighting: "kn" as "km" }, "weighting is kn but must be one of none, km, normalized-km, focal"],
    [{ reduction: "max" as "sum" }, "reduction is max but must be mean, sum or none"],
    [{ inPlace: true, reduction: "none" }, "inPlace is true but the reduction none has no gradient yet"],
  ])("%o is refused", (options, why) => {
    const call = () => softmaxLoss(gpu.zeros([1, 2]), gpu.zeros([1], "u32"), options);
    expect(call).toThrow(`softmaxLoss: ${why}`);
  });

  test("labels from the host are looked at", async () => {
    expect([...(await gpu.readU32(labels(gpu, [0, 2, 9], 3, 9)))]).toEqual([0, 2, 9]);
    expect(() => labels(gpu, [0, 3], 3)).toThrow("labels: label 1 is 3 but must be a class from 0 to 2");
    expect(() => labels(gpu, [0.5], 3)).toThrow("labels: label 0 is 0.5 but must be a class from 0 to 2");
    expect(() => labels(gpu, [-1], 3)).toThrow("labels: label 0 is -1");
  });

  test("labels that are not one per row are refused", () => {
    const call = () => softmaxLoss(gpu.zeros([2, 3]), gpu.zeros([3], "u32"), {});
    expect(call).toThrow("softmaxLoss: label is (3) but must be (N) with N = 2");
  });

  test("labelProbability refuses shapes in its own name", () => {
    const label = gpu.zeros([3], "u32");
    expect(() => labelProbability(gpu.zeros([2, 3]), label)).toThrow(
      "labelProbability: label is (3) but must be (N) with N = 2",
    );
    expect(() => labelProbability(gpu.zeros([3]), label)).toThrow(
      "labelProbability: logits is (3) but must be (N, C)",
    );
  });
});

const helpers: readonly {
  readonly name: string;
  readonly call: string;
  readonly files: readonly string[];
  readonly want: (x: number) => number;
  /** Where numbers are drawn from, evenly, and as powers of 10. */
  readonly range: readonly [number, number];
  readonly powers: readonly [number, number];
}[] = [
  {
    name: "log1p",
    call: "log1p(x[i])",
    files: ["log1p"],
    want: Math.log1p,
    range: [0, 1],
    powers: [-35, 0],
  },
  {
    name: "exp_of",
    call: "exp_of(-x[i], 0.0)",
    files: ["exp"],
    want: (x) => Math.exp(-x),
    range: [0, 87],
    powers: [-20, 1.9],
  },
  ...[0.3, 1, 2, 2.7].map((y) => ({
    name: `power ${y}`,
    call: `power(x[i], ${y})`,
    files: ["power"],
    want: (x: number) => x ** Math.fround(y),
    range: [0, 1] as const,
    powers: [-37 / Math.max(y, 1), 0] as const,
  })),
];

test.each(helpers)("$name is right to the last digits", async ({ call, files, want, range, powers }) => {
  const gpu = await openGpu();
  try {
    const texts = files.map((file) =>
      readFileSync(new URL(`../kernels/lib/${file}.wgsl`, import.meta.url), "utf8"),
    );
    const kernel = { ...scale, code: [scale.code.replace("factor * x[i]", call), ...texts].join("\n") };
    const n = 20_000;
    const between = ([low, high]: readonly [number, number], i: number) => low + ((high - low) * i) / n;
    const x = Float32Array.from({ length: 2 * n }, (_, i) =>
      i < n ? between(range, i + 1) : 10 ** between(powers, i - n),
    );
    const y = await gpu.launch(kernel, { x: gpu.tensor(x), factor: 1 }).y.read();
    let worst = 0;
    x.forEach((v, i) => {
      const exact = want(v);
      const ulp = 2 ** (Math.floor(Math.log2(exact)) - 23);
      worst = Math.max(worst, Math.abs(y[i]! - exact) / ulp);
    });
    expect(worst).toBeLessThan(5);
  } finally {
    gpu.device.destroy();
  }
});

test("the reference that all operations are checked against agrees with the formula above", () => {
  const { logits, label } = draw(20, 30, 4);
  for (const gamma of [0, 0.1, 8]) {
    const [N, C] = [20, 30];
    const got = softmaxLoss.reference(
      array([N, C], Float64Array.from(logits)),
      array([N], Float64Array.from(label)),
      { gamma, scale: 3, reduction: "none" },
    );
    exact(logits, label, { gamma, scale: 3 }).loss.forEach((want, n) => {
      expect(Math.abs(got.at(n) / want - 1)).toBeLessThan(1e-12);
    });
  }
});
