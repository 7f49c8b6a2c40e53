// Worker threads: the same bits as without them, and no thread is left whatever goes wrong.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Worker as Thread } from "node:worker_threads";
import { parseArgs } from "citty";
import { PNG } from "pngjs";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { batchSource, drawBatches, fillHere } from "../src/face/batches.ts";
import { type Dataset, makeDataset } from "../src/face/dataset.ts";
import { recipes } from "../src/face/recipes/index.ts";
import { type TrainOptions, train } from "../src/face/train.ts";
import { loadFiles } from "../src/node/files.ts";
import { openGpu } from "../src/node/gpu.ts";
import { trainingArgs, trainOptions, workersOf } from "../src/node/options.ts";
import { fillInWorker, openWorker } from "../src/node/workers.ts";
import { random } from "../src/random.ts";

/** Every thread that was started, and a file that they run in place of worker.ts. */
const threads = vi.hoisted(() => ({ started: [] as Thread[], entry: undefined as URL | undefined }));
vi.mock("node:worker_threads", async (original) => {
  const real = await original<typeof import("node:worker_threads")>();
  class Worker extends real.Worker {
    constructor(entry: URL, options: object) {
      super(threads.entry ?? entry, options);
      threads.started.push(this);
    }
  }
  return { ...real, Worker };
});

const root = mkdtempSync(join(tmpdir(), "knotgrad-workers-"));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => {
  // A thread that has ended has the id -1.
  expect(threads.started.map(({ threadId }) => threadId)).toEqual(threads.started.map(() => -1));
  threads.started.length = 0;
  threads.entry = undefined;
});

/** Threads run this instead: it opens, and then ends in the way that a task's path names. */
function actor(opening = ""): URL {
  const file = join(root, `actor-${opening.length}.mjs`);
  writeFileSync(
    file,
    `import { parentPort } from "node:worker_threads";
    ${opening}
    parentPort.postMessage({});
    parentPort.on("message", (task) => {
      if (/exit/.test(task)) process.exit(3);
      if (/throw/.test(task)) return setImmediate(() => { throw new Error("from nowhere"); });
      parentPort.postMessage({ result: new Uint8Array(6).fill(7) });
    });`,
  );
  return pathToFileURL(file);
}

function put(name: string, bytes: Uint8Array | string): string {
  const file = join(root, name);
  writeFileSync(file, bytes);
  return file;
}
const pgm = (height: number, width: number, seed: number): Buffer => {
  const r = random(seed);
  const pixels = Buffer.from(Uint8Array.from({ length: height * width }, () => r.below(256)));
  return Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), pixels]);
};
const png = (side: number): Buffer => {
  const r = random(side);
  const image = new PNG({ height: side, width: side });
  image.data.set(Uint8Array.from(image.data, () => r.below(256)));
  return PNG.sync.write(image);
};

describe("loadFiles", () => {
  const size = { height: 2, width: 3, channels: 1, cache: false } as const;

  test("gives the same with 0, 1 and 4 workers, the skipped included", async () => {
    // The first take longest, so that with workers later ones are done before them.
    const paths = [
      put("cut.png", png(300).subarray(0, -99)),
      join(root, "missing.pgm"),
      root,
      ...Array.from({ length: 28 }, (_, i) =>
        i % 7 === 3 ? put(`${i}.jpg`, "broken") : put(`${i}.png`, i < 4 ? png(300) : pgm(5 + i, 4, i)),
      ),
    ];
    const none = await loadFiles(paths, { ...size, workers: 0 });
    expect(threads.started).toHaveLength(0);
    expect(none.files).toHaveLength(24);
    expect(none.skipped.map(({ file }) => paths.indexOf(file))).toEqual([0, 1, 2, 6, 13, 20, 27]);
    expect(await loadFiles(paths, { ...size, workers: 1 })).toEqual(none);
    expect(threads.started).toHaveLength(1);
    const told: number[] = [];
    const four = await loadFiles(paths, { ...size, workers: 4, onProgress: (done) => told.push(done) });
    expect(threads.started).toHaveLength(5);
    expect(four).toEqual(none);
    expect(told).toEqual(paths.map((_, i) => i + 1));
    const colour = { ...size, channels: 3 } as const;
    expect(await loadFiles(paths.slice(4, 9), { ...colour, workers: 2 })).toEqual(
      await loadFiles(paths.slice(4, 9), { ...colour, workers: 0 }),
    );
  });
  test("a file that ends its thread is skipped, and the others are read", async () => {
    threads.entry = actor();
    const paths = ["a", "exit-1", "b", "c", "throw", "d", "exit-2"].map((name) => put(name, "x"));
    const seen = await loadFiles(paths, { ...size, workers: 2 });
    expect(seen.files).toEqual([paths[0], paths[2], paths[3], paths[5]]);
    expect(seen.pixels).toEqual(new Uint8Array(24).fill(7));
    const why = (cause: string) => `the worker thread ended (${cause}) but is needed; use 0 workers`;
    expect(seen.skipped).toEqual([
      { file: paths[1], why: why("exit code 3") },
      { file: paths[4], why: why("from nowhere") },
      { file: paths[6], why: why("exit code 3") },
    ]);
  });
  test("what ended a thread is not remembered", async () => {
    vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
    const paths = [put("exit-a.pgm", pgm(2, 3, 1)), put("b.pgm", pgm(2, 3, 2))];
    threads.entry = actor();
    expect((await loadFiles(paths, { ...size, cache: true, workers: 1 })).skipped).toHaveLength(1);
    expect((await loadFiles(paths, { ...size, cache: true, workers: 0 })).skipped).toEqual([]);
    vi.unstubAllEnvs();
  });
  test("a thread that cannot start rejects with a sentence, or this thread reads where no number was given", async () => {
    threads.entry = actor(`throw new Error("no such module");`);
    const one = put("one.pgm", pgm(2, 3, 1));
    await expect(loadFiles([one, one, one], { ...size, workers: 3 })).rejects.toThrow(
      "readImages: the worker thread ended (no such module) but is needed; use 0 workers",
    );
    const many = Array.from({ length: 200 }, () => one);
    expect((await loadFiles(many, size)).files).toHaveLength(200);
    expect(threads.started).toHaveLength(
      3 + (availableParallelism() > 1 ? Math.min(availableParallelism(), 8) : 0),
    );
  });
  test("few images start no thread", async () => {
    const one = put("one.pgm", pgm(2, 3, 1));
    await loadFiles(
      Array.from({ length: 199 }, () => one),
      size,
    );
    expect(threads.started).toHaveLength(0);
  });
  test("an error of the caller's ends the threads and is told once", async () => {
    const paths = Array.from({ length: 8 }, (_, i) => put(`e${i}.png`, png(200)));
    let calls = 0;
    const onProgress = (): void => {
      calls += 1;
      throw new Error("enough");
    };
    await expect(loadFiles(paths, { ...size, workers: 2, onProgress })).rejects.toThrow("enough");
    expect(calls).toBe(1);
    expect(threads.started).toHaveLength(2);
  });
  test.each([-1, 1.5, Number.NaN])("%d workers are refused", async (workers) => {
    await expect(loadFiles([], { ...size, workers })).rejects.toThrow(
      `loadFiles: workers is ${workers} but must be a whole number from 0 up`,
    );
  });
});

test("a thread that is not ended lets the process end, and not before its task is done", async () => {
  const url = (file: string) => JSON.stringify(new URL(`../src/${file}`, import.meta.url).href);
  const script = put(
    "leave.mjs",
    `import { openWorker } from ${url("node/workers.ts")};
    const worker = openWorker("readImages", { height: 1, width: 1, channels: 1 });
    console.log((await worker.ask(${JSON.stringify(put("1.pgm", "P2 1 1 255 42"))}))[0]);`,
  );
  const tsx = import.meta.resolve("tsx");
  const stdout = await new Promise((resolve, reject) => {
    execFile(process.execPath, ["--import", tsx, script], { timeout: 30_000 }, (error, out) =>
      error ? reject(error) : resolve(out),
    );
  });
  expect(stdout).toBe("42\n");
});

test("--workers is a whole number, and above 0 has batches filled in a thread", () => {
  const of = (...args: string[]) => {
    const values = parseArgs<typeof trainingArgs>(args, trainingArgs);
    return [workersOf(values), trainOptions(values, { epochs: 1, mirror: true }).filler];
  };
  expect(of()).toEqual([undefined, undefined]);
  expect(of("--workers", "0")).toEqual([0, undefined]);
  expect(of("--workers", "3")).toEqual([3, fillInWorker]);
  expect(() => of("--workers", "-1")).toThrow("--workers: -1 is given but must be a whole number from 0 up");
});

test("an ended worker takes no task", async () => {
  const worker = openWorker("readImages", { height: 1, width: 1, channels: 1 });
  const asked = worker.ask("nothing");
  await worker.end();
  await expect(asked).rejects.toThrow("readImages: the worker thread ended (it was told to)");
  await expect(worker.ask("nothing")).rejects.toThrow("readImages: the worker thread ended (it was told to)");
  expect(worker.ended).toBe(true);
});

const { gpu } = await openGpu({ poison: true });

describe("batches", () => {
  /** Images with a bright bar whose place tells the class, and noise. */
  function bars(N: number): Dataset {
    const r = random(1);
    const labels = Uint32Array.from({ length: N }, (_, i) => i % 3);
    const pixels = Uint8Array.from({ length: N * 784 }, (_, i) => {
      const inBar = Math.abs((i % 28) - 5 - 8 * labels[Math.floor(i / 784)]!) < 3;
      return 40 * r.next() + (inBar ? 180 : 0);
    });
    return makeDataset({ height: 28, width: 28, channels: 1, pixels, labels, classes: ["a", "b", "c"] });
  }
  const data = bars(60);
  const draw = { epochs: 2, batch: 16, mirror: true, shift: 2, seed: 5 };

  test("filled in a worker are the same, in the same order, and end", async () => {
    const here = batchSource(data, drawBatches(data.labels, draw), fillHere(data));
    const there = batchSource(data, drawBatches(data.labels, draw), fillInWorker(data));
    for (let k = 0; k < 6; k++) {
      const [a, b] = [await here.next(), await there.next()];
      expect(Buffer.from(b.pixels.buffer).equals(Buffer.from(a.pixels.buffer))).toBe(true);
      expect(b.labels).toEqual(a.labels);
    }
    for (const source of [here, there]) {
      await expect(source.next()).rejects.toThrow("next: no batch is left but one is asked for");
      await source.dispose();
    }
  });
  test("a broken draw rejects when its turn comes", async () => {
    const draws = [[0, 1], [60], [2]].map((indices) => ({ indices: Uint32Array.from(indices) }));
    const source = batchSource(data, draws.values(), fillInWorker(data));
    expect((await source.next()).labels).toEqual(Uint32Array.of(0, 1));
    await expect(source.next()).rejects.toThrow("fillBatch: image 60 is given");
    await source.dispose();
  });

  const options: TrainOptions = {
    ...draw,
    // So small that compiling it takes no time.
    net: {
      ...{ name: "bars", height: 28, width: 28, channels: 1 },
      layers: [{ kind: "flatten" }, { kind: "linear", size: 8 }, { kind: "batchNorm" }],
    },
    recipe: recipes.km(),
    rate: 0.05,
    schedule: "linear",
    momentum: 0.9,
    weightDecay: 5e-4,
  };
  test("training gives the same parameters with batches of a worker", async () => {
    const hashes: string[] = [];
    for (const filler of [fillHere, fillInWorker]) {
      const { model, parameterHash } = await train(gpu, data, { ...options, filler });
      hashes.push(parameterHash);
      model.dispose();
    }
    expect(hashes[1]).toBe(hashes[0]);
  });
  test("training ends with a sentence when the worker does, and ends the worker when training fails", async () => {
    const ended = train(gpu, data, {
      ...options,
      filler: (dataset) => {
        const filler = fillInWorker(dataset);
        let tasks = 0;
        const ask: typeof filler.ask = (task) => {
          tasks += 1;
          if (tasks === 4) void threads.started.at(-1)!.terminate();
          return filler.ask(task);
        };
        return { ...filler, ask };
      },
    });
    await expect(ended).rejects.toThrow(
      /^fillBatches: the worker thread ended \(exit code 1\) but is needed; use 0 workers$/,
    );
    await expect(train(gpu, data, { ...options, rate: 1e30, filler: fillInWorker })).rejects.toThrow(
      "lower the learning rate",
    );
    expect(threads.started).toHaveLength(2);
  });
});
