// relu: y[i] = max(x[i], 0).
//
// One of T lanes takes the elements t, t + T, t + 2T, ... Reads x once, writes y once: 8 bytes per element.
// uses lib/index.wgsl

override n: u32;
override T: u32;                                                      // lanes, which take every T-th element
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (n)
@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // (n)

@compute @workgroup_size(WG)                                          // grid (T/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let first = flat_index(group, groups) * WG + lane;
  if (first >= T) { return; }
  for (var i = first; i < n; i += T) { y[i] = max(x[i], 0.0); }
}
