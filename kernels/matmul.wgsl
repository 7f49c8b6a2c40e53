// matmul: c[m,n] = act(sum_k a[m,k] b[k,n] + bias[n]), with a, b plain or stored transposed.
//
//   act(v) = v | max(v, 0) | max(v, 0) + slope[n] min(v, 0)            ACT 0, 1, 2
//
// (A0, A1) is (M, K), or (K, M) where TRANS_A; (B0, B1) is (K, N), or (N, K) where TRANS_B. With SPLITS above 1, c holds
// that many partial sums over k, to be added in order, and bias and act must be left out. With ACCUMULATE the sums are
// added to what c holds.
// 2 M N K flops; a is read once per TILE_N columns, b once per TILE_M rows, c written once.
// uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
// uses lib/columns.wgsl | lib/columns_vec4.wgsl
// uses lib/stored.wgsl
// uses lib/gemm_tile.wgsl
// uses lib/gemm_rows.wgsl
// uses lib/index.wgsl
// grid (M/TILE_M * (N/TILE_N) * SPLITS)

override M: u32;
override N: u32;
override K: u32;
override TRANS_A: bool = false;                                       // a is stored (K, M)
override TRANS_B: bool = false;                                       // b is stored (N, K)
override HAS_BIAS: bool = false;
override HAS_LIVE: bool = false;
override ACT: u32 = 0u;                                               // 0 none, 1 ReLU, 2 PReLU
@group(0) @binding(0) var<storage, read>       a: array<f32>;         // (A0, A1)
@group(0) @binding(1) var<storage, read>       b: array<Columns>;     // (B0, B1)
@group(0) @binding(2) var<storage, read>       bias: array<f32>;      // (N) optional
@group(0) @binding(3) var<storage, read>       slope: array<f32>;     // (N) optional
@group(0) @binding(4) var<storage, read>       live: array<f32>;      // (A0) optional: 0 for rows of a that count as 0
@group(0) @binding(5) var<storage, read_write> c: array<f32>;         // (SPLITS, M, N)

fn gemm_m() -> u32 { return M; }
fn gemm_n() -> u32 { return N; }

fn gemm_k(m: u32) -> u32 { return K; }

// Whether a row of a that these rows come from counts.
fn any_live(m: u32, rows: u32) -> bool {
  if (!HAS_LIVE) { return true; }
  let first = select(m, 0u, TRANS_A);
  let end = select(min(m + rows, M), K, TRANS_A);
  for (var row = first; row < end; row++) {
    if (live[row] != 0.0) { return true; }
  }
  return false;
}

alias Row = u32;
alias Inner = u32;
fn row_of(m: u32) -> Row { return select(m * K, m, TRANS_A); }
fn inner_of(m: u32, k: u32) -> Inner { return select(k, k * M, TRANS_A); }
fn load_a(row: Row, inner: Inner) -> f32 { return a[row + inner]; }

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line { return select(k * N, k, TRANS_B); }
fn load_b(line: Line, n: u32) -> Columns { return b[(line + select(n, n * K, TRANS_B)) / WIDTH]; }

fn held(split: u32, m: u32, n: u32) -> f32 { return c[(split * M + m) * N + n]; }
fn keep(split: u32, m: u32, n: u32, v: f32) { c[(split * M + m) * N + n] = v; }
fn store(split: u32, m: u32, n: u32, v: f32) {
  var y = v;
  if (HAS_BIAS) { y += bias[n]; }
  if (ACT == 1u) { y = max(y, 0.0); }
  if (ACT == 2u) { y = max(y, 0.0) + slope[n] * min(y, 0.0); }
  keep(split, m, n, y);
}
