import { createModel } from "../../src/face/model.ts";
import { type Layer, multiplyAdds, type Net, placed } from "../../src/face/nets.ts";
import { backward } from "../../src/op.ts";
import { softmaxLoss } from "../../src/ops/softmax_loss.ts";
import { sgd } from "../../src/optim.ts";
import { random } from "../../src/random.ts";
import { count, type Shape } from "../../src/tensor.ts";
import { bytesOf, type Contender, once, ours, type Results, type Row } from "../row.ts";
import type { Tf, TfTensor, TfVariable } from "../tf.ts";
import { tfjs } from "../tfjs.ts";
import { batchNormPasses, type Running, runningStatistics, trainingNorm } from "./batch_norm.ts";
import { kmOf } from "./km_loss.ts";

const gamma = 4;
const options = { rate: 0.05, momentum: 0.9, weightDecay: 5e-4 };
const seed = 5;
const weight = "classifier.weight";
const bias = "classifier.bias";

/** A whole training step of a net with C classes: forward, Knot Magnify loss, backward, running statistics, update. */
export function trainStep(net: Net, batch: number, C: number): Row {
  const images: Shape = [batch, net.height, net.width, net.channels];
  const inputs = once(() => {
    const r = random(seed);
    const pixels = Float32Array.from({ length: count(images) }, () => r.normal());
    return { pixels, labels: Uint32Array.from({ length: batch }, () => r.below(C)) };
  });
  const { traffic, weights, D } = sizesOf(net);
  return {
    name: "train-step",
    shape: `${net.name} net, batch ${batch}, ${C} classes`,
    flops: 6 * batch * (multiplyAdds(net) + D * C),
    bytes: bytesOf(batch * traffic, 8 * (weights + D * C)),
    counts: "6 flops per multiply-add; activations as each layer alone must move them, weights 8 times",
    async ours(gpu) {
      const model = createModel(gpu, net, C, seed);
      const optimizer = sgd(model.parameters, options);
      const [x, label] = [gpu.tensor(inputs().pixels, images), gpu.tensor(inputs().labels)];
      const work = () => {
        const logits = model.classify(model.embed(x, true));
        const loss = softmaxLoss(logits, label, { gamma });
        backward(loss);
        optimizer.update();
        return { loss };
      };
      const contender = await ours(gpu, work, [x, label, model]);
      const results = () => movement(contender, model.parameters.tensors, (t) => t.read());
      return { ...contender, results };
    },
    sizes: { net, batch, classes: C, gamma, ...options },
    peers: {
      async tfjs(tf, gpu) {
        const model = createModel(gpu, net, C, seed);
        const variables: { [name: string]: TfVariable } = {};
        for (const [name, t] of Object.entries(model.parameters.tensors)) {
          variables[name] = tf.variable(tf.tensor(await t.read(), t.shape), true, name);
        }
        model.dispose();
        const embed = embedding(tf, net, variables);
        const optimizer = tf.train.momentum(options.rate, options.momentum);
        const x = tf.tensor(inputs().pixels, images);
        const label = tf.tensor(Int32Array.from(inputs().labels), [batch], "int32");
        const lossOf = () => {
          const logits = tf.add(tf.matMul(embed.forward(x), variables[weight]!), variables[bias]!);
          return tf.mean(kmOf(tf, logits, label, gamma));
        };
        const work = () => {
          const { value, grads } = optimizer.computeGradients(lossOf, Object.values(variables));
          const decayed = Object.entries(grads).map(([name, dw]) => [
            name,
            tf.add(dw, tf.mul(variables[name]!, options.weightDecay)),
          ]);
          optimizer.applyGradients(Object.fromEntries(decayed));
          return { loss: value };
        };
        const contender = tfjs(tf, work, [x, label, optimizer, ...Object.values(variables), ...embed.owned]);
        return { ...contender, results: () => movement(contender, variables, (t) => t.data()) };
      },
    },
  };
}

/** The loss of a step and what it adds to each parameter: the sum of its gradient and weight decay times the rate. */
async function movement<T>(
  contender: Contender,
  parameters: { readonly [name: string]: T },
  read: (parameter: T) => Promise<Float32Array>,
): Promise<Results> {
  // The batch normalisation after the linear layer takes its bias away again: its gradient is rounding alone.
  const compared = Object.entries(parameters).filter(([name]) => !name.endsWith("linear.bias"));
  const all = () => Promise.all(compared.map(([, parameter]) => read(parameter)));
  const before = await all();
  const { loss } = await contender.results();
  const after = await all();
  const moved = compared.map(([name], i) => [name, after[i]!.map((v, j) => v - before[i]![j]!)]);
  return { loss: Float32Array.of(loss!.reduce((sum, v) => sum + v, 0)), ...Object.fromEntries(moved) };
}

/** A net's training pass composed of tfjs's operations, on variables named as our model names its parameters. */
function embedding(tf: Tf, net: Net, variables: { readonly [name: string]: TfVariable }) {
  const running = new Map<string, Running>();
  net.layers.forEach(({ kind }, i) => {
    const name = `${i}.${kind}`;
    if (kind === "batchNorm") running.set(name, runningStatistics(tf, variables[`${name}.scale`]!.shape[0]!));
  });
  const apply = (layer: Layer, name: string, x: TfTensor): TfTensor => {
    const of = (parameter: string) => variables[`${name}.${parameter}`]!;
    if (layer.kind === "conv") return tf.conv2d(x, of("weight"), layer.stride, layer.pad);
    if (layer.kind === "prelu") return tf.prelu(x, of("slope"));
    if (layer.kind === "linear") return tf.add(tf.matMul(x, of("weight")), of("bias"));
    if (layer.kind === "flatten") return tf.reshape(x, [x.shape[0]!, -1]);
    return trainingNorm(tf, x, of("scale"), of("shift"), running.get(name)!);
  };
  return {
    forward: (images: TfTensor) =>
      net.layers.reduce((x, layer, i) => apply(layer, `${i}.${layer.kind}`, x), images),
    owned: [...running.values()].flatMap(({ mean, variance }) => [mean, variance]),
  };
}

/** What the layers of a net have to read and write, and the size of its embedding. */
function sizesOf(net: Net): { traffic: number; weights: number; D: number } {
  let traffic = 0; // activations and their gradients for one image, forward and backward
  let weights = 0;
  const steps = placed(net);
  for (const { layer, from, to, parameters } of steps) {
    if (parameters["weight"]) {
      weights += count(parameters["weight"]);
      traffic += 3 * (count(from) + count(to));
    }
    if (layer.kind === "batchNorm") traffic += batchNormPasses * count(to);
    if (layer.kind === "prelu") traffic += 5 * count(to); // x, y; x, dy, dx
  }
  return { traffic, weights, D: count(steps.at(-1)!.to) };
}
