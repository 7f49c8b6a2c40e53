// What a recipe is: a system of the literature as stages of training on one trunk.
import type { Gpu } from "../gpu.ts";
import type { Tensor } from "../tensor.ts";
import type { CenterRecipe } from "./centers.ts";
import type { Classifier, Model } from "./model.ts";
import type { Net } from "./nets.ts";
import type { Pair } from "./pairs.ts";

/** A way to train a net. */
export interface Recipe {
  /** What commands, tables and files call it. */
  readonly name: string;
  /** The name with what the recipe was told, such as "km (gamma 4)". */
  readonly title: string;
  /** One sentence on what it does. */
  readonly sentence: string;
  /** Where it was published. */
  readonly source: string;
  /** The numbers it was told or took for itself. */
  readonly settings: RecipeSettings;
  /** Stages of training, one after the other. */
  readonly stages: readonly Stage[];
  /** What tells how alike the images of pairs are; the cosine of their embeddings unless given. */
  readonly scores?: PairScorer;
}

/** What recipes can be told; each takes what it knows, and its own number unless told. */
export interface RecipeSettings {
  /** Knot Magnify's gamma. */
  readonly gamma?: number;
  /** Weight of the loss beside the softmax loss. */
  readonly lambda?: number;
  /** How centers are moved. */
  readonly centers?: CenterRecipe;
  /** How far the paper's centers move towards their features in a step. */
  readonly alpha?: number;
}

/** A stage of training. From the second on it begins with the weights of the one before, where names and shapes agree. */
export interface Stage {
  /** Its share of the epochs; 1 unless told. */
  readonly share?: number;
  /** The net it trains; the trunk as it is unless told. */
  readonly net?: (trunk: Net) => Net;
  /** `linear` unless told. */
  readonly classifier?: Classifier;
  /** Whether the layers of the stage before stay as they are. */
  readonly frozen?: boolean;
  /** Numbers of the classes it trains on; all unless told. */
  readonly choose?: (before: Model, seed: number) => Promise<readonly number[]>;
  /** Images of each class in a batch, drawn together; images are drawn alone unless told. */
  readonly perClass?: number;
  /** Makes what it minimizes. */
  readonly objective: (setting: Setting) => Objective;
}

/** What an objective is made for. */
export interface Setting {
  /** What it trains on. */
  readonly gpu: Gpu;
  /** What it trains. */
  readonly model: Model;
  /** The stage's seed, for random numbers of its own. */
  readonly seed: number;
  /** Images in a batch. */
  readonly batch: number;
  /** How parameters beside the model's are moved. */
  readonly optimizer: { readonly rate: number; readonly momentum: number; readonly weightDecay: number };
}

/** A batch in a step. */
export interface Batch {
  /** (N, D) */
  readonly embedding: Tensor;
  /** (N) of u32 */
  readonly label: Tensor;
  /** (N, H, W, C) what each outer layer of the net gives. */
  readonly layers: readonly Tensor[];
}

/** What lasts from step to step: on the device, or in an array that is changed in place. */
export type Lasting = Tensor | Float64Array | Float32Array | Uint32Array | Uint8Array;

/** What training minimizes. */
export interface Objective {
  /** All of its own that lasts from step to step, but for what `before` writes: checkpoints hold it. */
  readonly state?: { readonly [name: string]: Lasting };
  /** Records the loss () of a batch. */
  loss(batch: Batch): Tensor;
  /** Records what a step does beside moving the model's parameters. */
  update?(batch: Batch): void;
  /** Tensors that `after` is to see, asked for when the loss is recorded. */
  seen?(): { readonly [name: string]: Tensor };
  /** Gets the values of `seen`, two steps late, with the labels (N) of their batch. */
  after?(values: { readonly [name: string]: Float32Array }, labels: Uint32Array): void;
  /** Called before each step: its number in the stage, what part of that is behind (0 to 1), and the learning rate. */
  before?(moment: Moment): void;
  /** Gives the memory of its own back. */
  dispose?(): void;
}

/** How far a stage of training is. */
export interface Moment {
  /** Number of the step in the stage, from 0. */
  readonly step: number;
  /** What part of the stage is behind, from 0 to 1. */
  readonly done: number;
  /** Learning rate of the step. */
  readonly rate: number;
}

/**
 * Scores of pairs, higher for more alike: embeddings (N, D) of images, or of an image and its mirror image one after the
 * other, the pairs, and embeddings (M, D) of the training images -> (P).
 */
export type PairScorer = (
  embeddings: Float32Array,
  D: number,
  pairs: readonly Pair[],
  trained: Float32Array,
) => Float64Array;
