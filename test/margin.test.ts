import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AnyOp, check, error } from "../src/check/check.ts";
import { exactly, fixed, labels, reals } from "../src/check/inputs.ts";
import type { Gpu } from "../src/gpu.ts";
import { backward } from "../src/op.ts";
import { l2Normalize, margin, matmul, softmaxLoss } from "../src/ops/index.ts";
import { type MarginName, type MarginOptions, margins } from "../src/ops/margin.ts";
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
  const logits = margin(cosine, gpu.tensor(new Uint32Array(N).fill(1)), lengths, options);
  backward(logits);
  const z = await logits.read();
  const slopes = await cosine.grad!.read();
  const middle = (values: Float32Array) => own.map((_, n) => values[3 * n + 1]!);
  return { z: middle(z), slopes: middle(slopes), others: [z, slopes].map((v) => [v[0]!, v[2]!]) };
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
];
test.each(heads)("from features through $kind to KM loss, the gradient is the formula's", async (head) => {
  const norm = fixed(exactly([6], [12, 17, 19, 21, 24, 30]));
  const options = { ...head, s: 16 };
  const km = { weighting: "km", gamma: 2 } as const;
  const product = { transposeB: true };
  const composed: AnyOp = Object.assign(
    (...[x, w, label, norm]: Tensor[]) => {
      const cosine = matmul(l2Normalize(x!), l2Normalize(w!), undefined, product);
      return softmaxLoss(margin(cosine, label!, norm, options), label!, km);
    },
    {
      reference: (...[x, w, label, norm]: Nd[]) => {
        const unit = [x, w].map((v) => l2Normalize.reference(v!));
        const cosine = matmul.reference(unit[0]!, unit[1]!, undefined, product);
        const numbers = options as Parameters<typeof margin.reference>[3];
        return softmaxLoss.reference(margin.reference(cosine, label!, norm, numbers), label!, km);
      },
    },
  );
  const given = [reals([6, 5]), reals([7, 5]), labels(6, 7), norm];
  const row = await check(gpu, "margin", head.kind, composed, ["x", "w", "label", "norm"], given);
  expect(Object.keys(row.gradients)).toEqual(["x", "w"]);
  expect(row.ok, JSON.stringify(row)).toBe(true);
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
    ["a broken m", () => call({ kind: "sphereface", m: 1.5 }), "margin: m is 1.5 but must be 1, 2, 3 or 4"],
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
