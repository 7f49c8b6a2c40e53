import { margin } from "../../ops/margin.ts";
import { softmaxLoss } from "../../ops/softmax_loss.ts";
import type { Recipe } from "../recipe.ts";

/** Scale of the logits and margin for some hundred people; the paper's 64 and 0.35 are for ten thousand and more. */
const SCALE = 24;
const MARGIN = 0.2;

/** CosFace, which came after the KM paper and is what such losses are compared with today. */
export const cosface = (): Recipe => ({
  name: "cosface",
  title: "cosface",
  sentence: "Softmax cross-entropy of scaled cosines, the label's lowered by a margin.",
  source: "Wang et al., CosFace: Large Margin Cosine Loss for Deep Face Recognition, CVPR 2018",
  settings: {},
  stages: [
    {
      classifier: { cosine: SCALE },
      objective: ({ model }) => ({
        loss: ({ embedding, label }) =>
          softmaxLoss(
            margin(model.cosines(embedding), label, undefined, { kind: "cosface", m: MARGIN, s: SCALE }),
            label,
            {},
          ),
      }),
    },
  ],
});
