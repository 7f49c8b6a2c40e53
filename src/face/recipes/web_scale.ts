import { l2Normalize } from "../../ops/l2_normalize.ts";
import { matmul } from "../../ops/matmul.ts";
import { softmaxLoss } from "../../ops/softmax_loss.ts";
import { topK } from "../../ops/top_k.ts";
import { random } from "../../random.ts";
import type { Model } from "../model.ts";
import type { Recipe, Stage } from "../recipe.ts";

/** Numbers in the bottleneck. */
const BOTTLENECK = 64;
/** Part of the classes that begins the hard subset, and part of them that it has in the end. */
const SEEDS = 0.1;
const SUBSET = 0.5;

/** Web-Scale: a bottleneck before the classifier, and a second training on people whose classifier weights are alike. */
export const webScale = (): Recipe => ({
  name: "web-scale",
  title: "web-scale",
  sentence:
    "Softmax cross-entropy behind a bottleneck; then anew on a subset of people who look alike, those whose classifier weights are nearest to those of some drawn at random.",
  source: "Taigman, Yang, Ranzato, Wolf, Web-Scale Training for Face Identification, CVPR 2015",
  settings: {},
  stages: [behindBottleneck, { ...behindBottleneck, choose: hardClasses }],
});

const behindBottleneck: Stage = {
  share: 1 / 2,
  net: (trunk) => ({ ...trunk, layers: [...trunk.layers, { kind: "linear", size: BOTTLENECK }] }),
  objective: ({ model }) => ({
    loss: ({ embedding, label }) => softmaxLoss(model.classify(embedding), label, {}),
  }),
};

/** Most neighbours of a class that are looked at. */
const NEIGHBOURS = 16;

/**
 * A hard subset of the classes: some drawn at random, then, round by round, the next nearest of each by the cosine between
 * their classifier weights (semantic bootstrapping), until it is large enough. The numbers rise.
 */
async function hardClasses({ parameters, classes }: Model, seed: number): Promise<number[]> {
  const { gpu } = parameters.values;
  const weights = await parameters.tensors["classifier.weight"].read();
  const D = weights.length / classes;
  // The classifier holds (D, classes).
  const rows = gpu.tensor(
    Float32Array.from(weights, (_, i) => weights[(i % D) * classes + Math.floor(i / D)]),
    [classes, D],
  );
  const unit = l2Normalize(rows);
  const K = Math.min(NEIGHBOURS, classes);
  const { index } = topK(matmul(unit, unit, undefined, { transposeB: true }), K);
  const nearest = await gpu.readU32(index);
  rows.dispose();

  const wanted = Math.max(2, Math.round(SUBSET * classes));
  const order = random(seed).shuffle(Uint32Array.from({ length: classes }, (_, c) => c));
  const seeds = order.subarray(0, Math.max(1, Math.round(SEEDS * classes)));
  const chosen = new Set(seeds);
  // Round 0 is the classes themselves; classes drawn later fill what their neighbours leave.
  for (const classesOfRound of [
    ...Array.from({ length: K }, (_, k) => Array.from(seeds, (c) => nearest[c * K + k])),
    order,
  ]) {
    for (const c of classesOfRound) if (chosen.size < wanted) chosen.add(c);
  }
  return [...chosen].sort((a, b) => a - b);
}
