// bn_apply: y[n,c] = max(v, 0) + slope[c] min(v, 0) + residual[n,c], v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
//
// Without slope, v stays as it is. The mean is subtracted first, which is exact where it is many times the deviation. One lane
// per t and channel, or quad of channels, takes the rows t, t + T, t + 2T, ..., so that neighbouring lanes read neighbouring
// channels. Reads x once, writes y once: 8 bytes and 3 flops per element; slope adds 3 flops, residual 4 bytes and 1 flop.
// uses lib/index.wgsl
// uses lib/element.wgsl | lib/element_vec4.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl

override N: u32;
override C: u32;
override T: u32;                                                      // lanes per channel, or quad of channels
override E = C / WIDTH;
override WG: u32 = 64u;                                               // lanes per workgroup
override HAS_SLOPE: bool = false;
override HAS_RESIDUAL: bool = false;
@group(0) @binding(0) var<storage, read>       x: array<StoredElement>; // (N, C)
@group(0) @binding(1) var<storage, read>       stats: array<Element>; // (2, C) mean, inv_std
@group(0) @binding(2) var<storage, read>       scale: array<Element>; // (C)
@group(0) @binding(3) var<storage, read>       shift: array<Element>; // (C)
@group(0) @binding(4) var<storage, read>       slope: array<Element>; // (C) optional
@group(0) @binding(5) var<storage, read>       residual: array<StoredElement>; // (N, C) optional
@group(0) @binding(6) var<storage, read_write> y: array<StoredElement>; // (N, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WIDTH/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let first = flat_index(group, groups) * WG + lane;
  if (first >= T * E) { return; }
  let c = first % E;
  let center = stats[c];
  let factor = scale[c] * stats[E + c];
  let offset = shift[c];
  var below = Element(1.0);
  if (HAS_SLOPE) { below = slope[c]; }
  for (var i = first; i < N * E; i += T * E) {
    var v = factor * (Element(x[i]) - center) + offset;
    if (HAS_SLOPE) { v = max(v, Element(0.0)) + below * min(v, Element(0.0)); }
    if (HAS_RESIDUAL) { v += Element(residual[i]); }
    y[i] = StoredElement(v);
  }
}
