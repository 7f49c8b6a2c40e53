// center_loss: loss[n] = scale / 2 |x[n] - centers[label[n]]|^2, and its gradient dx[n] = scale (x[n] - centers[label[n]]).
//
// Rows with a label of C or more give 0. One workgroup per row; its WG lanes stride over the D features. Reads x and one
// center per row, writes dx: 12 bytes and 4 flops per element of x.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;
override D: u32;
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, D)
@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class, C or more to leave the row out
@group(0) @binding(2) var<storage, read>       centers: array<f32>;   // (C, D)
@group(0) @binding(3) var<uniform>             scale: f32;            // factor on loss and gradient
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;      // (N)
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;        // (N, D)

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  let counted = select(0.0, scale, label[n] < C);
  let center = min(label[n], C - 1u) * D;
  var square = 0.0;
  for (var d = lane; d < D; d += WG) {
    let apart = x[n * D + d] - centers[center + d];
    dx[n * D + d] = counted * apart;
    square += apart * apart;
  }
  square = group_sum(lane, square);
  if (lane == 0u) { loss[n] = 0.5 * counted * square; }
}
