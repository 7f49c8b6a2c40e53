// What the loops of lib/gemm.wgsl and lib/gemm_subgroup.wgsl share: 16 rows of 4 columns a lane.

override LANES: u32 = 32u;                                             // lanes per workgroup, 4 columns each
override SPLITS: u32 = 1u;                                             // parts that k is dealt to
const ROWS = 16u;                                                      // rows a lane makes
const PANEL = 8u;                                                      // workgroups along n of a panel

struct Sums {
  r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f,
  r8: vec4f, r9: vec4f, r10: vec4f, r11: vec4f, r12: vec4f, r13: vec4f, r14: vec4f, r15: vec4f,
}

// The elements of a for one k, of all rows.
struct Column { a: vec4f, b: vec4f, c: vec4f, d: vec4f }

fn add_outer(sums: ptr<function, Sums>, a: Column, b: vec4f) {
  (*sums).r0 += a.a.x * b;
  (*sums).r1 += a.a.y * b;
  (*sums).r2 += a.a.z * b;
  (*sums).r3 += a.a.w * b;
  (*sums).r4 += a.b.x * b;
  (*sums).r5 += a.b.y * b;
  (*sums).r6 += a.b.z * b;
  (*sums).r7 += a.b.w * b;
  (*sums).r8 += a.c.x * b;
  (*sums).r9 += a.c.y * b;
  (*sums).r10 += a.c.z * b;
  (*sums).r11 += a.c.w * b;
  (*sums).r12 += a.d.x * b;
  (*sums).r13 += a.d.y * b;
  (*sums).r14 += a.d.z * b;
  (*sums).r15 += a.d.w * b;
}

// What a workgroup makes: the rows m to m + 15 of 4 LANES columns, for one part of the sum. The same for all lanes, as
// subgroup operations demand of what the control flow hangs on.
struct Tile {
  split: u32,                                                          // SPLITS or more where there is nothing to do
  m: u32,
  n: u32,                                                              // the first lane's first column
  k_from: u32,
  k_to: u32,
}

// Workgroups that lie next to one another in the grid work on one panel of columns, which then stays in the cache.
fn tile_of(block: u32) -> Tile {
  let across = (gemm_n() + 4u * LANES - 1u) / (4u * LANES);            // workgroups along n
  let down = (gemm_m() + ROWS - 1u) / ROWS;                            // and along m
  let split = block / (across * down);
  let inner = block % (across * down);
  let panel = inner / (down * PANEL);
  let wide = min(PANEL, across - panel * PANEL);
  let place = inner - panel * down * PANEL;
  let m = place / wide * ROWS;
  let terms = gemm_k(m);
  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;          // terms of one split
  return Tile(split, m, (panel * PANEL + place % wide) * LANES * 4u, split * span, min(terms, split * span + span));
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
  store_row(t.split, t.m + 8u, n, sums.r8);
  store_row(t.split, t.m + 9u, n, sums.r9);
  store_row(t.split, t.m + 10u, n, sums.r10);
  store_row(t.split, t.m + 11u, n, sums.r11);
  store_row(t.split, t.m + 12u, n, sums.r12);
  store_row(t.split, t.m + 13u, n, sums.r13);
  store_row(t.split, t.m + 14u, n, sums.r14);
  store_row(t.split, t.m + 15u, n, sums.r15);
}
