// center_gradient: dcenters[c] = sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
//
// 0 for classes that the batch does not hold. One workgroup per class; its WG lanes stride over the D features. Reads x and
// the centers of the batch, writes dcenters: 2 flops per element of x.
// uses lib/element.wgsl | lib/element_vec4.wgsl
// uses lib/stored.wgsl
// uses lib/center_pull.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;
override D: u32;
override WG: u32 = 64u;                                               // lanes per class
override IGNORE: u32 = 4294967295u;                                   // label of rows to leave out
@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)
@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out
@group(0) @binding(2) var<storage, read>       centers: array<Element>; // (C, D)
@group(0) @binding(3) var<storage, read>       head: array<u32>;      // (C) of class_rows
@group(0) @binding(4) var<storage, read>       next: array<u32>;      // (N) of class_rows
@group(0) @binding(5) var<storage, read_write> dcenters: array<Element>; // (C, D)

@compute @workgroup_size(WG)                                          // grid (C)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let c = flat_index(group, groups);
  if (c >= C) { return; }
  let n = head[c];
  // The head of an absent class may be anything, but no row of the class.
  let present = n < N && label[min(n, N - 1u)] == c && c != IGNORE;
  for (var e = lane; e < D / WIDTH; e += WG) {
    let i = c * (D / WIDTH) + e;
    var pull = Element();
    if (present) { pull = center_pull(n, e, centers[i]); }
    dcenters[i] = pull;
  }
}
