// Nets are data: their sizes, their errors, their weights.
import { expect, test } from "vitest";
import { createModel, digitNet, faceNet, multiplyAdds, type Net } from "../src/face/model.ts";
import { openGpu } from "../src/node/gpu.ts";

const { gpu } = await openGpu({ poison: true });

test("the nets have the multiply-adds they are said to have", () => {
  // 56x48x16x9 + 28x24x32x144 + 14x12x64x288 + 7x6x128x576 + 5376x128
  expect(multiplyAdds(faceNet(128))).toBe(387_072 + 3_096_576 + 3_096_576 + 3_096_576 + 688_128);
  // 14x14x16x9 + 7x7x32x144 + 4x4x64x288 + 1024x32
  expect(multiplyAdds(digitNet(32))).toBe(28_224 + 225_792 + 294_912 + 32_768);
});

const bad: [string, Net["layers"], RegExp][] = [
  ["linear on images", [{ kind: "linear", size: 3 }], /layer 0.linear gets \(4, 4, 1\); put flatten between/],
  [
    "conv on rows",
    [{ kind: "flatten" }, { kind: "conv", filters: 1, size: 1, stride: 1, pad: 0 }],
    /layer 1.conv gets \(16\)/,
  ],
  ["no row at the end", [{ kind: "prelu" }], /the last layer gives \(4, 4, 1\) but must give one row/],
  [
    "a filter too large",
    [{ kind: "conv", filters: 1, size: 9, stride: 1, pad: 1 }],
    /\(9, 9\).*must fit into \(4, 4\)/,
  ],
];
test.each(bad)("%s is refused", (_, layers, message) => {
  expect(() => createModel(gpu, { name: "bad", height: 4, width: 4, channels: 1, layers }, 2, 1)).toThrow(
    message,
  );
});

test("weights depend on the seed alone, and embeddings have the stated size", async () => {
  const weights = async (seed: number) => createModel(gpu, digitNet(5), 3, seed).parameters.values.read();
  const [a, b, c] = [await weights(1), await weights(1), await weights(2)];
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);

  const model = createModel(gpu, digitNet(5), 3, 1);
  const x = gpu.zeros([2, 28, 28, 1]);
  const embeddings = model.embed(x, false);
  expect(embeddings.shape).toEqual([2, 5]);
  expect(model.classify(embeddings).shape).toEqual([2, 3]);
  expect((await embeddings.read()).every(Number.isFinite)).toBe(true);
});
