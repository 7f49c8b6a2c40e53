// `knotgrad verify`: the protocols of LFW and CFP with a trained net.

import { defineCommand } from "citty";
import { KnotgradError } from "../../error.ts";
import { evaluate, type Outputs, withMirror } from "../../face/evaluate.ts";
import {
  pairScores,
  type ThresholdSearch,
  type Verification,
  verify as verifyScores,
} from "../../face/verification.ts";
import { type Benchmark, loadCfp, loadLfw } from "../benchmarks.ts";
import { loadPairs } from "../experiments/faces.ts";
import { identificationTable, measureBenchmark, verificationTable } from "../experiments/measure.ts";
import type { IdentificationRun, VerificationRun } from "../experiments/recipe_run.ts";
import { loadModel, type ModelFile, readModelFile } from "../model_file.ts";
import { workersArg, workersOf } from "../options.ts";
import { progress } from "../progress.ts";
import { percent, table } from "../table.ts";
import { openAndSay } from "./shared.ts";

export const verify = defineCommand({
  meta: {
    name: "verify",
    description: "Verify pairs of faces with a trained net by LFW's protocol, or by those of LFW and CFP",
  },
  args: {
    model: { type: "string", description: "Weights that `train` has written", required: true },
    lfw: { type: "string", description: "Folder of faces, Name/Name_0001.jpg, or a .bin pack" },
    pairs: { type: "string", description: "LFW's pairs.txt, or a list like it; packs need none" },
    protocols: {
      type: "string",
      description:
        "Folder of the lists of --lfw and --cfp: lfw/pairs.txt, cfp/Pair_list_F.txt, ... and, for BLUFR, " +
        "blufr/blufr_lfw_config.json; all images of --lfw are identified too",
    },
    cfp: { type: "string", description: "Folder of CFP's faces, 001/frontal/01.jpg; needs --protocols" },
    search: {
      type: "string",
      description:
        "How thresholds are chosen: exact, or insightface, on its grid and with the sum of the embeddings of an image " +
        "and its mirror image instead of one after the other",
      default: "exact",
    },
    ...workersArg,
    json: { type: "boolean", description: "Print one JSON object as the last line", default: false },
  },
  async run({ args }) {
    checkOptions(args);
    const search = searchOf(args.search);
    const file = await readModelFile(args.model);
    if (args.protocols === undefined) await verifyPairs(args, file, search);
    else await verifyProtocols(args, args.protocols, file, search);
  },
});

interface Values {
  readonly lfw?: string | undefined;
  readonly pairs?: string | undefined;
  readonly protocols?: string | undefined;
  readonly cfp?: string | undefined;
  readonly workers?: string | undefined;
  readonly json: boolean;
}

/** Throws where options do not go together. */
function checkOptions({ lfw, pairs, protocols, cfp }: Values): void {
  const none = lfw === undefined && cfp === undefined;
  if (protocols !== undefined && pairs !== undefined) {
    throw new KnotgradError(
      "value",
      "verify: --pairs is given beside --protocols but only one of them can tell the pairs; leave one out",
    );
  }
  if (protocols !== undefined && none) {
    throw new KnotgradError(
      "value",
      "verify: --protocols is given without --lfw and --cfp but one of them at least is needed",
    );
  }
  if (protocols === undefined && cfp !== undefined) {
    throw new KnotgradError(
      "value",
      "verify: --cfp is given without --protocols but CFP's lists are needed; give their folder",
    );
  }
  if (none && pairs === undefined) {
    throw new KnotgradError(
      "value",
      "verify: neither --lfw nor --protocols is given but images to verify are needed",
    );
  }
}

/** One list of pairs, fold by fold. */
async function verifyPairs(values: Values, file: ModelFile, search: ThresholdSearch): Promise<void> {
  const { images, pairs } = (await loadPairs(values.lfw, values.pairs, file.net, workersOf(values)))!;
  const { gpu, info } = await openAndSay();
  const line = progress("embeddings");
  const outputs = await evaluate(gpu, loadModel(gpu, file), images, line.update);
  line.stop();
  const { embeddings, D } = joined(outputs, search);
  const result = verifyScores(
    pairScores(embeddings, D, pairs),
    pairs.map(({ same }) => same),
    pairs.map(({ fold }) => fold),
    { search },
  );
  printFolds(result);
  if (values.json)
    console.log(
      JSON.stringify({ adapter: info, model: file.path, pairs: pairs.length, verification: result }),
    );
}

/** All lists of the test sets. */
async function verifyProtocols(
  values: Values,
  protocols: string,
  file: ModelFile,
  search: ThresholdSearch,
): Promise<void> {
  const { lfw, cfp } = values;
  const workers = workersOf(values);
  const benchmarks: Benchmark[] = [];
  if (lfw !== undefined) benchmarks.push(await loadLfw(lfw, protocols, file.net, workers));
  if (cfp !== undefined) benchmarks.push(await loadCfp(cfp, protocols, file.net, workers));

  const { gpu, info } = await openAndSay();
  const model = loadModel(gpu, file);
  const verification: VerificationRun[] = [];
  const identification: IdentificationRun[] = [];
  for (const benchmark of benchmarks) {
    const line = progress(`${benchmark.name}: embeddings`);
    const outputs = await evaluate(gpu, model, benchmark.images, line.update);
    line.stop();
    const { embeddings, D } = joined(outputs, search);
    const measured = await measureBenchmark(gpu, benchmark, embeddings, D, undefined, search);
    verification.push(...measured.verification);
    identification.push(...measured.identification);
  }
  console.log(verificationTable(verification));
  if (identification.length > 0) console.log(`\n${identificationTable(identification)}`);
  if (values.json) {
    const results = verification.map(({ test, result }) => ({ test, result }));
    console.log(
      JSON.stringify({
        ...{ adapter: info, model: file.path, search, verification: results },
        identification: identification.map(({ right: _, ...measured }) => measured),
      }),
    );
  }
}

/** What stands for each image: its embedding and its mirror image's, one after the other or, for insightface, their sum. */
function joined(outputs: Outputs, search: ThresholdSearch): { embeddings: Float32Array; D: number } {
  const { embeddings, mirrored, D } = outputs;
  return search === "exact"
    ? { embeddings: withMirror(outputs), D: 2 * D }
    : { embeddings: embeddings.map((value, i) => value + mirrored[i]), D };
}

function searchOf(text: string): ThresholdSearch {
  if (text === "exact" || text === "insightface") return text;
  throw new KnotgradError("value", `--search: "${text}" is given but must be exact or insightface`);
}

function printFolds({ mean, standardError, auc, eer, tarAtFar, folds }: Verification): void {
  const byFold = folds.map(({ threshold, accuracy }, i) => [
    String(i + 1),
    threshold.toFixed(4),
    percent(accuracy, 2),
  ]);
  console.log(table(["fold", "threshold", "accuracy %"], byFold));
  console.log(
    `\naccuracy ${percent(mean, 2)} +- ${percent(standardError, 2)} %, AUC ${auc.toFixed(4)}, EER ${eer.toFixed(4)}`,
  );
  for (const [far, tar] of Object.entries(tarAtFar)) console.log(`TAR at FAR ${far}: ${percent(tar, 2)} %`);
}
