// Sums of 16 rows of 4 columns, for the loops in which a lane makes that many.
const ROWS = 16u;                                                     // rows a lane makes at a time

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

// In loops, since code written out 16 times takes long to compile.
fn store_rows(split: u32, m: u32, n: u32, sums: Sums, finished: bool) {
  var rows = array<vec4f, ROWS>(sums.r0, sums.r1, sums.r2, sums.r3, sums.r4, sums.r5, sums.r6, sums.r7,
                                sums.r8, sums.r9, sums.r10, sums.r11, sums.r12, sums.r13, sums.r14, sums.r15);
  for (var r = 0u; m + r < min(m + ROWS, gemm_m()); r++) {
    if (finished) { store_row(split, m + r, n, rows[r]); } else { keep_row(split, m + r, n, rows[r]); }
  }
}

// What rows m to m + 15 of 4 columns hold that `keep` put there.
fn held_rows(split: u32, m: u32, n: vec4u) -> Sums {
  var rows = array<vec4f, ROWS>();
  for (var r = 0u; m + r < min(m + ROWS, gemm_m()); r++) { rows[r] = held_row(split, m + r, n); }
  return Sums(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7],
              rows[8], rows[9], rows[10], rows[11], rows[12], rows[13], rows[14], rows[15]);
}

fn held_row(split: u32, m: u32, n: vec4u) -> vec4f {
  return vec4f(held(split, m, n.x), held(split, m, n.y), held(split, m, n.z), held(split, m, n.w));
}

fn keep_row(split: u32, m: u32, n: u32, v: vec4f) {
  if (n >= gemm_n()) { return; }
  keep(split, m, n, v.x);
  if (n + 1u < gemm_n()) { keep(split, m, n + 1u, v.y); }
  if (n + 2u < gemm_n()) { keep(split, m, n + 2u, v.z); }
  if (n + 3u < gemm_n()) { keep(split, m, n + 3u, v.w); }
}

// What a row's sums begin from.
fn first_row(split: u32, m: u32, n: u32) -> vec4f {
  if (!ACCUMULATE) { return vec4f(); }
  return held_row(split, min(m, gemm_m() - 1u), columns_from(n));
}
