// locally_connected_dw: dw[p,q,r,s,c,o] = sum_n x[n,h,v,c] dy[n,p,q,o], where h = p stride + r - pad, v = q stride + s - pad.
//
// For each place (p, q), a group of rows, a matrix product (R S C, N) x (N, O) whose left side is gathered from x as it is
// read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of dy, dy once per TILE_M
// of R S C, and dw, the larger by far, written once.
// uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
// uses lib/columns.wgsl | lib/columns_vec4.wgsl
// uses lib/stored.wgsl
// uses lib/gemm_tile.wgsl
// uses lib/gemm_rows.wgsl
// uses lib/groups.wgsl
// uses lib/index.wgsl
// grid (P*Q * (R*S*C/TILE_M) * (O/TILE_N) * SPLITS)

override N: u32;
override H: u32;
override W: u32;
override C: u32;
override R: u32;
override S: u32;
override P: u32;
override Q: u32;
override O: u32;
override stride: u32;
override pad: u32;
override groups = P * Q;                                              // places
override GROUP_M = R * S * C;
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)
@group(0) @binding(1) var<storage, read>       dy: array<Columns>;    // (N, P, Q, O)
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;        // (P, Q, R, S, C, O)

fn gemm_n() -> u32 { return O; }
fn gemm_k(m: u32) -> u32 { return N; }
fn any_live(m: u32, rows: u32) -> bool { return !left_over(m); }

struct Row { h: u32, v: u32, c: u32 }                                 // pixel, outside x where not below H and W, and its channel
alias Inner = u32;                                                    // first line of an image

fn row_of(m: u32) -> Row {
  let i = row_in_group(m);
  let place = group_of(m);
  return Row(place / Q * stride + i / (S * C) - pad, place % Q * stride + i / C % S - pad, i % C);
}
fn inner_of(m: u32, k: u32) -> Inner { return k * H; }

fn load_a(row: Row, image: Inner) -> f32 {
  let inside = (row.h < H) & (row.v < W);                             // & does not branch, && would
  return select(0.0, x[select(0u, ((image + row.h) * W + row.v) * C + row.c, inside)], inside);
}

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line { return (k * groups + group_of(m)) * O; }
fn load_b(line: Line, o: u32) -> Columns { return dy[(line + o) / WIDTH]; }

fn place(m: u32, o: u32) -> u32 { return (group_of(m) * GROUP_M + row_in_group(m)) * O + o; }
fn held(split: u32, m: u32, o: u32) -> f32 { return dw[place(m, o)]; }
fn keep(split: u32, m: u32, o: u32, v: f32) {
  if (left_over(m)) { return; }
  dw[place(m, o)] = v;
}
fn store(split: u32, m: u32, o: u32, v: f32) { keep(split, m, o, v); }
