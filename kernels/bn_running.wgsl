// bn_running: stats[0,c] = mean[c], stats[1,c] = 1 / sqrt(variance[c] + epsilon).
//
// The running statistics, as bn_finish gives a batch's. One lane per channel.
// uses lib/index.wgsl

override C: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       mean: array<f32>;      // (C)
@group(0) @binding(1) var<storage, read>       variance: array<f32>;  // (C)
@group(0) @binding(2) var<uniform>             epsilon: f32;          // added to the variance
@group(0) @binding(3) var<storage, read_write> stats: array<f32>;     // (2, C) mean, inv_std

@compute @workgroup_size(WG)                                          // grid (C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let c = flat_index(group, groups) * WG + lane;
  if (c >= C) { return; }
  stats[c] = mean[c];
  stats[C + c] = 1.0 / sqrt(variance[c] + epsilon);
}
