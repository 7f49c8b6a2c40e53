// locally_connected: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,c] w[p,q,r,s,c,o] + bias[p,q,o], where
//   h = p stride + r - pad, v = q stride + s - pad.
//
// For each place (p, q), a group of rows, a matrix product (N, R S C) x (R S C, O) whose left side is gathered from x as it is
// read; outside x it is 0. 2 N P Q O R S C flops; x is read R S / stride^2 times per TILE_N channels of y, w, the larger
// by far, once per TILE_M images, y written once.
// uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
// uses lib/columns.wgsl | lib/columns_vec4.wgsl
// uses lib/stored.wgsl
// uses lib/gemm_tile.wgsl
// uses lib/gemm_rows.wgsl
// uses lib/groups.wgsl
// uses lib/index.wgsl
// grid (P*Q * (N/TILE_M) * (O/TILE_N) * SPLITS)

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
override GROUP_M = N;
override HAS_BIAS: bool = false;
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)
@group(0) @binding(1) var<storage, read>       w: array<Columns>;     // (P, Q, R, S, C, O)
@group(0) @binding(2) var<storage, read>       bias: array<f32>;      // (P, Q, O) optional
@group(0) @binding(3) var<storage, read_write> y: array<f32>;         // (N, P, Q, O)

fn gemm_n() -> u32 { return O; }
fn gemm_k(m: u32) -> u32 { return R * S * C; }
fn any_live(m: u32, rows: u32) -> bool { return !left_over(m); }

struct Row { image: u32, h: u32, v: u32 }                             // first pixel under the filter; may wrap below 0
struct Inner { h: u32, v: u32, c: u32 }                               // tap, in pixels after the first, and channel of x

fn row_of(m: u32) -> Row {
  return Row(row_in_group(m) * H, group_of(m) / Q * stride - pad, group_of(m) % Q * stride - pad);
}
fn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (S * C), k / C % S, k % C); }

fn load_a(row: Row, inner: Inner) -> f32 {
  let h = row.h + inner.h;                                            // below zero wraps to a number above H
  let v = row.v + inner.v;
  let inside = (h < H) & (v < W);                                     // & does not branch, && would
  return select(0.0, x[select(0u, ((row.image + h) * W + v) * C + inner.c, inside)], inside);
}

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line { return (group_of(m) * R * S * C + k) * O; }
fn load_b(line: Line, o: u32) -> Columns { return w[(line + o) / WIDTH]; }

fn place(m: u32, o: u32) -> u32 { return (row_in_group(m) * groups + group_of(m)) * O + o; }
fn held(split: u32, m: u32, o: u32) -> f32 { return y[place(m, o)]; }
fn keep(split: u32, m: u32, o: u32, v: f32) {
  if (left_over(m)) { return; }
  y[place(m, o)] = v;
}
fn store(split: u32, m: u32, o: u32, v: f32) {
  var t = v;
  if (HAS_BIAS) { t += bias[group_of(m) * O + o]; }
  keep(split, m, o, t);
}
