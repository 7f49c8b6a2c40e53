/**
 * The kernels: WGSL, and what it is bound to. Written by kernels/generate.ts from kernels/*.wgsl. Do not edit.
 * @module knotgrad/kernels
 */

/** A kernel's extensions, which WGSL wants first, then its file and the helpers that it uses. */
const wgsl = (enabling: string, ...texts: string[]): string => enabling + texts.join("\n");

const centerPullPart = "\n\nfn center_pull(n: u32, e: u32, center: Element) -> Element {\n  var sum = Element();\n  var count = 0.0;\n  for (var m = n; m < N; m = next[m]) {\n    sum += center - x[m * (D / WIDTH) + e];\n    count += 1.0;\n  }\n  return sum / (1.0 + count);\n}\n";
const channelsPart = "\nalias Element = f32;\nalias Source = f32;\nalias StoredElement = Stored;\nalias StoredSource = Stored;\noverride WIDTH: u32 = 1u;\nconst SOURCE = 1u;\n";
const channelsSplatPart = "\n\nalias Element = vec4f;\nalias Source = f32;\nalias StoredElement = vec4<Stored>;\nalias StoredSource = Stored;\noverride WIDTH: u32 = 4u;\nconst SOURCE = 1u;\n";
const channelsVec4Part = "\n\nalias Element = vec4f;\nalias Source = vec4f;\nalias StoredElement = vec4<Stored>;\nalias StoredSource = vec4<Stored>;\noverride WIDTH: u32 = 4u;\nconst SOURCE = 4u;\n";
const columnsPart = "\n\nalias Columns = f32;\nalias StoredColumns = Stored;\nconst WIDTH = 1u;\n\nfn load_b4(line: Line, n: vec4u) -> vec4f {\n  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));\n}\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  store(split, m, n, v.x);\n  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }\n}\n";
const columnsVec4Part = "\n\nalias Columns = vec4f;\nalias StoredColumns = vec4<Stored>;\nconst WIDTH = 4u;\n\nfn load_b4(line: Line, n: vec4u) -> vec4f { return load_b(line, n.x); }\n\nfn store_row(split: u32, m: u32, n: u32, v: vec4f) {\n  store(split, m, n, v.x);\n  store(split, m, n + 1u, v.y);\n  store(split, m, n + 2u, v.z);\n  store(split, m, n + 3u, v.w);\n}\n";
const elementPart = "\nalias Element = f32;\nalias StoredElement = Stored;\noverride WIDTH: u32 = 1u;\nfn square_of(v: Element) -> f32 { return v * v; }\n";
const elementVec4Part = "\nalias Element = vec4f;\nalias StoredElement = vec4<Stored>;\noverride WIDTH: u32 = 4u;\nfn square_of(v: Element) -> f32 { return dot(v, v); }\n";
const expPart = "\n\nfn exp_of(x: f32, more: f32) -> f32 {\n  let v = max(x, -89.0);\n  let n = max(round(v * 1.44269504), -127.0);\n  let rest = (v - n * 0.693359375) + (n * 2.12194440e-4 + more);\n  return exp(rest) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n";
const gemmDirectPart = "\n\n\noverride LANES = TILE_N / 4u;\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  let i4 = row_of(min(t.m + 4u, last));\n  let i5 = row_of(min(t.m + 5u, last));\n  let i6 = row_of(min(t.m + 6u, last));\n  let i7 = row_of(min(t.m + 7u, last));\n  let i8 = row_of(min(t.m + 8u, last));\n  let i9 = row_of(min(t.m + 9u, last));\n  let i10 = row_of(min(t.m + 10u, last));\n  let i11 = row_of(min(t.m + 11u, last));\n  let i12 = row_of(min(t.m + 12u, last));\n  let i13 = row_of(min(t.m + 13u, last));\n  let i14 = row_of(min(t.m + 14u, last));\n  let i15 = row_of(min(t.m + 15u, last));\n  var sums = Sums();\n  for (var k = t.k_from; k < t.k_to; k++) {\n    let j = inner_of(t.m, k);\n    let a = Column(\n      vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j)),\n      vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j)),\n      vec4f(load_a(i8, j), load_a(i9, j), load_a(i10, j), load_a(i11, j)),\n      vec4f(load_a(i12, j), load_a(i13, j), load_a(i14, j), load_a(i15, j)),\n    );\n    add_outer(&sums, a, load_b4(line_of(t.m, k), columns));\n  }\n  put_rows(t.split, t.m, n, sums, ACCUMULATE, true);\n}\n";
const gemmFewPart = "\n\n\noverride LANES = TILE_N / 4u;\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }\n  let n = t.n + 4u * lane;\n  let columns = columns_from(n);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(t.m, last));\n  let i1 = row_of(min(t.m + 1u, last));\n  let i2 = row_of(min(t.m + 2u, last));\n  let i3 = row_of(min(t.m + 3u, last));\n  var r0 = vec4f();\n  var r1 = vec4f();\n  var r2 = vec4f();\n  var r3 = vec4f();\n  for (var k = t.k_from; k < t.k_to; k++) {\n    let j = inner_of(t.m, k);\n    let b = load_b4(line_of(t.m, k), columns);\n    r0 += load_a(i0, j) * b;\n    r1 += load_a(i1, j) * b;\n    r2 += load_a(i2, j) * b;\n    r3 += load_a(i3, j) * b;\n  }\n  put_row(t.split, t.m, n, r0, ACCUMULATE, true);\n  put_row(t.split, t.m + 1u, n, r1, ACCUMULATE, true);\n  put_row(t.split, t.m + 2u, n, r2, ACCUMULATE, true);\n  put_row(t.split, t.m + 3u, n, r3, ACCUMULATE, true);\n}\n";
const gemmPanelPart = "\n\n\n\n\n\n\n\n\noverride SHARE: u32 = 4u;\noverride BESIDE: u32 = 1u;\noverride DEPTH: u32 = 32u;\noverride GOES_ON: bool = false;\noverride ACROSS = TILE_N / 4u;\noverride LANES = ACROSS * BESIDE;\nvar<workgroup> columns_of_b: array<vec4f, DEPTH * LANES>;\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) share: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }\n  let columns = columns_from(t.n + 4u * (lane % ACROSS));\n  let end = min(t.m + TILE_M, gemm_m());\n  var k0 = t.k_from;\n  loop {\n    let k1 = min(k0 + DEPTH, t.k_to);\n\n    for (var k = k0; k < k0 + (k1 - k0 + SHARE - 1u) / SHARE * SHARE; k++) {\n      columns_of_b[(k - k0) * LANES + lane] = load_b4(line_of(t.m, min(k, k1 - 1u)), columns);\n    }\n    for (var m = t.m; m < end; m += ROWS * BESIDE) {\n      let k_end = select(k0, k1, any_live(m, ROWS * BESIDE));\n      add_rows(t, m + lane / ACROSS * ROWS, k0, k_end, k1 == t.k_to, lane, share);\n    }\n    k0 = k1;\n    if (k0 >= t.k_to) { break; }\n  }\n}\n\n\nfn add_rows(t: Tile, m: u32, k0: u32, k1: u32, finished: bool, lane: u32, share: u32) {\n  let n = t.n + 4u * (lane % ACROSS);\n  let last = gemm_m() - 1u;\n  let i0 = row_of(min(m, last));\n  let i1 = row_of(min(m + 1u, last));\n  let i2 = row_of(min(m + 2u, last));\n  let i3 = row_of(min(m + 3u, last));\n  let i4 = row_of(min(m + 4u, last));\n  let i5 = row_of(min(m + 5u, last));\n  let i6 = row_of(min(m + 6u, last));\n  let i7 = row_of(min(m + 7u, last));\n  let i8 = row_of(min(m + 8u, last));\n  let i9 = row_of(min(m + 9u, last));\n  let i10 = row_of(min(m + 10u, last));\n  let i11 = row_of(min(m + 11u, last));\n  let i12 = row_of(min(m + 12u, last));\n  let i13 = row_of(min(m + 13u, last));\n  let i14 = row_of(min(m + 14u, last));\n  let i15 = row_of(min(m + 15u, last));\n  var sums = Sums();\n  for (var start = k0; start < k1; start += SHARE) {\n\n    let mine = start + share % SHARE;\n    let j = inner_of(m, min(mine, k1 - 1u));\n    let live = f32(mine < k1);\n    let a = Column(\n      live * vec4f(load_a(i0, j), load_a(i1, j), load_a(i2, j), load_a(i3, j)),\n      live * vec4f(load_a(i4, j), load_a(i5, j), load_a(i6, j), load_a(i7, j)),\n      live * vec4f(load_a(i8, j), load_a(i9, j), load_a(i10, j), load_a(i11, j)),\n      live * vec4f(load_a(i12, j), load_a(i13, j), load_a(i14, j), load_a(i15, j)),\n    );\n    let at = (start - k0) * LANES + lane;\n\n    let b0 = columns_of_b[at];\n    let b1 = columns_of_b[at + LANES];\n    add_outer(&sums, from_lane0(a), b0);\n    add_outer(&sums, from_lane1(a), b1);\n    let b2 = columns_of_b[at + 2u * LANES];\n    let b3 = columns_of_b[at + 3u * LANES];\n    add_outer(&sums, from_lane2(a), b2);\n    add_outer(&sums, from_lane3(a), b3);\n    if (SHARE == 8u) {\n      let b4 = columns_of_b[at + 4u * LANES];\n      let b5 = columns_of_b[at + 5u * LANES];\n      add_outer(&sums, from_lane4(a), b4);\n      add_outer(&sums, from_lane5(a), b5);\n      let b6 = columns_of_b[at + 6u * LANES];\n      let b7 = columns_of_b[at + 7u * LANES];\n      add_outer(&sums, from_lane6(a), b6);\n      add_outer(&sums, from_lane7(a), b7);\n    }\n  }\n  put_rows(t.split, m, n, sums, ACCUMULATE | (GOES_ON & (k0 > t.k_from)), !GOES_ON | finished);\n}\n\n\nfn from_lane0(v: Column) -> Column {\n  if (SHARE == 4u) { return Column(quadBroadcast(v.a, 0u), quadBroadcast(v.b, 0u), quadBroadcast(v.c, 0u), quadBroadcast(v.d, 0u)); }\n  return Column(subgroupBroadcast(v.a, 0u), subgroupBroadcast(v.b, 0u), subgroupBroadcast(v.c, 0u), subgroupBroadcast(v.d, 0u));\n}\nfn from_lane1(v: Column) -> Column {\n  if (SHARE == 4u) { return Column(quadBroadcast(v.a, 1u), quadBroadcast(v.b, 1u), quadBroadcast(v.c, 1u), quadBroadcast(v.d, 1u)); }\n  return Column(subgroupBroadcast(v.a, 1u), subgroupBroadcast(v.b, 1u), subgroupBroadcast(v.c, 1u), subgroupBroadcast(v.d, 1u));\n}\nfn from_lane2(v: Column) -> Column {\n  if (SHARE == 4u) { return Column(quadBroadcast(v.a, 2u), quadBroadcast(v.b, 2u), quadBroadcast(v.c, 2u), quadBroadcast(v.d, 2u)); }\n  return Column(subgroupBroadcast(v.a, 2u), subgroupBroadcast(v.b, 2u), subgroupBroadcast(v.c, 2u), subgroupBroadcast(v.d, 2u));\n}\nfn from_lane3(v: Column) -> Column {\n  if (SHARE == 4u) { return Column(quadBroadcast(v.a, 3u), quadBroadcast(v.b, 3u), quadBroadcast(v.c, 3u), quadBroadcast(v.d, 3u)); }\n  return Column(subgroupBroadcast(v.a, 3u), subgroupBroadcast(v.b, 3u), subgroupBroadcast(v.c, 3u), subgroupBroadcast(v.d, 3u));\n}\nfn from_lane4(v: Column) -> Column {\n  return Column(subgroupBroadcast(v.a, 4u), subgroupBroadcast(v.b, 4u), subgroupBroadcast(v.c, 4u), subgroupBroadcast(v.d, 4u));\n}\nfn from_lane5(v: Column) -> Column {\n  return Column(subgroupBroadcast(v.a, 5u), subgroupBroadcast(v.b, 5u), subgroupBroadcast(v.c, 5u), subgroupBroadcast(v.d, 5u));\n}\nfn from_lane6(v: Column) -> Column {\n  return Column(subgroupBroadcast(v.a, 6u), subgroupBroadcast(v.b, 6u), subgroupBroadcast(v.c, 6u), subgroupBroadcast(v.d, 6u));\n}\nfn from_lane7(v: Column) -> Column {\n  return Column(subgroupBroadcast(v.a, 7u), subgroupBroadcast(v.b, 7u), subgroupBroadcast(v.c, 7u), subgroupBroadcast(v.d, 7u));\n}\n";
const gemmRowsPart = "\nconst ROWS = 16u;\n\nstruct Sums {\n  r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f,\n  r8: vec4f, r9: vec4f, r10: vec4f, r11: vec4f, r12: vec4f, r13: vec4f, r14: vec4f, r15: vec4f,\n}\n\n\nstruct Column { a: vec4f, b: vec4f, c: vec4f, d: vec4f }\n\nfn add_outer(sums: ptr<function, Sums>, a: Column, b: vec4f) {\n  (*sums).r0 += a.a.x * b;\n  (*sums).r1 += a.a.y * b;\n  (*sums).r2 += a.a.z * b;\n  (*sums).r3 += a.a.w * b;\n  (*sums).r4 += a.b.x * b;\n  (*sums).r5 += a.b.y * b;\n  (*sums).r6 += a.b.z * b;\n  (*sums).r7 += a.b.w * b;\n  (*sums).r8 += a.c.x * b;\n  (*sums).r9 += a.c.y * b;\n  (*sums).r10 += a.c.z * b;\n  (*sums).r11 += a.c.w * b;\n  (*sums).r12 += a.d.x * b;\n  (*sums).r13 += a.d.y * b;\n  (*sums).r14 += a.d.z * b;\n  (*sums).r15 += a.d.w * b;\n}\n\n\n\nfn put_rows(split: u32, m: u32, n: u32, sums: Sums, begun: bool, finished: bool) {\n  var rows = array<vec4f, ROWS>(sums.r0, sums.r1, sums.r2, sums.r3, sums.r4, sums.r5, sums.r6, sums.r7,\n                                sums.r8, sums.r9, sums.r10, sums.r11, sums.r12, sums.r13, sums.r14, sums.r15);\n  for (var r = 0u; m + r < min(m + ROWS, gemm_m()); r++) { put_row(split, m + r, n, rows[r], begun, finished); }\n}\n";
const gemmTilePart = "\n\n\n\n\n\n\noverride TILE_M: u32 = 16u;\noverride TILE_N: u32 = 128u;\noverride SPLITS: u32 = 1u;\noverride ACCUMULATE: bool = false;\nconst PANEL = 256u;\n\n\n\nstruct Tile {\n  split: u32,\n  m: u32,\n  n: u32,\n  k_from: u32,\n  k_to: u32,\n}\n\n\nfn tile_of(block: u32) -> Tile {\n  let across = (gemm_n() + TILE_N - 1u) / TILE_N;\n  let down = (gemm_m() + TILE_M - 1u) / TILE_M;\n  let split = block / (across * down);\n  let inner = block % (across * down);\n  let most = max(1u, PANEL / TILE_N);\n  let panel = inner / (down * most);\n  let wide = min(most, across - panel * most);\n  let place = inner - panel * down * most;\n  let m = place / wide * TILE_M;\n  let terms = select(0u, gemm_k(m), any_live(m, TILE_M));\n  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;\n  let begin = min(terms, split * span);\n  return Tile(split, m, (panel * most + place % wide) * TILE_N, begin, min(terms, begin + span));\n}\n\n\nfn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }\n\n\nfn put_row(split: u32, m: u32, n: u32, sums: vec4f, begun: bool, finished: bool) {\n  if ((m >= gemm_m()) | (n >= gemm_n())) { return; }\n  var v = sums;\n  if (begun) {\n    let c = columns_from(n);\n    v += vec4f(held(split, m, c.x), held(split, m, c.y), held(split, m, c.z), held(split, m, c.w));\n  }\n  if (finished) { store_row(split, m, n, v); } else { keep_row(split, m, n, v); }\n}\n\nfn keep_row(split: u32, m: u32, n: u32, v: vec4f) {\n  keep(split, m, n, v.x);\n  if (n + 1u < gemm_n()) { keep(split, m, n + 1u, v.y); }\n  if (n + 2u < gemm_n()) { keep(split, m, n + 2u, v.z); }\n  if (n + 3u < gemm_n()) { keep(split, m, n + 3u, v.w); }\n}\n";
const gemmTiledPart = "\n\n\n\nconst DEPTH = 16u;\noverride ACROSS = TILE_N / 8u;\noverride DOWN = TILE_M / 8u;\noverride LANES = ACROSS * DOWN;\noverride QUADS_A = TILE_M / 4u + 1u;\noverride QUADS_B = TILE_N / 4u;\nvar<workgroup> tile_a: array<vec4f, DEPTH * QUADS_A>;\nvar<workgroup> tile_b: array<vec4f, DEPTH * QUADS_B>;\n\n@compute @workgroup_size(LANES)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let t = tile_of(flat_index(group, groups));\n  if (t.split >= SPLITS) { return; }\n  let x = lane % ACROSS;\n  let y = lane / ACROSS;\n  let last = gemm_m() - 1u;\n  var r0 = vec4f();\n  var r1 = vec4f();\n  var r2 = vec4f();\n  var r3 = vec4f();\n  var r4 = vec4f();\n  var r5 = vec4f();\n  var r6 = vec4f();\n  var r7 = vec4f();\n  var r8 = vec4f();\n  var r9 = vec4f();\n  var r10 = vec4f();\n  var r11 = vec4f();\n  var r12 = vec4f();\n  var r13 = vec4f();\n  var r14 = vec4f();\n  var r15 = vec4f();\n  for (var k0 = t.k_from; k0 < t.k_to; k0 += DEPTH) {\n    for (var e = lane; e < DEPTH * DOWN * 2u; e += LANES) {\n      let k = k0 + e % DEPTH;\n      let m = t.m + 4u * (e / DEPTH);\n      let j = inner_of(t.m, min(k, t.k_to - 1u));\n      let v = vec4f(\n        load_a(row_of(min(m, last)), j),\n        load_a(row_of(min(m + 1u, last)), j),\n        load_a(row_of(min(m + 2u, last)), j),\n        load_a(row_of(min(m + 3u, last)), j),\n      );\n      tile_a[e % DEPTH * QUADS_A + e / DEPTH] = select(vec4f(), v, k < t.k_to);\n    }\n    for (var e = lane; e < DEPTH * QUADS_B; e += LANES) {\n      let k = min(k0 + e / QUADS_B, t.k_to - 1u);\n      tile_b[e] = load_b4(line_of(t.m, k), columns_from(t.n + 4u * (e % QUADS_B)));\n    }\n    workgroupBarrier();\n    for (var k = 0u; k < DEPTH; k++) {\n      let a0 = tile_a[k * QUADS_A + y];\n      let a1 = tile_a[k * QUADS_A + DOWN + y];\n      let b0 = tile_b[k * QUADS_B + x];\n      let b1 = tile_b[k * QUADS_B + ACROSS + x];\n      r0 += a0.x * b0;\n      r1 += a0.x * b1;\n      r2 += a0.y * b0;\n      r3 += a0.y * b1;\n      r4 += a0.z * b0;\n      r5 += a0.z * b1;\n      r6 += a0.w * b0;\n      r7 += a0.w * b1;\n      r8 += a1.x * b0;\n      r9 += a1.x * b1;\n      r10 += a1.y * b0;\n      r11 += a1.y * b1;\n      r12 += a1.z * b0;\n      r13 += a1.z * b1;\n      r14 += a1.w * b0;\n      r15 += a1.w * b1;\n    }\n    workgroupBarrier();\n  }\n  let m0 = t.m + 4u * y;\n  let m1 = m0 + TILE_M / 2u;\n  let n0 = t.n + 4u * x;\n  let n1 = n0 + TILE_N / 2u;\n  put_row(t.split, m0, n0, r0, ACCUMULATE, true);\n  put_row(t.split, m0, n1, r1, ACCUMULATE, true);\n  put_row(t.split, m0 + 1u, n0, r2, ACCUMULATE, true);\n  put_row(t.split, m0 + 1u, n1, r3, ACCUMULATE, true);\n  put_row(t.split, m0 + 2u, n0, r4, ACCUMULATE, true);\n  put_row(t.split, m0 + 2u, n1, r5, ACCUMULATE, true);\n  put_row(t.split, m0 + 3u, n0, r6, ACCUMULATE, true);\n  put_row(t.split, m0 + 3u, n1, r7, ACCUMULATE, true);\n  put_row(t.split, m1, n0, r8, ACCUMULATE, true);\n  put_row(t.split, m1, n1, r9, ACCUMULATE, true);\n  put_row(t.split, m1 + 1u, n0, r10, ACCUMULATE, true);\n  put_row(t.split, m1 + 1u, n1, r11, ACCUMULATE, true);\n  put_row(t.split, m1 + 2u, n0, r12, ACCUMULATE, true);\n  put_row(t.split, m1 + 2u, n1, r13, ACCUMULATE, true);\n  put_row(t.split, m1 + 3u, n0, r14, ACCUMULATE, true);\n  put_row(t.split, m1 + 3u, n1, r15, ACCUMULATE, true);\n}\n";
const groupsPart = "\n\n\noverride GROUP_SPAN = (GROUP_M + TILE_M - 1u) / TILE_M * TILE_M;\n\nfn gemm_m() -> u32 { return select(groups * GROUP_SPAN, GROUP_M, groups == 1u); }\n\nfn group_of(m: u32) -> u32 { return select(m / GROUP_SPAN, 0u, groups == 1u); }\n\n\nfn row_in_group(m: u32) -> u32 { return select(min(m % GROUP_SPAN, GROUP_M - 1u), m, groups == 1u); }\nfn left_over(m: u32) -> bool { return (groups > 1u) & (m % GROUP_SPAN >= GROUP_M); }\n";
const indexPart = "\nfn flat_index(group: vec3u, groups: vec3u) -> u32 { return group.y * groups.x + group.x; }\n";
const log1pPart = "\n\nfn log1p(x: f32) -> f32 {\n  let t = x / (2.0 + x);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0 + u * (1.0 / 11.0 + u * (1.0 / 13.0))))));\n  return 2.0 * (t + t * tail);\n}\n";
const marginPart = "\n\n\noverride KIND: u32 = 1u;\n\nstruct Margin { value: f32, slope: f32, by_norm: f32 }\n\nfn margin(c: f32, norm: f32) -> Margin {\n  switch (KIND) {\n    case 2u, 5u: { return arc(c, m, 0.0); }\n    case 3u: {\n      let psi = folded(c);\n      return Margin(c + (psi.value - c) / (1.0 + lambda), 1.0 + (psi.slope - 1.0) / (1.0 + lambda), 0.0);\n    }\n    case 4u: {\n      let z = clamp(h * (clamp(norm, 0.001, 100.0) - mean) / (deviation + 0.001), -1.0, 1.0);\n      let angle = cos_sin(-m * z);\n      let inside = turned(c, angle);\n      let past = select(c > angle.x, c < -angle.x, z < 0.0);\n      let end = select(1.0, -1.0, z < 0.0);\n      return Margin(select(inside.value, end, past) - (m + m * z), select(inside.slope, 0.0, past), 0.0);\n    }\n    case 6u: {\n      let rise = (upper_margin - m) / (upper - lower);\n      let a = m + rise * (clamp(norm, lower, upper) - lower);\n      return arc(c, a, select(0.0, rise, norm >= lower && norm <= upper));\n    }\n    case 7u: {\n      let psi = multiplied(c);\n      return Margin(select(psi.value, -1.0, psi.k > 0.0), select(psi.slope, 0.0, psi.k > 0.0), 0.0);\n    }\n    default: { return Margin(c - m, 1.0, 0.0); }\n  }\n}\n\n\nfn arc(c: f32, a: f32, rise: f32) -> Margin {\n  let angle = cos_sin(a);\n  if (c > -angle.x) {\n    let inside = turned(c, angle);\n    return Margin(inside.value, inside.slope, -rise * (sine(c) * angle.x + c * angle.y));\n  }\n  return Margin(c - a * angle.y, 1.0, -rise * (angle.y + a * angle.x));\n}\n\n\nfn turned(c: f32, a: vec2f) -> Margin {\n  return Margin(c * a.x - sine(c) * a.y, a.x + c * a.y * over_sine(c), 0.0);\n}\n\n\nfn folded(c: f32) -> Margin {\n  let psi = multiplied(c);\n  let sign = select(1.0, -1.0, psi.k == 1.0 || psi.k == 3.0);\n  return Margin(sign * psi.value - 2.0 * psi.k, sign * psi.slope, 0.0);\n}\n\nstruct Multiple { value: f32, slope: f32, k: f32 }\n\n\n\nfn multiplied(c: f32) -> Multiple {\n  let whole = clamp(round(m), 1.0, 4.0);\n  var cos_whole = c;\n  var sin_whole = 1.0;\n  switch (u32(whole)) {\n    case 2u: {\n      cos_whole = 2.0 * c * c - 1.0;\n      sin_whole = 2.0 * c;\n    }\n    case 3u: {\n      cos_whole = (4.0 * c * c - 3.0) * c;\n      sin_whole = 4.0 * c * c - 1.0;\n    }\n    case 4u: {\n      cos_whole = 8.0 * c * c * (c * c - 1.0) + 1.0;\n      sin_whole = 4.0 * c * (2.0 * c * c - 1.0);\n    }\n    default: {}\n  }\n  let theta = arc_cosine(c);\n  let rest = cos_sin((m - whole) * theta);\n  let sin_rest = select(rest.y * over_sine(c), m - whole, c >= 1.0);\n  let k = clamp(floor(m * theta * 0.318309886), 0.0, ceil(m) - 1.0);\n  return Multiple(cos_whole * rest.x - sine(c) * sin_whole * rest.y, m * (sin_whole * rest.x + cos_whole * sin_rest), k);\n}\n\n\nfn sine(c: f32) -> f32 { return sqrt(max((1.0 - c) * (1.0 + c), 0.0)); }\n\n\nfn over_sine(c: f32) -> f32 { return inverseSqrt(max((1.0 - c) * (1.0 + c), 1e-7)); }\n\n\nfn cos_sin(a: f32) -> vec2f {\n  let q = a * a;\n  return vec2f(\n    1.0 - q / 2.0 * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0 * (1.0 - q / 90.0 * (1.0 - q / 132.0))))),\n    a * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0 * (1.0 - q / 110.0 * (1.0 - q / 156.0)))))));\n}\n\n\n\nfn arc_cosine(c: f32) -> f32 {\n  let a = min(abs(c), 1.0);\n  let far = a > 0.5;\n  let square = select(a * a, 0.5 * (1.0 - a), far);\n  let x = select(a, sqrt(square), far);\n  let p = 0.16666752 + square * (0.074953003 + square * (0.045470026 + square * (0.024181311 + square * 0.042163199)));\n  let arc_sine = x + x * square * p;\n  let theta = select(1.57079633 - arc_sine, 2.0 * arc_sine, far);\n  return select(theta, 3.14159265 - theta, c < 0.0);\n}\n";
const marginRowPart = "\nalias Element = f32;\noverride WIDTH: u32 = 1u;\nfn is_label(c: u32, y: u32) -> bool { return c == y; }\nfn part(v: Element, y: u32) -> f32 { return v; }\nfn sum_of(v: Element) -> f32 { return v; }\n";
const marginRowVec4Part = "\nalias Element = vec4f;\noverride WIDTH: u32 = 4u;\nfn is_label(c: u32, y: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) == vec4u(y); }\nfn part(v: Element, y: u32) -> f32 { return v[y % 4u]; }\nfn sum_of(v: Element) -> f32 { return (v.x + v.y) + (v.z + v.w); }\n";
const powerPart = "\n\nfn power(x: f32, y: f32) -> f32 {\n  if (y == 0.0) { return 1.0; }\n  if (x < 1.2e-38) { return 0.0; }\n  let bits = bitcast<u32>(x);\n\n  let e = i32((bits + 0x4afb0du) >> 23u) - 127;\n  let m = bitcast<f32>(bits - (u32(e) << 23u));\n  let t = (m - 1.0) / (m + 1.0);\n  let u = t * t;\n  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0))));\n  let log2_m = 2.88539008 * (t + t * tail);\n  let head = bitcast<f32>(bitcast<u32>(y) & 0xffff0000u);\n  let whole = round(head * f32(e));\n  let rest = (head * f32(e) - whole) + (y - head) * f32(e) + y * log2_m;\n  let more = round(rest);\n  let n = clamp(whole + more, -127.0, 0.0);\n  return exp2(clamp(rest - more, -1.0, 1.0)) * bitcast<f32>(u32(i32(n) + 127) << 23u);\n}\n";
const quadPart = "\nalias Element = f32;\n\nfn in_row(c: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) < vec4u(C); }\n\nfn load_quad(row: u32, c: u32) -> vec4f {\n  let i = row + min(vec4u(c, c + 1u, c + 2u, c + 3u), vec4u(C - 1u));\n  return vec4f(load(i.x), load(i.y), load(i.z), load(i.w));\n}\n\nfn load_one(row: u32, c: u32) -> f32 { return load(row + c); }\n\nfn store_quad(row: u32, c: u32, v: vec4f) {\n  if (c < C) { dlogits[row + c] = v.x; }\n  if (c + 1u < C) { dlogits[row + c + 1u] = v.y; }\n  if (c + 2u < C) { dlogits[row + c + 2u] = v.z; }\n  if (c + 3u < C) { dlogits[row + c + 3u] = v.w; }\n}\n";
const quadVec4Part = "\nalias Element = vec4f;\n\nfn in_row(c: u32) -> vec4<bool> { return vec4<bool>(c < C); }\n\nfn load_quad(row: u32, c: u32) -> vec4f { return load((row + min(c, C - 4u)) / 4u); }\n\nfn load_one(row: u32, c: u32) -> f32 { return load((row + c) / 4u)[c % 4u]; }\n\nfn store_quad(row: u32, c: u32, v: vec4f) {\n  if (c < C) { dlogits[(row + c) / 4u] = v; }\n}\n";
const reducePart = "\n\n\noverride WG: u32 = 64u;\n\nvar<workgroup> scratch: array<f32, WG>;\n\nfn group_sum(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] += scratch[lane + half]; }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n\nfn group_max(lane: u32, v: f32) -> f32 {\n  workgroupBarrier();\n  scratch[lane] = v;\n  workgroupBarrier();\n  for (var half = WG / 2u; half > 0u; half /= 2u) {\n    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }\n    workgroupBarrier();\n  }\n  return scratch[0];\n}\n";
const reduceSubgroupPart = "\n\n\noverride WG: u32 = 4u;\n\nfn group_sum(lane: u32, v: f32) -> f32 { return subgroupAdd(v); }\nfn group_max(lane: u32, v: f32) -> f32 { return subgroupMax(v); }\n";
const softmaxFinishPart = "\noverride SMOOTH: bool = false;\n\nstruct Sums {\n  top: f32,\n  others: f32,\n  below: f32,\n  own: f32,\n}\n\nconst NOTHING = -1e30;\n\n\nstruct Slopes { others: f32, all: f32, own: f32 }\n\nstruct Finished { loss: f32, p: f32, slopes: Slopes }\n\nfn finish(sums: Sums, s: f32) -> Finished {\n\n\n  let whole = s * (floor(sums.own) - floor(sums.top));\n  let broken = s * ((sums.own - floor(sums.own)) - (sums.top - floor(sums.top)));\n  let above = whole + broken;\n  let leads = above > 0.0;\n  let down = exp_of(select(whole, -whole, leads), select(broken, -broken, leads));\n  let own = select(down, 1.0, leads);\n  let share = select(1.0, down, leads);\n  let others = sums.others * share;\n  let total = own + others;\n  let p = own / total;\n  let q = others / total;\n  var nll = max(-above, 0.0) + log(total);\n  if (others <= own) { nll = log1p(others / own); }\n  let lse = s * sums.own + nll;\n  var ce = nll;\n  let n = f32(ALL);\n  if (SMOOTH) { ce += smoothing / n * s * ((n - 1.0) * (sums.own - sums.top) + sums.below); }\n\n  let w = weight(p, q, gamma);\n  let pull = w.value + select(w.fall * ce, 0.0, DETACHED);\n  let spread = w.value * smoothing / n;\n  let lift = 2.0 * z_loss * lse;\n  return Finished(w.value * ce + z_loss * lse * lse, p,\n                  Slopes(s * (pull + lift) / total * share, -s * spread, s * (spread * (n - 1.0) + lift * p - pull * q)));\n}\n";
const softmaxRowPart = "\noverride BLOCK = 16u * WG;\nstruct Block { a: vec4f, b: vec4f, c: vec4f, d: vec4f }\n\nfn sum_of(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }\nfn max_of(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }\n\n\nfn is_label(c: u32, y: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) == vec4u(y); }\n\nfn load_others(row: u32, c: u32, y: u32) -> vec4f {\n  return select(vec4f(NOTHING), load_quad(row, c), in_row(c) & !is_label(c, y));\n}\n\nfn load_block(row: u32, c: u32, y: u32) -> Block {\n  return Block(load_others(row, c, y), load_others(row, c + 4u * WG, y), load_others(row, c + 8u * WG, y),\n               load_others(row, c + 12u * WG, y));\n}\n\nfn exps(v: vec4f, top: f32, s: f32) -> vec4f { return exp2((v - top) * (s * 1.44269504)); }\n\n\nfn depth(v: vec4f, reference: f32) -> f32 { return sum_of(select(reference - v, vec4f(), v == vec4f(NOTHING))); }\n\n\n\n\nfn sum_classes(lane: u32, row: u32, y: u32, start: u32, end: u32, s: f32, block: ptr<function, Block>) -> Sums {\n  let reference = load_one(row, start);\n  let here = y >= start && y < end;\n  var own = 0.0;\n  if (here) { own = load_one(row, y); }\n  var top = f32(NOTHING);\n  var others = 0.0;\n  var below = 0.0;\n  for (var from_class = start; from_class < end; from_class += 64u * BLOCK) {\n    var run = 0.0;\n    var run_below = 0.0;\n    for (var c = from_class; c < min(from_class + 64u * BLOCK, end); c += BLOCK) {\n      let v = load_block(row, c + 4u * lane, y);\n      let higher = max(top, max_of(max(max(v.a, v.b), max(v.c, v.d))));\n      let rescale = exp2((top - higher) * (s * 1.44269504));\n      let sum = (exps(v.a, higher, s) + exps(v.b, higher, s)) + (exps(v.c, higher, s) + exps(v.d, higher, s));\n      run = run * rescale + sum_of(sum);\n      others *= rescale;\n      top = higher;\n      if (SMOOTH) {\n        run_below += (depth(v.a, reference) + depth(v.b, reference)) + (depth(v.c, reference) + depth(v.d, reference));\n      }\n      *block = v;\n    }\n    others += run;\n    below += run_below;\n  }\n  let mine = top;\n  top = group_max(lane, mine);\n  others = group_sum(lane, others * exp2((mine - top) * (s * 1.44269504)));\n  if (top == NOTHING) { others = 0.0; }\n  if (SMOOTH) { below = group_sum(lane, below) + f32(end - start - u32(here)) * (top - reference); }\n  return Sums(top, others, below, own);\n}\n";
const storedPart = "\nalias Stored = f32;\n";
const storedF16Part = "\n\n\n\nalias Stored = f16;\n";
const tapsPart = "\n\n\n\n\n\noverride GCD: u32;\noverride INVERSE: u32;\noverride STEP = stride / GCD;\noverride BACK = dilation / GCD;\n\nfn first_tap(pixel: vec2u) -> vec2u { return (pixel + pad) % stride / GCD * INVERSE % STEP; }\n\nfn taps(pixel: vec2u) -> vec2u {\n  let any = (pixel + pad) % GCD == vec2u();\n  return select(vec2u(), (vec2u(R, S) + STEP - 1u - first_tap(pixel)) / STEP, any);\n}\n\n\nfn meets(pixel: vec2u) -> vec2u { return vec2u(vec2i(pixel + pad - first_tap(pixel) * dilation) / i32(stride)); }\n";
const toF16Part = "\nalias Given = f32;\nalias Wanted = f16;\n";
const toF32Part = "\nalias Given = f16;\nalias Wanted = f32;\n";
const weightPart = "\n\noverride WEIGHTING: u32 = 1u;\noverride DETACHED: bool = false;\n\nstruct Weight { value: f32, fall: f32 }\n\nfn weight(p: f32, q: f32, gamma: f32) -> Weight {\n  switch (WEIGHTING) {\n    case 1u, 2u: {\n      let r = 1.0 / (gamma * p + 1.0);\n      let k = normalizer(gamma);\n      return Weight(k * r * r, k * 2.0 * gamma * p * r * r * r);\n    }\n    case 3u: {\n      let w = power(q, gamma);\n      return Weight(w, gamma * p * w / max(q, 1.2e-38));\n    }\n    default: { return Weight(1.0, 0.0); }\n  }\n}\n\n\nfn normalizer(gamma: f32) -> f32 {\n  if (WEIGHTING != 2u || gamma < 1e-30) { return 1.0; }\n  if (gamma > 1.0) { return gamma / log(gamma + 1.0); }\n  return gamma / log1p(gamma);\n}\n";
const windowPart = "\n\n\nstruct Span { start: u32, end: u32 }\n\nfn pixels_of(window: u32, pixels: u32) -> Span {\n  let first = window * stride;\n  return Span(max(first, pad) - pad, min(first + size, pixels + pad) - pad);\n}\n\nfn windows_of(pixel: u32, windows: u32) -> Span {\n  let here = pixel + pad;\n  return Span((max(here + 1u, size) - size + stride - 1u) / stride, min(here / stride + 1u, windows));\n}\n";
const addText = "\n\n\n\n\n\noverride n: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       a: array<Stored>;\n@group(0) @binding(1) var<storage, read>       b: array<Stored>;\n@group(0) @binding(2) var<storage, read_write> y: array<Stored>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < n) { y[i] = Stored(f32(a[i]) + f32(b[i])); }\n}\n";
const avgPoolText = "\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride P: u32;\noverride Q: u32;\noverride size: u32;\noverride stride: u32;\noverride pad: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * P * Q * C) { return; }\n  let c = i % C;\n  let image = i / (P * Q * C) * H;\n  let rows = pixels_of(i / (Q * C) % P, H);\n  let columns = pixels_of(i / C % Q, W);\n  var sum = 0.0;\n  for (var h = rows.start; h < rows.end; h++) {\n    for (var v = columns.start; v < columns.end; v++) { sum += x[((image + h) * W + v) * C + c]; }\n  }\n  y[i] = sum / f32((rows.end - rows.start) * (columns.end - columns.start));\n}\n";
const avgPoolDxText = "\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride P: u32;\noverride Q: u32;\noverride size: u32;\noverride stride: u32;\noverride pad: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       dy: array<f32>;\n@group(0) @binding(1) var<storage, read_write> dx: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * H * W * C) { return; }\n  let c = i % C;\n  let image = i / (H * W * C) * P;\n  let rows = windows_of(i / (W * C) % H, P);\n  let columns = windows_of(i / C % W, Q);\n  var sum = 0.0;\n  for (var p = rows.start; p < rows.end; p++) {\n    let high = pixels_of(p, H);\n    for (var q = columns.start; q < columns.end; q++) {\n      let wide = pixels_of(q, W);\n      let covered = f32((high.end - high.start) * (wide.end - wide.start));\n      sum += dy[((image + p) * Q + q) * C + c] / covered;\n    }\n  }\n  dx[i] = sum;\n}\n";
const biasText = "\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read>       bias: array<f32>;\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T * C) { return; }\n  let c = first % C;\n  let offset = bias[c];\n  for (var i = first; i < N * C; i += T * C) { y[i] = x[i] + offset; }\n}\n";
const bnApplyText = "\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride E = C / WIDTH;\noverride WG: u32 = 64u;\noverride HAS_SLOPE: bool = false;\noverride HAS_RESIDUAL: bool = false;\n@group(0) @binding(0) var<storage, read>       x: array<StoredElement>;\n@group(0) @binding(1) var<storage, read>       stats: array<Element>;\n@group(0) @binding(2) var<storage, read>       scale: array<Element>;\n@group(0) @binding(3) var<storage, read>       shift: array<Element>;\n@group(0) @binding(4) var<storage, read>       slope: array<Element>;\n@group(0) @binding(5) var<storage, read>       residual: array<StoredElement>;\n@group(0) @binding(6) var<storage, read_write> y: array<StoredElement>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T * E) { return; }\n  let c = first % E;\n  let center = stats[c];\n  let factor = scale[c] * stats[E + c];\n  let offset = shift[c];\n  var below = Element(1.0);\n  if (HAS_SLOPE) { below = slope[c]; }\n  for (var i = first; i < N * E; i += T * E) {\n    var v = factor * (Element(x[i]) - center) + offset;\n    if (HAS_SLOPE) { v = max(v, Element(0.0)) + below * min(v, Element(0.0)); }\n    if (HAS_RESIDUAL) { v += Element(residual[i]); }\n    y[i] = StoredElement(v);\n  }\n}\n";
const bnDxText = "\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride E = C / WIDTH;\noverride WG: u32 = 64u;\noverride HAS_SLOPE: bool = false;\noverride HAS_ALONG: bool = false;\n@group(0) @binding(0) var<storage, read>       x: array<StoredElement>;\n@group(0) @binding(1) var<storage, read>       dy: array<StoredElement>;\n@group(0) @binding(2) var<storage, read>       stats: array<Element>;\n@group(0) @binding(3) var<storage, read>       scale: array<Element>;\n@group(0) @binding(4) var<storage, read>       shift: array<Element>;\n@group(0) @binding(5) var<storage, read>       slope: array<Element>;\n@group(0) @binding(6) var<storage, read>       along: array<Element>;\n@group(0) @binding(7) var<storage, read_write> dx: array<StoredElement>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T * E) { return; }\n  let c = first % E;\n  let center = stats[c];\n  let factor = scale[c] * stats[E + c];\n  let offset = shift[c];\n  var below = Element(1.0);\n  if (HAS_SLOPE) { below = slope[c]; }\n  var flat = Element(0.0);\n  var steep = Element(0.0);\n  if (HAS_ALONG) {\n    flat = along[c];\n    steep = along[E + c];\n  }\n  for (var i = first; i < N * E; i += T * E) {\n    let apart = Element(x[i]) - center;\n    var d = Element(dy[i]);\n    if (HAS_SLOPE) { d *= select(below, Element(1.0), factor * apart + offset > Element(0.0)); }\n    if (HAS_ALONG) { d -= flat + steep * apart; }\n    dx[i] = StoredElement(factor * d);\n  }\n}\n";
const bnFinishText = "\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       parts: array<f32>;\n@group(0) @binding(1) var<uniform>             momentum: f32;\n@group(0) @binding(2) var<uniform>             epsilon: f32;\n@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>;\n@group(0) @binding(4) var<storage, read_write> running_variance: array<f32>;\n@group(0) @binding(5) var<storage, read_write> stats: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let c = flat_index(group, groups) * WG + lane;\n  if (c >= C) { return; }\n  let origin = parts[c];\n  var sum = 0.0;\n  var squares = 0.0;\n  for (var t = 0u; t < T; t++) {\n    let rows = f32((N - t + T - 1u) / T);\n    let d = parts[t * 2u * C + c] - origin;\n    sum += rows * d;\n    squares += parts[(t * 2u + 1u) * C + c] + rows * d * d;\n  }\n  let offset = sum / f32(N);\n  squares = max(squares - offset * sum, 0.0);\n  let mean = origin + offset;\n  stats[c] = mean;\n  stats[C + c] = 1.0 / sqrt(squares / f32(N) + epsilon);\n  running_mean[c] += momentum * (mean - running_mean[c]);\n  running_variance[c] += momentum * (squares / f32(N - 1u) - running_variance[c]);\n}\n";
const bnGradFinishText = "\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride K: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       parts: array<f32>;\n@group(0) @binding(1) var<storage, read>       stats: array<f32>;\n@group(0) @binding(2) var<storage, read_write> dshift: array<f32>;\n@group(0) @binding(3) var<storage, read_write> dscale: array<f32>;\n@group(0) @binding(4) var<storage, read_write> dslope: array<f32>;\n@group(0) @binding(5) var<storage, read_write> along: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= K * C) { return; }\n  let c = i % C;\n  var sum = 0.0;\n  for (var t = 0u; t < T; t++) { sum += parts[t * K * C + i]; }\n  if (i < C) {\n    dshift[c] = sum;\n    along[c] = sum / f32(N);\n  } else if (i < 2u * C) {\n    dscale[c] = sum;\n    along[i] = sum * stats[i] / f32(N);\n  } else {\n    dslope[c] = sum;\n  }\n}\n";
const bnGradPartsText = "\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride E = C / WIDTH;\noverride WG: u32 = 64u;\noverride HAS_SLOPE: bool = false;\noverride K = 2u + u32(HAS_SLOPE);\n@group(0) @binding(0) var<storage, read>       x: array<StoredElement>;\n@group(0) @binding(1) var<storage, read>       dy: array<StoredElement>;\n@group(0) @binding(2) var<storage, read>       stats: array<Element>;\n@group(0) @binding(3) var<storage, read>       scale: array<Element>;\n@group(0) @binding(4) var<storage, read>       shift: array<Element>;\n@group(0) @binding(5) var<storage, read>       slope: array<Element>;\n@group(0) @binding(6) var<storage, read_write> parts: array<Element>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let part = flat_index(group, groups) * WG + lane;\n  if (part >= T * E) { return; }\n  let t = part / E;\n  let c = part % E;\n  let center = stats[c];\n  let factor = scale[c] * stats[E + c];\n  let offset = shift[c];\n  var below = Element(1.0);\n  if (HAS_SLOPE) { below = slope[c]; }\n  var plain = Element(0.0);\n  var along = Element(0.0);\n  var bent = Element(0.0);\n  for (var n = t; n < N; n += T) {\n    let i = n * E + c;\n    let apart = Element(x[i]) - center;\n    var d = Element(dy[i]);\n    if (HAS_SLOPE) {\n      let v = factor * apart + offset;\n      bent += d * min(v, Element(0.0));\n      d *= select(below, Element(1.0), v > Element(0.0));\n    }\n    plain += d;\n    along += d * apart;\n  }\n  parts[t * K * E + c] = plain;\n  parts[(t * K + 1u) * E + c] = along * stats[E + c];\n  if (HAS_SLOPE) { parts[(t * K + 2u) * E + c] = bent; }\n}\n";
const bnRunningText = "\n\n\n\n\noverride C: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       mean: array<f32>;\n@group(0) @binding(1) var<storage, read>       variance: array<f32>;\n@group(0) @binding(2) var<uniform>             epsilon: f32;\n@group(0) @binding(3) var<storage, read_write> stats: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let c = flat_index(group, groups) * WG + lane;\n  if (c >= C) { return; }\n  stats[c] = mean[c];\n  stats[C + c] = 1.0 / sqrt(variance[c] + epsilon);\n}\n";
const bnStatsText = "\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride E = C / WIDTH;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<StoredElement>;\n@group(0) @binding(1) var<storage, read_write> parts: array<Element>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= T * E) { return; }\n  let t = i / E;\n  let c = i % E;\n  let origin = Element(x[i]);\n  var sum = Element(0.0);\n  var squares = Element(0.0);\n  for (var n = t + T; n < N; n += T) {\n    let d = Element(x[n * E + c]) - origin;\n    sum += d;\n    squares += d * d;\n  }\n  let offset = sum / f32((N - t + T - 1u) / T);\n  parts[t * 2u * E + c] = origin + offset;\n  parts[(t * 2u + 1u) * E + c] = max(squares - offset * sum, Element(0.0));\n}\n";
const castText = "\n\n\n\n\n\n\n\noverride n: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<Given>;\n@group(0) @binding(1) var<storage, read_write> y: array<Wanted>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < n) { y[i] = Wanted(x[i]); }\n}\n";
const centerGradientText = "\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride WG: u32 = 64u;\noverride IGNORE: u32 = 4294967295u;\n@group(0) @binding(0) var<storage, read>       x: array<Element>;\n@group(0) @binding(1) var<storage, read>       label: array<u32>;\n@group(0) @binding(2) var<storage, read>       centers: array<Element>;\n@group(0) @binding(3) var<storage, read>       head: array<u32>;\n@group(0) @binding(4) var<storage, read>       next: array<u32>;\n@group(0) @binding(5) var<storage, read_write> dcenters: array<Element>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let c = flat_index(group, groups);\n  if (c >= C) { return; }\n  let n = head[c];\n\n  let present = n < N && label[min(n, N - 1u)] == c && c != IGNORE;\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let i = c * (D / WIDTH) + e;\n    var pull = Element();\n    if (present) { pull = center_pull(n, e, centers[i]); }\n    dcenters[i] = pull;\n  }\n}\n";
const centerLossText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride G: u32;\noverride HAS_FACTOR: bool = false;\noverride IGNORE: u32 = 4294967295u;\noverride GRAD: bool = true;\n@group(0) @binding(0) var<storage, read>       x: array<Element>;\n@group(0) @binding(1) var<storage, read>       label: array<u32>;\n@group(0) @binding(2) var<storage, read>       centers: array<Element>;\n@group(0) @binding(3) var<storage, read>       factor: array<f32>;\n@group(0) @binding(4) var<uniform>             scale: f32;\n@group(0) @binding(5) var<storage, read_write> loss: array<f32>;\n@group(0) @binding(6) var<storage, read_write> dx: array<Element>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let counts = label[n] < C && label[n] != IGNORE;\n  let row = n * (D / WIDTH);\n  let center = min(label[n], C - 1u) * (D / WIDTH);\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  var square = 0.0;\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let apart = x[row + e] - centers[center + e];\n    if (GRAD) { dx[row + e] = select(Element(), f * apart, counts); }\n    square += square_of(apart);\n  }\n  square = group_sum(lane, square);\n  if (lane == 0u) { loss[n] = select(0.0, 0.5 * f * square, counts); }\n}\n";
const centerUpdateText = "\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\noverride WG: u32 = 64u;\noverride IGNORE: u32 = 4294967295u;\n@group(0) @binding(0) var<storage, read>       x: array<Element>;\n@group(0) @binding(1) var<storage, read>       label: array<u32>;\n@group(0) @binding(2) var<storage, read>       head: array<u32>;\n@group(0) @binding(3) var<storage, read>       next: array<u32>;\n@group(0) @binding(4) var<uniform>             alpha: f32;\n@group(0) @binding(5) var<storage, read_write> centers: array<Element>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let c = label[n];\n  if (c >= C || c == IGNORE) { return; }\n  if (head[c] != n) { return; }\n  for (var e = lane; e < D / WIDTH; e += WG) {\n    let i = c * (D / WIDTH) + e;\n    centers[i] -= alpha * center_pull(n, e, centers[i]);\n  }\n}\n";
const classRowsText = "\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       label: array<u32>;\n@group(0) @binding(1) var<storage, read_write> head: array<u32>;\n@group(0) @binding(2) var<storage, read_write> next: array<u32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups) * WG + lane;\n  if (n >= N) { return; }\n  let y = label[n];\n  var first = 0u;\n  while (label[first] != y) { first++; }\n  if (first == n && y < C) { head[y] = n; }\n  var m = n + 1u;\n  while (m < N && label[m] != y) { m++; }\n  next[n] = m;\n}\n";
const columnPartsText = "\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<Stored>;\n@group(0) @binding(1) var<storage, read_write> parts: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= T * C) { return; }\n  let c = i % C;\n  var sum = 0.0;\n  for (var n = i / C; n < N; n += T) { sum += f32(x[n * C + c]); }\n  parts[i] = sum;\n}\n";
const conv2dText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\noverride dilation: u32;\noverride groups: u32;\noverride CG = C / groups;\noverride OG = O / groups;\noverride GROUP_M = N * P * Q;\noverride HAS_BIAS: bool = false;\n@group(0) @binding(0) var<storage, read>       x: array<Stored>;\n@group(0) @binding(1) var<storage, read>       w: array<Columns>;\n@group(0) @binding(2) var<storage, read>       bias: array<f32>;\n@group(0) @binding(3) var<storage, read_write> y: array<Stored>;\n\nfn gemm_n() -> u32 { return OG; }\nfn gemm_k(m: u32) -> u32 { return R * S * CG; }\nfn any_live(m: u32, rows: u32) -> bool { return true; }\n\nstruct Row { image: u32, h: u32, v: u32 }\nstruct Inner { h: u32, v: u32, c: u32 }\n\nfn row_of(m: u32) -> Row {\n  let i = row_in_group(m);\n  return Row(i / (P * Q) * H, i / Q % P * stride - pad, i % Q * stride - pad);\n}\nfn inner_of(m: u32, k: u32) -> Inner {\n  return Inner(k / (S * CG) * dilation, k / CG % S * dilation, group_of(m) * CG + k % CG);\n}\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let h = row.h + inner.h;\n  let v = row.v + inner.v;\n  let inside = (h < H) & (v < W);\n  return select(0.0, f32(x[select(0u, ((row.image + h) * W + v) * C + inner.c, inside)]), inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return k * O + group_of(m) * OG; }\nfn load_b(line: Line, o: u32) -> Columns { return w[(line + o) / WIDTH]; }\n\nfn channel(m: u32, n: u32) -> u32 { return group_of(m) * OG + n; }\nfn held(split: u32, m: u32, n: u32) -> f32 { return f32(y[row_in_group(m) * O + channel(m, n)]); }\nfn keep(split: u32, m: u32, n: u32, v: f32) {\n  if (left_over(m)) { return; }\n  y[row_in_group(m) * O + channel(m, n)] = Stored(v);\n}\nfn store(split: u32, m: u32, n: u32, v: f32) {\n  var t = v;\n  if (HAS_BIAS) { t += bias[channel(m, n)]; }\n  keep(split, m, n, t);\n}\n";
const conv2dDwText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\noverride dilation: u32;\noverride groups: u32;\noverride CG = C / groups;\noverride OG = O / groups;\noverride GROUP_M = R * S * CG;\n@group(0) @binding(0) var<storage, read>       x: array<Stored>;\n@group(0) @binding(1) var<storage, read>       dy: array<StoredColumns>;\n@group(0) @binding(2) var<storage, read_write> dw: array<f32>;\n\nfn gemm_n() -> u32 { return OG; }\nfn gemm_k(m: u32) -> u32 { return N * P * Q; }\nfn any_live(m: u32, rows: u32) -> bool { return true; }\n\nstruct Row { h: u32, v: u32, c: u32 }\nstruct Inner { image: u32, h: u32, v: u32 }\n\nfn row_of(m: u32) -> Row {\n  let i = row_in_group(m);\n  return Row(i / (S * CG) * dilation, i / CG % S * dilation, group_of(m) * CG + i % CG);\n}\nfn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (P * Q) * H, k / Q % P * stride - pad, k % Q * stride - pad); }\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let h = inner.h + row.h;\n  let v = inner.v + row.v;\n  let inside = (h < H) & (v < W);\n  return select(0.0, f32(x[select(0u, ((inner.image + h) * W + v) * C + row.c, inside)]), inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return k * O + group_of(m) * OG; }\nfn load_b(line: Line, o: u32) -> Columns { return Columns(dy[(line + o) / WIDTH]); }\n\nfn place(split: u32, m: u32, n: u32) -> u32 { return (split * GROUP_M + row_in_group(m)) * O + group_of(m) * OG + n; }\nfn held(split: u32, m: u32, n: u32) -> f32 { return dw[place(split, m, n)]; }\nfn keep(split: u32, m: u32, n: u32, v: f32) {\n  if (left_over(m)) { return; }\n  dw[place(split, m, n)] = v;\n}\nfn store(split: u32, m: u32, n: u32, v: f32) { keep(split, m, n, v); }\n";
const conv2dDxText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\noverride dilation: u32;\noverride groups: u32;\noverride CG = C / groups;\noverride OG = O / groups;\noverride PHASE_H = (H + stride - 1u) / stride;\noverride PHASE_W = (W + stride - 1u) / stride;\noverride PHASE_M = (N * PHASE_H * PHASE_W + TILE_M - 1u) / TILE_M * TILE_M;\noverride GROUP_M = stride * stride * PHASE_M;\n@group(0) @binding(0) var<storage, read>       dy: array<Stored>;\n@group(0) @binding(1) var<storage, read>       wt: array<Columns>;\n@group(0) @binding(2) var<storage, read_write> dx: array<Stored>;\n\nfn gemm_n() -> u32 { return CG; }\n\nstruct Pixel { n: u32, at: vec2u }\n\n\nfn phase_of(m: u32) -> vec2u {\n  let phase = row_in_group(m) / PHASE_M;\n  return vec2u(phase / stride, phase % stride);\n}\nfn pixel_of(m: u32) -> Pixel {\n  let i = row_in_group(m) % PHASE_M;\n  let steps = vec2u(i / PHASE_W % PHASE_H, i % PHASE_W);\n  return Pixel(i / (PHASE_H * PHASE_W), steps * stride + phase_of(m));\n}\n\nfn gemm_k(m: u32) -> u32 { return taps(phase_of(m)).x * taps(phase_of(m)).y * OG; }\nfn any_live(m: u32, rows: u32) -> bool { return true; }\n\nstruct Row { image: u32, p: u32, q: u32 }\nstruct Inner { p: u32, q: u32, o: u32 }\n\nfn row_of(m: u32) -> Row {\n  let pixel = pixel_of(m);\n  let first = meets(pixel.at);\n  return Row(pixel.n * P, first.x, first.y);\n}\n\nfn inner_of(m: u32, k: u32) -> Inner {\n  let wide = taps(phase_of(m)).y;\n  return Inner(k / OG / wide * BACK, k / OG % wide * BACK, group_of(m) * OG + k % OG);\n}\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let p = row.p - inner.p;\n  let q = row.q - inner.q;\n  let inside = (row.image < N * P) & (p < P) & (q < Q);\n  return select(0.0, f32(dy[select(0u, ((row.image + p) * Q + q) * O + inner.o, inside)]), inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line {\n  let wide = taps(phase_of(m)).y;\n  let first = first_tap(phase_of(m));\n  let r = first.x + k / OG / wide * STEP;\n  let s = first.y + k / OG % wide * STEP;\n  return ((r * S + s) * O + group_of(m) * OG + k % OG) * CG;\n}\nfn load_b(line: Line, c: u32) -> Columns { return wt[(line + c) / WIDTH]; }\n\n\nfn place(m: u32, c: u32) -> u32 {\n  let pixel = pixel_of(m);\n  let inside = (pixel.n < N) & (pixel.at.x < H) & (pixel.at.y < W);\n  return select(end(), ((pixel.n * H + pixel.at.x) * W + pixel.at.y) * C + group_of(m) * CG + c, inside);\n}\nfn end() -> u32 { return N * H * W * C; }\nfn held(split: u32, m: u32, c: u32) -> f32 { return f32(dx[min(place(m, c), end() - 1u)]); }\nfn keep(split: u32, m: u32, c: u32, v: f32) {\n  let i = place(m, c);\n  if (i < end()) { dx[i] = Stored(v); }\n}\nfn store(split: u32, m: u32, c: u32, v: f32) { keep(split, m, c, v); }\n";
const depthwiseText = "\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\noverride dilation: u32;\noverride E = O / WIDTH;\noverride STRIPS = (Q + 3u) / 4u;\noverride BLOCKS = (P + ROWS - 1u) / ROWS;\noverride ROWS: u32 = 4u;\noverride FLIP: bool = false;\noverride WG: u32 = 64u;\noverride HAS_BIAS: bool = false;\n@group(0) @binding(0) var<storage, read>       x: array<StoredSource>;\n@group(0) @binding(1) var<storage, read>       w: array<Element>;\n@group(0) @binding(2) var<storage, read>       bias: array<Element>;\n@group(0) @binding(3) var<storage, read_write> y: array<StoredElement>;\n\nstruct Strip { a: Element, b: Element, c: Element, d: Element }\n\nfn add(s: Strip, f: Element, x: Strip) -> Strip { return Strip(s.a + f * x.a, s.b + f * x.b, s.c + f * x.c, s.d + f * x.d); }\n\n\nfn pixel(n: u32, h: u32, v: u32, e: u32) -> Element {\n  let inside = (h < H) & (v < W);\n  let i = (((n * H + h) * W + v) * C + e * WIDTH / (O / C)) / SOURCE;\n  return select(Element(), Element(Source(x[select(0u, i, inside)])), inside);\n}\n\nfn tap(r: u32, s: u32, e: u32) -> Element {\n  return w[select(r * S + s, (R - 1u - r) * S + S - 1u - s, FLIP) * E + e];\n}\n\nfn store(n: u32, p: u32, q: u32, e: u32, s: Strip) {\n  let i = ((n * P + p) * Q + q) * E + e;\n  y[i] = StoredElement(s.a);\n  if (q + 1u < Q) { y[i + E] = StoredElement(s.b); }\n  if (q + 2u < Q) { y[i + 2u * E] = StoredElement(s.c); }\n  if (q + 3u < Q) { y[i + 3u * E] = StoredElement(s.d); }\n}\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * BLOCKS * STRIPS * E) { return; }\n  let e = i % E;\n  let q = i / E % STRIPS * 4u;\n  let p = i / (E * STRIPS) % BLOCKS * ROWS;\n  let n = i / (E * STRIPS * BLOCKS);\n  if (R == 3u && S == 3u && dilation == 1u && stride < 3u) { walk(n, p, q, e); } else { each_row(n, p, q, e); }\n}\n\nfn bias_of(e: u32) -> Strip {\n  if (!HAS_BIAS) { return Strip(); }\n  return Strip(bias[e], bias[e], bias[e], bias[e]);\n}\n\n\nfn each_row(n: u32, first: u32, q: u32, e: u32) {\n  for (var p = first; p < min(P, first + ROWS); p++) {\n    var sum = bias_of(e);\n    for (var r = 0u; r < R; r++) {\n      let h = p * stride + r * dilation - pad;\n      if (h >= H) { continue; }\n      var x = Strip();\n      for (var s = 0u; s < S; s++) {\n        let v = q * stride + s * dilation - pad;\n        x = Strip(x.b, x.c, x.d, pixel(n, h, v + 3u * stride, e));\n        if (s == 0u || dilation != stride) {\n          x.a = pixel(n, h, v, e);\n          x.b = pixel(n, h, v + stride, e);\n          x.c = pixel(n, h, v + 2u * stride, e);\n        }\n        sum = add(sum, tap(r, s, e), x);\n      }\n    }\n    store(n, p, q, e, sum);\n  }\n}\n\nstruct Taps { a: Element, b: Element, c: Element }\nfn taps(r: u32, e: u32) -> Taps { return Taps(tap(r, 0u, e), tap(r, 1u, e), tap(r, 2u, e)); }\n\nstruct Under { a: Strip, b: Strip, c: Strip }\nfn under(n: u32, h: u32, v: u32, e: u32) -> Under {\n  let x0 = pixel(n, h, v, e);\n  let x1 = pixel(n, h, v + 1u, e);\n  let x2 = pixel(n, h, v + 2u, e);\n  let x3 = pixel(n, h, v + 3u, e);\n  let x4 = pixel(n, h, v + 4u, e);\n  let x5 = pixel(n, h, v + 5u, e);\n  if (stride == 1u) { return Under(Strip(x0, x1, x2, x3), Strip(x1, x2, x3, x4), Strip(x2, x3, x4, x5)); }\n  let x6 = pixel(n, h, v + 6u, e);\n  let x7 = pixel(n, h, v + 7u, e);\n  let x8 = pixel(n, h, v + 8u, e);\n  return Under(Strip(x0, x2, x4, x6), Strip(x1, x3, x5, x7), Strip(x2, x4, x6, x8));\n}\n\nfn add_row(s: Strip, f: Taps, x: Under) -> Strip { return add(add(add(s, f.a, x.a), f.b, x.b), f.c, x.c); }\n\n\nfn walk(n: u32, first: u32, q: u32, e: u32) {\n  let f0 = taps(0u, e);\n  let f1 = taps(1u, e);\n  let f2 = taps(2u, e);\n  let v = q * stride - pad;\n  let zero = bias_of(e);\n  let x0 = under(n, first * stride - pad, v, e);\n  var here = add_row(zero, f0, x0);\n  var next = Strip();\n  if (stride == 1u) {\n    let x1 = under(n, first + 1u - pad, v, e);\n    here = add_row(here, f1, x1);\n    next = add_row(zero, f0, x1);\n  }\n  for (var p = first; p < min(P, first + ROWS); p++) {\n    let h = p * stride - pad;\n    if (stride == 2u) { here = add_row(here, f1, under(n, h + 1u, v, e)); }\n    let x2 = under(n, h + 2u, v, e);\n    store(n, p, q, e, add_row(here, f2, x2));\n    if (stride == 2u) { here = add_row(zero, f0, x2); } else {\n      here = add_row(next, f1, x2);\n      next = add_row(zero, f0, x2);\n    }\n  }\n}\n";
const depthwiseDwText = "\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride T: u32;\noverride stride: u32;\noverride pad: u32;\noverride dilation: u32;\noverride E = O / WIDTH;\noverride DOWN = (R + 2u) / 3u;\noverride ACROSS = (S + 2u) / 3u;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<StoredSource>;\n@group(0) @binding(1) var<storage, read>       dy: array<StoredElement>;\n@group(0) @binding(2) var<storage, read_write> parts: array<Element>;\n\nstruct Column { a: Element, b: Element, c: Element }\n\nfn add(s: Column, d: Element, x: Column) -> Column { return Column(s.a + d * x.a, s.b + d * x.b, s.c + d * x.c); }\n\n\nfn pixel(n: u32, h: u32, v: u32, e: u32) -> Element {\n  let inside = (h < H) & (v < W);\n  let i = (((n * H + h) * W + v) * C + e * WIDTH / (O / C)) / SOURCE;\n  return select(Element(), Element(Source(x[select(0u, i, inside)])), inside);\n}\n\nfn column(n: u32, h: u32, v: u32, e: u32) -> Column {\n  return Column(pixel(n, h, v, e), pixel(n, h + dilation, v, e), pixel(n, h + 2u * dilation, v, e));\n}\n\nfn store(t: u32, r: u32, s: u32, e: u32, w: Column) {\n  if (s >= S) { return; }\n  let i = ((t * R + r) * S + s) * E + e;\n  parts[i] = w.a;\n  if (r + 1u < R) { parts[i + S * E] = w.b; }\n  if (r + 2u < R) { parts[i + 2u * S * E] = w.c; }\n}\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= T * DOWN * ACROSS * E) { return; }\n  let e = i % E;\n  let s = i / E % ACROSS * 3u;\n  let r = i / (E * ACROSS) % DOWN * 3u;\n  let t = i / (E * ACROSS * DOWN);\n  var w0 = Column();\n  var w1 = Column();\n  var w2 = Column();\n  for (var row = t; row < N * P; row += T) {\n    let n = row / P;\n    let h = row % P * stride + r * dilation - pad;\n    let first = s * dilation - pad;\n    var x0 = Column();\n    var x1 = column(n, h, first, e);\n    var x2 = column(n, h, first + dilation, e);\n    if (stride == 2u * dilation) { x2 = x1; }\n    for (var q = 0u; q < Q; q++) {\n      let v = q * stride + first;\n      if (stride == dilation) {\n        x0 = x1;\n        x1 = x2;\n      } else {\n        if (stride == 2u * dilation) { x0 = x2; } else { x0 = column(n, h, v, e); }\n        x1 = column(n, h, v + dilation, e);\n      }\n      x2 = column(n, h, v + 2u * dilation, e);\n      let d = Element(dy[(row * Q + q) * E + e]);\n      w0 = add(w0, d, x0);\n      w1 = add(w1, d, x1);\n      w2 = add(w2, d, x2);\n    }\n  }\n  store(t, r, s, e, w0);\n  store(t, r, s + 1u, e, w1);\n  store(t, r, s + 2u, e, w2);\n}\n";
const depthwiseDxText = "\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride stride: u32;\noverride pad: u32;\noverride dilation: u32;\noverride E = C / WIDTH;\noverride STRIPS = ((W + stride - 1u) / stride + 3u) / 4u;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       dy: array<StoredElement>;\n@group(0) @binding(1) var<storage, read>       w: array<Element>;\n@group(0) @binding(2) var<storage, read_write> dx: array<StoredElement>;\n\n\nfn pixel(row: u32, q: u32, e: u32) -> Element {\n  return select(Element(), Element(dy[select(0u, (row * Q + q) * E + e, q < Q)]), q < Q);\n}\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * H * stride * STRIPS * E) { return; }\n  let e = i % E;\n  let v = i / E % STRIPS * 4u * stride + i / (E * STRIPS) % stride;\n  let h = i / (E * STRIPS * stride);\n  let place = vec2u(h % H, v);\n  let first = first_tap(place);\n  let start = meets(place);\n  let count = taps(place);\n  var x0 = Element();\n  var x1 = Element();\n  var x2 = Element();\n  var x3 = Element();\n  for (var i = 0u; i < count.x; i++) {\n    let p = start.x - i * BACK;\n    if (p >= P) { continue; }\n    let row = h / H * P + p;\n    var y0 = Element();\n    var y1 = Element();\n    var y2 = Element();\n    var y3 = Element();\n    for (var j = 0u; j < count.y; j++) {\n      let q = start.y - j * BACK;\n      if (j == 0u || BACK != 1u) {\n        y3 = pixel(row, q + 3u, e);\n        y2 = pixel(row, q + 2u, e);\n        y1 = pixel(row, q + 1u, e);\n      } else {\n        y3 = y2;\n        y2 = y1;\n        y1 = y0;\n      }\n      y0 = pixel(row, q, e);\n      let f = w[((first.x + i * STEP) * S + first.y + j * STEP) * E + e];\n      x0 += f * y0;\n      x1 += f * y1;\n      x2 += f * y2;\n      x3 += f * y3;\n    }\n  }\n  let o = (h * W + v) * E + e;\n  if (v < W) { dx[o] = StoredElement(x0); }\n  if (v + stride < W) { dx[o + stride * E] = StoredElement(x1); }\n  if (v + 2u * stride < W) { dx[o + 2u * stride * E] = StoredElement(x2); }\n  if (v + 3u * stride < W) { dx[o + 3u * stride * E] = StoredElement(x3); }\n}\n";
const fillText = "\n\n\n\n\noverride n: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read_write> y: array<u32>;\n@group(0) @binding(1) var<uniform> value: u32;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < n) { y[i] = value; }\n}\n";
const globalAvgPoolText = "\n\n\n\n\n\noverride N: u32;\noverride I: u32;\noverride C: u32;\noverride T: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> parts: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let part = flat_index(group, groups) * WG + lane;\n  if (part >= T * N * C) { return; }\n  let c = part % C;\n  let image = part / C % N * I;\n  var sum = 0.0;\n  for (var i = part / (N * C); i < I; i += T) { sum += x[(image + i) * C + c]; }\n  parts[part] = sum / f32(I);\n}\n";
const globalAvgPoolDxText = "\n\n\n\n\noverride N: u32;\noverride I: u32;\noverride C: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       dy: array<f32>;\n@group(0) @binding(1) var<storage, read_write> dx: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < N * I * C) { dx[i] = dy[i / (I * C) * C + i % C] / f32(I); }\n}\n";
const l2NormalizeText = "\n\n\n\n\n\n\n\noverride N: u32;\noverride D: u32;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<uniform>             epsilon: f32;\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;\n@group(0) @binding(3) var<storage, read_write> norm: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let row = n * D;\n  var largest = 0.0;\n  for (var d = lane; d < D; d += WG) { largest = max(largest, abs(x[row + d])); }\n  largest = group_max(lane, largest);\n  let unit = select(1.0, largest, largest > 1.2e-38);\n\n  var square = 0.0;\n  for (var d = lane; d < D; d += WG) {\n    let part = x[row + d] / unit;\n    square += part * part;\n  }\n  let root = sqrt(group_sum(lane, square));\n  let least = epsilon / unit;\n  let divisor = max(root, least);\n  for (var d = lane; d < D; d += WG) { y[row + d] = x[row + d] / unit / divisor; }\n  if (lane == 0u) { norm[n] = select(0.0, unit * root, root > least); }\n}\n";
const l2NormalizeDxText = "\n\n\n\n\n\n\noverride N: u32;\noverride D: u32;\n@group(0) @binding(0) var<storage, read>       y: array<f32>;\n@group(0) @binding(1) var<storage, read>       norm: array<f32>;\n@group(0) @binding(2) var<storage, read>       dy: array<f32>;\n@group(0) @binding(3) var<storage, read_write> dx: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let row = n * D;\n  var along = 0.0;\n  for (var d = lane; d < D; d += WG) { along += y[row + d] * dy[row + d]; }\n  along = group_sum(lane, along);\n  let live = norm[n] > 0.0;\n  let divisor = select(1.0, norm[n], live);\n  for (var d = lane; d < D; d += WG) {\n    let v = (dy[row + d] - y[row + d] * along) / divisor;\n    dx[row + d] = select(0.0, v, live);\n  }\n}\n";
const labelCosineText = "\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride D: u32;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read>       w: array<f32>;\n@group(0) @binding(2) var<storage, read>       label: array<u32>;\n@group(0) @binding(3) var<uniform>             first: u32;\n@group(0) @binding(4) var<uniform>             epsilon: f32;\n@group(0) @binding(5) var<storage, read_write> cosine: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let here = label[n] - first < C;\n  let row = select(0u, label[n] - first, here) * D;\n  var largest = 0.0;\n  for (var d = lane; d < D; d += WG) { largest = max(largest, abs(w[row + d])); }\n  largest = group_max(lane, largest);\n  let unit = select(1.0, largest, largest > 1.2e-38);\n\n  var square = 0.0;\n  var along = 0.0;\n  for (var d = lane; d < D; d += WG) {\n    let part = w[row + d] / unit;\n    square += part * part;\n    along += x[n * D + d] * part;\n  }\n  square = group_sum(lane, square);\n  along = group_sum(lane, along);\n  if (lane == 0u && here) { cosine[n] = along / max(sqrt(square), epsilon / unit); }\n}\n";
const labelCountText = "\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride IGNORE: u32 = 4294967295u;\noverride HAS_CLASS_WEIGHT: bool = false;\n@group(0) @binding(0) var<storage, read>       label: array<u32>;\n@group(0) @binding(1) var<storage, read>       class_weight: array<f32>;\n@group(0) @binding(2) var<uniform>             scale: f32;\n@group(0) @binding(3) var<storage, read_write> weight: array<f32>;\n@group(0) @binding(4) var<storage, read_write> share: array<f32>;\n@group(0) @binding(5) var<storage, read_write> count: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(local_invocation_index) lane: u32) {\n  var sum = 0.0;\n  var counted = 0.0;\n  var ignored = 0.0;\n  for (var n = lane; n < N; n += WG) {\n    let y = label[n];\n    let counts = y < C && y != IGNORE;\n    var w = 1.0;\n    if (HAS_CLASS_WEIGHT) { w = class_weight[min(y, C - 1u)]; }\n    w = select(0.0, w, counts);\n    weight[n] = w;\n    sum += w;\n    counted += f32(counts);\n    ignored += f32(y == IGNORE);\n  }\n  sum = group_sum(lane, sum);\n  counted = group_sum(lane, counted);\n  ignored = group_sum(lane, ignored);\n  if (lane == 0u) {\n    share[0] = select(0.0, scale / sum, sum > 0.0);\n    count[0] = counted;\n    count[1] = ignored;\n    count[2] = f32(N) - counted - ignored;\n  }\n}\n";
const locallyConnectedText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\noverride groups = P * Q;\noverride GROUP_M = N;\noverride HAS_BIAS: bool = false;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read>       w: array<Columns>;\n@group(0) @binding(2) var<storage, read>       bias: array<f32>;\n@group(0) @binding(3) var<storage, read_write> y: array<f32>;\n\nfn gemm_n() -> u32 { return O; }\nfn gemm_k(m: u32) -> u32 { return R * S * C; }\nfn any_live(m: u32, rows: u32) -> bool { return !left_over(m); }\n\nstruct Row { image: u32, h: u32, v: u32 }\nstruct Inner { h: u32, v: u32, c: u32 }\n\nfn row_of(m: u32) -> Row {\n  return Row(row_in_group(m) * H, group_of(m) / Q * stride - pad, group_of(m) % Q * stride - pad);\n}\nfn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (S * C), k / C % S, k % C); }\n\nfn load_a(row: Row, inner: Inner) -> f32 {\n  let h = row.h + inner.h;\n  let v = row.v + inner.v;\n  let inside = (h < H) & (v < W);\n  return select(0.0, x[select(0u, ((row.image + h) * W + v) * C + inner.c, inside)], inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return (group_of(m) * R * S * C + k) * O; }\nfn load_b(line: Line, o: u32) -> Columns { return w[(line + o) / WIDTH]; }\n\nfn place(m: u32, o: u32) -> u32 { return (row_in_group(m) * groups + group_of(m)) * O + o; }\nfn held(split: u32, m: u32, o: u32) -> f32 { return y[place(m, o)]; }\nfn keep(split: u32, m: u32, o: u32, v: f32) {\n  if (left_over(m)) { return; }\n  y[place(m, o)] = v;\n}\nfn store(split: u32, m: u32, o: u32, v: f32) {\n  var t = v;\n  if (HAS_BIAS) { t += bias[group_of(m) * O + o]; }\n  keep(split, m, o, t);\n}\n";
const locallyConnectedDwText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\noverride groups = P * Q;\noverride GROUP_M = R * S * C;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read>       dy: array<Columns>;\n@group(0) @binding(2) var<storage, read_write> dw: array<f32>;\n\nfn gemm_n() -> u32 { return O; }\nfn gemm_k(m: u32) -> u32 { return N; }\nfn any_live(m: u32, rows: u32) -> bool { return !left_over(m); }\n\nstruct Row { h: u32, v: u32, c: u32 }\nalias Inner = u32;\n\nfn row_of(m: u32) -> Row {\n  let i = row_in_group(m);\n  let place = group_of(m);\n  return Row(place / Q * stride + i / (S * C) - pad, place % Q * stride + i / C % S - pad, i % C);\n}\nfn inner_of(m: u32, k: u32) -> Inner { return k * H; }\n\nfn load_a(row: Row, image: Inner) -> f32 {\n  let inside = (row.h < H) & (row.v < W);\n  return select(0.0, x[select(0u, ((image + row.h) * W + row.v) * C + row.c, inside)], inside);\n}\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return (k * groups + group_of(m)) * O; }\nfn load_b(line: Line, o: u32) -> Columns { return dy[(line + o) / WIDTH]; }\n\nfn place(m: u32, o: u32) -> u32 { return (group_of(m) * GROUP_M + row_in_group(m)) * O + o; }\nfn held(split: u32, m: u32, o: u32) -> f32 { return dw[place(m, o)]; }\nfn keep(split: u32, m: u32, o: u32, v: f32) {\n  if (left_over(m)) { return; }\n  dw[place(m, o)] = v;\n}\nfn store(split: u32, m: u32, o: u32, v: f32) { keep(split, m, o, v); }\n";
const locallyConnectedDxText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride R: u32;\noverride S: u32;\noverride P: u32;\noverride Q: u32;\noverride O: u32;\noverride stride: u32;\noverride pad: u32;\noverride groups = H * W;\noverride GROUP_M = C;\n@group(0) @binding(0) var<storage, read>       w: array<f32>;\n@group(0) @binding(1) var<storage, read>       dyt: array<Columns>;\n@group(0) @binding(2) var<storage, read_write> dx: array<f32>;\n\n\nfn pixel_of(m: u32) -> vec2u { return vec2u(group_of(m) / W, group_of(m) % W) + pad; }\n\n\nfn first_over(pixel: vec2u) -> vec2u { return (max(pixel + 1u, vec2u(R, S)) - vec2u(R, S) + stride - 1u) / stride; }\nfn places_over(pixel: vec2u) -> vec2u { return min(pixel / stride + 1u, vec2u(P, Q)) - first_over(pixel); }\n\nfn gemm_n() -> u32 { return N; }\nfn gemm_k(m: u32) -> u32 {\n  let places = places_over(pixel_of(m));\n  return places.x * places.y * O;\n}\nfn any_live(m: u32, rows: u32) -> bool { return !left_over(m); }\n\n\nfn place_of(m: u32, k: u32) -> vec2u {\n  let pixel = pixel_of(m);\n  let wide = places_over(pixel).y;\n  return first_over(pixel) + vec2u(k / O / wide, k / O % wide);\n}\n\nalias Row = u32;\nalias Inner = u32;\n\nfn row_of(m: u32) -> Row { return row_in_group(m) * O; }\nfn inner_of(m: u32, k: u32) -> Inner {\n  let place = place_of(m, k);\n  let tap = pixel_of(m) - place * stride;\n  return (((place.x * Q + place.y) * R + tap.x) * S + tap.y) * C * O + k % O;\n}\nfn load_a(row: Row, inner: Inner) -> f32 { return w[row + inner]; }\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line {\n  let place = place_of(m, k);\n  return ((place.x * Q + place.y) * O + k % O) * N;\n}\nfn load_b(line: Line, n: u32) -> Columns { return dyt[(line + n) / WIDTH]; }\n\nfn place(m: u32, n: u32) -> u32 { return (n * groups + group_of(m)) * C + row_in_group(m); }\nfn held(split: u32, m: u32, n: u32) -> f32 { return dx[place(m, n)]; }\nfn keep(split: u32, m: u32, n: u32, v: f32) {\n  if (left_over(m)) { return; }\n  dx[place(m, n)] = v;\n}\nfn store(split: u32, m: u32, n: u32, v: f32) { keep(split, m, n, v); }\n";
const lossScaleText = "\n\n\n\n\n\n\n\noverride T: u32;\noverride EVERY: u32 = 2000u;\n@group(0) @binding(0) var<storage, read>       parts: array<u32>;\n@group(0) @binding(1) var<storage, read_write> scale: array<f32>;\n@group(0) @binding(2) var<storage, read_write> counts: array<u32>;\n@group(0) @binding(3) var<storage, read_write> unscale: array<f32>;\n\n@compute @workgroup_size(1)\nfn main() {\n  var bad = 0u;\n  for (var t = 0u; t < T; t++) { bad |= parts[t]; }\n  if (bad != 0u) {\n    unscale[0] = 0.0;\n    scale[0] = max(0.5 * scale[0], 1.0);\n    counts[0] = 0u;\n    counts[1] += 1u;\n    return;\n  }\n  unscale[0] = bitcast<f32>(0x7f000000u - bitcast<u32>(scale[0]));\n  counts[0] += 1u;\n  if (counts[0] >= EVERY) {\n    scale[0] = min(2.0 * scale[0], 16777216.0);\n    counts[0] = 0u;\n  }\n}\n";
const magnitudeLossText = "\n\n\n\n\n\n\n\noverride N: u32;\n@group(0) @binding(0) var<storage, read>       norm: array<f32>;\n@group(0) @binding(1) var<uniform>             lower: f32;\n@group(0) @binding(2) var<uniform>             upper: f32;\n@group(0) @binding(3) var<uniform>             scale: f32;\n@group(0) @binding(4) var<storage, read_write> loss: array<f32>;\n@group(0) @binding(5) var<storage, read_write> dnorm: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(local_invocation_index) lane: u32) {\n  let share = scale / f32(N);\n  var sum = 0.0;\n  for (var n = lane; n < N; n += WG) {\n    let a = clamp(norm[n], lower, upper);\n    sum += 1.0 / a + a / upper / upper;\n\n    dnorm[n] = select(0.0, share * ((a - upper) / upper / a) * ((a + upper) / upper / a), norm[n] == a);\n  }\n  sum = group_sum(lane, sum);\n  if (lane == 0u) { loss[0] = share * sum; }\n}\n";
const marginText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride ALL: u32;\noverride G: u32;\noverride HAS_NORM: bool = false;\noverride HAS_OWN: bool = false;\noverride HAS_DLOGITS: bool = false;\noverride IGNORE: u32 = 4294967295u;\noverride MAGNITUDE: bool = false;\noverride DETACHED: bool = false;\noverride GRAD: bool = false;\noverride DNORM: bool = false;\noverride ADD: bool = false;\n@group(0) @binding(0)  var<storage, read>       cosine: array<Element>;\n@group(0) @binding(1)  var<storage, read>       label: array<u32>;\n@group(0) @binding(2)  var<storage, read>       norm: array<f32>;\n@group(0) @binding(3)  var<storage, read>       own: array<f32>;\n@group(0) @binding(4)  var<storage, read>       dlogits: array<Element>;\n@group(0) @binding(5)  var<uniform>             s: f32;\n@group(0) @binding(6)  var<uniform>             m: f32;\n@group(0) @binding(7)  var<uniform>             lambda: f32;\n@group(0) @binding(8)  var<uniform>             h: f32;\n@group(0) @binding(9)  var<uniform>             mean: f32;\n@group(0) @binding(10) var<uniform>             deviation: f32;\n@group(0) @binding(11) var<uniform>             t: f32;\n@group(0) @binding(12) var<uniform>             lower: f32;\n@group(0) @binding(13) var<uniform>             upper: f32;\n@group(0) @binding(14) var<uniform>             upper_margin: f32;\n@group(0) @binding(15) var<uniform>             first: u32;\n@group(0) @binding(16) var<storage, read_write> result: array<Element>;\n@group(0) @binding(17) var<storage, read_write> dnorm: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  let headed = label[n] < ALL && label[n] != IGNORE;\n  let y = select(4294967295u, label[n] - first, headed);\n  var o = 0.0;\n  if (HAS_OWN) { o = own[n]; } else if (y < C) { o = part(cosine[(n * C + y) / WIDTH], y); }\n  var length = 0.0;\n  if (HAS_NORM) { length = norm[n]; }\n  let r = select(s, s * length, MAGNITUDE);\n  var changed = margin(o, length);\n  if (DETACHED) { changed = Margin(changed.value, 1.0, 0.0); }\n  let edge = Element(turned(o, cos_sin(m)).value);\n\n  var sum = 0.0;\n  for (var c = lane * WIDTH; c < C; c += WG * WIDTH) {\n    let i = (n * C + c) / WIDTH;\n    let x = cosine[i];\n    let here = is_label(c, y);\n    var value = x;\n    var slope = Element(1.0);\n    if (KIND == 5u && headed) {\n      value = select(x, x * (t + x), x > edge);\n      if (!DETACHED) { slope = select(slope, t + 2.0 * x, x > edge); }\n    }\n    value = select(value, Element(changed.value), here);\n    slope = select(slope, Element(changed.slope), here);\n    if (GRAD) {\n      var dlogit = result[i];\n      if (HAS_DLOGITS) { dlogit = dlogits[i]; }\n      let by_norm = select(Element(0.0), s * value, MAGNITUDE) + select(Element(0.0), Element(r * changed.by_norm), here);\n      sum += sum_of(dlogit * by_norm);\n      result[i] = r * slope * dlogit;\n    } else { result[i] = r * value; }\n  }\n  if (DNORM) {\n    sum = group_sum(lane, sum);\n    if (lane == 0u) {\n      if (ADD) { sum += dnorm[n]; }\n      dnorm[n] = sum;\n    }\n  }\n}\n";
const matmulText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride M: u32;\noverride N: u32;\noverride K: u32;\noverride TRANS_A: bool = false;\noverride TRANS_B: bool = false;\noverride HAS_BIAS: bool = false;\noverride HAS_LIVE: bool = false;\noverride ACT: u32 = 0u;\n@group(0) @binding(0) var<storage, read>       a: array<f32>;\n@group(0) @binding(1) var<storage, read>       b: array<Columns>;\n@group(0) @binding(2) var<storage, read>       bias: array<f32>;\n@group(0) @binding(3) var<storage, read>       slope: array<f32>;\n@group(0) @binding(4) var<storage, read>       live: array<f32>;\n@group(0) @binding(5) var<storage, read_write> c: array<f32>;\n\nfn gemm_m() -> u32 { return M; }\nfn gemm_n() -> u32 { return N; }\n\nfn gemm_k(m: u32) -> u32 { return K; }\n\n\nfn any_live(m: u32, rows: u32) -> bool {\n  if (!HAS_LIVE) { return true; }\n  let first = select(m, 0u, TRANS_A);\n  let end = select(min(m + rows, M), K, TRANS_A);\n  for (var row = first; row < end; row++) {\n    if (live[row] != 0.0) { return true; }\n  }\n  return false;\n}\n\nalias Row = u32;\nalias Inner = u32;\nfn row_of(m: u32) -> Row { return select(m * K, m, TRANS_A); }\nfn inner_of(m: u32, k: u32) -> Inner { return select(k, k * M, TRANS_A); }\nfn load_a(row: Row, inner: Inner) -> f32 { return a[row + inner]; }\n\nalias Line = u32;\nfn line_of(m: u32, k: u32) -> Line { return select(k * N, k, TRANS_B); }\nfn load_b(line: Line, n: u32) -> Columns { return b[(line + select(n, n * K, TRANS_B)) / WIDTH]; }\n\nfn held(split: u32, m: u32, n: u32) -> f32 { return c[(split * M + m) * N + n]; }\nfn keep(split: u32, m: u32, n: u32, v: f32) { c[(split * M + m) * N + n] = v; }\nfn store(split: u32, m: u32, n: u32, v: f32) {\n  var y = v;\n  if (HAS_BIAS) { y += bias[n]; }\n  if (ACT == 1u) { y = max(y, 0.0); }\n  if (ACT == 2u) { y = max(y, 0.0) + slope[n] * min(y, 0.0); }\n  keep(split, m, n, y);\n}\n";
const maxPoolText = "\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride P: u32;\noverride Q: u32;\noverride size: u32;\noverride stride: u32;\noverride pad: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;\n@group(0) @binding(2) var<storage, read_write> source: array<u32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * P * Q * C) { return; }\n  let c = i % C;\n  let image = i / (P * Q * C) * H * W;\n  let rows = pixels_of(i / (Q * C) % P, H);\n  let columns = pixels_of(i / C % Q, W);\n  var best = rows.start * W + columns.start;\n  var top = x[(image + best) * C + c];\n  for (var h = rows.start; h < rows.end; h++) {\n    for (var v = columns.start; v < columns.end; v++) {\n      let here = h * W + v;\n      let value = x[(image + here) * C + c];\n      best = select(best, here, value > top);\n      top = max(top, value);\n    }\n  }\n  y[i] = top;\n  source[i] = best;\n}\n";
const maxPoolDxText = "\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride P: u32;\noverride Q: u32;\noverride size: u32;\noverride stride: u32;\noverride pad: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       source: array<u32>;\n@group(0) @binding(1) var<storage, read>       dy: array<f32>;\n@group(0) @binding(2) var<storage, read_write> dx: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * H * W * C) { return; }\n  let c = i % C;\n  let here = i / C % (H * W);\n  let image = i / (H * W * C) * P;\n  let rows = windows_of(here / W, P);\n  let columns = windows_of(here % W, Q);\n  var sum = 0.0;\n  for (var p = rows.start; p < rows.end; p++) {\n    for (var q = columns.start; q < columns.end; q++) {\n      let window = ((image + p) * Q + q) * C + c;\n      sum += select(0.0, dy[window], source[window] == here);\n    }\n  }\n  dx[i] = sum;\n}\n";
const nonFiniteText = "\n\n\n\n\n\noverride n: u32;\noverride T: u32;\noverride WG: u32 = 64u;\nconst EXPONENT = 0x7f800000u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> parts: array<u32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let t = flat_index(group, groups) * WG + lane;\n  if (t >= T) { return; }\n  var count = 0u;\n  for (var i = t; i < n; i += T) { count += u32((bitcast<u32>(x[i]) & EXPONENT) == EXPONENT); }\n  parts[t] = count;\n}\n";
const pairContrastText = "\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\n@group(0) @binding(0) var<storage, read>       square: array<f32>;\n@group(0) @binding(1) var<storage, read>       label: array<u32>;\n@group(0) @binding(2) var<uniform>             margin: f32;\n@group(0) @binding(3) var<uniform>             scale: f32;\n@group(0) @binding(4) var<storage, read_write> weight: array<f32>;\n@group(0) @binding(5) var<storage, read_write> loss: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups);\n  if (i >= N) { return; }\n  var sum = 0.0;\n  for (var j = lane; j < N; j += WG) {\n    let s = square[i * N + j];\n    let d = sqrt(s);\n    let short = max(margin - d, 0.0);\n    let same = label[i] == label[j];\n    let parting = select(0.0, -short / max(d, 1e-30), s > 0.0);\n    weight[i * N + j] = select(0.25 * scale * select(parting, 1.0, same), 0.0, i == j);\n    sum += select(0.25 * scale * select(short * short, s, same), 0.0, i == j);\n  }\n  sum = group_sum(lane, sum);\n  if (lane == 0u) { loss[i] = sum; }\n}\n";
const pairGradientText = "\n\n\n\n\n\n\n\n\noverride N: u32;\n@group(0) @binding(0) var<storage, read>       weight: array<f32>;\n@group(0) @binding(1) var<uniform>             factor: f32;\n@group(0) @binding(2) var<storage, read_write> coefficient: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups);\n  if (i >= N) { return; }\n  var sum = 0.0;\n  for (var j = lane; j < N; j += WG) {\n    let s = select(2.0 * factor * (weight[i * N + j] + weight[j * N + i]), 0.0, i == j);\n    coefficient[i * N + j] = -s;\n    sum += s;\n  }\n  sum = group_sum(lane, sum);\n  if (lane == i % WG) { coefficient[i * N + i] = sum; }\n}\n";
const pairSquareText = "\n\n\n\n\n\noverride N: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       gram: array<f32>;\n@group(0) @binding(1) var<storage, read_write> square: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let e = flat_index(group, groups) * WG + lane;\n  if (e >= N * N) { return; }\n  let i = e / N;\n  let j = e % N;\n  square[e] = max(gram[i * N + i] + gram[j * N + j] - 2.0 * gram[e], 0.0);\n}\n";
const preluText = "\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride E = C / WIDTH;\noverride WG: u32 = 64u;\noverride HAS_RESIDUAL: bool = false;\n@group(0) @binding(0) var<storage, read>       x: array<StoredElement>;\n@group(0) @binding(1) var<storage, read>       slope: array<Element>;\n@group(0) @binding(2) var<storage, read>       residual: array<StoredElement>;\n@group(0) @binding(3) var<storage, read_write> y: array<StoredElement>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T * E) { return; }\n  let below = slope[first % E];\n  for (var i = first; i < N * E; i += T * E) {\n    let v = Element(x[i]);\n    var sum = max(v, Element(0.0)) + below * min(v, Element(0.0));\n    if (HAS_RESIDUAL) { sum += Element(residual[i]); }\n    y[i] = StoredElement(sum);\n  }\n}\n";
const preluGradText = "\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride T: u32;\noverride E = C / WIDTH;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<StoredElement>;\n@group(0) @binding(1) var<storage, read>       slope: array<Element>;\n@group(0) @binding(2) var<storage, read>       dy: array<StoredElement>;\n@group(0) @binding(3) var<storage, read_write> dx: array<StoredElement>;\n@group(0) @binding(4) var<storage, read_write> parts: array<Element>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let part = flat_index(group, groups) * WG + lane;\n  if (part >= T * E) { return; }\n  let c = part % E;\n  let below = slope[c];\n  var sum = Element(0.0);\n  for (var n = part / E; n < N; n += T) {\n    let i = n * E + c;\n    let v = Element(x[i]);\n    let d = Element(dy[i]);\n    dx[i] = StoredElement(d * select(below, Element(1.0), v > Element(0.0)));\n    sum += d * min(v, Element(0.0));\n  }\n  parts[part] = sum;\n}\n";
const reluText = "\n\n\n\n\noverride n: u32;\noverride T: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T) { return; }\n  for (var i = first; i < n; i += T) { y[i] = max(x[i], 0.0); }\n}\n";
const reluDxText = "\n\n\n\n\n\noverride n: u32;\noverride T: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       y: array<f32>;\n@group(0) @binding(1) var<storage, read>       dy: array<f32>;\n@group(0) @binding(2) var<storage, read_write> dx: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T) { return; }\n  for (var i = first; i < n; i += T) { dx[i] = select(0.0, dy[i], y[i] > 0.0); }\n}\n";
const scaleText = "\n\n\n\n\noverride n: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<uniform>             factor: f32;\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < n) { y[i] = factor * x[i]; }\n}\n";
const scaleRowsText = "\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read>       s: array<f32>;\n@group(0) @binding(2) var<storage, read_write> y: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i < N * C) { y[i] = s[i / C] * x[i]; }\n}\n";
const sgdText = "\n\n\n\n\n\noverride n: u32;\noverride T: u32;\noverride WG: u32 = 64u;\noverride HAS_UNSCALE: bool = false;\n@group(0) @binding(0) var<storage, read>       dw: array<f32>;\n@group(0) @binding(1) var<storage, read_write> v: array<f32>;\n@group(0) @binding(2) var<storage, read_write> w: array<f32>;\n@group(0) @binding(3) var<uniform>             rate: f32;\n@group(0) @binding(4) var<uniform>             momentum: f32;\n@group(0) @binding(5) var<uniform>             decay: f32;\n@group(0) @binding(6) var<storage, read>       unscale: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let first = flat_index(group, groups) * WG + lane;\n  if (first >= T) { return; }\n  var factor = 1.0;\n  if (HAS_UNSCALE) {\n    factor = unscale[0];\n    if (factor == 0.0) { return; }\n  }\n  for (var i = first; i < n; i += T) {\n    let moved = momentum * v[i] + factor * dw[i] + decay * w[i];\n    v[i] = moved;\n    w[i] -= rate * moved;\n  }\n}\n";
const softmaxLiveText = "\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride ALL: u32;\noverride P: u32;\noverride PARTS: u32;\noverride PART: u32;\noverride PAD: u32;\noverride HAS_FACTOR: bool = false;\noverride IGNORE: u32 = 4294967295u;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       label: array<u32>;\n@group(0) @binding(1) var<storage, read>       factor: array<f32>;\n@group(0) @binding(2) var<storage, read>       parts: array<vec4f>;\n@group(0) @binding(3) var<storage, read>       stats: array<vec4f>;\n@group(0) @binding(4) var<uniform>             gamma: f32;\n@group(0) @binding(5) var<uniform>             smoothing: f32;\n@group(0) @binding(6) var<uniform>             z_loss: f32;\n@group(0) @binding(7) var<uniform>             logit_scale: f32;\n@group(0) @binding(8) var<uniform>             epsilon: f32;\n@group(0) @binding(9) var<storage, read_write> live: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  let b = i / PAD;\n  let n = i % PAD;\n  if (b >= (P + PARTS - 1u) / PARTS) { return; }\n  live[i] = 0.0;\n  if (n >= N) { return; }\n  let y = label[n];\n  if (y >= ALL || y == IGNORE) { return; }\n  let row = stats[n];\n  let slopes = finish(Sums(row.x, row.y, row.z, row.w), logit_scale).slopes;\n  let first = b * PARTS;\n  let end = min(first + PARTS, P);\n  var top = NOTHING;\n  for (var part = first; part < end; part++) { top = max(top, parts[part * N + n].x); }\n  var largest = abs(slopes.others) * exp2((top - row.x) * (logit_scale * 1.44269504)) + abs(slopes.all);\n  if (y >= first * PART && y < end * PART) { largest = max(largest, abs(slopes.own)); }\n  if (largest < epsilon * logit_scale) { return; }\n  var f = 1.0;\n  if (HAS_FACTOR) { f = factor[n]; }\n  live[i] = f;\n}\n";
const softmaxLossText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride ALL: u32;\noverride L: u32;\noverride G: u32;\noverride P: u32;\noverride Q: u32;\noverride HAS_LOGITS: bool = false;\noverride HAS_FACTOR: bool = false;\noverride HAS_PARTS: bool = false;\noverride IGNORE: u32 = 4294967295u;\noverride SLICES: u32 = 1u;\noverride SPAN: u32 = 4294967295u;\noverride PARTIAL: bool = false;\noverride PART: u32 = 0u;\noverride GRAD: bool = true;\n@group(0) @binding(0)  var<storage, read>       logits: array<Element>;\n@group(0) @binding(1)  var<storage, read>       label: array<u32>;\n@group(0) @binding(2)  var<storage, read>       factor: array<f32>;\n@group(0) @binding(3)  var<storage, read>       parts: array<vec4f>;\n@group(0) @binding(4)  var<uniform>             gamma: f32;\n@group(0) @binding(5)  var<uniform>             scale: f32;\n@group(0) @binding(6)  var<uniform>             smoothing: f32;\n@group(0) @binding(7)  var<uniform>             z_loss: f32;\n@group(0) @binding(8)  var<uniform>             logit_scale: f32;\n@group(0) @binding(9)  var<uniform>             first: u32;\n@group(0) @binding(10) var<storage, read_write> loss: array<f32>;\n@group(0) @binding(11) var<storage, read_write> p: array<f32>;\n@group(0) @binding(12) var<storage, read_write> stats: array<vec4f>;\n@group(0) @binding(13) var<storage, read_write> dlogits: array<Element>;\n\nfn load(i: u32) -> Element {\n  if (HAS_LOGITS) { return logits[i]; }\n  return dlogits[i];\n}\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let g = flat_index(group, groups);\n  if (g >= N * SLICES) { return; }\n  let n = g / SLICES;\n  let slice = g % SLICES;\n  let start = slice * min(SPAN, C);\n  let end = min(start + min(SPAN, C), C);\n  let row = n * C;\n  let y = label[n] - first;\n  let s = logit_scale;\n\n  var block: Block;\n  var sums: Sums;\n  if (HAS_PARTS) { sums = sum_parts(lane, n, label[n], s); }\n  else { sums = sum_classes(lane, row, y, start, end, s, &block); }\n  if (PARTIAL) {\n    if (lane == 0u) { stats[slice * N + n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n    return;\n  }\n\n  var f = scale;\n  if (HAS_FACTOR) { f *= factor[n]; }\n  if (label[n] >= ALL || label[n] == IGNORE) { f = 0.0; }\n  let found = finish(sums, s);\n  if (lane == 0u && slice == 0u) {\n    loss[n] = f * found.loss;\n    p[n] = select(found.p, 0.0, label[n] >= ALL || label[n] == IGNORE);\n    if (Q == 1u) { stats[n] = vec4f(sums.top, sums.others, sums.below, sums.own); }\n  }\n\n  if (GRAD) {\n    if (!HAS_LOGITS) { storageBarrier(); }\n\n    let top = select(sums.top, -NOTHING, f == 0.0);\n    let slopes = Slopes(f * found.slopes.others, f * found.slopes.all, f * found.slopes.own);\n    for (var c = start + 4u * lane; c < end; c += BLOCK) {\n      if (HAS_PARTS || C > BLOCK) { block = load_block(row, c, y); }\n      store_slopes(row, c, y, exps(block.a, top, s), slopes);\n      store_slopes(row, c + 4u * WG, y, exps(block.b, top, s), slopes);\n      store_slopes(row, c + 8u * WG, y, exps(block.c, top, s), slopes);\n      store_slopes(row, c + 12u * WG, y, exps(block.d, top, s), slopes);\n    }\n  }\n}\n\n\nfn store_slopes(row: u32, c: u32, y: u32, e: vec4f, slopes: Slopes) {\n  store_quad(row, c, select(slopes.others * e + slopes.all, vec4f(slopes.own), is_label(c, y)));\n}\n\n\nfn sum_parts(lane: u32, n: u32, y: u32, s: f32) -> Sums {\n  var top = f32(NOTHING);\n  for (var i = lane; i < P; i += WG) { top = max(top, parts[i * N + n].x); }\n  top = group_max(lane, top);\n  var others = 0.0;\n  var below = 0.0;\n  var own = 0.0;\n  for (var i = lane; i < P; i += WG) {\n    let part = parts[i * N + n];\n    let start = i * PART;\n    let end = min(start + PART, ALL);\n    others += part.y * exp2((part.x - top) * (s * 1.44269504));\n    below += part.z + f32(end - start - u32(y >= start && y < end)) * (top - part.x);\n    own += part.w;\n  }\n  if (SMOOTH) { below = group_sum(lane, below); }\n  return Sums(top, group_sum(lane, others), below, group_sum(lane, own));\n}\n";
const sumPartsText = "\n\n\n\n\noverride T: u32;\noverride n: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= n) { return; }\n  var sum = 0.0;\n  for (var t = 0u; t < T; t++) { sum += x[t * n + i]; }\n  y[i] = sum;\n}\n";
const topKText = "\n\n\n\n\n\n\n\noverride N: u32;\noverride C: u32;\noverride K: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> value: array<f32>;\n@group(0) @binding(2) var<storage, read_write> index: array<u32>;\n\nvar<workgroup> values: array<f32, WG>;\nvar<workgroup> indices: array<u32, WG>;\n\nfn precedes(a: f32, i: u32, b: f32, j: u32) -> bool { return (a > b) | ((a == b) & (i < j)); }\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let n = flat_index(group, groups);\n  if (n >= N) { return; }\n  var last = 0.0;\n  var last_index = 0u;\n  for (var k = 0u; k < K; k++) {\n    var best = 0.0;\n    var best_index = C;\n    for (var c = lane; c < C; c += WG) {\n      let v = x[n * C + c];\n      let left = (k == 0u) | precedes(last, last_index, v, c);\n      if (left & ((best_index == C) | (v > best))) {\n        best = v;\n        best_index = c;\n      }\n    }\n    values[lane] = best;\n    indices[lane] = best_index;\n    workgroupBarrier();\n    for (var half = WG / 2u; half > 0u; half /= 2u) {\n      if (lane < half) {\n        let other = indices[lane + half];\n        let mine = indices[lane];\n        if ((other < C) & ((mine == C) | precedes(values[lane + half], other, values[lane], mine))) {\n          values[lane] = values[lane + half];\n          indices[lane] = other;\n        }\n      }\n      workgroupBarrier();\n    }\n    last = values[0];\n    last_index = indices[0];\n    if (lane == 0u) {\n      value[n * K + k] = last;\n      index[n * K + k] = last_index;\n    }\n    workgroupBarrier();\n  }\n}\n";
const totalText = "\n\n\n\n\noverride n: u32;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(local_invocation_index) lane: u32) {\n  var sum = 0.0;\n  for (var i = lane; i < n; i += WG) { sum += x[i]; }\n  sum = group_sum(lane, sum);\n  if (lane == 0u) { y[0] = sum; }\n}\n";
const transposeText = "\n\n\n\n\noverride B: u32;\noverride I: u32;\noverride J: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       x: array<f32>;\n@group(0) @binding(1) var<storage, read_write> y: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= B * I * J) { return; }\n  y[i] = x[(i / (I * J) * I + i % I) * J + i / I % J];\n}\n";
const tripletMineText = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\noverride N: u32;\noverride MINING: u32 = 0u;\n@group(0) @binding(0) var<storage, read>       square: array<f32>;\n@group(0) @binding(1) var<storage, read>       label: array<u32>;\n@group(0) @binding(2) var<uniform>             margin: f32;\n@group(0) @binding(3) var<uniform>             seed: u32;\n@group(0) @binding(4) var<storage, read_write> weight: array<f32>;\n@group(0) @binding(5) var<storage, read_write> parts: array<f32>;\n\nconst NO_KEY = 3.4e38;\n\n\nfn mix(v: u32) -> u32 {\n  var h = v;\n  h = (h ^ (h >> 16u)) * 0x7feb352du;\n  h = (h ^ (h >> 15u)) * 0x846ca68bu;\n  return h ^ (h >> 16u);\n}\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let a = flat_index(group, groups);\n  if (a >= N) { return; }\n  let row = a * N;\n  for (var j = lane; j < N; j += WG) { weight[row + j] = 0.0; }\n  var lost = 0.0;\n  var triplets = 0.0;\n  var without = 0.0;\n  for (var p = 0u; p < N; p++) {\n    if ((p == a) | (label[p] != label[a])) { continue; }\n    let near = square[row + p];\n    let bound = near + margin;\n    let hash = mix(mix(seed + a) + p);\n    var key = NO_KEY;\n    var choice = N;\n    var found = 0.0;\n    var sum = 0.0;\n    for (var n = lane; n < N; n += WG) {\n      let far = square[row + n];\n      if ((label[n] == label[a]) | (far >= bound)) { continue; }\n      if (MINING == 2u) {\n        weight[row + n] -= 1.0;\n        found += 1.0;\n        sum += bound - far;\n      } else {\n        if ((MINING == 0u) & (far <= near)) { continue; }\n        var k = far;\n        if (MINING == 3u) { k = f32(mix(hash + n) >> 8u); }\n        if (k < key) {\n          key = k;\n          choice = n;\n        }\n      }\n    }\n    if (MINING == 2u) {\n      found = group_sum(lane, found);\n      sum = group_sum(lane, sum);\n    } else {\n      let smallest = -group_max(lane, -key);\n\n      let first = u32(-group_max(lane, -f32(select(N, choice, key == smallest))));\n      if (first < N) {\n        found = 1.0;\n        sum = bound - square[row + first];\n        if (lane == first % WG) { weight[row + first] -= 1.0; }\n      }\n    }\n    if (lane == p % WG) { weight[row + p] += found; }\n    lost += sum;\n    triplets += found;\n    without += select(0.0, 1.0, found == 0.0);\n  }\n  if (lane == 0u) {\n    parts[3u * a] = lost;\n    parts[3u * a + 1u] = triplets;\n    parts[3u * a + 2u] = without;\n  }\n}\n";
const tripletTotalText = "\n\n\n\n\n\n\n\noverride N: u32;\noverride MEAN: bool = true;\n@group(0) @binding(0) var<storage, read>       parts: array<f32>;\n@group(0) @binding(1) var<uniform>             scale: f32;\n@group(0) @binding(2) var<storage, read_write> loss: array<f32>;\n@group(0) @binding(3) var<storage, read_write> share: array<f32>;\n@group(0) @binding(4) var<storage, read_write> count: array<f32>;\n\n@compute @workgroup_size(WG)\nfn main(@builtin(local_invocation_index) lane: u32) {\n  var lost = 0.0;\n  var triplets = 0.0;\n  var without = 0.0;\n  for (var a = lane; a < N; a += WG) {\n    lost += parts[3u * a];\n    triplets += parts[3u * a + 1u];\n    without += parts[3u * a + 2u];\n  }\n  lost = group_sum(lane, lost);\n  triplets = group_sum(lane, triplets);\n  without = group_sum(lane, without);\n  if (lane == 0u) {\n    var s = scale;\n    if (MEAN) { s = select(0.0, scale / max(triplets, 1.0), triplets > 0.0); }\n    loss[0] = s * lost;\n    share[0] = s;\n    count[0] = triplets;\n    count[1] = without;\n  }\n}\n";
const warpText = "\n\n\n\n\n\n\n\noverride N: u32;\noverride H: u32;\noverride W: u32;\noverride C: u32;\noverride P: u32;\noverride Q: u32;\noverride WG: u32 = 64u;\n@group(0) @binding(0) var<storage, read>       images: array<f32>;\n@group(0) @binding(1) var<storage, read>       transforms: array<f32>;\n@group(0) @binding(2) var<storage, read_write> warped: array<f32>;\n\nstruct Place { pixel: i32, part: f32 }\n\nconst UNIT = 0.00390625;\n\n\n\n\nfn place(row: u32, at: vec3i, size: u32) -> Place {\n  let t = vec3f(transforms[row * 3u], transforms[row * 3u + 1u], transforms[row * 3u + 2u]);\n  let about = dot(t, vec3f(at));\n  if (!((about > -2.0) & (about < f32(size) + 1.0))) { return Place(-2, 0.0); }\n  let coarse = round(t * 256.0);\n  let units = dot(vec3i(coarse), at);\n  let part = f32(units & 255) * UNIT + dot(t - coarse * UNIT, vec3f(at));\n  return Place((units >> 8u) + i32(floor(part)), part - floor(part));\n}\n\n@compute @workgroup_size(WG)\nfn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,\n        @builtin(local_invocation_index) lane: u32) {\n  let i = flat_index(group, groups) * WG + lane;\n  if (i >= N * P * Q) { return; }\n  let n = i / (P * Q);\n  let at = vec3i(vec3u(i % Q, i / Q % P, 1u));\n  let x = place(2u * n, at, W);\n  let y = place(2u * n + 1u, at, H);\n  for (var c = 0u; c < C; c++) {\n    var sum = 0.0;\n    for (var tap = 0; tap < 4; tap++) {\n      let down = tap >> 1u;\n      let right = tap & 1;\n      let h = y.pixel + down;\n      let w = x.pixel + right;\n      if ((h >= 0) & (h < i32(H)) & (w >= 0) & (w < i32(W))) {\n        let weight = select(1.0 - y.part, y.part, down == 1) * select(1.0 - x.part, x.part, right == 1);\n        sum += weight * images[((n * H + u32(h)) * W + u32(w)) * C + c];\n      }\n    }\n    warped[i * C + c] = sum;\n  }\n}\n";

/**
 * add: y[i] = a[i] + b[i].
 *
 * One lane per element. Reads a and b once, writes y once: 12 bytes and 1 flop per element of f32.
 * uses lib/index.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const add = {
  name: "add",
  bindings: {
    /** (n) */
    a: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    b: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    y: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", addText, indexPart, storedPart),
} as const;

/**
 * add: y[i] = a[i] + b[i].
 *
 * One lane per element. Reads a and b once, writes y once: 12 bytes and 1 flop per element of f32.
 * uses lib/index.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const addF16 = {
  name: "add_f16",
  bindings: {
    /** (n) */
    a: { access: "read", type: "f16", shape: ["n"], optional: false },
    /** (n) */
    b: { access: "read", type: "f16", shape: ["n"], optional: false },
    /** (n) */
    y: { access: "write", type: "f16", shape: ["n"], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", addText, indexPart, storedF16Part),
} as const;

/**
 * avg_pool: y[n,p,q,c] = mean of x[n,h,v,c] over the window's pixels.
 *
 * The window of (p, q) starts at (p stride - pad, q stride - pad) and is size pixels wide and high; pixels outside the image
 * are left out of sum and count. One lane per result. Reads x size^2 / stride^2 times, writes y once.
 * uses lib/window.wgsl
 * uses lib/index.wgsl
 */
export const avgPool = {
  name: "avg_pool",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, C) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "P", "Q", "size", "stride", "pad"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*P*Q*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", avgPoolText, windowPart, indexPart),
} as const;

/**
 * avg_pool_dx: dx[n,h,v,c] = sum over the windows that cover (h, v) of dy[n,p,q,c] / (pixels of the window).
 *
 * One lane per pixel asks every window that covers it, in row-major order, so that nothing is scattered. Reads dy
 * size^2 / stride^2 times, writes dx once.
 * uses lib/window.wgsl
 * uses lib/index.wgsl
 */
export const avgPoolDx = {
  name: "avg_pool_dx",
  bindings: {
    /** (N, P, Q, C) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","C"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "P", "Q", "size", "stride", "pad"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*H*W*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", avgPoolDxText, windowPart, indexPart),
} as const;

/**
 * bias: y[n,c] = x[n,c] + bias[c].
 *
 * One lane per (t, c) takes the rows t, t + T, t + 2T, ... of channel c, so that neighbouring lanes read neighbouring
 * channels. Reads x once, writes y once: 8 bytes and 1 flop per element.
 * uses lib/index.wgsl
 */
export const bias = {
  name: "bias",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (C) */
    bias: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (N, C) */
    y: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", biasText, indexPart),
} as const;

/**
 * bn_apply: y[n,c] = max(v, 0) + slope[c] min(v, 0) + residual[n,c], v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
 *
 * Without slope, v stays as it is. The mean is subtracted first, which is exact where it is many times the deviation. One lane
 * per t and channel, or quad of channels, takes the rows t, t + T, t + 2T, ..., so that neighbouring lanes read neighbouring
 * channels. Reads x once, writes y once: 8 bytes and 3 flops per element; slope adds 3 flops, residual 4 bytes and 1 flop.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnApply = {
  name: "bn_apply",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "f32", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** (N, C) optional */
    residual: { access: "read", type: "f32", shape: ["N","C"], optional: true },
    /** (N, C) */
    y: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, HAS_RESIDUAL: false, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnApplyText, indexPart, elementPart, storedPart),
} as const;

/**
 * bn_apply: y[n,c] = max(v, 0) + slope[c] min(v, 0) + residual[n,c], v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
 *
 * Without slope, v stays as it is. The mean is subtracted first, which is exact where it is many times the deviation. One lane
 * per t and channel, or quad of channels, takes the rows t, t + T, t + 2T, ..., so that neighbouring lanes read neighbouring
 * channels. Reads x once, writes y once: 8 bytes and 3 flops per element; slope adds 3 flops, residual 4 bytes and 1 flop.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnApplyVec4 = {
  name: "bn_apply_vec4",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "vec4f", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: true },
    /** (N, C) optional */
    residual: { access: "read", type: "vec4f", shape: ["N","C"], optional: true },
    /** (N, C) */
    y: { access: "write", type: "vec4f", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, HAS_RESIDUAL: false, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnApplyText, indexPart, elementVec4Part, storedPart),
} as const;

/**
 * bn_apply: y[n,c] = max(v, 0) + slope[c] min(v, 0) + residual[n,c], v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
 *
 * Without slope, v stays as it is. The mean is subtracted first, which is exact where it is many times the deviation. One lane
 * per t and channel, or quad of channels, takes the rows t, t + T, t + 2T, ..., so that neighbouring lanes read neighbouring
 * channels. Reads x once, writes y once: 8 bytes and 3 flops per element; slope adds 3 flops, residual 4 bytes and 1 flop.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnApplyF16 = {
  name: "bn_apply_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "f32", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** (N, C) optional */
    residual: { access: "read", type: "f16", shape: ["N","C"], optional: true },
    /** (N, C) */
    y: { access: "write", type: "f16", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, HAS_RESIDUAL: false, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", bnApplyText, indexPart, elementPart, storedF16Part),
} as const;

/**
 * bn_apply: y[n,c] = max(v, 0) + slope[c] min(v, 0) + residual[n,c], v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
 *
 * Without slope, v stays as it is. The mean is subtracted first, which is exact where it is many times the deviation. One lane
 * per t and channel, or quad of channels, takes the rows t, t + T, t + 2T, ..., so that neighbouring lanes read neighbouring
 * channels. Reads x once, writes y once: 8 bytes and 3 flops per element; slope adds 3 flops, residual 4 bytes and 1 flop.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnApplyVec4F16 = {
  name: "bn_apply_vec4_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4h", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "vec4f", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: true },
    /** (N, C) optional */
    residual: { access: "read", type: "vec4h", shape: ["N","C"], optional: true },
    /** (N, C) */
    y: { access: "write", type: "vec4h", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, HAS_RESIDUAL: false, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", bnApplyText, indexPart, elementVec4Part, storedF16Part),
} as const;

/**
 * bn_dx: dx[n,c] = scale[c] inv_std[c] (dv - along[0,c] - along[1,c] (x[n,c] - mean[c])), dv = dy[n,c] (v > 0 ? 1 : slope[c]),
 *        v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
 *
 * The terms of along are how the batch's own mean and deviation follow x; where the running statistics were used, they are not
 * given and left out. Without slope, dv is dy. One lane per t and channel, or quad of channels, takes the rows t, t + T,
 * t + 2T, ..., so that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 5 flops
 * per element; slope adds 3 flops.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnDx = {
  name: "bn_dx",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "f32", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** (2, C) optional, given for the batch's statistics */
    along: { access: "read", type: "f32", shape: ["2","C"], optional: true },
    /** (N, C) */
    dx: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, HAS_ALONG: false, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnDxText, indexPart, elementPart, storedPart),
} as const;

/**
 * bn_dx: dx[n,c] = scale[c] inv_std[c] (dv - along[0,c] - along[1,c] (x[n,c] - mean[c])), dv = dy[n,c] (v > 0 ? 1 : slope[c]),
 *        v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
 *
 * The terms of along are how the batch's own mean and deviation follow x; where the running statistics were used, they are not
 * given and left out. Without slope, dv is dy. One lane per t and channel, or quad of channels, takes the rows t, t + T,
 * t + 2T, ..., so that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 5 flops
 * per element; slope adds 3 flops.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnDxVec4 = {
  name: "bn_dx_vec4",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "vec4f", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: true },
    /** (2, C) optional, given for the batch's statistics */
    along: { access: "read", type: "vec4f", shape: ["2","C"], optional: true },
    /** (N, C) */
    dx: { access: "write", type: "vec4f", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, HAS_ALONG: false, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnDxText, indexPart, elementVec4Part, storedPart),
} as const;

/**
 * bn_dx: dx[n,c] = scale[c] inv_std[c] (dv - along[0,c] - along[1,c] (x[n,c] - mean[c])), dv = dy[n,c] (v > 0 ? 1 : slope[c]),
 *        v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
 *
 * The terms of along are how the batch's own mean and deviation follow x; where the running statistics were used, they are not
 * given and left out. Without slope, dv is dy. One lane per t and channel, or quad of channels, takes the rows t, t + T,
 * t + 2T, ..., so that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 5 flops
 * per element; slope adds 3 flops.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnDxF16 = {
  name: "bn_dx_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "f32", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** (2, C) optional, given for the batch's statistics */
    along: { access: "read", type: "f32", shape: ["2","C"], optional: true },
    /** (N, C) */
    dx: { access: "write", type: "f16", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, HAS_ALONG: false, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", bnDxText, indexPart, elementPart, storedF16Part),
} as const;

/**
 * bn_dx: dx[n,c] = scale[c] inv_std[c] (dv - along[0,c] - along[1,c] (x[n,c] - mean[c])), dv = dy[n,c] (v > 0 ? 1 : slope[c]),
 *        v = scale[c] (x[n,c] - mean[c]) inv_std[c] + shift[c].
 *
 * The terms of along are how the batch's own mean and deviation follow x; where the running statistics were used, they are not
 * given and left out. Without slope, dv is dy. One lane per t and channel, or quad of channels, takes the rows t, t + T,
 * t + 2T, ..., so that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 5 flops
 * per element; slope adds 3 flops.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnDxVec4F16 = {
  name: "bn_dx_vec4_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4h", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "vec4h", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "vec4f", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: true },
    /** (2, C) optional, given for the batch's statistics */
    along: { access: "read", type: "vec4f", shape: ["2","C"], optional: true },
    /** (N, C) */
    dx: { access: "write", type: "vec4h", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, HAS_ALONG: false, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", bnDxText, indexPart, elementVec4Part, storedF16Part),
} as const;

/**
 * bn_finish: statistics of a batch of N rows from those of its T parts, and their running averages.
 *
 *   mean       = sum_t rows(t) parts[t,0,c] / N                                                -> stats[0,c]
 *   variance   = sum_t (parts[t,1,c] + rows(t) (parts[t,0,c] - mean)^2) / N
 *   inv_std    = 1 / sqrt(variance + epsilon)                                                  -> stats[1,c]
 *   running_mean[c]     goes momentum of the way to mean
 *   running_variance[c] goes momentum of the way to variance N / (N - 1)
 *
 * The second pass after bn_stats; Chan's formula, with sums over means less that of part 0, so that a mean many times the
 * deviation costs no digits. One lane per channel, t in ascending order. Reads parts once.
 * Source: Chan, Golub, LeVeque, "Algorithms for computing the sample variance", The American Statistician 37, 1983.
 * uses lib/index.wgsl
 */
export const bnFinish = {
  name: "bn_finish",
  bindings: {
    /** (T, 2, C) */
    parts: { access: "read", type: "f32", shape: ["T","2","C"], optional: false },
    /** weight of this batch in the running averages */
    momentum: { access: "scalar", type: "f32", shape: [], optional: false },
    /** added to the variance */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (C) updated in place */
    running_mean: { access: "update", type: "f32", shape: ["C"], optional: false },
    /** (C) updated in place */
    running_variance: { access: "update", type: "f32", shape: ["C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "write", type: "f32", shape: ["2","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnFinishText, indexPart),
} as const;

/**
 * bn_grad_finish: the gradients of a BatchNorm's parameters from the parts of bn_grad_parts, and what they say of x:
 *                 dshift[c] = sum_t parts[t,0,c], dscale[c] = sum_t parts[t,1,c], dslope[c] = sum_t parts[t,2,c],
 *                 along[0,c] = dshift[c] / N, along[1,c] = dscale[c] inv_std[c] / N.
 *
 * One lane per (k, c), t in ascending order. Reads parts once.
 * uses lib/index.wgsl
 */
export const bnGradFinish = {
  name: "bn_grad_finish",
  bindings: {
    /** (T, K, C) */
    parts: { access: "read", type: "f32", shape: ["T","K","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "f32", shape: ["2","C"], optional: false },
    /** (C) */
    dshift: { access: "write", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    dscale: { access: "write", type: "f32", shape: ["C"], optional: false },
    /** (C) written where K is 3 */
    dslope: { access: "write", type: "f32", shape: ["C"], optional: false },
    /** (2, C) of each element of x: along the mean, along the deviation */
    along: { access: "write", type: "f32", shape: ["2","C"], optional: false },
  },
  sizes: ["N", "C", "T", "K"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["K*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnGradFinishText, indexPart),
} as const;

/**
 * bn_grad_parts: with z = (x[n,c] - mean[c]) inv_std[c], v = scale[c] z + shift[c], dv = dy[n,c] (v > 0 ? 1 : slope[c]), over
 *                the rows n = t, t + T, t + 2T, ...: parts[t,0,c] = sum of dv, parts[t,1,c] = sum of dv z,
 *                parts[t,2,c] = sum of dy[n,c] min(v, 0).
 *
 * Without slope, dv is dy and the last sum is left out. All sums in one pass; bn_grad_finish adds the parts in order. One lane
 * per t and channel, or quad of channels, so that neighbouring lanes read neighbouring channels. Reads x and dy once: 8 bytes
 * and 4 flops per element; slope adds 5 flops.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnGradParts = {
  name: "bn_grad_parts",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "f32", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** (T, 2 + HAS_SLOPE, C) */
    parts: { access: "write", type: "f32", shape: ["T","2 + HAS_SLOPE","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnGradPartsText, indexPart, elementPart, storedPart),
} as const;

/**
 * bn_grad_parts: with z = (x[n,c] - mean[c]) inv_std[c], v = scale[c] z + shift[c], dv = dy[n,c] (v > 0 ? 1 : slope[c]), over
 *                the rows n = t, t + T, t + 2T, ...: parts[t,0,c] = sum of dv, parts[t,1,c] = sum of dv z,
 *                parts[t,2,c] = sum of dy[n,c] min(v, 0).
 *
 * Without slope, dv is dy and the last sum is left out. All sums in one pass; bn_grad_finish adds the parts in order. One lane
 * per t and channel, or quad of channels, so that neighbouring lanes read neighbouring channels. Reads x and dy once: 8 bytes
 * and 4 flops per element; slope adds 5 flops.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnGradPartsVec4 = {
  name: "bn_grad_parts_vec4",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "vec4f", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: true },
    /** (T, 2 + HAS_SLOPE, C) */
    parts: { access: "write", type: "vec4f", shape: ["T","2 + HAS_SLOPE","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnGradPartsText, indexPart, elementVec4Part, storedPart),
} as const;

/**
 * bn_grad_parts: with z = (x[n,c] - mean[c]) inv_std[c], v = scale[c] z + shift[c], dv = dy[n,c] (v > 0 ? 1 : slope[c]), over
 *                the rows n = t, t + T, t + 2T, ...: parts[t,0,c] = sum of dv, parts[t,1,c] = sum of dv z,
 *                parts[t,2,c] = sum of dy[n,c] min(v, 0).
 *
 * Without slope, dv is dy and the last sum is left out. All sums in one pass; bn_grad_finish adds the parts in order. One lane
 * per t and channel, or quad of channels, so that neighbouring lanes read neighbouring channels. Reads x and dy once: 8 bytes
 * and 4 flops per element; slope adds 5 flops.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnGradPartsF16 = {
  name: "bn_grad_parts_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "f32", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** (T, 2 + HAS_SLOPE, C) */
    parts: { access: "write", type: "f32", shape: ["T","2 + HAS_SLOPE","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", bnGradPartsText, indexPart, elementPart, storedF16Part),
} as const;

/**
 * bn_grad_parts: with z = (x[n,c] - mean[c]) inv_std[c], v = scale[c] z + shift[c], dv = dy[n,c] (v > 0 ? 1 : slope[c]), over
 *                the rows n = t, t + T, t + 2T, ...: parts[t,0,c] = sum of dv, parts[t,1,c] = sum of dv z,
 *                parts[t,2,c] = sum of dy[n,c] min(v, 0).
 *
 * Without slope, dv is dy and the last sum is left out. All sums in one pass; bn_grad_finish adds the parts in order. One lane
 * per t and channel, or quad of channels, so that neighbouring lanes read neighbouring channels. Reads x and dy once: 8 bytes
 * and 4 flops per element; slope adds 5 flops.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnGradPartsVec4F16 = {
  name: "bn_grad_parts_vec4_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4h", shape: ["N","C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "vec4h", shape: ["N","C"], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "read", type: "vec4f", shape: ["2","C"], optional: false },
    /** (C) */
    scale: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) */
    shift: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (C) optional */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: true },
    /** (T, 2 + HAS_SLOPE, C) */
    parts: { access: "write", type: "vec4f", shape: ["T","2 + HAS_SLOPE","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_SLOPE: false, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", bnGradPartsText, indexPart, elementVec4Part, storedF16Part),
} as const;

/**
 * bn_running: stats[0,c] = mean[c], stats[1,c] = 1 / sqrt(variance[c] + epsilon).
 *
 * The running statistics, as bn_finish gives a batch's. One lane per channel.
 * uses lib/index.wgsl
 */
export const bnRunning = {
  name: "bn_running",
  bindings: {
    /** (C) */
    mean: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (C) */
    variance: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** added to the variance */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (2, C) mean, inv_std */
    stats: { access: "write", type: "f32", shape: ["2","C"], optional: false },
  },
  sizes: ["C"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnRunningText, indexPart),
} as const;

/**
 * bn_stats: of the rows n = t, t + T, t + 2T, ... of x, for each channel: parts[t,0,c] = mean,
 *           parts[t,1,c] = sum of (x[n,c] - mean)^2.
 *
 * The first pass of batch statistics, which bn_finish combines. Sums are over x less its value in row t, so that a mean many
 * times the deviation costs no digits. One lane per t and channel, or quad of channels, so that neighbouring lanes read
 * neighbouring channels. Reads x once: 4 bytes and 4 flops per element.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnStats = {
  name: "bn_stats",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (T, 2, C) */
    parts: { access: "write", type: "f32", shape: ["T","2","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnStatsText, indexPart, elementPart, storedPart),
} as const;

/**
 * bn_stats: of the rows n = t, t + T, t + 2T, ... of x, for each channel: parts[t,0,c] = mean,
 *           parts[t,1,c] = sum of (x[n,c] - mean)^2.
 *
 * The first pass of batch statistics, which bn_finish combines. Sums are over x less its value in row t, so that a mean many
 * times the deviation costs no digits. One lane per t and channel, or quad of channels, so that neighbouring lanes read
 * neighbouring channels. Reads x once: 4 bytes and 4 flops per element.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnStatsVec4 = {
  name: "bn_stats_vec4",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (T, 2, C) */
    parts: { access: "write", type: "vec4f", shape: ["T","2","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", bnStatsText, indexPart, elementVec4Part, storedPart),
} as const;

/**
 * bn_stats: of the rows n = t, t + T, t + 2T, ... of x, for each channel: parts[t,0,c] = mean,
 *           parts[t,1,c] = sum of (x[n,c] - mean)^2.
 *
 * The first pass of batch statistics, which bn_finish combines. Sums are over x less its value in row t, so that a mean many
 * times the deviation costs no digits. One lane per t and channel, or quad of channels, so that neighbouring lanes read
 * neighbouring channels. Reads x once: 4 bytes and 4 flops per element.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnStatsF16 = {
  name: "bn_stats_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (T, 2, C) */
    parts: { access: "write", type: "f32", shape: ["T","2","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", bnStatsText, indexPart, elementPart, storedF16Part),
} as const;

/**
 * bn_stats: of the rows n = t, t + T, t + 2T, ... of x, for each channel: parts[t,0,c] = mean,
 *           parts[t,1,c] = sum of (x[n,c] - mean)^2.
 *
 * The first pass of batch statistics, which bn_finish combines. Sums are over x less its value in row t, so that a mean many
 * times the deviation costs no digits. One lane per t and channel, or quad of channels, so that neighbouring lanes read
 * neighbouring channels. Reads x once: 4 bytes and 4 flops per element.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const bnStatsVec4F16 = {
  name: "bn_stats_vec4_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4h", shape: ["N","C"], optional: false },
    /** (T, 2, C) */
    parts: { access: "write", type: "vec4f", shape: ["T","2","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", bnStatsText, indexPart, elementVec4Part, storedF16Part),
} as const;

/**
 * cast: y[i] = x[i], from f32 to f16 or back.
 *
 * What f16 lacks bits for is rounded, what is beyond 65504 becomes infinite. One lane per element. Reads x once, writes y once:
 * 6 bytes per element.
 * uses lib/to_f16.wgsl | lib/to_f32.wgsl
 * uses lib/index.wgsl
 */
export const cast = {
  name: "cast",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    y: { access: "write", type: "f16", shape: ["n"], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", castText, toF16Part, indexPart),
} as const;

/**
 * cast: y[i] = x[i], from f32 to f16 or back.
 *
 * What f16 lacks bits for is rounded, what is beyond 65504 becomes infinite. One lane per element. Reads x once, writes y once:
 * 6 bytes per element.
 * uses lib/to_f16.wgsl | lib/to_f32.wgsl
 * uses lib/index.wgsl
 */
export const castF32 = {
  name: "cast_f32",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f16", shape: ["n"], optional: false },
    /** (n) */
    y: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", castText, toF32Part, indexPart),
} as const;

/**
 * center_gradient: dcenters[c] = sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
 *
 * 0 for classes that the batch does not hold. One workgroup per class; its WG lanes stride over the D features. Reads x and
 * the centers of the batch, writes dcenters: 2 flops per element of x.
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/center_pull.wgsl
 * uses lib/index.wgsl
 */
export const centerGradient = {
  name: "center_gradient",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "f32", shape: ["C","D"], optional: false },
    /** (C) of class_rows */
    head: { access: "read", type: "u32", shape: ["C"], optional: false },
    /** (N) of class_rows */
    next: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    dcenters: { access: "write", type: "f32", shape: ["C","D"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per class */ WG: 64, /** label of rows to leave out */ IGNORE: 4294967295, /** numbers in an element */ WIDTH: 1 },
  grid: ["C"],
  features: [],
  code: /* @__PURE__ */ wgsl("", centerGradientText, elementPart, storedPart, centerPullPart, indexPart),
} as const;

/**
 * center_gradient: dcenters[c] = sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
 *
 * 0 for classes that the batch does not hold. One workgroup per class; its WG lanes stride over the D features. Reads x and
 * the centers of the batch, writes dcenters: 2 flops per element of x.
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/center_pull.wgsl
 * uses lib/index.wgsl
 */
export const centerGradientVec4 = {
  name: "center_gradient_vec4",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "vec4f", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "vec4f", shape: ["C","D"], optional: false },
    /** (C) of class_rows */
    head: { access: "read", type: "u32", shape: ["C"], optional: false },
    /** (N) of class_rows */
    next: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    dcenters: { access: "write", type: "vec4f", shape: ["C","D"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per class */ WG: 64, /** label of rows to leave out */ IGNORE: 4294967295, /** numbers in an element */ WIDTH: 4 },
  grid: ["C"],
  features: [],
  code: /* @__PURE__ */ wgsl("", centerGradientText, elementVec4Part, storedPart, centerPullPart, indexPart),
} as const;

/**
 * center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.
 *
 *   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]
 *   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])
 *
 * A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12
 * bytes and 4 flops per element of x.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/index.wgsl
 */
export const centerLoss = {
  name: "center_loss",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "f32", shape: ["C","D"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** factor on all rows, such as lambda / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** (G, D) */
    dx: { access: "write", type: "f32", shape: ["G","D"], optional: false },
  },
  sizes: ["N", "C", "D", "G"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** write dx */ GRAD: true, /** lanes per row, a power of two */ WG: 64, /** numbers in an element */ WIDTH: 1 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", centerLossText, reducePart, elementPart, storedPart, indexPart),
} as const;

/**
 * center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.
 *
 *   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]
 *   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])
 *
 * A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12
 * bytes and 4 flops per element of x.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/index.wgsl
 */
export const centerLossSubgroup = {
  name: "center_loss_subgroup",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "f32", shape: ["C","D"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** factor on all rows, such as lambda / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** (G, D) */
    dx: { access: "write", type: "f32", shape: ["G","D"], optional: false },
  },
  sizes: ["N", "C", "D", "G"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** write dx */ GRAD: true, /** lanes per row, at most the subgroup's size */ WG: 4, /** numbers in an element */ WIDTH: 1 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", centerLossText, reduceSubgroupPart, elementPart, storedPart, indexPart),
} as const;

/**
 * center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.
 *
 *   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]
 *   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])
 *
 * A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12
 * bytes and 4 flops per element of x.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/index.wgsl
 */
export const centerLossVec4 = {
  name: "center_loss_vec4",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "vec4f", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "vec4f", shape: ["C","D"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** factor on all rows, such as lambda / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** (G, D) */
    dx: { access: "write", type: "vec4f", shape: ["G","D"], optional: false },
  },
  sizes: ["N", "C", "D", "G"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** write dx */ GRAD: true, /** lanes per row, a power of two */ WG: 64, /** numbers in an element */ WIDTH: 4 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", centerLossText, reducePart, elementVec4Part, storedPart, indexPart),
} as const;

/**
 * center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.
 *
 *   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]
 *   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])
 *
 * A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12
 * bytes and 4 flops per element of x.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/index.wgsl
 */
export const centerLossSubgroupVec4 = {
  name: "center_loss_subgroup_vec4",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "vec4f", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C, D) */
    centers: { access: "read", type: "vec4f", shape: ["C","D"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** factor on all rows, such as lambda / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** (G, D) */
    dx: { access: "write", type: "vec4f", shape: ["G","D"], optional: false },
  },
  sizes: ["N", "C", "D", "G"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** write dx */ GRAD: true, /** lanes per row, at most the subgroup's size */ WG: 4, /** numbers in an element */ WIDTH: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", centerLossText, reduceSubgroupPart, elementVec4Part, storedPart, indexPart),
} as const;

/**
 * center_update: centers[c] -= alpha sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
 *
 * Centers of classes that the batch does not hold stay as they are, to the last bit. One workgroup per row, of which only the
 * first of each class works; its WG lanes stride over the D features. Reads x and the centers of the batch, writes those
 * centers: 2 flops per element of x.
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/center_pull.wgsl
 * uses lib/index.wgsl
 */
export const centerUpdate = {
  name: "center_update",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) of class_rows */
    head: { access: "read", type: "u32", shape: ["C"], optional: false },
    /** (N) of class_rows */
    next: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** how far centers move, from 0 to 1 */
    alpha: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (C, D) updated in place */
    centers: { access: "update", type: "f32", shape: ["C","D"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per row */ WG: 64, /** label of rows to leave out */ IGNORE: 4294967295, /** numbers in an element */ WIDTH: 1 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", centerUpdateText, elementPart, storedPart, centerPullPart, indexPart),
} as const;

/**
 * center_update: centers[c] -= alpha sum_{n: label[n] == c} (centers[c] - x[n]) / (1 + count of c in the batch).
 *
 * Centers of classes that the batch does not hold stay as they are, to the last bit. One workgroup per row, of which only the
 * first of each class works; its WG lanes stride over the D features. Reads x and the centers of the batch, writes those
 * centers: 2 flops per element of x.
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/center_pull.wgsl
 * uses lib/index.wgsl
 */
export const centerUpdateVec4 = {
  name: "center_update_vec4",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "vec4f", shape: ["N","D"], optional: false },
    /** (N) class; C or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) of class_rows */
    head: { access: "read", type: "u32", shape: ["C"], optional: false },
    /** (N) of class_rows */
    next: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** how far centers move, from 0 to 1 */
    alpha: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (C, D) updated in place */
    centers: { access: "update", type: "vec4f", shape: ["C","D"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per row */ WG: 64, /** label of rows to leave out */ IGNORE: 4294967295, /** numbers in an element */ WIDTH: 4 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", centerUpdateText, elementVec4Part, storedPart, centerPullPart, indexPart),
} as const;

/**
 * class_rows: the rows of each class, as lists in ascending order.
 *
 *   head[c] = the first n with label[n] == c
 *   next[n] = the first m after n with label[m] == label[n], N where there is none
 *
 * Of classes without a row head stays unwritten: such an entry is N or more, or a row of another class. Labels of C or more
 * have no head. One lane per row; at most N compares each.
 * uses lib/index.wgsl
 */
export const classRows = {
  name: "class_rows",
  bindings: {
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) */
    head: { access: "write", type: "u32", shape: ["C"], optional: false },
    /** (N) */
    next: { access: "write", type: "u32", shape: ["N"], optional: false },
  },
  sizes: ["N", "C"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", classRowsText, indexPart),
} as const;

/**
 * column_parts: parts[t,c] = sum over n = t, t + T, t + 2T, ... of x[n,c].
 *
 * The first pass of column sums: T partial results per column, which sum_parts adds in order. One lane per (t, c), so that
 * neighbouring lanes read neighbouring columns. Reads x once.
 * uses lib/index.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const columnParts = {
  name: "column_parts",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (T, C) */
    parts: { access: "write", type: "f32", shape: ["T","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", columnPartsText, indexPart, storedPart),
} as const;

/**
 * column_parts: parts[t,c] = sum over n = t, t + T, t + 2T, ... of x[n,c].
 *
 * The first pass of column sums: T partial results per column, which sum_parts adds in order. One lane per (t, c), so that
 * neighbouring lanes read neighbouring columns. Reads x once.
 * uses lib/index.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const columnPartsF16 = {
  name: "column_parts_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (T, C) */
    parts: { access: "write", type: "f32", shape: ["T","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*C/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", columnPartsText, indexPart, storedF16Part),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2d = {
  name: "conv2d",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dText, gemmDirectPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dPanel = {
  name: "conv2d_panel",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", conv2dText, gemmPanelPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dTiled = {
  name: "conv2d_tiled",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dText, gemmTiledPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dFew = {
  name: "conv2d_few",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dText, gemmFewPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dVec4 = {
  name: "conv2d_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dText, gemmDirectPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dPanelVec4 = {
  name: "conv2d_panel_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", conv2dText, gemmPanelPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dTiledVec4 = {
  name: "conv2d_tiled_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dText, gemmTiledPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dFewVec4 = {
  name: "conv2d_few_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dText, gemmFewPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dF16 = {
  name: "conv2d_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f16", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dText, gemmDirectPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dPanelF16 = {
  name: "conv2d_panel_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f16", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["subgroups","shader-f16"],
  code: /* @__PURE__ */ wgsl("enable subgroups; enable f16; ", conv2dText, gemmPanelPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dTiledF16 = {
  name: "conv2d_tiled_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f16", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dText, gemmTiledPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dFewF16 = {
  name: "conv2d_few_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "f32", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f16", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dText, gemmFewPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dVec4F16 = {
  name: "conv2d_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f16", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dText, gemmDirectPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dPanelVec4F16 = {
  name: "conv2d_panel_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f16", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["subgroups","shader-f16"],
  code: /* @__PURE__ */ wgsl("enable subgroups; enable f16; ", conv2dText, gemmPanelPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dTiledVec4F16 = {
  name: "conv2d_tiled_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f16", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dText, gemmTiledPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
 * it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
 * TILE_M pixels, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dFewVec4F16 = {
  name: "conv2d_few_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, C/groups, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C/groups","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f16", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dText, gemmFewPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDw = {
  name: "conv2d_dw",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDwText, gemmDirectPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwPanel = {
  name: "conv2d_dw_panel",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", conv2dDwText, gemmPanelPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwTiled = {
  name: "conv2d_dw_tiled",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDwText, gemmTiledPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwFew = {
  name: "conv2d_dw_few",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDwText, gemmFewPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwVec4 = {
  name: "conv2d_dw_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDwText, gemmDirectPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwPanelVec4 = {
  name: "conv2d_dw_panel_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", conv2dDwText, gemmPanelPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwTiledVec4 = {
  name: "conv2d_dw_tiled_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDwText, gemmTiledPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwFewVec4 = {
  name: "conv2d_dw_few_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDwText, gemmFewPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwF16 = {
  name: "conv2d_dw_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDwText, gemmDirectPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwPanelF16 = {
  name: "conv2d_dw_panel_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["subgroups","shader-f16"],
  code: /* @__PURE__ */ wgsl("enable subgroups; enable f16; ", conv2dDwText, gemmPanelPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwTiledF16 = {
  name: "conv2d_dw_tiled_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDwText, gemmTiledPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwFewF16 = {
  name: "conv2d_dw_few_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDwText, gemmFewPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwVec4F16 = {
  name: "conv2d_dw_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4h", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDwText, gemmDirectPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwPanelVec4F16 = {
  name: "conv2d_dw_panel_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4h", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["subgroups","shader-f16"],
  code: /* @__PURE__ */ wgsl("enable subgroups; enable f16; ", conv2dDwText, gemmPanelPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwTiledVec4F16 = {
  name: "conv2d_dw_tiled_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4h", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDwText, gemmTiledPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
 *
 * For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
 * SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
 * channels of dy, dy once per TILE_M of R S C/groups.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)
 */
export const conv2dDwFewVec4F16 = {
  name: "conv2d_dw_few_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4h", shape: ["N","P","Q","O"], optional: false },
    /** (SPLITS, R, S, C/groups, O) */
    dw: { access: "write", type: "f32", shape: ["SPLITS","R","S","C/groups","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDwText, gemmFewPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDx = {
  name: "conv2d_dx",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "f32", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDxText, gemmDirectPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxPanel = {
  name: "conv2d_dx_panel",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "f32", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", conv2dDxText, gemmPanelPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxTiled = {
  name: "conv2d_dx_tiled",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "f32", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDxText, gemmTiledPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxFew = {
  name: "conv2d_dx_few",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "f32", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDxText, gemmFewPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxVec4 = {
  name: "conv2d_dx_vec4",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "vec4f", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDxText, gemmDirectPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxPanelVec4 = {
  name: "conv2d_dx_panel_vec4",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "vec4f", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", conv2dDxText, gemmPanelPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxTiledVec4 = {
  name: "conv2d_dx_tiled_vec4",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "vec4f", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDxText, gemmTiledPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxFewVec4 = {
  name: "conv2d_dx_few_vec4",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "vec4f", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", conv2dDxText, gemmFewPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxF16 = {
  name: "conv2d_dx_f16",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "f32", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f16", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDxText, gemmDirectPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxPanelF16 = {
  name: "conv2d_dx_panel_f16",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "f32", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f16", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["subgroups","shader-f16"],
  code: /* @__PURE__ */ wgsl("enable subgroups; enable f16; ", conv2dDxText, gemmPanelPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxTiledF16 = {
  name: "conv2d_dx_tiled_f16",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "f32", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f16", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDxText, gemmTiledPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxFewF16 = {
  name: "conv2d_dx_few_f16",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "f32", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f16", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDxText, gemmFewPart, columnsPart, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxVec4F16 = {
  name: "conv2d_dx_vec4_f16",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "vec4f", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f16", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDxText, gemmDirectPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxPanelVec4F16 = {
  name: "conv2d_dx_panel_vec4_f16",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "vec4f", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f16", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["subgroups","shader-f16"],
  code: /* @__PURE__ */ wgsl("enable subgroups; enable f16; ", conv2dDxText, gemmPanelPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxTiledVec4F16 = {
  name: "conv2d_dx_tiled_vec4_f16",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "vec4f", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f16", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDxText, gemmTiledPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
 *
 * It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
 * Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
 * each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
 * zero, whose left side is gathered from dy as it is read.
 * 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 * grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)
 */
export const conv2dDxFewVec4F16 = {
  name: "conv2d_dx_few_vec4_f16",
  bindings: {
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (R, S, O, C/groups) */
    wt: { access: "read", type: "vec4f", shape: ["R","S","O","C/groups"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f16", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation", "groups", "GCD", "INVERSE"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", conv2dDxText, gemmFewPart, columnsVec4Part, storedF16Part, gemmTilePart, gemmRowsPart, groupsPart, tapsPart, indexPart),
} as const;

/**
 * depthwise: y[n,p,q,o] = sum_{r,s} x[n,h,v,o C/O] w[r,s,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * Each channel of y is made from one of x, each of x makes O/C neighbours; outside x it is 0. With FLIP the filters are
 * turned, w[R-1-r, S-1-s, o]: the gradient by x of stride 1 and C = O, with dy for x and dilation (R - 1) - pad for pad.
 * One lane per 4 neighbours q, in ROWS rows, of one element of channels. Where the filter is 3 by 3 a lane holds it and walks
 * down the rows, reading each pixel once: (ROWS + 2) / ROWS (4 + 2) / 4 reads for a number of y at stride 1. Otherwise, where
 * dilation is the stride, the pixels that a tap meets are those of the next tap but for one.
 * 2 N P Q O R S flops; 4 bytes for each of x and y.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwise = {
  name: "depthwise",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, O) */
    w: { access: "read", type: "f32", shape: ["R","S","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation"],
  knobs: { /** rows of y that a lane makes */ ROWS: 4, FLIP: false, /** lanes per workgroup */ WG: 64, HAS_BIAS: false, /** channels of y in an element */ WIDTH: 1 },
  grid: ["N*(P/ROWS)*(Q/4)*(O/WIDTH)/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", depthwiseText, channelsPart, storedPart, indexPart),
} as const;

/**
 * depthwise: y[n,p,q,o] = sum_{r,s} x[n,h,v,o C/O] w[r,s,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * Each channel of y is made from one of x, each of x makes O/C neighbours; outside x it is 0. With FLIP the filters are
 * turned, w[R-1-r, S-1-s, o]: the gradient by x of stride 1 and C = O, with dy for x and dilation (R - 1) - pad for pad.
 * One lane per 4 neighbours q, in ROWS rows, of one element of channels. Where the filter is 3 by 3 a lane holds it and walks
 * down the rows, reading each pixel once: (ROWS + 2) / ROWS (4 + 2) / 4 reads for a number of y at stride 1. Otherwise, where
 * dilation is the stride, the pixels that a tap meets are those of the next tap but for one.
 * 2 N P Q O R S flops; 4 bytes for each of x and y.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseVec4 = {
  name: "depthwise_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "vec4f", shape: ["N","H","W","C"], optional: false },
    /** (R, S, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "vec4f", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation"],
  knobs: { /** rows of y that a lane makes */ ROWS: 4, FLIP: false, /** lanes per workgroup */ WG: 64, HAS_BIAS: false, /** channels of y in an element */ WIDTH: 4 },
  grid: ["N*(P/ROWS)*(Q/4)*(O/WIDTH)/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", depthwiseText, channelsVec4Part, storedPart, indexPart),
} as const;

/**
 * depthwise: y[n,p,q,o] = sum_{r,s} x[n,h,v,o C/O] w[r,s,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * Each channel of y is made from one of x, each of x makes O/C neighbours; outside x it is 0. With FLIP the filters are
 * turned, w[R-1-r, S-1-s, o]: the gradient by x of stride 1 and C = O, with dy for x and dilation (R - 1) - pad for pad.
 * One lane per 4 neighbours q, in ROWS rows, of one element of channels. Where the filter is 3 by 3 a lane holds it and walks
 * down the rows, reading each pixel once: (ROWS + 2) / ROWS (4 + 2) / 4 reads for a number of y at stride 1. Otherwise, where
 * dilation is the stride, the pixels that a tap meets are those of the next tap but for one.
 * 2 N P Q O R S flops; 4 bytes for each of x and y.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseSplat = {
  name: "depthwise_splat",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (R, S, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "vec4f", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation"],
  knobs: { /** rows of y that a lane makes */ ROWS: 4, FLIP: false, /** lanes per workgroup */ WG: 64, HAS_BIAS: false, /** channels of y in an element */ WIDTH: 4 },
  grid: ["N*(P/ROWS)*(Q/4)*(O/WIDTH)/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", depthwiseText, channelsSplatPart, storedPart, indexPart),
} as const;

/**
 * depthwise: y[n,p,q,o] = sum_{r,s} x[n,h,v,o C/O] w[r,s,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * Each channel of y is made from one of x, each of x makes O/C neighbours; outside x it is 0. With FLIP the filters are
 * turned, w[R-1-r, S-1-s, o]: the gradient by x of stride 1 and C = O, with dy for x and dilation (R - 1) - pad for pad.
 * One lane per 4 neighbours q, in ROWS rows, of one element of channels. Where the filter is 3 by 3 a lane holds it and walks
 * down the rows, reading each pixel once: (ROWS + 2) / ROWS (4 + 2) / 4 reads for a number of y at stride 1. Otherwise, where
 * dilation is the stride, the pixels that a tap meets are those of the next tap but for one.
 * 2 N P Q O R S flops; 4 bytes for each of x and y.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseF16 = {
  name: "depthwise_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, O) */
    w: { access: "read", type: "f32", shape: ["R","S","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "f32", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f16", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation"],
  knobs: { /** rows of y that a lane makes */ ROWS: 4, FLIP: false, /** lanes per workgroup */ WG: 64, HAS_BIAS: false, /** channels of y in an element */ WIDTH: 1 },
  grid: ["N*(P/ROWS)*(Q/4)*(O/WIDTH)/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", depthwiseText, channelsPart, storedF16Part, indexPart),
} as const;

/**
 * depthwise: y[n,p,q,o] = sum_{r,s} x[n,h,v,o C/O] w[r,s,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * Each channel of y is made from one of x, each of x makes O/C neighbours; outside x it is 0. With FLIP the filters are
 * turned, w[R-1-r, S-1-s, o]: the gradient by x of stride 1 and C = O, with dy for x and dilation (R - 1) - pad for pad.
 * One lane per 4 neighbours q, in ROWS rows, of one element of channels. Where the filter is 3 by 3 a lane holds it and walks
 * down the rows, reading each pixel once: (ROWS + 2) / ROWS (4 + 2) / 4 reads for a number of y at stride 1. Otherwise, where
 * dilation is the stride, the pixels that a tap meets are those of the next tap but for one.
 * 2 N P Q O R S flops; 4 bytes for each of x and y.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseVec4F16 = {
  name: "depthwise_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "vec4h", shape: ["N","H","W","C"], optional: false },
    /** (R, S, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "vec4f", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "vec4h", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation"],
  knobs: { /** rows of y that a lane makes */ ROWS: 4, FLIP: false, /** lanes per workgroup */ WG: 64, HAS_BIAS: false, /** channels of y in an element */ WIDTH: 4 },
  grid: ["N*(P/ROWS)*(Q/4)*(O/WIDTH)/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", depthwiseText, channelsVec4Part, storedF16Part, indexPart),
} as const;

/**
 * depthwise: y[n,p,q,o] = sum_{r,s} x[n,h,v,o C/O] w[r,s,o] + bias[o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * Each channel of y is made from one of x, each of x makes O/C neighbours; outside x it is 0. With FLIP the filters are
 * turned, w[R-1-r, S-1-s, o]: the gradient by x of stride 1 and C = O, with dy for x and dilation (R - 1) - pad for pad.
 * One lane per 4 neighbours q, in ROWS rows, of one element of channels. Where the filter is 3 by 3 a lane holds it and walks
 * down the rows, reading each pixel once: (ROWS + 2) / ROWS (4 + 2) / 4 reads for a number of y at stride 1. Otherwise, where
 * dilation is the stride, the pixels that a tap meets are those of the next tap but for one.
 * 2 N P Q O R S flops; 4 bytes for each of x and y.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseSplatF16 = {
  name: "depthwise_splat_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (R, S, O) */
    w: { access: "read", type: "vec4f", shape: ["R","S","O"], optional: false },
    /** (O) optional */
    bias: { access: "read", type: "vec4f", shape: ["O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "vec4h", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad", "dilation"],
  knobs: { /** rows of y that a lane makes */ ROWS: 4, FLIP: false, /** lanes per workgroup */ WG: 64, HAS_BIAS: false, /** channels of y in an element */ WIDTH: 4 },
  grid: ["N*(P/ROWS)*(Q/4)*(O/WIDTH)/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", depthwiseText, channelsSplatPart, storedF16Part, indexPart),
} as const;

/**
 * depthwise_dw: parts[t,r,s,o] = sum over rows (n, p) = t, t + T, t + 2T, ... and q of x[n,h,v,o C/O] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * The first pass of dw: T partial results, which sum_parts adds in order. One lane per part, 3 by 3 taps of the filter and
 * element of channels walks along rows of dy; of the pixels of x that the taps meet, those that the next pixel of dy needs
 * too are kept. 2 N P Q O R S flops; 4 bytes for each of x and dy, once per 3 by 3 taps, x R times from the cache.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDw = {
  name: "depthwise_dw",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (T, R, S, O) */
    parts: { access: "write", type: "f32", shape: ["T","R","S","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "T", "stride", "pad", "dilation"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 1 },
  grid: ["T*(R/3)*(S/3)*(O/WIDTH)/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", depthwiseDwText, channelsPart, storedPart, indexPart),
} as const;

/**
 * depthwise_dw: parts[t,r,s,o] = sum over rows (n, p) = t, t + T, t + 2T, ... and q of x[n,h,v,o C/O] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * The first pass of dw: T partial results, which sum_parts adds in order. One lane per part, 3 by 3 taps of the filter and
 * element of channels walks along rows of dy; of the pixels of x that the taps meet, those that the next pixel of dy needs
 * too are kept. 2 N P Q O R S flops; 4 bytes for each of x and dy, once per 3 by 3 taps, x R times from the cache.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDwVec4 = {
  name: "depthwise_dw_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "vec4f", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (T, R, S, O) */
    parts: { access: "write", type: "vec4f", shape: ["T","R","S","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "T", "stride", "pad", "dilation"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 4 },
  grid: ["T*(R/3)*(S/3)*(O/WIDTH)/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", depthwiseDwText, channelsVec4Part, storedPart, indexPart),
} as const;

/**
 * depthwise_dw: parts[t,r,s,o] = sum over rows (n, p) = t, t + T, t + 2T, ... and q of x[n,h,v,o C/O] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * The first pass of dw: T partial results, which sum_parts adds in order. One lane per part, 3 by 3 taps of the filter and
 * element of channels walks along rows of dy; of the pixels of x that the taps meet, those that the next pixel of dy needs
 * too are kept. 2 N P Q O R S flops; 4 bytes for each of x and dy, once per 3 by 3 taps, x R times from the cache.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDwSplat = {
  name: "depthwise_dw_splat",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (T, R, S, O) */
    parts: { access: "write", type: "vec4f", shape: ["T","R","S","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "T", "stride", "pad", "dilation"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 4 },
  grid: ["T*(R/3)*(S/3)*(O/WIDTH)/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", depthwiseDwText, channelsSplatPart, storedPart, indexPart),
} as const;

/**
 * depthwise_dw: parts[t,r,s,o] = sum over rows (n, p) = t, t + T, t + 2T, ... and q of x[n,h,v,o C/O] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * The first pass of dw: T partial results, which sum_parts adds in order. One lane per part, 3 by 3 taps of the filter and
 * element of channels walks along rows of dy; of the pixels of x that the taps meet, those that the next pixel of dy needs
 * too are kept. 2 N P Q O R S flops; 4 bytes for each of x and dy, once per 3 by 3 taps, x R times from the cache.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDwF16 = {
  name: "depthwise_dw_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","O"], optional: false },
    /** (T, R, S, O) */
    parts: { access: "write", type: "f32", shape: ["T","R","S","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "T", "stride", "pad", "dilation"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 1 },
  grid: ["T*(R/3)*(S/3)*(O/WIDTH)/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", depthwiseDwText, channelsPart, storedF16Part, indexPart),
} as const;

/**
 * depthwise_dw: parts[t,r,s,o] = sum over rows (n, p) = t, t + T, t + 2T, ... and q of x[n,h,v,o C/O] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * The first pass of dw: T partial results, which sum_parts adds in order. One lane per part, 3 by 3 taps of the filter and
 * element of channels walks along rows of dy; of the pixels of x that the taps meet, those that the next pixel of dy needs
 * too are kept. 2 N P Q O R S flops; 4 bytes for each of x and dy, once per 3 by 3 taps, x R times from the cache.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDwVec4F16 = {
  name: "depthwise_dw_vec4_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "vec4h", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4h", shape: ["N","P","Q","O"], optional: false },
    /** (T, R, S, O) */
    parts: { access: "write", type: "vec4f", shape: ["T","R","S","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "T", "stride", "pad", "dilation"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 4 },
  grid: ["T*(R/3)*(S/3)*(O/WIDTH)/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", depthwiseDwText, channelsVec4Part, storedF16Part, indexPart),
} as const;

/**
 * depthwise_dw: parts[t,r,s,o] = sum over rows (n, p) = t, t + T, t + 2T, ... and q of x[n,h,v,o C/O] dy[n,p,q,o], where
 *   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
 *
 * The first pass of dw: T partial results, which sum_parts adds in order. One lane per part, 3 by 3 taps of the filter and
 * element of channels walks along rows of dy; of the pixels of x that the taps meet, those that the next pixel of dy needs
 * too are kept. 2 N P Q O R S flops; 4 bytes for each of x and dy, once per 3 by 3 taps, x R times from the cache.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDwSplatF16 = {
  name: "depthwise_dw_splat_f16",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f16", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4h", shape: ["N","P","Q","O"], optional: false },
    /** (T, R, S, O) */
    parts: { access: "write", type: "vec4f", shape: ["T","R","S","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "T", "stride", "pad", "dilation"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 4 },
  grid: ["T*(R/3)*(S/3)*(O/WIDTH)/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", depthwiseDwText, channelsSplatPart, storedF16Part, indexPart),
} as const;

/**
 * depthwise_dx: dx[n,h,v,c] = sum_{r,s} dy[n,p,q,c] w[r,s,c], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v.
 *
 * One lane per 4 pixels of a row, of one element of channels, that meet the same taps of the filter: they are stride
 * apart, and a tap meets neighbours of dy, of which the next tap meets three again where BACK is 1. 2 N P Q C R S flops
 * (edges aside); 4 bytes for each of dy, read once from memory and R / stride times from the cache, and dx.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDx = {
  name: "depthwise_dx",
  bindings: {
    /** (N, P, Q, C) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","C"], optional: false },
    /** (R, S, C) */
    w: { access: "read", type: "f32", shape: ["R","S","C"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "stride", "pad", "dilation", "GCD", "INVERSE"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 1 },
  grid: ["N*H*stride*(W/stride/4)*(C/WIDTH)/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", depthwiseDxText, channelsPart, storedPart, tapsPart, indexPart),
} as const;

/**
 * depthwise_dx: dx[n,h,v,c] = sum_{r,s} dy[n,p,q,c] w[r,s,c], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v.
 *
 * One lane per 4 pixels of a row, of one element of channels, that meet the same taps of the filter: they are stride
 * apart, and a tap meets neighbours of dy, of which the next tap meets three again where BACK is 1. 2 N P Q C R S flops
 * (edges aside); 4 bytes for each of dy, read once from memory and R / stride times from the cache, and dx.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDxVec4 = {
  name: "depthwise_dx_vec4",
  bindings: {
    /** (N, P, Q, C) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","C"], optional: false },
    /** (R, S, C) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "vec4f", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "stride", "pad", "dilation", "GCD", "INVERSE"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 4 },
  grid: ["N*H*stride*(W/stride/4)*(C/WIDTH)/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", depthwiseDxText, channelsVec4Part, storedPart, tapsPart, indexPart),
} as const;

/**
 * depthwise_dx: dx[n,h,v,c] = sum_{r,s} dy[n,p,q,c] w[r,s,c], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v.
 *
 * One lane per 4 pixels of a row, of one element of channels, that meet the same taps of the filter: they are stride
 * apart, and a tap meets neighbours of dy, of which the next tap meets three again where BACK is 1. 2 N P Q C R S flops
 * (edges aside); 4 bytes for each of dy, read once from memory and R / stride times from the cache, and dx.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDxF16 = {
  name: "depthwise_dx_f16",
  bindings: {
    /** (N, P, Q, C) */
    dy: { access: "read", type: "f16", shape: ["N","P","Q","C"], optional: false },
    /** (R, S, C) */
    w: { access: "read", type: "f32", shape: ["R","S","C"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f16", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "stride", "pad", "dilation", "GCD", "INVERSE"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 1 },
  grid: ["N*H*stride*(W/stride/4)*(C/WIDTH)/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", depthwiseDxText, channelsPart, storedF16Part, tapsPart, indexPart),
} as const;

/**
 * depthwise_dx: dx[n,h,v,c] = sum_{r,s} dy[n,p,q,c] w[r,s,c], where
 *   p stride + r dilation - pad = h, q stride + s dilation - pad = v.
 *
 * One lane per 4 pixels of a row, of one element of channels, that meet the same taps of the filter: they are stride
 * apart, and a tap meets neighbours of dy, of which the next tap meets three again where BACK is 1. 2 N P Q C R S flops
 * (edges aside); 4 bytes for each of dy, read once from memory and R / stride times from the cache, and dx.
 * uses lib/channels.wgsl | lib/channels_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 * uses lib/taps.wgsl
 * uses lib/index.wgsl
 */
export const depthwiseDxVec4F16 = {
  name: "depthwise_dx_vec4_f16",
  bindings: {
    /** (N, P, Q, C) */
    dy: { access: "read", type: "vec4h", shape: ["N","P","Q","C"], optional: false },
    /** (R, S, C) */
    w: { access: "read", type: "vec4f", shape: ["R","S","C"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "vec4h", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "stride", "pad", "dilation", "GCD", "INVERSE"],
  knobs: { /** lanes per workgroup */ WG: 64, /** channels of y in an element */ WIDTH: 4 },
  grid: ["N*H*stride*(W/stride/4)*(C/WIDTH)/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", depthwiseDxText, channelsVec4Part, storedF16Part, tapsPart, indexPart),
} as const;

/**
 * fill: y[i] = value.
 *
 * One lane per element. Writes y once.
 * uses lib/index.wgsl
 */
export const fill = {
  name: "fill",
  bindings: {
    /** (n) */
    y: { access: "write", type: "u32", shape: ["n"], optional: false },
    /** what every element becomes */
    value: { access: "scalar", type: "u32", shape: [], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", fillText, indexPart),
} as const;

/**
 * global_avg_pool: parts[t,n,c] = sum over pixels i = t, t + T, t + 2T, ... of x[n,i,c] / I.
 *
 * The mean over the I pixels of an image, dealt to T partial sums that sum_parts adds in order. One lane per (t, n, c), so
 * that neighbouring lanes read neighbouring channels. Reads x once.
 * uses lib/index.wgsl
 */
export const globalAvgPool = {
  name: "global_avg_pool",
  bindings: {
    /** (N, I, C) */
    x: { access: "read", type: "f32", shape: ["N","I","C"], optional: false },
    /** (T, N, C) */
    parts: { access: "write", type: "f32", shape: ["T","N","C"], optional: false },
  },
  sizes: ["N", "I", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T*N*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", globalAvgPoolText, indexPart),
} as const;

/**
 * global_avg_pool_dx: dx[n,i,c] = dy[n,c] / I.
 *
 * One lane per element. Writes dx once: 4 bytes per element; dy is read from cache.
 * uses lib/index.wgsl
 */
export const globalAvgPoolDx = {
  name: "global_avg_pool_dx",
  bindings: {
    /** (N, C) */
    dy: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N, I, C) */
    dx: { access: "write", type: "f32", shape: ["N","I","C"], optional: false },
  },
  sizes: ["N", "I", "C"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*I*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", globalAvgPoolDxText, indexPart),
} as const;

/**
 * l2_normalize: y[n] = x[n] / max(|x[n]|, epsilon), and norm[n] = |x[n]|, or 0 where that is at most epsilon.
 *
 * The row is divided by its largest element first, so that squares of 1e-20 or 1e18 neither vanish nor overflow. One
 * workgroup per row; its WG lanes stride over the D features. Three passes over a row, of which the device reads memory once
 * where its cache holds the row; writes y once: 8 bytes and about 5 flops per element.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const l2Normalize = {
  name: "l2_normalize",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** shortest length that is still divided by */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N, D) */
    y: { access: "write", type: "f32", shape: ["N","D"], optional: false },
    /** (N) 0 marks a row without a gradient */
    norm: { access: "write", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N", "D"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", l2NormalizeText, reducePart, indexPart),
} as const;

/**
 * l2_normalize: y[n] = x[n] / max(|x[n]|, epsilon), and norm[n] = |x[n]|, or 0 where that is at most epsilon.
 *
 * The row is divided by its largest element first, so that squares of 1e-20 or 1e18 neither vanish nor overflow. One
 * workgroup per row; its WG lanes stride over the D features. Three passes over a row, of which the device reads memory once
 * where its cache holds the row; writes y once: 8 bytes and about 5 flops per element.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const l2NormalizeSubgroup = {
  name: "l2_normalize_subgroup",
  bindings: {
    /** (N, D) */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** shortest length that is still divided by */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N, D) */
    y: { access: "write", type: "f32", shape: ["N","D"], optional: false },
    /** (N) 0 marks a row without a gradient */
    norm: { access: "write", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N", "D"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", l2NormalizeText, reduceSubgroupPart, indexPart),
} as const;

/**
 * l2_normalize_dx: dx[n] = (dy[n] - y[n] (y[n] . dy[n])) / norm[n], or 0 where norm[n] is 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Two passes over a row, of which the device reads memory
 * once where its cache holds the row: reads y and dy, writes dx: 12 bytes and 5 flops per element.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const l2NormalizeDx = {
  name: "l2_normalize_dx",
  bindings: {
    /** (N, D) rows of length 1 */
    y: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) 0 marks a row without a gradient */
    norm: { access: "read", type: "f32", shape: ["N"], optional: false },
    /** (N, D) */
    dy: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N, D) */
    dx: { access: "write", type: "f32", shape: ["N","D"], optional: false },
  },
  sizes: ["N", "D"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", l2NormalizeDxText, reducePart, indexPart),
} as const;

/**
 * l2_normalize_dx: dx[n] = (dy[n] - y[n] (y[n] . dy[n])) / norm[n], or 0 where norm[n] is 0.
 *
 * One workgroup per row; its WG lanes stride over the D features. Two passes over a row, of which the device reads memory
 * once where its cache holds the row: reads y and dy, writes dx: 12 bytes and 5 flops per element.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const l2NormalizeDxSubgroup = {
  name: "l2_normalize_dx_subgroup",
  bindings: {
    /** (N, D) rows of length 1 */
    y: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N) 0 marks a row without a gradient */
    norm: { access: "read", type: "f32", shape: ["N"], optional: false },
    /** (N, D) */
    dy: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (N, D) */
    dx: { access: "write", type: "f32", shape: ["N","D"], optional: false },
  },
  sizes: ["N", "D"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", l2NormalizeDxText, reduceSubgroupPart, indexPart),
} as const;

/**
 * label_cosine: cosine[n] = x[n] . w[y] / max(|w[y]|, epsilon), y = label[n] - first, for rows whose y is among the C classes.
 *
 * Others keep what they have, so that blocks of classes can be taken one after the other. The row of w is divided by its
 * largest element first, as in l2_normalize. One workgroup per row; its WG lanes stride over the D features, twice.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const labelCosine = {
  name: "label_cosine",
  bindings: {
    /** (N, D) rows of length 1 */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (C, D) of the classes from `first` on */
    w: { access: "read", type: "f32", shape: ["C","D"], optional: false },
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** which class is the first in w */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** shortest length that is still divided by */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) updated in place */
    cosine: { access: "update", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", labelCosineText, reducePart, indexPart),
} as const;

/**
 * label_cosine: cosine[n] = x[n] . w[y] / max(|w[y]|, epsilon), y = label[n] - first, for rows whose y is among the C classes.
 *
 * Others keep what they have, so that blocks of classes can be taken one after the other. The row of w is divided by its
 * largest element first, as in l2_normalize. One workgroup per row; its WG lanes stride over the D features, twice.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const labelCosineSubgroup = {
  name: "label_cosine_subgroup",
  bindings: {
    /** (N, D) rows of length 1 */
    x: { access: "read", type: "f32", shape: ["N","D"], optional: false },
    /** (C, D) of the classes from `first` on */
    w: { access: "read", type: "f32", shape: ["C","D"], optional: false },
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** which class is the first in w */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** shortest length that is still divided by */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) updated in place */
    cosine: { access: "update", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N", "C", "D"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", labelCosineText, reduceSubgroupPart, indexPart),
} as const;

/**
 * label_count: how many rows count, and how much each.
 *
 *   weight[n] = class_weight[label[n]], 1 where none are given; 0 where the label is C or more, or IGNORE
 *   share     = scale / sum_n weight[n], 0 where that sum is 0
 *   count     = rows that count, rows left out by IGNORE, rows whose label is C or more
 *
 * One workgroup, whose WG lanes stride over the N rows. Reads 8 bytes and writes 4 per row.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const labelCount = {
  name: "label_count",
  bindings: {
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) optional */
    class_weight: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** what all rows together get */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    weight: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** () */
    share: { access: "write", type: "f32", shape: [], optional: false },
    /** (3) */
    count: { access: "write", type: "f32", shape: ["3"], optional: false },
  },
  sizes: ["N", "C"],
  knobs: { /** label of rows to leave out */ IGNORE: 4294967295, HAS_CLASS_WEIGHT: false, /** lanes per row, a power of two */ WG: 64 },
  grid: ["1"],
  features: [],
  code: /* @__PURE__ */ wgsl("", labelCountText, reducePart),
} as const;

/**
 * label_count: how many rows count, and how much each.
 *
 *   weight[n] = class_weight[label[n]], 1 where none are given; 0 where the label is C or more, or IGNORE
 *   share     = scale / sum_n weight[n], 0 where that sum is 0
 *   count     = rows that count, rows left out by IGNORE, rows whose label is C or more
 *
 * One workgroup, whose WG lanes stride over the N rows. Reads 8 bytes and writes 4 per row.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const labelCountSubgroup = {
  name: "label_count_subgroup",
  bindings: {
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (C) optional */
    class_weight: { access: "read", type: "f32", shape: ["C"], optional: true },
    /** what all rows together get */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N) */
    weight: { access: "write", type: "f32", shape: ["N"], optional: false },
    /** () */
    share: { access: "write", type: "f32", shape: [], optional: false },
    /** (3) */
    count: { access: "write", type: "f32", shape: ["3"], optional: false },
  },
  sizes: ["N", "C"],
  knobs: { /** label of rows to leave out */ IGNORE: 4294967295, HAS_CLASS_WEIGHT: false, /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["1"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", labelCountText, reduceSubgroupPart),
} as const;

/**
 * locally_connected: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,c] w[p,q,r,s,c,o] + bias[p,q,o], where
 *   h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (N, R S C) x (R S C, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of y, w, the larger
 * by far, once per TILE_M images, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnected = {
  name: "locally_connected",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O) optional */
    bias: { access: "read", type: "f32", shape: ["P","Q","O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedText, gemmDirectPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,c] w[p,q,r,s,c,o] + bias[p,q,o], where
 *   h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (N, R S C) x (R S C, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of y, w, the larger
 * by far, once per TILE_M images, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedPanel = {
  name: "locally_connected_panel",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O) optional */
    bias: { access: "read", type: "f32", shape: ["P","Q","O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", locallyConnectedText, gemmPanelPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,c] w[p,q,r,s,c,o] + bias[p,q,o], where
 *   h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (N, R S C) x (R S C, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of y, w, the larger
 * by far, once per TILE_M images, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedTiled = {
  name: "locally_connected_tiled",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O) optional */
    bias: { access: "read", type: "f32", shape: ["P","Q","O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedText, gemmTiledPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,c] w[p,q,r,s,c,o] + bias[p,q,o], where
 *   h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (N, R S C) x (R S C, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of y, w, the larger
 * by far, once per TILE_M images, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedFew = {
  name: "locally_connected_few",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O) optional */
    bias: { access: "read", type: "f32", shape: ["P","Q","O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedText, gemmFewPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,c] w[p,q,r,s,c,o] + bias[p,q,o], where
 *   h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (N, R S C) x (R S C, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of y, w, the larger
 * by far, once per TILE_M images, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedVec4 = {
  name: "locally_connected_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "vec4f", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O) optional */
    bias: { access: "read", type: "f32", shape: ["P","Q","O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedText, gemmDirectPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,c] w[p,q,r,s,c,o] + bias[p,q,o], where
 *   h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (N, R S C) x (R S C, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of y, w, the larger
 * by far, once per TILE_M images, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedPanelVec4 = {
  name: "locally_connected_panel_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "vec4f", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O) optional */
    bias: { access: "read", type: "f32", shape: ["P","Q","O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", locallyConnectedText, gemmPanelPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,c] w[p,q,r,s,c,o] + bias[p,q,o], where
 *   h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (N, R S C) x (R S C, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of y, w, the larger
 * by far, once per TILE_M images, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedTiledVec4 = {
  name: "locally_connected_tiled_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "vec4f", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O) optional */
    bias: { access: "read", type: "f32", shape: ["P","Q","O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedText, gemmTiledPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,c] w[p,q,r,s,c,o] + bias[p,q,o], where
 *   h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (N, R S C) x (R S C, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of y, w, the larger
 * by far, once per TILE_M images, y written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedFewVec4 = {
  name: "locally_connected_few_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "vec4f", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O) optional */
    bias: { access: "read", type: "f32", shape: ["P","Q","O"], optional: true },
    /** (N, P, Q, O) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { HAS_BIAS: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedText, gemmFewPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dw: dw[p,q,r,s,c,o] = sum_n x[n,h,v,c] dy[n,p,q,o], where h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (R S C, N) x (N, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of dy, dy once per TILE_M
 * of R S C, and dw, the larger by far, written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedDw = {
  name: "locally_connected_dw",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (P, Q, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDwText, gemmDirectPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dw: dw[p,q,r,s,c,o] = sum_n x[n,h,v,c] dy[n,p,q,o], where h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (R S C, N) x (N, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of dy, dy once per TILE_M
 * of R S C, and dw, the larger by far, written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedDwPanel = {
  name: "locally_connected_dw_panel",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (P, Q, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", locallyConnectedDwText, gemmPanelPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dw: dw[p,q,r,s,c,o] = sum_n x[n,h,v,c] dy[n,p,q,o], where h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (R S C, N) x (N, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of dy, dy once per TILE_M
 * of R S C, and dw, the larger by far, written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedDwTiled = {
  name: "locally_connected_dw_tiled",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (P, Q, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDwText, gemmTiledPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dw: dw[p,q,r,s,c,o] = sum_n x[n,h,v,c] dy[n,p,q,o], where h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (R S C, N) x (N, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of dy, dy once per TILE_M
 * of R S C, and dw, the larger by far, written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedDwFew = {
  name: "locally_connected_dw_few",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","O"], optional: false },
    /** (P, Q, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDwText, gemmFewPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dw: dw[p,q,r,s,c,o] = sum_n x[n,h,v,c] dy[n,p,q,o], where h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (R S C, N) x (N, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of dy, dy once per TILE_M
 * of R S C, and dw, the larger by far, written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedDwVec4 = {
  name: "locally_connected_dw_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (P, Q, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDwText, gemmDirectPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dw: dw[p,q,r,s,c,o] = sum_n x[n,h,v,c] dy[n,p,q,o], where h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (R S C, N) x (N, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of dy, dy once per TILE_M
 * of R S C, and dw, the larger by far, written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedDwPanelVec4 = {
  name: "locally_connected_dw_panel_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (P, Q, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", locallyConnectedDwText, gemmPanelPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dw: dw[p,q,r,s,c,o] = sum_n x[n,h,v,c] dy[n,p,q,o], where h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (R S C, N) x (N, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of dy, dy once per TILE_M
 * of R S C, and dw, the larger by far, written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedDwTiledVec4 = {
  name: "locally_connected_dw_tiled_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (P, Q, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDwText, gemmTiledPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dw: dw[p,q,r,s,c,o] = sum_n x[n,h,v,c] dy[n,p,q,o], where h = p stride + r - pad, v = q stride + s - pad.
 *
 * For each place (p, q), a group of rows, a matrix product (R S C, N) x (N, O) whose left side is gathered from x as it is
 * read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of dy, dy once per TILE_M
 * of R S C, and dw, the larger by far, written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS)
 */
export const locallyConnectedDwFewVec4 = {
  name: "locally_connected_dw_few_vec4",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, O) */
    dy: { access: "read", type: "vec4f", shape: ["N","P","Q","O"], optional: false },
    /** (P, Q, R, S, C, O) */
    dw: { access: "write", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDwText, gemmFewPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dx: dx[n,h,v,c] = sum_{p,q,o} w[p,q,r,s,c,o] dy[n,p,q,o], where
 *   r = h + pad - p stride, s = v + pad - q stride, over the places (p, q) that have such a tap.
 *
 * For each pixel (h, v), a group of rows, a matrix product (C, places O) x (places O, N), without terms that are zero. Images are
 * the columns, so that it is dy, not w, the larger by far, that is taken with its sizes exchanged. 2 N P Q O R S C flops
 * (edges aside); w is read once per TILE_N images, dy R S / stride^2 times per TILE_M channels of x, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (H*W * (C/TILE_M) * (N/TILE_N) * SPLITS)
 */
export const locallyConnectedDx = {
  name: "locally_connected_dx",
  bindings: {
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O, N) */
    dyt: { access: "read", type: "f32", shape: ["P","Q","O","N"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["H*W * (C/TILE_M) * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDxText, gemmDirectPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dx: dx[n,h,v,c] = sum_{p,q,o} w[p,q,r,s,c,o] dy[n,p,q,o], where
 *   r = h + pad - p stride, s = v + pad - q stride, over the places (p, q) that have such a tap.
 *
 * For each pixel (h, v), a group of rows, a matrix product (C, places O) x (places O, N), without terms that are zero. Images are
 * the columns, so that it is dy, not w, the larger by far, that is taken with its sizes exchanged. 2 N P Q O R S C flops
 * (edges aside); w is read once per TILE_N images, dy R S / stride^2 times per TILE_M channels of x, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (H*W * (C/TILE_M) * (N/TILE_N) * SPLITS)
 */
export const locallyConnectedDxPanel = {
  name: "locally_connected_dx_panel",
  bindings: {
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O, N) */
    dyt: { access: "read", type: "f32", shape: ["P","Q","O","N"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["H*W * (C/TILE_M) * (N/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", locallyConnectedDxText, gemmPanelPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dx: dx[n,h,v,c] = sum_{p,q,o} w[p,q,r,s,c,o] dy[n,p,q,o], where
 *   r = h + pad - p stride, s = v + pad - q stride, over the places (p, q) that have such a tap.
 *
 * For each pixel (h, v), a group of rows, a matrix product (C, places O) x (places O, N), without terms that are zero. Images are
 * the columns, so that it is dy, not w, the larger by far, that is taken with its sizes exchanged. 2 N P Q O R S C flops
 * (edges aside); w is read once per TILE_N images, dy R S / stride^2 times per TILE_M channels of x, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (H*W * (C/TILE_M) * (N/TILE_N) * SPLITS)
 */
export const locallyConnectedDxTiled = {
  name: "locally_connected_dx_tiled",
  bindings: {
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O, N) */
    dyt: { access: "read", type: "f32", shape: ["P","Q","O","N"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["H*W * (C/TILE_M) * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDxText, gemmTiledPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dx: dx[n,h,v,c] = sum_{p,q,o} w[p,q,r,s,c,o] dy[n,p,q,o], where
 *   r = h + pad - p stride, s = v + pad - q stride, over the places (p, q) that have such a tap.
 *
 * For each pixel (h, v), a group of rows, a matrix product (C, places O) x (places O, N), without terms that are zero. Images are
 * the columns, so that it is dy, not w, the larger by far, that is taken with its sizes exchanged. 2 N P Q O R S C flops
 * (edges aside); w is read once per TILE_N images, dy R S / stride^2 times per TILE_M channels of x, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (H*W * (C/TILE_M) * (N/TILE_N) * SPLITS)
 */
export const locallyConnectedDxFew = {
  name: "locally_connected_dx_few",
  bindings: {
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O, N) */
    dyt: { access: "read", type: "f32", shape: ["P","Q","O","N"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["H*W * (C/TILE_M) * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDxText, gemmFewPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dx: dx[n,h,v,c] = sum_{p,q,o} w[p,q,r,s,c,o] dy[n,p,q,o], where
 *   r = h + pad - p stride, s = v + pad - q stride, over the places (p, q) that have such a tap.
 *
 * For each pixel (h, v), a group of rows, a matrix product (C, places O) x (places O, N), without terms that are zero. Images are
 * the columns, so that it is dy, not w, the larger by far, that is taken with its sizes exchanged. 2 N P Q O R S C flops
 * (edges aside); w is read once per TILE_N images, dy R S / stride^2 times per TILE_M channels of x, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (H*W * (C/TILE_M) * (N/TILE_N) * SPLITS)
 */
export const locallyConnectedDxVec4 = {
  name: "locally_connected_dx_vec4",
  bindings: {
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O, N) */
    dyt: { access: "read", type: "vec4f", shape: ["P","Q","O","N"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["H*W * (C/TILE_M) * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDxText, gemmDirectPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dx: dx[n,h,v,c] = sum_{p,q,o} w[p,q,r,s,c,o] dy[n,p,q,o], where
 *   r = h + pad - p stride, s = v + pad - q stride, over the places (p, q) that have such a tap.
 *
 * For each pixel (h, v), a group of rows, a matrix product (C, places O) x (places O, N), without terms that are zero. Images are
 * the columns, so that it is dy, not w, the larger by far, that is taken with its sizes exchanged. 2 N P Q O R S C flops
 * (edges aside); w is read once per TILE_N images, dy R S / stride^2 times per TILE_M channels of x, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (H*W * (C/TILE_M) * (N/TILE_N) * SPLITS)
 */
export const locallyConnectedDxPanelVec4 = {
  name: "locally_connected_dx_panel_vec4",
  bindings: {
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O, N) */
    dyt: { access: "read", type: "vec4f", shape: ["P","Q","O","N"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["H*W * (C/TILE_M) * (N/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", locallyConnectedDxText, gemmPanelPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dx: dx[n,h,v,c] = sum_{p,q,o} w[p,q,r,s,c,o] dy[n,p,q,o], where
 *   r = h + pad - p stride, s = v + pad - q stride, over the places (p, q) that have such a tap.
 *
 * For each pixel (h, v), a group of rows, a matrix product (C, places O) x (places O, N), without terms that are zero. Images are
 * the columns, so that it is dy, not w, the larger by far, that is taken with its sizes exchanged. 2 N P Q O R S C flops
 * (edges aside); w is read once per TILE_N images, dy R S / stride^2 times per TILE_M channels of x, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (H*W * (C/TILE_M) * (N/TILE_N) * SPLITS)
 */
export const locallyConnectedDxTiledVec4 = {
  name: "locally_connected_dx_tiled_vec4",
  bindings: {
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O, N) */
    dyt: { access: "read", type: "vec4f", shape: ["P","Q","O","N"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["H*W * (C/TILE_M) * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDxText, gemmTiledPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * locally_connected_dx: dx[n,h,v,c] = sum_{p,q,o} w[p,q,r,s,c,o] dy[n,p,q,o], where
 *   r = h + pad - p stride, s = v + pad - q stride, over the places (p, q) that have such a tap.
 *
 * For each pixel (h, v), a group of rows, a matrix product (C, places O) x (places O, N), without terms that are zero. Images are
 * the columns, so that it is dy, not w, the larger by far, that is taken with its sizes exchanged. 2 N P Q O R S C flops
 * (edges aside); w is read once per TILE_N images, dy R S / stride^2 times per TILE_M channels of x, dx written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/groups.wgsl
 * uses lib/index.wgsl
 * grid (H*W * (C/TILE_M) * (N/TILE_N) * SPLITS)
 */
export const locallyConnectedDxFewVec4 = {
  name: "locally_connected_dx_few_vec4",
  bindings: {
    /** (P, Q, R, S, C, O) */
    w: { access: "read", type: "f32", shape: ["P","Q","R","S","C","O"], optional: false },
    /** (P, Q, O, N) */
    dyt: { access: "read", type: "vec4f", shape: ["P","Q","O","N"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "R", "S", "P", "Q", "O", "stride", "pad"],
  knobs: { /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["H*W * (C/TILE_M) * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", locallyConnectedDxText, gemmFewPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, groupsPart, indexPart),
} as const;

/**
 * loss_scale: what becomes of a step whose gradients were made from scale times the loss, and the scale of the next step.
 *
 *   where all gradients are finite, all parts 0: unscale = 1 / scale, and scale doubles after EVERY such steps in a row
 *   otherwise:                                   unscale = 0, the step is left out, and scale halves
 *
 * The scale stays a power of two from 1 to 2^24. One lane. Reads parts once.
 * Source: Micikevicius et al., "Mixed Precision Training", ICLR 2018.
 */
export const lossScale = {
  name: "loss_scale",
  bindings: {
    /** (T) gradients that are not finite */
    parts: { access: "read", type: "u32", shape: ["T"], optional: false },
    /** () updated in place */
    scale: { access: "update", type: "f32", shape: [], optional: false },
    /** (2) updated in place: good steps in a row, steps left out */
    counts: { access: "update", type: "u32", shape: ["2"], optional: false },
    /** () factor on the gradients */
    unscale: { access: "write", type: "f32", shape: [], optional: false },
  },
  sizes: ["T"],
  knobs: { /** good steps before the scale doubles */ EVERY: 2000 },
  grid: ["1"],
  features: [],
  code: /* @__PURE__ */ wgsl("", lossScaleText),
} as const;

/**
 * magnitude_loss: loss = scale / N sum_n g(a), g(a) = 1 / a + a / upper^2, and its gradient, a being norm[n] kept from lower
 * to upper.
 *
 *   dnorm[n] = scale / N (1 / upper^2 - 1 / a^2) from lower to upper, 0 beyond
 *
 * One workgroup, whose WG lanes stride over the N rows: 8 bytes per row.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const magnitudeLoss = {
  name: "magnitude_loss",
  bindings: {
    /** (N) lengths of the features */
    norm: { access: "read", type: "f32", shape: ["N"], optional: false },
    /** above 0 */
    lower: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above lower */
    upper: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on the mean */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** () */
    loss: { access: "write", type: "f32", shape: [], optional: false },
    /** (N) */
    dnorm: { access: "write", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["1"],
  features: [],
  code: /* @__PURE__ */ wgsl("", magnitudeLossText, reducePart),
} as const;

/**
 * magnitude_loss: loss = scale / N sum_n g(a), g(a) = 1 / a + a / upper^2, and its gradient, a being norm[n] kept from lower
 * to upper.
 *
 *   dnorm[n] = scale / N (1 / upper^2 - 1 / a^2) from lower to upper, 0 beyond
 *
 * One workgroup, whose WG lanes stride over the N rows: 8 bytes per row.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const magnitudeLossSubgroup = {
  name: "magnitude_loss_subgroup",
  bindings: {
    /** (N) lengths of the features */
    norm: { access: "read", type: "f32", shape: ["N"], optional: false },
    /** above 0 */
    lower: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above lower */
    upper: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on the mean */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** () */
    loss: { access: "write", type: "f32", shape: [], optional: false },
    /** (N) */
    dnorm: { access: "write", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["1"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", magnitudeLossText, reduceSubgroupPart),
} as const;

/**
 * margin: logits from cosines, the label's made smaller by a margin, or their gradient.
 *
 *   x = cosine[n,c],  y = label[n],  o = cosine[n,y],  r = s, or s norm[n] with MAGNITUDE
 *   logits[n,c]  = r v,  v = margin(o) of lib/margin.wgsl where c == y, else x
 *   dcosine[n,c] = r v' dlogits[n,c],  v' = dv / dx, or 1 with DETACHED
 *   dnorm[n]     = sum_c dlogits[n,c] d logits[n,c] / d norm[n], where MAGNITUDE or MagFace makes logits depend on it
 *
 * With CurricularFace v = x (t + x), v' = t + 2 x for the other classes with x > cos(acos(o) + m). A label of ALL or more, or
 * IGNORE, marks a row whose v is x. The cosines may be a block of classes: the C classes from `first` on, of ALL; where o is
 * needed but its class may be in another block, `own` tells it.
 *
 * One workgroup per row; its WG lanes stride over the classes, WIDTH neighbouring ones at a time. Reads cosine, and dlogits
 * where given, and writes the result: 8 bytes per element, or 12 for the gradient.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/margin_row.wgsl | lib/margin_row_vec4.wgsl
 * uses lib/margin.wgsl
 * uses lib/index.wgsl
 */
export const margin = {
  name: "margin",
  bindings: {
    /** (N, C) from -1 to 1 */
    cosine: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N) class; ALL or more, or IGNORE, for a row without a margin */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: lengths of the features */
    norm: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional: cosines of the labels */
    own: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N, C) optional: else, with GRAD, result holds them and is overwritten */
    dlogits: { access: "read", type: "f32", shape: ["N","C"], optional: true },
    /** scale of the logits */
    s: { access: "scalar", type: "f32", shape: [], optional: false },
    /** the margin, of MagFace for the shortest features */
    m: { access: "scalar", type: "f32", shape: [], optional: false },
    /** SphereFace: how much the plain cosine counts, to 1 of psi */
    lambda: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: how far z goes at one deviation from the mean */
    h: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: of the lengths */
    mean: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: of the lengths */
    deviation: { access: "scalar", type: "f32", shape: [], optional: false },
    /** CurricularFace: how much hard classes count */
    t: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the length up to which the margin is m */
    lower: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the length from which it is upper_margin */
    upper: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the margin of the longest features */
    upper_margin: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in cosine */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (N, C) logits, or dcosine */
    result: { access: "write", type: "f32", shape: ["N","C"], optional: false },
    /** (G) */
    dnorm: { access: "write", type: "f32", shape: ["G"], optional: false },
  },
  sizes: ["N", "C", "ALL", "G"],
  knobs: { HAS_NORM: false, HAS_OWN: false, HAS_DLOGITS: false, /** label of rows without a margin */ IGNORE: 4294967295, /** rows are multiplied by norm too */ MAGNITUDE: false, /** the gradient takes what a margin adds for a constant */ DETACHED: false, /** write dcosine */ GRAD: false, /** and dnorm */ DNORM: false, /** dnorm is added to what is there */ ADD: false, /** lanes per row, a power of two */ WG: 64, /** classes in an element */ WIDTH: 1, /** 1 CosFace, 2 ArcFace, 3 SphereFace, 4 AdaFace, 5 CurricularFace, 6 MagFace, 7 SphereFace-R */ KIND: 1 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", marginText, reducePart, marginRowPart, marginPart, indexPart),
} as const;

/**
 * margin: logits from cosines, the label's made smaller by a margin, or their gradient.
 *
 *   x = cosine[n,c],  y = label[n],  o = cosine[n,y],  r = s, or s norm[n] with MAGNITUDE
 *   logits[n,c]  = r v,  v = margin(o) of lib/margin.wgsl where c == y, else x
 *   dcosine[n,c] = r v' dlogits[n,c],  v' = dv / dx, or 1 with DETACHED
 *   dnorm[n]     = sum_c dlogits[n,c] d logits[n,c] / d norm[n], where MAGNITUDE or MagFace makes logits depend on it
 *
 * With CurricularFace v = x (t + x), v' = t + 2 x for the other classes with x > cos(acos(o) + m). A label of ALL or more, or
 * IGNORE, marks a row whose v is x. The cosines may be a block of classes: the C classes from `first` on, of ALL; where o is
 * needed but its class may be in another block, `own` tells it.
 *
 * One workgroup per row; its WG lanes stride over the classes, WIDTH neighbouring ones at a time. Reads cosine, and dlogits
 * where given, and writes the result: 8 bytes per element, or 12 for the gradient.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/margin_row.wgsl | lib/margin_row_vec4.wgsl
 * uses lib/margin.wgsl
 * uses lib/index.wgsl
 */
export const marginSubgroup = {
  name: "margin_subgroup",
  bindings: {
    /** (N, C) from -1 to 1 */
    cosine: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N) class; ALL or more, or IGNORE, for a row without a margin */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: lengths of the features */
    norm: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional: cosines of the labels */
    own: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N, C) optional: else, with GRAD, result holds them and is overwritten */
    dlogits: { access: "read", type: "f32", shape: ["N","C"], optional: true },
    /** scale of the logits */
    s: { access: "scalar", type: "f32", shape: [], optional: false },
    /** the margin, of MagFace for the shortest features */
    m: { access: "scalar", type: "f32", shape: [], optional: false },
    /** SphereFace: how much the plain cosine counts, to 1 of psi */
    lambda: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: how far z goes at one deviation from the mean */
    h: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: of the lengths */
    mean: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: of the lengths */
    deviation: { access: "scalar", type: "f32", shape: [], optional: false },
    /** CurricularFace: how much hard classes count */
    t: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the length up to which the margin is m */
    lower: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the length from which it is upper_margin */
    upper: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the margin of the longest features */
    upper_margin: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in cosine */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (N, C) logits, or dcosine */
    result: { access: "write", type: "f32", shape: ["N","C"], optional: false },
    /** (G) */
    dnorm: { access: "write", type: "f32", shape: ["G"], optional: false },
  },
  sizes: ["N", "C", "ALL", "G"],
  knobs: { HAS_NORM: false, HAS_OWN: false, HAS_DLOGITS: false, /** label of rows without a margin */ IGNORE: 4294967295, /** rows are multiplied by norm too */ MAGNITUDE: false, /** the gradient takes what a margin adds for a constant */ DETACHED: false, /** write dcosine */ GRAD: false, /** and dnorm */ DNORM: false, /** dnorm is added to what is there */ ADD: false, /** lanes per row, at most the subgroup's size */ WG: 4, /** classes in an element */ WIDTH: 1, /** 1 CosFace, 2 ArcFace, 3 SphereFace, 4 AdaFace, 5 CurricularFace, 6 MagFace, 7 SphereFace-R */ KIND: 1 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", marginText, reduceSubgroupPart, marginRowPart, marginPart, indexPart),
} as const;

/**
 * margin: logits from cosines, the label's made smaller by a margin, or their gradient.
 *
 *   x = cosine[n,c],  y = label[n],  o = cosine[n,y],  r = s, or s norm[n] with MAGNITUDE
 *   logits[n,c]  = r v,  v = margin(o) of lib/margin.wgsl where c == y, else x
 *   dcosine[n,c] = r v' dlogits[n,c],  v' = dv / dx, or 1 with DETACHED
 *   dnorm[n]     = sum_c dlogits[n,c] d logits[n,c] / d norm[n], where MAGNITUDE or MagFace makes logits depend on it
 *
 * With CurricularFace v = x (t + x), v' = t + 2 x for the other classes with x > cos(acos(o) + m). A label of ALL or more, or
 * IGNORE, marks a row whose v is x. The cosines may be a block of classes: the C classes from `first` on, of ALL; where o is
 * needed but its class may be in another block, `own` tells it.
 *
 * One workgroup per row; its WG lanes stride over the classes, WIDTH neighbouring ones at a time. Reads cosine, and dlogits
 * where given, and writes the result: 8 bytes per element, or 12 for the gradient.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/margin_row.wgsl | lib/margin_row_vec4.wgsl
 * uses lib/margin.wgsl
 * uses lib/index.wgsl
 */
export const marginVec4 = {
  name: "margin_vec4",
  bindings: {
    /** (N, C) from -1 to 1 */
    cosine: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (N) class; ALL or more, or IGNORE, for a row without a margin */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: lengths of the features */
    norm: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional: cosines of the labels */
    own: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N, C) optional: else, with GRAD, result holds them and is overwritten */
    dlogits: { access: "read", type: "vec4f", shape: ["N","C"], optional: true },
    /** scale of the logits */
    s: { access: "scalar", type: "f32", shape: [], optional: false },
    /** the margin, of MagFace for the shortest features */
    m: { access: "scalar", type: "f32", shape: [], optional: false },
    /** SphereFace: how much the plain cosine counts, to 1 of psi */
    lambda: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: how far z goes at one deviation from the mean */
    h: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: of the lengths */
    mean: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: of the lengths */
    deviation: { access: "scalar", type: "f32", shape: [], optional: false },
    /** CurricularFace: how much hard classes count */
    t: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the length up to which the margin is m */
    lower: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the length from which it is upper_margin */
    upper: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the margin of the longest features */
    upper_margin: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in cosine */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (N, C) logits, or dcosine */
    result: { access: "write", type: "vec4f", shape: ["N","C"], optional: false },
    /** (G) */
    dnorm: { access: "write", type: "f32", shape: ["G"], optional: false },
  },
  sizes: ["N", "C", "ALL", "G"],
  knobs: { HAS_NORM: false, HAS_OWN: false, HAS_DLOGITS: false, /** label of rows without a margin */ IGNORE: 4294967295, /** rows are multiplied by norm too */ MAGNITUDE: false, /** the gradient takes what a margin adds for a constant */ DETACHED: false, /** write dcosine */ GRAD: false, /** and dnorm */ DNORM: false, /** dnorm is added to what is there */ ADD: false, /** lanes per row, a power of two */ WG: 64, /** classes in an element */ WIDTH: 4, /** 1 CosFace, 2 ArcFace, 3 SphereFace, 4 AdaFace, 5 CurricularFace, 6 MagFace, 7 SphereFace-R */ KIND: 1 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", marginText, reducePart, marginRowVec4Part, marginPart, indexPart),
} as const;

/**
 * margin: logits from cosines, the label's made smaller by a margin, or their gradient.
 *
 *   x = cosine[n,c],  y = label[n],  o = cosine[n,y],  r = s, or s norm[n] with MAGNITUDE
 *   logits[n,c]  = r v,  v = margin(o) of lib/margin.wgsl where c == y, else x
 *   dcosine[n,c] = r v' dlogits[n,c],  v' = dv / dx, or 1 with DETACHED
 *   dnorm[n]     = sum_c dlogits[n,c] d logits[n,c] / d norm[n], where MAGNITUDE or MagFace makes logits depend on it
 *
 * With CurricularFace v = x (t + x), v' = t + 2 x for the other classes with x > cos(acos(o) + m). A label of ALL or more, or
 * IGNORE, marks a row whose v is x. The cosines may be a block of classes: the C classes from `first` on, of ALL; where o is
 * needed but its class may be in another block, `own` tells it.
 *
 * One workgroup per row; its WG lanes stride over the classes, WIDTH neighbouring ones at a time. Reads cosine, and dlogits
 * where given, and writes the result: 8 bytes per element, or 12 for the gradient.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/margin_row.wgsl | lib/margin_row_vec4.wgsl
 * uses lib/margin.wgsl
 * uses lib/index.wgsl
 */
export const marginSubgroupVec4 = {
  name: "margin_subgroup_vec4",
  bindings: {
    /** (N, C) from -1 to 1 */
    cosine: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (N) class; ALL or more, or IGNORE, for a row without a margin */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: lengths of the features */
    norm: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional: cosines of the labels */
    own: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N, C) optional: else, with GRAD, result holds them and is overwritten */
    dlogits: { access: "read", type: "vec4f", shape: ["N","C"], optional: true },
    /** scale of the logits */
    s: { access: "scalar", type: "f32", shape: [], optional: false },
    /** the margin, of MagFace for the shortest features */
    m: { access: "scalar", type: "f32", shape: [], optional: false },
    /** SphereFace: how much the plain cosine counts, to 1 of psi */
    lambda: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: how far z goes at one deviation from the mean */
    h: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: of the lengths */
    mean: { access: "scalar", type: "f32", shape: [], optional: false },
    /** AdaFace: of the lengths */
    deviation: { access: "scalar", type: "f32", shape: [], optional: false },
    /** CurricularFace: how much hard classes count */
    t: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the length up to which the margin is m */
    lower: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the length from which it is upper_margin */
    upper: { access: "scalar", type: "f32", shape: [], optional: false },
    /** MagFace: the margin of the longest features */
    upper_margin: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in cosine */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (N, C) logits, or dcosine */
    result: { access: "write", type: "vec4f", shape: ["N","C"], optional: false },
    /** (G) */
    dnorm: { access: "write", type: "f32", shape: ["G"], optional: false },
  },
  sizes: ["N", "C", "ALL", "G"],
  knobs: { HAS_NORM: false, HAS_OWN: false, HAS_DLOGITS: false, /** label of rows without a margin */ IGNORE: 4294967295, /** rows are multiplied by norm too */ MAGNITUDE: false, /** the gradient takes what a margin adds for a constant */ DETACHED: false, /** write dcosine */ GRAD: false, /** and dnorm */ DNORM: false, /** dnorm is added to what is there */ ADD: false, /** lanes per row, at most the subgroup's size */ WG: 4, /** classes in an element */ WIDTH: 4, /** 1 CosFace, 2 ArcFace, 3 SphereFace, 4 AdaFace, 5 CurricularFace, 6 MagFace, 7 SphereFace-R */ KIND: 1 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", marginText, reduceSubgroupPart, marginRowVec4Part, marginPart, indexPart),
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are
 * added to what c holds.
 * 2 M N K flops; a is read once per TILE_N columns, b once per TILE_M rows, c written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/index.wgsl
 * grid (M/TILE_M * (N/TILE_N) * SPLITS)
 */
export const matmul = {
  name: "matmul",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "f32", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["M/TILE_M * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", matmulText, gemmDirectPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, indexPart),
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are
 * added to what c holds.
 * 2 M N K flops; a is read once per TILE_N columns, b once per TILE_M rows, c written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/index.wgsl
 * grid (M/TILE_M * (N/TILE_N) * SPLITS)
 */
export const matmulPanel = {
  name: "matmul_panel",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "f32", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["M/TILE_M * (N/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", matmulText, gemmPanelPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, indexPart),
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are
 * added to what c holds.
 * 2 M N K flops; a is read once per TILE_N columns, b once per TILE_M rows, c written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/index.wgsl
 * grid (M/TILE_M * (N/TILE_N) * SPLITS)
 */
export const matmulTiled = {
  name: "matmul_tiled",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "f32", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["M/TILE_M * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", matmulText, gemmTiledPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, indexPart),
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are
 * added to what c holds.
 * 2 M N K flops; a is read once per TILE_N columns, b once per TILE_M rows, c written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/index.wgsl
 * grid (M/TILE_M * (N/TILE_N) * SPLITS)
 */
export const matmulFew = {
  name: "matmul_few",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "f32", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["M/TILE_M * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", matmulText, gemmFewPart, columnsPart, storedPart, gemmTilePart, gemmRowsPart, indexPart),
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are
 * added to what c holds.
 * 2 M N K flops; a is read once per TILE_N columns, b once per TILE_M rows, c written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/index.wgsl
 * grid (M/TILE_M * (N/TILE_N) * SPLITS)
 */
export const matmulVec4 = {
  name: "matmul_vec4",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "vec4f", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["M/TILE_M * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", matmulText, gemmDirectPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, indexPart),
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are
 * added to what c holds.
 * 2 M N K flops; a is read once per TILE_N columns, b once per TILE_M rows, c written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/index.wgsl
 * grid (M/TILE_M * (N/TILE_N) * SPLITS)
 */
export const matmulPanelVec4 = {
  name: "matmul_panel_vec4",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "vec4f", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** 4, or 8 where subgroups are as wide */ SHARE: 4, /** blocks of rows side by side; 1 where SHARE is 8 */ BESIDE: 1, /** terms held at once, a multiple of SHARE */ DEPTH: 32, /** whether there are more than DEPTH terms */ GOES_ON: false, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["M/TILE_M * (N/TILE_N) * SPLITS"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", matmulText, gemmPanelPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, indexPart),
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are
 * added to what c holds.
 * 2 M N K flops; a is read once per TILE_N columns, b once per TILE_M rows, c written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/index.wgsl
 * grid (M/TILE_M * (N/TILE_N) * SPLITS)
 */
export const matmulTiledVec4 = {
  name: "matmul_tiled_vec4",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "vec4f", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["M/TILE_M * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", matmulText, gemmTiledPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, indexPart),
} as const;

/**
 * matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
 *
 *   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
 *
 * (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
 * that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are
 * added to what c holds.
 * 2 M N K flops; a is read once per TILE_N columns, b once per TILE_M rows, c written once.
 * uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
 * uses lib/columns.wgsl | lib/columns_vec4.wgsl
 * uses lib/stored.wgsl
 * uses lib/gemm_tile.wgsl
 * uses lib/gemm_rows.wgsl
 * uses lib/index.wgsl
 * grid (M/TILE_M * (N/TILE_N) * SPLITS)
 */
export const matmulFewVec4 = {
  name: "matmul_few_vec4",
  bindings: {
    /** (A0, A1) */
    a: { access: "read", type: "f32", shape: ["A0","A1"], optional: false },
    /** (B0, B1) */
    b: { access: "read", type: "vec4f", shape: ["B0","B1"], optional: false },
    /** (N) optional */
    bias: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (N) optional */
    slope: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (A0) optional: 0 for rows of a that count as 0 */
    live: { access: "read", type: "f32", shape: ["A0"], optional: true },
    /** (SPLITS, M, N) */
    c: { access: "write", type: "f32", shape: ["SPLITS","M","N"], optional: false },
  },
  sizes: ["M", "N", "K"],
  knobs: { /** a is stored (K, M) */ TRANS_A: false, /** b is stored (N, K) */ TRANS_B: false, HAS_BIAS: false, HAS_LIVE: false, /** 0 none, 1 ReLU, 2 PReLU */ ACT: 0, /** rows a workgroup makes */ TILE_M: 16, /** columns */ TILE_N: 128, /** parts that k is dealt to */ SPLITS: 1, /** sums are added to what the result holds */ ACCUMULATE: false },
  grid: ["M/TILE_M * (N/TILE_N) * SPLITS"],
  features: [],
  code: /* @__PURE__ */ wgsl("", matmulText, gemmFewPart, columnsVec4Part, storedPart, gemmTilePart, gemmRowsPart, indexPart),
} as const;

/**
 * max_pool: y[n,p,q,c] = max of x[n,h,v,c] over the window's pixels, and source[n,p,q,c] = h W + v of the first of them.
 *
 * The window of (p, q) starts at (p stride - pad, q stride - pad) and is size pixels wide and high; pixels outside the image
 * are left out. Of equal pixels the first in row-major order counts.
 * One lane per result. Reads x size^2 / stride^2 times, writes y and source once.
 * uses lib/window.wgsl
 * uses lib/index.wgsl
 */
export const maxPool = {
  name: "max_pool",
  bindings: {
    /** (N, H, W, C) */
    x: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, P, Q, C) */
    y: { access: "write", type: "f32", shape: ["N","P","Q","C"], optional: false },
    /** (N, P, Q, C) */
    source: { access: "write", type: "u32", shape: ["N","P","Q","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "P", "Q", "size", "stride", "pad"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*P*Q*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", maxPoolText, windowPart, indexPart),
} as const;

/**
 * max_pool_dx: dx[n,h,v,c] = sum of dy[n,p,q,c] over the windows whose source is h W + v.
 *
 * One lane per pixel asks every window that covers it, in row-major order, so that nothing is scattered. Reads source and dy
 * size^2 / stride^2 times, writes dx once.
 * uses lib/window.wgsl
 * uses lib/index.wgsl
 */
export const maxPoolDx = {
  name: "max_pool_dx",
  bindings: {
    /** (N, P, Q, C) */
    source: { access: "read", type: "u32", shape: ["N","P","Q","C"], optional: false },
    /** (N, P, Q, C) */
    dy: { access: "read", type: "f32", shape: ["N","P","Q","C"], optional: false },
    /** (N, H, W, C) */
    dx: { access: "write", type: "f32", shape: ["N","H","W","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "P", "Q", "size", "stride", "pad"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*H*W*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", maxPoolDxText, windowPart, indexPart),
} as const;

/**
 * non_finite: parts[t] = how many of x[t], x[t + T], x[t + 2T], ... are infinite or not a number.
 *
 * By the bits of the exponent, since WGSL need not tell such numbers apart. One of T lanes per part. Reads x once: 4 bytes per
 * element.
 * uses lib/index.wgsl
 */
export const nonFinite = {
  name: "non_finite",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (T) */
    parts: { access: "write", type: "u32", shape: ["T"], optional: false },
  },
  sizes: ["n", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", nonFiniteText, indexPart),
} as const;

/**
 * pair_contrast: contrastive loss of the pairs of each row, and what d loss / d square is for each pair.
 *
 *   v(i,j)      = scale / 2 square                          label[i] == label[j]
 *                 scale / 2 max(0, margin - sqrt(square))^2 else
 *   loss[i]     = 1/2 sum_{j != i} v(i,j),  weight[i,j] = 1/2 d v(i,j) / d square[i,j]
 *
 * Each pair is met from both sides, so half of it counts on each. weight is 0 where two rows of different labels are equal
 * and have no direction to part in, and on the diagonal. One workgroup per row; its WG lanes stride over the N columns. Reads
 * square, writes weight: 8 bytes and about 6 flops per pair.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const pairContrast = {
  name: "pair_contrast",
  bindings: {
    /** (N, N) of pair_square */
    square: { access: "read", type: "f32", shape: ["N","N"], optional: false },
    /** (N) */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** distance from which different labels are apart enough */
    margin: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all pairs, such as 1 / number of pairs */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N, N) */
    weight: { access: "write", type: "f32", shape: ["N","N"], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", pairContrastText, reducePart, indexPart),
} as const;

/**
 * pair_contrast: contrastive loss of the pairs of each row, and what d loss / d square is for each pair.
 *
 *   v(i,j)      = scale / 2 square                          label[i] == label[j]
 *                 scale / 2 max(0, margin - sqrt(square))^2 else
 *   loss[i]     = 1/2 sum_{j != i} v(i,j),  weight[i,j] = 1/2 d v(i,j) / d square[i,j]
 *
 * Each pair is met from both sides, so half of it counts on each. weight is 0 where two rows of different labels are equal
 * and have no direction to part in, and on the diagonal. One workgroup per row; its WG lanes stride over the N columns. Reads
 * square, writes weight: 8 bytes and about 6 flops per pair.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const pairContrastSubgroup = {
  name: "pair_contrast_subgroup",
  bindings: {
    /** (N, N) of pair_square */
    square: { access: "read", type: "f32", shape: ["N","N"], optional: false },
    /** (N) */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** distance from which different labels are apart enough */
    margin: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all pairs, such as 1 / number of pairs */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N, N) */
    weight: { access: "write", type: "f32", shape: ["N","N"], optional: false },
    /** (N) */
    loss: { access: "write", type: "f32", shape: ["N"], optional: false },
  },
  sizes: ["N"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", pairContrastText, reduceSubgroupPart, indexPart),
} as const;

/**
 * pair_gradient: the matrix whose product with x is dL/dx of L = factor sum_ij weight[i,j] |x[i] - x[j]|^2.
 *
 *   coefficient = 2 factor (diag(r) - s),  s = weight + weight^T,  r[i] = sum_{j != i} s[i,j]
 *
 * One workgroup per row; its WG lanes stride over the N columns. Reads weight along its rows and its columns, writes
 * coefficient: 12 bytes and 3 flops per pair.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const pairGradient = {
  name: "pair_gradient",
  bindings: {
    /** (N, N) its diagonal does not count */
    weight: { access: "read", type: "f32", shape: ["N","N"], optional: false },
    /** on the whole gradient */
    factor: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N, N) */
    coefficient: { access: "write", type: "f32", shape: ["N","N"], optional: false },
  },
  sizes: ["N"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", pairGradientText, reducePart, indexPart),
} as const;

/**
 * pair_gradient: the matrix whose product with x is dL/dx of L = factor sum_ij weight[i,j] |x[i] - x[j]|^2.
 *
 *   coefficient = 2 factor (diag(r) - s),  s = weight + weight^T,  r[i] = sum_{j != i} s[i,j]
 *
 * One workgroup per row; its WG lanes stride over the N columns. Reads weight along its rows and its columns, writes
 * coefficient: 12 bytes and 3 flops per pair.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const pairGradientSubgroup = {
  name: "pair_gradient_subgroup",
  bindings: {
    /** (N, N) its diagonal does not count */
    weight: { access: "read", type: "f32", shape: ["N","N"], optional: false },
    /** on the whole gradient */
    factor: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (N, N) */
    coefficient: { access: "write", type: "f32", shape: ["N","N"], optional: false },
  },
  sizes: ["N"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", pairGradientText, reduceSubgroupPart, indexPart),
} as const;

/**
 * pair_square: square[i,j] = |x[i] - x[j]|^2 = gram[i,i] + gram[j,j] - 2 gram[i,j], at least 0, of gram = x x^T.
 *
 * Rounding is that of the products: about 1e-7 (|x[i]|^2 + |x[j]|^2); equal rows give 0. One lane per pair. Reads gram and its
 * diagonal once, writes square once: 8 bytes and 3 flops per pair.
 * uses lib/index.wgsl
 */
export const pairSquare = {
  name: "pair_square",
  bindings: {
    /** (N, N) */
    gram: { access: "read", type: "f32", shape: ["N","N"], optional: false },
    /** (N, N) */
    square: { access: "write", type: "f32", shape: ["N","N"], optional: false },
  },
  sizes: ["N"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*N/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", pairSquareText, indexPart),
} as const;

/**
 * prelu: y[n,c] = max(x[n,c], 0) + slope[c] min(x[n,c], 0) + residual[n,c].
 *
 * One lane per t and channel, or quad of channels, takes the rows t, t + T, t + 2T, ..., so that neighbouring lanes read
 * neighbouring channels. Reads x once, writes y once: 8 bytes and 2 flops per element; residual adds 4 bytes and 1 flop.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const prelu = {
  name: "prelu",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (N, C) optional */
    residual: { access: "read", type: "f32", shape: ["N","C"], optional: true },
    /** (N, C) */
    y: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_RESIDUAL: false, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", preluText, indexPart, elementPart, storedPart),
} as const;

/**
 * prelu: y[n,c] = max(x[n,c], 0) + slope[c] min(x[n,c], 0) + residual[n,c].
 *
 * One lane per t and channel, or quad of channels, takes the rows t, t + T, t + 2T, ..., so that neighbouring lanes read
 * neighbouring channels. Reads x once, writes y once: 8 bytes and 2 flops per element; residual adds 4 bytes and 1 flop.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const preluVec4 = {
  name: "prelu_vec4",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (N, C) optional */
    residual: { access: "read", type: "vec4f", shape: ["N","C"], optional: true },
    /** (N, C) */
    y: { access: "write", type: "vec4f", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_RESIDUAL: false, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", preluText, indexPart, elementVec4Part, storedPart),
} as const;

/**
 * prelu: y[n,c] = max(x[n,c], 0) + slope[c] min(x[n,c], 0) + residual[n,c].
 *
 * One lane per t and channel, or quad of channels, takes the rows t, t + T, t + 2T, ..., so that neighbouring lanes read
 * neighbouring channels. Reads x once, writes y once: 8 bytes and 2 flops per element; residual adds 4 bytes and 1 flop.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const preluF16 = {
  name: "prelu_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (N, C) optional */
    residual: { access: "read", type: "f16", shape: ["N","C"], optional: true },
    /** (N, C) */
    y: { access: "write", type: "f16", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_RESIDUAL: false, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", preluText, indexPart, elementPart, storedF16Part),
} as const;

/**
 * prelu: y[n,c] = max(x[n,c], 0) + slope[c] min(x[n,c], 0) + residual[n,c].
 *
 * One lane per t and channel, or quad of channels, takes the rows t, t + T, t + 2T, ..., so that neighbouring lanes read
 * neighbouring channels. Reads x once, writes y once: 8 bytes and 2 flops per element; residual adds 4 bytes and 1 flop.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const preluVec4F16 = {
  name: "prelu_vec4_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4h", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (N, C) optional */
    residual: { access: "read", type: "vec4h", shape: ["N","C"], optional: true },
    /** (N, C) */
    y: { access: "write", type: "vec4h", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_RESIDUAL: false, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", preluText, indexPart, elementVec4Part, storedF16Part),
} as const;

/**
 * prelu_grad: dx[n,c] = dy[n,c] (x[n,c] > 0 ? 1 : slope[c]);
 *             parts[t,c] = sum over n = t, t + T, t + 2T, ... of dy[n,c] min(x[n,c], 0).
 *
 * Both gradients in one pass; sum_parts adds the parts in order to dslope. One lane per t and channel, or quad of channels, so
 * that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 3 flops per element.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const preluGrad = {
  name: "prelu_grad",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N, C) */
    dx: { access: "write", type: "f32", shape: ["N","C"], optional: false },
    /** (T, C) */
    parts: { access: "write", type: "f32", shape: ["T","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", preluGradText, indexPart, elementPart, storedPart),
} as const;

/**
 * prelu_grad: dx[n,c] = dy[n,c] (x[n,c] > 0 ? 1 : slope[c]);
 *             parts[t,c] = sum over n = t, t + T, t + 2T, ... of dy[n,c] min(x[n,c], 0).
 *
 * Both gradients in one pass; sum_parts adds the parts in order to dslope. One lane per t and channel, or quad of channels, so
 * that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 3 flops per element.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const preluGradVec4 = {
  name: "prelu_grad_vec4",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "vec4f", shape: ["N","C"], optional: false },
    /** (N, C) */
    dx: { access: "write", type: "vec4f", shape: ["N","C"], optional: false },
    /** (T, C) */
    parts: { access: "write", type: "vec4f", shape: ["T","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", preluGradText, indexPart, elementVec4Part, storedPart),
} as const;

/**
 * prelu_grad: dx[n,c] = dy[n,c] (x[n,c] > 0 ? 1 : slope[c]);
 *             parts[t,c] = sum over n = t, t + T, t + 2T, ... of dy[n,c] min(x[n,c], 0).
 *
 * Both gradients in one pass; sum_parts adds the parts in order to dslope. One lane per t and channel, or quad of channels, so
 * that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 3 flops per element.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const preluGradF16 = {
  name: "prelu_grad_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "f32", shape: ["C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "f16", shape: ["N","C"], optional: false },
    /** (N, C) */
    dx: { access: "write", type: "f16", shape: ["N","C"], optional: false },
    /** (T, C) */
    parts: { access: "write", type: "f32", shape: ["T","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, /** numbers in an element */ WIDTH: 1 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", preluGradText, indexPart, elementPart, storedF16Part),
} as const;

/**
 * prelu_grad: dx[n,c] = dy[n,c] (x[n,c] > 0 ? 1 : slope[c]);
 *             parts[t,c] = sum over n = t, t + T, t + 2T, ... of dy[n,c] min(x[n,c], 0).
 *
 * Both gradients in one pass; sum_parts adds the parts in order to dslope. One lane per t and channel, or quad of channels, so
 * that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 3 flops per element.
 * uses lib/index.wgsl
 * uses lib/element.wgsl | lib/element_vec4.wgsl
 * uses lib/stored.wgsl | lib/stored_f16.wgsl
 */
export const preluGradVec4F16 = {
  name: "prelu_grad_vec4_f16",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "vec4h", shape: ["N","C"], optional: false },
    /** (C) */
    slope: { access: "read", type: "vec4f", shape: ["C"], optional: false },
    /** (N, C) */
    dy: { access: "read", type: "vec4h", shape: ["N","C"], optional: false },
    /** (N, C) */
    dx: { access: "write", type: "vec4h", shape: ["N","C"], optional: false },
    /** (T, C) */
    parts: { access: "write", type: "vec4f", shape: ["T","C"], optional: false },
  },
  sizes: ["N", "C", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, /** numbers in an element */ WIDTH: 4 },
  grid: ["T*C/WIDTH/WG"],
  features: ["shader-f16"],
  code: /* @__PURE__ */ wgsl("enable f16; ", preluGradText, indexPart, elementVec4Part, storedF16Part),
} as const;

/**
 * relu: y[i] = max(x[i], 0).
 *
 * One of T lanes takes the elements t, t + T, t + 2T, ... Reads x once, writes y once: 8 bytes per element.
 * uses lib/index.wgsl
 */
export const relu = {
  name: "relu",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    y: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["n", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", reluText, indexPart),
} as const;

/**
 * relu_dx: dx[i] = dy[i] where y[i] > 0, else 0.
 *
 * The result y says where x was above 0, so that x itself need not be kept. One of T lanes takes the elements t,
 * t + T, t + 2T, ... Reads y and dy once, writes dx once: 12 bytes per element.
 * uses lib/index.wgsl
 */
export const reluDx = {
  name: "relu_dx",
  bindings: {
    /** (n) */
    y: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    dy: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) */
    dx: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["n", "T"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["T/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", reluDxText, indexPart),
} as const;

/**
 * scale: y[i] = factor x[i].
 *
 * One lane per element. Reads x once, writes y once: 8 bytes and 1 flop per element.
 * uses lib/index.wgsl
 */
export const scale = {
  name: "scale",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** what every element is multiplied by */
    factor: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (n) */
    y: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", scaleText, indexPart),
} as const;

/**
 * scale_rows: y[n,c] = s[n] x[n,c].
 *
 * One lane per element. Reads x and s once, writes y once: 8 bytes and 1 flop per element.
 * uses lib/index.wgsl
 */
export const scaleRows = {
  name: "scale_rows",
  bindings: {
    /** (N, C) */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N) */
    s: { access: "read", type: "f32", shape: ["N"], optional: false },
    /** (N, C) */
    y: { access: "write", type: "f32", shape: ["N","C"], optional: false },
  },
  sizes: ["N", "C"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*C/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", scaleRowsText, indexPart),
} as const;

/**
 * sgd: v[i] = momentum v[i] + unscale dw[i] + decay w[i];  w[i] -= rate v[i].
 *
 * Nothing moves where unscale is 0: then dw is not finite. One of T lanes takes the elements t, t + T, t + 2T, ... Reads dw, v
 * and w once, writes v and w once: 20 bytes and 6 flops per element.
 * uses lib/index.wgsl
 */
export const sgd = {
  name: "sgd",
  bindings: {
    /** (n) gradient */
    dw: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** (n) updated in place: velocity */
    v: { access: "update", type: "f32", shape: ["n"], optional: false },
    /** (n) updated in place */
    w: { access: "update", type: "f32", shape: ["n"], optional: false },
    /** learning rate */
    rate: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the velocity that stays */
    momentum: { access: "scalar", type: "f32", shape: [], optional: false },
    /** weight decay, added to the gradient */
    decay: { access: "scalar", type: "f32", shape: [], optional: false },
    /** () optional: factor on the gradient, 1 where not given */
    unscale: { access: "read", type: "f32", shape: [], optional: true },
  },
  sizes: ["n", "T"],
  knobs: { /** lanes per workgroup */ WG: 64, HAS_UNSCALE: false },
  grid: ["T/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", sgdText, indexPart),
} as const;

/**
 * softmax_live: which rows of a softmax loss have a gradient worth summing in which block of classes.
 *
 *   live[b,n] = factor[n] where in block b some |d loss[n] / d logits[n,c]| / (scale factor[n] logit_scale) >= epsilon, else 0
 *
 * 0 too for labels of ALL or more, or IGNORE. From the sums of softmax_loss over the P parts of the classes, PARTS of which
 * are a block: no logits are read. One lane per (b, n). Reads 16 bytes per part, writes 4 per block.
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLive = {
  name: "softmax_live",
  bindings: {
    /** (N) class */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: false },
    /** (1, N, 4) sums of all classes */
    stats: { access: "read", type: "vec4f", shape: ["1","N","4"], optional: false },
    /** of the weighting */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    epsilon: { access: "scalar", type: "f32", shape: [], optional: false },
    /** (P/PARTS, PAD) */
    live: { access: "write", type: "f32", shape: ["P/PARTS","PAD"], optional: false },
  },
  sizes: ["N", "ALL", "P", "PARTS", "PART", "PAD"],
  knobs: { HAS_FACTOR: false, /** label of rows to leave out */ IGNORE: 4294967295, /** lanes per workgroup */ WG: 64, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["(P/PARTS)*PAD/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", softmaxLiveText, softmaxFinishPart, weightPart, expPart, log1pPart, powerPart, indexPart),
} as const;

/**
 * softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.
 *
 *   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]
 *   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL
 *   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats
 *   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]
 *   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale
 *                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])
 *
 * w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p
 * and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)
 * and -log p = log1p(others / own) keep their digits where p is near 1.
 *
 * One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and
 * one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.
 *
 * A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,
 * then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then
 * logits holds the C classes from `first` on, of ALL.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/quad.wgsl | lib/quad_vec4.wgsl
 * uses lib/softmax_row.wgsl
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLoss = {
  name: "softmax_loss",
  bindings: {
    /** (N, C) optional: else dlogits holds them and is overwritten */
    logits: { access: "read", type: "f32", shape: ["N","C"], optional: true },
    /** (N) class; ALL or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) optional: sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: true },
    /** of the weighting, 0 or more */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all rows, such as 1 / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share, from 0 to 1 */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts, 0 or more */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in logits */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (L) */
    loss: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (L) softmax probability of the label */
    p: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (Q, N, 4) sums of the row, or of its slices */
    stats: { access: "write", type: "vec4f", shape: ["Q","N","4"], optional: false },
    /** (G, C) */
    dlogits: { access: "write", type: "f32", shape: ["G","C"], optional: false },
  },
  sizes: ["N", "C", "ALL", "L", "G", "P", "Q"],
  knobs: { HAS_LOGITS: false, HAS_FACTOR: false, HAS_PARTS: false, /** label of rows to leave out */ IGNORE: 4294967295, /** workgroups per row */ SLICES: 1, /** classes of a slice, whole turns; C or more for one */ SPAN: 4294967295, /** write stats alone */ PARTIAL: false, /** classes in each given part but the last */ PART: 0, /** write dlogits */ GRAD: true, /** lanes per row, a power of two */ WG: 64, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["N*SLICES"],
  features: [],
  code: /* @__PURE__ */ wgsl("", softmaxLossText, reducePart, quadPart, softmaxRowPart, softmaxFinishPart, weightPart, expPart, log1pPart, powerPart, indexPart),
} as const;

/**
 * softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.
 *
 *   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]
 *   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL
 *   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats
 *   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]
 *   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale
 *                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])
 *
 * w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p
 * and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)
 * and -log p = log1p(others / own) keep their digits where p is near 1.
 *
 * One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and
 * one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.
 *
 * A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,
 * then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then
 * logits holds the C classes from `first` on, of ALL.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/quad.wgsl | lib/quad_vec4.wgsl
 * uses lib/softmax_row.wgsl
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLossSubgroup = {
  name: "softmax_loss_subgroup",
  bindings: {
    /** (N, C) optional: else dlogits holds them and is overwritten */
    logits: { access: "read", type: "f32", shape: ["N","C"], optional: true },
    /** (N) class; ALL or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) optional: sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: true },
    /** of the weighting, 0 or more */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all rows, such as 1 / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share, from 0 to 1 */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts, 0 or more */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in logits */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (L) */
    loss: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (L) softmax probability of the label */
    p: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (Q, N, 4) sums of the row, or of its slices */
    stats: { access: "write", type: "vec4f", shape: ["Q","N","4"], optional: false },
    /** (G, C) */
    dlogits: { access: "write", type: "f32", shape: ["G","C"], optional: false },
  },
  sizes: ["N", "C", "ALL", "L", "G", "P", "Q"],
  knobs: { HAS_LOGITS: false, HAS_FACTOR: false, HAS_PARTS: false, /** label of rows to leave out */ IGNORE: 4294967295, /** workgroups per row */ SLICES: 1, /** classes of a slice, whole turns; C or more for one */ SPAN: 4294967295, /** write stats alone */ PARTIAL: false, /** classes in each given part but the last */ PART: 0, /** write dlogits */ GRAD: true, /** lanes per row, at most the subgroup's size */ WG: 4, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["N*SLICES"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", softmaxLossText, reduceSubgroupPart, quadPart, softmaxRowPart, softmaxFinishPart, weightPart, expPart, log1pPart, powerPart, indexPart),
} as const;

/**
 * softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.
 *
 *   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]
 *   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL
 *   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats
 *   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]
 *   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale
 *                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])
 *
 * w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p
 * and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)
 * and -log p = log1p(others / own) keep their digits where p is near 1.
 *
 * One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and
 * one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.
 *
 * A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,
 * then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then
 * logits holds the C classes from `first` on, of ALL.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/quad.wgsl | lib/quad_vec4.wgsl
 * uses lib/softmax_row.wgsl
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLossVec4 = {
  name: "softmax_loss_vec4",
  bindings: {
    /** (N, C) optional: else dlogits holds them and is overwritten */
    logits: { access: "read", type: "vec4f", shape: ["N","C"], optional: true },
    /** (N) class; ALL or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) optional: sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: true },
    /** of the weighting, 0 or more */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all rows, such as 1 / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share, from 0 to 1 */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts, 0 or more */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in logits */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (L) */
    loss: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (L) softmax probability of the label */
    p: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (Q, N, 4) sums of the row, or of its slices */
    stats: { access: "write", type: "vec4f", shape: ["Q","N","4"], optional: false },
    /** (G, C) */
    dlogits: { access: "write", type: "vec4f", shape: ["G","C"], optional: false },
  },
  sizes: ["N", "C", "ALL", "L", "G", "P", "Q"],
  knobs: { HAS_LOGITS: false, HAS_FACTOR: false, HAS_PARTS: false, /** label of rows to leave out */ IGNORE: 4294967295, /** workgroups per row */ SLICES: 1, /** classes of a slice, whole turns; C or more for one */ SPAN: 4294967295, /** write stats alone */ PARTIAL: false, /** classes in each given part but the last */ PART: 0, /** write dlogits */ GRAD: true, /** lanes per row, a power of two */ WG: 64, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["N*SLICES"],
  features: [],
  code: /* @__PURE__ */ wgsl("", softmaxLossText, reducePart, quadVec4Part, softmaxRowPart, softmaxFinishPart, weightPart, expPart, log1pPart, powerPart, indexPart),
} as const;

/**
 * softmax_loss: softmax cross-entropy, weighted by what the label's probability is, and its gradient, in one dispatch.
 *
 *   z            = logit_scale logits[n],  y = label[n],  p[n] = softmax(z)[y]
 *   q[c]         = (1 - smoothing) [c == y] + smoothing / ALL
 *   ce           = sum_c q[c] (-log softmax(z)[c]),  lse = log sum_c exp(z[c])                          nats
 *   loss[n]      = f (w ce + z_loss lse^2),  f = scale factor[n]
 *   dlogits[n,c] = d loss[n] / d logits[n,c] = f logit_scale
 *                  (w (softmax(z)[c] - q[c]) + fall ce (softmax(z)[c] - [c == y]) + 2 z_loss lse softmax(z)[c])
 *
 * w(p) and fall = -p w'(p) are of lib/weight.wgsl. A label of ALL or more, or IGNORE, marks a row to leave out: its loss, p
 * and gradient are 0. The label's term is kept apart from the sum over the others, so that 1 - p = others / (own + others)
 * and -log p = log1p(others / own) keep their digits where p is near 1.
 *
 * One workgroup per row; each of its WG lanes takes 16 classes a turn. A row of one turn stays in registers: one read and
 * one write per logit. Longer rows are read twice, all rows once without GRAD. About 10 flops and two exp per logit.
 *
 * A long row can be dealt to SLICES workgroups in two dispatches: with PARTIAL each writes the sums of its slice to stats,
 * then, with these as parts, each writes its slice of the gradient. The parts may be of other blocks of classes too: then
 * logits holds the C classes from `first` on, of ALL.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/quad.wgsl | lib/quad_vec4.wgsl
 * uses lib/softmax_row.wgsl
 * uses lib/softmax_finish.wgsl
 * uses lib/weight.wgsl
 * uses lib/exp.wgsl
 * uses lib/log1p.wgsl
 * uses lib/power.wgsl
 * uses lib/index.wgsl
 */
export const softmaxLossSubgroupVec4 = {
  name: "softmax_loss_subgroup_vec4",
  bindings: {
    /** (N, C) optional: else dlogits holds them and is overwritten */
    logits: { access: "read", type: "vec4f", shape: ["N","C"], optional: true },
    /** (N) class; ALL or more, or IGNORE, to leave the row out */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** (N) optional: of each row's loss and gradient */
    factor: { access: "read", type: "f32", shape: ["N"], optional: true },
    /** (P, N, 4) optional: sums of parts of the classes */
    parts: { access: "read", type: "vec4f", shape: ["P","N","4"], optional: true },
    /** of the weighting, 0 or more */
    gamma: { access: "scalar", type: "f32", shape: [], optional: false },
    /** factor on all rows, such as 1 / N */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** part of the target that all classes share, from 0 to 1 */
    smoothing: { access: "scalar", type: "f32", shape: [], optional: false },
    /** how much lse^2 counts, 0 or more */
    z_loss: { access: "scalar", type: "f32", shape: [], optional: false },
    /** above 0 */
    logit_scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** which of ALL classes is the first in logits */
    first: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (L) */
    loss: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (L) softmax probability of the label */
    p: { access: "write", type: "f32", shape: ["L"], optional: false },
    /** (Q, N, 4) sums of the row, or of its slices */
    stats: { access: "write", type: "vec4f", shape: ["Q","N","4"], optional: false },
    /** (G, C) */
    dlogits: { access: "write", type: "vec4f", shape: ["G","C"], optional: false },
  },
  sizes: ["N", "C", "ALL", "L", "G", "P", "Q"],
  knobs: { HAS_LOGITS: false, HAS_FACTOR: false, HAS_PARTS: false, /** label of rows to leave out */ IGNORE: 4294967295, /** workgroups per row */ SLICES: 1, /** classes of a slice, whole turns; C or more for one */ SPAN: 4294967295, /** write stats alone */ PARTIAL: false, /** classes in each given part but the last */ PART: 0, /** write dlogits */ GRAD: true, /** lanes per row, at most the subgroup's size */ WG: 4, /** whether smoothing may be above 0 */ SMOOTH: false, /** 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal */ WEIGHTING: 1, /** the gradient takes the weight for a constant */ DETACHED: false },
  grid: ["N*SLICES"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", softmaxLossText, reduceSubgroupPart, quadVec4Part, softmaxRowPart, softmaxFinishPart, weightPart, expPart, log1pPart, powerPart, indexPart),
} as const;

/**
 * sum_parts: y[i] = sum_t x[t,i], t in ascending order.
 *
 * One lane per i. Reads x once, writes y once: the second pass of every sum that is dealt to T partial results.
 * uses lib/index.wgsl
 */
export const sumParts = {
  name: "sum_parts",
  bindings: {
    /** (T, n) */
    x: { access: "read", type: "f32", shape: ["T","n"], optional: false },
    /** (n) */
    y: { access: "write", type: "f32", shape: ["n"], optional: false },
  },
  sizes: ["T", "n"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["n/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", sumPartsText, indexPart),
} as const;

/**
 * top_k: the K highest of each row, falling; of equal ones the lowest index comes first.
 *
 *   value[n,k] = x[n, index[n,k]], after k others in that order
 *
 * One workgroup per row, whose WG lanes stride over its C columns once for each k, for what follows the one before.
 * Reads 4 C K bytes a row, all but the first time likely from a cache, and writes 8 K.
 * uses lib/index.wgsl
 */
export const topK = {
  name: "top_k",
  bindings: {
    /** (N, C) finite */
    x: { access: "read", type: "f32", shape: ["N","C"], optional: false },
    /** (N, K) */
    value: { access: "write", type: "f32", shape: ["N","K"], optional: false },
    /** (N, K) */
    index: { access: "write", type: "u32", shape: ["N","K"], optional: false },
  },
  sizes: ["N", "C", "K"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", topKText, indexPart),
} as const;

/**
 * total: y = sum_i x[i].
 *
 * One workgroup, whose WG lanes stride over the elements: for sums of a batch's rows, in one dispatch. Reads x once.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const total = {
  name: "total",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** () */
    y: { access: "write", type: "f32", shape: [], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per row, a power of two */ WG: 64 },
  grid: ["1"],
  features: [],
  code: /* @__PURE__ */ wgsl("", totalText, reducePart),
} as const;

/**
 * total: y = sum_i x[i].
 *
 * One workgroup, whose WG lanes stride over the elements: for sums of a batch's rows, in one dispatch. Reads x once.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const totalSubgroup = {
  name: "total_subgroup",
  bindings: {
    /** (n) */
    x: { access: "read", type: "f32", shape: ["n"], optional: false },
    /** () */
    y: { access: "write", type: "f32", shape: [], optional: false },
  },
  sizes: ["n"],
  knobs: { /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["1"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", totalText, reduceSubgroupPart),
} as const;

/**
 * transpose: y[b,j,i] = x[b,i,j].
 *
 * One lane per element of y; reads x and writes y once, x with a stride of J.
 * uses lib/index.wgsl
 */
export const transpose = {
  name: "transpose",
  bindings: {
    /** (B, I, J) */
    x: { access: "read", type: "f32", shape: ["B","I","J"], optional: false },
    /** (B, J, I) */
    y: { access: "write", type: "f32", shape: ["B","J","I"], optional: false },
  },
  sizes: ["B", "I", "J"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["B*I*J/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", transposeText, indexPart),
} as const;

/**
 * triplet_mine: the triplets of each anchor, their loss, and how often each pair is in them.
 *
 * Anchor a, positive p != a of its label, negative n of another. A negative violates where
 *   square[a,n] < square[a,p] + margin,  and then loses square[a,p] - square[a,n] + margin.
 * For each (a, p) the mining takes, of the negatives that violate,
 *   0 semi-hard  the nearest of those farther than p     2 all     each
 *   1 hard       the nearest                             3 random  the one of the smallest hash of (seed, a, p, n)
 * of equals that of the lowest index.
 *   weight[a,j] = triplets in which j is the positive - triplets in which j is the negative
 *   parts[a]    = sum of what is lost, triplets, positives without one
 *
 * One workgroup per anchor, whose WG lanes stride over the N negatives for each positive in turn; element j of weight is
 * touched by lane j % WG alone. Reads a row of square once per positive, writes weight once: with K rows a label about 3 K flops
 * per pair.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const tripletMine = {
  name: "triplet_mine",
  bindings: {
    /** (N, N) of pair_square */
    square: { access: "read", type: "f32", shape: ["N","N"], optional: false },
    /** (N) */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** by how much negatives must be farther, squared */
    margin: { access: "scalar", type: "f32", shape: [], optional: false },
    /** of the random mining */
    seed: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (N, N) */
    weight: { access: "write", type: "f32", shape: ["N","N"], optional: false },
    /** (N, 3) */
    parts: { access: "write", type: "f32", shape: ["N","3"], optional: false },
  },
  sizes: ["N"],
  knobs: { /** 0 semi-hard, 1 hard, 2 all, 3 random */ MINING: 0, /** lanes per row, a power of two */ WG: 64 },
  grid: ["N"],
  features: [],
  code: /* @__PURE__ */ wgsl("", tripletMineText, reducePart, indexPart),
} as const;

/**
 * triplet_mine: the triplets of each anchor, their loss, and how often each pair is in them.
 *
 * Anchor a, positive p != a of its label, negative n of another. A negative violates where
 *   square[a,n] < square[a,p] + margin,  and then loses square[a,p] - square[a,n] + margin.
 * For each (a, p) the mining takes, of the negatives that violate,
 *   0 semi-hard  the nearest of those farther than p     2 all     each
 *   1 hard       the nearest                             3 random  the one of the smallest hash of (seed, a, p, n)
 * of equals that of the lowest index.
 *   weight[a,j] = triplets in which j is the positive - triplets in which j is the negative
 *   parts[a]    = sum of what is lost, triplets, positives without one
 *
 * One workgroup per anchor, whose WG lanes stride over the N negatives for each positive in turn; element j of weight is
 * touched by lane j % WG alone. Reads a row of square once per positive, writes weight once: with K rows a label about 3 K flops
 * per pair.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 * uses lib/index.wgsl
 */
export const tripletMineSubgroup = {
  name: "triplet_mine_subgroup",
  bindings: {
    /** (N, N) of pair_square */
    square: { access: "read", type: "f32", shape: ["N","N"], optional: false },
    /** (N) */
    label: { access: "read", type: "u32", shape: ["N"], optional: false },
    /** by how much negatives must be farther, squared */
    margin: { access: "scalar", type: "f32", shape: [], optional: false },
    /** of the random mining */
    seed: { access: "scalar", type: "u32", shape: [], optional: false },
    /** (N, N) */
    weight: { access: "write", type: "f32", shape: ["N","N"], optional: false },
    /** (N, 3) */
    parts: { access: "write", type: "f32", shape: ["N","3"], optional: false },
  },
  sizes: ["N"],
  knobs: { /** 0 semi-hard, 1 hard, 2 all, 3 random */ MINING: 0, /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["N"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", tripletMineText, reduceSubgroupPart, indexPart),
} as const;

/**
 * triplet_total: the loss of all anchors' triplets, what each triplet counts in it, and how many there are.
 *
 *   share = scale / triplets with MEAN, 0 where there are none; else scale
 *   loss  = share sum_a parts[a,0],  count = sum_a parts[a,1], sum_a parts[a,2]
 *
 * One workgroup, whose WG lanes stride over the N anchors. Reads 12 bytes per anchor.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const tripletTotal = {
  name: "triplet_total",
  bindings: {
    /** (N, 3) of triplet_mine */
    parts: { access: "read", type: "f32", shape: ["N","3"], optional: false },
    /** factor on the loss */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** () */
    loss: { access: "write", type: "f32", shape: [], optional: false },
    /** () */
    share: { access: "write", type: "f32", shape: [], optional: false },
    /** (2) */
    count: { access: "write", type: "f32", shape: ["2"], optional: false },
  },
  sizes: ["N"],
  knobs: { MEAN: true, /** lanes per row, a power of two */ WG: 64 },
  grid: ["1"],
  features: [],
  code: /* @__PURE__ */ wgsl("", tripletTotalText, reducePart),
} as const;

/**
 * triplet_total: the loss of all anchors' triplets, what each triplet counts in it, and how many there are.
 *
 *   share = scale / triplets with MEAN, 0 where there are none; else scale
 *   loss  = share sum_a parts[a,0],  count = sum_a parts[a,1], sum_a parts[a,2]
 *
 * One workgroup, whose WG lanes stride over the N anchors. Reads 12 bytes per anchor.
 * uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
 */
export const tripletTotalSubgroup = {
  name: "triplet_total_subgroup",
  bindings: {
    /** (N, 3) of triplet_mine */
    parts: { access: "read", type: "f32", shape: ["N","3"], optional: false },
    /** factor on the loss */
    scale: { access: "scalar", type: "f32", shape: [], optional: false },
    /** () */
    loss: { access: "write", type: "f32", shape: [], optional: false },
    /** () */
    share: { access: "write", type: "f32", shape: [], optional: false },
    /** (2) */
    count: { access: "write", type: "f32", shape: ["2"], optional: false },
  },
  sizes: ["N"],
  knobs: { MEAN: true, /** lanes per row, at most the subgroup's size */ WG: 4 },
  grid: ["1"],
  features: ["subgroups"],
  code: /* @__PURE__ */ wgsl("enable subgroups; ", tripletTotalText, reduceSubgroupPart),
} as const;

/**
 * warp: images read at the places that an affine map tells, linearly between pixels, 0 outside.
 *
 *   x = t[0,0] q + t[0,1] p + t[0,2],  y = t[1,0] q + t[1,1] p + t[1,2],  t = transforms[n]
 *   warped[n,p,q,c] = sum of (1 - |y - h|) (1 - |x - w|) images[n,h,w,c] over the four pixels (h, w) around (y, x), where inside
 *
 * Pixel (h, w) is centred at x = w, y = h. One lane per new pixel, for all its channels. Reads 4 pixels and writes 1.
 * uses lib/index.wgsl
 */
export const warp = {
  name: "warp",
  bindings: {
    /** (N, H, W, C) */
    images: { access: "read", type: "f32", shape: ["N","H","W","C"], optional: false },
    /** (N, 2, 3) */
    transforms: { access: "read", type: "f32", shape: ["N","2","3"], optional: false },
    /** (N, P, Q, C) */
    warped: { access: "write", type: "f32", shape: ["N","P","Q","C"], optional: false },
  },
  sizes: ["N", "H", "W", "C", "P", "Q"],
  knobs: { /** lanes per workgroup */ WG: 64 },
  grid: ["N*P*Q/WG"],
  features: [],
  code: /* @__PURE__ */ wgsl("", warpText, indexPart),
} as const;
