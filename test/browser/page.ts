// What test/browser.test.ts runs in a browser: the sources are imported once the page has seen `globalThis` without them.
import type { AnyOp, CheckRow } from "../../src/check/check.ts";

/** All that is within three steps of `globalThis`, by path: what it, its classes and their prototypes hold. */
function reachable(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const look = (of: object, path: string, more: number) => {
    for (const key of Reflect.ownKeys(of)) {
      const { value, get } = Reflect.getOwnPropertyDescriptor(of, key)!;
      const at = `${path}.${String(key)}`;
      found.set(at, value ?? get);
      if (more > 0 && typeof value === "function") look(value, at, more - 1);
      if (more > 0 && key === "prototype") look(value, at, more - 1);
    }
  };
  look(globalThis, "globalThis", 2);
  return found;
}

async function load() {
  const before = reachable();
  const [core, { cases }, { check, onDevice }, ops] = await Promise.all([
    import("../../src/index.ts"),
    import("../../src/check/cases.ts"),
    import("../../src/check/check.ts"),
    import("../../src/ops/index.ts"),
  ]);
  const operations: { readonly [name: string]: AnyOp } = { ...ops };
  const openDevice = async () => {
    const adapter = (await navigator.gpu.requestAdapter())!;
    return adapter.requestDevice({
      requiredFeatures: core.requiredFeatures(adapter),
      requiredLimits: core.requiredLimits(adapter),
    });
  };
  // Memory is poisoned, so that a read of what nothing has written shows.
  const gpu = core.Gpu.fromDevice(await openDevice(), { poison: true });

  return {
    /** Records all cases as one step, whose kernels compile in parallel, where those of `check` alone would one by one. */
    async compile(): Promise<number> {
      const step = await gpu.step(() => {
        for (const [name, { rows }] of Object.entries(cases)) {
          for (const args of Object.values<unknown[]>(rows)) {
            const y = operations[name]!(...args.map((x) => onDevice(gpu, x)));
            if (y.needsGrad) core.backward(y, gpu.filled(y.shape, 1));
          }
        }
        return {};
      });
      step.dispose();
      return gpu.counters().pipelines;
    },

    check(name: keyof typeof cases, what: string): Promise<CheckRow> {
      const { names, rows } = cases[name];
      const args = (rows as { readonly [what: string]: unknown[] })[what]!;
      return check(gpu, name, what, operations[name]!, names, args);
    },

    /** Bits of a loss and its gradient from each of several runs of one step. */
    async replay(times: number): Promise<number[][]> {
      const r = core.random(1);
      const normal = (n: number) => Float32Array.from({ length: n }, () => r.normal());
      const [x, w] = [gpu.tensor(normal(33 * 70), [33, 70]), gpu.tensor(normal(70 * 10), [70, 10])];
      const label = gpu.tensor(Uint32Array.from({ length: 33 }, () => r.below(10)));
      w.needsGrad = true;
      const step = await gpu.step(() => {
        const loss = core.softmaxLoss(core.matmul(x, w, undefined, {}), label, { gamma: 1 });
        core.backward(loss);
        return { loss, dw: w.grad! };
      });
      const runs: number[][] = [];
      for (let i = 0; i < times; i++) {
        const { loss, dw } = await step.run();
        runs.push([loss, dw].flatMap((values) => [...new Uint32Array(values.slice().buffer)]));
      }
      step.dispose();
      return runs;
    },

    /** Trains a small net on bright squares, one corner for each class. */
    async train(): Promise<{ hash: string; curve: number[] }> {
      const side = 8;
      const labels = Uint32Array.from({ length: 64 }, (_, i) => i % 4);
      const r = core.random(3);
      const pixels = Uint8Array.from({ length: 64 * side ** 2 }, (_, i) => {
        const [row, column] = [Math.floor(i / side) % side, i % side];
        const corner = 2 * Number(row >= side / 2) + Number(column >= side / 2);
        return r.below(100) + (corner === labels[Math.floor(i / side ** 2)] ? 120 : 0);
      });
      const classes = ["0", "1", "2", "3"];
      const data = core.makeDataset({ height: side, width: side, channels: 1, pixels, labels, classes });
      const { curve, parameterHash, model } = await core.train(gpu, data, {
        net: {
          name: "corners",
          height: side,
          width: side,
          channels: 1,
          layers: [
            { kind: "conv", filters: 4, size: 3, stride: 2, pad: 1 },
            { kind: "batchNorm" },
            { kind: "prelu" },
            { kind: "flatten" },
            { kind: "linear", size: 8 },
          ],
        },
        recipe: core.recipes.km({ gamma: 1 }),
        epochs: 6,
        batch: 16,
        rate: 0.05,
        schedule: "linear",
        momentum: 0.9,
        weightDecay: 0,
        mirror: false,
        seed: 1,
      });
      model.dispose();
      return { hash: parameterHash, curve: [...curve] };
    },

    /** What a lost device says: its engine, what waits for it, and what comes after. */
    async lose(): Promise<{ name: string; code: string; message: string }[]> {
      const device = await openDevice();
      const gpu = core.Gpu.fromDevice(device);
      const x = gpu.zeros([4]);
      await gpu.settle();
      const waiting = x.read();
      device.destroy();
      const failure = (work: Promise<unknown>) =>
        work.then(
          () => ({ name: "", code: "", message: "" }),
          ({ name, code, message }) => ({ name, code, message }),
        );
      const told = await Promise.all([
        gpu.lost.then((error) => failure(Promise.reject(error))),
        failure(waiting),
      ]);
      return [...told, await failure((async () => x.read())())];
    },

    /** Paths from `globalThis` that are not as they were before the first import. */
    changes(): string[] {
      const now = reachable();
      return [...new Set([...before.keys(), ...now.keys()])].filter(
        (path) => !Object.is(before.get(path), now.get(path)),
      );
    },
  };
}

/** What the page offers. */
export type Page = Awaited<ReturnType<typeof load>>;

declare global {
  var page: Promise<Page>;
}
globalThis.page = Promise.resolve().then(load);
