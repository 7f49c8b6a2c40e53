// label_cosine: cosine[n] = x[n] . w[y] / max(|w[y]|, epsilon), y = label[n] - first, for rows whose y is among the C classes.
//
// Others keep what they have, so that blocks of classes can be taken one after the other. The row of w is divided by its
// largest element first, as in l2_normalize. One workgroup per row; its WG lanes stride over the D features, twice.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;
override D: u32;
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, D) rows of length 1
@group(0) @binding(1) var<storage, read>       w: array<f32>;         // (C, D) of the classes from `first` on
@group(0) @binding(2) var<storage, read>       label: array<u32>;     // (N) class
@group(0) @binding(3) var<uniform>             first: u32;            // which class is the first in w
@group(0) @binding(4) var<uniform>             epsilon: f32;          // shortest length that is still divided by
@group(0) @binding(5) var<storage, read_write> cosine: array<f32>;    // (N) updated in place

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  let here = label[n] - first < C;
  let row = select(0u, label[n] - first, here) * D;                   // some row, where the result is not kept
  var largest = 0.0;
  for (var d = lane; d < D; d += WG) { largest = max(largest, abs(w[row + d])); }
  largest = group_max(lane, largest);
  let unit = select(1.0, largest, largest > 1.2e-38);                 // smaller numbers may count as 0 on a device

  var square = 0.0;
  var along = 0.0;
  for (var d = lane; d < D; d += WG) {
    let part = w[row + d] / unit;
    square += part * part;
    along += x[n * D + d] * part;
  }
  square = group_sum(lane, square);
  along = group_sum(lane, along);
  if (lane == 0u && here) { cosine[n] = along / max(sqrt(square), epsilon / unit); }
}
