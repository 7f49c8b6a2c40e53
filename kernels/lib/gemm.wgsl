// The inner loop that every matrix product here shares: for each m < gemm_m() and n < gemm_n()
//   store(split, m, n, sum_k load_a(row_of(m), inner_of(m, k)) load_b(line_of(m, k), n))
// The terms k < gemm_k(m), a number that 8 rows share, are dealt to SPLITS results, in order. Each lane makes 8 rows of 4 columns, and the lanes of a
// workgroup share the 8 rows. No barriers. The kernel gives Row, Inner, Line and the functions named above. Indices stay in
// bounds: rows and columns past the last repeat it and are not stored.


override LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each
override SPLITS: u32 = 1u;                                             // parts that k is dealt to

struct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }

fn add_outer(sums: ptr<function, Sums>, lo: vec4f, hi: vec4f, b: vec4f) {
  (*sums).r0 += lo.x * b;
  (*sums).r1 += lo.y * b;
  (*sums).r2 += lo.z * b;
  (*sums).r3 += lo.w * b;
  (*sums).r4 += hi.x * b;
  (*sums).r5 += hi.y * b;
  (*sums).r6 += hi.z * b;
  (*sums).r7 += hi.w * b;
}

fn load_b4(line: Line, n: vec4u) -> vec4f {
  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));
}

fn store_row(split: u32, m: u32, n: u32, v: vec4f) {
  if (m >= gemm_m()) { return; }
  if (n < gemm_n()) { store(split, m, n, v.x); }
  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }
  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }
  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n
  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split
  let block = flat_index(group, groups);
  let split = block / tiles;
  if (split >= SPLITS) { return; }                                     // left over where the grid is folded
  let tile = block % tiles;
  let m = tile / across * 8u;
  let n = (tile % across * LANES + lane) * 4u;
  let columns = min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u));
  let last = gemm_m() - 1u;
  let i0 = row_of(min(m, last));
  let i1 = row_of(min(m + 1u, last));
  let i2 = row_of(min(m + 2u, last));
  let i3 = row_of(min(m + 3u, last));
  let i4 = row_of(min(m + 4u, last));
  let i5 = row_of(min(m + 5u, last));
  let i6 = row_of(min(m + 6u, last));
  let i7 = row_of(min(m + 7u, last));
  let terms = gemm_k(m);
  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split
  let k_from = split * span;
  let k_to = min(terms, k_from + span);
  var sums = Sums();
  for (var k = k_from; k < k_to; k++) {
    let j = inner_of(m, k);
    let lo = vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j));
    let hi = vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j));
    add_outer(&sums, lo, hi, load_b4(line_of(m, k), columns));
  }
  store_row(split, m, n, sums.r0);
  store_row(split, m + 1u, n, sums.r1);
  store_row(split, m + 2u, n, sums.r2);
  store_row(split, m + 3u, n, sums.r3);
  store_row(split, m + 4u, n, sums.r4);
  store_row(split, m + 5u, n, sums.r5);
  store_row(split, m + 6u, n, sums.r6);
  store_row(split, m + 7u, n, sums.r7);
}
