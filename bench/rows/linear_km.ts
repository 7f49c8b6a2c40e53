import type { Gpu } from "../../src/gpu.ts";
import { backward } from "../../src/op.ts";
import { classifierLoss } from "../../src/ops/classifier_loss.ts";
import { random } from "../../src/random.ts";
import { bytesOf, once, ours, type Row } from "../row.ts";
import { tfjs } from "../tfjs.ts";
import { kmOf } from "./km_loss.ts";

const gamma = 4;
/** Normal numbers that a matrix repeats: a prime, so that no two of its rows are alike. */
const PERIOD = 999_983;
/** Numbers of dw up to which sides are compared by it too, and not by loss and dx alone. */
const MOST_COMPARED = 2 ** 25;

/**
 * Classifier of C classes for N rows of D features, Knot Magnify loss of its logits, and the gradients of both operands.
 * With a filter the batch is one of late training, and the same without it is the side `unfiltered`.
 */
export function linearKm(N: number, D: number, C: number, filter = 0): Row {
  const inputs = once(() => (filter > 0 ? trained : fresh)(N, D, C));
  const compared = C * D <= MOST_COMPARED;
  const side = (filter: number) => async (gpu: Gpu) => {
    const { x: features, w: weights, labels } = inputs();
    const x = gpu.tensor(features, [N, D]);
    const w = gpu.tensor(weights, [C, D]);
    const label = gpu.tensor(labels);
    x.needsGrad = true;
    w.needsGrad = true;
    const work = () => {
      const loss = classifierLoss(x, w, undefined, label, { gamma, scale: 1 / N, reduction: "sum", filter });
      backward(loss);
      return { loss, dx: x.grad!, ...(compared && { dw: w.grad! }) };
    };
    return ours(gpu, work, [x, w, label]);
  };
  const operands = bytesOf(2 * N * D, 2 * C * D);
  return {
    topic: "loss",
    name: "linear-km",
    shape: `${N}x${D}x${C}${filter > 0 ? ` filter 2^${Math.log2(filter)}` : ""}`,
    flops: 6 * N * C * D,
    bytes: operands,
    operands,
    counts:
      "6 N C D flops, the work asked for: neither logits made again nor what a filter leaves out change it; x and w read once, dx and dw written once",
    ours: side(filter),
    ...(filter > 0 && { variants: { unfiltered: side(0) } }),
    peers: {
      async tfjs(tf, { device }) {
        if (filter > 0) return "has no filter; the row without one has its time";
        const most = device.limits.maxStorageBufferBindingSize;
        const largest = 4 * C * Math.max(N, D);
        if (largest > most) {
          return `a tensor of ${largest / 1e6} MB is needed but a binding has at most ${(most / 1e6).toFixed(0)} MB`;
        }
        const x = tf.tensor(inputs().x, [N, D]);
        const w = tf.tensor(inputs().w, [C, D]);
        const label = tf.tensor(Int32Array.from(inputs().labels), [N], "int32");
        const lossOf = tf.valueAndGrads((x, w) =>
          tf.mean(kmOf(tf, tf.matMul(x!, w!, false, true), label, gamma)),
        );
        const work = () => {
          const { value, grads } = lossOf([x, w]);
          const [dx, dw] = grads;
          return { loss: value, dx: dx!, ...(compared && { dw: dw! }) };
        };
        return tfjs(tf, work, [x, w, label]);
      },
    },
  };
}

/** Features and weights that give each logit variance 1, and labels that nothing was learned of. */
function fresh(N: number, D: number, C: number) {
  const r = random(6);
  const x = Float32Array.from({ length: N * D }, () => r.normal());
  const labels = Uint32Array.from({ length: N }, () => r.below(C));
  const period = Float32Array.from({ length: Math.min(PERIOD, C * D) }, () => r.normal() / Math.sqrt(D));
  const w = new Float32Array(C * D);
  for (let i = 0; i < w.length; i += period.length) w.set(period.subarray(0, w.length - i), i);
  return { x, w, labels };
}

/** The same where a class of each row has a logit of about 20: its label's, but for one row in 32 another's. */
function trained(N: number, D: number, C: number) {
  const { x, w, labels } = fresh(N, D, C);
  labels.forEach((label, n) => {
    const c = n % 32 === 0 ? (label + 1) % C : label;
    const row = x.subarray(n * D, (n + 1) * D);
    const square = row.reduce((sum, v) => sum + v * v, 0);
    row.forEach((v, d) => {
      w[c * D + d]! += (20 * v) / square;
    });
  });
  return { x, w, labels };
}
