// `knotgrad start`, the main job: the same net trained with softmax, KM and KM with centers, compared in a table and a page.
import { rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { defineCommand } from "citty";
import { type RecipeName, recipes } from "../../face/recipes/index.ts";
import { runJson, runTable } from "../experiments/print.ts";
import { run } from "../experiments/run.ts";
import { recipeOf, trainingArgs, trainOptions } from "../options.ts";
import { type RunReport, reportHtml } from "../report/page.ts";
import { chooseExperiment, openAndSay } from "./shared.ts";

const COMPARED: readonly RecipeName[] = ["softmax", "km", "km-center"];

export const start = defineCommand({
  meta: {
    name: "start",
    description: "Train by several recipes on the same data and compare them",
  },
  args: {
    ...trainingArgs,
    recipes: {
      type: "string",
      description: `Recipes to compare, of ${Object.keys(recipes).join(", ")}`,
      default: COMPARED.join(","),
    },
    report: { type: "string", description: "Where the page goes", default: "report.html" },
  },
  async run({ args, rawArgs }) {
    const chosen = args.recipes.split(",").map((name) => recipeOf("recipes", name.trim(), args));
    const experiment = await chooseExperiment(args);
    const options = trainOptions(args, experiment);
    const { gpu, info } = await openAndSay();
    process.stderr.write(`${experiment.data}\n`);

    const runs: RunReport[] = [];
    for (const recipe of chosen) {
      const { report, trained } = await run(gpu, experiment, { ...options, net: experiment.net, recipe });
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
