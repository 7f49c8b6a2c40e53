// What the case table does not reach: every product loop, the same filters at all places, and what is refused.
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { cases } from "../src/check/cases.ts";
import { check, error } from "../src/check/check.ts";
import { reals } from "../src/check/inputs.ts";
import { backward } from "../src/op.ts";
import { conv2d, locallyConnected } from "../src/ops/index.ts";
import { nd } from "../src/reference.ts";
import { type GemmTile, runs, tables, useTiles } from "../src/tiles.ts";
import { openGpu, sameBits } from "./open.ts";

const gpu = await openGpu();
afterAll(() => gpu.device.destroy());

test.each<GemmTile>([
  { loop: "few", knobs: { TILE_M: 4, TILE_N: 16 } },
  { loop: "tiled", knobs: { TILE_M: 64, TILE_N: 16 } },
  { loop: "panel", knobs: { TILE_M: 32, TILE_N: 16, DEPTH: 16, SHARE: 4, BESIDE: 2 } },
])("as the formula says with $loop $knobs", async (tile) => {
  const gpu = await openGpu();
  onTestFinished(() => gpu.device.destroy());
  if (!runs(gpu, tile)) return expect(tile.loop).toBe("panel"); // which needs subgroups
  useTiles(gpu, { ...tables.software, gemm: [{ ...tile, measured: "" }] });
  const { names, rows } = cases.locallyConnected;
  const what = "stride 2, padded, images past a tile";
  const row = await check(gpu, "locallyConnected", what, locallyConnected, names, rows[what]!);
  expect(row.ok, JSON.stringify(row)).toBe(true);
});

test("a convolution where the filters of all places are the same", async () => {
  const [P, Q, R, S, C, O] = [3, 2, 3, 2, 5, 4];
  const options = { stride: 2, pad: 1 };
  const [x, w, bias] = [reals([7, 5, 3, C]), reals([R, S, C, O]), reals([O])];
  const everywhere = nd([P, Q, R, S, C, O], (_, __, ...tap) => w.at(...tap));
  const biases = nd([P, Q, O], (_, __, o) => bias.at(o));
  const want = conv2d.reference(x, w, bias, options);
  expect(want.shape).toEqual([7, P, Q, O]);
  expect(error(locallyConnected.reference(x, everywhere, biases, options).data, want.data)).toBe(0);

  const upload = ({ data, shape }: typeof x) => gpu.tensor(Float32Array.from(data), shape);
  const y = locallyConnected(upload(x), upload(everywhere), upload(biases), options);
  expect(error(await y.read(), want.data)).toBeLessThan(1e-6);
});

test("gradients repeat to the bit, and are made only where they are asked for", async () => {
  const [x, w] = [reals([33, 4, 5, 8]), reals([2, 3, 3, 3, 8, 12])].map(({ data, shape }) =>
    gpu.tensor(Float32Array.from(data), shape),
  );
  const dw = () => {
    backward(locallyConnected(x, w, undefined, { stride: 2, pad: 1 }));
    return w.grad!.read();
  };
  w.needsGrad = true;
  const once = await dw();
  expect(x.grad).toBeUndefined();
  x.needsGrad = true;
  expect(sameBits(await dw(), once)).toBe(true);
  expect(x.grad!.shape).toEqual(x.shape);
});

describe("refused before any work", () => {
  const x = gpu.zeros([1, 5, 4, 6]);
  const refused =
    (w: number[], options: { stride?: number; pad?: number } = {}, bias?: number[]) =>
    () =>
      locallyConnected(x, gpu.zeros(w), bias && gpu.zeros(bias), options);
  test.each<[string, () => unknown, string]>([
    [
      "the filters of a convolution",
      refused([3, 3, 6, 2]),
      "locallyConnected: x (1, 5, 4, 6) and w (3, 3, 6, 2) are given but must be (N, H, W, C) and (P, Q, R, S, C, O)",
    ],
    [
      "channels of another number",
      refused([3, 2, 3, 3, 5, 2]),
      "locallyConnected: x (1, 5, 4, 6) and w (3, 2, 3, 3, 5, 2) are given but w's fifth size must be 6",
    ],
    [
      "filters of another number of places",
      refused([3, 2, 3, 3, 6, 2], { pad: 1 }),
      "locallyConnected: x (1, 5, 4, 6) and w (3, 2, 3, 3, 6, 2) with stride 1 and pad 1 are given but w must begin with (5, 4), the places",
    ],
    [
      "a bias without places",
      refused([3, 2, 3, 3, 6, 2], {}, [2]),
      "locallyConnected: bias is (2) but must be (3, 2, 2)",
    ],
    ["stride 0", refused([3, 2, 3, 3, 6, 2], { stride: 0 }), "locallyConnected: stride 0, pad 0,"],
    [
      "a filter too large",
      refused([1, 1, 6, 1, 6, 2]),
      "locallyConnected: a window of (6, 1) is given but must fit into (5, 4) with pad 0",
    ],
  ])("%s", (_, call, message) => {
    gpu.flush();
    const { dispatches } = gpu.counters();
    expect(call).toThrow(message);
    gpu.flush();
    expect(gpu.counters().dispatches).toBe(dispatches);
  });
});
