// The product loop for GPUs: a workgroup copies DEPTH terms of its rows of a and of its columns of b to workgroup memory, then
// each lane makes 8 rows of 8 columns from there: 64 multiply-adds for 4 reads of vec4. Lanes lie TILE_N / 8 across and
// TILE_M / 8 down; a lane's rows and columns are two quads, half a tile apart, so that neighbours read neighbouring banks.

const DEPTH = 16u;                                                    // terms copied at once
override ACROSS = TILE_N / 8u;
override DOWN = TILE_M / 8u;
override LANES = ACROSS * DOWN;
override QUADS_A = TILE_M / 4u + 1u;                                  // a row of tile_a, and one that spreads banks
override QUADS_B = TILE_N / 4u;
var<workgroup> tile_a: array<vec4f, DEPTH * QUADS_A>;                 // (k, 4 rows)
var<workgroup> tile_b: array<vec4f, DEPTH * QUADS_B>;                 // (k, 4 columns)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let t = tile_of(flat_index(group, groups));
  if (t.split >= SPLITS) { return; }                                  // left over where the grid is folded
  let x = lane % ACROSS;
  let y = lane / ACROSS;
  let last = gemm_m() - 1u;
  var r0 = vec4f();
  var r1 = vec4f();
  var r2 = vec4f();
  var r3 = vec4f();
  var r4 = vec4f();
  var r5 = vec4f();
  var r6 = vec4f();
  var r7 = vec4f();
  var r8 = vec4f();
  var r9 = vec4f();
  var r10 = vec4f();
  var r11 = vec4f();
  var r12 = vec4f();
  var r13 = vec4f();
  var r14 = vec4f();
  var r15 = vec4f();
  for (var k0 = t.k_from; k0 < t.k_to; k0 += DEPTH) {
    for (var e = lane; e < DEPTH * DOWN * 2u; e += LANES) {           // neighbouring lanes read neighbouring k
      let k = k0 + e % DEPTH;
      let m = t.m + 4u * (e / DEPTH);
      let j = inner_of(t.m, min(k, t.k_to - 1u));
      let v = vec4f(
        load_a(row_of(min(m, last)), j),
        load_a(row_of(min(m + 1u, last)), j),
        load_a(row_of(min(m + 2u, last)), j),
        load_a(row_of(min(m + 3u, last)), j),
      );
      tile_a[e % DEPTH * QUADS_A + e / DEPTH] = select(vec4f(), v, k < t.k_to);
    }
    for (var e = lane; e < DEPTH * QUADS_B; e += LANES) {
      let k = min(k0 + e / QUADS_B, t.k_to - 1u);                     // past the end a is zero
      tile_b[e] = load_b4(line_of(t.m, k), columns_from(t.n + 4u * (e % QUADS_B)));
    }
    workgroupBarrier();                                               // tiles are whole
    for (var k = 0u; k < DEPTH; k++) {
      let a0 = tile_a[k * QUADS_A + y];
      let a1 = tile_a[k * QUADS_A + DOWN + y];
      let b0 = tile_b[k * QUADS_B + x];
      let b1 = tile_b[k * QUADS_B + ACROSS + x];
      r0 += a0.x * b0;
      r1 += a0.x * b1;
      r2 += a0.y * b0;
      r3 += a0.y * b1;
      r4 += a0.z * b0;
      r5 += a0.z * b1;
      r6 += a0.w * b0;
      r7 += a0.w * b1;
      r8 += a1.x * b0;
      r9 += a1.x * b1;
      r10 += a1.y * b0;
      r11 += a1.y * b1;
      r12 += a1.z * b0;
      r13 += a1.z * b1;
      r14 += a1.w * b0;
      r15 += a1.w * b1;
    }
    workgroupBarrier();                                               // tiles have been read
  }
  let m0 = t.m + 4u * y;
  let m1 = m0 + TILE_M / 2u;
  let n0 = t.n + 4u * x;
  let n1 = n0 + TILE_N / 2u;
  put_row(t.split, m0, n0, r0, ACCUMULATE, true);
  put_row(t.split, m0, n1, r1, ACCUMULATE, true);
  put_row(t.split, m0 + 1u, n0, r2, ACCUMULATE, true);
  put_row(t.split, m0 + 1u, n1, r3, ACCUMULATE, true);
  put_row(t.split, m0 + 2u, n0, r4, ACCUMULATE, true);
  put_row(t.split, m0 + 2u, n1, r5, ACCUMULATE, true);
  put_row(t.split, m0 + 3u, n0, r6, ACCUMULATE, true);
  put_row(t.split, m0 + 3u, n1, r7, ACCUMULATE, true);
  put_row(t.split, m1, n0, r8, ACCUMULATE, true);
  put_row(t.split, m1, n1, r9, ACCUMULATE, true);
  put_row(t.split, m1 + 1u, n0, r10, ACCUMULATE, true);
  put_row(t.split, m1 + 1u, n1, r11, ACCUMULATE, true);
  put_row(t.split, m1 + 2u, n0, r12, ACCUMULATE, true);
  put_row(t.split, m1 + 2u, n1, r13, ACCUMULATE, true);
  put_row(t.split, m1 + 3u, n0, r14, ACCUMULATE, true);
  put_row(t.split, m1 + 3u, n1, r15, ACCUMULATE, true);
}
