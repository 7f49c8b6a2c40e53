// What the protocols say of embeddings of a test set.
import { blufrOnDevice } from "../../face/blufr.ts";
import { identifyTop, lfwIdentification, searchGallery } from "../../face/identification.ts";
import type { Pair } from "../../face/pairs.ts";
import { pairScores, type ThresholdSearch, verify } from "../../face/verification.ts";
import type { Gpu } from "../../gpu.ts";
import type { Benchmark } from "../benchmarks.ts";
import { percent, table } from "../table.ts";
import type { IdentificationRun, VerificationRun } from "./recipe_run.ts";

/**
 * What the protocols say of embeddings (N, D) of a test set's images: its lists of pairs verified, by cosine unless
 * `pairScoresOf` scores them, with thresholds by `search`; and LFW identified, by cosine, as `lfwIdentification` splits it
 * and, where they are given, by BLUFR's lists. Throws what `verify`, `identifyTop` and `blufrOnDevice` throw.
 */
export async function measureBenchmark(
  gpu: Gpu,
  { name, images, lists, blufr }: Benchmark,
  embeddings: Float32Array,
  D: number,
  pairScoresOf: (pairs: readonly Pair[]) => Float64Array = (pairs) => pairScores(embeddings, D, pairs),
  search: ThresholdSearch = "exact",
): Promise<{ verification: VerificationRun[]; identification: IdentificationRun[] }> {
  const verification = lists.map(({ test, pairs }) => verified(test, pairs, pairScoresOf(pairs), search));
  const identification: IdentificationRun[] = [];
  if (name === "LFW") {
    const { labels, ...splits } = lfwIdentification(
      Array.from(images.labels, (label) => images.classes[label]),
    );
    for (const set of ["closed", "open"] as const) {
      const { gallery, probes } = splits[set];
      const top = await searchGallery(gpu, embeddings, D, { gallery, probes });
      const people = (of: Uint32Array) => of.map((image) => labels[image]);
      const [enrolled, asked] = [people(gallery), people(probes)];
      const { rankOne, dirAtFar } = identifyTop(top, enrolled, asked);
      const right = Buffer.from(asked.map((person, n) => Number(enrolled[top.index[n]!] === person)));
      identification.push({
        test: `LFW ${set} set`,
        rankOne,
        dirAtFar,
        ...(set === "closed" && { right: right.toString("base64") }),
      });
    }
  }
  if (blufr) {
    const result = await blufrOnDevice(gpu, embeddings, D, blufr);
    identification.push({
      test: "LFW BLUFR",
      rankOne: null,
      dirAtFar: { "0.01": result.identification?.fused ?? null },
      verificationAtFar: { "0.001": result.verification?.fused ?? null },
    });
  }
  return { verification, identification };
}

/** A list of pairs, verified by their scores (P). Throws what `verify` throws. */
export function verified(
  test: string,
  pairs: readonly Pair[],
  scores: Float64Array,
  search: ThresholdSearch = "exact",
): VerificationRun {
  const same = pairs.map((pair) => pair.same);
  const fold = pairs.map((pair) => pair.fold);
  return { test, result: verify(scores, same, fold, { search }), scores: base64(scores) };
}

/** Numbers as little-endian f32 in base64. */
function base64(values: Float64Array): string {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes.toString("base64");
}

const share = (value: number | null | undefined) => (value == null ? "-" : value.toFixed(4));

/** A line per list of pairs. */
export function verificationTable(runs: readonly VerificationRun[]): string {
  return table(
    ["test", "accuracy %", "AUC", "EER", "TAR@1e-2", "TAR@1e-3"],
    runs.map(({ test, result: { mean, standardError, auc, eer, tarAtFar } }) => [
      test,
      `${percent(mean, 2)} +- ${percent(standardError, 2)}`,
      share(auc),
      share(eer),
      share(tarAtFar["0.01"]),
      share(tarAtFar["0.001"]),
    ]),
  );
}

/** A line per gallery; of BLUFR, means less deviations over its trials. */
export function identificationTable(runs: readonly IdentificationRun[]): string {
  return table(
    ["test", "rank 1", "DIR@1e-2", "VR@1e-3"],
    runs.map(({ test, rankOne, dirAtFar, verificationAtFar }) => [
      test,
      share(rankOne),
      share(dirAtFar["0.01"]),
      share(verificationAtFar?.["0.001"]),
    ]),
  );
}
