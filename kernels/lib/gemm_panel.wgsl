// The product loop for CPU adapters with subgroups, where reading memory costs more than computing: a workgroup holds its
// columns of b, DEPTH terms at a time, in workgroup memory, which is read without bounds checks, for all its rows. Each lane
// reads there only what it put there itself, so that nothing waits. SHARE lanes of a subgroup each read a for another k and
// hand it round, so that a is read, and its index worked out, once for all of them.
// Each lane makes 16 rows of 4 columns at a time, BESIDE such blocks of rows side by side; sums over more than DEPTH terms are
// added to those that were kept, which also loses fewer digits than one long sum.

enable subgroups;

override SHARE: u32 = 4u;                                             // 4, or 8 where subgroups are as wide
override BESIDE: u32 = 1u;                                            // blocks of rows side by side; 1 where SHARE is 8
override DEPTH: u32 = 32u;                                            // terms held at once, a multiple of SHARE
override GOES_ON: bool = false;                                        // whether there are more than DEPTH terms
override ACROSS = TILE_N / 4u;
override LANES = ACROSS * BESIDE;
var<workgroup> columns_of_b: array<vec4f, DEPTH * LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) share: u32) {
  let t = tile_of(flat_index(group, groups));
  if (t.split >= SPLITS) { return; }                                  // left over where the grid is folded
  let columns = columns_from(t.n + 4u * (lane % ACROSS));
  let end = min(t.m + TILE_M, gemm_m());
  var k0 = t.k_from;
  loop {
    let k1 = min(k0 + DEPTH, t.k_to);
    // Up to whole turns of SHARE terms: what the memory held before could be anything, and a zero does not undo a NaN.
    for (var k = k0; k < k0 + (k1 - k0 + SHARE - 1u) / SHARE * SHARE; k++) {
      columns_of_b[(k - k0) * LANES + lane] = load_b4(line_of(t.m, min(k, k1 - 1u)), columns);
    }
    for (var m = t.m; m < end; m += ROWS * BESIDE) {
      let k_end = select(k0, k1, any_live(m, ROWS * BESIDE));
      add_rows(t, m + lane / ACROSS * ROWS, k0, k_end, k1 == t.k_to, lane, share);
    }
    k0 = k1;
    if (k0 >= t.k_to) { break; }
  }
}

// Adds the terms k0 to k1 - 1, the last ones where `finished`, to the rows m to m + 15.
fn add_rows(t: Tile, m: u32, k0: u32, k1: u32, finished: bool, lane: u32, share: u32) {
  let n = t.n + 4u * (lane % ACROSS);
  let last = gemm_m() - 1u;
  let i0 = row_of(min(m, last));
  let i1 = row_of(min(m + 1u, last));
  let i2 = row_of(min(m + 2u, last));
  let i3 = row_of(min(m + 3u, last));
  let i4 = row_of(min(m + 4u, last));
  let i5 = row_of(min(m + 5u, last));
  let i6 = row_of(min(m + 6u, last));
  let i7 = row_of(min(m + 7u, last));
  let i8 = row_of(min(m + 8u, last));
  let i9 = row_of(min(m + 9u, last));
  let i10 = row_of(min(m + 10u, last));
  let i11 = row_of(min(m + 11u, last));
  let i12 = row_of(min(m + 12u, last));
  let i13 = row_of(min(m + 13u, last));
  let i14 = row_of(min(m + 14u, last));
  let i15 = row_of(min(m + 15u, last));
  var sums = Sums();
  for (var start = k0; start < k1; start += SHARE) {
    // Lanes past the end hand round zeros.
    let mine = start + share % SHARE;
    let j = inner_of(m, min(mine, k1 - 1u));
    let live = f32(mine < k1);
    let a = Column(
      live * vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j)),
      live * vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j)),
      live * vec4f(load_a(i8, j), load_a(i9, j), load_a(i10, j), load_a(i11, j)),
      live * vec4f(load_a(i12, j), load_a(i13, j), load_a(i14, j), load_a(i15, j)),
    );
    let at = (start - k0) * LANES + lane;
    // Reading two terms at a time lets a CPU work on one read while it waits for the other.
    let b0 = columns_of_b[at];
    let b1 = columns_of_b[at + LANES];
    add_outer(&sums, from_lane0(a), b0);
    add_outer(&sums, from_lane1(a), b1);
    let b2 = columns_of_b[at + 2u * LANES];
    let b3 = columns_of_b[at + 3u * LANES];
    add_outer(&sums, from_lane2(a), b2);
    add_outer(&sums, from_lane3(a), b3);
    if (SHARE == 8u) {
      let b4 = columns_of_b[at + 4u * LANES];
      let b5 = columns_of_b[at + 5u * LANES];
      add_outer(&sums, from_lane4(a), b4);
      add_outer(&sums, from_lane5(a), b5);
      let b6 = columns_of_b[at + 6u * LANES];
      let b7 = columns_of_b[at + 7u * LANES];
      add_outer(&sums, from_lane6(a), b6);
      add_outer(&sums, from_lane7(a), b7);
    }
  }
  put_rows(t.split, m, n, sums, ACCUMULATE | (GOES_ON & (k0 > t.k_from)), !GOES_ON | finished);
}

// What a lane holds, to all SHARE lanes. The lane must be a constant.
fn from_lane0(v: Column) -> Column {
  if (SHARE == 4u) { return Column(quadBroadcast(v.a, 0u), quadBroadcast(v.b, 0u), quadBroadcast(v.c, 0u), quadBroadcast(v.d, 0u)); }
  return Column(subgroupBroadcast(v.a, 0u), subgroupBroadcast(v.b, 0u), subgroupBroadcast(v.c, 0u), subgroupBroadcast(v.d, 0u));
}
fn from_lane1(v: Column) -> Column {
  if (SHARE == 4u) { return Column(quadBroadcast(v.a, 1u), quadBroadcast(v.b, 1u), quadBroadcast(v.c, 1u), quadBroadcast(v.d, 1u)); }
  return Column(subgroupBroadcast(v.a, 1u), subgroupBroadcast(v.b, 1u), subgroupBroadcast(v.c, 1u), subgroupBroadcast(v.d, 1u));
}
fn from_lane2(v: Column) -> Column {
  if (SHARE == 4u) { return Column(quadBroadcast(v.a, 2u), quadBroadcast(v.b, 2u), quadBroadcast(v.c, 2u), quadBroadcast(v.d, 2u)); }
  return Column(subgroupBroadcast(v.a, 2u), subgroupBroadcast(v.b, 2u), subgroupBroadcast(v.c, 2u), subgroupBroadcast(v.d, 2u));
}
fn from_lane3(v: Column) -> Column {
  if (SHARE == 4u) { return Column(quadBroadcast(v.a, 3u), quadBroadcast(v.b, 3u), quadBroadcast(v.c, 3u), quadBroadcast(v.d, 3u)); }
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
