// Optimizers: one launch over all parameters, or one per slice where they are too large for one.
import { type Flat, flat } from "./flat.ts";
import { sgd as sgdKernel } from "./kernels.gen.ts";
import type { Tensor } from "./tensor.ts";
import { columnLanes } from "./tiles.ts";

export interface SgdOptions {
  /** Learning rate to begin with; `rate` changes it between runs of a step. */
  readonly rate: number;
  /** Part of the velocity that stays from step to step; 0 unless told. */
  readonly momentum?: number;
  /** Added to the gradient as a multiple of the weight; 0 unless told. */
  readonly weightDecay?: number;
}

/** An optimizer of one set of parameters. */
export interface Optimizer {
  /** Learning rate, a single number (): write it before a run to change it. */
  readonly rate: Tensor;
  /** Moves the parameters along their gradients. Throws where a parameter has none. */
  update(): void;
  /** Gives the optimizer's memory back; the parameters stay. */
  dispose(): void;
}

/**
 * Stochastic gradient descent with momentum and weight decay:
 * v = momentum v + dw + weightDecay w, then w = w - rate v.
 * Throws where an option is negative or not a number.
 */
export function sgd(parameters: Flat, { rate, momentum = 0, weightDecay = 0 }: SgdOptions): Optimizer {
  for (const [name, value] of Object.entries({ rate, momentum, weightDecay })) {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new Error(`sgd: ${name} is ${value} but must be a number from 0 up`);
    }
  }
  const { gpu, size } = parameters.values;
  const gradients = flat(
    gpu,
    Object.fromEntries(Object.entries(parameters.tensors).map(([name, t]) => [name, t.shape])),
  );
  const velocity = gpu.zeros([size]);
  const rateTensor = gpu.tensor(Float32Array.of(rate), []);
  const [dws, vs, ws] = [gradients.values, velocity, parameters.values].map((t) => gpu.pieces(t));
  return {
    rate: rateTensor,
    update() {
      const moves = Object.entries(parameters.tensors).map(([name, { grad }]) => {
        if (grad) return { grad, target: gradients.tensors[name] };
        throw new Error(
          `update: the parameter ${name} has no gradient; call backward on a loss that uses it`,
        );
      });
      for (const { grad, target } of moves) {
        // In a step a gradient is computed in its place; elsewhere, and where parameters share one, it is copied there.
        const shared = moves.some((other) => other.target !== target && other.grad.memory === grad.memory);
        if (shared) gpu.copy(target, grad);
        else gpu.assign(target, grad);
      }
      for (const [i, w] of ws.entries()) {
        gpu.launch(
          sgdKernel,
          { dw: dws[i], v: vs[i], w, rate: rateTensor, momentum, decay: weightDecay },
          { T: columnLanes(gpu, w.size) },
        );
      }
    },
    dispose() {
      for (const t of [gradients.values, velocity, rateTensor]) t.dispose();
    },
  };
}
