import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flat } from "../src/flat.ts";
import type { Gpu, GpuOptions } from "../src/gpu.ts";
import { add, columnParts, matmul as matmulKernel, scale, sumParts } from "../src/kernels.gen.ts";
import { backward } from "../src/op.ts";
import { matmul } from "../src/ops/index.ts";
import { sgd } from "../src/optim.ts";
import { random } from "../src/random.ts";
import { array } from "../src/reference.ts";
import type { Tensor } from "../src/tensor.ts";
import { openGpu, sameBits } from "./open.ts";
import { saying } from "./saying.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

const times = (x: Tensor, factor: number | Tensor): Tensor => x.gpu.launch(scale, { x, factor }).y;
const plus = (a: Tensor, b: Tensor): Tensor => a.gpu.launch(add, { a, b }).y;
const filled = (n: number, value: number) => new Float32Array(n).fill(value);
const reals = (n: number, seed = n): Float32Array => {
  const r = random(seed);
  return Float32Array.from({ length: n }, () => r.normal());
};

/** A fresh engine on a device of its own, destroyed afterwards. */
async function alone(options: GpuOptions, f: (gpu: Gpu) => Promise<void>): Promise<void> {
  const own = await openGpu(options);
  try {
    await f(own);
  } finally {
    own.device.destroy();
  }
}

describe("replay", () => {
  test("makes nothing and submits once a run", async () => {
    const x = gpu.tensor(reals(1000));
    const label = gpu.tensor(Float32Array.of(1), []);
    const step = await gpu.step(() => {
      const y = plus(times(times(x, 3), label), x);
      return { y, parts: gpu.launch(columnParts, { x: y.view([100, 10]) }, { T: 5 }).parts };
    });
    await step.run();
    const before = gpu.counters();
    for (let i = 0; i < 50; i++) {
      label.write(Float32Array.of(i));
      await step.run();
    }
    const after = gpu.counters();
    expect(after).toEqual({
      ...before,
      submits: before.submits + 50,
      dispatches: before.dispatches + 50 * step.dispatches,
    });
    step.dispose();
  });

  test("gives what the same launches give at once, to the last bit, and follows what is written between runs", async () => {
    const n = 777;
    const [x, w, rate] = [
      gpu.tensor(reals(n)),
      gpu.tensor(reals(n, 3)),
      gpu.tensor(Float32Array.of(0.3), []),
    ];
    const f = () => {
      let y = x;
      for (let i = 0; i < 6; i++) y = plus(times(y, rate), times(w, 0.7));
      return { y, first: times(x, 3) };
    };
    const step = await gpu.step(f);
    for (let i = 0; i < 3; i++) {
      rate.write(Float32Array.of(0.3 + i));
      x.write(reals(n, 50 + i));
      const [run, eager] = [await step.run(), f()];
      expect(sameBits(run.y, await eager.y.read())).toBe(true);
      expect(sameBits(run.first, await eager.first.read())).toBe(true);
      expect(run.y.every(Number.isFinite)).toBe(true);
    }
    step.dispose();
  });

  test("a step without results runs, and its writes to lasting tensors stay", async () => {
    const w = gpu.tensor(filled(5, 1));
    const step = await gpu.step(() => {
      gpu.launch(scale, { x: times(w, 2), factor: 1, y: w });
      return {};
    });
    for (let i = 0; i < 10; i++) expect(await step.run()).toEqual({});
    expect(await w.read()).toEqual(filled(5, 1024));
    step.dispose();
  });

  test("a lasting tensor, a part of one, a constant, a view and one tensor under two names can be results", async () => {
    const w = gpu.tensor(reals(6));
    const { b } = flat(gpu, { a: [100], b: [2] }).tensors;
    b!.write(Float32Array.of(7, 8));
    const step = await gpu.step(() => {
      const y = times(w, 2);
      return { w, y, again: y.view([2, 3]), one: gpu.constant(1), b: b! };
    });
    const { w: gotW, y, again, one, b: gotB } = await step.run();
    expect(gotB).toEqual(Float32Array.of(7, 8));
    expect(gotW).toEqual(await w.read());
    expect(y).toEqual(gotW.map((v) => 2 * v));
    expect(again).toEqual(y);
    expect(one).toEqual(Float32Array.of(1));
    step.dispose();
  });

  test("pipelines are compiled before the first run, each once, with progress", async () => {
    await alone({}, async (own) => {
      const x = own.zeros([4]);
      const seen: [number, number][] = [];
      const step = await own.step(() => ({ y: plus(times(times(x, 2), 3), x) }), {
        onCompile: (done, all) => seen.push([done, all]),
      });
      const { pipelines } = own.counters();
      expect(pipelines).toBe(3); // scale, add and the poison
      expect(seen).toEqual([
        [1, 3],
        [2, 3],
        [3, 3],
      ]);
      await step.run();
      expect(own.counters().pipelines).toBe(pipelines);
    });
  });
});

describe("memory", () => {
  const n = 4096;
  const chain = (x: Tensor, length: number) => {
    let y = x;
    for (let i = 0; i < length; i++) y = times(y, 2);
    return y;
  };

  test("temporaries of a chain take the memory of two", async () => {
    await alone({ poison: false }, async (own) => {
      const x = own.tensor(filled(n, 1));
      own.constant(2);
      const { current } = own.memory();
      const step = await own.step(() => ({ y: chain(x, 20) }));
      expect(step.dispatches).toBe(20);
      expect(step.bytes).toBe(2 * 4 * n);
      expect(own.memory().current - current).toBe(step.bytes);
      expect((await step.run()).y).toEqual(filled(n, 2 ** 20));
    });
  });

  test("a result is kept to the end, whatever is computed after it", async () => {
    const x = gpu.tensor(filled(n, 1));
    const step = await gpu.step(() => {
      const early = times(x, 3);
      return { early, late: chain(early, 9) };
    });
    expect(step.bytes).toBe(3 * 4 * n);
    for (let i = 0; i < 2; i++)
      expect(await step.run()).toEqual({ early: filled(n, 3), late: filled(n, 3 * 2 ** 9) });
    step.dispose();
  });

  test("current, peak and pooled follow what is taken and given back", async () => {
    await alone({ poison: false }, async (own) => {
      expect(own.memory()).toEqual({ current: 0, peak: 0, pooled: 0, created: 0 });
      const [a, b] = [own.empty([1024]), own.empty([3])];
      expect(own.memory()).toEqual({ current: 4112, peak: 4112, pooled: 0, created: 2 });
      a.dispose();
      expect(own.memory()).toEqual({ current: 16, peak: 4112, pooled: 4096, created: 2 });
      const c = own.empty([1021]); // 4,084 bytes, rounded up to 4,096
      expect(own.memory()).toEqual({ current: 4112, peak: 4112, pooled: 0, created: 2 });
      b.dispose();
      c.dispose();
      expect(own.memory()).toEqual({ current: 0, peak: 4112, pooled: 4112, created: 2 });
    });
  });

  test("dispose gives it back for the next step, once, and a run after it is refused", async () => {
    await alone({}, async (own) => {
      const x = own.tensor(filled(n, 1));
      const record = () => own.step(() => ({ y: chain(x, 5) }));
      const step = await record();
      await step.run();
      const { current, pooled, created } = own.memory();
      step.dispose();
      step.dispose();
      expect(own.memory()).toMatchObject({ current: current - step.bytes, pooled: pooled + step.bytes });
      await expect(step.run()).rejects.toThrow(saying("run: the step was disposed of; record it again"));
      const again = await record();
      expect(own.memory()).toMatchObject({ current, pooled, created });
      expect((await again.run()).y).toEqual(filled(n, 32));
    });
  });

  test("results on their way arrive though the step is disposed of and its memory used again", async () => {
    const x = gpu.tensor(filled(n, 1));
    const step = await gpu.step(() => ({ y: chain(x, 4) }));
    const coming = step.run();
    step.dispose();
    const other = gpu.tensor(filled(n, -1));
    expect((await coming).y).toEqual(filled(n, 16));
    other.dispose();
  });

  test.each([0, 20_000])(
    "at most poolCap bytes (%i) are kept, and waiting work still runs on what is destroyed",
    async (poolCap) => {
      await alone({ poolCap, poison: false }, async (own) => {
        const sums: Tensor[] = [];
        for (let i = 1; i <= 20; i++) {
          const [a, b] = [own.tensor(filled(n, i)), own.tensor(filled(n, 1))];
          const y = plus(a, b);
          sums.push(times(y, 2));
          for (const t of [a, b, y]) t.dispose(); // destroyed before anything was read
          expect(own.memory().pooled).toBeLessThanOrEqual(poolCap);
        }
        for (const [i, t] of sums.entries()) expect(await t.read()).toEqual(filled(n, 2 * (i + 2)));
        const step = await own.step(() => ({ y: chain(sums[0]!, 6) }));
        expect((await step.run()).y).toEqual(filled(n, 4 * 64));
        step.dispose();
        expect(own.memory().pooled).toBeLessThanOrEqual(poolCap);
      });
    },
  );
});

describe("results on their way", () => {
  test("arrive in order, each its own", async () => {
    const x = gpu.tensor(Float32Array.of(0), []);
    const step = await gpu.step(() => ({ y: gpu.launch(scale, { x: gpu.filled([300], 2), factor: x }).y }), {
      depth: 6,
    });
    const arrived: number[] = [];
    const runs = Array.from({ length: 6 }, (_, i) => {
      x.write(Float32Array.of(i + 1));
      return step.run().then((result) => {
        arrived.push(i);
        return result;
      });
    });
    const results = await Promise.all(runs);
    expect(arrived).toEqual([0, 1, 2, 3, 4, 5]);
    results.forEach(({ y }, i) => {
      expect(y).toEqual(filled(300, 2 * (i + 1)));
    });
    step.dispose();
  });

  test("are at most `depth`; one more is refused until an earlier one was read", async () => {
    const step = await gpu.step(() => ({ y: times(gpu.filled([3], 1), 2) }), { depth: 2 });
    const [a, b] = [step.run(), step.run()];
    const { submits } = gpu.counters();
    await expect(step.run()).rejects.toThrow(
      saying("run: 2 results are still on their way; await an earlier run() first"),
    );
    expect(gpu.counters().submits).toBe(submits);
    expect(await a).toEqual({ y: filled(3, 2) });
    const c = step.run();
    expect(await b).toEqual({ y: filled(3, 2) });
    expect(await c).toEqual({ y: filled(3, 2) });
    step.dispose();
  });

  test.each([0, -1, 1.5, Number.NaN])("a depth of %d is refused", async (depth) => {
    await expect(gpu.step(() => ({ y: times(gpu.filled([3], 1), 2) }), { depth })).rejects.toThrow(
      saying(`step: depth is ${depth} but must be a whole number above zero`),
    );
  });

  test("an error of the device reaches one of them, and the ring stays whole", async () => {
    const step = await gpu.step(() => ({ y: times(gpu.filled([3], 1), 2) }), { depth: 2 });
    for (let i = 0; i < 3; i++) {
      gpu.device.createBuffer({ size: 16, usage: 0 }); // no buffer has no usage
      await expect(step.run()).rejects.toThrow(/usage/i);
    }
    const [a, b] = [step.run(), step.run()];
    expect(await a).toEqual({ y: filled(3, 2) });
    expect(await b).toEqual({ y: filled(3, 2) });
    step.dispose();
  });
});

describe("refuses", () => {
  /** A temporary of a step that is done with. */
  const leftover = async (): Promise<Tensor> => {
    let kept: Tensor | undefined;
    await gpu.step(() => {
      kept = times(gpu.filled([3], 1), 2);
      return { y: times(kept, 2) };
    });
    return kept!;
  };

  test("a step inside a step, and records the outer one", async () => {
    let inner: Promise<unknown> | undefined;
    const outer = await gpu.step(() => {
      inner = gpu.step(() => ({}));
      inner.catch(() => {});
      return { y: times(gpu.filled([3], 1), 2) };
    });
    await expect(inner).rejects.toThrow(saying("step: a step is being recorded; record one after the other"));
    expect(await outer.run()).toEqual({ y: filled(3, 2) });
    outer.dispose();
  });

  test("results of whole numbers, of another step, or that nothing writes, and takes no memory for them", async () => {
    const kept = await leftover();
    await alone({ poison: false }, async (own) => {
      const labels = own.zeros([3], "u32");
      const { current } = own.memory();
      await expect(own.step(() => ({ labels }))).rejects.toThrow(
        saying("step: the result labels is u32 but must be f32"),
      );
      await expect(own.step(() => ({ y: own.empty([3]) }))).rejects.toThrow(
        saying("step: the result y is written by no kernel of the step"),
      );
      expect(own.memory().current).toBe(current);
    });
    await expect(gpu.step(() => ({ kept }))).rejects.toThrow(
      saying("step: the result kept is a temporary of another step; make it in this one"),
    );
  });

  test("temporaries wherever they cannot be", async () => {
    const x = gpu.tensor(filled(64, 1));
    const calls: (() => unknown)[] = [];
    const step = await gpu.step(() => {
      const t = times(x, 2);
      calls.push(
        () => t.read(),
        () => t.write(filled(64, 1)),
        () => t.dispose(),
        () => gpu.slice(t, 0, [4]),
        () => gpu.slice(t, 0, [4]).dispose(),
      );
      for (const call of [calls[1]!, calls[2]!, calls[4]!])
        expect(call).toThrow(/the tensor is a temporary of a step/);
      return { y: times(t, 2) };
    });
    await expect(calls[0]!()).rejects.toThrow(
      saying("read: the tensor is a temporary of a step; return it from the step to read it"),
    );
    expect(calls[1]).toThrow(saying("write: the tensor is a temporary of a step; make it outside the step"));
    expect(calls[2]).toThrow(saying("dispose: the tensor is a temporary of a step; dispose of the step"));
    expect(calls[3]).toThrow(
      saying("slice: the tensor is a temporary of a step; slice it while the step is recorded"),
    );
    step.dispose();
  });

  test("temporaries in launches outside their step, or in another step", async () => {
    const kept = await leftover();
    const message =
      "scale: x is a temporary of a step but is used outside it; return it from the step to read it";
    expect(() => times(kept, 2)).toThrow(saying(message));
    await expect(gpu.step(() => ({ y: times(kept, 2) }))).rejects.toThrow(saying(message));
  });

  test("to run once a tensor it uses was given back, rather than computing with what lies there now", async () => {
    const [x, w] = [gpu.tensor(filled(3, 1)), gpu.tensor(filled(3, 1))];
    const step = await gpu.step(() => ({ y: times(x, 2), w }));
    expect(await step.run()).toEqual({ y: filled(3, 2), w: filled(3, 1) });
    x.dispose();
    await expect(step.run()).rejects.toThrow(saying("run: x of scale was given back; record the step again"));
    const other = await gpu.step(() => ({ w }));
    w.dispose();
    await expect(other.run()).rejects.toThrow(
      saying("run: the result w was given back; record the step again"),
    );
    step.dispose();
    other.dispose();
  });

  test("to record what was given back while it compiled, and gives its memory back", async () => {
    await alone({ poison: false }, async (own) => {
      const x = own.tensor(filled(3, 1));
      own.constant(2);
      const { current } = own.memory();
      const step = own.step(() => ({ y: times(x, 2) }));
      x.dispose();
      await expect(step).rejects.toThrow(saying("scale: x was given back; keep it while it is used"));
      expect(own.memory().current).toBe(current - 16);
    });
  });
});

describe("after an error", () => {
  test("in f, the engine is as before", async () => {
    const x = gpu.tensor(filled(3, 1));
    await times(x, 2).read();
    const { current } = gpu.memory();
    const step = gpu.step(() => {
      times(x, 2);
      throw new Error("from f");
    });
    await expect(step).rejects.toThrow(new Error("from f"));
    expect(gpu.memory().current).toBe(current);
    expect(await times(x, 5).read()).toEqual(filled(3, 5)); // eager again, not recorded
    const next = await gpu.step(() => ({ y: times(x, 7) }));
    expect(await next.run()).toEqual({ y: filled(3, 7) });
    next.dispose();
  });

  const broken = {
    ...scale,
    name: "broken",
    code: scale.code.replace("factor * x[i]", "factor * z[i]"),
  };
  const line = scale.code.split("\n").findIndex((text) => text.includes("factor * x[i]")) + 1;

  test("steps recorded at once compile what they share once", async () => {
    await alone({ poison: false }, async (own) => {
      const [a, b] = [own.tensor(filled(3, 1)), own.tensor(filled(3, 5))];
      const before = own.counters().pipelines;
      const steps = await Promise.all([a, b].map((x) => own.step(() => ({ y: times(x, 2) }))));
      expect(own.counters().pipelines).toBe(before + 1);
      expect(await Promise.all(steps.map((step) => step.run()))).toEqual([
        { y: filled(3, 2) },
        { y: filled(3, 10) },
      ]);
    });
  });

  test("in a kernel, a step is refused with file, line and column, and the engine is as before", async () => {
    await alone({}, async (own) => {
      const x = own.tensor(filled(3, 1));
      for (let i = 0; i < 2; i++) {
        const step = own.step(() => ({ y: own.launch(broken, { x, factor: 2 }).y }));
        await expect(step).rejects.toThrow(
          saying(`broken:${line}:32: unresolved value 'z'\n  if (i < n) { y[i] = factor * z[i]; }`),
        );
        expect(await x.read()).toEqual(filled(3, 1)); // told once, not again by the next read
      }
      const good = await own.step(() => ({ y: times(x, 2) }));
      expect(await good.run()).toEqual({ y: filled(3, 2) });
    });
  });

  test("in a kernel launched at once, the next read tells, and the engine is as before", async () => {
    await alone({}, async (own) => {
      const x = own.tensor(filled(3, 1));
      const { y } = own.launch(broken, { x, factor: 2 });
      await expect(y.read()).rejects.toThrow(new RegExp(`:${line}:32 error: unresolved value 'z'`));
      expect(await times(x, 2).read()).toEqual(filled(3, 2));
    });
  });

  test("a pipeline that the device refuses is told with the kernel's name", async () => {
    await alone({ poison: false }, async (own) => {
      const x = own.tensor(filled(3, 1));
      const step = own.step(() => ({ y: own.launch(scale, { x, factor: 2 }, { WG: 1 << 20 }).y }));
      await expect(step).rejects.toThrow(/^scale: .*workgroup/is);
      expect(await x.read()).toEqual(filled(3, 1));
    });
  });

  test("once the device is gone, everything that waits for it ends with a sentence", async () => {
    const own = await openGpu();
    const x = own.tensor(filled(3, 1));
    const step = await own.step(() => ({ y: times(x, 2) }), { depth: 2 });
    await step.run();
    const coming = [step.run(), x.read()];
    own.device.destroy();
    const gone = /^device: it is lost \(destroyed\): .*; open another$/;
    for (const result of coming) await expect(result).rejects.toThrow(gone);
    for (let i = 0; i < 4; i++) await expect(step.run()).rejects.toThrow(gone);
    expect(() => times(x, 2)).toThrow(gone);
    expect(() => x.write(filled(3, 2))).toThrow(gone);
    await expect(own.settle()).rejects.toThrow(gone);
    step.dispose();
  });
});

describe("slices of temporaries", () => {
  const n = 192;
  const third = (t: Tensor, i: number) => t.gpu.slice(t, 64 * i, [64]);
  const into = (x: Tensor, factor: number, y: Tensor) => x.gpu.launch(scale, { x, factor, y });

  test("count as uses of the whole, first to last, and as a result to the end", async () => {
    await alone({ poison: false }, async (own) => {
      const [values, x] = [reals(n), own.tensor(reals(n))];
      const later = (whole: Tensor) => times(third(whole, 2), 10);
      for (const part of [later, (whole: Tensor) => third(whole, 2)]) {
        const step = await own.step(() => {
          const whole = own.empty([n]);
          for (let i = 0; i < 3; i++) into(third(x, i), i + 1, third(whole, i));
          const y = times(times(times(x, 5), 6), 7); // would lie in whole's memory, were it free
          return { y, part: part(whole) };
        });
        expect(step.bytes).toBe(3 * 4 * n);
        const got = await step.run();
        expect(got.y).toEqual(values.map((v) => 7 * Math.fround(6 * Math.fround(5 * v))));
        const tail = values.subarray(128).map((v) => 3 * v);
        expect(got.part).toEqual(part === later ? tail.map((v) => 10 * v) : tail);
        step.dispose();
      }
    });
  });

  test("block by block a product is what it is at once, though each is larger than one binding", async () => {
    await alone({ mostBound: 1024 }, async (own) => {
      const [M, K, N, rows] = [40, 16, 8, 16];
      const sizes = { N, K };
      const [x, w] = [reals(M * K), reals(K * N, 2)];
      const [xs, b] = [own.tensor(x), own.tensor(w, [K, N])];
      const step = await own.step(() => {
        const [a, c] = [own.empty([M, K]), own.empty([M, N])];
        const from = own.pieces(xs);
        for (const [i, y] of own.pieces(a).entries()) into(from[i]!, 2, y);
        for (let m = 0; m < M; m += rows) {
          const block = Math.min(rows, M - m);
          const given = { a: own.slice(a, m * K, [block, K]), b, c: own.slice(c, m * N, [1, block, N]) };
          own.launch(matmulKernel, given, { ...sizes, M: block });
        }
        return { c };
      });
      const doubled = { shape: [M, K], data: Float64Array.from(x, (v) => Math.fround(2 * v)) };
      const want = matmul.reference(
        array(doubled.shape, doubled.data),
        array([K, N], Float64Array.from(w)),
        undefined,
        {},
      );
      const { c } = await step.run();
      for (const [i, v] of want.data.entries()) expect(Math.abs(c[i]! - v)).toBeLessThan(2e-5);
      expect(c).toHaveLength(M * N);
    });
  });

  test("of one temporary are refused as input and output of one kernel, before it has memory", async () => {
    const x = gpu.tensor(reals(n));
    const step = await gpu.step(() => {
      const t = times(x, 2);
      const message = "scale: y and x share memory but y is written; give another tensor";
      expect(() => into(third(t, 0), 3, third(t, 1))).toThrow(saying(message));
      expect(() => into(third(t, 0), 3, third(gpu.slice(t, 0, [n]), 0))).toThrow(saying(message));
      return { t };
    });
    expect((await step.run()).t).toEqual(reals(n).map((v) => 2 * v));
    step.dispose();
  });

  test("follow a temporary that is placed elsewhere, and a slice is not placed", async () => {
    const { g } = flat(gpu, { other: [64], g: [n] }).tensors;
    const x = gpu.tensor(reals(n));
    const step = await gpu.step(() => {
      const t = gpu.empty([n]);
      for (let i = 0; i < 3; i++) into(third(x, i), i + 1, third(t, i));
      expect(gpu.place(third(t, 1), third(g!, 1))).toBe(false);
      expect(gpu.place(t, g!)).toBe(true);
      expect(() => into(third(t, 0), 2, third(g!, 0))).toThrow(/^scale: y and x share memory/);
      return { middle: third(t, 1) };
    });
    expect(step.bytes).toBe(0);
    const { middle } = await step.run();
    const want = reals(n).map((v, i) => (Math.floor(i / 64) + 1) * v);
    expect(middle).toEqual(want.subarray(64, 128));
    expect(await g!.read()).toEqual(want);
    step.dispose();
  });

  test("a temporary is not placed where a kernel writes its slice beside the target's buffer", async () => {
    const { g } = flat(gpu, { g: [n], other: [64] }).tensors;
    const step = await gpu.step(() => {
      const t = gpu.empty([n]);
      into(third(g!, 0), 2, third(t, 0));
      expect(gpu.place(t, g!)).toBe(false);
      expect(gpu.place(t, gpu.filled([n], 1))).toBe(false);
      expect(gpu.place(t, gpu.zeros([n], "u32"))).toBe(false);
      return {};
    });
    step.dispose();
  });

  test("run is refused once what a slice lies in was given back", async () => {
    const x = gpu.tensor(reals(n));
    const step = await gpu.step(() => ({ y: times(third(x, 1), 2) }));
    const other = await gpu.step(() => ({ part: third(x, 1) }));
    expect((await other.run()).part).toEqual(reals(n).subarray(64, 128));
    x.dispose();
    await expect(step.run()).rejects.toThrow(saying("run: x of scale was given back; record the step again"));
    await expect(other.run()).rejects.toThrow(
      saying("run: the result part was given back; record the step again"),
    );
    await expect(gpu.step(() => ({ part: third(x, 1) }))).rejects.toThrow(
      saying("slice: the tensor was given back; keep it while it is used"),
    );
    step.dispose();
    other.dispose();
  });
});

describe("gradients in their place", () => {
  const build = (own: Gpu) => {
    const parameters = flat(own, { a: [4, 3], b: [3, 2], unused: [70] });
    for (const [i, t] of Object.values(parameters.tensors).entries()) {
      t.write(reals(t.size, i + 1));
      t.needsGrad = true;
    }
    return parameters;
  };

  test("a gradient that fits is computed in the flat buffer, without a copy", async () => {
    await alone({ poison: false }, async (own) => {
      const { tensors, values } = build(own);
      const target = flat(own, { a: [4, 3] });
      const x = own.tensor(reals(8), [2, 4]);
      const { a } = tensors;
      const step = await own.step(() => {
        backward(matmul(x, a!, undefined, {}));
        expect(own.place(a!.grad!, target.tensors["a"]!)).toBe(true);
        expect(own.place(a!.grad!, target.tensors["a"]!)).toBe(true); // it lies there already
        expect(own.place(a!.grad!, own.slice(values, 0, [4, 3]))).toBe(false);
        return { grad: a!.grad! };
      });
      expect(step.dispatches).toBe(2);
      const { grad } = await step.run();
      expect(sameBits(await target.tensors["a"]!.read(), grad)).toBe(true);
      backward(matmul(x, a!, undefined, {}));
      expect(sameBits(await a!.grad!.read(), grad)).toBe(true);
      expect(own.place(a!.grad!, target.tensors["a"]!)).toBe(false); // outside a step
    });
  });

  test("a gradient of another size, or beside which a kernel uses the same buffer, is not", async () => {
    const { tensors } = flat(gpu, { a: [64], b: [64], c: [65] });
    const x = gpu.tensor(reals(64));
    const step = await gpu.step(() => {
      const [g, h] = [times(x, 2), times(x, 3)];
      const both = plus(g, h);
      expect(gpu.place(g, tensors["c"]!)).toBe(false);
      expect(gpu.place(g, tensors["a"]!)).toBe(true);
      expect(gpu.place(h, tensors["b"]!)).toBe(true);
      expect(gpu.place(both, tensors["c"]!)).toBe(false); // size
      return { both };
    });
    const other = await gpu.step(() => {
      const g = times(x, 2);
      const h = times(g, 3); // reads g, writes h
      expect(gpu.place(g, tensors["a"]!)).toBe(true);
      expect(gpu.place(h, tensors["b"]!)).toBe(false);
      return { h };
    });
    expect((await step.run()).both).toEqual(
      (await x.read()).map((v) => Math.fround(2 * v) + Math.fround(3 * v)),
    );
    expect((await other.run()).h).toEqual((await x.read()).map((v) => 3 * Math.fround(2 * v)));
    await gpu.settle(); // nothing was refused by the device
    step.dispose();
    other.dispose();
  });

  test("parameters that share one gradient each get it", async () => {
    const run = async (inStep: boolean) => {
      const own = flat(gpu, { a: [5], b: [5] });
      const [a, b] = [own.tensors["a"]!, own.tensors["b"]!];
      for (const t of [a, b]) t.write(filled(5, 1));
      const optimizer = sgd(own, { rate: 0.5 });
      const f = () => {
        const dy = times(gpu.filled([5], 1), 3);
        a.grad = dy; // as from y = a + b
        b.grad = dy;
        optimizer.update();
        return {};
      };
      if (inStep) await (await gpu.step(f)).run();
      else f();
      return [await a.read(), await b.read()];
    };
    for (const inStep of [true, false]) expect(await run(inStep)).toEqual([filled(5, -0.5), filled(5, -0.5)]);
  });
});

test("sums in parts inside a step keep their order", async () => {
  const x = gpu.tensor(reals(7 * 11), [7, 11]);
  const step = await gpu.step(() => ({ y: gpu.launch(sumParts, { x }).y }));
  const values = await x.read();
  const want = Float32Array.from({ length: 11 }, (_, i) => {
    let sum = 0;
    for (let t = 0; t < 7; t++) sum = Math.fround(sum + values[11 * t + i]!);
    return sum;
  });
  expect((await step.run()).y).toEqual(want);
  step.dispose();
});

describe("assign", () => {
  test("computes a temporary in the target's memory, and copies what lies elsewhere", async () => {
    const x = gpu.tensor(Float32Array.of(1, 2, 3));
    const [placed, copied] = [gpu.zeros([3]), gpu.zeros([3])];
    const step = await gpu.step(() => {
      gpu.assign(placed, gpu.launch(scale, { x, factor: 2 }).y);
      gpu.assign(copied, x);
      return {};
    });
    await step.run();
    expect([...(await placed.read()), ...(await copied.read())]).toEqual([2, 4, 6, 1, 2, 3]);
  });

  test("refuses another size", () => {
    expect(() => gpu.assign(gpu.zeros([2]), gpu.zeros([3]))).toThrow("copy: (3) is given but (2) takes 2");
  });
});
