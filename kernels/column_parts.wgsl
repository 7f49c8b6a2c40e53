// column_parts: parts[t,c] = sum over n = t, t + T, t + 2T, ... of x[n,c].
//
// The first pass of column sums: T partial results per column, which sum_parts adds in order. One lane per (t, c), so that
// neighbouring lanes read neighbouring columns. Reads x once.
// uses lib/index.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl

override N: u32;
override C: u32;
override T: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<Stored>;      // (N, C)
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;     // (T, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= T * C) { return; }
  let c = i % C;
  var sum = 0.0;
  for (var n = i / C; n < N; n += T) { sum += f32(x[n * C + c]); }
  parts[i] = sum;
}
