// How the library behaves in a program of somebody else's: it is silent, lets the process end, and works in threads.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { scratch } from "./scratch.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { at, put } = scratch();

const url = (file: string): string => JSON.stringify(new URL(`../src/${file}`, import.meta.url).href);
/** Runs a file as a process of its own, which is ended after a minute. */
const run = (file: string) => {
  const how = { cwd: root, encoding: "utf8", timeout: 60_000 } as const;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", file], how);
  // Dawn's own words on lavapipe, which nothing of ours can keep back.
  const ours = stderr.replace(/^Warning: max\w+ artificially reduced .*\n/gm, "");
  return { status, signal, stdout, stderr: ours };
};

test("importing, training and reading print nothing, and the process ends by itself with the device open", () => {
  const file = put(
    "train.mjs",
    `import { backward, flat, labels, matmul, sgd, softmaxLoss } from ${url("index.ts")};
    import { openGpu } from ${url("node/index.ts")};
    import ${url("check/index.ts")};
    import ${url("kernels.gen.ts")};
    const { gpu } = await openGpu();
    const parameters = flat(gpu, { w: [8, 5] });
    const { w } = parameters.tensors;
    w.needsGrad = true;
    const optimizer = sgd(parameters, { rate: 0.1 });
    const x = gpu.tensor(Float32Array.from({ length: 128 }, (_, i) => Math.cos(i)), [16, 8]);
    const label = labels(gpu, Array.from({ length: 16 }, (_, i) => i % 5), 5);
    const step = await gpu.step(() => {
      const loss = softmaxLoss(matmul(x, w, undefined, {}), label, { gamma: 1 });
      backward(loss);
      optimizer.update();
      return { loss };
    });
    const [first, second] = [(await step.run()).loss[0], (await step.run()).loss[0]];
    process.exitCode = second < first ? 42 : 1;`,
  );
  expect(run(file)).toEqual({ status: 42, signal: null, stdout: "", stderr: "" });
});

test("of all that the entries load, only openGpu, of a broken table, and announce print", async () => {
  const { entryPoints } = (await import(new URL("../.typedoc.mjs", import.meta.url).href)).default;
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, name] of text.matchAll(/\b(?:from|import)\b\s*\(?\s*"(\.[^"]*)"/g))
      load(join(dirname(file), name!));
  };
  for (const file of entryPoints) load(join(root, file));
  const prints = (file: string): boolean =>
    /\bconsole\.\w|\bprocess\.std(out|err)\b/.test(readFileSync(file, "utf8"));
  expect(loaded.size).toBeGreaterThan(80);
  expect(
    [...loaded]
      .filter(prints)
      .map((file) => relative(root, file))
      .sort(),
  ).toEqual(["src/node/adapter.ts", "src/node/gpu.ts"]);
});

test("the README's worker thread trains on what it is sent", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, section] = readme.match(/### In a worker thread\n([\s\S]*?)\n##/)!;
  const [main, worker] = [...section!.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code!);
  put(
    "worker.mjs",
    worker!.replace('"knotgrad"', url("index.ts")).replace('"knotgrad/node"', url("node/index.ts")),
  );
  // Node 20 does not hand the loader of TypeScript on to its threads.
  put(
    "start.mjs",
    `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))};
    register();
    await import("./worker.mjs");`,
  );
  put("main.mjs", `${main!.replace('"worker.js"', '"start.mjs"')}\nconsole.log(loss);`);
  const { status, stdout, stderr } = run(at("main.mjs"));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  // Untrained weights: p = 1 / 10, and KM with gamma 1.
  expect(Number(stdout)).toBeCloseTo(Math.log(10) / 1.21, 4);
});
