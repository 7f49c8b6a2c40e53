import { cast } from "../../ops/cast.ts";
import { contrastiveLoss, reestimateMargin } from "../../ops/contrastive_loss.ts";
import { add } from "../../ops/elementwise.ts";
import { maxPool } from "../../ops/max_pool.ts";
import { softmaxLoss } from "../../ops/softmax_loss.ts";
import { sgd } from "../../optim.ts";
import type { Tensor } from "../../tensor.ts";
import { createModel, type Model } from "../model.ts";
import { type Net, placed } from "../nets.ts";
import type { Lasting, Objective, Recipe, RecipeSettings, Setting } from "../recipe.ts";

/** Pairs after which a margin is set anew. */
const PAIRS = 200_000;

/** DeepID2+: identification and verification signals, at several depths; lambda is 0.05 unless told. */
export function deepid2({ lambda = 0.05 }: RecipeSettings = {}): Recipe {
  return {
    name: "deepid2",
    title: "deepid2",
    sentence:
      "Softmax cross-entropy and contrastive loss, at the embedding and at layers before it; the margin is set anew from the pairs seen.",
    source:
      "Sun, Wang, Tang, Deeply Learned Face Representations Are Sparse, Selective, and Robust, CVPR 2015 (DeepID2+); Deep Learning Face Representation by Joint Identification-Verification, NIPS 2014",
    settings: { lambda },
    stages: [{ perClass: 4, objective: (setting) => supervised(setting, lambda) }],
  };
}

/** Both signals at the embedding and, with an embedding of their own, at layers before it. */
function supervised(setting: Setting, lambda: number): Objective {
  const { gpu, model, seed, optimizer } = setting;
  const branches = supervisedLayers(model.net).map((layer, i) => {
    const branch = createModel(gpu, branchNet(model, layer), model.classes, seed + 10 + i);
    return { layer, branch, optimizer: sgd(branch.parameters, optimizer) };
  });
  const signals = [model, ...branches.map(({ branch }) => branch)].map((model) =>
    signal(setting, model, lambda),
  );
  const state: { [name: string]: Lasting } = {};
  for (const [i, { branch, optimizer }] of branches.entries()) {
    const tensors = { ...branch.parameters.tensors, ...branch.state.tensors };
    for (const [name, t] of Object.entries(tensors)) state[`branch${i}.${name}`] = t;
    for (const [name, t] of Object.entries(optimizer.velocities)) state[`velocity${i}.${name}`] = t;
  }
  for (const [i, signal] of signals.entries()) {
    for (const [name, lasting] of Object.entries(signal.state)) state[`signal${i}.${name}`] = lasting;
  }
  return {
    state,
    loss({ embedding, label, layers }) {
      const embeddings = branches.map(({ layer, branch }) =>
        branch.embed(maxPool(cast(layers[layer], "f32"), { size: 2, stride: 2 }), true),
      );
      return [embedding, ...embeddings].map((x, i) => signals[i].loss(x, label)).reduce((a, b) => add(a, b));
    },
    update() {
      for (const { optimizer } of branches) optimizer.update();
    },
    seen: () => Object.fromEntries(signals.map((signal, i) => [`embedding${i}`, signal.seen()])),
    after(values, labels) {
      for (const [i, signal] of signals.entries()) signal.after(values[`embedding${i}`], labels);
    },
    before({ rate }) {
      for (const { optimizer } of branches) optimizer.rate.write(Float32Array.of(rate));
    },
    dispose() {
      for (const { branch, optimizer } of branches) {
        optimizer.dispose();
        branch.dispose();
      }
      for (const signal of signals) signal.dispose();
    },
  };
}

/** The last layer of each size that images have on their way, but for the largest and the smallest. */
function supervisedLayers(net: Net): number[] {
  const heights = placed(net).map(({ to }) => (to.length === 3 ? to[0] : 0));
  const last = heights.flatMap((height, i) => (height > 0 && height !== heights[i + 1] ? [i] : []));
  return last.slice(1, -1);
}

/** What makes an embedding, as large as the model's, of a layer of it whose height and width are halved first. */
function branchNet({ net, embedding }: Model, layer: number): Net {
  const [height, width, channels] = placed(net)[layer].to;
  return {
    name: `${net.name} from layer ${layer}`,
    height: Math.floor(height / 2),
    width: Math.floor(width / 2),
    channels,
    layers: [{ kind: "flatten" }, { kind: "linear", size: embedding }, { kind: "batchNorm" }],
  };
}

/** Softmax and contrastive loss of one embedding, and its margin. */
function signal({ gpu, batch }: Setting, model: Model, lambda: number) {
  const { embedding: D } = model;
  // The distance of two independent rows of a BatchNorm.
  const margin = gpu.tensor(Float32Array.of(Math.sqrt(2 * D)), []);
  const pairs = (batch * (batch - 1)) / 2;
  const most = Math.ceil(PAIRS / pairs);
  // Of the pairs of so many steps, after which they are overwritten.
  const distances = new Float64Array(most * pairs);
  const same = new Uint8Array(most * pairs);
  const steps = new Uint32Array(1);
  let seen: Tensor;
  return {
    state: { margin, distances, same, steps },
    loss(x: Tensor, label: Tensor): Tensor {
      seen = x;
      return add(
        softmaxLoss(model.classify(x), label, {}),
        contrastiveLoss(x, label, { margin, scale: lambda }),
      );
    },
    seen: () => seen,
    after(x: Float32Array, labels: Uint32Array): void {
      let pair = steps[0] * pairs;
      for (let i = 0; i < batch; i++) {
        for (let j = 0; j < i; j++) {
          let square = 0;
          for (let d = 0; d < D; d++) square += (x[i * D + d] - x[j * D + d]) ** 2;
          distances[pair] = Math.sqrt(square);
          same[pair++] = Number(labels[i] === labels[j]);
        }
      }
      steps[0] += 1;
      if (steps[0] < most) return;
      if (same.includes(1) && same.includes(0)) {
        margin.write(Float32Array.of(reestimateMargin(distances, same)));
      }
      steps[0] = 0;
    },
    dispose: () => margin.dispose(),
  };
}
