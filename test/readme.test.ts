// What the README says is so: its example runs, its kernels and commands exist.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url);
const readme = readFileSync(new URL("README.md", root), "utf8");
const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

test("the example runs and gives the loss of untrained weights", () => {
  const [, example] = readme.match(/```ts\n([\s\S]*?)```/)!;
  const folder = mkdtempSync(join(tmpdir(), "knotgrad-readme-"));
  try {
    const text = example
      .replace('"knotgrad"', JSON.stringify(new URL("src/index.ts", root).href))
      .replace('"knotgrad/node"', JSON.stringify(new URL("src/node/index.ts", root).href));
    const file = join(folder, "example.mts");
    writeFileSync(file, `${text}\nconsole.log(JSON.stringify(loss.reduce((a, b) => a + b)));\n`);
    const out = execFileSync(process.execPath, ["--import", "tsx", file], { cwd: root, encoding: "utf8" });
    // Zero weights: p = 1 / 10, and KM with gamma 1 divides log(10) by (1 + 1 / 10)^2.
    expect(JSON.parse(out)).toBeCloseTo(Math.log(10) / 1.21, 4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

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
