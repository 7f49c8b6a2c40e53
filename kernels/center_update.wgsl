// center_update: centers[c] -= alpha sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
//
// Centers of classes that the batch does not hold stay as they are, to the last bit. One workgroup per row, of which only the
// first of each class works; its WG lanes stride over the D features. Reads x and the centers of the batch, writes those
// centers: 2 flops per element of x.
// uses lib/element.wgsl | lib/element_vec4.wgsl
// uses lib/stored.wgsl
// uses lib/center_pull.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;
override D: u32;
override WG: u32 = 64u;                                               // lanes per row
override IGNORE: u32 = 4294967295u;                                   // label of rows to leave out
@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)
@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out
@group(0) @binding(2) var<storage, read>       head: array<u32>;      // (C) of class_rows
@group(0) @binding(3) var<storage, read>       next: array<u32>;      // (N) of class_rows
@group(0) @binding(4) var<uniform>             alpha: f32;            // how far centers move, from 0 to 1
@group(0) @binding(5) var<storage, read_write> centers: array<Element>; // (C, D) updated in place

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  let c = label[n];
  if (c >= C || c == IGNORE) { return; }
  if (head[c] != n) { return; }
  for (var e = lane; e < D / WIDTH; e += WG) {
    let i = c * (D / WIDTH) + e;
    centers[i] -= alpha * center_pull(n, e, centers[i]);
  }
}
