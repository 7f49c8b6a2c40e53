// What the Knot Magnify (KM) loss does to one sample, as functions of p, the softmax probability of its label.
//
//   loss      -log(p) r^2,  r = 1 / (gamma p + 1)
//   gradient  dL/dz_j = c(p) (p_j - [j == label]),  c(p) = r^2 (1 + 2 gamma p r (-log p))
//
// After Rao, Yu, Yang, Feng, "Knot Magnify Loss for Face Recognition", ICIP 2018. R and p_c compare losses that are
// each divided by their mean over p uniform in [0, 1]; c and p* compare gradients without any normalization.

import { KnotgradError } from "../error.ts";

/**
 * -log(p), in units of its mean over p uniform in [0, 1], which is 1; infinite for p 0.
 * Throws where p is outside [0, 1].
 */
export function normalizedSoftmaxLoss(p: number): number {
  check("normalizedSoftmaxLoss", 0, p);
  return 0 - Math.log(p);
}

/**
 * -gamma log(p) / (log(1 + gamma) (gamma p + 1)^2): `kmLoss` in units of its mean over p uniform in [0, 1], which is
 * log(1 + gamma) / gamma; infinite for p 0, `normalizedSoftmaxLoss` for gamma 0.
 * Throws where gamma is negative or p is outside [0, 1].
 */
export function normalizedKmLoss(gamma: number, p: number): number {
  check("normalizedKmLoss", gamma, p);
  return overLog(gamma) * kmLoss(gamma, p);
}

/**
 * R_gamma(p) = gamma / (log(1 + gamma) (gamma p + 1)^2): the normalized KM loss over the normalized softmax loss.
 * Above 1 for p below `criticalP(gamma)`, below 1 above it; 1 everywhere for gamma 0.
 * Throws where gamma is negative or p is outside [0, 1].
 */
export function relativeWeight(gamma: number, p: number): number {
  check("relativeWeight", gamma, p);
  return overLog(gamma) / (gamma * p + 1) ** 2;
}

/**
 * p_c = 1 / sqrt(gamma log(1 + gamma)) - 1 / gamma: the p at which `relativeWeight` is 1, with its limit 1/4 at gamma 0.
 * Throws where gamma is negative.
 */
export function criticalP(gamma: number): number {
  check("criticalP", gamma, 0);
  // The two terms of the closed form cancel for small gamma. With w = gamma / log(1 + gamma) and
  // q = (gamma - log(1 + gamma)) / gamma^2 it equals q w / (sqrt(w) + 1), where only q needs care.
  const w = overLog(gamma);
  return (logRest(gamma) * w) / (Math.sqrt(w) + 1);
}

/**
 * The KM loss of one sample, -log(p) / (gamma p + 1)^2, in nats; softmax cross-entropy for gamma 0, infinite for p 0.
 * Throws where gamma is negative or p is outside [0, 1].
 */
export function kmLoss(gamma: number, p: number): number {
  check("kmLoss", gamma, p);
  return (0 - Math.log(p)) / (gamma * p + 1) ** 2;
}

/**
 * c(p), the factor by which KM multiplies the softmax gradient at the logits: 1 at p 0, 1 / (1 + gamma)^2 at p 1.
 * Throws where gamma is negative or p is outside [0, 1].
 */
export function gradientMultiplier(gamma: number, p: number): number {
  check("gradientMultiplier", gamma, p);
  // p log p tends to 0 with p, where the product of doubles is 0 times infinity.
  if (p === 0) return 1;
  const u = gamma * p;
  const r = 1 / (u + 1);
  return r * r * (1 - 2 * u * r * Math.log(p));
}

/**
 * p*, the p at which `gradientMultiplier` is back at 1: KM's gradient is larger than softmax's for p in (0, p*), smaller
 * above. Its limit at gamma 0, where the multiplier is 1 everywhere, is 1 / e. Throws where gamma is negative.
 */
export function breakEvenP(gamma: number): number {
  check("breakEvenP", gamma, 0);
  // c = 1 reads 1 + u - 2 u log p = (1 + u)^3, and divided by 2 u it keeps its digits for tiny gamma:
  // -log p = 1 + u (3 + u) / 2.
  return zero(gamma, (p, u) => -Math.log(p) - 1 - (u * (3 + u)) / 2);
}

/**
 * The p at which `gradientMultiplier` is largest, with its limit 1 / e^2 at gamma 0, where the multiplier is 1 everywhere.
 * Throws where gamma is negative.
 */
export function peakP(gamma: number): number {
  check("peakP", gamma, 0);
  // dc/dp = 0 reads -(1 - 2 u) log p = 2 (1 + u).
  return zero(gamma, (p, u) => -Math.log(p) * (1 - 2 * u) - 2 * (1 + u));
}

/**
 * The p in (0, 1) at which f(p, u = gamma p), positive before and negative after, is 0: by bisection, until no double is
 * left between the ends.
 */
function zero(gamma: number, f: (p: number, u: number) => number): number {
  let [low, high] = [0, 1];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (f(middle, gamma * middle) > 0) low = middle;
    else high = middle;
  }
}

/** gamma / log(1 + gamma), 1 at gamma 0. */
function overLog(gamma: number): number {
  return gamma === 0 ? 1 : gamma / Math.log1p(gamma);
}

/** (gamma - log(1 + gamma)) / gamma^2, 1/2 at gamma 0. */
function logRest(gamma: number): number {
  if (gamma > 0.1) return (1 - Math.log1p(gamma) / gamma) / gamma;
  // 1/2 - gamma/3 + gamma^2/4 - ...: sixteen terms leave less than 0.1^16.
  let sum = 0;
  for (let k = 15; k >= 0; k--) sum = 1 / (k + 2) - gamma * sum;
  return sum;
}

function check(name: string, gamma: number, p: number): void {
  if (!(gamma >= 0 && gamma < Infinity)) {
    throw new KnotgradError("value", `${name}: gamma is ${gamma} but must be a finite number of at least 0`);
  }
  if (!(p >= 0 && p <= 1))
    throw new KnotgradError("value", `${name}: p is ${p} but must be a probability from 0 to 1`);
}
