// One recipe trained once and what the protocols say of it, as it lies in a file of its own.
import type { Identification } from "../../face/identification.ts";
import type { Verification } from "../../face/verification.ts";

/** A trained recipe under test. */
export interface RecipeRun {
  /** The recipe's name, such as km. */
  readonly recipe: string;
  /** The recipe with what it was told, such as "km (gamma 4)"; with `seed` it tells the runs of a table apart. */
  readonly name: string;
  readonly seed: number;
  /** What it was trained and tested on: runs are compared within one of these. */
  readonly data: string;
  readonly adapter: string;
  readonly training: {
    readonly images: number;
    readonly people: number;
    readonly epochs: number;
    /** What all runs of a table have in common: net, batch, rate, schedule and the like. */
    readonly settings: { readonly [name: string]: string | number | boolean };
    readonly seconds: number;
    readonly imagesPerSecond: number;
    /** Mean over the last epoch. */
    readonly finalLoss: number;
    readonly parameterHash: string;
  };
  readonly verification: readonly VerificationRun[];
  readonly identification: readonly IdentificationRun[];
}

/** A list of pairs, verified. */
export interface VerificationRun {
  /** LFW, "LFW, degraded", CFP-FF or CFP-FP. */
  readonly test: string;
  readonly result: Verification;
  /** (P) scores of the pairs in the order of the list: little-endian f32 in base64. */
  readonly scores: string;
}

/** A gallery and probes, identified. */
export interface IdentificationRun {
  /** Such as "LFW closed set", "LFW open set", "LFW BLUFR". */
  readonly test: string;
  readonly rankOne: number | null;
  /** Closed set: a byte per probe in base64, 1 where the most alike image of the gallery shows its person. */
  readonly right?: string;
  readonly dirAtFar: Identification["dirAtFar"];
  /** BLUFR: mean less deviation over the trials of the verification rate, by false accept rate. */
  readonly verificationAtFar?: { readonly [far: string]: number | null };
}

/** A list of pairs as the page shows it. */
export interface TestPairs {
  /** As in `VerificationRun`. */
  readonly test: string;
  readonly pairs: readonly {
    readonly same: boolean;
    readonly fold: number;
    /** The images' files, below the folder of the test. */
    readonly a: string;
    readonly b: string;
  }[];
}
