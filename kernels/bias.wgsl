// bias: y[n,c] = x[n,c] + bias[c].
//
// One lane per (t, c) takes the rows t, t + T, t + 2T, ... of channel c, so that neighbouring lanes read neighbouring
// channels. Reads x once, writes y once: 8 bytes and 1 flop per element.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override T: u32;                                                      // lanes per channel, which take every T-th row
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)
@group(0) @binding(1) var<storage, read>       bias: array<f32>;      // (C)
@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (N, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let first = flat_index(group, groups) * WG + lane;
  if (first >= T * C) { return; }
  let c = first % C;
  let offset = bias[c];
  for (var i = first; i < N * C; i += T * C) { y[i] = x[i] + offset; }
}
