// conv2d: y[n,p,q,o] = sum_{r,s,c} x[n, p stride + r - pad, q stride + s - pad, c] w[r,s,c,o] + bias[o].
//
// A matrix product (N P Q, R S C) x (R S C, O) whose left side is gathered from x as it is read; outside x it is 0.
// 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, w once per 8 pixels, y written once.
// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
// uses lib/columns.wgsl | lib/columns_vec4.wgsl
// uses lib/gemm_parts.wgsl
// uses lib/index.wgsl
// grid (N*P*Q/16 * (O/(4*LANES)) * SPLITS)

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
override HAS_BIAS: bool = false;
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)
@group(0) @binding(1) var<storage, read>       w: array<Columns>;     // (R, S, C, O)
@group(0) @binding(2) var<storage, read>       bias: array<f32>;      // (O) optional
@group(0) @binding(3) var<storage, read_write> y: array<f32>;         // (N, P, Q, O)

fn gemm_m() -> u32 { return N * P * Q; }
fn gemm_n() -> u32 { return O; }
fn gemm_k(m: u32) -> u32 { return R * S * C; }

struct Row { image: u32, h: u32, v: u32 }                             // first pixel under the filter; may wrap below 0
struct Inner { r: u32, s: u32, c: u32 }

fn row_of(m: u32) -> Row { return Row(m / (P * Q) * H, m / Q % P * stride - pad, m % Q * stride - pad); }
fn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (S * C), k / C % S, k % C); }

fn load_a(row: Row, inner: Inner) -> f32 {
  let h = row.h + inner.r;                                            // below zero wraps to a number above H
  let v = row.v + inner.s;
  let inside = (h < H) & (v < W);                                  // & does not branch, && would
  return select(0.0, x[select(0u, ((row.image + h) * W + v) * C + inner.c, inside)], inside);
}

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line { return k * O; }
fn load_b(line: Line, o: u32) -> Columns { return w[(line + o) / WIDTH]; }

fn store(split: u32, m: u32, o: u32, v: f32) {
  var t = v;
  if (HAS_BIAS) { t += bias[o]; }
  y[m * O + o] = t;
}
