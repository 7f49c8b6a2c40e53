import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { error } from "../src/check/check.ts";
import { flat } from "../src/flat.ts";
import { Gpu } from "../src/gpu.ts";
import { backward } from "../src/op.ts";
import { type ClassifierLossOptions, classifierLoss } from "../src/ops/classifier_loss.ts";
import { l2Normalize, margin as marginOp, matmul, rowNorms, softmaxLoss } from "../src/ops/index.ts";
import type { MarginOptions } from "../src/ops/margin.ts";
import { sgd } from "../src/optim.ts";
import { random } from "../src/random.ts";
import type { Tensor } from "../src/tensor.ts";
import { type Exact, exact } from "./exact_loss.ts";
import { openGpu, sameBits } from "./open.ts";
import { saying } from "./saying.ts";

const NONE = 0xffffffff;
const LIMIT = 2e-6;
/** Sizes that many tests share, so that kernels are compiled once. With blocks of 1024 classes the last one has 52. */
const [N, C, D] = [16, 2100, 16];

const reals = (n: number, seed: number, scale = 1): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => scale * r.normal());
};

/** x (N, D), w (C, D), bias (C) or none, label (N). */
interface Batch {
  readonly x: Float32Array;
  readonly w: Float32Array;
  readonly bias?: Float32Array | undefined;
  readonly label: Uint32Array;
  readonly D: number;
}

function draw(N: number, C: number, D: number, hasBias = true): Batch {
  const r = random(N + C);
  return {
    x: reals(N * D, C + D),
    w: reals(C * D, N + D, 2 / Math.sqrt(D)),
    bias: hasBias ? reals(C, D) : undefined,
    label: Uint32Array.from({ length: N }, () => r.below(C)),
    D,
  };
}

type Loss = (
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  label: Tensor,
  options: ClassifierLossOptions,
) => Tensor;

/** The same of the ops that store all logits. */
const composed: Loss = (x, w, bias, label, options) => {
  const { cosine, filter, block, margin, ...rest } = options;
  const [a, b] = cosine ? [l2Normalize(x, undefined), l2Normalize(w, undefined)] : [x, w];
  const z = matmul(a, b, bias, { transposeB: true });
  return softmaxLoss(margin ? marginOp(z, label, rowNorms(x), margin) : z, label, rest);
};

function upload(gpu: Gpu, { x, w, bias, label, D }: Batch) {
  const operands = {
    x: gpu.tensor(x, [label.length, D]),
    w: gpu.tensor(w, [w.length / D, D]),
    bias: bias && gpu.tensor(bias),
    label: gpu.tensor(label),
  };
  for (const t of [operands.x, operands.w, operands.bias]) if (t) t.needsGrad = true;
  return operands;
}

type Results = { readonly [what: string]: Float32Array };

async function gradients({
  x,
  w,
  bias,
}: {
  x: Tensor;
  w: Tensor;
  bias: Tensor | undefined;
}): Promise<Results> {
  const results: { [what: string]: Float32Array } = {};
  for (const [what, t] of Object.entries({ dx: x, dw: w, dbias: bias })) {
    if (t?.grad) results[what] = await t.grad.read();
  }
  return results;
}

/** Loss and gradients, dL/dloss being dy, or 1. */
async function run(
  gpu: Gpu,
  loss: Loss,
  batch: Batch,
  options: ClassifierLossOptions,
  dy?: Float32Array,
): Promise<Results> {
  const operands = upload(gpu, batch);
  const { x, w, bias, label } = operands;
  const y = loss(x, w, bias, label, options);
  backward(y, dy && gpu.tensor(dy, y.shape));
  return { loss: await y.read(), ...(await gradients(operands)) };
}

function expectWithin(
  got: Results,
  want: { readonly [what: string]: ArrayLike<number> },
  limit = LIMIT,
): void {
  expect(Object.keys(got)).toEqual(Object.keys(want));
  for (const what in want) expect(error(got[what]!, want[what]!), what).toBeLessThan(limit);
}

function expectSame(got: Results, want: Results): void {
  expect(Object.keys(got)).toEqual(Object.keys(want));
  for (const what in want) expect(sameBits(got[what]!, want[what]!), what).toBe(true);
}

const allZero = (values: ArrayLike<number>): boolean => Array.from(values).every((v) => v === 0);

let gpu: Gpu;
let plain: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
  plain = await openGpu({ features: [] });
});
afterAll(() => {
  for (const { device } of [gpu, plain]) device.destroy();
});

describe.each([
  { name: "the adapter's features", hasFeatures: true, open: () => gpu },
  { name: "no features, so reduction in workgroup memory", hasFeatures: false, open: () => plain },
])("with $name", ({ hasFeatures, open }) => {
  let gpu: Gpu;
  beforeAll(() => {
    gpu = open();
  });

  // Blocks are of 1024 classes; where N is no multiple of 16, of up to 16 times that.
  test.each<readonly [what: string, N: number, C: number, D: number, ClassifierLossOptions]>([
    ...(hasFeatures
      ? ([
          [
            "focal, many rows, two whole blocks",
            1024,
            2048,
            63,
            { weighting: "focal", gamma: 2, block: 1024 },
          ],
          [
            "all terms, four blocks, the last one of 5 classes",
            32,
            3077,
            200,
            { weighting: "normalized-km", gamma: 0.5, smoothing: 0.1, zLoss: 1e-3, block: 1000 },
          ],
          [
            "one row of one feature, two blocks",
            1,
            17_000,
            1,
            { gamma: 2, detached: true, logitScale: 2, block: 1 },
          ],
        ] as const)
      : ([
          ["cosine, two blocks", 16, 1100, 65, { cosine: true, logitScale: 16, gamma: 4, block: 1 }],
        ] as const)),
  ])("%s: gives what softmaxLoss gives of all logits", async (_, N, C, D, options) => {
    const batch = draw(N, C, D, C % 2 === 0);
    expectWithin(await run(gpu, classifierLoss, batch, options), await run(gpu, composed, batch, options));
  });

  test("gives the same bits again: in a step, eagerly, and when asked for gradients twice", async () => {
    const batch = draw(N, C, D);
    const options = { gamma: 1, cosine: hasFeatures, logitScale: 2, block: 1024 } as const;
    const operands = upload(gpu, batch);
    const { x, w, bias, label } = operands;
    const loss = () => classifierLoss(x, w, bias, label, options);
    const backwards = (y: Tensor) => {
      backward(y);
      return { dx: x.grad!, dw: w.grad!, dbias: bias!.grad! };
    };
    const step = await gpu.step(() => {
      const y = loss();
      const once = backwards(y);
      const { dx, dw, dbias } = backwards(y); // the logits that were there from the loss are gone
      return { loss: y, ...once, dx2: dx, dw2: dw, dbias2: dbias };
    });
    const { dx2, dw2, dbias2, ...want } = await step.run();
    expectSame({ loss: want.loss, dx: dx2, dw: dw2, dbias: dbias2 }, want);
    const again = await step.run();
    for (const what of ["loss", "dx", "dw2"] as const)
      expect(sameBits(again[what], { dw2, ...want }[what])).toBe(true);
    step.dispose();

    const y = loss();
    for (let i = 0; i < 2; i++) {
      const { dx, dw, dbias } = backwards(y);
      expectSame(
        { loss: await y.read(), dx: await dx.read(), dw: await dw.read(), dbias: await dbias.read() },
        want,
      );
    }
    // The loss outside, its gradient in a step: what a run overwrites is not what the next one begins with.
    const z = loss();
    const after = await gpu.step(() => backwards(z));
    for (let i = 0; i < 2; i++) expectSame({ loss: want.loss, ...(await after.run()) }, want);
    after.dispose();
  });

  describe("filter", () => {
    /**
     * Rows of three kinds. 0 to 7: the label leads by 30. 8 to 11: all classes alike. 12 to 15: the label and another class
     * lead. With x = 1 (N, N) the logits are w transposed, and so are their gradients. Logits of about -200, so that the
     * exponential of anything else in their place overflows.
     */
    const label = Uint32Array.from({ length: N }, (_, n) => (n === N - 1 ? C - 20 : n * 131));
    const z = reals(N * C, 3).map((v) => v - 200);
    label.forEach((y, n) => {
      if (n < 8 || n > 11) z[n * C + y] = -170;
      if (n > 11) z[n * C + ((y + 1500) % C)] = -170.5;
    });
    const classWeight = Float32Array.from({ length: C }, (_, c) => 0.5 + (c % 5) / 4);
    const dy = reals(N, 4);

    const batchOf = (logitScale: number): Batch => ({
      x: Float32Array.from({ length: N * N }, (_, i) => (i % (N + 1) === 0 ? 1 : 0)),
      w: Float32Array.from({ length: C * N }, (_, i) => z[(i % N) * C + Math.floor(i / N)]! / logitScale),
      bias: new Float32Array(C),
      label,
      D: N,
    });

    const all = [
      ["scaled logits, class weights, each row's upstream gradient", 1024, 4, true, true],
      ["blocks of two slices", 2048, 1, false, false],
    ] as const;
    test.each<
      readonly [what: string, block: number, logitScale: number, weighted: boolean, upstream: boolean]
    >(hasFeatures ? all : all.slice(0, 1))(
      "%s: leaves out what is small in a whole block, and nothing else",
      async (_, block, s, weighted, upstream) => {
        const batch = batchOf(s);
        const options: ClassifierLossOptions = {
          gamma: 1,
          logitScale: s,
          block,
          reduction: upstream ? "none" : "mean",
          ...(weighted && { classWeight: gpu.tensor(classWeight) }),
        };
        const filtered = (filter: number) =>
          run(gpu, classifierLoss, batch, { ...options, filter }, upstream ? dy : undefined);
        const want = await run(gpu, classifierLoss, batch, options, upstream ? dy : undefined);
        expectSame(await filtered(0), want);

        const weight = Array.from(label, (y) => (weighted ? classWeight[y]! : 1));
        const whole = upstream ? 1 : weight.reduce((a, b) => a + b, 0);
        const share = weight.map((v, n) => Math.abs((v / whole) * (upstream ? dy[n]! : 1)));
        for (const epsilon of [1e-4, 1e-2]) {
          const got = await filtered(epsilon);
          expect(sameBits(got["loss"]!, want["loss"]!)).toBe(true);
          const least = share.map((v) => epsilon * v * s);
          let [kept, left] = [0, 0];
          for (let n = 0; n < N; n++) {
            for (let first = 0; first < C; first += block) {
              const row = (values: Float32Array) =>
                Array.from({ length: Math.min(block, C - first) }, (_, c) => values[(first + c) * N + n]!);
              const largest = Math.max(...row(want["dw"]!).map(Math.abs));
              expect(Math.abs(largest / least[n]! - 1)).toBeGreaterThan(1e-3); // no close calls
              if (largest >= least[n]!) {
                kept += 1;
                expect(row(got["dw"]!)).toEqual(row(want["dw"]!));
              } else {
                left += 1;
                expect(largest).toBeGreaterThan(0);
                expect(allZero(row(got["dw"]!))).toBe(true);
              }
            }
          }
          expect(Math.min(kept, left)).toBeGreaterThan(5);
          expect(allZero(got["dx"]!.subarray(0, 8 * N))).toBe(true);
          expect(allZero(want["dx"]!.subarray(0, 8 * N))).toBe(false);
          // Sums miss no more than what was left out.
          const rounding = (what: string) => LIMIT * Math.max(...want[what]!.map(Math.abs));
          got["dx"]!.forEach((v, i) => {
            const [n, d] = [Math.floor(i / N), i % N];
            let sum = 0;
            for (let c = 0; c < C; c++) sum += Math.abs(batch.w[c * N + d]!);
            expect(Math.abs(v - want["dx"]![i]!)).toBeLessThanOrEqual(least[n]! * sum + rounding("dx"));
          });
          const missed = least.reduce((a, b) => a + b, 0);
          got["dbias"]!.forEach((v, c) => {
            expect(Math.abs(v - want["dbias"]![c]!)).toBeLessThanOrEqual(missed + rounding("dbias"));
          });
        }
        const nothing = await filtered(1e30);
        for (const what of ["dx", "dw", "dbias"]) expect(allZero(nothing[what]!)).toBe(true);
      },
    );

    test.runIf(hasFeatures)("what label smoothing adds to every class counts", async () => {
      const smoothed = (filter: number) =>
        run(gpu, classifierLoss, batchOf(1), { smoothing: 0.5, reduction: "sum", block: 1024, filter });
      const want = await smoothed(0);
      expectSame(await smoothed(0.4 / C), want); // 0.5 / C of each row's gradient
      expect(allZero((await smoothed(1))["dw"]!)).toBe(true);
    });
  });
});

describe("with a margin", () => {
  // A logit is 64 times a cosine, rounding included.
  const LIMIT = 1e-5;
  const heads: readonly MarginOptions[] = [
    { kind: "cosface" },
    { kind: "arcface" },
    { kind: "sphereface", magnitude: true },
    { kind: "sphereface-r" },
    { kind: "adaface", mean: 4, deviation: 0.3 },
    { kind: "curricularface", t: 0.3, s: 4 }, // so that classes near the label's edge count
    { kind: "magface", lower: 3, upper: 5 },
  ];
  test.each(heads)("$kind: gives what margin and softmaxLoss give of all cosines", async (margin) => {
    const batch = draw(N, C, D, false);
    batch.label.set([C - 1, C, 5, NONE, 2048, 5, 0, 1023, 1024]); // in the last block, in none, ignored
    const options = { gamma: 1, cosine: true, margin, ignore: 5, block: 1024 } as const;
    const got = await run(gpu, classifierLoss, batch, options);
    expectWithin(got, await run(gpu, composed, batch, options), LIMIT);
    expectSame(await run(gpu, classifierLoss, batch, { ...options, filter: 0 }), got);
  });

  test("without the adapter's features, in a step, gradients asked for twice", async () => {
    const batch = draw(N, 1100, D, false);
    for (const margin of heads.slice(-2)) {
      const options = { gamma: 1, cosine: true, margin, block: 1024 } as const;
      const want = await run(gpu, composed, batch, options);
      const { x, w, label } = upload(plain, batch);
      const step = await plain.step(() => {
        const loss = classifierLoss(x, w, undefined, label, options);
        const backwards = () => {
          backward(loss);
          return [x.grad!, w.grad!] as const;
        };
        const [[dx, dw], [dx2, dw2]] = [backwards(), backwards()];
        return { loss, dx, dw, dx2, dw2 };
      });
      const { dx2, dw2, ...got } = await step.run();
      expectWithin(got, want, LIMIT);
      expectSame({ dx: dx2, dw: dw2 }, { dx: got.dx, dw: got.dw });
      step.dispose();
    }
  });

  test("filter leaves out gradients below it, and nothing else", async () => {
    const batch = draw(N, C, D, false);
    const options = { gamma: 1, cosine: true, margin: { kind: "cosface", s: 32 }, block: 1024 } as const;
    const want = await run(gpu, classifierLoss, batch, options);
    const filter = 0.02;
    const got = await run(gpu, classifierLoss, batch, { ...options, filter });
    expect(sameBits(got["loss"]!, want["loss"]!)).toBe(true);
    let changed = 0;
    for (let c = 0; c < C; c++) {
      const of = (values: Float32Array) => values.subarray(c * D, c * D + D);
      const off = Math.hypot(...of(got["dw"]!).map((v, d) => v - of(want["dw"]!)[d]!));
      if (off > 0) changed += 1;
      // The rows' shares are 1 in all; a gradient by a cosine is 32 times that by its logit, and is divided by |w|.
      expect(off).toBeLessThan((filter * 32) / Math.hypot(...of(batch.w)));
    }
    expect(changed).toBeGreaterThan(100);
    const nothing = await run(gpu, classifierLoss, batch, { ...options, filter: 1e30 });
    for (const what of ["dx", "dw"]) expect(allZero(nothing[what]!)).toBe(true);
  });

  test("frozen weights leave the gradient of the features, lengths included", async () => {
    const batch = draw(N, C, D, false);
    const options = {
      gamma: 1,
      cosine: true,
      margin: { kind: "magface", lower: 3, upper: 5 },
      block: 1024,
    } as const;
    const want = await run(gpu, classifierLoss, batch, options);
    for (const frozen of ["x", "w"] as const) {
      const operands = upload(gpu, batch);
      operands[frozen].needsGrad = false;
      const { x, w, label } = operands;
      backward(classifierLoss(x, w, undefined, label, options));
      const [what, values] = Object.entries(await gradients(operands))[0]!;
      expect(what).toBe(frozen === "x" ? "dw" : "dx");
      expect(sameBits(values, want[what]!)).toBe(true);
    }
  });
});

describe("with the adapter's features", () => {
  test("rows are left out by label, weighted by class, and wanted by their upstream gradient", async () => {
    const batch = draw(N, C, D);
    batch.label.set([C - 1, C, 5, NONE, 2048, 5, 0, 1023, 1024]); // in the last block, in none, ignored
    const rest = { gamma: 1, ignore: 5, block: 1024 };
    const classWeight = gpu.tensor(Float32Array.from({ length: C }, (_, c) => 0.5 + (c % 7) / 4));
    const dy = reals(N, 5);
    for (const [options, upstream] of [
      [rest, undefined],
      [{ ...rest, classWeight, scale: 3 }, Float32Array.of(-2.5)],
      [{ ...rest, reduction: "none", scale: 0.5 }, dy],
    ] as const) {
      const got = await run(gpu, classifierLoss, batch, options, upstream);
      expectWithin(got, await run(gpu, composed, batch, options, upstream));
      batch.label.forEach((y, n) => {
        const out = y === 5 || y >= C;
        expect(got["dx"]!.subarray(D * n, D * n + D).every((v) => (v === 0) === out)).toBe(true);
        if ("reduction" in options) expect(got["loss"]![n] === 0).toBe(out);
      });
    }
  });

  test.each([0, 1e-3])(
    "where no row counts the loss is 0, and so are all gradients; filter %d",
    async (filter) => {
      const batch = { ...draw(N, C, D), label: new Uint32Array(N).fill(C).fill(4, 3) };
      const got = await run(gpu, classifierLoss, batch, { gamma: 1, ignore: 4, block: 1024, filter });
      expect(Object.keys(got)).toEqual(["loss", "dx", "dw", "dbias"]);
      for (const what in got) expect(allZero(got[what]!)).toBe(true);
    },
  );

  describe("at the extremes", () => {
    /** Loss and gradients in doubles, of logits that were rounded once. */
    function inDoubles({ x, w, bias, label, D }: Batch, options: Exact) {
      const [N, C] = [label.length, w.length / D];
      const [dx, dw, dbias] = [new Float64Array(N * D), new Float64Array(C * D), new Float64Array(C)];
      const z = new Float32Array(N * C);
      const eachProduct = (f: (logit: number, a: number, b: number) => void) => {
        for (let i = 0; i < N * C; i++)
          for (let d = 0; d < D; d++) f(i, Math.floor(i / C) * D + d, (i % C) * D + d);
      };
      const logits = Float64Array.from(z, (_, i) => bias?.[i % C] ?? 0);
      eachProduct((i, a, b) => {
        logits[i]! += x[a]! * w[b]!;
      });
      z.set(logits);
      const { loss, dlogits } = exact(z, label, options);
      eachProduct((i, a, b) => {
        dx[a]! += dlogits[i]! * w[b]!;
        dw[b]! += dlogits[i]! * x[a]!;
      });
      dlogits.forEach((dz, i) => {
        dbias[i % C]! += dz;
      });
      return { loss, dx, dw, ...(bias && { dbias }) };
    }

    /**
     * Three features of +-1 make the label lead, or trail, by `margin`; the others tell classes apart. Multiples of 1/16
     * and 1/32, so that f32 holds the logits exactly, beside an offset of 1e4 too.
     */
    function extreme(margin: number, offset: number): Batch {
      const classes = [3, 1500, C - 1]; // one in each block
      const small = (n: number, seed: number, parts: number) =>
        reals(n, seed, 0.5).map((v, i) => (i % D < 3 ? 0 : Math.round(parts * v) / parts));
      const [x, w] = [small(N * D, 1, 16), small(C * D, 2, 32)];
      for (let n = 0; n < N; n++) x[n * D + (n % 3)] = n < 8 ? 1 : -1;
      for (const [d, c] of classes.entries()) w[c * D + d] = margin;
      const label = Uint32Array.from({ length: N }, (_, n) => classes[n % 3]!);
      return { x, w, bias: new Float32Array(C).fill(offset), label, D };
    }

    test.each([
      [80, 0],
      [80, 1e4],
      [3, -1e4],
    ])(
      "margins of +-%d, all logits moved by %d: as exact as the loss of exact logits",
      async (margin, offset) => {
        const batch = extreme(margin, offset);
        // Keeps away from where f32 ends: the gradient of one logit may be 1e-39.
        const scale = 2 ** 40;
        for (const gamma of [0, 2]) {
          const got = await run(gpu, classifierLoss, batch, { gamma, scale, reduction: "none", block: 1024 });
          const want = inDoubles(batch, { gamma, scale });
          expectWithin(got, want);
          // Each row alone: where the label leads by 80, loss and gradient are 1e-33 of the others.
          for (let n = 0; n < N; n++) {
            const of = (values: ArrayLike<number>) => Array.from(values).slice(n * D, n * D + D);
            expect(error(of(got["dx"]!), of(want.dx))).toBeLessThan(LIMIT);
            expect(Math.abs(got["loss"]![n]! / want.loss[n]! - 1)).toBeLessThan(LIMIT);
          }
        }
      },
    );

    test("logits that f32 rounds: as exact as these are", async () => {
      // Logits of 100 are sums of rounded products, off by up to 1e-5, and so are loss and log p.
      const batch = { ...draw(N, C, D), x: reals(N * D, 3, 15) };
      const got = await run(gpu, classifierLoss, batch, { gamma: 1, reduction: "none", block: 1024 });
      const want = inDoubles(batch, { gamma: 1 });
      expect(Math.max(...want.loss)).toBeGreaterThan(80);
      expectWithin(got, want, 1e-5);
    });
  });

  describe("memory", () => {
    const bytesOf = ({ x, w }: Batch) => 4 * (x.length + w.length);

    test("holds one block of logits, whatever the number of classes", async () => {
      const own = Gpu.fromDevice(gpu.device, { poison: true });
      const [N, C, D] = [64, 30_000, 8];
      const batch = draw(N, C, D, false);
      const { x, w, label } = upload(own, batch);
      const step = await own.step(() => {
        const loss = classifierLoss(x, w, undefined, label, { gamma: 1, block: 1024 });
        backward(loss);
        return { loss, dw: w.grad! };
      });
      const { loss, dw } = await step.run();
      expect(loss[0]).toBeGreaterThan(0);
      expect(dw.every(Number.isFinite)).toBe(true);
      const { peak } = own.memory();
      expect(peak).toBeLessThan(1.3 * 2 * bytesOf(batch));
      expect(4 * N * C).toBeGreaterThan(3 * peak); // what the logits would take
      step.dispose();
    });

    test("weights and gradients may be larger than a binding; descent moves them", async () => {
      const most = 2 ** 18;
      const bound = Gpu.fromDevice(gpu.device, { poison: true, mostBound: most });
      const [N, C, D] = [16, 4096, 64];
      const batch = draw(N, C, D);
      expect(4 * batch.w.length).toBe(4 * most);
      const options = { gamma: 1, block: 1024 };
      const want = await run(gpu, classifierLoss, batch, options);
      expectWithin(want, await run(gpu, composed, batch, options));
      expectSame(await run(bound, classifierLoss, batch, options), want);
      expectSame(await run(bound, classifierLoss, batch, { gamma: 1 }), want); // told nothing, as large as fits
      expectSame(await run(bound, classifierLoss, batch, { gamma: 1, block: 3000 }), want);

      const parameters = flat(bound, { w: [C, D], bias: [C] });
      const { w, bias } = parameters.tensors;
      w!.write(batch.w);
      bias!.write(batch.bias!);
      w!.needsGrad = bias!.needsGrad = true;
      const { x, label } = upload(bound, batch);
      x.needsGrad = false;
      const optimizer = sgd(parameters, { rate: 2 });
      const step = await bound.step(() => {
        const loss = classifierLoss(x, w!, bias, label, { gamma: 1 });
        backward(loss);
        optimizer.update();
        return { loss };
      });
      const losses = [await step.run()];
      const moved = { w: await w!.read(), bias: await bias!.read() };
      const along = (from: Float32Array, gradient: Float32Array) => from.map((v, i) => v - 2 * gradient[i]!);
      expectWithin(moved, { w: along(batch.w, want["dw"]!), bias: along(batch.bias!, want["dbias"]!) }, 1e-7);
      losses.push(await step.run());
      expect(sameBits(losses[0]!.loss, want["loss"]!)).toBe(true);
      expect(losses[1]!.loss[0]).toBeLessThan(0.9 * losses[0]!.loss[0]!);
      step.dispose();
    });

    test("rows of which no block can be bound are refused", () => {
      const bound = Gpu.fromDevice(gpu.device, { mostBound: 2 ** 18 });
      const [x, w, label] = [bound.zeros([5, 64]), bound.zeros([4096, 64]), bound.zeros([5], "u32")];
      expect(() => classifierLoss(x, w, undefined, label, {})).toThrow(
        saying(
          "classifierLoss: a block of 4096 classes takes 1048576 bytes but the device binds at most 262144 at once; " +
            "give fewer rows, and a multiple of 16 of them",
        ),
      );
    });

    test("what is frozen gets no gradient; without any, nothing is kept for one", async () => {
      const batch = draw(N, C, D);
      const options = { gamma: 1, block: 1024, cosine: true, logitScale: 8 };
      const want = await run(gpu, classifierLoss, batch, options);
      for (const frozen of ["x", "w", "bias"] as const) {
        const operands = upload(gpu, batch);
        operands[frozen]!.needsGrad = false;
        const { x, w, bias, label } = operands;
        backward(classifierLoss(x, w, bias, label, options));
        const got = await gradients(operands);
        expect(Object.keys(got)).toEqual(["dx", "dw", "dbias"].filter((what) => what !== `d${frozen}`));
        for (const what in got) expect(sameBits(got[what]!, want[what]!)).toBe(true);
      }
      const { x, w, bias, label } = upload(gpu, batch);
      for (const t of [x, w, bias]) t!.needsGrad = false;
      const { current } = gpu.memory();
      const loss = classifierLoss(x, w, bias, label, options);
      expect(loss.node).toBeUndefined();
      // One block of logits and one of unit weights, with little beside them.
      expect(gpu.memory().current - current).toBeLessThan(1.2 * 4 * 1024 * (N + D));
      expect(sameBits(await loss.read(), want["loss"]!)).toBe(true);
    });
  });

  describe("refuses", () => {
    const shapes = { x: [4, 7], w: [6, 7], bias: [6], label: [4] };
    const given = (wrong: { readonly [name: string]: readonly number[] } = {}) => {
      const { x, w, bias, label } = { ...shapes, ...wrong };
      return [gpu.zeros(x), gpu.zeros(w), gpu.zeros(bias), gpu.zeros(label, "u32")] as const;
    };

    test.each<[string, { readonly [name: string]: readonly number[] }, string]>([
      ["features of three dimensions", { x: [4, 7, 1] }, "x is (4, 7, 1) but must be (N, D)"],
      ["other features", { w: [6, 8] }, "w is (6, 8) but must be (C, D) with D = 7"],
      ["weights of one dimension", { w: [6] }, "w is (6) but must be (C, D) with D = 7"],
      ["a bias of other classes", { bias: [7] }, "bias is (7) but must be (C) with C = 6"],
      ["labels of other rows", { label: [5] }, "label is (5) but must be (N) with N = 4"],
      ["labels of two dimensions", { label: [4, 1] }, "label is (4, 1) but must be (N) with N = 4"],
    ])("%s", (_, wrong, why) => {
      const [x, w, bias, label] = given(wrong);
      const before = gpu.counters();
      expect(() => classifierLoss(x, w, bias, label, {})).toThrow(saying(`classifierLoss: ${why}`));
      expect(gpu.counters()).toEqual(before);
    });

    test("a margin's option that does not fit", () => {
      const [x, w, , label] = given();
      const margin = { kind: "arcface", m: 28.6 } as const;
      expect(() => classifierLoss(x, w, undefined, label, { cosine: true, margin })).toThrow(
        "classifierLoss: m is 28.6 but must be from 0 to",
      );
    });

    test.each<[ClassifierLossOptions, string]>([
      [{ filter: Number.NaN }, "filter is NaN but must be a number from 0 up"],
      [{ filter: -1e-3 }, "filter is -0.001 but must be a number from 0 up"],
      [{ filter: 1e39 }, "filter is 1e+39 but must be a number from 0 up"],
      [{ block: 0 }, "block is 0 but must be a whole number above zero"],
      [{ block: Number.NaN }, "block is NaN but must be a whole number above zero"],
      [{ block: -1024 }, "block is -1024 but must be a whole number above zero"],
      [{ block: 0.5 }, "block is 0.5 but must be a whole number above zero"],
      [{ gamma: -1 }, "gamma is -1 but must be a number from 0 up"],
      [{ logitScale: 0 }, "logitScale is 0 but must be a number above 0"],
      [{ scale: Number.NaN }, "scale is NaN but must be a finite number"],
      [{ ignore: 0.5 }, "ignore is 0.5 but must be a whole number that fits into 32 bits"],
      [{ margin: { kind: "cosface" } }, "cosine is false but must be true with a margin"],
      [
        { margin: { kind: "cosface" }, cosine: true },
        "bias is given but must be undefined with a margin; leave it out",
      ],
    ])("%o", (options, why) => {
      const [x, w, bias, label] = given();
      const before = gpu.counters();
      expect(() => classifierLoss(x, w, bias, label, options)).toThrow(saying(`classifierLoss: ${why}`));
      expect(gpu.counters()).toEqual(before);
    });
  });
});
