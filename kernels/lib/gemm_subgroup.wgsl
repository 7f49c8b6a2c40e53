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
  let i8 = row_of(min(t.m + 8u, last));
  let i9 = row_of(min(t.m + 9u, last));
  let i10 = row_of(min(t.m + 10u, last));
  let i11 = row_of(min(t.m + 11u, last));
  let i12 = row_of(min(t.m + 12u, last));
  let i13 = row_of(min(t.m + 13u, last));
  let i14 = row_of(min(t.m + 14u, last));
  let i15 = row_of(min(t.m + 15u, last));
  var sums = Sums();
  for (var start = t.k_from; start < t.k_to; start += SHARE) {
    // Lanes past the end hand round zeros, against any b that is in bounds.
    let mine = start + share % SHARE;
    let k = min(mine, t.k_to - 1u);
    let j = inner_of(t.m, k);
    let line = line_of(t.m, k);
    let live = f32(mine < t.k_to);
    let a = Column(
      live * vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j)),
      live * vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j)),
      live * vec4f(load_a(i8, j), load_a(i9, j), load_a(i10, j), load_a(i11, j)),
      live * vec4f(load_a(i12, j), load_a(i13, j), load_a(i14, j), load_a(i15, j)),
    );
    add_outer(&sums, from_lane0(a), load_b4(subgroupBroadcast(line, 0u), columns));
    add_outer(&sums, from_lane1(a), load_b4(subgroupBroadcast(line, 1u), columns));
    add_outer(&sums, from_lane2(a), load_b4(subgroupBroadcast(line, 2u), columns));
    add_outer(&sums, from_lane3(a), load_b4(subgroupBroadcast(line, 3u), columns));
    if (SHARE == 8u) {
      add_outer(&sums, from_lane4(a), load_b4(subgroupBroadcast(line, 4u), columns));
      add_outer(&sums, from_lane5(a), load_b4(subgroupBroadcast(line, 5u), columns));
      add_outer(&sums, from_lane6(a), load_b4(subgroupBroadcast(line, 6u), columns));
      add_outer(&sums, from_lane7(a), load_b4(subgroupBroadcast(line, 7u), columns));
    }
  }
  store_rows(t, n, sums);
}

// What each lane of a subgroup holds, to all of them. The lane must be a constant.
fn from_lane0(v: Column) -> Column {
  return Column(subgroupBroadcast(v.a, 0u), subgroupBroadcast(v.b, 0u), subgroupBroadcast(v.c, 0u), subgroupBroadcast(v.d, 0u));
}
fn from_lane1(v: Column) -> Column {
  return Column(subgroupBroadcast(v.a, 1u), subgroupBroadcast(v.b, 1u), subgroupBroadcast(v.c, 1u), subgroupBroadcast(v.d, 1u));
}
fn from_lane2(v: Column) -> Column {
  return Column(subgroupBroadcast(v.a, 2u), subgroupBroadcast(v.b, 2u), subgroupBroadcast(v.c, 2u), subgroupBroadcast(v.d, 2u));
}
fn from_lane3(v: Column) -> Column {
  return Column(subgroupBroadcast(v.a, 3u), subgroupBroadcast(v.b, 3u), subgroupBroadcast(v.c, 3u), subgroupBroadcast(v.d, 3u));
}
fn from_lane4(v: Column) -> Column {
  return Column(subgroupBroadcast(v.a, 4u), subgroupBroadcast(v.b, 4u), subgroupBroadcast(v.c, 4u), subgroupBroadcast(v.d, 4u));
}
fn from_lane5(v: Column) -> Column {
  return Column(subgroupBroadcast(v.a, 5u), subgroupBroadcast(v.b, 5u), subgroupBroadcast(v.c, 5u), subgroupBroadcast(v.d, 5u));
}
fn from_lane6(v: Column) -> Column {
  return Column(subgroupBroadcast(v.a, 6u), subgroupBroadcast(v.b, 6u), subgroupBroadcast(v.c, 6u), subgroupBroadcast(v.d, 6u));
}
fn from_lane7(v: Column) -> Column {
  return Column(subgroupBroadcast(v.a, 7u), subgroupBroadcast(v.b, 7u), subgroupBroadcast(v.c, 7u), subgroupBroadcast(v.d, 7u));
}
