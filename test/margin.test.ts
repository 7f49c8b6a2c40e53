import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AnyOp, check, error } from "../src/check/check.ts";
import { exactly, fixed, labels, reals } from "../src/check/inputs.ts";
import type { Gpu } from "../src/gpu.ts";
import { backward } from "../src/op.ts";
import { l2Normalize, margin, matmul, rowNorms, softmaxLoss } from "../src/ops/index.ts";
import { type MarginName, type MarginOptions, margins, sphereFaceLambda } from "../src/ops/margin.ts";
import type { Nd } from "../src/reference.ts";
import type { Tensor } from "../src/tensor.ts";
import { openGpu, sameBits } from "./open.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

const { cos, sin, acos, fround, PI } = Math;

/** Logits of rows of three classes whose label is the middle one, with these cosines, and their gradient for ones. */
async function run(own: readonly number[], options: MarginOptions, norm?: readonly number[]) {
  const N = own.length;
  const cosine = gpu.tensor(Float32Array.from(own.flatMap((c) => [0.25, c, -0.75])), [N, 3]);
  cosine.needsGrad = true;
  const lengths = norm && gpu.tensor(Float32Array.from(norm));
  if (lengths) lengths.needsGrad = true;
  const logits = margin(cosine, gpu.tensor(new Uint32Array(N).fill(1)), lengths, options);
  backward(logits);
  const z = await logits.read();
  const slopes = await cosine.grad!.read();
  const middle = (values: Float32Array) => own.map((_, n) => values[3 * n + 1]!);
  return {
    z: middle(z),
    slopes: middle(slopes),
    others: [z, slopes].map((v) => [v[0]!, v[2]!]),
    byNorm: lengths?.grad ? [...(await lengths.grad.read())] : undefined,
  };
}

/** Two f32 numbers on each side of c, and c itself, from -1 to 1. */
function around(c: number): number[] {
  const step = 2 ** (Math.floor(Math.log2(Math.max(Math.abs(c), 1e-3))) - 23);
  return [-2, -1, 0, 1, 2].map((i) => fround(fround(c) + i * step)).filter((v) => Math.abs(v) <= 1);
}

describe("where heads change their formula", () => {
  test.each([0.1, 0.5, 1, PI / 2])("ArcFace, m = %d", async (m) => {
    const edge = -cos(m);
    // At the edge itself, which is rounded, either formula will do.
    const own = [...around(1), ...around(-1), ...around(0), edge - 1e-3, edge + 1e-3, ...around(edge)].map(
      fround,
    );
    const { z, slopes, others } = await run(own, { kind: "arcface", m, s: 1 });
    for (const [i, c] of own.entries()) {
      const sine = Math.sqrt(Math.max(1 - c * c, 1e-7));
      const turned = [cos(Math.min(acos(c) + m, PI)), cos(m) + (c * sin(m)) / sine] as const;
      const past = [c - m * sin(m), 1] as const;
      const near = Math.abs(c - edge) < 2e-7;
      const fits = ([value, slope]: readonly [number, number]) =>
        Math.abs(z[i]! - value) < 1e-6 && Math.abs(slopes[i]! - slope) < 1e-5 * Math.max(1, Math.abs(slope));
      const wanted = near ? fits(turned) || fits(past) : fits(c > edge ? turned : past);
      expect(wanted, `c = ${c}: ${z[i]}, ${slopes[i]}; ${turned} or ${past}`).toBe(true);
    }
    expect(others).toEqual([
      [0.25, -0.75],
      [1, 1],
    ]);
  });

  test.each([1, 2, 3, 4])("SphereFace, m = %d: value and slope at the ends and the joints", async (m) => {
    const joints = Array.from({ length: m - 1 }, (_, k) => cos(((k + 1) * PI) / m));
    const own = [1, -1, 0, ...joints].flatMap(around);
    for (const lambda of [0, 5, 1000]) {
      const { z, slopes } = await run(own, { kind: "sphereface", m, lambda, s: 1 });
      const wanted = own.map((c) => {
        const theta = acos(c);
        const k = Math.min(Math.floor((m * theta) / PI), m - 1);
        const psi = (-1) ** k * cos(m * theta) - 2 * k;
        const slope = Math.abs(c) === 1 ? m * m : ((-1) ** k * m * sin(m * theta)) / sin(theta);
        return { z: (lambda * c + psi) / (1 + lambda), slope: (lambda + slope) / (1 + lambda) };
      });
      expect(
        error(
          z,
          wanted.map(({ z }) => z),
        ),
      ).toBeLessThan(1e-6);
      expect(
        error(
          slopes,
          wanted.map(({ slope }) => slope),
        ),
      ).toBeLessThan(1e-6);
    }
  });

  test("SphereFace, m = 4, falls from 1 to -7 by 2 a joint", async () => {
    const { z } = await run([1, Math.SQRT1_2, 0, -Math.SQRT1_2, -1], { kind: "sphereface", lambda: 0, s: 1 });
    expect(error(z, [1, -1, -3, -5, -7])).toBeLessThan(1e-6);
  });

  describe.each(["sphereface", "sphereface-r"] as const)("%s with a broken m", (kind) => {
    test.each([1.25, 1.5, 1.7, 2.5, 3.9])("%d: everywhere, at the ends and the joints", async (m) => {
      const joints = [1, 2, 3].filter((k) => k < m).map((k) => cos((k * PI) / m));
      const grid = Array.from({ length: 400 }, (_, i) => fround(1 - (i + 0.5) / 200));
      const own = [...grid, ...[1, -1, 0, 0.5, -0.5, ...joints].flatMap(around)];
      const { z, slopes } = await run(own, { kind, m, lambda: 0, s: 1 });
      for (const [i, c] of own.entries()) {
        const theta = acos(c);
        const past = kind === "sphereface-r" && m * theta > PI;
        const k = past ? 0 : Math.floor((m * theta) / PI);
        const value = past ? -1 : (-1) ** k * cos(m * theta) - 2 * k;
        expect(Math.abs(z[i]! - value), `c = ${c}`).toBeLessThan(1e-6);
        // The slope has no bound at -1, where rounding of c shows in it; at 1 it is m^2.
        const slope = past ? 0 : c === 1 ? m * m : ((-1) ** k * m * sin(m * theta)) / sin(theta);
        const largest = Math.max(m * m, Math.abs(slope));
        if (c > -1) expect(Math.abs(slopes[i]! - slope) / largest, `c = ${c}`).toBeLessThan(2e-6);
        else expect(Number.isFinite(slopes[i])).toBe(true);
      }
    });
  });

  test("MagFace: the margin grows from l_a to u_a, and its slope by the norm is there, ends included", async () => {
    const norms = [0, 9.99, 10, 60, 110, 110.01, 1e6];
    const ms = [0.45, 0.45, 0.45, 0.625, 0.8, 0.8, 0.8];
    for (const c of [0.9, 0.3, -0.5, -0.95].map(fround)) {
      const own = norms.map(() => c);
      const { z, slopes, byNorm } = await run(own, { kind: "magface", s: 2 }, norms);
      for (const [i, m] of ms.entries()) {
        const [theta, sine] = [acos(c), Math.sqrt(1 - c * c)];
        const inside = theta + m < PI;
        const rise = i >= 2 && i <= 4 ? (0.8 - 0.45) / 100 : 0;
        expect(z[i]).toBeCloseTo(2 * (inside ? cos(theta + m) : c - m * sin(m)), 5);
        expect(slopes[i]).toBeCloseTo(2 * (inside ? sin(theta + m) / sine : 1), 5);
        expect(byNorm![i]).toBeCloseTo(-2 * rise * (inside ? sin(theta + m) : sin(m) + m * cos(m)), 7);
      }
    }
  });

  test("AdaFace keeps the angle from 0 to pi, the quality from -1 to 1, the length from 0.001 to 100", async () => {
    const m = 0.4;
    // Lengths of quality -1, 0 and 1, of 0, and past 100, where the quality stays that of 100.
    for (const [length, mean, deviation, z] of [
      [5, 20, 1, -1],
      [20, 20, 1, 0],
      [40, 20, 1, 1],
      [0, 0.001, 0, 0],
      [1e6, 20, 159.999, 0.1665],
    ] as const) {
      const edges = [cos(m * z), -cos(m * z)].flatMap((c) => [c - 1e-3, c, c + 1e-3]);
      const own = [1, -1, 0, 0.5, ...edges].filter((c) => Math.abs(c) <= 1).map(fround);
      const options = { kind: "adaface", m, s: 1, mean, deviation } as const;
      const got = await run(
        own,
        options,
        own.map(() => length),
      );
      const angles = own.map((c) => acos(c) - m * z);
      const wanted = angles.map((a) => cos(Math.min(Math.max(a, 0), PI)) - m - m * z);
      expect(error(got.z, wanted)).toBeLessThan(2e-6);
      for (const [i, a] of angles.entries()) {
        expect(Number.isFinite(got.slopes[i])).toBe(true);
        if (a < -1e-4 || a > PI + 1e-4) expect(got.slopes[i]).toBe(0);
        else if (Math.abs(own[i]!) < 1 && a > 1e-4 && a < PI - 1e-4)
          expect(got.slopes[i]).toBeCloseTo(sin(a) / sin(acos(own[i]!)), 4);
      }
    }
  });

  test("cosines rounded past 1 stay finite with every head", async () => {
    const own = [1 + 2 ** -23, -1 - 2 ** -23, 1, -1];
    for (const kind of Object.keys(margins) as MarginName[]) {
      const { z, slopes } = await run(own, { kind }, [1, 1, 100, 100]);
      expect([...z, ...slopes].every(Number.isFinite), kind).toBe(true);
    }
  });
});

const withoutMargin: readonly MarginOptions[] = [
  { kind: "sphereface", m: 1 },
  { kind: "sphereface-r", m: 1 },
  { kind: "cosface", m: 0 },
  { kind: "arcface", m: 0 },
];
test.each(withoutMargin)("$kind with m = $m is plain softmax to the bit", async (options) => {
  const values = Float32Array.from(reals([9, 8], 0.3).data);
  const label = gpu.tensor(Uint32Array.from(labels(9, 8).data));
  const grads = await Promise.all(
    [true, false].map(async (headed) => {
      const x = gpu.tensor(values, [9, 8]);
      x.needsGrad = true;
      const logits = headed ? margin(x, label, undefined, { ...options, s: 1 }) : x;
      const loss = softmaxLoss(logits, label, { gamma: 1 });
      backward(loss);
      return [await logits.read(), await loss.read(), await x.grad!.read()] as const;
    }),
  );
  for (const i of [0, 1, 2] as const) expect(sameBits(grads[0]![i], grads[1]![i])).toBe(true);
});

test("rows that are ignored, or have a label out of range, are multiplied by s alone", async () => {
  const values = Float32Array.from(reals([4, 3], 0.3).data);
  for (const kind of Object.keys(margins) as MarginName[]) {
    const cosine = gpu.tensor(values, [4, 3]);
    cosine.needsGrad = true;
    const label = gpu.tensor(Uint32Array.of(3, 0xffffffff, 1, 0x80000001));
    const norm = gpu.tensor(Float32Array.of(1, 30, 60, 90));
    const logits = margin(cosine, label, norm, { kind, s: 30, t: 1, ignore: 1 });
    backward(logits);
    expect(
      sameBits(
        await logits.read(),
        values.map((v) => 30 * v),
      ),
      kind,
    ).toBe(true);
    expect(await cosine.grad!.read()).toEqual(new Float32Array(12).fill(30));
  }
});

const heads: readonly MarginOptions[] = [
  { kind: "cosface" },
  { kind: "arcface" },
  { kind: "sphereface" },
  { kind: "adaface", mean: 20, deviation: 3 },
  { kind: "curricularface", t: 0.2 },
  { kind: "sphereface-r" },
];
const norms = fixed(exactly([6], [12, 17, 19, 21, 24, 30]));
test.each(heads)("from features through $kind to KM loss, the gradient is the formula's", (head) =>
  expectExact(
    head,
    () => norms,
    () => norms,
  ),
);
test.each<MarginOptions>([
  { kind: "magface", lower: 1, upper: 3 },
  { kind: "sphereface", lambda: 1, magnitude: true },
])("$kind: the gradient through the length of the features is the formula's too", (head) =>
  expectExact(head, rowNorms.reference, (x) => rowNorms(x)),
);

/** Checks gradients by features and weights, with lengths that are given or made of the features. */
async function expectExact(
  head: MarginOptions,
  referenceNorms: (x: Nd) => Nd,
  norms: (x: Tensor) => Tensor | Nd,
) {
  const options = { ...head, s: head.magnitude ? 4 : 16 };
  const km = { weighting: "km", gamma: 2 } as const;
  const product = { transposeB: true };
  const composed: AnyOp = Object.assign(
    (...[x, w, label]: Tensor[]) => {
      const cosine = matmul(l2Normalize(x!), l2Normalize(w!), undefined, product);
      const lengths = norms(x!);
      const norm = "data" in lengths ? gpu.tensor(Float32Array.from(lengths.data)) : lengths;
      return softmaxLoss(margin(cosine, label!, norm, options), label!, km);
    },
    {
      reference: (...[x, w, label]: Nd[]) => {
        const unit = [x, w].map((v) => l2Normalize.reference(v!));
        const cosine = matmul.reference(unit[0]!, unit[1]!, undefined, product);
        const numbers = options as Parameters<typeof margin.reference>[3];
        const logits = margin.reference(cosine, label!, referenceNorms(x!), numbers);
        return softmaxLoss.reference(logits, label!, km);
      },
    },
  );
  const given = [reals([6, 5]), reals([7, 5]), labels(6, 7)];
  const row = await check(gpu, "margin", head.kind, composed, ["x", "w", "label"], given);
  expect(Object.keys(row.gradients)).toEqual(["x", "w"]);
  expect(row.ok, JSON.stringify(row)).toBe(true);
}

test("detached, logits are the same and the gradient is that of plain cosines", async () => {
  for (const kind of Object.keys(margins) as MarginName[]) {
    const own = [0.9, 0.1, -0.9];
    const norm = [20, 50, 100];
    const options = { kind, s: 3, t: 0.5 };
    const [got, want] = [await run(own, { ...options, detached: true }, norm), await run(own, options, norm)];
    expect(got.z, kind).toEqual(want.z);
    expect(got.slopes, kind).toEqual([3, 3, 3]);
    expect(got.others[1], kind).toEqual([3, 3]);
    if (got.byNorm) expect(got.byNorm, kind).toEqual([0, 0, 0]);
  }
});

test("SphereFace's lambda falls from 1000 and reaches 5 at step 1659", () => {
  expect(sphereFaceLambda(0)).toBe(1000);
  expect(sphereFaceLambda(100)).toBeCloseTo(1000 / 13, 10);
  expect(sphereFaceLambda(1658)).toBeGreaterThan(5);
  expect(sphereFaceLambda(1659)).toBe(5);
  // clcarwin/sphereface_pytorch has others.
  expect(sphereFaceLambda(10, { base: 1500, gamma: 0.1 })).toBe(750);
  expect(sphereFaceLambda(3, { base: 8, gamma: 1, power: 2, least: 0 })).toBe(0.5);
});

test("lambda in a tensor changes between runs of a step", async () => {
  const cosine = gpu.tensor(Float32Array.of(0.5, -0.25), [1, 2]);
  const label = gpu.tensor(Uint32Array.of(0));
  const lambda = gpu.tensor(Float32Array.of(1000), []);
  const step = await gpu.step(() => ({
    z: margin(cosine, label, undefined, { kind: "sphereface", m: 2, s: 1, lambda }),
  }));
  // psi(pi / 3) = cos(2 pi / 3) = -0.5
  expect((await step.run()).z[0]).toBeCloseTo((500 - 0.5) / 1001, 6);
  lambda.write(Float32Array.of(0));
  expect((await step.run()).z[0]).toBeCloseTo(-0.5, 6);
});

describe("refused before any work", () => {
  const call = (options: object, cosine: readonly number[] = [4, 3]) =>
    margin(gpu.zeros(cosine), gpu.zeros([4], "u32"), undefined, options as MarginOptions);
  test.each<[string, () => unknown, string]>([
    [
      "an unknown head",
      () => call({ kind: "face" }),
      "margin: kind is face but must be one of cosface, arcface",
    ],
    [
      "m below 1",
      () => call({ kind: "sphereface", m: 0.5 }),
      "margin: m is 0.5 but must be from 1 to 4 for sphereface",
    ],
    [
      "upperMargin past a right angle",
      () =>
        margin(gpu.zeros([4, 3]), gpu.zeros([4], "u32"), gpu.zeros([4]), { kind: "magface", upperMargin: 2 }),
      "margin: upperMargin is 2 but must be from 0 to",
    ],
    [
      "upper not above lower",
      () => margin(gpu.zeros([4, 3]), gpu.zeros([4], "u32"), gpu.zeros([4]), { kind: "magface", upper: 10 }),
      "margin: upper is 10 but must be above lower (10)",
    ],
    [
      "m past a right angle",
      () => call({ kind: "arcface", m: 28.6 }),
      "margin: m is 28.6 but must be from 0 to",
    ],
    ["s not finite", () => call({ kind: "cosface", s: NaN }), "margin: s is NaN but must be a finite number"],
    [
      "lambda below 0",
      () => call({ kind: "sphereface", lambda: -1 }),
      "margin: lambda is -1 but must be a number",
    ],
    ["no lengths", () => call({ kind: "adaface" }), "margin: norm is undefined but must be the lengths"],
    [
      "no lengths for magnitude",
      () => call({ kind: "sphereface", magnitude: true }),
      "margin: norm is undefined but must be the lengths of the features (N) for magnitude",
    ],
    [
      "lengths of other rows",
      () => margin(gpu.zeros([4, 3]), gpu.zeros([4], "u32"), gpu.zeros([3]), { kind: "adaface" }),
      "margin: norm is (3) but must be (N) with N = 4",
    ],
    [
      "labels of other rows",
      () => call({ kind: "cosface" }, [5, 3]),
      "margin: label is (4) but must be (N) with N = 5",
    ],
  ])("%s", (_, refused, message) => {
    gpu.flush();
    const { dispatches } = gpu.counters();
    expect(refused).toThrow(message);
    gpu.flush();
    expect(gpu.counters().dispatches).toBe(dispatches);
  });
});
