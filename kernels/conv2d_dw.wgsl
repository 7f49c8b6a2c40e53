// conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n,h,v,g C/groups + c] dy[n,p,q,o], where
//   h = p stride + r dilation - pad, v = q stride + s dilation - pad, and g is o's group, of O/groups neighbours.
//
// For each group a matrix product (R S C/groups, N P Q) x (N P Q, O/groups), small with a long sum: the sum is dealt to
// SPLITS partial results, which sum_parts adds in order. 2 N P Q O R S C/groups flops; x is read R S times per TILE_N
// channels of dy, dy once per TILE_M of R S C/groups.
// uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
// uses lib/columns.wgsl | lib/columns_vec4.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl
// uses lib/gemm_tile.wgsl
// uses lib/gemm_rows.wgsl
// uses lib/groups.wgsl
// uses lib/index.wgsl
// grid (groups * (R*S*(C/groups)/TILE_M) * (O/groups/TILE_N) * SPLITS)

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
override GROUP_M = R * S * CG;
@group(0) @binding(0) var<storage, read>       x: array<Stored>;      // (N, H, W, C)
@group(0) @binding(1) var<storage, read>       dy: array<StoredColumns>; // (N, P, Q, O)
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;        // (SPLITS, R, S, C/groups, O)

fn gemm_n() -> u32 { return OG; }
fn gemm_k(m: u32) -> u32 { return N * P * Q; }
fn any_live(m: u32, rows: u32) -> bool { return true; }

struct Row { h: u32, v: u32, c: u32 }                                 // tap, in pixels after the first, and channel of x
struct Inner { image: u32, h: u32, v: u32 }                           // first pixel under the filter; may wrap below 0

fn row_of(m: u32) -> Row {
  let i = row_in_group(m);
  return Row(i / (S * CG) * dilation, i / CG % S * dilation, group_of(m) * CG + i % CG);
}
fn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (P * Q) * H, k / Q % P * stride - pad, k % Q * stride - pad); }

fn load_a(row: Row, inner: Inner) -> f32 {
  let h = inner.h + row.h;                                            // below zero wraps to a number above H
  let v = inner.v + row.v;
  let inside = (h < H) & (v < W);                                     // & does not branch, && would
  return select(0.0, f32(x[select(0u, ((inner.image + h) * W + v) * C + row.c, inside)]), inside);
}

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line { return k * O + group_of(m) * OG; }
fn load_b(line: Line, o: u32) -> Columns { return Columns(dy[(line + o) / WIDTH]); }

fn place(split: u32, m: u32, n: u32) -> u32 { return (split * GROUP_M + row_in_group(m)) * O + group_of(m) * OG + n; }
fn held(split: u32, m: u32, n: u32) -> f32 { return dw[place(split, m, n)]; }
fn keep(split: u32, m: u32, n: u32, v: f32) {
  if (left_over(m)) { return; }
  dw[place(split, m, n)] = v;
}
fn store(split: u32, m: u32, n: u32, v: f32) { keep(split, m, n, v); }
