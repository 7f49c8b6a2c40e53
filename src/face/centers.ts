// Centers of the center loss, and the two published ways to move them.
import { flat } from "../flat.ts";
import type { Gpu } from "../gpu.ts";
import { centerGradient, updateCenters } from "../ops/center_loss.ts";
import { type SgdOptions, sgd } from "../optim.ts";
import { random } from "../random.ts";
import type { Tensor } from "../tensor.ts";

/**
 * How centers are trained, and the weight of the center loss published with it.
 * `paper` (Wen, Zhang, Li, Qiao, ECCV 2016): a step moves the centers of its batch by alpha; with alpha 0.5.
 * `released`, as the authors' code does (github.com/ydwen/caffe-face): centers are parameters of the solver, with the net's
 * rate and momentum and twice its weight decay, so that all of them decay towards 0; alpha is not used.
 */
export const centerRecipes = { paper: { lambda: 0.003 }, released: { lambda: 0.008 } } as const;
/** A key of `centerRecipes`. */
export type CenterRecipe = keyof typeof centerRecipes;

export interface CenterOptions extends SgdOptions {
  /** `paper` unless told. */
  readonly centers?: CenterRecipe;
  /** How far the paper's centers move in a step, from 0 to 1. */
  readonly alpha: number;
  readonly seed: number;
}

/** Centers in training. */
export interface Centers {
  /** (C, D) */
  readonly values: Tensor;
  /** The learning rate (), where they have one: write it before a run to change it. */
  readonly rate?: Tensor;
  /** All that lasts from step to step. */
  readonly state: { readonly [name: string]: Tensor };
  /** Moves them after a batch: x (N, D), label (N). */
  update(x: Tensor, label: Tensor): void;
  dispose(): void;
}

/** Centers (C, D) of a recipe: the paper's begin at 0, the released ones uniform within sqrt(3 / D). */
export function createCenters(gpu: Gpu, C: number, D: number, options: CenterOptions): Centers {
  const { centers: recipe = "paper", alpha, weightDecay = 0, seed } = options;
  if (recipe === "paper") {
    const values = gpu.zeros([C, D]);
    return {
      values,
      state: { centers: values },
      update: (x, label) => updateCenters(x, label, values, { alpha }),
      dispose: () => values.dispose(),
    };
  }
  const parameters = flat(gpu, { centers: [C, D] });
  const { centers: values } = parameters.tensors;
  const r = random(seed);
  values.write(Float32Array.from({ length: C * D }, () => (2 * r.next() - 1) * Math.sqrt(3 / D)));
  const optimizer = sgd(parameters, { ...options, weightDecay: 2 * weightDecay });
  return {
    values,
    rate: optimizer.rate,
    state: { centers: values, velocity: optimizer.velocities.centers },
    update(x, label) {
      values.grad = centerGradient(x, label, values);
      optimizer.update();
    },
    dispose() {
      optimizer.dispose();
      parameters.values.dispose();
    },
  };
}
