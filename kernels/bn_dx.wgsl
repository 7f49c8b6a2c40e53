// bn_dx: dx[n,c] = scale[c] inv_std[c] (dv - along[0,c] - along[1,c] (x[n,c] - mean[c])), dv = dy[n,c] (v > 0 ? 1 : slope[c]),
//        v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
//
// The terms of along are how the batch's own mean and deviation follow x; where the running statistics were used, they are not
// given and left out. Without slope, dv is dy. One lane per t and channel, or quad of channels, takes the rows t, t + T,
// t + 2T, ..., so that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 5 flops
// per element; slope adds 3 flops.
// uses lib/index.wgsl
// uses lib/element.wgsl | lib/element_vec4.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl

override N: u32;
override C: u32;
override T: u32;                                                      // lanes per channel, or quad of channels
override E = C / WIDTH;
override WG: u32 = 64u;                                               // lanes per workgroup
override HAS_SLOPE: bool = false;
override HAS_ALONG: bool = false;
@group(0) @binding(0) var<storage, read>       x: array<StoredElement>; // (N, C)
@group(0) @binding(1) var<storage, read>       dy: array<StoredElement>; // (N, C)
@group(0) @binding(2) var<storage, read>       stats: array<Element>; // (2, C) mean, inv_std
@group(0) @binding(3) var<storage, read>       scale: array<Element>; // (C)
@group(0) @binding(4) var<storage, read>       shift: array<Element>; // (C)
@group(0) @binding(5) var<storage, read>       slope: array<Element>; // (C) optional
@group(0) @binding(6) var<storage, read>       along: array<Element>; // (2, C) optional, given for the batch's statistics
@group(0) @binding(7) var<storage, read_write> dx: array<StoredElement>; // (N, C)

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
  var flat = Element(0.0);
  var steep = Element(0.0);
  if (HAS_ALONG) {
    flat = along[c];
    steep = along[E + c];
  }
  for (var i = first; i < N * E; i += T * E) {
    let apart = Element(x[i]) - center;
    var d = Element(dy[i]);
    if (HAS_SLOPE) { d *= select(below, Element(1.0), factor * apart + offset > Element(0.0)); }
    if (HAS_ALONG) { d -= flat + steep * apart; }
    dx[i] = StoredElement(factor * d);
  }
}
