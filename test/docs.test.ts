// Docstrings say what they must, their examples hold, and `npm run docs` makes pages of them.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { type Exempt, shortcomings } from "./docs_rules.ts";
import { scratch } from "./scratch.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { exports, scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const settings = (await import(new URL("../.typedoc.mjs", import.meta.url).href)).default;
const entries: string[] = settings.entryPoints.map((file: string) => join(root, file));
const { put } = scratch();

const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
const program = ts.createProgram(entries, options);

const exempt: Exempt = {
  plain: [
    ...["add", "avgPool", "biasAdd", "cast", "conv2d", "globalAvgPool", "l2Normalize", "matmul", "maxPool"],
    ...["relu", "rowNorms", "scale", "warpImages"],
  ],
  written: ["Objective", "Recipe", "Stage"],
};

test("every export says what it gives, its shapes, what it throws and where it comes from", () => {
  expect(shortcomings(program, entries, exempt)).toEqual([]);
});

test("every entry of the package is looked at", () => {
  const names = Object.keys(exports).filter((name) => !/\.(json|wgsl)$/.test(name));
  expect(names.length).toBeGreaterThan(2);
  expect(entries).toHaveLength(names.length);
  for (const file of entries) expect(program.getSourceFile(file)).toBeDefined();
});

describe("the rules find what is missing", () => {
  const found = (text: string): string[] => {
    const file = "/module.ts";
    const host = ts.createCompilerHost({});
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023);
    const seen = { ...host, getSourceFile: (name: string) => (name === file ? source : undefined) };
    const small = ts.createProgram([file], { noLib: true, types: [] }, seen);
    return shortcomings(small, [file], exempt);
  };
  const types = `/** Memory. */ export interface Tensor {
      /** Sizes. */
      readonly shape: string;
    }
    declare class KnotgradError { constructor(code: string, message: string) }
    declare function op<F>(given: { run: F }): F;
    function refuse(n: number) { if (n < 0) throw new KnotgradError("value", "f: n is below 0"); }`;

  test.each([
    ["export const f = 1;", "f has no docstring"],
    ["/** It. */ export interface I { a: number }", "I.a has no docstring"],
    ["/** It. */ export type I = { a: number }", "I.a has no docstring"],
    ["/** It. */ export class C { m() {} private n() {} }", "C.m has no docstring"],
    [
      "/** It. */ export interface I {\n/** A. */ a?: number }",
      "I.a is optional and does not say what holds without it",
    ],
    [
      "/** Throws where it must. */ export function f() {}",
      "f says that it throws, which nothing in it does",
    ],
    [
      `/** It. */ export function f() { throw new KnotgradError("state", "f: no"); }`,
      "f throws (f) and does not say so",
    ],
    [
      "/** It. */ export const f = (n: number) => { g(n); }; const g = refuse;",
      "f throws (f > g > refuse) and does not say so",
    ],
    [
      "/** It. */ export interface I {\n/** M. */ m(): void }\nfunction make(): I { return { m: () => refuse(1) }; }",
      "I.m throws (m > refuse) and does not say so",
    ],
    [
      "/** It. */ export interface I {\n/** M. */ m(): void }\nfunction make(): I { const m = () => refuse(1); return { m }; }",
      "I.m throws (m > refuse) and does not say so",
    ],
    ["/** It. */ export function f(x: Tensor) {}", "f is of Tensor and says no shape"],
    [
      "/** It. Source: a book. */ export const f = op({ run: (x: Tensor) => x });",
      "f is of Tensor and says no shape",
    ],
    ["/** It: x (N) -> (N). */ export const f = op({ run: (x: Tensor) => x });", "f names no source"],
  ])("%s", (text, problem) => {
    expect(found(`${types}\n${text}`)).toEqual([problem]);
  });

  test("and leave the rest alone", () => {
    const text = `/** It: x (N, D) -> (N). Throws where n is below 0. */ export function f(x: Tensor, n: number) { refuse(n); }
      /** What calls what says so itself. */ export function g(n: number) { f(null!, n); }
      /** It. */ export interface I {
        /** A; 1 unless told. */ a?: number;
        /** Told. */ told?: () => void }
      /** It: x of any shape. */ export const relu = op({ run: (x: Tensor) => x });
      function hidden() { refuse(1); }`;
    expect(found(`${types}\n${text}`)).toEqual([]);
  });
});

describe("examples", () => {
  /** What sources give as examples, by file and line. */
  const examples = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(join(root, "src")))
    .flatMap(({ fileName, text }) =>
      [...text.matchAll(/@example\n *\* ```ts\n([\s\S]*?)\n *\* ```/g)].map(({ 1: code, index }) => ({
        where: `${fileName.slice(root.length)}:${text.slice(0, index).split("\n").length}`,
        code: code.replace(/^ *\* ?/gm, ""),
      })),
    );

  /** Imports of the exports that a text names; where entries share a name, from the first. */
  function imports(text: string): string[] {
    const checker = program.getTypeChecker();
    const found = new Map<string, string>();
    for (const file of entries) {
      for (const symbol of checker.getExportsOfModule(
        checker.getSymbolAtLocation(program.getSourceFile(file)!)!,
      )) {
        const { name } = symbol;
        if (found.has(name) || !new RegExp(`\\b${name}\\b`).test(text)) continue;
        const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        const what = flags & ts.SymbolFlags.Value ? name : `type ${name}`;
        found.set(name, `import { ${what} } from ${JSON.stringify(file)};`);
      }
    }
    return [...found.values()];
  }

  /** A module that runs each in a block of its own, with a `gpu` at hand, and tells where `value; // => wanted` is not so. */
  function moduleOf(parts: typeof examples): string {
    const blocks = parts.map(({ where, code }) => {
      const compared = code.replace(
        /^(.*); \/\/ => (.*)$/gm,
        (_, value: string, wanted: string) => `compare(${JSON.stringify(where)}, ${value}, ${wanted});`,
      );
      return `{\n${compared}\n}\n`;
    });
    const body = `const { gpu } = await openGpu();
      const plain = (x: unknown): unknown => (ArrayBuffer.isView(x) ? [...(x as Float32Array)] : x);
      const near = (a: unknown, b: unknown): boolean =>
        Array.isArray(a) && Array.isArray(b)
          ? a.length === b.length && a.every((x, i) => near(x, b[i]))
          : typeof a === "number" && typeof b === "number"
            ? Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b))
            : a === b;
      const problems: string[] = [];
      const compare = (where: string, value: unknown, wanted: unknown): void => {
        if (!near(plain(value), plain(wanted))) problems.push(\`\${where} gives \${plain(value)} but says \${wanted}\`);
      };
      ${blocks.join("")}
      console.log(JSON.stringify(problems));`;
    return `${imports(body).join("\n")}\n${body}`;
  }

  test("there is one for each of the main functions", () => {
    const main = [
      "Gpu",
      "op",
      "backward",
      "matmul",
      "conv2d",
      "softmaxLoss",
      "classifierLoss",
      "centerLoss",
      "margin",
    ];
    const all = examples.map(({ code }) => code).join("\n");
    for (const name of [
      ...main,
      "tripletLoss",
      "createModel",
      "train",
      "verify",
      "sgd",
      "flat",
      "wrap",
      "step",
    ]) {
      expect(all).toMatch(new RegExp(`\\b${name}[(.]`));
    }
  });

  test("have the right types", () => {
    const file = put("examples.mts", moduleOf(examples));
    const typeRoots = [join(root, "node_modules/@types"), join(root, "node_modules")];
    const checked = ts.createProgram([file], { ...options, noUnusedLocals: false, typeRoots });
    const told = ts.getPreEmitDiagnostics(checked, checked.getSourceFile(file));
    expect(told.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  });

  test("give what they say", () => {
    const wrong = { where: "src/none.ts:1", code: "[1, 2]; // => [1, 3]" };
    const file = put("examples.mts", moduleOf([...examples, wrong]));
    const out = execFileSync(process.execPath, ["--import", "tsx", file], { cwd: root, encoding: "utf8" });
    expect(JSON.parse(out)).toEqual(["src/none.ts:1 gives 1,2 but says 1,3"]);
  });
});

test("npm run docs has nothing to warn of", () => {
  expect(scripts.docs).toBe("typedoc --options .typedoc.mjs");
  const [typedoc, told] = [
    join(root, "node_modules/.bin/typedoc"),
    ["--options", ".typedoc.mjs", "--emit", "none"],
  ];
  expect(spawnSync(typedoc, told, { cwd: root, encoding: "utf8" })).toMatchObject({
    status: 0,
    stdout: "",
    stderr: "",
  });
}, 120_000);
