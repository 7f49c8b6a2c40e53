// The runs of the table of recipes, each in a file of its own, so that an interrupted table goes on where it stopped.

import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KnotgradError } from "../../error.ts";
import type { Dataset } from "../../face/dataset.ts";
import { evaluate, withMirror } from "../../face/evaluate.ts";
import type { Recipe } from "../../face/recipe.ts";
import { type Trained, type TrainOptions, train } from "../../face/train.ts";
import { pairScores } from "../../face/verification.ts";
import type { Gpu } from "../../gpu.ts";
import type { AdapterInfo } from "../adapter.ts";
import { recipeOf } from "../options.ts";
import { progress } from "../progress.ts";
import { measureBenchmark, verified } from "./measure.ts";
import type { RecipeRun } from "./recipe_run.ts";
import type { TablePart } from "./table_data.ts";

/** One run to do. */
export interface TableTask {
  readonly part: TablePart;
  /** What `part.train` has become. */
  readonly dataset: Dataset;
  /** What was done to it, such as ", long-tailed 20 to 1". */
  readonly worsened: string;
  readonly options: TrainOptions;
}

/** How the data of a task are called; runs are compared where it is the same. */
export function dataOf({ part, dataset, worsened, options }: TableTask): string {
  const { labels, classes } = dataset;
  return `${part.from} without ${part.benchmark.name}'s people, ${labels.length} images of ${classes.length} people${worsened}, ${options.epochs} epochs`;
}

/** What all runs of a table have in common. */
export function settingsOf({ options }: TableTask): RecipeRun["training"]["settings"] {
  const { net, batch, rate, schedule, momentum, weightDecay, mirror, shift = 0, precision = "f32" } = options;
  return { net: net.name, batch, rate, schedule, momentum, weightDecay, mirror, shift, precision };
}

/** The file of a task, below the folder of the table. */
export function fileOf({ part, options: { recipe, seed } }: TableTask): string {
  const slug = recipe.title.replace(/[^a-z0-9.]+/gi, "-").replace(/^-|-$/g, "");
  return `${part.benchmark.name.toLowerCase()}-${slug}-seed${seed}.json`;
}

/** The runs that lie in a folder; none where there is no folder. Throws where a file holds none. */
export async function readRuns(folder: string): Promise<Map<string, RecipeRun>> {
  const files = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw new KnotgradError("file", `table: ${folder} cannot be read (${cause.message})`, { cause });
  });
  const runs = new Map<string, RecipeRun>();
  for (const file of files.filter((name) => /-seed\d+\.json$/.test(name)).sort()) {
    const text = await readFile(join(folder, file), "utf8");
    runs.set(file, parseRun(join(folder, file), text));
  }
  return runs;
}

function parseRun(file: string, text: string): RecipeRun {
  let run: Partial<RecipeRun> | null = null;
  try {
    run = JSON.parse(text);
  } catch {
    // Refused below, as any other text is.
  }
  if (typeof run?.name === "string" && Number.isInteger(run.seed) && Array.isArray(run.verification)) {
    return run as RecipeRun;
  }
  throw new KnotgradError(
    "value",
    `table: ${file} holds no run of a table; take it away, or name another folder by --out`,
  );
}

/** Writes a run in place of nothing or of an older one, at once. */
export async function writeRun(folder: string, file: string, run: RecipeRun): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, file);
  await writeFile(`${path}.tmp`, `${JSON.stringify(run, null, 1)}\n`);
  await rename(`${path}.tmp`, path);
}

/** Trains by a recipe, and says what the protocols say of the result. */
export async function runTask(gpu: Gpu, adapter: AdapterInfo, task: TableTask): Promise<RecipeRun> {
  const { part, dataset, options } = task;
  const { recipe, seed, epochs } = options;
  const name = `${part.benchmark.name} ${recipe.title} seed ${seed}`;
  const started = performance.now();
  const trained = await trainTelling(gpu, dataset, options, name);
  const seconds = (performance.now() - started) / 1000;
  const { model, curve, imagesPerSecond, parameterHash } = trained;
  const embed = async (images: Dataset, what: string): Promise<Float32Array> => {
    const line = progress(`${name}: ${what}`);
    const outputs = await evaluate(gpu, model, images, line.update);
    line.stop();
    return withMirror(outputs);
  };
  const D = 2 * model.embedding;
  const { benchmark, degraded } = part;
  const embeddings = await embed(benchmark.images, "test images");
  const worse = await embed(degraded.images, "degraded test images");
  const learned = recipe.scores ? await embed(dataset, "training images") : new Float32Array();
  model.dispose();
  const score =
    (all: Float32Array): Parameters<typeof measureBenchmark>[4] =>
    (pairs) =>
      recipe.scores?.(all, D, pairs, learned) ?? pairScores(all, D, pairs);
  const measured = await measureBenchmark(gpu, benchmark, embeddings, D, score(embeddings));
  const both = new Float32Array(embeddings.length + worse.length);
  both.set(embeddings);
  both.set(worse, embeddings.length);
  const last = curve.slice(-Math.max(1, Math.round(curve.length / epochs)));
  return {
    recipe: recipe.name,
    name: recipe.title,
    seed,
    data: dataOf(task),
    adapter: adapter.description,
    training: {
      images: dataset.labels.length,
      people: dataset.classes.length,
      epochs,
      settings: settingsOf(task),
      seconds,
      imagesPerSecond,
      finalLoss: last.reduce((sum, v) => sum + v, 0) / last.length,
      parameterHash,
    },
    verification: [
      ...measured.verification,
      verified(degraded.test, degraded.pairs, score(both)!(degraded.pairs)),
    ],
    identification: measured.identification,
  };
}

/** `train`, with its progress on stderr. */
async function trainTelling(
  gpu: Gpu,
  dataset: Dataset,
  options: TrainOptions,
  name: string,
): Promise<Trained> {
  const line = progress(name);
  const trained = await train(gpu, dataset, options, ({ phase, done, all, loss, imagesPerSecond }) => {
    if (phase === "train")
      line.update(done, all, `loss ${loss?.toFixed(3)} ${imagesPerSecond.toFixed(0)} images/s`);
  });
  line.stop();
  return trained;
}

/** What recipes can be told on the command line. */
const TOLD = ["gamma", "lambda", "centers", "alpha"];

/** The recipes of a list such as "softmax,km:gamma=4". Throws where a word is not understood. */
export function recipesOf(list: string): Recipe[] {
  const made = list.split(",").map((word) => {
    const [name, ...told] = word.trim().split(":");
    const settings = told.map((part) => {
      const [key, value, more] = part.split("=");
      if (TOLD.includes(key!) && value && more === undefined) return [key, value];
      throw new KnotgradError(
        "value",
        `--recipes: "${word.trim()}" is given but a recipe is told ${TOLD.join(", ")}, as in km:gamma=4`,
      );
    });
    return recipeOf("recipes", name!, Object.fromEntries(settings));
  });
  const twice = made.find(({ title }, i) => made.findIndex((other) => other.title === title) < i);
  if (twice)
    throw new KnotgradError("value", `--recipes: ${twice.title} is given twice but each must be given once`);
  return made;
}
