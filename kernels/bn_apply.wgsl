// bn_apply: y[n,c] = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
//
// The mean is subtracted first, which is exact where it is many times the deviation. One lane per (t, c) takes the rows
// t, t + T, t + 2T, ... of channel c, so that neighbouring lanes read neighbouring channels. Reads x once, writes y once:
// 8 bytes and 3 flops per element.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override T: u32;                                                      // lanes per channel, which take every T-th row
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)
@group(0) @binding(1) var<storage, read>       mean: array<f32>;      // (C)
@group(0) @binding(2) var<storage, read>       inv_std: array<f32>;   // (C)
@group(0) @binding(3) var<storage, read>       scale: array<f32>;     // (C)
@group(0) @binding(4) var<storage, read>       shift: array<f32>;     // (C)
@group(0) @binding(5) var<storage, read_write> y: array<f32>;         // (N, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let first = flat_index(group, groups) * WG + lane;
  if (first >= T * C) { return; }
  let c = first % C;
  let center = mean[c];
  let factor = scale[c] * inv_std[c];
  let offset = shift[c];
  for (var i = first; i < N * C; i += T * C) { y[i] = factor * (x[i] - center) + offset; }
}
