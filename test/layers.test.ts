import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

// Each row imports only from itself and the rows above.
const rows = [
  /^(error|kernels\.gen|reference|expression|random)\.ts$/,
  /^(memory|tensor|half|gpu|kernel|limits|pool|plan|profile|program|step|bind|sender)\.ts$/,
  /^op\.ts$/,
  /^(ops\/.*|tiles)\.ts$/,
  /^(optim|flat|tune|safetensors|face\/.*|check\/.*)\.ts$/,
  /^(index|encode|node\/.*|tfjs\/.*|onnx\/.*)\.ts$/,
];
const rowOf = (file: string): number => rows.findIndex((row) => row.test(file));

/** What a module names after `from` or `import`. */
const imports = (text: string): string[] =>
  [...text.matchAll(/(?:\bfrom|\bimport)\b\s*\(?\s*["']([^"'\s]+)["']/g)].map(([, name]) => name);

/** What is wrong with the imports of a file of src/. */
function problems(file: string, text: string): string[] {
  if (rowOf(file) < 0) return [`${file} is in no row; add it to one`];
  return imports(text).flatMap((name) => {
    if (!name.startsWith("."))
      return /^(node|tfjs|onnx)\//.test(file) ? [] : [`${file} imports ${name}, which is not its own`];
    const target = path.posix.join(path.posix.dirname(file), name);
    if (target.startsWith("../")) return [`${file} imports ${name} from outside src/`];
    if (rowOf(target) < 0) return [`${file} imports ${target}, which is in no row`];
    return rowOf(target) > rowOf(file)
      ? [`${file} (row ${rowOf(file) + 1}) imports ${target} (row ${rowOf(target) + 1})`]
      : [];
  });
}

const src = new URL("../src/", import.meta.url);
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll(path.sep, "/"))
  .filter((file) => file.endsWith(".ts"));
const textOf = (file: string): string => readFileSync(new URL(file, src), "utf8");

test.each(files)("%s imports only what its row may", (file) => {
  expect(problems(file, textOf(file))).toEqual([]);
});

test("only src/node knows Node and its globals", () => {
  const known = files.filter(
    (file) =>
      !file.startsWith("node/") &&
      /\b(process|Buffer|globalThis|document)\s*[.[]|\brequire\(/.test(textOf(file)),
  );
  expect(known).toEqual([]);
});

describe("the rules above find what is wrong", () => {
  test.each([
    ["op.ts", `import { relu } from "./ops/index.ts";`, "op.ts (row 3) imports ops/index.ts (row 4)"],
    ["tensor.ts", `import type { Op } from "./op.ts";`, "tensor.ts (row 2) imports op.ts (row 3)"],
    ["ops/a.ts", `export * from "../face/model.ts";`, "ops/a.ts (row 4) imports face/model.ts (row 5)"],
    [
      "face/a.ts",
      `const { x } = await import("../node/files.ts");`,
      "face/a.ts (row 5) imports node/files.ts (row 6)",
    ],
    ["face/a.ts", `import fs from "node:fs";`, "face/a.ts imports node:fs, which is not its own"],
    ["index.ts", `import "webgpu";`, "index.ts imports webgpu, which is not its own"],
    ["node/a.ts", `import { generate } from "../../kernels/generate.ts";`, "from outside src/"],
    ["other.ts", "", "other.ts is in no row; add it to one"],
  ])("%s: %s", (file, text, problem) => {
    expect(problems(file, text).join()).toContain(problem);
  });

  test("and leave the rest alone", () => {
    expect(problems("ops/a.ts", `import {\n  type Nd,\n  nd,\n} from "../reference.ts";`)).toEqual([]);
    expect(problems("node/a.ts", `import fs from "node:fs";\nimport { png } from "pngjs";`)).toEqual([]);
  });
});
