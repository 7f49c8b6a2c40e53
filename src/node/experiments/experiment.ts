// What an experiment holds: data to train on, and what to measure afterwards.
import type { Dataset } from "../../face/dataset.ts";
import type { Net } from "../../face/nets.ts";
import type { Pair } from "../../face/pairs.ts";

export interface Experiment {
  readonly title: string;
  /** One sentence on the data. */
  readonly data: string;
  readonly net: Net;
  readonly train: Dataset;
  /** Images of the trained classes that training never sees; absent where none are kept apart. */
  readonly tests: { readonly clean?: Dataset; readonly degraded?: Dataset; readonly tail?: Dataset };
  /** Pairs of images of people (or classes) that training never sees. */
  readonly verification: { readonly images: Dataset; readonly pairs: readonly Pair[] } | undefined;
  readonly epochs: number;
  readonly mirror: boolean;
}
