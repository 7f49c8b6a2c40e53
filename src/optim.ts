// Optimizers: one launch over all parameters, or one per slice where they are too large for one.
import { KnotgradError } from "./error.ts";
import { type Flat, flat } from "./flat.ts";
import type { Gpu } from "./gpu.ts";
import { lossScale as lossScaleKernel, nonFinite, sgd as sgdKernel } from "./kernels.gen.ts";
import type { Tensor } from "./tensor.ts";
import { columnLanes } from "./tiles.ts";

/** How `sgd` moves parameters. */
export interface SgdOptions {
  /** Learning rate to begin with; `rate` changes it between runs of a step. */
  readonly rate: number;
  /** Part of the velocity that stays from step to step; 0 unless told. */
  readonly momentum?: number;
  /** Added to the gradient as a multiple of the weight; 0 unless told. */
  readonly weightDecay?: number;
  /** What the loss was multiplied by; steps with gradients that are not finite are left out then. */
  readonly lossScale?: LossScale | undefined;
}

/** A factor on the loss that keeps gradients within the range of f16, and follows them. */
export interface LossScale {
  /** The factor (), to be given to `backward` with the loss. */
  readonly value: Tensor;
  /** (2) u32: good steps in a row, and all steps left out. */
  readonly counts: Tensor;
  /** Good steps in a row after which it doubles. */
  readonly every: number;
  /** Gives the memory back. */
  dispose(): void;
}

/**
 * A factor on the loss for gradients that are stored in f16: `backward(loss, scale.value)`, and `sgd` with it divides it out
 * again. It halves with each step that has a gradient which is not finite, and doubles after `every` steps without one.
 * Throws where `start` is no power of two from 1 to 2^24.
 * Source: Micikevicius et al., "Mixed Precision Training", ICLR 2018.
 */
export function lossScale(
  gpu: Gpu,
  { start = 1024, every = 2000 }: { readonly start?: number; readonly every?: number } = {},
): LossScale {
  const power = Math.log2(start);
  if (!(Number.isInteger(power) && power >= 0 && power <= 24)) {
    throw new KnotgradError(
      "value",
      `lossScale: start is ${start} but must be a power of two from 1 to 2^24`,
    );
  }
  if (!(Number.isInteger(every) && every > 0)) {
    throw new KnotgradError("value", `lossScale: every is ${every} but must be a whole number from 1 up`);
  }
  const value = gpu.tensor(Float32Array.of(start), []);
  const counts = gpu.zeros([2], "u32");
  const dispose = () => {
    for (const t of [value, counts]) t.dispose();
  };
  return { value, counts, every, dispose };
}

/** An optimizer of one set of parameters. */
export interface Optimizer {
  /** Learning rate, a single number (): write it before a run to change it. */
  readonly rate: Tensor;
  /** What is kept from update to update of each parameter, by its name, in its shape. */
  readonly velocities: Flat["tensors"];
  /** Moves the parameters along their gradients. Throws where a parameter has none. */
  update(): void;
  /** Gives the optimizer's memory back; the parameters stay. */
  dispose(): void;
}

/**
 * Stochastic gradient descent with momentum and weight decay:
 * v = momentum v + dw + weightDecay w, then w = w - rate v.
 * Throws where an option is negative or not a number.
 * @example
 * ```ts
 * const parameters = flat(gpu, { w: [2] });
 * const { w } = parameters.tensors;
 * w.needsGrad = true;
 * const optimizer = sgd(parameters, { rate: 0.1 });
 * backward(scale(w, 3));
 * optimizer.update();
 * await w.read(); // => [-0.3, -0.3]
 * ```
 */
export function sgd(
  parameters: Flat,
  { rate, momentum = 0, weightDecay = 0, lossScale: scaled }: SgdOptions,
): Optimizer {
  for (const [name, value] of Object.entries({ rate, momentum, weightDecay })) {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new KnotgradError("value", `sgd: ${name} is ${value} but must be a number from 0 up`);
    }
  }
  const { gpu } = parameters.values;
  const shapes = Object.fromEntries(Object.entries(parameters.tensors).map(([name, t]) => [name, t.shape]));
  const gradients = flat(gpu, shapes);
  const velocities = flat(gpu, shapes);
  const rateTensor = gpu.tensor(Float32Array.of(rate), []);
  const [dws, vs, ws] = [gradients, velocities, parameters].map(({ values }) => gpu.pieces(values));
  return {
    rate: rateTensor,
    velocities: velocities.tensors,
    update() {
      const moves = Object.entries(parameters.tensors).map(([name, { grad }]) => {
        if (grad) return { grad, target: gradients.tensors[name] };
        throw new KnotgradError(
          "value",
          `update: the parameter ${name} has no gradient; call backward on a loss that uses it`,
        );
      });
      for (const { grad, target } of moves) {
        // In a step a gradient is computed in its place; elsewhere, and where parameters share one, it is copied there.
        const shared = moves.some((other) => other.target !== target && other.grad.memory === grad.memory);
        if (shared) gpu.copy(target, grad);
        else gpu.assign(target, grad);
      }
      const unscale = scaled && settled(scaled, dws);
      for (const [i, w] of ws.entries()) {
        gpu.launch(
          sgdKernel,
          { dw: dws[i], v: vs[i], w, rate: rateTensor, momentum, decay: weightDecay, unscale },
          { T: columnLanes(gpu, w.size) },
        );
      }
    },
    dispose() {
      for (const t of [gradients.values, velocities.values, rateTensor]) t.dispose();
    },
  };
}

/** Lanes that look for gradients that are not finite, of each piece of them. */
const LANES = 1024;

/** What gradients are to be multiplied by (), 0 where one is not finite; the scale goes on to that of the next step. */
function settled({ value: scale, counts, every }: LossScale, dws: readonly Tensor[]): Tensor {
  const { gpu } = scale;
  const parts = gpu.empty([LANES * dws.length], "u32");
  for (const [i, x] of dws.entries()) {
    gpu.launch(nonFinite, { x, parts: gpu.slice(parts, LANES * i, [LANES]) });
  }
  return gpu.launch(lossScaleKernel, { parts, scale, counts }, { EVERY: every }).unscale;
}
