// What the case table does not reach: many strides and dilations, the product that single pixels make, and what is refused.
import { describe, expect, test } from "vitest";
import { check } from "../src/check/check.ts";
import { reals } from "../src/check/inputs.ts";
import { type Conv2dOptions, conv2d } from "../src/ops/conv2d.ts";
import { matmul } from "../src/ops/index.ts";
import { openGpu, sameBits } from "./open.ts";

const gpu = await openGpu();
const steps = [1, 2, 3, 4];

test.each(steps.flatMap((stride) => steps.map((dilation) => [stride, dilation])))(
  "stride %d with dilation %d, where padding reaches past the first tap",
  async (stride, dilation) => {
    const args = [reals([1, 9, 11, 2]), reals([3, 2, 1, 2]), undefined];
    const options = { stride, dilation, pad: 5, groups: 2 };
    const row = await check(gpu, "conv2d", "", conv2d, ["x", "w", "bias"], [...args, options]);
    expect(row.ok, JSON.stringify(row)).toBe(true);
  },
);

test("a convolution of single pixels is the matrix product, to the bit", async () => {
  const [x, w, bias] = [reals([2, 3, 5, 7]), reals([1, 1, 7, 12]), reals([12])].map(({ data, shape }) =>
    gpu.tensor(Float32Array.from(data), shape),
  );
  const y = conv2d(x, w, bias, {});
  const product = matmul(x.view([30, 7]), w.view([7, 12]), bias, {});
  expect(y.shape).toEqual([2, 3, 5, 12]);
  expect(sameBits(await y.read(), await product.read())).toBe(true);
});

describe("refused before any work", () => {
  const x = gpu.zeros([1, 5, 4, 6]);
  const refused = (w: number[], options: Conv2dOptions, bias?: number[]) => () =>
    conv2d(x, gpu.zeros(w), bias && gpu.zeros(bias), options);
  test.each<[string, () => unknown, string]>([
    [
      "rows",
      () => conv2d(gpu.zeros([5, 6]), gpu.zeros([1, 1, 6, 2]), undefined, {}),
      "conv2d: x (5, 6) and w (1, 1, 6, 2) are given but must be (N, H, W, C) and (R, S, C / groups, O)",
    ],
    [
      "channels of another number",
      refused([3, 3, 5, 2], {}),
      "conv2d: x (1, 5, 4, 6) and w (3, 3, 5, 2) with groups 1 are given but w's third size must be 6",
    ],
    [
      "a filter that sees all groups",
      refused([3, 3, 6, 2], { groups: 2 }),
      "conv2d: x (1, 5, 4, 6) and w (3, 3, 6, 2) with groups 2 are given but w's third size must be 3",
    ],
    [
      "groups that do not divide C",
      refused([3, 3, 1, 4], { groups: 4 }),
      "conv2d: groups is 4 but must be a whole number that divides C (6) and O (4)",
    ],
    [
      "groups that do not divide O",
      refused([3, 3, 2, 4], { groups: 3 }),
      "conv2d: groups is 3 but must be a whole number that divides C (6) and O (4)",
    ],
    [
      "no groups",
      refused([3, 3, 6, 4], { groups: 0 }),
      "conv2d: groups is 0 but must be a whole number that divides C (6) and O (4)",
    ],
    [
      "dilation of 0",
      refused([3, 3, 6, 4], { dilation: 0 }),
      "conv2d: stride 1, pad 0, dilation 0 are given but must be whole numbers, stride and dilation at least 1, pad at least 0",
    ],
    [
      "dilation of a half",
      refused([3, 3, 6, 4], { dilation: 1.5 }),
      "dilation 1.5 are given but must be whole",
    ],
    [
      "stride of a half",
      refused([3, 3, 6, 4], { stride: 0.5 }),
      "stride 0.5, pad 0, dilation 1 are given but",
    ],
    [
      "negative padding",
      refused([3, 3, 6, 4], { pad: -1 }),
      "pad -1, dilation 1 are given but must be whole",
    ],
    [
      "taps too far apart",
      refused([3, 3, 6, 4], { dilation: 2 }),
      "conv2d: a window of (3, 3) with taps 2 apart is given but must fit into (5, 4) with pad 0",
    ],
    ["bias of another size", refused([3, 3, 6, 4], {}, [6]), "conv2d: bias is (6) but must be (4)"],
  ])("%s", (_, call, message) => {
    gpu.flush();
    const { dispatches } = gpu.counters();
    expect(call).toThrow(message);
    gpu.flush();
    expect(gpu.counters().dispatches).toBe(dispatches);
  });
});
