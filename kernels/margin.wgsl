// margin: logits from cosines, the label's made smaller by a margin, or their gradient.
//
//   x = cosine[n,c],  y = label[n],  o = cosine[n,y]
//   logits[n,c]  = s v,  v = margin(o) of lib/margin.wgsl where c == y, else x
//   dcosine[n,c] = s v' dlogits[n,c],  v' = dv / dx
//
// With CurricularFace v = x (t + x), v' = t + 2 x for the other classes with x > cos(acos(o) + m). A label of C or more, or
// IGNORE, marks a row that is only multiplied by s.
//
// One lane per WIDTH neighbouring classes. Reads cosine, and dlogits where given, and writes the result: 8 bytes per element,
// or 12 for the gradient.
// uses lib/margin_row.wgsl | lib/margin_row_vec4.wgsl
// uses lib/margin.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;
override HAS_NORM: bool = false;
override HAS_DLOGITS: bool = false;
override IGNORE: u32 = 4294967295u;                                   // label of rows without a margin
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0)  var<storage, read>       cosine: array<Element>; // (N, C) from -1 to 1
@group(0) @binding(1)  var<storage, read>       label: array<u32>;    // (N) class; C or more, or IGNORE, for a row without a margin
@group(0) @binding(2)  var<storage, read>       norm: array<f32>;     // (N) optional: lengths of the features, for AdaFace
@group(0) @binding(3)  var<storage, read>       dlogits: array<Element>; // (N, C) optional: then the result is dcosine
@group(0) @binding(4)  var<uniform>             s: f32;               // scale of the logits
@group(0) @binding(5)  var<uniform>             m: f32;               // the margin
@group(0) @binding(6)  var<uniform>             lambda: f32;          // SphereFace: how much the plain cosine counts, to 1 of psi
@group(0) @binding(7)  var<uniform>             h: f32;               // AdaFace: how far z goes at one deviation from the mean
@group(0) @binding(8)  var<uniform>             mean: f32;            // AdaFace: of the lengths
@group(0) @binding(9)  var<uniform>             deviation: f32;       // AdaFace: of the lengths
@group(0) @binding(10) var<uniform>             t: f32;               // CurricularFace: how much hard classes count
@group(0) @binding(11) var<storage, read_write> result: array<Element>; // (N, C) logits, or dcosine

@compute @workgroup_size(WG)                                          // grid (N*C/WIDTH/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= N * (C / WIDTH)) { return; }
  let n = i / (C / WIDTH);
  let c = i % (C / WIDTH) * WIDTH;
  let y = label[n];
  let x = cosine[i];
  var value = x;
  var slope = Element(1.0);
  if (y < C && y != IGNORE) {
    let own = part(cosine[(n * C + y) / WIDTH], y);
    if (KIND == 5u) {
      let hard = x > Element(turned(own, cos_sin(m)).value);
      value = select(x, x * (t + x), hard);
      slope = select(slope, t + 2.0 * x, hard);
    }
    let here = is_label(c, y);
    if (any(here)) {
      var length = 0.0;
      if (HAS_NORM) { length = norm[n]; }
      let changed = margin(own, length);
      value = select(value, Element(changed.value), here);
      slope = select(slope, Element(changed.slope), here);
    }
  }
  if (HAS_DLOGITS) { result[i] = s * slope * dlogits[i]; } else { result[i] = s * value; }
}
