import { centerLoss } from "../../ops/center_loss.ts";
import { add } from "../../ops/elementwise.ts";
import { softmaxLoss } from "../../ops/softmax_loss.ts";
import { centerRecipes, createCenters } from "../centers.ts";
import type { Recipe, RecipeSettings, Stage } from "../recipe.ts";

/** Center loss beside softmax; alpha is 0.5, lambda what was published with the way centers move, unless told. */
export function center(given: RecipeSettings = {}): Recipe {
  const settings = centerSettings(given);
  return {
    name: "center",
    title: "center",
    sentence:
      "Softmax cross-entropy, and the squared distance of each embedding to the center of its person.",
    source:
      "Wen, Zhang, Li, Qiao, A Discriminative Feature Learning Approach for Deep Face Recognition, ECCV 2016",
    settings,
    stages: [withCenters({ ...settings, gamma: 0 })],
  };
}

/** Center loss beside KM, the best of the KM paper; gamma is 1 unless told, the rest as with `center`. */
export function kmCenter({ gamma = 1, ...given }: RecipeSettings = {}): Recipe {
  const settings = { gamma, ...centerSettings(given) };
  return {
    name: "km-center",
    title: `km-center (gamma ${gamma})`,
    sentence: "Knot Magnify loss, and the squared distance of each embedding to the center of its person.",
    source: "Rao, Yu, Yang, Feng, Knot Magnify Loss for Face Recognition, ICIP 2018",
    settings,
    stages: [withCenters(settings)],
  };
}

function centerSettings({ centers = "paper", alpha = 0.5, lambda }: RecipeSettings) {
  return { centers, alpha, lambda: lambda ?? centerRecipes[centers]?.lambda };
}

const withCenters = (settings: Required<RecipeSettings>): Stage => ({
  objective: ({ gpu, model, seed, optimizer }) => {
    const { gamma, lambda } = settings;
    const centers = createCenters(gpu, model.classes, model.embedding, {
      ...settings,
      ...optimizer,
      seed: seed + 2,
    });
    return {
      state: centers.state,
      loss: ({ embedding, label }) =>
        add(
          softmaxLoss(model.classify(embedding), label, { gamma }),
          centerLoss(embedding, label, centers.values, { scale: lambda }),
        ),
      update: ({ embedding, label }) => centers.update(embedding, label),
      before: ({ rate }) => centers.rate?.write(Float32Array.of(rate)),
      dispose: () => centers.dispose(),
    };
  },
});
