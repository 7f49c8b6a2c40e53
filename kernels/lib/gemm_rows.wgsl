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

// Adds the sums to what rows m to m + 15 hold where they were begun, and stores them where they are finished. In a loop, since
// code written out 16 times takes long to compile.
fn put_rows(split: u32, m: u32, n: u32, sums: Sums, begun: bool, finished: bool) {
  var rows = array<vec4f, ROWS>(sums.r0, sums.r1, sums.r2, sums.r3, sums.r4, sums.r5, sums.r6, sums.r7,
                                sums.r8, sums.r9, sums.r10, sums.r11, sums.r12, sums.r13, sums.r14, sums.r15);
  for (var r = 0u; m + r < min(m + ROWS, gemm_m()); r++) { put_row(split, m + r, n, rows[r], begun, finished); }
}
