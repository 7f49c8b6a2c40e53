// transpose: y[b,j,i] = x[b,i,j].
//
// One lane per element of y; reads x and writes y once, x with a stride of J.
// uses lib/index.wgsl

override B: u32;
override I: u32;
override J: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (B, I, J)
@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // (B, J, I)

@compute @workgroup_size(WG)                                          // grid (B*I*J/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= B * I * J) { return; }
  y[i] = x[(i / (I * J) * I + i % I) * J + i / I % J];
}
