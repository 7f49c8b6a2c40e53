import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generate, kernelsOf } from "../kernels/generate.ts";
import type { Kernel } from "../src/kernel.ts";
import * as generated from "../src/kernels.gen.ts";
import { openDevice } from "../src/node/adapter.ts";
import { programs } from "../src/program.ts";

test("src/kernels.gen.ts is what kernels/*.wgsl say; if not, run `npm run generate`", () => {
  expect(readFileSync(new URL("../src/kernels.gen.ts", import.meta.url), "utf8")).toBe(generate());
});

describe("every kernel compiles, with explicit features only", async () => {
  const kernels: Kernel[] = Object.values(generated);
  // Dawn's Null backend checks shaders and pipelines in full but computes nothing.
  const flags = ["backend=null"];
  const { device: bare } = await openDevice({ flags, features: [] });
  const { device: featured } = await openDevice({ flags, features: ["subgroups", "shader-f16"] });

  /** Knobs that a table may set to more than their default. */
  const variants = ({ knobs }: Kernel) =>
    "SHARE" in knobs
      ? [
          { SHARE: 4, BESIDE: 2, TILE_N: 16 },
          { SHARE: 8, GOES_ON: 1 },
        ]
      : [{}];
  const rows = kernels.flatMap((kernel) =>
    variants(kernel).map((knobs) => ({ name: kernel.name, kernel, knobs })),
  );

  test.each(rows)("$name $knobs", async ({ kernel, knobs }) => {
    const sizes = Object.fromEntries(kernel.sizes.map((size) => [size, 8]));
    const defaults = Object.fromEntries(Object.entries(kernel.knobs).map(([knob, v]) => [knob, Number(v)]));
    const known = programs(kernel.features.length > 0 ? featured : bare);
    await known.compile([known.get(kernel, { ...sizes, ...defaults, ...knobs })]);
    expect(known.compiled()).toBe(1);
  });

  test("an error in a kernel is told, so that the tests above can fail", async () => {
    const [kernel] = kernels;
    const known = programs(bare);
    const broken = { ...kernel, code: kernel.code.replace("fn main(", "fn main(x: nothing, ") };
    await expect(known.compile([known.get(broken, {})])).rejects.toThrow(/unresolved type 'nothing'/);
  });
});

describe("a kernel file that cannot be read stops the generator with file and line", () => {
  const good = [
    "// copy: y[i] = x[i].",
    "override n: u32;",
    "override WG: u32 = 64u;",
    "@group(0) @binding(0) var<storage, read> x: array<f32>; // (n)",
    "@group(0) @binding(1) var<storage, read_write> y: array<f32>; // (n)",
    "@compute @workgroup_size(WG) // grid (n/WG)",
    "fn main() {}",
  ];
  /** The file with another line in place of one; lines count from 1. */
  const withLine = (line: number, text: string) => good.with(line - 1, text).join("\n");
  const nine = Array.from(
    { length: 9 },
    (_, i) => `@group(0) @binding(${i}) var<storage, read> x${i}: array<f32>; // (n)`,
  );

  test("the file itself is read", () => {
    const [text] = kernelsOf("copy", good.join("\n"));
    expect(text).toContain('x: { access: "read", type: "f32", shape: ["n"], optional: false }');
    expect(text).toContain('y: { access: "write", type: "f32", shape: ["n"], optional: false }');
    expect(text).toContain('sizes: ["n"],\n  knobs: { WG: 64 },\n  grid: ["n/WG"]');
  });

  test("an alias, or a vec4 of one, is what its helper says; f16 asks for a feature", () => {
    const half = good
      .with(3, good[3].replace("array<f32>", "array<Stored>"))
      .with(4, good[4].replace("array<f32>", "array<Four>"));
    const uses = "// uses lib/stored.wgsl | lib/stored_f16.wgsl";
    const [single, other] = kernelsOf("copy", [...half, "alias Four = vec4<Stored>;", uses].join("\n"));
    expect(single).toContain('name: "copy"');
    expect(single).toMatch(/x: \{ access: "read", type: "f32".*\n.*\n.*y: \{ access: "write", type: "vec4f"/);
    expect(single).toContain("features: []");
    expect(other).toContain('name: "copy_f16"');
    expect(other).toMatch(/x: \{ access: "read", type: "f16".*\n.*\n.*y: \{ access: "write", type: "vec4h"/);
    expect(other).toContain('features: ["shader-f16"]');
    expect(other).toContain('code: /* @__PURE__ */ wgsl("enable f16; ", copyText');
  });

  test.each([
    ["another name in line 1", withLine(1, "// kopy: y[i] = x[i]."), 'copy.wgsl:1: begin with "// copy: "'],
    ["a size of another type", withLine(2, "override n: i32;"), "copy.wgsl:2: cannot read"],
    ["a knob that is an expression", withLine(3, "override WG: u32 = 8u * 8u;"), "copy.wgsl:3: cannot read"],
    [
      "a binding without a shape",
      withLine(4, "@group(0) @binding(0) var<storage, read> x: array<f32>;"),
      "copy.wgsl:4: cannot read",
    ],
    [
      "a binding of another group",
      withLine(4, "@group(1) @binding(0) var<storage, read> x: array<f32>; // (n)"),
      "copy.wgsl:4: cannot read",
    ],
    [
      "a binding number left out",
      withLine(5, good[4].replace("binding(1)", "binding(2)")),
      "copy.wgsl:5: binding 2 should be 1",
    ],
    ["no grid", withLine(6, "@compute @workgroup_size(WG)"), 'copy.wgsl: no "// grid (..)"'],
    [
      "more buffers than every device has",
      [...good.slice(0, 3), ...nine, ...good.slice(5)].join("\n"),
      "copy.wgsl:12: more than 8 storage buffers",
    ],
  ])("%s", (_, text, message) => {
    expect(() => kernelsOf("copy", text)).toThrow(`kernels/${message}`);
  });
});
