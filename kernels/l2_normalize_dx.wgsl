// l2_normalize_dx: dx[n] = (dy[n] - y[n] (y[n] . dy[n])) / norm[n], or 0 where norm[n] is 0.
//
// One workgroup per row; its WG lanes stride over the D features. Two passes over a row, of which the device reads memory
// once where its cache holds the row: reads y and dy, writes dx: 12 bytes and 5 flops per element.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/index.wgsl

override N: u32;
override D: u32;
@group(0) @binding(0) var<storage, read>       y: array<f32>;         // (N, D) rows of length 1
@group(0) @binding(1) var<storage, read>       norm: array<f32>;      // (N) 0 marks a row without a gradient
@group(0) @binding(2) var<storage, read>       dy: array<f32>;        // (N, D)
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;        // (N, D)

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  let row = n * D;
  var along = 0.0;
  for (var d = lane; d < D; d += WG) { along += y[row + d] * dy[row + d]; }
  along = group_sum(lane, along);
  let live = norm[n] > 0.0;
  let divisor = select(1.0, norm[n], live);
  for (var d = lane; d < D; d += WG) {
    let v = (dy[row + d] - y[row + d] * along) / divisor;
    dx[row + d] = select(0.0, v, live);
  }
}
