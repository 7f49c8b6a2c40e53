// conv2d: y[n,p,q,o] = sum_{r,s,c} x[n,h,v,g C/groups + c] w[r,s,c,o] + bias[o], where
//   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
//
// For each group a matrix product (N P Q, R S C/groups) x (R S C/groups, O/groups) whose left side is gathered from x as
// it is read; outside x it is 0. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N channels of y, w once per
// TILE_M pixels, y written once.
// uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
// uses lib/columns.wgsl | lib/columns_vec4.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl
// uses lib/gemm_tile.wgsl
// uses lib/gemm_rows.wgsl
// uses lib/groups.wgsl
// uses lib/index.wgsl
// grid (groups * (N*P*Q/TILE_M) * (O/groups/TILE_N) * SPLITS)

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
override dilation: u32;
override groups: u32;
override CG = C / groups;                                             // channels of x that a channel of y is made from
override OG = O / groups;                                             // channels of y in a group
override GROUP_M = N * P * Q;
override HAS_BIAS: bool = false;
@group(0) @binding(0) var<storage, read>       x: array<Stored>;      // (N, H, W, C)
@group(0) @binding(1) var<storage, read>       w: array<Columns>;     // (R, S, C/groups, O)
@group(0) @binding(2) var<storage, read>       bias: array<f32>;      // (O) optional
@group(0) @binding(3) var<storage, read_write> y: array<Stored>;      // (N, P, Q, O)

fn gemm_n() -> u32 { return OG; }
fn gemm_k(m: u32) -> u32 { return R * S * CG; }
fn any_live(m: u32, rows: u32) -> bool { return true; }

struct Row { image: u32, h: u32, v: u32 }                             // first pixel under the filter; may wrap below 0
struct Inner { h: u32, v: u32, c: u32 }                               // tap, in pixels after the first, and channel of x

fn row_of(m: u32) -> Row {
  let i = row_in_group(m);
  return Row(i / (P * Q) * H, i / Q % P * stride - pad, i % Q * stride - pad);
}
fn inner_of(m: u32, k: u32) -> Inner {
  return Inner(k / (S * CG) * dilation, k / CG % S * dilation, group_of(m) * CG + k % CG);
}

fn load_a(row: Row, inner: Inner) -> f32 {
  let h = row.h + inner.h;                                            // below zero wraps to a number above H
  let v = row.v + inner.v;
  let inside = (h < H) & (v < W);                                     // & does not branch, && would
  return select(0.0, f32(x[select(0u, ((row.image + h) * W + v) * C + inner.c, inside)]), inside);
}

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line { return k * O + group_of(m) * OG; }
fn load_b(line: Line, o: u32) -> Columns { return w[(line + o) / WIDTH]; }

fn channel(m: u32, n: u32) -> u32 { return group_of(m) * OG + n; }
fn held(split: u32, m: u32, n: u32) -> f32 { return f32(y[row_in_group(m) * O + channel(m, n)]); }
fn keep(split: u32, m: u32, n: u32, v: f32) {
  if (left_over(m)) { return; }
  y[row_in_group(m) * O + channel(m, n)] = Stored(v);
}
fn store(split: u32, m: u32, n: u32, v: f32) {
  var t = v;
  if (HAS_BIAS) { t += bias[channel(m, n)]; }
  keep(split, m, n, t);
}
