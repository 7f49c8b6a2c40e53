// The embedded experiment: digits, made imbalanced and partly degraded; three digits are never trained on.
import { degradeSome } from "../../face/degrade.ts";
import type { Net } from "../../face/nets.ts";
import { makePairs } from "../../face/pairs.ts";
import { resizeAll } from "../../face/resize.ts";
import { keepClasses, longTail, split, subset } from "../../face/sampling.ts";
import { random } from "../../random.ts";
import { digits } from "../digits.ts";
import type { Experiment } from "./experiment.ts";

const TRAINED = [0, 1, 2, 3, 4, 5, 6];
const HELD_OUT = [7, 8, 9];
const TESTS_PER_CLASS = 150;
const FOLDS = 10;
const PAIRS_PER_FOLD = 300;

export interface DigitOptions {
  readonly seed: number;
  /** Images of the largest class over those of the smallest. */
  readonly tail: number;
  /** Share of training images that are degraded. */
  readonly degrade: number;
  readonly net: Net;
}

/** Throws where an option is out of range. */
export function digitExperiment({ seed, tail, degrade, net }: DigitOptions): Experiment {
  const all = digits();
  const r = random(seed);
  const { part: clean, rest } = split(keepClasses(all, TRAINED), { perClass: TESTS_PER_CLASS }, r);
  const imbalanced = longTail(rest, { ratio: tail, random: r, order: r.shuffle(Uint32Array.from(TRAINED)) });
  const rare = new Set(imbalanced.tail);
  const train = degradeSome(imbalanced.dataset, { share: degrade, random: r });
  const heldOut = keepClasses(all, HELD_OUT);
  const names = (labels: Iterable<number>) => [...labels].map((label) => train.classes[label]).join(", ");
  return {
    title: "Digits, imbalanced and partly degraded",
    data:
      `${train.labels.length} digits of the classes ${names(TRAINED)}, long-tailed ${tail} to 1 (tail: ${names(rare)}), ` +
      `${Math.round(100 * degrade)} % of them degraded; ${clean.labels.length} digits for testing; ` +
      `${FOLDS * PAIRS_PER_FOLD} pairs of the classes ${HELD_OUT.join(", ")}, which are never trained on`,
    net,
    train: resizeAll(train, net),
    tests: {
      clean: resizeAll(clean, net),
      degraded: resizeAll(degradeSome(clean, { share: 1, random: r }), net),
      tail: resizeAll(
        subset(
          clean,
          indices(clean.labels, (label) => rare.has(label)),
        ),
        net,
      ),
    },
    verification: {
      images: resizeAll(heldOut, net),
      pairs: makePairs(heldOut.labels, { perFold: PAIRS_PER_FOLD, folds: FOLDS, random: r }),
    },
    epochs: 12,
    mirror: false,
  };
}

const indices = (labels: Uint32Array, wanted: (label: number) => boolean): number[] =>
  Array.from(labels.keys()).filter((i) => wanted(labels[i]));
