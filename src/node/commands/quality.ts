// `knotgrad quality`: does the p of a trained net tell the quality of faces? A table and a figure.

import { rename, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { defineCommand } from "citty";
import { KnotgradError } from "../../error.ts";
import { ofClasses, type Quality, quality as study } from "../../face/quality.ts";
import type { Interval } from "../../face/significance.ts";
import { faceExperiment } from "../experiments/faces.ts";
import { loadModel, readModelFile } from "../model_file.ts";
import { number, workersArg, workersOf } from "../options.ts";
import { progress } from "../progress.ts";
import { qualityFigure } from "../report/quality_figure.ts";
import { percent, table } from "../table.ts";
import { openAndSay } from "./shared.ts";

export const quality = defineCommand({
  meta: {
    name: "quality",
    description: "Measure whether p, a trained net's probability of a face's own class, tells its quality",
  },
  args: {
    model: { type: "string", description: "Weights that `train` has written", required: true },
    data: {
      type: "string",
      description:
        "The people it was trained on: a folder with one folder of images per person, or a .rec file",
      required: true,
    },
    images: { type: "string", description: "How many images are degraded, at most", default: "500" },
    svg: { type: "string", description: "Where the figure goes, if anywhere", valueHint: "FILE" },
    seed: { type: "string", description: "Seed of everything random", default: "1" },
    ...workersArg,
    json: { type: "boolean", description: "Print one JSON object as the last line", default: false },
  },
  async run({ args }) {
    const images = whole("images", args.images, 1);
    const seed = whole("seed", args.seed, 0);
    const figure = await figureFile(args.svg);
    const file = await readModelFile(args.model);
    if (file.classifier === "none") {
      throw new KnotgradError(
        "value",
        `--model: ${args.model} has no classifier but p needs one; train with another loss`,
      );
    }
    const { net, classes } = file;
    const nothing = { lfw: undefined, pairs: undefined, tail: undefined, degrade: undefined };
    const { train } = await faceExperiment({
      data: args.data,
      ...nothing,
      seed,
      net,
      workers: workersOf(args),
    });
    const known = new Set(classes);
    const found = train.classes.filter((name) => known.has(name)).length;
    if (found < train.classes.length || found < classes.length) {
      process.stderr.write(
        `${found} of ${train.classes.length} people of --data are among the ${classes.length} that the model tells apart` +
          `${found === 0 ? "" : "; only these are measured"}\n`,
      );
    }
    const dataset = ofClasses(train, classes);

    const { gpu, info } = await openAndSay();
    let [line, at] = [progress("images"), "images"];
    const result = await study(gpu, loadModel(gpu, file), dataset, {
      images,
      seed,
      onProgress(what, done, all) {
        if (what !== at) {
          line.stop();
          [line, at] = [progress(what), what];
        }
        line.update(done, all);
      },
    });
    line.stop();

    console.log(text(result));
    if (figure) {
      await writeFile(`${figure}.tmp`, qualityFigure(result));
      await rename(`${figure}.tmp`, figure);
      console.log(`\nFigure: ${figure}`);
    }
    if (args.json) {
      console.log(JSON.stringify({ adapter: info, model: args.model, seed, figure, quality: result }));
    }
  },
});

function text({ clean, measured, before, degraded }: Quality): string {
  const correlations = [
    ...measured.flatMap(({ measure, overall, within }) => [
      [`p and ${measure}, all images`, ...interval(overall)],
      [`p and ${measure}, within people`, ...interval(within)],
    ]),
    ...degraded.map(({ kind, correlation }) => [`p and severity of ${kind}`, ...interval(correlation)]),
  ];
  const row = (kind: string, severity: number, of: { mean: number; median: number }, fell: number | null) => [
    kind,
    String(severity),
    of.mean.toFixed(3),
    of.median.toFixed(3),
    (Math.log(of.median) - Math.log1p(-of.median)).toFixed(2),
    percent(fell),
  ];
  return [
    `${clean.images} images of ${clean.people} people as they are: p ${clean.mean.toFixed(3)} in the mean, ` +
      `${clean.median.toFixed(3)} in the median; ${percent(clean.right)} % have the largest logit at their own class, ` +
      `${percent(clean.saturated)} % have a p of 1 in f32`,
    "",
    table(["rank correlation of", "estimate", "low", "high"], correlations),
    "",
    `The same ${before.images} images, as they are and degraded:`,
    table(
      ["degradation", "severity", "mean p", "median p", "log-odds", "p fell %"],
      [
        row("none", 0, before, null),
        ...degraded.flatMap(({ kind, at }) => at.map((of) => row(kind, of.severity, of, of.fell))),
      ],
    ),
  ].join("\n");
}

const interval = (of: Interval | null): string[] =>
  of === null ? ["-", "-", "-"] : [of.estimate, of.low, of.high].map((v) => v.toFixed(3));

/** The whole number an option holds, from `least` up. */
function whole(name: string, text: string, least: number): number {
  const value = number(name, text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new KnotgradError("value", `--${name}: ${text} is given but must be a whole number from ${least} up`);
}

/** Where the figure goes, if anywhere. Throws where it is no SVG or its folder does not exist. */
async function figureFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  if (!file.endsWith(".svg")) {
    throw new KnotgradError(
      "value",
      `--svg: ${file || "nothing"} is given but must be a file that ends in .svg`,
    );
  }
  const path = resolve(file);
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (!folder?.isDirectory())
    throw new KnotgradError("value", `--svg: ${file} is given but there is no folder ${dirname(path)}`);
  return path;
}
