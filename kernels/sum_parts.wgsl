// sum_parts: y[i] = sum_t x[t,i], t in ascending order.
//
// One lane per i. Reads x once, writes y once: the second pass of every sum that is dealt to T partial results.
// uses lib/index.wgsl

override T: u32;
override n: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (T, n)
@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // (n)

@compute @workgroup_size(WG)                                          // grid (n/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= n) { return; }
  var sum = 0.0;
  for (var t = 0u; t < T; t++) { sum += x[t * n + i]; }
  y[i] = sum;
}
