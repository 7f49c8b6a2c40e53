import { backward } from "../../src/op.ts";
import { batchNorm } from "../../src/ops/batch_norm.ts";
import { random } from "../../src/random.ts";
import { count } from "../../src/tensor.ts";
import type { JaxArray } from "../jax.ts";
import { bytesOf, once, ours, type Row } from "../row.ts";
import type { Tf, TfTensor, TfVariable } from "../tf.ts";
import { tfjs } from "../tfjs.ts";

const epsilon = 1e-5;
const momentum = 0.1;

/** Batch normalisation in training, and its gradients dx, dscale and dshift for a given dy. */
export function batchNormGrad(shape: readonly [N: number, H: number, W: number, C: number]): Row {
  const C = shape[3];
  const inputs = once(() => {
    const r = random(4);
    const normal = (length: number, mean = 1) => Float32Array.from({ length }, () => mean + r.normal());
    // Of mean 0, since dscale has the rounding of the mean of x times the sum of dy.
    const dy = normal(count(shape), 0);
    return { x: normal(count(shape)), dy, scale: normal(C), shift: normal(C) };
  });
  return {
    name: "batchnorm-grad",
    shape: shape.join("x"),
    flops: 14 * count(shape),
    bytes: bytesOf(batchNormPasses * count(shape)),
    counts: "14 flops per element; x read twice and y written, then x and dy read twice and dx written",
    async ours(gpu) {
      const x = gpu.tensor(inputs().x, shape);
      const dy = gpu.tensor(inputs().dy, shape);
      const [scale, shift] = [gpu.tensor(inputs().scale), gpu.tensor(inputs().shift)];
      const [mean, variance] = [gpu.zeros([C]), gpu.zeros([C])];
      for (const t of [x, scale, shift]) t.needsGrad = true;
      const work = () => {
        const y = batchNorm(x, scale, shift, undefined, undefined, {
          training: true,
          mean,
          variance,
          momentum,
          epsilon,
        });
        backward(y, dy);
        return { y, dx: x.grad!, dscale: scale.grad!, dshift: shift.grad!, mean, variance };
      };
      return ours(gpu, work, [x, dy, scale, shift, mean, variance]);
    },
    sizes: { x: shape, momentum, epsilon },
    peers: {
      async tfjs(tf) {
        const [x, dy] = [tf.tensor(inputs().x, shape), tf.tensor(inputs().dy, shape)];
        const [scale, shift] = [tf.tensor(inputs().scale, [C]), tf.tensor(inputs().shift, [C])];
        const running = runningStatistics(tf, C);
        const all = tf.valueAndGrads((x, scale, shift) => trainingNorm(tf, x!, scale!, shift!, running));
        const work = () => {
          const { value, grads } = all([x, scale, shift], dy);
          const [dx, dscale, dshift] = grads as [TfTensor, TfTensor, TfTensor];
          const { mean, variance } = running;
          return { y: value, dx, dscale, dshift, mean: tf.add(mean, 0), variance: tf.add(variance, 0) };
        };
        return tfjs(tf, work, [x, dy, scale, shift, running.mean, running.variance]);
      },
      async "jax-js"({ numpy, vjp, side }) {
        const axes = [0, 1, 2];
        const rows = count(shape) / C;
        const norm = (x: JaxArray, scale: JaxArray, shift: JaxArray): [JaxArray, [JaxArray, JaxArray]] => {
          const [mean, variance] = [numpy.mean(x.ref, axes), numpy.var_(x.ref, axes)];
          const factor = scale.div(numpy.sqrt(variance.ref.add(epsilon)));
          return [x.sub(mean.ref).mul(factor).add(shift), [mean, variance]];
        };
        const work = (
          x: JaxArray,
          dy: JaxArray,
          scale: JaxArray,
          shift: JaxArray,
          mean: JaxArray,
          variance: JaxArray,
        ) => {
          const [y, back, batch] = vjp(norm, [x, scale, shift], { hasAux: true });
          const [dx, dscale, dshift] = back(dy) as [JaxArray, JaxArray, JaxArray];
          back.dispose();
          const follow = (old: JaxArray, batch: JaxArray, factor: number) =>
            old.mul(1 - momentum).add(batch.mul(momentum * factor));
          return {
            ...{ y, dx, dscale, dshift, mean: follow(mean, batch[0], 1) },
            variance: follow(variance, batch[1], rows / (rows - 1)),
          };
        };
        const { x, dy, scale, shift } = inputs();
        const images = [x, dy].map((values) => numpy.array(values, { shape }));
        const zero = new Float32Array(C);
        const channels = [scale, shift, zero, zero].map((values) => numpy.array(values, { shape: [C] }));
        return side(work, [...images, ...channels]);
      },
    },
  };
}

/** How often each of its elements is read or written: three times forward, five times backward. */
export const batchNormPasses = 8;

/** Mean and variance that go along with the batches'. */
export interface Running {
  readonly mean: TfVariable;
  readonly variance: TfVariable;
}

export function runningStatistics(tf: Tf, C: number): Running {
  const make = (value: number) => tf.variable(tf.tensor(new Float32Array(C).fill(value), [C]), false);
  return { mean: make(0), variance: make(0) };
}

/** Batch normalisation of x (..., C) in training, composed of tfjs's operations. */
export function trainingNorm(
  tf: Tf,
  x: TfTensor,
  scale: TfTensor,
  shift: TfTensor,
  running: Running,
): TfTensor {
  const { mean, variance } = tf.moments(
    x,
    x.shape.slice(0, -1).map((_, axis) => axis),
  );
  const N = count(x.shape.slice(0, -1));
  const follow = (old: TfVariable, batch: TfTensor, factor: number) =>
    old.assign(tf.add(tf.mul(old, 1 - momentum), tf.mul(batch, momentum * factor)));
  follow(running.mean, mean, 1);
  follow(running.variance, variance, N / (N - 1));
  return tf.batchNorm(x, mean, variance, shift, scale, epsilon);
}
