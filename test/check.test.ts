// The check itself: it must find what is wrong, or nothing else here means much.
import { describe, expect, test } from "vitest";
import { check, reals } from "../src/check/index.ts";
import { scale } from "../src/kernels.gen.ts";
import { openGpu } from "../src/node/gpu.ts";
import { op } from "../src/op.ts";
import { type Nd, nd } from "../src/reference.ts";
import type { Tensor, Vjp } from "../src/tensor.ts";

const { gpu } = await openGpu({ poison: true });

const times = (x: Tensor, factor: number) => x.gpu.launch(scale, { x, factor }).y;

/** y = 3 x by formula; the kernels and the gradient are up to the test. */
const triple = (forward: (x: Tensor) => Tensor, vjp: Vjp) =>
  op({ reference: (x: Nd) => nd(x.shape, (i) => 3 * x.at(i)), run: (x: Tensor) => [forward(x), vjp] });

const run = (operation: ReturnType<typeof triple>) =>
  check(gpu, "triple", "case", operation, ["x"], [reals([50])]);

test("right kernels and a right gradient hold", async () => {
  const row = await run(
    triple(
      (x) => times(x, 3),
      (dy) => [times(dy, 3)],
    ),
  );
  expect(row).toMatchObject({ op: "triple", case: "case", tolerance: 1e-5, ok: true });
  expect(row.forward).toBeLessThan(1e-6);
  expect(row.gradients["x"]).toBeLessThan(1e-6);
});

describe("what is wrong does not hold:", () => {
  const wrong: [string, ReturnType<typeof triple>][] = [
    [
      "a result off by 1e-4",
      triple(
        (x) => times(x, 3.0003),
        (dy) => [times(dy, 3)],
      ),
    ],
    [
      "a gradient off by 1e-4",
      triple(
        (x) => times(x, 3),
        (dy) => [times(dy, 3.0003)],
      ),
    ],
    [
      "no gradient",
      triple(
        (x) => times(x, 3),
        () => [null],
      ),
    ],
    [
      "a gradient of the wrong sign",
      triple(
        (x) => times(x, 3),
        (dy) => [times(dy, -3)],
      ),
    ],
    [
      "memory that nothing has written",
      triple(
        (x) => x.gpu.empty(x.shape),
        (dy) => [times(dy, 3)],
      ),
    ],
    [
      "a gradient that nothing has written",
      triple(
        (x) => times(x, 3),
        (dy) => [dy.gpu.empty(dy.shape)],
      ),
    ],
    [
      "a result of another shape",
      triple(
        (x) => times(x, 3).view([5, 10]),
        (dy) => [times(dy.view([50]), 3)],
      ),
    ],
  ];
  test.each(wrong)("%s", async (_, operation) => {
    expect((await run(operation)).ok).toBe(false);
  });
});
