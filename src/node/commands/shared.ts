// What the training commands do alike.
import { KnotgradError } from "../../error.ts";
import type { Gpu, GpuOptions } from "../../gpu.ts";
import { type AdapterInfo, type AdapterOptions, announce } from "../adapter.ts";
import { digitExperiment } from "../experiments/digits.ts";
import type { Experiment } from "../experiments/experiment.ts";
import { faceExperiment } from "../experiments/faces.ts";
import { openGpu } from "../gpu.ts";
import { netOf, number, seedOf, type TrainingValues, workersOf } from "../options.ts";

/** The engine on the best adapter, which is said on stderr. */
export async function openAndSay(
  options: GpuOptions & AdapterOptions = {},
): Promise<{ gpu: Gpu; info: AdapterInfo }> {
  const opened = await openGpu(options);
  announce(opened.info);
  return opened;
}

/** The experiment that the options ask for: digits, or faces where a folder is given. */
export async function chooseExperiment(values: TrainingValues): Promise<Experiment> {
  const { data, lfw, pairs } = values;
  const seed = seedOf(values);
  const given = (name: "tail" | "degrade") =>
    values[name] === undefined ? undefined : number(name, values[name]);
  if (data !== undefined) {
    return faceExperiment({
      data,
      lfw,
      pairs,
      seed,
      excludeOverlap: values["exclude-overlap"],
      tail: given("tail"),
      degrade: given("degrade"),
      net: netOf(values, "face"),
      workers: workersOf(values),
    });
  }
  if (lfw !== undefined || pairs !== undefined) {
    throw new KnotgradError(
      "value",
      "knotgrad: --lfw and --pairs are for faces but no --data is given; give a folder with one folder per person",
    );
  }
  return digitExperiment({
    seed,
    tail: given("tail") ?? 20,
    degrade: given("degrade") ?? 0.3,
    net: netOf(values, "digit"),
  });
}
