// The inputs that each operation is checked on. Row names say why the size is there: one element, odd sizes, exactly
// a tile (16 rows, 128 columns of a product), past a tile, an inner size that the sharing of 4 or 8 does not divide.
import type * as ops from "../ops/index.ts";
import type { Nd } from "../reference.ts";
import { between, exactly, type Fixed, fixed, labels, reals, wholes } from "./inputs.ts";

type Args<F> = F extends { reference(...args: infer A): unknown } ? A : never;

interface Cases<F> {
  /** Names of the arguments, for reports. */
  readonly names: readonly string[];
  /** Those that may be stored in f16. */
  readonly half?: readonly string[];
  readonly rows: { readonly [what: string]: Args<F> };
}

/** A table for every operation: an operation without one does not compile. */
export const cases: { readonly [Name in keyof typeof ops]: Cases<(typeof ops)[Name]> } = {
  centerLoss: {
    names: ["x", "label", "centers"],
    rows: {
      "one element": [reals([1, 1]), labels(1, 1), fixed(reals([1, 1], 1, 3)), {}],
      "odd sizes, sum, scaled": [
        reals([5, 7]),
        labels(5, 3),
        fixed(reals([3, 7])),
        { reduction: "sum", scale: 0.2 },
      ],
      "exactly 32 lanes of quads, each row": [
        reals([4, 128]),
        labels(4, 5),
        fixed(reals([5, 128])),
        { reduction: "none" },
      ],
      "more features than lanes": [reals([3, 261]), labels(3, 4), fixed(reals([4, 261])), {}],
      "ignored labels, and labels out of range": [
        reals([6, 4]),
        wholes([1, 2, 0, 0xffffffff, 0, 1]),
        fixed(reals([2, 4])),
        { ignore: 0 },
      ],
      "all labels ignored": [reals([3, 4]), wholes([0, 0, 0]), fixed(reals([2, 4])), { ignore: 0 }],
      "class weights, each row": [
        reals([9, 5]),
        labels(9, 4),
        fixed(reals([4, 5])),
        { reduction: "none", scale: 3, classWeight: fixed(between([4], 0.1, 3)) },
      ],
      "class weights, mean": [
        reals([9, 5]),
        labels(9, 4),
        fixed(reals([4, 5])),
        { classWeight: fixed(between([4], 0.1, 3)) },
      ],
    },
  },
  softmaxLoss: {
    names: ["logits", "label"],
    rows: {
      "one class": [reals([3, 1]), labels(3, 1), { gamma: 1 }],
      "cross-entropy": [reals([5, 10]), labels(5, 10), { weighting: "none" }],
      "gamma 0, cross-entropy": [reals([5, 12]), labels(5, 12), {}],
      "fewer classes than a quad": [reals([7, 3]), labels(7, 3), { gamma: 2 }],
      "one row, more classes than lanes": [reals([1, 301]), labels(1, 301), { gamma: 1 }],
      "exactly a turn of 8 lanes": [reals([3, 128]), labels(3, 128), { gamma: 1 }],
      "past a turn": [reals([3, 132]), labels(3, 132), { gamma: 1 }],
      "many classes": [reals([4, 1030]), labels(4, 1030), { gamma: 4 }],
      "few rows in slices": [reals([2, 8200]), labels(2, 8200), { gamma: 1, smoothing: 0.1 }],
      "sharp logits": [reals([6, 9], 12), labels(6, 9), { gamma: 8 }],
      "gamma 0.1, each row": [reals([5, 33], 3), labels(5, 33), { gamma: 0.1, reduction: "none" }],
      "sum, scaled": [reals([5, 33], 3), labels(5, 33), { gamma: 1, reduction: "sum", scale: 0.25 }],
      "gamma in a tensor": [reals([5, 20], 2), labels(5, 20), { gamma: fixed(exactly([], [1.5])) }],
      "normalized KM": [reals([5, 20], 2), labels(5, 20), { weighting: "normalized-km", gamma: 4 }],
      "normalized KM, gamma below 1": [
        reals([5, 20], 2),
        labels(5, 20),
        { weighting: "normalized-km", gamma: 0.3 },
      ],
      focal: [reals([7, 20], 3), labels(7, 20), { weighting: "focal", gamma: 2 }],
      "focal, a broken gamma": [reals([7, 21], 3), labels(7, 21), { weighting: "focal", gamma: 0.7 }],
      "label smoothing": [reals([6, 11], 2), labels(6, 11), { gamma: 2, smoothing: 0.1 }],
      "nothing but smoothing": [reals([6, 40]), labels(6, 40), { weighting: "none", smoothing: 1 }],
      "z-loss": [reals([6, 11], 2), labels(6, 11), { gamma: 1, zLoss: 0.01 }],
      "scaled logits": [between([6, 24], -1, 1), labels(6, 24), { gamma: 1, logitScale: 16 }],
      "class weights": [reals([9, 5]), labels(9, 5), { gamma: 1, classWeight: fixed(between([5], 0.1, 3)) }],
      "class weights, each row": [
        reals([9, 5]),
        labels(9, 5),
        { weighting: "focal", gamma: 2, reduction: "none", classWeight: fixed(between([5], 0.1, 3)) },
      ],
      "ignored labels, and labels out of range": [
        reals([6, 8]),
        wholes([1, 8, 3, 0xffffffff, 5, 3]),
        { gamma: 1, ignore: 3 },
      ],
      "all labels ignored": [reals([3, 4]), wholes([0, 0, 0]), { gamma: 1, ignore: 0 }],
      "everything at once": [
        between([12, 260], -1, 1),
        labels(12, 260),
        {
          weighting: "km",
          gamma: 3,
          smoothing: 0.2,
          zLoss: 1e-3,
          logitScale: 12,
          ignore: 7,
          classWeight: fixed(between([260], 0.5, 2)),
          scale: 3,
        },
      ],
    },
  },
  classifierLoss: {
    names: ["x", "w", "bias", "label"],
    rows: {
      "one element": [reals([1, 1]), reals([1, 1]), undefined, labels(1, 1), { gamma: 1 }],
      "odd sizes, bias": [reals([5, 7]), reals([13, 7]), reals([13]), labels(5, 13), { gamma: 1 }],
      "a tile of the product": [reals([8, 16]), reals([128, 16]), undefined, labels(8, 128), { gamma: 2 }],
      "features past a tile": [reals([3, 131]), reals([9, 131], 0.1), reals([9]), labels(3, 9), { gamma: 1 }],
      "features as a tile": [reals([9, 128]), reals([10, 128], 0.1), undefined, labels(9, 10), { gamma: 1 }],
      "blocks of classes, the last one shorter": [
        reals([16, 5]),
        reals([2070, 5]),
        reals([2070]),
        labels(16, 2070),
        { gamma: 1, block: 1024, smoothing: 0.1, zLoss: 1e-3 },
      ],
      "blocks, odd rows, each row": [
        reals([3, 4]),
        reals([17_500, 4]),
        undefined,
        labels(3, 17_500),
        { weighting: "focal", gamma: 2, reduction: "none", block: 1 },
      ],
      cosine: [
        reals([6, 9]),
        reals([20, 9]),
        undefined,
        labels(6, 20),
        { gamma: 1, cosine: true, logitScale: 16 },
      ],
      "cosine, in blocks": [
        reals([16, 6]),
        reals([1100, 6]),
        reals([1100], 0.1),
        labels(16, 1100),
        { weighting: "none", cosine: true, logitScale: 8, block: 1024, reduction: "sum" },
      ],
      "labels left out, class weights": [
        reals([6, 4]),
        reals([8, 4]),
        reals([8]),
        wholes([1, 8, 3, 0xffffffff, 5, 3]),
        { gamma: 1, ignore: 3, classWeight: fixed(between([8], 0.5, 2)) },
      ],
      "ArcFace, in blocks": [
        reals([16, 6]),
        reals([1100, 6]),
        undefined,
        labels(16, 1100),
        { gamma: 1, cosine: true, block: 1024, margin: { kind: "arcface", s: 12 } },
      ],
      "SphereFace, rows multiplied by their norm, in blocks": [
        reals([16, 6], 3),
        reals([1100, 6]),
        undefined,
        labels(16, 1100),
        { cosine: true, block: 1024, margin: { kind: "sphereface", lambda: 0.5, magnitude: true } },
      ],
      // The norm is not differentiated, so the qualities must not depend on it: they are kept to -1 and 1.
      "AdaFace, qualities of -1 and 1": [
        reals([6, 9], 7),
        reals([20, 9]),
        undefined,
        labels(6, 20),
        { gamma: 1, cosine: true, margin: { kind: "adaface", s: 16, h: 1000 } },
      ],
      "CurricularFace, in blocks": [
        reals([16, 6]),
        reals([1100, 6]),
        undefined,
        labels(16, 1100),
        { gamma: 1, cosine: true, block: 1024, margin: { kind: "curricularface", s: 4, t: 0.3 } },
      ],
      "MagFace, odd classes, labels left out": [
        reals([6, 9], 20),
        reals([21, 9]),
        undefined,
        wholes([1, 8, 3, 0xffffffff, 5, 3]),
        { gamma: 1, ignore: 3, cosine: true, margin: { kind: "magface", s: 16 } },
      ],
      "frozen weights": [reals([5, 7]), fixed(reals([13, 7])), undefined, labels(5, 13), { gamma: 1 }],
      "frozen features": [fixed(reals([5, 7])), reals([13, 7]), reals([13]), labels(5, 13), { gamma: 1 }],
    },
  },
  contrastiveLoss: {
    names: ["x", "label"],
    rows: {
      "one row, no pair": [reals([1, 3]), labels(1, 1), { margin: 1 }],
      "odd sizes": [reals([7, 5]), labels(7, 3), { margin: 3 }],
      "all of one label": [reals([4, 4]), wholes([9, 9, 9, 9]), { margin: 1 }],
      "all apart enough": [reals([4, 9]), wholes([0, 1, 2, 3]), { margin: 0.1 }],
      "margin in a tensor, sum, scaled": [
        reals([33, 6]),
        labels(33, 9),
        { margin: fixed(exactly([], [4.5])), reduction: "sum", scale: 0.05 },
      ],
    },
  },
  tripletLoss: {
    names: ["x", "label"],
    rows: {
      "one row, no pair": [reals([1, 3]), labels(1, 1), {}],
      "no negative": [reals([4, 3]), wholes([2, 2, 2, 2]), {}],
      "semi-hard": [reals([13, 6], 0.5), labels(13, 4), { margin: 1 }],
      "hard, labels of any size": [
        reals([7, 5], 0.5),
        wholes([0xffffffff, 3, 3, 0xffffffff, 7, 7, 3]),
        { mining: "hard", margin: 0.5 },
      ],
      "all, more rows than lanes": [reals([70, 9], 0.4), labels(70, 11), { mining: "all" }],
      "random, margin in a tensor, sum, scaled": [
        reals([33, 8], 0.5),
        labels(33, 8),
        {
          mining: "random",
          seed: 0xfffffff0,
          margin: fixed(exactly([], [0.7])),
          reduction: "sum",
          scale: 0.3,
        },
      ],
    },
  },
  margin: {
    names: ["cosine", "label", "norm"],
    rows: {
      "CosFace, one class": [between([3, 1], -1, 1), labels(3, 1), undefined, { kind: "cosface" }],
      "ArcFace, odd classes": [cosines(40, 5), labels(40, 5), undefined, { kind: "arcface" }],
      "ArcFace, quads past a workgroup": [
        cosines(9, 36),
        labels(9, 36),
        undefined,
        { kind: "arcface", m: fixed(exactly([], [1.25])), s: fixed(exactly([], [30])) },
      ],
      "SphereFace, m = 1": [cosines(5, 4), labels(5, 4), undefined, { kind: "sphereface", m: 1 }],
      "SphereFace, m = 2": [
        cosines(20, 3),
        labels(20, 3),
        undefined,
        { kind: "sphereface", m: 2, lambda: 0 },
      ],
      "SphereFace, m = 3": [
        cosines(20, 4),
        labels(20, 4),
        undefined,
        { kind: "sphereface", m: 3, lambda: 0.5 },
      ],
      "SphereFace, m = 4": [cosines(40, 3), labels(40, 3), undefined, { kind: "sphereface", s: 30 }],
      "SphereFace, m = 2.6, rows multiplied by their norm": [
        cosines(40, 5),
        wholes(Array.from({ length: 40 }, (_, n) => n % 6)),
        between([40], 0, 20),
        { kind: "sphereface", m: fixed(exactly([], [2.6])), lambda: 0.5, magnitude: true },
      ],
      "SphereFace-R": [cosines(40, 4), labels(40, 4), undefined, { kind: "sphereface-r" }],
      "MagFace, norms past both ends": [
        cosines(40, 3),
        wholes(Array.from({ length: 40 }, (_, n) => n % 4)),
        between([40], 0, 130),
        { kind: "magface" },
      ],
      "MagFace, quads, all numbers in tensors, past pi, rows multiplied by their norm": [
        cosines(40, 8),
        labels(40, 8),
        between([40], 0, 9),
        {
          kind: "magface",
          m: fixed(exactly([], [0.1])),
          lower: fixed(exactly([], [2])),
          upper: fixed(exactly([], [6])),
          upperMargin: fixed(exactly([], [1.5])),
          s: fixed(exactly([], [0.5])),
          magnitude: true,
        },
      ],
      "AdaFace, qualities from -1 to 1": [
        cosines(40, 7),
        labels(40, 7),
        fixed(between([40], 0, 60)),
        { kind: "adaface", mean: 25, deviation: 5 },
      ],
      "CurricularFace, odd classes": [
        cosines(9, 7),
        labels(9, 7),
        undefined,
        { kind: "curricularface", t: 0.3 },
      ],
      "CurricularFace, quads": [
        cosines(30, 8),
        labels(30, 8),
        undefined,
        { kind: "curricularface", t: -0.2 },
      ],
      "ignored labels, and labels out of range": [
        cosines(6, 8),
        wholes([1, 8, 3, 0xffffffff, 5, 3]),
        undefined,
        { kind: "arcface", ignore: 3 },
      ],
    },
  },
  magnitudeLoss: {
    names: ["norm", "options"],
    rows: {
      "norms past both ends, more than lanes": [between([70], 0, 150), {}],
      "one row, numbers in tensors": [
        exactly([1], [3]),
        { lower: fixed(exactly([], [2])), upper: fixed(exactly([], [5])), scale: fixed(exactly([], [-7])) },
      ],
    },
  },
  matmul: {
    names: ["a", "b", "bias"],
    rows: {
      "one element": [reals([1, 1]), reals([1, 1]), undefined, {}],
      "odd sizes": [reals([5, 7]), reals([7, 3]), reals([3]), {}],
      "one tile": [reals([16, 16]), reals([16, 128]), reals([128]), {}],
      "past a tile": [reals([17, 17]), reals([17, 131]), reals([131]), {}],
      "past a tile, in whole quads": [reals([33, 9]), reals([9, 132]), reals([132]), {}],
      "past a panel of tiles": [reals([18, 3]), reals([3, 1100]), undefined, {}],
      "a transposed": [reals([17, 9]), reals([17, 33]), reals([33]), { transposeA: true }],
      "b transposed": [reals([9, 17]), reals([33, 17]), reals([33]), { transposeB: true }],
      "both transposed": [reals([17, 9]), reals([33, 17]), undefined, { transposeA: true, transposeB: true }],
      "a long sum, in parts": [reals([3, 1031]), reals([1031, 6]), undefined, {}],
      "a ReLU in the store": [reals([9, 17]), reals([17, 33]), reals([33]), { relu: true }],
    },
  },
  conv2d: {
    names: ["x", "w", "bias"],
    half: ["x"],
    rows: {
      "one pixel": [reals([1, 1, 1, 1]), reals([1, 1, 1, 1]), undefined, {}],
      "3x3, padded": [reals([2, 5, 6, 3]), reals([3, 3, 3, 4]), reals([4]), { pad: 1 }],
      "stride 2 leaves a row over": [
        reals([2, 6, 7, 2]),
        reals([3, 3, 2, 3]),
        undefined,
        { stride: 2, pad: 1 },
      ],
      "1x1": [reals([2, 3, 3, 5]), reals([1, 1, 5, 17]), reals([17]), {}],
      "grey to full lanes": [reals([1, 9, 8, 1]), reals([3, 3, 1, 32]), undefined, { pad: 1 }],
      "past a tile, oblong filter": [
        reals([1, 4, 5, 2]),
        reals([2, 3, 2, 131]),
        reals([131]),
        { stride: 3, pad: 2 },
      ],
      "a long sum, in parts": [reals([4, 17, 13, 2]), reals([3, 3, 2, 5]), undefined, { pad: 1 }],
      "1x1, stride 2, 2 filters for each channel": [
        reals([2, 5, 4, 5]),
        reals([1, 1, 1, 10]),
        undefined,
        { stride: 2, groups: 5 },
      ],
      "dilation 2, 3 groups of whole quads": [
        reals([2, 5, 6, 12]),
        reals([3, 2, 4, 24]),
        reals([24]),
        { pad: 2, dilation: 2, groups: 3 },
      ],
      "stride 2, dilation 2: pixels that no tap meets": [
        reals([2, 7, 6, 4]),
        reals([3, 3, 4, 3]),
        undefined,
        { stride: 2, pad: 2, dilation: 2 },
      ],
      "stride 2, dilation 3, 2 groups of odd sizes": [
        reals([2, 9, 8, 6]),
        reals([3, 4, 3, 10]),
        undefined,
        { stride: 2, pad: 3, dilation: 3, groups: 2 },
      ],
      "depthwise, odd channels": [
        reals([2, 6, 5, 5]),
        reals([3, 3, 1, 5]),
        reals([5]),
        { groups: 5, pad: 1 },
      ],
      "depthwise, whole quads": [reals([2, 9, 6, 8]), reals([3, 3, 1, 8]), reals([8]), { groups: 8, pad: 1 }],
      "depthwise, odd channels, stride 2": [
        reals([2, 12, 11, 3]),
        reals([3, 3, 1, 3]),
        undefined,
        { groups: 3, stride: 2, pad: 1 },
      ],
      "depthwise, whole quads, stride 2": [
        reals([2, 7, 12, 4]),
        reals([3, 3, 1, 4]),
        undefined,
        { groups: 4, stride: 2, pad: 1 },
      ],
      "depthwise, 5x5": [reals([2, 6, 5, 4]), reals([5, 5, 1, 4]), undefined, { groups: 4, pad: 2 }],
      "depthwise, oblong, stride 4, dilation 6: every other tap meets every other pixel": [
        reals([1, 17, 13, 3]),
        reals([3, 4, 1, 3]),
        reals([3]),
        { groups: 3, stride: 4, pad: 7, dilation: 6 },
      ],
    },
  },
  locallyConnected: {
    names: ["x", "w", "bias"],
    rows: {
      "one element": [reals([1, 1, 1, 1]), reals([1, 1, 1, 1, 1, 1]), undefined, {}],
      "odd sizes, a bias for each place": [
        reals([3, 4, 5, 3]),
        reals([3, 3, 2, 3, 3, 5]),
        reals([3, 3, 5]),
        {},
      ],
      "stride 2, padded, images past a tile": [
        reals([17, 5, 6, 4]),
        reals([3, 3, 3, 3, 4, 8]),
        undefined,
        { stride: 2, pad: 1 },
      ],
      "stride 3: pixels under no filter, and more padding than filter": [
        reals([5, 7, 6, 2]),
        reals([4, 4, 2, 1, 2, 4]),
        reals([4, 4, 4]),
        { stride: 3, pad: 3 },
      ],
      "one place, images past any tile": [
        reals([260, 2, 1, 2]),
        reals([1, 1, 2, 1, 2, 3]),
        reals([1, 1, 3]),
        {},
      ],
      "a long sum over taps": [reals([5, 3, 4, 29]), reals([1, 2, 3, 3, 29, 5]), undefined, {}],
      "a long sum over channels of y": [reals([5, 1, 2, 3]), reals([1, 2, 1, 1, 3, 260]), undefined, {}],
    },
  },
  cast: {
    names: ["x", "to"],
    half: ["x"],
    rows: { "to f32, past a workgroup": [reals([5, 13]), "f32"] },
  },
  add: {
    names: ["a", "b"],
    half: ["a", "b"],
    rows: {
      "one number": [reals([]), reals([])],
      "exactly a workgroup": [reals([64]), between([64], 1, 2)],
      "past a workgroup": [reals([5, 13]), between([5, 13], -2, 1)],
    },
  },
  scale: {
    names: ["x", "factor"],
    rows: {
      "one number": [reals([1]), -2.5],
      "by a number": [reals([5, 13]), 0.1],
      "by a tensor": [reals([3, 43]), exactly([], [1.75])],
      "by a tensor, a long sum": [reals([7, 151]), exactly([], [-0.3])],
    },
  },
  biasAdd: {
    names: ["x", "bias"],
    rows: {
      "one element": [reals([1, 1]), reals([1])],
      "an image, odd sizes": [reals([2, 3, 5, 7]), reals([7])],
      "exactly a workgroup": [reals([4, 16]), reals([16])],
      "one channel, rows in parts": [reals([67, 1]), reals([1])],
      "more channels than a workgroup": [reals([35, 70]), reals([70])],
    },
  },
  relu: {
    names: ["x"],
    rows: {
      "one number": [reals([1])],
      "exactly a workgroup": [reals([2, 32])],
      "past a workgroup": [reals([3, 5, 5])],
      "zeros of both signs": [fixed(exactly([4], [0, -0, 1, -1]))],
    },
  },
  prelu: {
    names: ["x", "slope", "residual"],
    half: ["x", "residual"],
    rows: {
      "one element": [reals([1, 1]), reals([1]), undefined],
      "an image, odd sizes": [reals([2, 3, 5, 7]), reals([7]), undefined],
      "a residual": [reals([2, 3, 5, 7]), reals([7]), reals([2, 3, 5, 7], 1, 29)],
      "exactly a workgroup of quads, a residual": [reals([16, 16]), reals([16]), reals([16, 16], 1, 29)],
      "one channel, rows in parts": [reals([67, 1]), reals([1]), undefined],
      "quads, rows in parts": [reals([67, 12]), reals([12]), undefined],
      "more channels than a workgroup": [reals([35, 70]), reals([70]), undefined],
      "input without a gradient": [fixed(reals([33, 3])), reals([3]), undefined],
      "all frozen but the residual": [fixed(reals([5, 3])), fixed(reals([3])), reals([5, 3], 1, 29)],
      "zeros, and slopes of 0 and 1": [
        fixed(exactly([3, 2], [0, -0, -1, -1, 2, 2])),
        exactly([2], [0, 1]),
        undefined,
      ],
    },
  },
  maxPool: {
    names: ["x"],
    rows: {
      "one pixel": [reals([1, 1, 1, 1]), { size: 1 }],
      "2x2": [reals([2, 4, 6, 3]), { size: 2 }],
      "pixels left over": [reals([1, 7, 5, 2]), { size: 3 }],
      "windows that overlap, padded": [reals([2, 7, 6, 3]), { size: 3, stride: 2, pad: 1 }],
      "windows that overlap threefold": [reals([1, 6, 5, 2]), { size: 3, stride: 1, pad: 1 }],
      "all below zero, where padding must not win": [
        between([1, 4, 4, 2], -2, -1),
        { size: 2, stride: 2, pad: 1 },
      ],
      "strides past pixels": [reals([1, 8, 9, 1]), { size: 2, stride: 3 }],
      "more results than a workgroup": [reals([1, 6, 4, 33]), { size: 2 }],
      "window larger than the image": [reals([2, 2, 3, 2]), { size: 4, stride: 1, pad: 2 }],
      "equal pixels": [fixed(exactly([1, 2, 2, 1], [0, -0, 0, 0])), { size: 2 }],
    },
  },
  avgPool: {
    names: ["x"],
    rows: {
      "one pixel": [reals([1, 1, 1, 1]), { size: 1 }],
      "2x2": [reals([2, 4, 6, 3]), { size: 2 }],
      "pixels left over": [reals([1, 7, 5, 2]), { size: 3 }],
      "windows that overlap, padded": [reals([2, 7, 6, 3]), { size: 3, stride: 2, pad: 1 }],
      "windows that overlap threefold": [reals([1, 6, 5, 2]), { size: 3, stride: 1, pad: 1 }],
      "strides past pixels": [reals([1, 8, 9, 1]), { size: 2, stride: 3 }],
      "more results than a workgroup": [reals([1, 6, 4, 33]), { size: 2 }],
      "window larger than the image": [reals([2, 2, 3, 2]), { size: 4, stride: 1, pad: 2 }],
    },
  },
  globalAvgPool: {
    names: ["x"],
    rows: {
      "one pixel": [reals([3, 1, 1, 2])],
      "odd sizes": [reals([3, 2, 5, 7])],
      "pixels in parts": [reals([2, 9, 11, 3])],
      "more channels than a workgroup": [reals([2, 4, 4, 67])],
    },
  },
  batchNorm: {
    names: ["x", "scale", "shift", "slope", "residual"],
    half: ["x", "residual"],
    rows: {
      // Two rows leave no gradient but through epsilon, so that must not be small.
      "two rows, one channel": [
        ...normalized([2, 1]),
        undefined,
        undefined,
        { ...training(1), epsilon: 0.5 },
      ],
      "an image, odd sizes": [...normalized([2, 3, 5, 7]), undefined, undefined, training(7)],
      "a slope": [...normalized([2, 3, 5, 7]), reals([7], 0.5), undefined, training(7)],
      "a residual": [...normalized([2, 3, 5, 7]), undefined, reals([2, 3, 5, 7], 1, 29), training(7)],
      "slope and residual": [
        ...normalized([2, 3, 5, 7]),
        reals([7], 0.5),
        reals([2, 3, 5, 7], 1, 29),
        training(7),
      ],
      "exactly a workgroup of quads": [...normalized([64, 64]), undefined, undefined, training(64)],
      "quads, slope and residual, rows in parts": [
        ...normalized([67, 12]),
        reals([12], 0.5),
        reals([67, 12], 1, 29),
        training(12),
      ],
      "one channel, rows in parts": [...normalized([67, 1]), reals([1], 0.5), undefined, training(1)],
      "more channels than a workgroup": [...normalized([35, 70]), undefined, undefined, training(70)],
      "mean far from zero": [
        between([50, 3], 10, 12),
        reals([3]),
        reals([3]),
        undefined,
        undefined,
        training(3),
      ],
      "input without a gradient": [
        fixed(reals([9, 4])),
        reals([4]),
        reals([4]),
        reals([4], 0.5),
        undefined,
        training(4),
      ],
      "all frozen but x": [
        reals([35, 3]),
        fixed(reals([3])),
        fixed(reals([3])),
        fixed(reals([3], 0.5)),
        undefined,
        training(3),
      ],
      "running statistics": [...normalized([2, 3, 5, 7]), undefined, undefined, running(7)],
      "running statistics, a slope": [...normalized([2, 3, 5, 7]), reals([7], 0.5), undefined, running(7)],
      "running statistics, a residual": [
        ...normalized([2, 3, 5, 7]),
        undefined,
        reals([2, 3, 5, 7], 1, 29),
        running(7),
      ],
      "running statistics, slope and residual": [
        ...normalized([2, 3, 5, 7]),
        reals([7], 0.5),
        reals([2, 3, 5, 7], 1, 29),
        running(7),
      ],
      "running statistics, quads, slope and residual": [
        ...normalized([67, 12]),
        reals([12], 0.5),
        reals([67, 12], 1, 29),
        running(12),
      ],
      "running statistics, one row": [...normalized([1, 5]), undefined, undefined, running(5)],
      "running statistics, all frozen but x": [
        reals([35, 3]),
        fixed(reals([3])),
        fixed(reals([3])),
        undefined,
        undefined,
        running(3),
      ],
    },
  },
  rowNorms: {
    names: ["x"],
    rows: {
      "odd sizes": [reals([5, 7])],
      "past a workgroup": [reals([3, 131])],
      "squares that overflow": [fixed(reals([3, 5], 1e18))],
    },
  },
  l2Normalize: {
    names: ["x"],
    rows: {
      "one number": [exactly([1, 1], [-3])],
      "odd sizes": [reals([5, 7])],
      "exactly a workgroup": [reals([3, 64])],
      "past a workgroup": [reals([3, 131])],
      "more features than the widest workgroup": [reals([2, 1030])],
      "a row of zeros": [fixed(exactly([2, 3], [0, 0, 0, 1, -2, 2]))],
      "squares that vanish": [fixed(reals([3, 5], 1e-20)), 1e-30],
      "squares that overflow": [fixed(reals([3, 5], 1e18))],
      "shorter than epsilon": [fixed(reals([3, 5], 1e-20))],
      "large and small in a row": [fixed(exactly([1, 4], [1e18, 1, 1e-20, -1e18]))],
    },
  },
  warpImages: {
    names: ["images", "transforms"],
    rows: {
      "one pixel, in its place": [
        fixed(reals([1, 1, 1, 1])),
        affine([1, 0, 0, 0, 1, 0]),
        { height: 1, width: 1 },
      ],
      "turned, scaled, partly and wholly outside": [
        fixed(reals([3, 9, 7, 3])),
        affine([0.6, -0.5, 1.3, 0.5, 0.6, -0.7], [2.1, 0.3, -3, -0.4, 1.7, 2.2], [1, 0, 7, 0, 1, -1]),
        { height: 11, width: 5 },
      ],
      "where pixels are, and just beside the border": [
        fixed(reals([2, 4, 6, 1])),
        affine([1, 0, -2, 0, 1, -1], [-1, 0, 6.999, 0, 1, -0.999]),
        { height: 6, width: 9 },
      ],
      "places near 250, finer than f32": [
        fixed(reals([1, 37, 251, 2])),
        affine([2.0837, 0.1371, 21.618, -0.1371, 2.0837, 13.137]),
        { height: 12, width: 110 },
      ],
      "terms beyond what whole numbers hold": [
        fixed(reals([1, 7, 5, 1])),
        affine([1e6, -1e6, 1.7, 0.3, 0.4, 0.1]),
        { height: 11, width: 11 },
      ],
    },
  },
};

/** Cosines (N, C), away from the ends, where slopes have no bound. */
function cosines(N: number, C: number): Nd {
  return between([N, C], -0.99, 0.99);
}

/** x, scale and shift of batchNorm for x of a shape. */
function normalized(shape: readonly number[]): [x: Nd, scale: Nd, shift: Nd] {
  const C = shape.at(-1)!;
  return [reals(shape), reals([C]), reals([C], 1, 5)];
}

/** Options of batchNorm for C channels in training, with running statistics to move. */
function training(C: number) {
  return { training: true, mean: fixed(reals([C])), variance: fixed(between([C], 0.5, 2)) };
}

/** Options of batchNorm for C channels that uses the running statistics. */
function running(C: number) {
  return { ...training(C), training: false };
}

/** Transforms (N, 2, 3) of images, not differentiated. */
function affine(...maps: readonly (readonly number[])[]): Fixed {
  return fixed(exactly([maps.length, 2, 3], maps.flat()));
}
