// total: y = sum_i x[i].
//
// One workgroup, whose WG lanes stride over the elements: for sums of a batch's rows, in one dispatch. Reads x once.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl

override n: u32;
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (n)
@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // ()

@compute @workgroup_size(WG)                                          // grid (1)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < n; i += WG) { sum += x[i]; }
  sum = group_sum(lane, sum);
  if (lane == 0u) { y[0] = sum; }
}
