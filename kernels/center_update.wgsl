// center_update: centers[j] -= alpha sum_{n: label[n] = j} (centers[j] - x[n]) / (1 + count of j in the batch).
//
// Centers of classes that the batch does not hold stay as they are, to the last bit. One lane per (n, d); the first row of
// each class does the work for its class, in ascending order of n, so the result does not depend on timing.
// N compares per lane, reads x and the centers of the batch, writes those centers.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override D: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, D)
@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class, C or more to leave the row out
@group(0) @binding(2) var<uniform>             alpha: f32;            // how far centers move, from 0 to 1
@group(0) @binding(3) var<storage, read_write> centers: array<f32>;   // (C, D) updated in place

@compute @workgroup_size(WG)                                          // grid (N*D/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= N * D) { return; }
  let n = i / D;
  let d = i % D;
  let y = label[n];
  if (y >= C) { return; }
  for (var m = 0u; m < n; m++) { if (label[m] == y) { return; } }      // an earlier row does the work
  let old = centers[y * D + d];
  var sum = 0.0;
  var count = 0.0;
  for (var m = n; m < N; m++) {
    if (label[m] == y) {
      sum += old - x[m * D + d];
      count += 1.0;
    }
  }
  centers[y * D + d] = old - alpha * sum / (1.0 + count);
}
