import { softmaxLoss } from "../../ops/softmax_loss.ts";
import type { Recipe } from "../recipe.ts";

/** Softmax cross-entropy alone, what the others are compared with. */
export const softmax = (): Recipe => ({
  name: "softmax",
  title: "softmax",
  sentence: "Softmax cross-entropy of a linear classifier over the people in training.",
  source: "the baseline of Rao, Yu, Yang, Feng, ICIP 2018",
  settings: {},
  stages: [
    {
      objective: ({ model }) => ({
        loss: ({ embedding, label }) => softmaxLoss(model.classify(embedding), label, {}),
      }),
    },
  ],
});
