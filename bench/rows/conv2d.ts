import { backward } from "../../src/op.ts";
import { conv2d as convolve, outputSize } from "../../src/ops/conv2d.ts";
import { random } from "../../src/random.ts";
import { count, type Shape, type Tensor } from "../../src/tensor.ts";
import { bytesOf, once, ours, type Row } from "../row.ts";
import type { TfTensor } from "../tf.ts";
import { tfjs } from "../tfjs.ts";

interface Convolution {
  /** (N, H, W, C) */
  readonly x: readonly [N: number, H: number, W: number, C: number];
  readonly O: number;
  readonly stride: number;
}

const R = 3;
const pad = 1;

function sizes({ x, O, stride }: Convolution): { w: Shape; y: Shape; flops: number; shape: string } {
  const [N, H, W, C] = x;
  const [P, Q] = outputSize(x, [R, R], { stride, pad });
  return {
    w: [R, R, C, O],
    y: [N, P, Q, O],
    flops: 2 * N * P * Q * O * R * R * C,
    shape: `${N}x${H}x${W}x${C}->${O} ${R}x${R}/${stride}`,
  };
}

/** Convolution with 3x3 filters, padded by 1. */
export function conv2d(c: Convolution): Row {
  const { flops, shape, w, y } = sizes(c);
  const inputs = once(() => filled([c.x, w]));
  return {
    name: "conv2d",
    shape,
    flops,
    bytes: bytesOf(count(c.x), count(w), count(y)),
    counts: "2 N P Q O R S C flops; x and w read once, y written once",
    async ours(gpu) {
      const [x, f] = inputs().map(({ values, shape }) => gpu.tensor(values, shape)) as [Tensor, Tensor];
      return ours(gpu, () => ({ y: convolve(x, f, undefined, { stride: c.stride, pad }) }), [x, f]);
    },
    async tfjs(tf) {
      const [x, f] = inputs().map(({ values, shape }) => tf.tensor(values, shape)) as [TfTensor, TfTensor];
      return tfjs(tf, () => ({ y: tf.conv2d(x, f, c.stride, pad) }), [x, f]);
    },
  };
}

/** The same and its gradients dx and dw for a given dy. */
export function conv2dGrad(c: Convolution): Row {
  const { flops, shape, w, y } = sizes(c);
  const inputs = once(() => filled([c.x, w, y]));
  return {
    name: "conv2d-grad",
    shape,
    flops: 3 * flops,
    bytes: bytesOf(3 * count(c.x), 3 * count(w), 3 * count(y)),
    counts:
      "three products of 2 N P Q O R S C flops; each reads two of x, w, y or dy once and writes the third",
    async ours(gpu) {
      const tensors = inputs().map(({ values, shape }) => gpu.tensor(values, shape));
      const [x, f, dy] = tensors as [Tensor, Tensor, Tensor];
      x.needsGrad = true;
      f.needsGrad = true;
      const work = () => {
        const out = convolve(x, f, undefined, { stride: c.stride, pad });
        backward(out, dy);
        return { y: out, dx: x.grad!, dw: f.grad! };
      };
      return ours(gpu, work, tensors);
    },
    async tfjs(tf) {
      const tensors = inputs().map(({ values, shape }) => tf.tensor(values, shape));
      const [x, f, dy] = tensors as [TfTensor, TfTensor, TfTensor];
      const both = tf.valueAndGrads((x, f) => tf.conv2d(x!, f!, c.stride, pad));
      const work = () => {
        const { value, grads } = both([x, f], dy);
        return { y: value, dx: grads[0]!, dw: grads[1]! };
      };
      return tfjs(tf, work, tensors);
    },
  };
}

function filled(shapes: readonly Shape[]): { values: Float32Array; shape: Shape }[] {
  const r = random(3);
  return shapes.map((shape) => ({
    values: Float32Array.from({ length: count(shape) }, () => r.normal()),
    shape,
  }));
}
