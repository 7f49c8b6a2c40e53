import { l2Normalize } from "../../ops/l2_normalize.ts";
import { tripletLoss } from "../../ops/triplet_loss.ts";
import type { Recipe } from "../recipe.ts";

/** FaceNet's triplets of unit embeddings, without a classifier. */
export const facenet = (): Recipe => ({
  name: "facenet",
  title: "facenet",
  sentence:
    "Triplet loss of embeddings of length 1, with semi-hard negatives of the batch and no classifier.",
  source:
    "Schroff, Kalenichenko, Philbin, FaceNet: A Unified Embedding for Face Recognition and Clustering, CVPR 2015",
  settings: {},
  stages: [
    {
      classifier: "none",
      perClass: 4,
      objective: () => ({
        loss: ({ embedding, label }) =>
          tripletLoss(l2Normalize(embedding), label, { margin: 0.2, mining: "semi-hard" }),
      }),
    },
  ],
});
