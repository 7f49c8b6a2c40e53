import { matmul as product } from "../../src/ops/matmul.ts";
import { random } from "../../src/random.ts";
import { bytesOf, once, ours, type Row } from "../row.ts";
import { tfjs } from "../tfjs.ts";

/** (M, K) x (K, N). */
export function matmul(M: number, N: number, K: number): Row {
  const inputs = once(() => {
    const r = random(2);
    const normal = (length: number) => Float32Array.from({ length }, () => r.normal());
    return { a: normal(M * K), b: normal(K * N) };
  });
  return {
    name: "matmul",
    shape: `${M}x${N}x${K}`,
    flops: 2 * M * N * K,
    bytes: bytesOf(M * K, K * N, M * N),
    counts: "2 M N K flops; each matrix read or written once",
    async ours(gpu) {
      const a = gpu.tensor(inputs().a, [M, K]);
      const b = gpu.tensor(inputs().b, [K, N]);
      return ours(gpu, () => ({ c: product(a, b, undefined, {}) }), [a, b]);
    },
    sizes: { M, N, K },
    peers: {
      async tfjs(tf) {
        const a = tf.tensor(inputs().a, [M, K]);
        const b = tf.tensor(inputs().b, [K, N]);
        return tfjs(tf, () => ({ c: tf.matMul(a, b) }), [a, b]);
      },
      async ort(ort) {
        const operands = {
          a: { values: inputs().a, shape: [M, K] },
          b: { values: inputs().b, shape: [K, N] },
        };
        const product = { opType: "MatMul", input: ["a", "b"], output: ["c"] };
        return ort.side([product], operands, { c: [M, N] });
      },
      async "jax-js"({ numpy, side }) {
        const a = numpy.array(inputs().a, { shape: [M, K] });
        const b = numpy.array(inputs().b, { shape: [K, N] });
        return side((a, b) => ({ c: numpy.matmul(a, b) }), [a, b]);
      },
    },
  };
}
