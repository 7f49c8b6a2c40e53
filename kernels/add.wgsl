// add: y[i] = a[i] + b[i].
//
// One lane per element. Reads a and b once, writes y once: 12 bytes and 1 flop per element of f32.
// uses lib/index.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl

override n: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       a: array<Stored>;      // (n)
@group(0) @binding(1) var<storage, read>       b: array<Stored>;      // (n)
@group(0) @binding(2) var<storage, read_write> y: array<Stored>;      // (n)

@compute @workgroup_size(WG)                                          // grid (n/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i < n) { y[i] = Stored(f32(a[i]) + f32(b[i])); }
}
