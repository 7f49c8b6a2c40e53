import type { Gpu } from "../../src/gpu.ts";
import { backward } from "../../src/op.ts";
import { reduce } from "../../src/ops/labels.ts";
import { softmaxLoss } from "../../src/ops/softmax_loss.ts";
import { random } from "../../src/random.ts";
import type { Jax, JaxArray } from "../jax.ts";
import { bytesOf, once, ours, type Row } from "../row.ts";
import type { Tf, TfTensor } from "../tf.ts";
import { tfjs } from "../tfjs.ts";

const gamma = 4;

/**
 * Knot Magnify loss of each of N rows of C logits, and its gradient; the side `two-pass` has the same kernel make them in
 * two dispatches, which read the logits once each.
 */
export function kmLoss(N: number, C: number): Row {
  const inputs = once(() => {
    const r = random(1);
    const values = Float32Array.from({ length: N * C }, () => 4 * r.normal());
    return { values, labels: Uint32Array.from({ length: N }, () => r.below(C)) };
  });
  const side = (reduction: "sum" | "none") => async (gpu: Gpu) => {
    const logits = gpu.tensor(inputs().values, [N, C]);
    const label = gpu.tensor(inputs().labels);
    logits.needsGrad = true;
    const work = () => {
      // The gradient waits for dL/dloss where rows are not put together.
      const loss = softmaxLoss(logits, label, { gamma, scale: 1 / N, reduction });
      backward(loss);
      return { loss: reduction === "none" ? reduce(loss, "sum") : loss, dlogits: logits.grad! };
    };
    return ours(gpu, work, [logits, label]);
  };
  return {
    topic: "loss",
    name: "km-loss",
    shape: `${N}x${C}`,
    flops: 9 * N * C,
    bytes: bytesOf(2 * N * C, 3 * N),
    counts:
      "9 flops per logit, its exp being one; logits read once, gradient written once, though two-pass reads them twice, and so does one dispatch, from a cache, where a row is longer than the registers of its lanes (64 to 128 classes on a CPU, 4,096 on a GPU)",
    ours: side("sum"),
    variants: { "two-pass": side("none") },
    peers: {
      async tfjs(tf) {
        const logits = tf.tensor(inputs().values, [N, C]);
        const label = tf.tensor(Int32Array.from(inputs().labels), [N], "int32");
        const lossOf = tf.valueAndGrads((z) => tf.mean(kmOf(tf, z, label, gamma)));
        const work = () => {
          const { value, grads } = lossOf([logits]);
          return { loss: value, dlogits: grads[0]! };
        };
        return tfjs(tf, work, [logits, label]);
      },
      async "jax-js"(jax) {
        const { numpy } = jax;
        const logits = numpy.array(inputs().values, { shape: [N, C] });
        const labels = Int32Array.from(inputs().labels);
        const label = numpy.array(labels, { shape: [N], dtype: numpy.int32 });
        const lossOf = jax.valueAndGrad((z, label) => numpy.mean(jaxKm(jax, z, label, C)));
        const work = (logits: JaxArray, label: JaxArray) => {
          const [loss, dlogits] = lossOf(logits, label);
          return { loss, dlogits };
        };
        return jax.side(work, [logits, label]);
      },
    },
  };
}

/** Knot Magnify loss (N) composed of tfjs's operations. */
export function kmOf(tf: Tf, logits: TfTensor, label: TfTensor, gamma: number): TfTensor {
  const target = tf.oneHot(label, logits.shape[1]!, 1, 0, "float32");
  const nll = tf.neg(tf.sum(tf.mul(target, tf.logSoftmax(logits)), 1));
  return tf.div(nll, tf.square(tf.add(tf.mul(tf.exp(tf.neg(nll)), gamma), 1)));
}

/** The same composed of jax-js's. */
function jaxKm({ numpy, nn }: Jax, logits: JaxArray, label: JaxArray, C: number): JaxArray {
  // Its oneHot takes rows out of a unit matrix (C, C), which is 4 GB for 32768 classes.
  const target = numpy.equal(label.reshape([-1, 1]), numpy.arange(C));
  const nll = numpy.sum(numpy.where(target, nn.logSoftmax(logits), 0), 1).neg();
  return nll.ref.div(numpy.square(numpy.exp(nll.neg()).mul(gamma).add(1)));
}
