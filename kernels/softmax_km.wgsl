// softmax_km: softmax cross-entropy with Knot Magnify weighting, and its gradient, in one dispatch.
//
//   p          = softmax(logits[n])[label[n]]
//   loss[n]    = scale (-log p) r^2,  r = 1 / (gamma p + 1)                                   nats
//   dlogits[n,c] = scale k (softmax(logits[n])[c] - [c == label[n]])                          d loss[n] / d logits[n,c]
//   k          = r^2 (1 + 2 gamma p r (-log p))
//
// gamma = 0 is plain cross-entropy: r = k = 1 exactly. A label of C or more marks a row to leave out: its loss, p and
// gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (label + others)
// and -log p = log1p(others / label) keep their digits where p is near 1.
//
// One workgroup per row; its WG lanes stride over the C classes. Three passes over a row, of which the device reads
// memory once where its cache holds the row: maximum, sum, gradient. Where STAGED, exponentials are kept in dlogits
// between the last two, so that each is computed once. Traffic: 4 bytes per logit read, 4 written (none without GRAD).
// About 8 flops and one exp per logit.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/log1p.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;
override G: u32;
override GRAD: bool = true;                                           // write dlogits; else only loss and p
override STAGED: bool = false;                                        // keep exponentials in dlogits between passes
@group(0) @binding(0) var<storage, read>       logits: array<f32>;    // (N, C)
@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class, C or more to leave the row out
@group(0) @binding(2) var<uniform>             gamma: f32;            // Knot Magnify's weight on easy rows, 0 or more
@group(0) @binding(3) var<uniform>             scale: f32;            // factor on loss and gradient, such as 1 / N
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;      // (N)
@group(0) @binding(5) var<storage, read_write> p: array<f32>;         // (N) softmax probability of the label
@group(0) @binding(6) var<storage, read_write> dlogits: array<f32>;   // (G, C) with G = N, or 1 without GRAD

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  let row = n * C;
  let y = label[n];

  var top = -3.4e38;                                                  // subtracted first, so that exp never overflows
  for (var c = lane; c < C; c += WG) { top = max(top, logits[row + c]); }
  top = group_max(lane, top);

  var others = 0.0;
  for (var start = lane; start < C; start += 64u * WG) {              // in runs, because one long sum rounds each term
    var run = 0.0;
    for (var c = start; c < min(start + 64u * WG, C); c += WG) {
      let e = exp(logits[row + c] - top);
      if (GRAD && STAGED) { dlogits[row + c] = e; }
      run += select(e, 0.0, c == y);
    }
    others += run;
  }
  others = group_sum(lane, others);

  let below = top - logits[row + min(y, C - 1u)];                     // how far the label's logit is below the maximum
  let own = exp(-below);
  let total = own + others;
  let prob = own / total;
  var nll = log1p(min(others / own, 1.0));
  if (others > own) {
    // total is at least 1 here, since the maximum is among the others.
    nll = below + select(log(total), log1p(total - 1.0), total < 2.0);
  }
  let r = 1.0 / (gamma * prob + 1.0);
  let counted = select(0.0, scale, y < C);
  let slope = counted * r * r * (1.0 + 2.0 * gamma * prob * r * nll);
  if (lane == 0u) {
    loss[n] = counted * r * r * nll;
    p[n] = select(0.0, prob, y < C);
  }

  if (GRAD) {
    let factor = slope / total;
    for (var c = lane; c < C; c += WG) {
      var e: f32;
      if (STAGED) { e = dlogits[row + c]; } else { e = exp(logits[row + c] - top); }
      dlogits[row + c] = select(factor * e, -factor * others, c == y);
    }
  }
}
