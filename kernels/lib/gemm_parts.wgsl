// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 8 rows of 4 columns a lane.

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

// What a workgroup makes: the rows m to m + 7 of 4 LANES columns, for one part of the sum. The same for all lanes, as
// subgroup operations demand of what the control flow hangs on.
struct Tile {
  split: u32,                                                          // SPLITS or more where there is nothing to do
  m: u32,
  n: u32,                                                              // the first lane's first column
  k_from: u32,
  k_to: u32,
}

fn tile_of(block: u32) -> Tile {
  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n
  let tiles = (gemm_m() + 7u) / 8u * across;                           // workgroups of one split
  let split = block / tiles;
  let m = block % tiles / across * 8u;
  let terms = gemm_k(m);
  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split
  return Tile(split, m, block % tiles % across * LANES * 4u, split * span, min(terms, split * span + span));
}

// The columns n to n + 3, kept in bounds.
fn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }

fn store_rows(t: Tile, n: u32, sums: Sums) {
  store_row(t.split, t.m, n, sums.r0);
  store_row(t.split, t.m + 1u, n, sums.r1);
  store_row(t.split, t.m + 2u, n, sums.r2);
  store_row(t.split, t.m + 3u, n, sums.r3);
  store_row(t.split, t.m + 4u, n, sums.r4);
  store_row(t.split, t.m + 5u, n, sums.r5);
  store_row(t.split, t.m + 6u, n, sums.r6);
  store_row(t.split, t.m + 7u, n, sums.r7);
}
