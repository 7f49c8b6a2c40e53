// Writes src/kernels.gen.ts: each kernels/*.wgsl as a string, beside what its declarations say.
//
// A kernel file is plain WGSL in a strict form, so that the file is the whole declaration:
//
//   // name: what it computes.                                    line 1; then formula, work division, traffic
//   // uses lib/reduce.wgsl                                       helper text, appended so that line numbers stay
//   // uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl                two kernels: name, and name_subgroup with the second;
//                                                                 four where two lines offer two each
//   enable subgroups;                                             a device feature that it needs (moved to line 1), or f16
//   override N: u32;                                              a size: filled from the shapes, or given
//   override WG: u32 = 64u;                // why                 a knob with its default
//   override HAS_BIAS: bool = false;                              set by launch: is `bias` given?
//   override HALF = N / 2u;                                       of others, not a declaration
//   @group(0) @binding(0) var<storage, read> x: array<f32>;       // (N, C) input
//   @group(0) @binding(1) var<storage, read> bias: array<f32>;    // (C) optional
//   @group(0) @binding(2) var<storage, read_write> y: array<f32>; // (N, C) output, written whole; array<E> with an alias E = f32, or vec4<E>
//   @group(0) @binding(3) var<storage, read_write> w: array<f32>; // (C) updated in place
//   @group(0) @binding(4) var<uniform> gamma: f32;                // a number that may change between runs
//   @compute @workgroup_size(WG)           // grid (N*C/WG)       workgroups; / rounds up (a line of its own will do)
//
// Shape and grid entries are expressions over sizes and knobs: + - * / and brackets, / rounding up.
// Anything else that looks like a declaration stops the generator with file and line.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL("./", import.meta.url);
const target = new URL("../src/kernels.gen.ts", here);

const BUFFER =
  /^@group\(0\) @binding\((\d+)\)\s+var<storage, (read|read_write)>\s+(\w+):\s+array<(\w+)>;\s*\/\/ \(([^)]*)\)(.*)$/;
const SCALAR = /^@group\(0\) @binding\((\d+)\)\s+var<uniform>\s+(\w+):\s+(f32|u32);\s*\/\/ (.*)$/;
/** An override that follows from others, which nobody gives. */
const DERIVED = /^override \w+ = .*;/;
const OVERRIDE = /^override (\w+): (u32|f32|bool)(?: = ([\w.]+?)u?)?;\s*(?:\/\/ (.*))?$/;
const GRID = /^(?:@compute @workgroup_size\(.*\)\s*)?\/\/ grid \((.*)\)$/;
const ENTRY = /^@compute @workgroup_size\(/;
const DECLARATION = /^(@group|override|@compute|@binding)/;

/** What a buffer may hold. */
const TYPES = ["f32", "u32", "vec4f", "f16", "vec4h"];
/** The limits every WebGPU device has; a kernel within them runs everywhere. */
const MOST_STORAGE_BUFFERS = 8;

const read = (path: string): string => readFileSync(new URL(path, here), "utf8");

/**
 * The kernels of one file, as TypeScript: one for each helper that a `uses a | b` line offers. `file` is its name without
 * .wgsl, `own` its text. Throws with file and line where it cannot be read.
 */
export function kernelsOf(file: string, own: string): string[] {
  const uses = [...own.matchAll(/^\/\/ uses (.+)$/gm)].map((match) =>
    match[1].split("|").map((path) => path.trim()),
  );
  // Every way to take one helper of each line, with the suffixes of those that are not the first.
  let ways: { readonly paths: string[]; readonly suffix: string }[] = [{ paths: [], suffix: "" }];
  for (const choices of uses) {
    ways = choices.flatMap((path, choice) => {
      const suffix = choice === 0 ? "" : (path.match(/(_[a-z0-9]+)\.wgsl$/)?.[1] ?? "");
      return ways.map((way) => ({ paths: [...way.paths, path], suffix: way.suffix + suffix }));
    });
  }
  return ways.map(({ paths, suffix }) => kernel(file, `${file}${suffix}`, own, paths));
}

function kernel(file: string, name: string, own: string, uses: string[]): string {
  const whole = [own, ...uses.map(read)].join("\n");
  const extensions = [...whole.matchAll(/^enable (\w+);$/gm)].map((match) => match[1]);
  const features = extensions.map((name) => (name === "f16" ? "shader-f16" : name));
  const code = enabling(extensions) + withoutEnable(whole);
  const aliases = new Map(
    [...whole.matchAll(/^alias (\w+) = ([\w<>]+);$/gm)].map(([, alias, type]) => [alias, type]),
  );
  const typeOf = (element: string): string => {
    const type = aliases.get(element) ?? element;
    const part = type.match(/^vec4<(\w+)>$/)?.[1];
    if (part !== undefined) return `vec4${typeOf(part) === "f16" ? "h" : typeOf(part)[0]}`;
    return aliases.has(type) ? typeOf(type) : type;
  };
  const bindings: string[] = [];
  const sizes: string[] = [];
  const knobs: string[] = [];
  let grid: string[] = [];
  let storage = 0;

  for (const [i, line] of code.split("\n").entries()) {
    const fail = (why: string): never => {
      throw new Error(`kernels/${file}.wgsl:${i + 1}: ${why}`);
    };
    const next = (index: string) => {
      if (Number(index) !== bindings.length) fail(`binding ${index} should be ${bindings.length}`);
    };
    const buffer = line.match(BUFFER);
    const scalar = line.match(SCALAR);
    const override = line.match(OVERRIDE);
    const dispatch = line.match(GRID);
    if (buffer) {
      const [, index, mode, what, element, shape, rest] = buffer;
      const type = typeOf(element);
      if (!TYPES.includes(type))
        fail(`${what} is an array of ${type} but must be one of ${TYPES.join(", ")}`);
      next(index);
      storage += 1;
      const note = rest.replace(/^,? */, "").trim();
      const access = note.startsWith("updated in place") ? "update" : mode === "read" ? "read" : "write";
      const optional = note.startsWith("optional");
      bindings.push(
        `/** (${shape})${note ? ` ${note}` : ""} */\n    ${what}: { access: "${access}", type: "${type}", ` +
          `shape: ${JSON.stringify(split(shape))}, optional: ${optional} }`,
      );
    } else if (scalar) {
      next(scalar[1]);
      bindings.push(
        `/** ${scalar[4]} */\n    ${scalar[2]}: { access: "scalar", type: "${scalar[3]}", shape: [], optional: false }`,
      );
    } else if (override) {
      const [, what, type, value, note] = override;
      const doc = note ? `/** ${note} */ ` : "";
      if (value === undefined) sizes.push(`"${what}"`);
      else knobs.push(`${doc}${what}: ${type === "bool" ? value : Number(value)}`);
    } else if (dispatch) grid = split(dispatch[1]);
    else if (DERIVED.test(line)) continue;
    else if (DECLARATION.test(line) && !ENTRY.test(line)) fail(`cannot read this declaration:\n  ${line}`);
    if (storage > MOST_STORAGE_BUFFERS) fail(`more than ${MOST_STORAGE_BUFFERS} storage buffers`);
  }
  if (!own.startsWith(`// ${file}: `)) throw new Error(`kernels/${file}.wgsl:1: begin with "// ${file}: "`);
  if (grid.length === 0)
    throw new Error(`kernels/${file}.wgsl: no "// grid (..)" beside @compute or on a line of its own`);

  const doc = own
    .match(/^(?:\/\/.*\n)+/)![0]
    .trim()
    .replace(/^\/\/ ?/gm, " * ")
    .replace(/ +$/gm, "");
  return `/**
${doc}
 */
export const ${camel(name)} = {
  name: "${name}",
  bindings: {
    ${bindings.join(",\n    ")},
  },
  sizes: [${sizes.join(", ")}],
  knobs: { ${knobs.join(", ")} },
  grid: ${JSON.stringify(grid)},
  features: ${JSON.stringify(features)},
  code: /* @__PURE__ */ wgsl(${[JSON.stringify(enabling(extensions)), ...[file, ...uses].map(textName)].join(", ")}),
} as const;
`;
}

// WGSL wants `enable` first, so it goes before the comment in line 1: line numbers stay the file's own.
const enabling = (extensions: readonly string[]): string =>
  extensions.map((name) => `enable ${name}; `).join("");
const withoutEnable = (text: string): string => text.replace(/^enable \w+;$/gm, "");

/** The constant that holds the text of a kernel file or a helper, which kernels share. */
const textName = (path: string): string =>
  `${camel(path.replace(/^lib\/|\.wgsl$/g, ""))}${path.startsWith("lib/") ? "Part" : "Text"}`;
const textOf = (path: string, text: string): string =>
  `const ${textName(path)} = ${JSON.stringify(withoutComments(withoutEnable(text)))};\n`;

// Comments stay in the .wgsl files: half of what a page would load is spared, and line numbers are kept.
const withoutComments = (text: string): string => text.replace(/ *\/\/.*$/gm, "");

const split = (list: string): string[] =>
  list
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** The text of src/kernels.gen.ts. Throws with file and line where a kernel file cannot be read. */
export function generate(): string {
  const names = readdirSync(here)
    .filter((file) => file.endsWith(".wgsl"))
    .map((file) => file.slice(0, -".wgsl".length))
    .sort();
  const helpers = readdirSync(new URL("lib/", here))
    .filter((file) => file.endsWith(".wgsl"))
    .map((file) => `lib/${file}`)
    .sort();
  const texts = [
    ...helpers.map((path) => textOf(path, read(path))),
    ...names.map((name) => textOf(name, read(`${name}.wgsl`))),
  ];
  const kernels = names.flatMap((name) => kernelsOf(name, read(`${name}.wgsl`)));
  return `/**
 * The kernels: WGSL, and what it is bound to. Written by kernels/generate.ts from kernels/*.wgsl. Do not edit.
 * @module knotgrad/kernels
 */

/** A kernel's extensions, which WGSL wants first, then its file and the helpers that it uses. */
const wgsl = (enabling: string, ...texts: string[]): string => enabling + texts.join("\\n");

${texts.join("")}\n${kernels.join("\n")}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  writeFileSync(target, generate());
}
