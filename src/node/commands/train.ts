// `knotgrad train`: one net, one recipe, a checkpoint at the end.

import { rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { defineCommand } from "citty";
import { KnotgradError } from "../../error.ts";
import { recipes } from "../../face/recipes/index.ts";
import type { Checkpointing } from "../../face/train.ts";
import { loadCheckpoint, saveCheckpoint } from "../checkpoint.ts";
import { runJson, runTable } from "../experiments/print.ts";
import { run } from "../experiments/run.ts";
import { saveModel } from "../model_file.ts";
import { recipeOf, trainingArgs, trainOptions, wholeOf } from "../options.ts";
import { flame } from "../report/flame.ts";
import { profilePage, profileTable } from "../report/profile.ts";
import { chooseExperiment, openAndSay } from "./shared.ts";

/** Steps between checkpoints, unless told. */
const EVERY = 200;

export const train = defineCommand({
  meta: { name: "train", description: "Train a net by one recipe and keep its weights" },
  args: {
    ...trainingArgs,
    recipe: { type: "string", description: `One of ${Object.keys(recipes).join(", ")}`, default: "km" },
    out: { type: "string", description: "Folder for the weights", default: "runs" },
    checkpoint: {
      type: "string",
      description: "File for checkpoints, from which --resume goes on; the last of them stays",
      valueHint: "FILE",
    },
    every: { type: "string", description: `Steps between checkpoints; ${EVERY} unless given` },
    resume: {
      type: "string",
      description: "Checkpoint to go on from, with the options and data that training was begun with",
      valueHint: "FILE",
    },
    profile: {
      type: "string",
      description:
        "Tell, after training, where the time of a step goes, kernel by kernel; in a picture where a file, .svg or .html, is named",
      valueHint: "FILE",
    },
  },
  async run({ args }) {
    const recipe = recipeOf("recipe", args.recipe, args);
    const profiled = typeof args.profile === "string"; // with --no-profile it is false
    const picture = pictureFile(args.profile);
    const checkpoint = checkpointing(args);
    const resume = args.resume === undefined ? undefined : await loadCheckpoint(args.resume);
    const experiment = await chooseExperiment(args);
    const options = { ...trainOptions(args, experiment), net: experiment.net, recipe };
    const { gpu, info } = await openAndSay();
    process.stderr.write(`${experiment.data}\n`);
    const { trained, report } = await run(gpu, experiment, {
      ...options,
      profile: profiled,
      checkpoint,
      resume,
    });

    const file = join(args.out, `${experiment.net.name}-${recipe.name}-seed${options.seed}.safetensors`);
    await saveModel(file, trained, options);
    console.log(runTable([report]));
    console.log(`\nWeights: ${resolve(file)}`);
    const { profile, leftOut } = trained;
    if (leftOut) console.log(`Steps left out, for gradients beyond the range of f16: ${leftOut}`);
    if (profile) {
      console.log(`\n${profileTable(profile)}`);
      if (picture) {
        const title = `A step of the ${experiment.net.name} net, ${recipe.name}, batch ${options.batch}`;
        const draw = picture.endsWith(".svg") ? flame : profilePage;
        await writeFile(`${picture}.tmp`, draw(profile, title, info));
        await rename(`${picture}.tmp`, picture);
        console.log(`\nPicture: ${picture}`);
      }
    }
    if (args.json) console.log(runJson(info, [report], { checkpoint: resolve(file), profile }));
  },
});

/** What writes checkpoints, where they are asked for. Throws where an option is not what it must be. */
function checkpointing({
  checkpoint: file,
  every,
}: {
  readonly checkpoint?: string | undefined;
  readonly every?: string | undefined;
}): Checkpointing | undefined {
  if (file) {
    return {
      every: every === undefined ? EVERY : wholeOf("every", every),
      save: ({ tensors, metadata }) => saveCheckpoint(file, tensors, metadata),
    };
  }
  if (file === undefined && every === undefined) return undefined;
  throw new KnotgradError(
    "value",
    file === undefined
      ? "--every: it is given without --checkpoint but tells how often that is written; name a file"
      : "--checkpoint: it is given without a file but needs one",
  );
}

/** Where the picture goes, if anywhere. Throws where the file is neither SVG nor HTML. */
function pictureFile(file: string | undefined): string | undefined {
  if (!file) return undefined;
  if (/\.(svg|html)$/.test(file)) return resolve(file);
  throw new KnotgradError(
    "value",
    `--profile: ${file} is given but must end in .svg or .html, or be left out`,
  );
}
