import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gpu } from "../src/gpu.ts";
import { add, scale, scaleRows } from "../src/kernels.gen.ts";
import { backward, op } from "../src/op.ts";
import { matmul } from "../src/ops/index.ts";
import { type Nd, nd } from "../src/reference.ts";
import type { Shape, Tensor } from "../src/tensor.ts";
import { openGpu } from "./open.ts";
import { saying } from "./saying.ts";

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.device.destroy());

/** y = factor x, and how often its gradient was asked for. */
let asked = 0;
const times = op({
  reference: (x: Nd, factor: number) => nd(x.shape, (...i) => factor * x.at(...i)),
  run: (x: Tensor, factor: number) => [
    gpu.launch(scale, { x, factor }).y,
    (dy) => {
      asked += 1;
      return [gpu.launch(scale, { x: dy, factor }).y, null];
    },
  ],
});

/** y = a + b, or a alone. */
const plus = op({
  reference: (a: Nd, b: Nd | undefined) => nd(a.shape, (...i) => a.at(...i) + (b?.at(...i) ?? 0)),
  run: (a: Tensor, b: Tensor | undefined) => [
    gpu.launch(add, { a, b: b ?? gpu.filled(a.shape, 0) }).y,
    (dy) => [dy, b ? dy : null],
  ],
});

/** y = s x by rows. */
const rows = op({
  reference: (x: Nd, s: Nd) => nd(x.shape, (n, c) => s.at(n) * x.at(n, c)),
  run: (x: Tensor, s: Tensor) => [
    gpu.launch(scaleRows, { x, s }).y,
    (dy) => [gpu.launch(scaleRows, { x: dy, s }).y, null],
  ],
});

const leaf = (values: readonly number[], needsGrad = true, shape: Shape = [values.length]): Tensor => {
  const x = gpu.tensor(Float32Array.from(values), shape);
  x.needsGrad = needsGrad;
  return x;
};
const gradient = (x: Tensor) => x.grad!.read().then((values) => [...values]);

describe("backward", () => {
  test("adds the gradients of every use, however they meet", async () => {
    const x = leaf([1, 2, 3]);
    // y = 2x + 3 (2x) + x = 9x: 2x has two uses and x has two
    const twice = times(x, 2);
    const y = plus(plus(twice, times(twice, 3)), x);
    expect([...(await y.read())]).toEqual([9, 18, 27]);
    asked = 0;
    backward(y);
    expect(asked).toBe(2); // once for each, after all its uses were summed
    expect(await gradient(x)).toEqual([9, 9, 9]);
    expect(await gradient(twice)).toEqual([4, 4, 4]);
  });

  test("an argument given twice gets both", async () => {
    const x = leaf([1, 2]);
    backward(plus(x, x));
    expect(await gradient(x)).toEqual([2, 2]);
    const w = leaf([1, 2, 3, 4], true, [2, 2]);
    backward(matmul(w, w, undefined, {}));
    // d sum(w w) / dw = 1 wT + wT 1
    expect(await gradient(w)).toEqual([3 + 4, 7 + 4, 3 + 6, 7 + 6]);
  });

  test("starts from the gradient given", async () => {
    const x = leaf([1, 2, 3]);
    const dy = gpu.tensor(Float32Array.of(1, -1, 10));
    const y = times(x, 4);
    backward(y, dy);
    expect(await gradient(x)).toEqual([4, -4, 40]);
    expect(y.grad).toBe(dy);
  });

  test("refuses a gradient of another shape", () => {
    const y = times(leaf([1, 2, 3]), 4);
    expect(() => backward(y, gpu.zeros([1, 3]))).toThrow(
      saying("backward: dy is (1, 3) but must be (3), the shape of y"),
    );
  });

  test("gives none to what needs none, and does not ask for it", async () => {
    const [x, fixed] = [leaf([1, 2]), leaf([5, 5], false)];
    const aside = times(fixed, 3);
    const y = plus(times(x, 2), aside);
    expect([x, fixed, aside, y].map((t) => t.needsGrad)).toEqual([true, false, false, true]);
    expect(aside.node).toBeUndefined();
    asked = 0;
    backward(y);
    expect(asked).toBe(1);
    expect(fixed.grad).toBeUndefined();
    expect(aside.grad).toBeUndefined();
    expect(await gradient(x)).toEqual([2, 2]);
  });

  test("gives none where the operation has none", () => {
    const [x, s] = [leaf([1, 2, 3, 4], true, [2, 2]), leaf([1, 2])];
    backward(rows(x, s));
    expect(x.grad).toBeDefined();
    expect(s.grad).toBeUndefined();
  });

  test("of a leaf is the gradient given", async () => {
    const x = leaf([1, 2]);
    backward(x);
    expect(await gradient(x)).toEqual([1, 1]);
  });

  test("replaces what an earlier call gave, also where the later one gives none", async () => {
    const [x, other] = [leaf([1, 2]), leaf([1, 1])];
    const shared = times(x, 2);
    const first = plus(shared, other);
    backward(first);
    backward(first);
    expect(await gradient(x)).toEqual([2, 2]);
    backward(times(shared, 5));
    expect(await gradient(x)).toEqual([10, 10]);
    expect(await gradient(other)).toEqual([1, 1]); // not a part of the second
    backward(rows(leaf([1, 1, 1, 1], true, [2, 2]), x));
    expect(x.grad).toBeUndefined();
  });

  test("passes through views", async () => {
    const x = leaf([1, 2, 3, 4, 5, 6]);
    backward(rows(times(x.view([2, 3]).view([6]), 2).view([3, 2]), gpu.tensor(Float32Array.of(1, 10, 100))));
    expect(await gradient(x)).toEqual([2, 2, 20, 20, 200, 200]);
    expect(x.grad!.shape).toEqual([6]);
    expect(leaf([1, 2], false).view([2, 1]).node).toBeUndefined();
  });

  test("optional arguments may be left out", async () => {
    const x = leaf([1, 2]);
    backward(plus(x, undefined));
    expect(await gradient(x)).toEqual([1, 1]);
    const [a, b] = [leaf([1, 2], true, [1, 2]), leaf([3, 4], true, [2, 1])];
    backward(matmul(a, b, undefined, {}));
    expect(await gradient(a)).toEqual([3, 4]);
    expect(await gradient(b)).toEqual([1, 2]);
  });

  test("goes through a chain of hundreds", async () => {
    const x = leaf([1]);
    let y = x;
    for (let i = 0; i < 500; i++) y = times(y, i % 2 ? 0.5 : 2);
    backward(y);
    expect(await gradient(x)).toEqual([1]);
  });
});

test("reference is the formula itself", () => {
  const x = nd([2], (i) => i + 1);
  expect([...times.reference(x, 3).data]).toEqual([3, 6]);
  expect([...plus.reference(x, undefined).data]).toEqual([1, 2]);
});
