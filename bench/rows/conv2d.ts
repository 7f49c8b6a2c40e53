import { backward } from "../../src/op.ts";
import { conv2d as convolve, outputSize } from "../../src/ops/conv2d.ts";
import { random } from "../../src/random.ts";
import { count, type Shape, type Tensor } from "../../src/tensor.ts";
import type { Jax, JaxArray } from "../jax.ts";
import { bytesOf, once, ours, permuted, type Results, type Row } from "../row.ts";
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
/** Orders of axes: peers with channels first and filters (O, C, R, S), from and to ours. */
const CHANNELS_FIRST = [0, 3, 1, 2];
const CHANNELS_LAST = [0, 2, 3, 1];
const FILTERS_FIRST = [3, 2, 0, 1];
const FILTERS_LAST = [2, 3, 1, 0];

function sizesOf({ x, O, stride }: Convolution) {
  const [N, H, W, C] = x;
  const [P, Q] = outputSize(x, [R, R], { stride, pad });
  const [w, y]: Shape[] = [
    [R, R, C, O],
    [N, P, Q, O],
  ];
  const shape = `${N}x${H}x${W}x${C}->${O} ${R}x${R}/${stride}`;
  return { w, y, flops: 2 * N * P * Q * O * R * R * C, shape, sizes: { x, O, R, stride, pad } };
}

/** Convolution with 3x3 filters, padded by 1. */
export function conv2d(c: Convolution): Row {
  const { flops, shape, w, y, sizes } = sizesOf(c);
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
    sizes,
    peers: {
      async tfjs(tf) {
        const [x, f] = inputs().map(({ values, shape }) => tf.tensor(values, shape)) as [TfTensor, TfTensor];
        return tfjs(tf, () => ({ y: tf.conv2d(x, f, c.stride, pad) }), [x, f]);
      },
      async ort(ort) {
        const [x, f] = inputs() as [Filled, Filled];
        // Inside, ort puts channels last too: its transpositions undo these, and one convolution is left.
        const nodes = [
          { opType: "Transpose", input: ["x"], output: ["first"], attributes: { perm: CHANNELS_FIRST } },
          {
            opType: "Conv",
            input: ["first", "w"],
            output: ["products"],
            attributes: { pads: [pad, pad, pad, pad], strides: [c.stride, c.stride] },
          },
          { opType: "Transpose", input: ["products"], output: ["y"], attributes: { perm: CHANNELS_LAST } },
        ];
        return ort.side(nodes, { x, w: reordered(f, FILTERS_FIRST) }, { y });
      },
      async "jax-js"(jax) {
        const [x, f] = jaxArrays(jax, inputs(), [CHANNELS_FIRST, FILTERS_FIRST]) as [JaxArray, JaxArray];
        const side = jax.side((x, f) => ({ y: convolution(jax, c.stride)(x, f) }), [x, f]);
        return { ...side, results: async () => channelsLast(await side.results(), { y }) };
      },
    },
  };
}

/** The same and its gradients dx and dw for a given dy. */
export function conv2dGrad(c: Convolution): Row {
  const { flops, shape, w, y, sizes } = sizesOf(c);
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
    sizes,
    peers: {
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
      async "jax-js"(jax) {
        const arrays = jaxArrays(jax, inputs(), [CHANNELS_FIRST, FILTERS_FIRST, CHANNELS_FIRST]);
        const both = (x: JaxArray, f: JaxArray, dy: JaxArray) => {
          const [y, back] = jax.vjp(convolution(jax, c.stride), [x, f]);
          const [dx, dw] = back(dy) as [JaxArray, JaxArray];
          back.dispose();
          return { y, dx, dw };
        };
        const side = jax.side(both, arrays);
        return { ...side, results: async () => channelsLast(await side.results(), { y, dx: c.x, dw: w }) };
      },
    },
  };
}

const convolution =
  ({ lax }: Jax, stride: number) =>
  (x: JaxArray, f: JaxArray) =>
    lax.convGeneralDilated(
      x,
      f,
      [stride, stride],
      [
        [pad, pad],
        [pad, pad],
      ],
    );

const jaxArrays = ({ numpy }: Jax, inputs: readonly Filled[], orders: readonly (readonly number[])[]) =>
  inputs.map((input, i) => {
    const { values, shape } = reordered(input, orders[i]!);
    return numpy.array(values, { shape });
  });

/** Results with channels first in our order of axes; `shapes` are ours. */
function channelsLast(results: Results, shapes: { readonly [name: string]: Shape }): Results {
  const each = Object.entries(shapes).map(([name, shape]) => {
    const [to, from] = name === "dw" ? [FILTERS_FIRST, FILTERS_LAST] : [CHANNELS_FIRST, CHANNELS_LAST];
    const theirs = to.map((axis) => shape[axis]!);
    return [name, permuted(results[name]!, theirs, from)];
  });
  return Object.fromEntries(each);
}

interface Filled {
  readonly values: Float32Array;
  readonly shape: Shape;
}

const reordered = ({ values, shape }: Filled, order: readonly number[]): Filled => ({
  values: permuted(values, shape, order),
  shape: order.map((axis) => shape[axis]!),
});

function filled(shapes: readonly Shape[]): Filled[] {
  const r = random(3);
  return shapes.map((shape) => ({
    values: Float32Array.from({ length: count(shape) }, () => r.normal()),
    shape,
  }));
}
