/**
 * What the package offers, in browsers and in Node. Nothing here imports Node or a package.
 * @module knotgrad
 */

export { type ErrorCode, KnotgradError } from "./error.ts";
export { faceTemplates, type Similarity, similarity, warp, warpTransforms } from "./face/align.ts";
export { type BatchDraw, type BatchFiller, type BatchTask, batchFiller } from "./face/batches.ts";
export {
  type AllPairs,
  type Blufr,
  type BlufrOptions,
  type BlufrResult,
  blufr,
  blufrOnDevice,
  type OverTrials,
  parseBlufr,
  verifyAllPairs,
} from "./face/blufr.ts";
export { type CenterRecipe, centerRecipes } from "./face/centers.ts";
export {
  chiSquaredScores,
  deepFaceFeatures,
  type LinearSvm,
  largestOf,
  linearSvm,
  type SvmOptions,
} from "./face/chi_squared.ts";
export { type Dataset, type ImageBytes, type ImageSize, makeDataset } from "./face/dataset.ts";
export { type Degradation, degradations, degrade, degradeSome } from "./face/degrade.ts";
export { evaluate, type Outputs, withMirror } from "./face/evaluate.ts";
export {
  cosines,
  type Identification,
  type IdentificationSplit,
  type IdentifyOptions,
  identify,
  identifyTop,
  lfwIdentification,
  type SearchOptions,
  searchGallery,
} from "./face/identification.ts";
export { isNet } from "./face/is_net.ts";
export { type Classifier, createModel, type Model, type ModelOptions } from "./face/model.ts";
export {
  type ConvLayer,
  digitNet,
  faceNet,
  type Layer,
  type LocalLayer,
  mobileFaceNet,
  multiplyAdds,
  type Net,
  nets,
  parameterCount,
  sphereFace,
} from "./face/nets.ts";
export { withoutPeople } from "./face/overlap.ts";
export { folds, makePairs, type Pair } from "./face/pairs.ts";
export type {
  Batch,
  Lasting,
  Moment,
  Objective,
  PairScorer,
  Recipe,
  RecipeSettings,
  Setting,
  Stage,
} from "./face/recipe.ts";
export { type RecipeName, recipes } from "./face/recipes/index.ts";
export { resize, resizeAll, toColour, toGrey } from "./face/resize.ts";
export { areaUnder, equalErrorRate, type Roc, roc, trueAcceptRate } from "./face/roc.ts";
export {
  batches,
  type Changes,
  classBatches,
  classCounts,
  drawChanges,
  fillBatch,
  keepClasses,
  longTail,
  split,
  subset,
  tailClasses,
} from "./face/sampling.ts";
export { bootstrap, type Interval, mcnemar } from "./face/significance.ts";
export { principalPlane, rankCorrelation } from "./face/statistics.ts";
export {
  breakEvenP,
  criticalP,
  gradientMultiplier,
  kmLoss,
  normalizedKmLoss,
  normalizedSoftmaxLoss,
  peakP,
  relativeWeight,
} from "./face/theory.ts";
export {
  type Checkpointing,
  type Progress,
  type ScheduleName,
  schedules,
  type Trained,
  type TrainOptions,
  train,
} from "./face/train.ts";
export { cosine, pairScores, type ThresholdSearch, type Verification, verify } from "./face/verification.ts";
export { type Flat, flat } from "./flat.ts";
export { type Counters, Gpu, type GpuOptions } from "./gpu.ts";
export type { Binding, Given, Kernel, Options, Outputs as KernelOutputs } from "./kernel.ts";
export * as kernels from "./kernels.gen.ts";
export { requiredFeatures, requiredLimits } from "./limits.ts";
export type { Range, WrapOptions } from "./memory.ts";
export { type AsNd, backward, type Op, op } from "./op.ts";
export type { BatchNormOptions } from "./ops/batch_norm.ts";
export { type CenterUpdateOptions, centerGradient, updateCenters } from "./ops/center_loss.ts";
export type { ClassifierLossOptions } from "./ops/classifier_loss.ts";
export { type ContrastiveOptions, reestimateMargin } from "./ops/contrastive_loss.ts";
export type { Conv2dOptions } from "./ops/conv2d.ts";
export * from "./ops/index.ts";
export { labelCounts, labels, type RowOptions } from "./ops/labels.ts";
export type { MagnitudeLossOptions } from "./ops/magnitude_loss.ts";
export { type MarginName, type MarginOptions, margins, sphereFaceLambda } from "./ops/margin.ts";
export type { MatmulOptions } from "./ops/matmul.ts";
export type { SoftmaxOptions } from "./ops/softmax.ts";
export { labelProbability, type SoftmaxLossOptions } from "./ops/softmax_loss.ts";
export { topK } from "./ops/top_k.ts";
export type { TripletOptions } from "./ops/triplet_loss.ts";
export { type WeightingName, weightings } from "./ops/weighting.ts";
export type { PoolOptions } from "./ops/window.ts";
export { type LossScale, lossScale, type Optimizer, type SgdOptions, sgd } from "./optim.ts";
export type { MemoryUse } from "./pool.ts";
export type { KernelTime, Profile, ProfileMethod, ProfileOptions } from "./profile.ts";
export { type Random, random } from "./random.ts";
export { array, type Nd, nd, sum } from "./reference.ts";
export { readSafetensors, type Safetensors, type StoredTensor, writeSafetensors } from "./safetensors.ts";
export type { Wait } from "./sender.ts";
export type { Step, StepOptions, StepResult } from "./step.ts";
export { count, type Dtype, type Numbers, type Shape, Tensor, type Vjp } from "./tensor.ts";
export {
  type GemmRow,
  type GemmTile,
  type Loop,
  type Product,
  type Tiles,
  tables,
  tilesOf,
  useTiles,
} from "./tiles.ts";
export { tune } from "./tune.ts";
