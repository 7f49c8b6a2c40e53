// A tf.layers model trained with the Knot Magnify loss and center loss, all on the one device that tfjs has.
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { centerLoss, kmLoss, updateCenters } from "knotgrad/tfjs";

const [N, D, C, FEATURES] = [64, 32, 10, 16]; // batch, inputs, classes, features

/** A batch of noisy patterns, one pattern a class: x (N, D), label (N). */
function batch(patterns: tf.Tensor2D): { x: tf.Tensor2D; label: tf.Tensor1D } {
  const label = tf.randomUniform([N], 0, C, "int32") as tf.Tensor1D;
  return { x: tf.add(tf.gather(patterns, label), tf.randomNormal([N, D])), label };
}

/** Trains for 200 steps, telling how it goes. */
export async function train(say: (line: string) => void): Promise<void> {
  await tf.setBackend("webgpu"); // the losses share this backend's device and its buffers
  const patterns = tf.randomNormal<tf.Rank.R2>([C, D], 0, 1, "float32", 1);

  // A net with two results, the features for center loss and the logits for KM loss.
  const input = layers.input({ shape: [D] });
  const features = layers.layers.dense({ units: FEATURES, activation: "relu" }).apply(input);
  const logits = layers.layers.dense({ units: C }).apply(features);
  const model = layers.model({
    inputs: input,
    outputs: [features as layers.SymbolicTensor, logits as layers.SymbolicTensor],
  });
  // With KM loss alone, model.compile and model.fit will do:
  // model.compile({ optimizer, loss: (target, logits) => kmLoss(logits, tf.argMax(target, 1), { gamma: 1 }) });

  const centers = tf.variable(tf.zeros([C, FEATURES]), false); // moved by updateCenters, not by the optimizer
  const optimizer = tf.train.adam(0.01);
  for (let step = 0; step <= 200; step++) {
    const loss = tf.tidy(() => {
      const { x, label } = batch(patterns);
      return optimizer.minimize(() => {
        const [f, z] = model.apply(x, { training: true }) as tf.Tensor[];
        const total = tf.add(
          kmLoss(z!, label, { gamma: 1 }),
          centerLoss(f!, label, centers, { scale: 0.01 }),
        );
        updateCenters(f!, label, centers, { alpha: 0.5 });
        return total as tf.Scalar;
      }, true)!;
    });
    if (step % 50 === 0) {
      const [value] = await loss.data();
      say(`step ${String(step).padStart(3)}: loss ${value!.toFixed(4)}, ${tf.memory().numTensors} tensors`);
    }
    loss.dispose();
  }

  const right = tf.tidy(() => {
    const { x, label } = batch(patterns);
    const [, z] = model.predict(x) as tf.Tensor[];
    return tf.mean(tf.cast(tf.equal(tf.argMax(z!, 1), label), "float32"));
  });
  say(`accuracy ${(100 * (await right.data())[0]!).toFixed(1)} %`);
}
