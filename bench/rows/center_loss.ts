import { backward } from "../../src/op.ts";
import { centerLoss as centerLossOf, updateCenters } from "../../src/ops/center_loss.ts";
import { random } from "../../src/random.ts";
import { bytesOf, once, ours, type Row } from "../row.ts";
import type { Tf, TfTensor } from "../tf.ts";
import { tfjs } from "../tfjs.ts";

const alpha = 0.5;

/** Center loss of N rows of D features and C centers, its gradient, and the paper's update of the centers. */
export function centerLoss(N: number, D: number, C: number): Row {
  const r = random(1);
  const labels = Uint32Array.from({ length: N }, () => r.below(C));
  const moved = new Set(labels).size;
  const inputs = once(() => {
    const reals = (n: number) => Float32Array.from({ length: n }, () => r.normal());
    return { features: reals(N * D), values: reals(C * D) };
  });
  return {
    topic: "loss",
    name: "center-loss",
    shape: `${N}x${D}x${C}`,
    flops: 6 * N * D + 3 * moved * D,
    bytes: bytesOf(2 * N * D, N, 2 * moved * D),
    counts:
      "6 flops per feature, 3 per moved one of a center; features and centers of the batch read once, gradient and those centers written once",
    async ours(gpu) {
      const x = gpu.tensor(inputs().features, [N, D]);
      const label = gpu.tensor(labels);
      const centers = gpu.tensor(inputs().values, [C, D]);
      x.needsGrad = true;
      const work = () => {
        const loss = centerLossOf(x, label, centers, {});
        backward(loss);
        updateCenters(x, label, centers, { alpha });
        return { loss, dx: x.grad!, centers };
      };
      return ours(gpu, work, [x, label, centers]);
    },
    peers: {
      async tfjs(tf) {
        const x = tf.tensor(inputs().features, [N, D]);
        const label = tf.tensor(Int32Array.from(labels), [N], "int32");
        const centers = tf.variable(tf.tensor(inputs().values, [C, D]), false);
        const work = () => {
          const own = tf.gather(centers, label);
          const lossOf = tf.valueAndGrads((x) => tf.mul(tf.sum(tf.square(tf.sub(x, own))), 0.5 / N));
          const { value, grads } = lossOf([x]);
          const updated = tf.add(centers, movesOf(tf, x, label, own, [C, D]));
          centers.assign(updated);
          return { loss: value, dx: grads[0]!, centers: updated };
        };
        return tfjs(tf, work, [x, label, centers]);
      },
    },
  };
}

/**
 * How far each center moves, (C, D), composed of tfjs's operations. scatterND adds up the rows of a class: at 256x512x10572
 * on lavapipe it took 29 ms, unsortedSegmentSum 68, a product with one-hot labels 392.
 */
function movesOf(tf: Tf, x: TfTensor, label: TfTensor, own: TfTensor, shape: readonly number[]): TfTensor {
  const N = label.shape[0]!;
  const rows = tf.reshape(label, [N, 1]);
  const count = tf.sum(tf.cast(tf.equal(rows, tf.reshape(label, [1, N])), "float32"), 1);
  const share = tf.div(alpha, tf.add(count, 1));
  return tf.scatterND(rows, tf.mul(tf.sub(x, own), tf.reshape(share, [N, 1])), shape);
}
