// scale_rows: y[n,c] = s[n] x[n,c].
//
// One lane per element. Reads x and s once, writes y once: 8 bytes and 1 flop per element.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)
@group(0) @binding(1) var<storage, read>       s: array<f32>;         // (N)
@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (N, C)

@compute @workgroup_size(WG)                                          // grid (N*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i < N * C) { y[i] = s[i / C] * x[i]; }
}
