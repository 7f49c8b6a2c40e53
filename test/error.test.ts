import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { KnotgradError } from "../src/error.ts";

describe("KnotgradError", () => {
  test.each([
    [
      "matmul: a is (2, 3) but must be (M, 4); transpose it",
      "matmul",
      "a is (2, 3) but must be (M, 4)",
      "transpose it",
    ],
    [
      "wrap: offset is 3 but must be a multiple of 256",
      "wrap",
      "offset is 3 but must be a multiple of 256",
      "",
    ],
    ["nothing said of a place", "", "nothing said of a place", ""],
    ["open: none (a; b) answers; install one", "open", "none (a; b) answers", "install one"],
  ])("%s", (message, where, what, fix) => {
    const cause = new Error("first");
    const error = new KnotgradError("shape", message, { cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: "KnotgradError", code: "shape", message, where, what, fix, cause });
  });
});

const src = new URL("../src/", import.meta.url);
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const textOf = (file: string): string => readFileSync(new URL(file, src), "utf8");

test("nothing else is thrown; a plain Error is a reason that another sentence takes up", () => {
  const others = files.flatMap((file) =>
    [...textOf(file).matchAll(/new (\w*Error)\(\s*([^\n]*)/g)]
      .filter(([, name]) => name !== "KnotgradError")
      .map(([, , start]) => `${file}: ${start}`),
  );
  expect(others.filter((line) => !line.startsWith("node/"))).toEqual([]);
  // Why one image of many is left out, or what an option or a fallback says of it.
  expect([...new Set(others.map((line) => line.split(":")[0]))].sort()).toEqual([
    "node/align_files.ts",
    "node/commands/analyze.ts",
    "node/decode.ts",
    "node/record_io.ts",
    "node/swiftshader.ts",
  ]);
});

test("messages say where first", () => {
  const silent = files.flatMap((file) =>
    [...textOf(file).matchAll(/new KnotgradError\(\s*(?:"[\w-]+"|code),\s*[`"]([^`"]*)/g)]
      .map(([, message]) => message!)
      .filter(
        (message) =>
          !/^(--)?[\w.${}() -]+: /.test(message) && !/^\$\{(what|where|header\.where)\} /.test(message),
      )
      .map((message) => `${file}: ${message}`),
  );
  expect(silent).toEqual([]);
});
