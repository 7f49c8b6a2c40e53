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
// One workgroup per row; its WG lanes take four neighbouring classes at a time, so that one loop turn does four of
// everything. Three passes over a row, of which the device reads memory once where its cache holds the row: maximum,
// sum, gradient. Traffic: 4 bytes per logit read, 4 written (none without GRAD). About 9 flops and two exp per logit.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/log1p.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;
override G: u32;
override GRAD: bool = true;                                           // write dlogits; else only loss and p
@group(0) @binding(0) var<storage, read>       logits: array<f32>;    // (N, C)
@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class, C or more to leave the row out
@group(0) @binding(2) var<uniform>             gamma: f32;            // Knot Magnify's weight on easy rows, 0 or more
@group(0) @binding(3) var<uniform>             scale: f32;            // factor on loss and gradient, such as 1 / N
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;      // (N)
@group(0) @binding(5) var<storage, read_write> p: array<f32>;         // (N) softmax probability of the label
@group(0) @binding(6) var<storage, read_write> dlogits: array<f32>;   // (G, C) with G = N, or 1 without GRAD

fn quad(i: u32) -> vec4f { return vec4f(logits[i], logits[i + 1u], logits[i + 2u], logits[i + 3u]); }

// Which of the classes c to c + 3 is y.
fn is_label(c: u32, y: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) == vec4u(y); }

fn sum_of(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  let row = n * C;
  let y = label[n];
  let whole = C / 4u * 4u;                                            // classes in full quads; at most 3 are left over
  let first = 4u * lane;
  let turn = 4u * WG;

  var tops = vec4f(-3.4e38);
  for (var c = first; c < whole; c += turn) { tops = max(tops, quad(row + c)); }
  var top = max(max(tops.x, tops.y), max(tops.z, tops.w));            // subtracted first, so that exp never overflows
  for (var c = whole + lane; c < C; c += WG) { top = max(top, logits[row + c]); }
  top = group_max(lane, top);

  var others = 0.0;
  for (var start = first; start < whole; start += 64u * turn) {       // in runs, because one long sum rounds each term
    var run = vec4f();
    for (var c = start; c < min(start + 64u * turn, whole); c += turn) {
      run += select(exp(quad(row + c) - top), vec4f(), is_label(c, y));
    }
    others += sum_of(run);
  }
  for (var c = whole + lane; c < C; c += WG) { others += select(exp(logits[row + c] - top), 0.0, c == y); }
  others = group_sum(lane, others);

  let below = top - logits[row + min(y, C - 1u)];                     // how far the label's logit is below the maximum
  let own = exp(-below);
  let total = own + others;
  let prob = own / total;
  var nll = log1p(min(others / own, 1.0));
  if (others > own) {
    nll = below + log(total);                                         // at least log 2, so log's 2^-21 does not matter
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
    for (var c = first; c < whole; c += turn) {
      let d = select(factor * exp(quad(row + c) - top), vec4f(-factor * others), is_label(c, y));
      dlogits[row + c] = d.x;
      dlogits[row + c + 1u] = d.y;
      dlogits[row + c + 2u] = d.z;
      dlogits[row + c + 3u] = d.w;
    }
    for (var c = whole + lane; c < C; c += WG) {
      dlogits[row + c] = select(factor * exp(logits[row + c] - top), -factor * others, c == y);
    }
  }
}
