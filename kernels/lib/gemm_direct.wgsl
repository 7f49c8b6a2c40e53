// The plain product loop, for any device: each lane makes 16 rows of 4 columns from memory; the lanes of a workgroup share
// the 16 rows, TILE_M. No barriers, no workgroup memory.

override LANES = TILE_N / 4u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let t = tile_of(flat_index(group, groups));
  if (t.split >= SPLITS) { return; }                                  // left over where the grid is folded
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
  for (var k = t.k_from; k < t.k_to; k++) {
    let j = inner_of(t.m, k);
    let a = Column(
      vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j)),
      vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j)),
      vec4f(load_a(i8, j), load_a(i9, j), load_a(i10, j), load_a(i11, j)),
      vec4f(load_a(i12, j), load_a(i13, j), load_a(i14, j), load_a(i15, j)),
    );
    add_outer(&sums, a, load_b4(line_of(t.m, k), columns));
  }
  put_rows(t.split, t.m, n, sums, ACCUMULATE, true);
}
