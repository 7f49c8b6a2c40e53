// `knotgrad table`: every recipe trained on the same data with several seeds, and the KM paper's tables of the results.

import { join, resolve } from "node:path";
import { defineCommand } from "citty";
import { KnotgradError } from "../../error.ts";
import type { TrainOptions } from "../../face/train.ts";
import type { RecipeRun } from "../experiments/recipe_run.ts";
import { readTableData, type TablePart, worsened } from "../experiments/table_data.ts";
import { writeTables } from "../experiments/table_pages.ts";
import {
  dataOf,
  fileOf,
  readRuns,
  recipesOf,
  runTask,
  settingsOf,
  type TableTask,
  writeRun,
} from "../experiments/table_runs.ts";
import { howArgs, netOf, number, trainOptions, wholeOf, workersOf } from "../options.ts";
import { openAndSay } from "./shared.ts";

const ALL =
  "softmax,km,km:gamma=4,center,km-center,sphereface,facenet,vggface,deepid2,deepface,web-scale,cosface";

export const table = defineCommand({
  meta: {
    name: "table",
    description:
      "Train every recipe with several seeds and write the KM paper's tables with the results; goes on where it stopped",
  },
  args: {
    train: { type: "string", description: "Folders with one folder of images per person, or .rec files" },
    lfw: { type: "string", description: "Folder of LFW, Name/Name_0001.jpg" },
    cfp: { type: "string", description: "Folder of CFP, 001/frontal/01.jpg" },
    protocols: {
      type: "string",
      description: "Folder of the official lists: lfw/, cfp/, blufr/",
      required: true,
    },
    seeds: { type: "string", description: "Runs of each recipe, with the seeds 1, 2, ...", default: "3" },
    recipes: {
      type: "string",
      description: "Recipes and what they are told, as in km:gamma=4",
      default: ALL,
    },
    cross: {
      type: "boolean",
      description: "Train on the people of the other test too, where they are not in the test",
      negativeDescription: "Train on the people of --train alone",
      default: true,
    },
    tests: {
      type: "string",
      description: "Tests to train for, of those given: lfw, cfp; all unless told",
    },
    least: {
      type: "string",
      description: "Images that people of a test must have to be trained on",
      default: "4",
    },
    baseline: { type: "string", description: "Recipe that the others are compared with", default: "softmax" },
    out: { type: "string", description: "Folder of the runs and tables", default: "runs/table" },
    page: {
      type: "string",
      description: "Where the page goes; it shows images of the tests",
      default: "runs/table.html",
    },
    ...howArgs,
  },
  async run({ args }) {
    const seeds = wholeOf("seeds", args.seeds);
    const least = wholeOf("least", args.least);
    const recipes = recipesOf(args.recipes);
    const trunk = netOf(args, "face");
    const given = (name: "tail" | "degrade") =>
      args[name] === undefined ? undefined : number(name, args[name]);
    const worse = { tail: given("tail"), degrade: given("degrade") };
    const training = trainOptions({ ...args, seed: "1" }, { epochs: 12, mirror: true });
    const done = await readRuns(args.out);
    const parts = await readTableData({
      folders: [...(args.train === undefined ? [] : [args.train]), ...args._],
      lfw: args.lfw,
      cfp: args.cfp,
      protocols: args.protocols,
      net: trunk,
      cross: args.cross,
      least,
      workers: workersOf(args),
    });
    const wanted = args.tests === undefined ? parts : wantedOf(args.tests, parts);
    const { gpu, info } = await openAndSay();
    const tasks = Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
      wanted.flatMap((part) =>
        recipes.map((recipe) => ({ part, worse, options: { ...training, net: trunk, recipe, seed } })),
      ),
    );
    const all = tasks.map(({ part, worse, options }) => taskOf(part, worse, options));
    for (const make of all) refuseOther(done, make(), args.out);
    for (const [i, make] of all.entries()) {
      const task = make();
      const file = fileOf(task);
      if (done.has(file)) continue;
      process.stderr.write(`run ${i + 1} of ${all.length}: ${file.replace(/\.json$/, "")}\n`);
      const run = await runTask(gpu, info, task);
      await writeRun(args.out, file, run);
      done.set(file, run);
    }
    const text = await writeTables(args, [...done.values()], parts);
    console.log(text.markdown);
    console.log(`Tables: ${resolve(args.out, "table.md")}\nPage: ${resolve(args.page)}`);
    if (args.json) console.log(JSON.stringify(JSON.parse(text.json)));
  },
});

/** The tests to train for. Throws where one is not given. */
function wantedOf(tests: string, parts: readonly TablePart[]): TablePart[] {
  const given = parts.map(({ benchmark: { name } }) => name.toLowerCase());
  return tests.split(",").map((name) => {
    const part = parts[given.indexOf(name.trim().toLowerCase())];
    if (part) return part;
    throw new KnotgradError(
      "value",
      `--tests: "${name}" is given but must be of the tests given, ${given.join(", ")}`,
    );
  });
}

/** What a run needs, made when it is its turn. */
const taskOf =
  (
    part: TablePart,
    worse: { tail: number | undefined; degrade: number | undefined },
    options: TrainOptions,
  ) =>
  (): TableTask => {
    const { tail, degrade } = worse;
    return {
      part,
      dataset: worsened(part.train, { ...worse, seed: options.seed }),
      worsened:
        (tail === undefined ? "" : `, long-tailed ${tail} to 1`) +
        (degrade === undefined ? "" : `, ${Math.round(100 * degrade)} % of them degraded`),
      options,
    };
  };

/** Throws where the folder has a run of the same name on other data. */
function refuseOther(done: ReadonlyMap<string, RecipeRun>, task: TableTask, out: string): void {
  const other = done.get(fileOf(task));
  if (other === undefined) return;
  const [there, asked] = [
    `${other.data}, ${JSON.stringify(other.training.settings)}`,
    `${dataOf(task)}, ${JSON.stringify(settingsOf(task))}`,
  ];
  if (there === asked) return;
  throw new KnotgradError(
    "value",
    `table: ${join(out, fileOf(task))} is of ${there} but ${asked} is asked for; name another folder by --out`,
  );
}
