// The loop of lib/gemm.wgsl for devices with subgroups: SHARE lanes of a subgroup each read a for another k and hand
// it round, so that a is read, and its index worked out, once for all of them. No barriers, no workgroup memory.

enable subgroups;

override SHARE: u32 = 4u;                                              // 4 or 8, at most the subgroup's size

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) share: u32) {
  let t = tile_of(flat_index(group, groups));
  if (t.split >= SPLITS) { return; }                                   // left over where the grid is folded
  let n = t.n + 4u * lane;
  let columns = columns_from(n);
  let last = gemm_m() - 1u;
  let i0 = row_of(min(t.m, last));
  let i1 = row_of(min(t.m + 1u, last));
  let i2 = row_of(min(t.m + 2u, last));
  let i3 = row_of(min(t.m + 3u, last));
  let i4 = row_of(min(t.m + 4u, last));
  let i5 = row_of(min(t.m + 5u, last));
  let i6 = row_of(min(t.m + 6u, last));
  let i7 = row_of(min(t.m + 7u, last));
  var sums = Sums();
  for (var start = t.k_from; start < t.k_to; start += SHARE) {
    // Lanes past the end hand round zeros, against any b that is in bounds.
    let mine = start + share % SHARE;
    let k = min(mine, t.k_to - 1u);
    let j = inner_of(t.m, k);
    let line = line_of(t.m, k);
    let live = f32(mine < t.k_to);
    let lo = live * vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));
    let hi = live * vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));
    add_outer(&sums, subgroupBroadcast(lo, 0u), subgroupBroadcast(hi, 0u), load_b4(subgroupBroadcast(line, 0u), columns));
    add_outer(&sums, subgroupBroadcast(lo, 1u), subgroupBroadcast(hi, 1u), load_b4(subgroupBroadcast(line, 1u), columns));
    add_outer(&sums, subgroupBroadcast(lo, 2u), subgroupBroadcast(hi, 2u), load_b4(subgroupBroadcast(line, 2u), columns));
    add_outer(&sums, subgroupBroadcast(lo, 3u), subgroupBroadcast(hi, 3u), load_b4(subgroupBroadcast(line, 3u), columns));
    if (SHARE == 8u) {
      add_outer(&sums, subgroupBroadcast(lo, 4u), subgroupBroadcast(hi, 4u), load_b4(subgroupBroadcast(line, 4u), columns));
      add_outer(&sums, subgroupBroadcast(lo, 5u), subgroupBroadcast(hi, 5u), load_b4(subgroupBroadcast(line, 5u), columns));
      add_outer(&sums, subgroupBroadcast(lo, 6u), subgroupBroadcast(hi, 6u), load_b4(subgroupBroadcast(line, 6u), columns));
      add_outer(&sums, subgroupBroadcast(lo, 7u), subgroupBroadcast(hi, 7u), load_b4(subgroupBroadcast(line, 7u), columns));
    }
  }
  store_rows(t, n, sums);
}
