// cast: y[i] = x[i], from f32 to f16 or back.
//
// What f16 lacks bits for is rounded, what is beyond 65504 becomes infinite. One lane per element. Reads x once, writes y once:
// 6 bytes per element.
// uses lib/to_f16.wgsl | lib/to_f32.wgsl
// uses lib/index.wgsl

enable f16;
override n: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<Given>;       // (n)
@group(0) @binding(1) var<storage, read_write> y: array<Wanted>;      // (n)

@compute @workgroup_size(WG)                                          // grid (n/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i < n) { y[i] = Wanted(x[i]); }
}
