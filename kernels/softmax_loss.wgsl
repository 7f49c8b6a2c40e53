// softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.
//
//   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]
//   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL
//   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats
//   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]
//   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale
//                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])
//
// w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p
// and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)
// and -log p = log1p(others / own) keep their digits where p is near 1.
//
// One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and
// one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.
//
// A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,
// then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then
// logits holds the C classes from `first` on, of ALL.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/quad.wgsl | lib/quad_vec4.wgsl
// uses lib/softmax_row.wgsl
// uses lib/softmax_finish.wgsl
// uses lib/weight.wgsl
// uses lib/exp.wgsl
// uses lib/log1p.wgsl
// uses lib/power.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;                                                      // classes in logits
override ALL: u32;                                                    // classes of the softmax
override L: u32;                                                      // N, or 1 with PARTIAL
override G: u32;                                                      // N, or 1 without GRAD
override P: u32;                                                      // parts given
override Q: u32;                                                      // parts written: SLICES with PARTIAL, else 1
override HAS_LOGITS: bool = false;
override HAS_FACTOR: bool = false;
override HAS_PARTS: bool = false;
override IGNORE: u32 = 4294967295u;                                   // label of rows to leave out
override SLICES: u32 = 1u;                                            // workgroups per row
override SPAN: u32 = 4294967295u;                                     // classes of a slice, whole turns; C or more for one
override PARTIAL: bool = false;                                       // write stats alone
override PART: u32 = 0u;                                              // classes in each given part but the last
override GRAD: bool = true;                                           // write dlogits
@group(0) @binding(0)  var<storage, read>       logits: array<Element>;  // (N, C) optional: else dlogits holds them and is overwritten
@group(0) @binding(1)  var<storage, read>       label: array<u32>;    // (N) class; ALL or more, or IGNORE, to leave the row out
@group(0) @binding(2)  var<storage, read>       factor: array<f32>;   // (N) optional: of each row's loss and gradient
@group(0) @binding(3)  var<storage, read>       parts: array<vec4f>;  // (P, N, 4) optional: sums of parts of the classes
@group(0) @binding(4)  var<uniform>             gamma: f32;           // of the weighting, 0 or more
@group(0) @binding(5)  var<uniform>             scale: f32;           // factor on all rows, such as 1 / N
@group(0) @binding(6)  var<uniform>             smoothing: f32;       // part of the target that all classes share, from 0 to 1
@group(0) @binding(7)  var<uniform>             z_loss: f32;          // how much lse^2 counts, 0 or more
@group(0) @binding(8)  var<uniform>             logit_scale: f32;     // above 0
@group(0) @binding(9)  var<uniform>             first: u32;           // which of ALL classes is the first in logits
@group(0) @binding(10) var<storage, read_write> loss: array<f32>;     // (L)
@group(0) @binding(11) var<storage, read_write> p: array<f32>;        // (L) softmax probability of the label
@group(0) @binding(12) var<storage, read_write> stats: array<vec4f>;  // (Q, N, 4) sums of the row, or of its slices
@group(0) @binding(13) var<storage, read_write> dlogits: array<Element>;  // (G, C)

fn load(i: u32) -> Element {
  if (HAS_LOGITS) { return logits[i]; }
  return dlogits[i];
}

@compute @workgroup_size(WG)                                          // grid (N*SLICES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let g = flat_index(group, groups);
  if (g >= N * SLICES) { return; }
  let n = g / SLICES;
  let slice = g % SLICES;
  let start = slice * min(SPAN, C);
  let end = min(start + min(SPAN, C), C);
  let row = n * C;
  let y = label[n] - first;                                           // C or more where the label is not in logits
  let s = logit_scale;

  var block: Block;
  var sums: Sums;
  if (HAS_PARTS) { sums = sum_parts(lane, n, label[n], s); }
  else { sums = sum_classes(lane, row, y, start, end, s, &block); }
  if (PARTIAL) {
    if (lane == 0u) { stats[slice * N + n] = vec4f(sums.top, sums.others, sums.below, sums.own); }
    return;
  }

  var f = scale;
  if (HAS_FACTOR) { f *= factor[n]; }
  if (label[n] >= ALL || label[n] == IGNORE) { f = 0.0; }
  let found = finish(sums, s);
  if (lane == 0u && slice == 0u) {
    loss[n] = f * found.loss;
    p[n] = select(found.p, 0.0, label[n] >= ALL || label[n] == IGNORE);
    if (Q == 1u) { stats[n] = vec4f(sums.top, sums.others, sums.below, sums.own); }
  }

  if (GRAD) {
    if (!HAS_LOGITS) { storageBarrier(); }                            // every lane has read the label's logit
    // Where nothing counts the exponentials must not overflow either.
    let top = select(sums.top, -NOTHING, f == 0.0);
    let slopes = Slopes(f * found.slopes.others, f * found.slopes.all, f * found.slopes.own);
    for (var c = start + 4u * lane; c < end; c += BLOCK) {
      if (HAS_PARTS || C > BLOCK) { block = load_block(row, c, y); }
      store_slopes(row, c, y, exps(block.a, top, s), slopes);
      store_slopes(row, c + 4u * WG, y, exps(block.b, top, s), slopes);
      store_slopes(row, c + 8u * WG, y, exps(block.c, top, s), slopes);
      store_slopes(row, c + 12u * WG, y, exps(block.d, top, s), slopes);
    }
  }
}

// What exps e of the logits of classes c to c + 3 come to in the gradient.
fn store_slopes(row: u32, c: u32, y: u32, e: vec4f, slopes: Slopes) {
  store_quad(row, c, select(slopes.others * e + slopes.all, vec4f(slopes.own), is_label(c, y)));
}

// The sums of all classes from those of parts of them.
fn sum_parts(lane: u32, n: u32, y: u32, s: f32) -> Sums {
  var top = f32(NOTHING);
  for (var i = lane; i < P; i += WG) { top = max(top, parts[i * N + n].x); }
  top = group_max(lane, top);
  var others = 0.0;
  var below = 0.0;
  var own = 0.0;
  for (var i = lane; i < P; i += WG) {
    let part = parts[i * N + n];
    let start = i * PART;
    let end = min(start + PART, ALL);
    others += part.y * exp2((part.x - top) * (s * 1.44269504));
    below += part.z + f32(end - start - u32(y >= start && y < end)) * (top - part.x);
    own += part.w;
  }
  if (SMOOTH) { below = group_sum(lane, below); }
  return Sums(top, group_sum(lane, others), below, group_sum(lane, own));
}
