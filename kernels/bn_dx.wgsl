// bn_dx: dx[n,c] = scale[c] inv_std[c] (dy[n,c] - (dshift[c] + z[n,c] dscale[c]) / N), z = (x[n,c] - mean[c]) inv_std[c].
//
// The terms in the inner brackets are how the batch's own mean and deviation follow x; where the running statistics were
// used, dscale is not given and they are left out. One lane per (t, c) takes the rows t, t + T, t + 2T, ... of channel c, so
// that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 5 flops per element
// (8 bytes and 1 flop without dscale).
// uses lib/index.wgsl

override N: u32;
override C: u32;
override T: u32;                                                      // lanes per channel, which take every T-th row
override WG: u32 = 64u;                                               // lanes per workgroup
override HAS_DSCALE: bool = false;
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)
@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (N, C)
@group(0) @binding(2) var<storage, read>       mean: array<f32>;      // (C)
@group(0) @binding(3) var<storage, read>       inv_std: array<f32>;   // (C)
@group(0) @binding(4) var<storage, read>       scale: array<f32>;     // (C)
@group(0) @binding(5) var<storage, read>       dshift: array<f32>;    // (C) optional, with dscale
@group(0) @binding(6) var<storage, read>       dscale: array<f32>;    // (C) optional, given for the batch's statistics
@group(0) @binding(7) var<storage, read_write> dx: array<f32>;        // (N, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let first = flat_index(group, groups) * WG + lane;
  if (first >= T * C) { return; }
  let c = first % C;
  let factor = scale[c] * inv_std[c];
  var center = 0.0;
  var flat = 0.0;                                                     // of each element, along the mean
  var steep = 0.0;                                                    // of each element, along the deviation
  if (HAS_DSCALE) {
    center = mean[c];
    flat = dshift[c] / f32(N);
    steep = dscale[c] * inv_std[c] / f32(N);
  }
  for (var i = first; i < N * C; i += T * C) {
    var d = dy[i];
    if (HAS_DSCALE) { d -= flat + steep * (x[i] - center); }
    dx[i] = factor * d;
  }
}
