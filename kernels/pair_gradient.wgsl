// pair_gradient: the matrix whose product with x is dL/dx of L = factor sum_ij weight[i,j] |x[i] - x[j]|^2.
//
//   coefficient = 2 factor (diag(r) - s),  s = weight + weight^T,  r[i] = sum_{j != i} s[i,j]
//
// One workgroup per row; its WG lanes stride over the N columns. Reads weight along its rows and its columns, writes
// coefficient: 12 bytes and 3 flops per pair.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/index.wgsl

override N: u32;
@group(0) @binding(0) var<storage, read>       weight: array<f32>;    // (N, N) its diagonal does not count
@group(0) @binding(1) var<uniform>             factor: f32;           // on the whole gradient
@group(0) @binding(2) var<storage, read_write> coefficient: array<f32>; // (N, N)

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups);
  if (i >= N) { return; }
  var sum = 0.0;
  for (var j = lane; j < N; j += WG) {
    let s = select(2.0 * factor * (weight[i * N + j] + weight[j * N + i]), 0.0, i == j);
    coefficient[i * N + j] = -s;
    sum += s;
  }
  sum = group_sum(lane, sum);
  if (lane == i % WG) { coefficient[i * N + i] = sum; }               // by the lane that wrote it before
}
