// `knotgrad start`, the main job: the same net trained with softmax, KM and KM + center, compared in a table and a page.
import { rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { defineCommand } from "citty";
import { type LossName, losses } from "../../face/train.ts";
import { runJson, runTable } from "../experiments/print.ts";
import { run } from "../experiments/run.ts";
import { lossName, trainingArgs, trainOptions } from "../options.ts";
import { type RunReport, reportHtml } from "../report/page.ts";
import { chooseExperiment, openAndSay } from "./shared.ts";

const COMPARED: readonly LossName[] = ["softmax", "km", "km+center"];

export const start = defineCommand({
  meta: {
    name: "start",
    description: "Train with softmax, KM and KM+center on the same data and compare them",
  },
  args: {
    ...trainingArgs,
    losses: {
      type: "string",
      description: `Losses to compare, of ${losses.join(", ")}`,
      default: COMPARED.join(","),
    },
    report: { type: "string", description: "Where the page goes", default: "report.html" },
  },
  async run({ args, rawArgs }) {
    const chosen = args.losses.split(",").map((name) => lossName(name.trim()));
    const experiment = await chooseExperiment(args);
    const options = trainOptions(args, experiment);
    const { gpu, info } = await openAndSay();
    process.stderr.write(`${experiment.data}\n`);

    const runs: RunReport[] = [];
    for (const loss of chosen) {
      const { report, trained } = await run(gpu, experiment, { ...options, net: experiment.net, loss });
      trained.model.dispose();
      runs.push(report);
    }
    const page = resolve(args.report);
    const command = ["npm start", ...(rawArgs.length ? ["--", ...rawArgs] : [])].join(" ");
    const { title, data } = experiment;
    await writeFile(`${page}.tmp`, reportHtml({ title, command, adapter: info, data, runs }));
    await rename(`${page}.tmp`, page);

    console.log(`${title}: ${data}`);
    console.log(`Adapter: ${info.description}${info.software ? " (software)" : ""}\n`);
    console.log(runTable(runs));
    console.log(`\nReport: ${page}`);
    if (args.json) console.log(runJson(info, runs, { report: page }));
  },
});
