// margin: logits from cosines, the label's made smaller by a margin, or their gradient.
//
//   x = cosine[n,c],  y = label[n],  o = cosine[n,y],  r = s, or s norm[n] with MAGNITUDE
//   logits[n,c]  = r v,  v = margin(o) of lib/margin.wgsl where c == y, else x
//   dcosine[n,c] = r v' dlogits[n,c],  v' = dv / dx, or 1 with DETACHED
//   dnorm[n]     = sum_c dlogits[n,c] d logits[n,c] / d norm[n], where MAGNITUDE or MagFace makes logits depend on it
//
// With CurricularFace v = x (t + x), v' = t + 2 x for the other classes with x > cos(acos(o) + m). A label of ALL or more, or
// IGNORE, marks a row whose v is x. The cosines may be a block of classes: the C classes from `first` on, of ALL; where o is
// needed but its class may be in another block, `own` tells it.
//
// One workgroup per row; its WG lanes stride over the classes, WIDTH neighbouring ones at a time. Reads cosine, and dlogits
// where given, and writes the result: 8 bytes per element, or 12 for the gradient.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/margin_row.wgsl | lib/margin_row_vec4.wgsl
// uses lib/margin.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;                                                      // classes in cosine
override ALL: u32;                                                    // classes
override G: u32;                                                      // N, or 1 without DNORM
override HAS_NORM: bool = false;
override HAS_OWN: bool = false;
override HAS_DLOGITS: bool = false;
override IGNORE: u32 = 4294967295u;                                   // label of rows without a margin
override MAGNITUDE: bool = false;                                     // rows are multiplied by norm too
override DETACHED: bool = false;                                      // the gradient takes what a margin adds for a constant
override GRAD: bool = false;                                          // write dcosine
override DNORM: bool = false;                                         // and dnorm
override ADD: bool = false;                                           // dnorm is added to what is there
@group(0) @binding(0)  var<storage, read>       cosine: array<Element>; // (N, C) from -1 to 1
@group(0) @binding(1)  var<storage, read>       label: array<u32>;    // (N) class; ALL or more, or IGNORE, for a row without a margin
@group(0) @binding(2)  var<storage, read>       norm: array<f32>;     // (N) optional: lengths of the features
@group(0) @binding(3)  var<storage, read>       own: array<f32>;      // (N) optional: cosines of the labels
@group(0) @binding(4)  var<storage, read>       dlogits: array<Element>; // (N, C) optional: else, with GRAD, result holds them and is overwritten
@group(0) @binding(5)  var<uniform>             s: f32;               // scale of the logits
@group(0) @binding(6)  var<uniform>             m: f32;               // the margin, of MagFace for the shortest features
@group(0) @binding(7)  var<uniform>             lambda: f32;          // SphereFace: how much the plain cosine counts, to 1 of psi
@group(0) @binding(8)  var<uniform>             h: f32;               // AdaFace: how far z goes at one deviation from the mean
@group(0) @binding(9)  var<uniform>             mean: f32;            // AdaFace: of the lengths
@group(0) @binding(10) var<uniform>             deviation: f32;       // AdaFace: of the lengths
@group(0) @binding(11) var<uniform>             t: f32;               // CurricularFace: how much hard classes count
@group(0) @binding(12) var<uniform>             lower: f32;           // MagFace: the length up to which the margin is m
@group(0) @binding(13) var<uniform>             upper: f32;           // MagFace: the length from which it is upper_margin
@group(0) @binding(14) var<uniform>             upper_margin: f32;    // MagFace: the margin of the longest features
@group(0) @binding(15) var<uniform>             first: u32;           // which of ALL classes is the first in cosine
@group(0) @binding(16) var<storage, read_write> result: array<Element>; // (N, C) logits, or dcosine
@group(0) @binding(17) var<storage, read_write> dnorm: array<f32>;    // (G)

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  let headed = label[n] < ALL && label[n] != IGNORE;
  let y = select(4294967295u, label[n] - first, headed);              // C or more where it is not in cosine
  var o = 0.0;
  if (HAS_OWN) { o = own[n]; } else if (y < C) { o = part(cosine[(n * C + y) / WIDTH], y); }
  var length = 0.0;
  if (HAS_NORM) { length = norm[n]; }
  let r = select(s, s * length, MAGNITUDE);
  var changed = margin(o, length);
  if (DETACHED) { changed = Margin(changed.value, 1.0, 0.0); }
  let edge = Element(turned(o, cos_sin(m)).value);

  var sum = 0.0;
  for (var c = lane * WIDTH; c < C; c += WG * WIDTH) {
    let i = (n * C + c) / WIDTH;
    let x = cosine[i];
    let here = is_label(c, y);
    var value = x;
    var slope = Element(1.0);
    if (KIND == 5u && headed) {
      value = select(x, x * (t + x), x > edge);
      if (!DETACHED) { slope = select(slope, t + 2.0 * x, x > edge); }
    }
    value = select(value, Element(changed.value), here);
    slope = select(slope, Element(changed.slope), here);
    if (GRAD) {
      var dlogit = result[i];
      if (HAS_DLOGITS) { dlogit = dlogits[i]; }
      let by_norm = select(Element(0.0), s * value, MAGNITUDE) + select(Element(0.0), Element(r * changed.by_norm), here);
      sum += sum_of(dlogit * by_norm);
      result[i] = r * slope * dlogit;
    } else { result[i] = r * value; }
  }
  if (DNORM) {
    sum = group_sum(lane, sum);
    if (lane == 0u) {
      if (ADD) { sum += dnorm[n]; }
      dnorm[n] = sum;
    }
  }
}
