// global_avg_pool_dx: dx[n,i,c] = dy[n,c] / I.
//
// One lane per element. Writes dx once: 4 bytes per element; dy is read from cache.
// uses lib/index.wgsl

override N: u32;
override I: u32;
override C: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       dy: array<f32>;        // (N, C)
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;        // (N, I, C)

@compute @workgroup_size(WG)                                          // grid (N*I*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i < N * I * C) { dx[i] = dy[i / (I * C) * C + i % C] / f32(I); }
}
