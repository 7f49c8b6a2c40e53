// fill: y[i] = value.
//
// One lane per element. Writes y once.
// uses lib/index.wgsl

override n: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read_write> y: array<u32>;         // (n)
@group(0) @binding(1) var<uniform> value: u32;                        // what every element becomes

@compute @workgroup_size(WG)                                          // grid (n/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i < n) { y[i] = value; }
}
