import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate, isName } from "../src/expression.ts";

const sizes: { readonly [name: string]: number } = { N: 7, C: 10, WG: 64, O: 131, LANES: 16, T_1: 3 };
const sizeOf = (name: string): number => {
  if (name in sizes) return sizes[name]!;
  throw new Error(`no ${name}`);
};

describe("evaluate", () => {
  test.each<[string, number]>([
    ["4", 4],
    ["N", 7],
    ["T_1", 3],
    ["N*C/WG", 2],
    ["N * C / 70", 1],
    ["N*C/69", 2],
    ["N/2/2", 2],
    ["20-N-C", 3],
    ["2+N*C", 72],
    ["(2+N)*C", 90],
    ["N/8 * (O/(4*LANES)) * 3", 9],
    ["((N))", 7],
    ["2*(N+(C-1)/4)", 20],
  ])("%s is %i", (expression, want) => {
    expect(evaluate(expression, sizeOf)).toBe(want);
  });

  test("agrees with the tree that an expression was written from", () => {
    interface Written {
      readonly text: string;
      readonly value: number;
    }
    const { tree } = fc.letrec<{ tree: Written }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "medium", withCrossShrink: true },
        fc.nat(50).map((n) => ({ text: String(n), value: n })),
        fc.constantFrom(...Object.keys(sizes)).map((name) => ({ text: name, value: sizes[name]! })),
        fc.tuple(tie("tree"), fc.constantFrom("+", "-", "*", "/"), tie("tree")).map(([a, by, b]) => {
          const text = `(${a.text}) ${by} (${b.text})`;
          if (by === "+") return { text, value: a.value + b.value };
          if (by === "-") return { text, value: a.value - b.value };
          if (by === "*") return { text, value: a.value * b.value };
          return { text, value: Math.ceil(a.value / b.value) };
        }),
      ),
    }));
    fc.assert(
      fc.property(tree, ({ text, value }) => {
        expect(evaluate(text, sizeOf)).toBe(value);
      }),
    );
  });

  test.each<[string, string]>([
    ["", 'evaluate: "" ends too early'],
    ["N *", 'evaluate: "N *" ends too early'],
    ["(N + 1", 'evaluate: "(N + 1" has a bracket that is not closed'],
    ["(N C)", 'evaluate: "(N C)" has a bracket that is not closed'],
    ["N C", 'evaluate: "N C" has C left over'],
    ["N + 1) * 2", 'evaluate: "N + 1) * 2" has ) * 2 left over'],
    ["N % 4", 'evaluate: "N % 4" has % 4 left over'],
    ["-N", 'evaluate: "-N" has - where a size belongs'],
    ["2x", 'evaluate: "2x" has 2x where a size belongs'],
    ["@N", 'evaluate: "@N" has @ where a size belongs'],
    ["N * D", "no D"],
  ])("%j is refused", (expression, message) => {
    expect(() => evaluate(expression, sizeOf)).toThrow(expect.objectContaining({ message }));
  });
});

test.each<[string, boolean]>([
  ["N", true],
  ["_a1", true],
  ["1", false],
  ["N*C", false],
  [" N", false],
  ["", false],
])("isName(%j) is %s", (text, want) => {
  expect(isName(text)).toBe(want);
});
