// Runs as a table and as JSON.
import type { AdapterInfo } from "../adapter.ts";
import type { RunReport } from "../report/page.ts";
import { percent, table } from "../table.ts";

/** One line per run. */
export function runTable(runs: readonly RunReport[]): string {
  const rate = (value: number | null | undefined) => (value == null ? "-" : value.toFixed(4));
  return table(
    [
      "recipe",
      "gamma",
      "clean %",
      "degraded %",
      "tail %",
      "verification %",
      "AUC",
      "EER",
      "TAR@1e-2",
      "TAR@1e-3",
      "p clean",
      "p degraded",
      "images/s",
    ],
    runs.map(({ name, gamma, accuracy, meanP, verification: v, imagesPerSecond }) => [
      name,
      String(gamma),
      percent(accuracy.clean),
      percent(accuracy.degraded),
      percent(accuracy.tail),
      v ? `${percent(v.mean, 2)} +- ${percent(v.standardError, 2)}` : "-",
      rate(v?.auc),
      rate(v?.eer),
      rate(v?.tarAtFar["0.01"]),
      rate(v?.tarAtFar["0.001"]),
      meanP.clean === null ? "-" : meanP.clean.toFixed(3),
      meanP.degraded === null ? "-" : meanP.degraded.toFixed(3),
      imagesPerSecond.toFixed(0),
    ]),
  );
}

/** The object that `--json` prints as the last line. */
export function runJson(adapter: AdapterInfo, runs: readonly RunReport[], extra: object = {}): string {
  return JSON.stringify({
    adapter,
    ...extra,
    runs: runs.map((run) => {
      const {
        name,
        gamma,
        seed,
        epochs,
        imagesPerSecond,
        finalLoss,
        parameterHash,
        accuracy,
        meanP,
        verification,
      } = run;
      return {
        recipe: name,
        gamma,
        seed,
        epochs,
        imagesPerSecond,
        finalLoss,
        parameterHash,
        accuracy,
        meanP,
        verification,
      };
    }),
  });
}
