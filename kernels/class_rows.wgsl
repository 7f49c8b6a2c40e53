// class_rows: the rows of each class, as lists in ascending order.
//
//   head[c] = the first n with label[n] == c
//   next[n] = the first m after n with label[m] == label[n], N where there is none
//
// Of classes without a row head stays unwritten: such an entry is N or more, or a row of another class. Labels of C or more
// have no head. One lane per row; at most N compares each.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       label: array<u32>;     // (N) class
@group(0) @binding(1) var<storage, read_write> head: array<u32>;      // (C)
@group(0) @binding(2) var<storage, read_write> next: array<u32>;      // (N)

@compute @workgroup_size(WG)                                          // grid (N/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups) * WG + lane;
  if (n >= N) { return; }
  let y = label[n];
  var first = 0u;
  while (label[first] != y) { first++; }                              // ends at n
  if (first == n && y < C) { head[y] = n; }
  var m = n + 1u;
  while (m < N && label[m] != y) { m++; }
  next[n] = m;
}
