import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { error } from "../src/check/check.ts";
import { type Flat, flat } from "../src/flat.ts";
import type { Gpu } from "../src/gpu.ts";
import { rangeOf } from "../src/memory.ts";
import { backward } from "../src/op.ts";
import { matmul } from "../src/ops/index.ts";
import { type SgdOptions, sgd } from "../src/optim.ts";
import { random } from "../src/random.ts";
import { openGpu, sameBits } from "./open.ts";
import { saying } from "./saying.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

const reals = (n: number, seed: number): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => r.normal());
};

describe("flat", () => {
  test("lays tensors side by side, each at a multiple of 256 bytes, over zeros", async () => {
    const { values, tensors } = flat(gpu, { a: [3, 5], b: [64], c: [65], d: [] });
    expect(values.shape).toEqual([64 + 64 + 128 + 64]);
    expect(Object.values(tensors).map(({ memory }) => rangeOf(memory)!.offset)).toEqual([0, 256, 512, 1024]);
    expect(tensors["a"]!.shape).toEqual([3, 5]);
    expect(await values.read()).toEqual(new Float32Array(320));
    tensors["c"]!.write(new Float32Array(65).fill(2));
    tensors["d"]!.write(Float32Array.of(7));
    const got = await values.read();
    expect([...got.keys()].filter((i) => got[i] !== 0)).toEqual([
      ...Array.from({ length: 65 }, (_, i) => 128 + i),
      256,
    ]);
    expect(await tensors["c"]!.read()).toEqual(new Float32Array(65).fill(2));
  });

  test("of nothing is still memory", async () => {
    expect(await flat(gpu, {}).values.read()).toEqual(new Float32Array(64));
  });
});

describe("sgd", () => {
  const STEPS = 5;
  const x = reals(6 * 7, 1);
  const start: { readonly [name: string]: Float32Array } = { weight: reals(7 * 5, 2), bias: reals(5, 3) };
  const rates = [0.1, 0.1, 0.05, 0.2, 0.01];

  /** L = sum (x weight + bias)^2 / 2, five steps on the device. */
  async function train(options: SgdOptions, inStep: boolean): Promise<Flat["tensors"]> {
    const { tensors, values } = flat(gpu, { weight: [7, 5], bias: [5] });
    for (const [name, t] of Object.entries(tensors)) {
      t.write(start[name]!);
      t.needsGrad = true;
    }
    const input = gpu.tensor(x, [6, 7]);
    const optimizer = sgd({ tensors, values }, options);
    const f = () => {
      const y = matmul(input, tensors["weight"]!, tensors["bias"], {});
      backward(y, y); // dL/dy = y
      optimizer.update();
      return {};
    };
    const step = inStep ? await gpu.step(f) : undefined;
    for (const rate of rates) {
      optimizer.rate.write(Float32Array.of(rate));
      if (step) await step.run();
      else f();
    }
    await gpu.settle();
    return tensors;
  }

  /** The same in doubles. */
  function trained({ momentum = 0, weightDecay = 0 }: SgdOptions): { [name: string]: Float64Array } {
    const [weight, bias] = [Float64Array.from(start["weight"]!), Float64Array.from(start["bias"]!)];
    const [vWeight, vBias] = [new Float64Array(35), new Float64Array(5)];
    for (let s = 0; s < STEPS; s++) {
      const rate = Math.fround(rates[s]!);
      const y = new Float64Array(30);
      for (let n = 0; n < 6; n++) {
        for (let o = 0; o < 5; o++) {
          y[5 * n + o] = bias[o]!;
          for (let i = 0; i < 7; i++) y[5 * n + o]! += x[7 * n + i]! * weight[5 * i + o]!;
        }
      }
      const move = (w: Float64Array, v: Float64Array, at: number, dw: number) => {
        v[at] = momentum * v[at]! + dw + weightDecay * w[at]!;
        w[at]! -= rate * v[at]!;
      };
      for (let o = 0; o < 5; o++) {
        let db = 0;
        for (let n = 0; n < 6; n++) db += y[5 * n + o]!;
        for (let i = 0; i < 7; i++) {
          let dw = 0;
          for (let n = 0; n < 6; n++) dw += x[7 * n + i]! * y[5 * n + o]!;
          move(weight, vWeight, 5 * i + o, dw);
        }
        move(bias, vBias, o, db);
      }
    }
    return { weight, bias };
  }

  test.each<[string, Omit<SgdOptions, "rate">]>([
    ["plain", {}],
    ["momentum", { momentum: 0.9 }],
    ["decay", { weightDecay: 0.25 }],
    ["both", { momentum: 0.75, weightDecay: 0.125 }],
  ])(
    "%s: five steps agree with doubles, and a recorded step with launches to the last bit",
    async (_, given) => {
      const options = { rate: 1, ...given };
      const eager = await train(options, false);
      const recorded = await train(options, true);
      const want = trained(options);
      for (const name of ["weight", "bias"]) {
        const got = await eager[name]!.read();
        expect(error(got, want[name]!)).toBeLessThan(3e-6);
        expect(error(got, start[name]!)).toBeGreaterThan(0.1); // it moved
        expect(sameBits(await recorded[name]!.read(), got)).toBe(true);
      }
    },
  );

  test.each([1, 64, 320, 300_032])("every one of %i parameters moves, once", async (n) => {
    const parameters = flat(gpu, { w: [n] });
    const { w } = parameters.tensors;
    w!.needsGrad = true;
    backward(w!);
    sgd(parameters, { rate: 0.5 }).update();
    expect((await w!.read()).findIndex((v) => v !== -0.5)).toBe(-1);
  });

  test("parameters larger than one binding move in slices, in a step and outside", async () => {
    const small = await openGpu({ mostBound: 1024, poison: false });
    try {
      const parameters = flat(small, { a: [150], w: [1000] }); // 192 + 1,024 elements
      const dw = reals(1000, 6);
      const [gradient, one] = [small.tensor(dw), small.filled([150], 1)];
      const optimizer = sgd(parameters, { rate: 0.5 });
      const f = () => {
        const { a, w } = parameters.tensors;
        a!.grad = one;
        w!.grad = gradient;
        optimizer.update();
        return {};
      };
      const step = await small.step(f);
      // One copy of a, four of w's slices, five slices of all.
      expect(step.dispatches).toBe(1 + 4 + 5);
      f();
      expect(await parameters.tensors["w"]!.read()).toEqual(dw.map((v) => -0.5 * v));
      await step.run();
      expect(await parameters.tensors["w"]!.read()).toEqual(dw.map((v) => -v));
      expect(await parameters.tensors["a"]!.read()).toEqual(new Float32Array(150).fill(-1));
    } finally {
      small.device.destroy();
    }
  });

  test.each<[string, Partial<SgdOptions>]>([
    ["rate is -1", { rate: -1 }],
    ["rate is NaN", { rate: Number.NaN }],
    ["momentum is Infinity", { momentum: Number.POSITIVE_INFINITY }],
    ["weightDecay is -0.1", { weightDecay: -0.1 }],
  ])("%s is refused", (what, options) => {
    expect(() => sgd(flat(gpu, { a: [3] }), { rate: 0.1, ...options })).toThrow(
      saying(`sgd: ${what} but must be a number from 0 up`),
    );
  });

  test("a parameter without a gradient is refused before any is moved", async () => {
    const parameters = flat(gpu, { used: [2], unused: [2] });
    const { used } = parameters.tensors;
    used!.needsGrad = true;
    backward(used!);
    const optimizer = sgd(parameters, { rate: 1 });
    const { dispatches } = gpu.counters();
    const message = "update: the parameter unused has no gradient; call backward on a loss that uses it";
    expect(() => optimizer.update()).toThrow(saying(message));
    const step = gpu.step(() => {
      optimizer.update();
      return {};
    });
    await expect(step).rejects.toThrow(saying(message));
    expect(gpu.counters().dispatches).toBe(dispatches);
    expect(await used!.read()).toEqual(new Float32Array(2));
  });
});
