// l2_normalize: y[n] = x[n] / max(|x[n]|, epsilon), and norm[n] = |x[n]|, or 0 where that is at most epsilon.
//
// The row is divided by its largest element first, so that squares of 1e-20 or 1e18 neither vanish nor overflow. One
// workgroup per row; its WG lanes stride over the D features. Three passes over a row, of which the device reads memory once
// where its cache holds the row; writes y once: 8 bytes and about 5 flops per element.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/index.wgsl

override N: u32;
override D: u32;
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, D)
@group(0) @binding(1) var<uniform>             epsilon: f32;          // shortest length that is still divided by
@group(0) @binding(2) var<storage, read_write> y: array<f32>;         // (N, D)
@group(0) @binding(3) var<storage, read_write> norm: array<f32>;      // (N) 0 marks a row without a gradient

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  let row = n * D;
  var largest = 0.0;
  for (var d = lane; d < D; d += WG) { largest = max(largest, abs(x[row + d])); }
  largest = group_max(lane, largest);
  let unit = select(1.0, largest, largest > 1.2e-38);                 // smaller numbers may count as 0 on a device

  var square = 0.0;
  for (var d = lane; d < D; d += WG) {
    let part = x[row + d] / unit;
    square += part * part;
  }
  let root = sqrt(group_sum(lane, square));                           // |x| / unit, from 1 to sqrt(D)
  let least = epsilon / unit;
  let divisor = max(root, least);
  for (var d = lane; d < D; d += WG) { y[row + d] = x[row + d] / unit / divisor; }
  if (lane == 0u) { norm[n] = select(0.0, unit * root, root > least); }
}
