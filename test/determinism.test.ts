import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type Flat, flat } from "../src/flat.ts";
import type { Gpu } from "../src/gpu.ts";
import { backward } from "../src/op.ts";
import { updateCenters } from "../src/ops/center_loss.ts";
import { add, centerLoss, conv2d, matmul, relu, softmaxLoss } from "../src/ops/index.ts";
import { sgd } from "../src/optim.ts";
import { random } from "../src/random.ts";
import type { Tensor } from "../src/tensor.ts";
import { openGpu } from "./open.ts";

const [N, SIDE, CHANNELS, FEATURES, CLASSES] = [24, 8, 6, 20, 7];
const STEPS = 30;

interface Trained {
  /** SHA-256 of each parameter's bytes. */
  readonly hashes: { readonly [name: string]: string };
  readonly losses: readonly number[];
}

/** A convolution, two matrix products and both losses, trained from `seed` on images drawn anew for each step. */
async function train(gpu: Gpu, seed: number, recorded: boolean): Promise<Trained> {
  const r = random(seed);
  const draw = (t: Tensor, spread: number): void => {
    t.write(Float32Array.from({ length: t.size }, () => spread * r.normal()));
  };
  const parameters: Flat = flat(gpu, {
    filter: [3, 3, 1, CHANNELS],
    shift: [CHANNELS],
    hidden: [(SIDE / 2) ** 2 * CHANNELS, FEATURES],
    head: [FEATURES, CLASSES],
  });
  const { filter, shift, hidden, head } = parameters.tensors as {
    [name in "filter" | "shift" | "hidden" | "head"]: Tensor;
  };
  for (const t of [filter, shift, hidden, head]) {
    draw(t, 0.3);
    t.needsGrad = true;
  }
  const [x, label] = [gpu.zeros([N, SIDE, SIDE, 1]), gpu.zeros([N], "u32")];
  const centers = gpu.zeros([CLASSES, FEATURES]);
  const optimizer = sgd(parameters, { rate: 0.05, momentum: 0.9, weightDecay: 1e-3 });

  const once = () => {
    const map = relu(conv2d(x, filter, shift, { stride: 2, pad: 1 }));
    const features = matmul(map.view([N, hidden.shape[0]!]), hidden, undefined, {});
    const km = softmaxLoss(matmul(features, head, undefined, {}), label, {
      gamma: 1,
      scale: 1 / N,
      reduction: "none",
    });
    const center = centerLoss(features, label, centers, { scale: 0.1 / N, reduction: "none" });
    const loss = add(km, center);
    backward(loss);
    optimizer.update();
    updateCenters(features, label, centers, { alpha: 0.5 });
    return { loss };
  };
  const step = recorded ? await gpu.step(once) : undefined;
  const losses: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    label.write(Uint32Array.from({ length: N }, () => r.below(CLASSES)));
    draw(x, 1);
    const loss = step ? (await step.run()).loss : await once().loss.read();
    losses.push(loss.reduce((a, b) => a + b, 0));
  }
  const hashes: { [name: string]: string } = {};
  for (const [name, t] of Object.entries({ ...parameters.tensors, centers })) {
    hashes[name] = createHash("sha256")
      .update(await t.read())
      .digest("hex");
  }
  return { hashes, losses };
}

test.each<[string, { readonly features?: readonly GPUFeatureName[] }]>([
  ["the adapter's features", {}],
  ["no features", { features: [] }],
])(
  "with %s, a seed gives the same bits on a fresh device and without a step, another seed others",
  async (_, options) => {
    const [gpu, fresh] = [await openGpu(options), await openGpu(options)];
    try {
      const first = await train(gpu, 1, true);
      expect(first.losses.every(Number.isFinite)).toBe(true);
      expect(await train(fresh, 1, true)).toEqual(first);
      expect(await train(gpu, 1, false)).toEqual(first);
      const other = await train(gpu, 2, true);
      for (const name in first.hashes) expect(other.hashes[name]).not.toBe(first.hashes[name]);
    } finally {
      for (const { device } of [gpu, fresh]) device.destroy();
    }
  },
);
