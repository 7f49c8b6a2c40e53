import { KnotgradError } from "../../error.ts";
import { softmaxLoss } from "../../ops/softmax_loss.ts";
import { chiSquaredScores, deepFaceFeatures, largestOf } from "../chi_squared.ts";
import type { Net } from "../nets.ts";
import type { Recipe } from "../recipe.ts";

/** DeepFace: filters that differ from place to place, features from 0 up, and verification by a learned distance. */
export const deepface = (): Recipe => ({
  name: "deepface",
  title: "deepface",
  sentence:
    "Softmax cross-entropy of a net that ends in a locally connected layer and features from 0 up; pairs are verified by a weighted chi-squared distance.",
  source:
    "Taigman, Yang, Ranzato, Wolf, DeepFace: Closing the Gap to Human-Level Performance in Face Verification, CVPR 2014",
  settings: {},
  stages: [
    {
      net: locallyConnected,
      objective: ({ model }) => ({
        loss: ({ embedding, label }) => softmaxLoss(model.classify(embedding), label, {}),
      }),
    },
  ],
  scores: (embeddings, D, pairs, trained) =>
    chiSquaredScores(deepFaceFeatures(embeddings, D, largestOf(trained, D)), D, pairs),
});

/** The net with its last convolution locally connected, and a ReLU at its end. Throws where it has no convolution. */
function locallyConnected(trunk: Net): Net {
  const last = trunk.layers.findLastIndex(({ kind }) => kind === "conv");
  const layers = trunk.layers.map((layer, i) => {
    if (i !== last || layer.kind !== "conv") return layer;
    const { filters, size, stride, pad, bias = false } = layer;
    return { kind: "local", filters, size, stride, pad, bias } as const;
  });
  if (last < 0)
    throw new KnotgradError("missing", `deepface: the net ${trunk.name} has no convolution but needs one`);
  return { ...trunk, layers: [...layers, { kind: "relu" }] };
}
