import { softmaxLoss } from "../../ops/softmax_loss.ts";
import type { Recipe, RecipeSettings } from "../recipe.ts";

/** Knot Magnify loss; gamma is 1 unless told. */
export const km = ({ gamma = 1 }: RecipeSettings = {}): Recipe => ({
  name: "km",
  title: `km (gamma ${gamma})`,
  sentence:
    "Softmax cross-entropy times 1 / (gamma p + 1)^2, p the probability of the label, so that hard faces count more.",
  source: "Rao, Yu, Yang, Feng, Knot Magnify Loss for Face Recognition, ICIP 2018",
  settings: { gamma },
  stages: [
    {
      objective: ({ model }) => ({
        loss: ({ embedding, label }) => softmaxLoss(model.classify(embedding), label, { gamma }),
      }),
    },
  ],
});
