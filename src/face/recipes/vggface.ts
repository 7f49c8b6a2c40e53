import { l2Normalize } from "../../ops/l2_normalize.ts";
import { softmaxLoss } from "../../ops/softmax_loss.ts";
import { tripletLoss } from "../../ops/triplet_loss.ts";
import type { Recipe } from "../recipe.ts";

/** VGGFace: a classifier first, then a projection of the finished net's embedding, trained with triplets. */
export const vggface = (): Recipe => ({
  name: "vggface",
  title: "vggface",
  sentence:
    "Softmax cross-entropy; then the net stays as it is and a linear projection of it is trained with triplets, negatives drawn at random of those too near.",
  source: "Parkhi, Vedaldi, Zisserman, Deep Face Recognition, BMVC 2015",
  settings: {},
  stages: [
    {
      share: 2 / 3,
      objective: ({ model }) => ({
        loss: ({ embedding, label }) => softmaxLoss(model.classify(embedding), label, {}),
      }),
    },
    {
      share: 1 / 3,
      net: (trunk) => ({ ...trunk, layers: [...trunk.layers, { kind: "linear", size: 128 }] }),
      frozen: true,
      classifier: "none",
      perClass: 4,
      objective: ({ gpu, seed }) => {
        const draw = gpu.zeros([], "u32");
        return {
          loss: ({ embedding, label }) =>
            tripletLoss(l2Normalize(embedding), label, { margin: 0.2, mining: "random", seed: draw }),
          before: ({ step }) => draw.write(Uint32Array.of((seed + 0x9e3779b9 * step) >>> 0)),
          dispose: () => draw.dispose(),
        };
      },
    },
  ],
});
