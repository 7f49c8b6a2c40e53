// bn_grad_parts: with z = (x[n,c] - mean[c]) inv_std[c], v = scale[c] z + shift[c], dv = dy[n,c] (v > 0 ? 1 : slope[c]), over
//                the rows n = t, t + T, t + 2T, ...: parts[t,0,c] = sum of dv, parts[t,1,c] = sum of dv z,
//                parts[t,2,c] = sum of dy[n,c] min(v, 0).
//
// Without slope, dv is dy and the last sum is left out. All sums in one pass; bn_grad_finish adds the parts in order. One lane
// per t and channel, or quad of channels, so that neighbouring lanes read neighbouring channels. Reads x and dy once: 8 bytes
// and 4 flops per element; slope adds 5 flops.
// uses lib/index.wgsl
// uses lib/element.wgsl | lib/element_vec4.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl

override N: u32;
override C: u32;
override T: u32;
override E = C / WIDTH;
override WG: u32 = 64u;                                               // lanes per workgroup
override HAS_SLOPE: bool = false;
override K = 2u + u32(HAS_SLOPE);
@group(0) @binding(0) var<storage, read>       x: array<StoredElement>; // (N, C)
@group(0) @binding(1) var<storage, read>       dy: array<StoredElement>; // (N, C)
@group(0) @binding(2) var<storage, read>       stats: array<Element>; // (2, C) mean, inv_std
@group(0) @binding(3) var<storage, read>       scale: array<Element>; // (C)
@group(0) @binding(4) var<storage, read>       shift: array<Element>; // (C)
@group(0) @binding(5) var<storage, read>       slope: array<Element>; // (C) optional
@group(0) @binding(6) var<storage, read_write> parts: array<Element>; // (T, 2 + HAS_SLOPE, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WIDTH/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let part = flat_index(group, groups) * WG + lane;
  if (part >= T * E) { return; }
  let t = part / E;
  let c = part % E;
  let center = stats[c];
  let factor = scale[c] * stats[E + c];
  let offset = shift[c];
  var below = Element(1.0);
  if (HAS_SLOPE) { below = slope[c]; }
  var plain = Element(0.0);
  var along = Element(0.0);
  var bent = Element(0.0);
  for (var n = t; n < N; n += T) {
    let i = n * E + c;
    let apart = Element(x[i]) - center;
    var d = Element(dy[i]);
    if (HAS_SLOPE) {
      let v = factor * apart + offset;
      bent += d * min(v, Element(0.0));
      d *= select(below, Element(1.0), v > Element(0.0));
    }
    plain += d;
    along += d * apart;
  }
  parts[t * K * E + c] = plain;
  parts[(t * K + 1u) * E + c] = along * stats[E + c];
  if (HAS_SLOPE) { parts[(t * K + 2u) * E + c] = bent; }
}
