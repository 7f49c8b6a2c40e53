// scale: y[i] = factor x[i].
//
// One lane per element. Reads x once, writes y once: 8 bytes and 1 flop per element.
// uses lib/index.wgsl

override n: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (n)
@group(0) @binding(1) var<uniform>             factor: f32;           // what every element is multiplied by
@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (n)

@compute @workgroup_size(WG)                                          // grid (n/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i < n) { y[i] = factor * x[i]; }
}
