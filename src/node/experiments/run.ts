// One run of an experiment: train by one recipe, then measure everything the report shows.
import type { Dataset } from "../../face/dataset.ts";
import { evaluate, type Outputs, withMirror } from "../../face/evaluate.ts";
import { roc } from "../../face/roc.ts";
import { principalPlane } from "../../face/statistics.ts";
import { type Trained, type TrainOptions, train } from "../../face/train.ts";
import { pairScores, verify } from "../../face/verification.ts";
import type { Gpu } from "../../gpu.ts";
import { random } from "../../random.ts";
import { progress } from "../progress.ts";
import type { RunReport } from "../report/page.ts";
import type { Experiment } from "./experiment.ts";

/** Images drawn in the plane of embeddings. */
const DRAWN = 900;
/** Points of the curves drawn. */
const CURVE_POINTS = 400;

/** Trains with these options and measures what the experiment holds. */
export async function run(
  gpu: Gpu,
  experiment: Experiment,
  options: TrainOptions,
): Promise<{ trained: Trained; report: RunReport }> {
  const { recipe, seed, epochs } = options;
  const name = recipe.title;
  const compiling = progress(`${name}: pipelines compiled`);
  const line = progress(name);
  const profiling = progress(`${name}: profile`);
  const trained = await train(
    gpu,
    experiment.train,
    options,
    ({ phase, done, all, loss, imagesPerSecond }) => {
      if (phase === "compile") {
        compiling.update(done, all);
        if (done === all) compiling.stop();
      } else if (phase === "train") {
        line.update(done, all, `loss ${loss?.toFixed(3)} ${imagesPerSecond.toFixed(0)} images/s`);
        if (done === all) line.stop();
      } else profiling.update(done, all);
    },
  );
  profiling.stop();

  const seen = await measure(gpu, trained, experiment.train, `${name}: training images`);
  const tests: { [name: string]: number | null } = { clean: null, degraded: null, tail: null };
  for (const [test, dataset] of Object.entries(experiment.tests)) {
    tests[test] = accuracy(await measure(gpu, trained, dataset, `${name}: ${test} images`), dataset);
  }
  const { severity } = experiment.train;
  const report: RunReport = {
    name: recipe.name,
    gamma: recipe.settings.gamma ?? 0,
    seed,
    epochs,
    imagesPerSecond: trained.imagesPerSecond,
    finalLoss:
      mean(trained.curve.slice(-Math.max(1, Math.round(trained.curve.length / epochs)))) ?? Number.NaN,
    parameterHash: trained.parameterHash,
    accuracy: { clean: tests["clean"], degraded: tests["degraded"], tail: tests["tail"] },
    meanP: {
      clean: mean(seen.p.filter((_, i) => severity[i] === 0)),
      degraded: mean(seen.p.filter((_, i) => severity[i] > 0)),
    },
    verification: null,
    curve: thin(
      Array.from(trained.curve, (loss, step) => ({ step, loss })),
      CURVE_POINTS,
    ),
    embedding2d: [],
    samples: samples(experiment.train, seen.p),
    pBySeverity: Array.from(severity, (s, i) => ({ severity: s, p: seen.p[i] })),
    roc: [],
  };

  const drawn: { dataset: Dataset; outputs: Outputs; heldOut: boolean }[] = [
    { dataset: experiment.train, outputs: seen, heldOut: false },
  ];
  if (experiment.verification) {
    const { images, pairs } = experiment.verification;
    const outputs = await measure(gpu, trained, images, `${name}: pairs`);
    const [both, D] = [withMirror(outputs), 2 * outputs.D];
    const scores = recipe.scores?.(both, D, pairs, withMirror(seen)) ?? pairScores(both, D, pairs);
    const same = pairs.map((pair) => pair.same);
    const { mean, standardError, auc, eer, tarAtFar } = verify(
      scores,
      same,
      pairs.map((pair) => pair.fold),
    );
    report.verification = { mean, standardError, auc, eer, tarAtFar };
    report.roc = rocPoints(scores, same);
    if (images.classes.length > 1) drawn.push({ dataset: images, outputs, heldOut: true });
  }
  report.embedding2d = plane(drawn, seed);
  return { trained, report };
}

async function measure(gpu: Gpu, { model }: Trained, dataset: Dataset, what: string): Promise<Outputs> {
  const line = progress(what);
  const outputs = await evaluate(gpu, model, dataset, line.update);
  line.stop();
  return outputs;
}

function accuracy({ predicted }: Outputs, { labels }: Dataset): number | null {
  return mean(predicted.map((label, i) => Number(label === labels[i])));
}

const mean = (values: Float32Array | Uint32Array): number | null =>
  values.length === 0 ? null : (values as Float32Array).reduce((sum, v) => sum + v, 0) / values.length;

/** At most n elements, evenly spread. */
const thin = <T>(list: readonly T[], n: number): T[] =>
  list.length <= n ? [...list] : Array.from({ length: n }, (_, i) => list[Math.floor((i * list.length) / n)]);

function samples({ pixels, height, width, channels, severity, labels, classes }: Dataset, p: Float32Array) {
  const size = height * width * channels;
  return Array.from(labels, (label, i) => ({
    pixels: pixels.subarray(i * size, (i + 1) * size),
    height,
    width,
    p: p[i],
    severity: severity[i],
    label: classes[label],
  }));
}

function rocPoints(scores: ArrayLike<number>, same: readonly boolean[]): { far: number; tar: number }[] {
  const { trueAccepts, falseAccepts } = roc(scores, same);
  const positives = same.filter(Boolean).length;
  const negatives = same.length - positives;
  const points = Array.from(trueAccepts, (n, r) => ({
    far: falseAccepts[r] / negatives,
    tar: n / positives,
  }));
  // The axis is logarithmic, so the few points at its left end say as much as the many at its right.
  const byFar = new Map(points.map((point) => [point.far, point]));
  const kept = [...byFar.values()];
  return kept.length <= CURVE_POINTS
    ? kept
    : [...kept.slice(0, CURVE_POINTS / 2), ...thin(kept.slice(CURVE_POINTS / 2), CURVE_POINTS / 2)];
}

/** Embeddings of a random part of the images on their first two principal components. */
function plane(parts: readonly { dataset: Dataset; outputs: Outputs; heldOut: boolean }[], seed: number) {
  const r = random(seed);
  const rows = parts.flatMap(({ dataset, outputs, heldOut }) => {
    const order = r.shuffle(Uint32Array.from(dataset.labels, (_, i) => i)).subarray(0, DRAWN / parts.length);
    return Array.from(order, (i) => ({
      embedding: outputs.embeddings.subarray(i * outputs.D, (i + 1) * outputs.D),
      group: dataset.classes[dataset.labels[i]],
      heldOut,
    }));
  });
  const D = parts[0].outputs.D;
  const all = new Float32Array(rows.length * D);
  rows.forEach(({ embedding }, i) => {
    all.set(embedding, i * D);
  });
  return principalPlane(all, D).map(({ x, y }, i) => ({
    x,
    y,
    group: rows[i].group,
    heldOut: rows[i].heldOut,
  }));
}
