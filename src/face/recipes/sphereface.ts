import { margin, sphereFaceLambda } from "../../ops/margin.ts";
import { rowNorms } from "../../ops/row_norms.ts";
import { softmaxLoss } from "../../ops/softmax_loss.ts";
import type { Recipe } from "../recipe.ts";

/** SphereFace's A-Softmax with m = 4: classifier weights of length 1, and a margin that multiplies the label's angle. */
export const sphereface = (): Recipe => ({
  name: "sphereface",
  title: "sphereface",
  sentence:
    "A-Softmax: softmax cross-entropy of |x| cos(angle), the label's angle multiplied by 4; the plain cosine counts less and less.",
  source:
    "Liu, Wen, Yu, Li, Raj, Song, SphereFace: Deep Hypersphere Embedding for Face Recognition, CVPR 2017",
  settings: {},
  stages: [
    {
      classifier: { cosine: "length" },
      objective: ({ gpu, model }) => {
        const lambda = gpu.tensor(Float32Array.of(sphereFaceLambda(0)), []);
        return {
          loss: ({ embedding, label }) => {
            const how = { kind: "sphereface", m: 4, lambda, magnitude: true } as const;
            return softmaxLoss(margin(model.cosines(embedding), label, rowNorms(embedding), how), label, {});
          },
          before: ({ step }) => lambda.write(Float32Array.of(sphereFaceLambda(step))),
          dispose: () => lambda.dispose(),
        };
      },
    },
  ],
});
