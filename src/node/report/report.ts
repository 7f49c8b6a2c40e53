// What a report holds: plain numbers, so that it can be made without a GPU at hand.

/** Everything one page reports. Fractions are from 0 to 1; null says that a number could not be measured. */
export interface Report {
  /** Heading of the page. */
  title: string;
  /** The exact command that made it. */
  command: string;
  /** What computed. */
  adapter: { vendor: string; architecture: string; description: string; software: boolean };
  /** One sentence on the data. */
  data: string;
  /** The runs that are compared. */
  runs: RunReport[];
}

/** One training run and what it reached. */
export interface RunReport {
  /** The loss, such as "softmax", "km" or "km+center". */
  name: string;
  /** Knot Magnify's gamma. */
  gamma: number;
  /** The seed. */
  seed: number;
  /** Passes over the training images. */
  epochs: number;
  /** Training images per second. */
  imagesPerSecond: number;
  /** Training loss at the end. */
  finalLoss: number;
  /** SHA-256 of the parameters, in hex. */
  parameterHash: string;
  /** Share of test images whose class is found: of those as they are, of degraded ones, and of rare classes. */
  accuracy: { clean: number | null; degraded: number | null; tail: number | null };
  /** Mean softmax probability of the right class. */
  meanP: { clean: number | null; degraded: number | null };
  /** What `verify` measures; null where nothing was verified. */
  verification: {
    mean: number;
    standardError: number;
    auc: number;
    eer: number;
    /** True accept rate by false accept rate, such as "0.001": 0.91. */
    tarAtFar: { [far: string]: number | null };
  } | null;
  /** Training loss of each step. */
  curve: { step: number; loss: number }[];
  /** Embeddings on their first two principal components; `group` is the name of the class. */
  embedding2d: { x: number; y: number; group: string; heldOut: boolean }[];
  /** Training images, `pixels` (H, W, C) from 0 to 255 with C = 1 (grey) or 3 (red, green, blue). */
  samples: Sample[];
  /** Softmax probability of the right class of images and how badly each was degraded. */
  pBySeverity: { severity: number; p: number }[];
  /** Points of the curve of verification: false and true accept rates. */
  roc: { far: number; tar: number }[];
}

/** A run with the name and the line that tell it from the others. */
export interface NamedRun extends RunReport {
  label: string;
  look: Look;
}

/** How a line is drawn. */
export interface Look {
  /** A CSS colour. */
  colour: string;
  /** An SVG dash pattern. */
  dash: string;
}

/** A training image and the probability the trained network gives its class. */
export interface Sample {
  /** (H, W, C) from 0 to 255. */
  pixels: Uint8Array;
  /** Pixels from top to bottom. */
  height: number;
  /** Pixels from left to right. */
  width: number;
  /** Softmax probability of its class. */
  p: number;
  /** How badly the image was degraded, from 0 (not at all) to 1. */
  severity: number;
  /** Name of its class. */
  label: string;
}
