/**
 * The losses as differentiable ops of tfjs, on its own WebGPU device and in its own buffers.
 * @module knotgrad/tfjs
 */
import { type Tensor as TfTensor, tidy, type Variable } from "@tensorflow/tfjs-core";
import {
  type CenterUpdateOptions,
  centerGradient as ourCenterGradient,
  centerLoss as ourCenterLoss,
  updateCenters as ourUpdateCenters,
} from "../ops/center_loss.ts";
import { classifierLoss as ourClassifierLoss } from "../ops/classifier_loss.ts";
import { contrastiveLoss as ourContrastiveLoss } from "../ops/contrastive_loss.ts";
import { margin as ourMargin } from "../ops/margin.ts";
import { type SoftmaxLossOptions, softmaxLoss } from "../ops/softmax_loss.ts";
import { tripletLoss as ourTripletLoss, type TripletOptions } from "../ops/triplet_loss.ts";
import type { Tensor } from "../tensor.ts";
import { bridgeOf } from "./bridge.ts";
import { checkArguments, tfOp } from "./op.ts";

export { type ErrorCode, KnotgradError } from "../error.ts";
export { type AsTf, type Role, type Roles, tfOp } from "./op.ts";

/**
 * Softmax cross-entropy weighted by how probable the label is, by the Knot Magnify weight unless `weighting` names another:
 * logits (N, C), label (N) of int32 -> (), or (N) with the reduction `none`. Formula and options are those of `softmaxLoss`, but
 * for `inPlace`. A number in options that changes from step to step is better given as a tensor (): each new number is kept.
 *
 * tf.layers gives a loss targets of its output's shape:
 * `model.compile({ optimizer, loss: (target, logits) => kmLoss(logits, tf.argMax(target, 1), { gamma: 1 }) })`.
 *
 * Throws as ops of `tfOp` do, and where shapes or options do not fit.
 * Source: Rao, Yu, Yang, Feng, "Knot Magnify Loss for Face Recognition", ICIP 2018.
 */
export const kmLoss = /* @__PURE__ */ tfOp(
  "kmLoss",
  // tfjs may need the logits afterwards.
  (logits: Tensor, label: Tensor, options: Omit<SoftmaxLossOptions, "inPlace">) =>
    softmaxLoss(logits, label, { ...options, inPlace: false }),
  { logits: "differentiated", label: "label" },
);

/**
 * Classifier and `kmLoss` in one, without the logits: x (N, D), w (C, D), which is a dense layer's kernel transposed, bias (C) or
 * undefined, label (N) of int32 -> (), or (N) with the reduction `none`; x, w and bias get gradients. Options are those of
 * `classifierLoss`, cosines and margins among them. Throws as ops of `tfOp` do, and where shapes or options do not fit.
 */
export const classifierLoss = /* @__PURE__ */ tfOp("classifierLoss", ourClassifierLoss, {
  x: "differentiated",
  w: "differentiated",
  bias: "optional",
  label: "label",
});

/**
 * Logits from cosines, with a margin on the label's: cosine (N, C), label (N) of int32, norm (N) the lengths of the features, or
 * undefined where the head does not read them -> (N, C). Options are those of `margin`. Throws as ops of `tfOp` do, and where
 * shapes or options do not fit.
 */
export const margin = /* @__PURE__ */ tfOp("margin", ourMargin, {
  cosine: "differentiated",
  label: "label",
  norm: "optional",
});

/**
 * Center loss: x (N, D), label (N) of int32, centers (C, D) -> (), or (N) with the reduction `none`; x gets a gradient, centers
 * are moved by `updateCenters`, or by an optimizer along `centerGradient`. Options are those of `centerLoss`.
 * Throws as ops of `tfOp` do, and where shapes or options do not fit.
 * Source: Wen, Zhang, Li, Qiao, "A Discriminative Feature Learning Approach for Deep Face Recognition", ECCV 2016.
 */
export const centerLoss = /* @__PURE__ */ tfOp("centerLoss", ourCenterLoss, {
  x: "differentiated",
  label: "label",
  centers: "constant",
});

const centered = { x: "constant", label: "label", centers: "constant" } as const;

/**
 * The gradient of centers for `optimizer.applyGradients`, as the paper's released code has it: x (N, D), label (N) of int32,
 * centers (C, D) -> (C, D); formula and source are those of knotgrad's `centerGradient`. Throws as ops of `tfOp` do, and where
 * shapes do not fit.
 */
export const centerGradient = /* @__PURE__ */ tfOp("centerGradient", ourCenterGradient, centered);

/**
 * Moves a variable of centers (C, D) towards the features x (N, D) of their classes, label (N) of int32, by the formula of
 * knotgrad's `updateCenters`: in place, but for a variable whose memory other tensors share, which gets memory of its own first.
 * Throws as ops of `tfOp` do, and where shapes do not fit or alpha is not from 0 to 1.
 */
export function updateCenters(
  x: TfTensor,
  label: TfTensor,
  centers: Variable,
  options: CenterUpdateOptions,
): void {
  const bridge = bridgeOf("updateCenters");
  checkArguments("updateCenters", centered, [x, label, centers]);
  tidy(() => {
    bridge.claim(centers);
    bridge.run([x, label, centers], ([x, label, centers]) =>
      ourUpdateCenters(x as Tensor, label as Tensor, centers as Tensor, options),
    );
  });
}

/**
 * Triplet loss: x (N, D) of rows of length 1, label (N) of int32 -> (); x gets a gradient. Options are those of `tripletLoss`, but
 * for `counts`. Throws as ops of `tfOp` do, and where shapes or options do not fit.
 */
export const tripletLoss = /* @__PURE__ */ tfOp(
  "tripletLoss",
  (x: Tensor, label: Tensor, options: Omit<TripletOptions, "counts">) => ourTripletLoss(x, label, options),
  { x: "differentiated", label: "label" },
);

/**
 * Contrastive loss: x (N, D), label (N) of int32 -> (); x gets a gradient. Options are those of `contrastiveLoss`. Throws as ops
 * of `tfOp` do, and where shapes or options do not fit.
 */
export const contrastiveLoss = /* @__PURE__ */ tfOp("contrastiveLoss", ourContrastiveLoss, {
  x: "differentiated",
  label: "label",
});
