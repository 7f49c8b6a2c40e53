import { KnotgradError } from "../error.ts";
import { columnParts, labelCosine, labelCosineSubgroup, sumParts } from "../kernels.gen.ts";
import { type AsNd, op } from "../op.ts";
import { type Nd, nd, sum } from "../reference.ts";
import type { Tensor } from "../tensor.ts";
import { classBlock, rowTile } from "../tiles.ts";
import { add } from "./elementwise.ts";
import { EPSILON, l2Normalize, normalize, normalizeDx, type Unit } from "./l2_normalize.ts";
import { reduce, shareOf, withUpstream } from "./labels.ts";
import { checkMargin, launchMargin, type MarginOptions, margin as marginOp, movesByNorm } from "./margin.ts";
import { launchProduct, splitsOf } from "./matmul.ts";
import { partsOf, sumParts as sumOf } from "./reduce.ts";
import { rowNorms } from "./row_norms.ts";
import { scaleRowsBy } from "./scale_rows.ts";
import { checkSoftmaxOptions, launchSoftmax, liveShares, type SoftmaxOptions } from "./softmax.ts";
import { softmaxLoss } from "./softmax_loss.ts";

/** What `classifierLoss` can be told. */
export interface ClassifierLossOptions extends SoftmaxOptions {
  /** Whether the logits are the cosines of x and w, to be multiplied by logitScale; else they are the products. */
  readonly cosine?: boolean;
  /** What `margin` makes of the cosines, with the lengths of x as norm: s times them; without a bias. */
  readonly margin?: MarginOptions;
  /**
   * Leaves out of the gradient, row by row and block by block, what is below this part of the row's share at every logit of
   * the block; 0 unless told, which leaves nothing out. Easy rows, and classes that no row is confused with, then cost no
   * products.
   */
  readonly filter?: number;
  /** Most classes whose logits are held at once, rounded to what the kernels need; measured unless told. */
  readonly block?: number;
}

/**
 * Classifier and softmax loss in one, without the logits: x (N, D), w (C, D), bias (C) or undefined, label (N) of u32 ->
 * the loss of `softmaxLoss` for the logits x wT + bias, or for the cosines of the rows of x and w. The logits (N, C) are
 * never stored: they are made for one block of classes at a time, and once more for the gradient, which costs 8 N C D
 * flops instead of 6, and memory for x, w, their gradients and one block. w and its gradient may be larger than what the
 * device binds at once. With a margin, a block of cosines is held too. Throws where shapes or an option do not fit.
 * Source: that of `softmaxLoss`, and of `margins`.
 * @example
 * ```ts
 * const [x, w] = [gpu.zeros([4, 8]), gpu.zeros([1000, 8])];
 * w.needsGrad = true;
 * const loss = classifierLoss(x, w, undefined, labels(gpu, [0, 1, 2, 3], 1000), { gamma: 1 });
 * await loss.read(); // => [Math.log(1000) / 1.001 ** 2]
 * backward(loss);
 * w.grad!.shape; // => [1000, 8]
 * ```
 */
export const classifierLoss = /* @__PURE__ */ op({
  reference: (x: Nd, w: Nd, bias: Nd | undefined, label: Nd, options: AsNd<ClassifierLossOptions>) => {
    const [N, D] = x.shape;
    const [C] = w.shape;
    const { cosine = false, margin } = options;
    const [a, b] = cosine
      ? [l2Normalize.reference(x, undefined), l2Normalize.reference(w, undefined)]
      : [x, w];
    const z = nd([N, C], (n, c) => sum(D, (d) => a.at(n, d) * b.at(c, d)) + (bias?.at(c) ?? 0));
    const logits = margin ? marginOp.reference(z, label, rowNorms.reference(x), margin) : z;
    return softmaxLoss.reference(logits, label, options);
  },
  run: (x: Tensor, w: Tensor, bias: Tensor | undefined, label: Tensor, options: ClassifierLossOptions) => {
    checkShapes(x, w, bias, label);
    checkSoftmaxOptions("classifierLoss", options);
    const { filter = 0, block, cosine = false, margin } = options;
    if (!(filter >= 0 && Number.isFinite(Math.fround(filter)))) {
      throw new KnotgradError("value", `classifierLoss: filter is ${filter} but must be a number from 0 up`);
    }
    if (block !== undefined && !(Number.isInteger(block) && block > 0)) {
      throw new KnotgradError(
        "value",
        `classifierLoss: block is ${block} but must be a whole number above zero`,
      );
    }
    if (margin) {
      if (!cosine)
        throw new KnotgradError("value", "classifierLoss: cosine is false but must be true with a margin");
      if (bias)
        throw new KnotgradError(
          "value",
          "classifierLoss: bias is given but must be undefined with a margin; leave it out",
        );
      checkMargin("classifierLoss", true, margin);
    }
    const { gpu } = x;
    const [N, D] = x.shape;
    const [C] = w.shape;
    const { SPAN, SLICES } = fittingBlock(x, w, block);
    const share = shareOf("classifierLoss", label, C, options);
    const blocks = Array.from({ length: Math.ceil(C / (SPAN * SLICES)) }, (_, i) => {
      const first = i * SPAN * SLICES;
      const size = Math.min(SPAN * SLICES, C - first);
      return { first, C: size, ALL: C, slices: { SPAN, SLICES: Math.ceil(size / SPAN) } };
    });
    type ClassBlock = (typeof blocks)[number];
    const most = blocks[0].C;

    // What one block at a time is made in.
    const scratch = gpu.empty([N * most]);
    const unit = cosine ? { x: normalize(x), y: gpu.empty([most * D]), norm: gpu.empty([most]) } : undefined;
    const a = unit?.x.y ?? x;
    const rowsOf = (t: Tensor, { first, C }: ClassBlock) => gpu.slice(t, first * D, [C, D]);
    const logitsOf = ({ C }: ClassBlock) => gpu.slice(scratch, 0, [N, C]);
    const weights = (block: ClassBlock): Tensor | Unit =>
      unit
        ? normalize(rowsOf(w, block), undefined, {
            y: gpu.slice(unit.y, 0, [block.C, D]),
            norm: gpu.slice(unit.norm, 0, [block.C]),
          })
        : rowsOf(w, block);
    const cosines = margin && gpu.empty([N * most]);
    const head = unit &&
      margin && {
        norm: unit.x.norm,
        own: margin.kind === "curricularface" ? labelCosines(a, w, label, blocks) : undefined,
      };
    /** A block's cosines as logits, or its gradients by logits as those by cosines, which `result` then holds. */
    const withMargin = (
      block: ClassBlock,
      result: Tensor,
      knobs: Parameters<typeof launchMargin>[2],
      dnorm?: Tensor,
    ) => {
      if (!head || !cosines) return;
      const cosine = gpu.slice(cosines, 0, [N, block.C]);
      launchMargin({ cosine, label, ...head, result, dnorm }, margin, knobs, block);
    };
    const toLogits = (block: ClassBlock, b: Tensor, live?: Tensor): Tensor => {
      const logits = logitsOf(block);
      const c = (cosines ? gpu.slice(cosines, 0, [N, block.C]) : logits).view([1, N, block.C]);
      const shift = bias && gpu.slice(bias, block.first, [block.C]);
      launchProduct(a, b, { transposeB: true }, { bias: shift, live, c });
      withMargin(block, logits, {});
      return logits;
    };

    const P = Math.ceil(C / SPAN);
    const parts = gpu.empty([P, N, 4]);
    for (const block of blocks) {
      const b = weights(block);
      const logits = toLogits(block, "y" in b ? b.y : b);
      const stats = gpu.slice(parts, (block.first / SPAN) * N * 4, [block.slices.SLICES, N, 4]);
      launchSoftmax(label, share, options, {
        block,
        logits,
        slices: block.slices,
        PARTIAL: true,
        GRAD: false,
        stats,
      });
    }
    const merged = { block: { C: 4, ALL: C, first: 0 }, parts, PART: SPAN, GRAD: false };
    const { loss, stats } = launchSoftmax(label, share, options, merged);

    // The last block's logits are still there the first time that gradients are asked for. Where a step did not make them,
    // they are only before its first run.
    let held = scratch.memory.recording && blocks.at(-1);
    const vjp = (dloss: Tensor) => {
      const upstream = withUpstream(share, dloss);
      const shares =
        filter &&
        liveShares(label, upstream, options, { parts, stats, slices: { SPAN, SLICES }, ALL: C }, filter);
      const dw = w.needsGrad ? gpu.empty([C, D]) : null;
      const dbias = bias?.needsGrad ? gpu.empty([C]) : null;
      const db = unit && dw ? gpu.empty([most * D]) : undefined;
      const dnorm = x.needsGrad && margin && movesByNorm(margin) ? gpu.empty([N]) : undefined;
      let sums: Tensor | undefined;
      for (const [i, block] of [...blocks.entries()].reverse()) {
        const rows = shares ? shares[i] : upstream;
        const live = shares ? rows.factor : undefined;
        const made = weights(block);
        const b = "y" in made ? made.y : made;
        if (held !== block) toLogits(block, b, live);
        held = undefined;
        const given = {
          block,
          slices: block.slices,
          parts: stats,
          PART: C,
          GRAD: true,
          dlogits: logitsOf(block),
        };
        const { dlogits } = launchSoftmax(label, rows, options, given);
        withMargin(
          block,
          dlogits,
          { GRAD: true, DNORM: dnorm !== undefined, ADD: sums !== undefined },
          dnorm,
        );
        if (x.needsGrad) {
          const SPLITS = splitsOf(logitsOf(blocks[0]), rowsOf(w, blocks[0]), {});
          sums = launchProduct(dlogits, b, {}, { SPLITS, live, ...(sums && { c: sums, accumulate: true }) });
        }
        if (dw) {
          const into = rowsOf(dw, block);
          const c = db ? gpu.slice(db, 0, [block.C, D]) : into;
          launchProduct(dlogits, a, { transposeA: true }, { live, c: c.view([1, block.C, D]) });
          if ("y" in made) normalizeDx(made, c, into);
        }
        if (dbias) {
          const { parts } = gpu.launch(columnParts, { x: dlogits }, { T: partsOf(N, block.C) });
          gpu.launch(sumParts, { x: parts, y: gpu.slice(dbias, block.first, [block.C]) });
        }
      }
      const da = sums && sumOf(sums, [N, D]);
      const dx = da && (unit ? normalizeDx(unit.x, da) : da);
      return [dx ? (dnorm ? add(dx, scaleRowsBy(a, dnorm)) : dx) : null, dw, dbias, null];
    };
    return [reduce(loss, options.reduction), vjp];
  },
});

/** The cosines of each row's label (N), of unit rows x (N, D) and w (C, D); anything where the label is no class. */
function labelCosines(
  x: Tensor,
  w: Tensor,
  label: Tensor,
  blocks: readonly { first: number; C: number }[],
): Tensor {
  const { gpu, shape } = x;
  const { subgroup, WG } = rowTile(gpu, shape[1]);
  const cosine = gpu.empty([shape[0]]);
  for (const { first, C } of blocks) {
    const given = {
      x,
      w: gpu.slice(w, first * shape[1], [C, shape[1]]),
      label,
      first,
      epsilon: EPSILON,
      cosine,
    };
    if (subgroup) gpu.launch(labelCosineSubgroup, given, { WG });
    else gpu.launch(labelCosine, given, { WG });
  }
  return cosine;
}

/** Into what blocks classes are dealt, such that the device binds the logits and weights of one. Throws where it cannot. */
function fittingBlock({ gpu, shape: [N, D] }: Tensor, { shape: [C] }: Tensor, block: number | undefined) {
  let fitting = classBlock(N, C, block);
  for (;;) {
    const { SPAN, SLICES } = fitting;
    const most = Math.min(SPAN * SLICES, C);
    const bytes = 4 * most * Math.max(N, D);
    if (bytes <= gpu.mostBound) return fitting;
    fitting = classBlock(N, C, (SPAN * SLICES) / 2);
    if (fitting.SLICES < SLICES) continue;
    throw new KnotgradError(
      "limit",
      `classifierLoss: a block of ${most} classes takes ${bytes} bytes but the device binds at most ${gpu.mostBound} at once; ` +
        "give fewer rows, and a multiple of 16 of them",
    );
  }
}

function checkShapes(x: Tensor, w: Tensor, bias: Tensor | undefined, label: Tensor): void {
  const [N, D] = x.shape;
  const [C] = w.shape;
  const refuse = (name: string, t: Tensor, needed: string): never => {
    throw new KnotgradError(
      "shape",
      `classifierLoss: ${name} is (${t.shape.join(", ")}) but must be ${needed}`,
    );
  };
  if (x.shape.length !== 2) refuse("x", x, "(N, D)");
  if (w.shape.length !== 2 || w.shape[1] !== D) refuse("w", w, `(C, D) with D = ${D}`);
  if (bias && String(bias.shape) !== String([C])) refuse("bias", bias, `(C) with C = ${C}`);
  if (String(label.shape) !== String([N])) refuse("label", label, `(N) with N = ${N}`);
}
