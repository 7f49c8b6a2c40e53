// `knotgrad verify`: LFW's protocol with a trained net.
import { defineCommand } from "citty";
import { evaluate, withMirror } from "../../face/train.ts";
import { pairScores, verify as verifyScores } from "../../face/verification.ts";
import { loadPairs } from "../experiments/faces.ts";
import { loadModel, readModelFile } from "../model_file.ts";
import { workersArg, workersOf } from "../options.ts";
import { progress } from "../progress.ts";
import { percent, table } from "../table.ts";
import { openAndSay } from "./shared.ts";

export const verify = defineCommand({
  meta: { name: "verify", description: "Verify pairs of faces with a trained net by LFW's protocol" },
  args: {
    model: { type: "string", description: "Weights that `train` has written", required: true },
    lfw: {
      type: "string",
      description: "Folder of faces, Name/Name_0001.jpg, or a .bin pack",
      required: true,
    },
    pairs: { type: "string", description: "LFW's pairs.txt, or a list like it; packs need none" },
    ...workersArg,
    json: { type: "boolean", description: "Print one JSON object as the last line", default: false },
  },
  async run({ args }) {
    const file = await readModelFile(args.model);
    const { images, pairs } = (await loadPairs(args.lfw, args.pairs, file.net, workersOf(args)))!;
    const { gpu, info } = await openAndSay();
    const line = progress("embeddings");
    const outputs = await evaluate(gpu, loadModel(gpu, file), images, line.update);
    line.stop();
    const scores = pairScores(withMirror(outputs), 2 * outputs.D, pairs);
    const result = verifyScores(
      scores,
      pairs.map(({ same }) => same),
      pairs.map(({ fold }) => fold),
    );

    const { mean, standardError, auc, eer, tarAtFar, folds } = result;
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
    if (args.json)
      console.log(
        JSON.stringify({ adapter: info, model: args.model, pairs: pairs.length, verification: result }),
      );
  },
});
