// The product loop for few rows: each lane makes 4 rows, TILE_M, of 4 columns, so that b is read with little waste. No
// barriers, no workgroup memory.

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
  var r0 = vec4f();
  var r1 = vec4f();
  var r2 = vec4f();
  var r3 = vec4f();
  for (var k = t.k_from; k < t.k_to; k++) {
    let j = inner_of(t.m, k);
    let b = load_b4(line_of(t.m, k), columns);
    r0 += load_a(i0, j) * b;
    r1 += load_a(i1, j) * b;
    r2 += load_a(i2, j) * b;
    r3 += load_a(i3, j) * b;
  }
  put_row(t.split, t.m, n, r0, ACCUMULATE, true);
  put_row(t.split, t.m + 1u, n, r1, ACCUMULATE, true);
  put_row(t.split, t.m + 2u, n, r2, ACCUMULATE, true);
  put_row(t.split, t.m + 3u, n, r3, ACCUMULATE, true);
}
