// What the README says is so: its example runs, its kernels and commands exist.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url);
const readme = readFileSync(new URL("README.md", root), "utf8");
const { scripts, exports } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

/** The example that holds a piece of text. */
function exampleWith(text: string): string {
  const found = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].filter(([, example]) =>
    example!.includes(text),
  );
  expect(found).toHaveLength(1);
  return found[0]![1]!;
}

/** What a program prints that imports the package's entries, from their sources. */
function outputOf(program: string): string {
  const text = program.replace(/"knotgrad(\/\w+)?"/g, (_, entry = "") =>
    JSON.stringify(new URL(exports[`.${entry}`]["knotgrad-source"], root).href),
  );
  const folder = mkdtempSync(join(tmpdir(), "knotgrad-readme-"));
  try {
    const file = join(folder, "example.mts");
    writeFileSync(file, text);
    return execFileSync(process.execPath, ["--import", "tsx", file], { cwd: root, encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("the example runs and gives the loss of untrained weights", () => {
  const example = exampleWith("parameters.tensors;");
  const out = outputOf(`${example}\nconsole.log(JSON.stringify(loss.reduce((a, b) => a + b)));\n`);
  // Zero weights: p = 1 / 10, and KM with gamma 1 divides log(10) by (1 + 1 / 10)^2.
  expect(JSON.parse(out)).toBeCloseTo(Math.log(10) / 1.21, 4);
});

test("the example of a recipe trains", () => {
  const out = outputOf(
    `import { makeDataset, train } from "knotgrad";
      import { openGpu } from "knotgrad/node";
      ${exampleWith("kmCosface")}
      const layers = [{ kind: "flatten" }, { kind: "linear", size: 4 }, { kind: "batchNorm" }] as const;
      const net = { name: "tiny", height: 2, width: 2, channels: 1, layers };
      const labels = Uint32Array.from({ length: 64 }, (_, i) => i % 4);
      const pixels = Uint8Array.from({ length: 256 }, (_, i) => (i % 4 === Math.floor(i / 4) % 4 ? 200 : i % 50));
      const data = makeDataset({ height: 2, width: 2, channels: 1, pixels, labels, classes: ["a", "b", "c", "d"] });
      const how = { epochs: 8, batch: 16, rate: 0.05, schedule: "linear", momentum: 0.9, weightDecay: 0, mirror: false, seed: 1 } as const;
      const { gpu } = await openGpu();
      const { curve } = await train(gpu, data, { net, recipe: kmCosface, ...how });
      console.log([...curve].join(" "));
      process.exit();`,
  );
  const curve = out.trim().split(" ").map(Number);
  expect(curve).toHaveLength(32);
  expect(curve.at(-1)!).toBeLessThan(0.2 * curve[0]!);
});

test.each([
  ["the engine", "Gpu.fromDevice(device);", "gradient", 1],
  ["encode", "encodeKernel(", "scaled", 2],
])(
  "the example of %s in another WebGPU program runs and leaves submitting to it",
  (_, part, result, factor) => {
    const out = outputOf(
      `import { openDevice } from "knotgrad/node";
      const { device } = await openDevice();
      const [N, C] = [4, 10];
      const usage = 0x80 | 0x40 | 0x4 | 0x8;
      const make = (size: number) => device.createBuffer({ size, usage });
      const buffers = { logits: make(4 * N * C), label: make(4 * N), gradient: make(4 * N * C), scaled: make(4 * N * C), loss: make(4) };
      const encoder = device.createCommandEncoder();
      let submits = 0;
      const submit = device.queue.submit.bind(device.queue);
      device.queue.submit = (list) => { submits++; return submit(list); };
      ${exampleWith(part)}
      const back = device.createBuffer({ size: 4 * N * C, usage: 0x1 | 0x8 });
      encoder.copyBufferToBuffer(buffers.${result}, 0, back, 0, 4 * N * C);
      console.log(submits);
      submit([encoder.finish()]);
      await back.mapAsync(0x1);
      console.log([...new Float32Array(back.getMappedRange()).subarray(0, 2)].join(" "));
      process.exit();`,
    );
    const [submits, own, other] = out.trim().split(/\s/).map(Number);
    // Equal logits: p = 1 / 10, the label is class 0, and the mean is over 4 rows.
    const c = 1.1 ** -2 * (1 + (2 * 0.1 * Math.log(10)) / 1.1);
    expect(submits).toBe(0);
    expect(own).toBeCloseTo((factor * -0.9 * c) / 4, 6);
    expect(other).toBeCloseTo((factor * 0.1 * c) / 4, 6);
  },
);

test("every kernel file is in the table, and nothing else is", () => {
  const [, section] = readme.match(/\| kernels \| what they compute \|\n([\s\S]*?)\n\n/)!;
  const named = section
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => {
      const [, cell] = line.split("|");
      const names = [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
      return cell.includes("their `_dx`")
        ? names.filter((name) => name !== "_dx").flatMap((name) => [name, `${name}_dx`])
        : names;
    });
  const files = readdirSync(new URL("kernels/", root)).filter((file) => file.endsWith(".wgsl"));
  expect(named.sort()).toEqual(files.map((file) => file.replace(".wgsl", "")).sort());
});

test("the commands are scripts of the package", () => {
  for (const [, name] of readme.matchAll(/npm run (?:-s )?([\w:]+)/g)) expect(scripts).toHaveProperty(name);
  expect(scripts).toHaveProperty("start");
  expect(scripts).toHaveProperty("test");
});

test("the table of recipes is that of the runs in bench/results/table", () => {
  const folder = new URL("bench/results/table/", root);
  const { tables } = JSON.parse(readFileSync(new URL("table.json", folder), "utf8"));
  const rows: { test: string; name: string; measure: string; mean: number }[] = tables.flatMap(
    ({ rows }: { rows: unknown[] }) => rows,
  );
  const [, text] = readme.match(/<!-- recipes -->\n\n([\s\S]*?)\n\n<!-- recipes end -->/)!;
  const [heading, , ...lines] = text.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(lines.length).toBeGreaterThan(3);
  for (const [name, ...cells] of lines) {
    for (const [c, cell] of cells.entries()) {
      const test = heading[c + 1] === "LFW rank-1" ? "LFW closed set" : heading[c + 1];
      const row = rows.find((row) => row.test === test && row.name === name);
      expect([name, test, cell]).toEqual([name, test, row ? (100 * row.mean).toFixed(2) : "-"]);
    }
  }
});
