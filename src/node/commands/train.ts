// `knotgrad train`: one net, one loss, a checkpoint at the end.
import { join, resolve } from "node:path";
import { defineCommand } from "citty";
import { losses } from "../../face/train.ts";
import { runJson, runTable } from "../experiments/print.ts";
import { run } from "../experiments/run.ts";
import { saveModel } from "../model_file.ts";
import { lossName, trainingArgs, trainOptions } from "../options.ts";
import { chooseExperiment, openAndSay } from "./shared.ts";

export const train = defineCommand({
  meta: { name: "train", description: "Train a net with one loss and keep its weights" },
  args: {
    ...trainingArgs,
    loss: { type: "string", description: `One of ${losses.join(", ")}`, default: "km" },
    out: { type: "string", description: "Folder for the weights", default: "runs" },
  },
  async run({ args }) {
    const loss = lossName(args.loss);
    const experiment = await chooseExperiment(args);
    const options = { ...trainOptions(args, experiment), net: experiment.net, loss };
    const { gpu, info } = await openAndSay();
    process.stderr.write(`${experiment.data}\n`);
    const { trained, report } = await run(gpu, experiment, options);

    const file = join(
      args.out,
      `${experiment.net.name}-${loss.replace("+", "-")}-seed${options.seed}.safetensors`,
    );
    await saveModel(file, trained, options);
    console.log(runTable([report]));
    console.log(`\nWeights: ${resolve(file)}`);
    if (args.json) console.log(runJson(info, [report], { checkpoint: resolve(file) }));
  },
});
