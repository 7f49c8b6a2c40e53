// conv2d_dw: dw[r,s,c,o] = sum_{n,p,q} x[n, p stride + r - pad, q stride + s - pad, c] dy[n,p,q,o].
//
// A matrix product (R S C, N P Q) x (N P Q, O), small with a long sum: the sum is dealt to SPLITS partial results, which
// sum_parts adds in order. 2 N P Q O R S C flops; x is read R S times per 4 LANES channels, dy once per 8 of R S C.
// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
// uses lib/columns.wgsl | lib/columns_vec4.wgsl
// uses lib/gemm_parts.wgsl
// uses lib/index.wgsl
// grid (R*S*C/16 * (O/(4*LANES)) * SPLITS)

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
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)
@group(0) @binding(1) var<storage, read>       dy: array<Columns>;    // (N, P, Q, O)
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;        // (SPLITS, R, S, C, O)

fn gemm_m() -> u32 { return R * S * C; }
fn gemm_n() -> u32 { return O; }
fn gemm_k(m: u32) -> u32 { return N * P * Q; }

struct Row { r: u32, s: u32, c: u32 }
struct Inner { image: u32, h: u32, v: u32 }                           // first pixel under the filter; may wrap below 0

fn row_of(m: u32) -> Row { return Row(m / (S * C), m / C % S, m % C); }
fn inner_of(m: u32, k: u32) -> Inner { return Inner(k / (P * Q) * H, k / Q % P * stride - pad, k % Q * stride - pad); }

fn load_a(row: Row, inner: Inner) -> f32 {
  let h = inner.h + row.r;                                            // below zero wraps to a number above H
  let v = inner.v + row.s;
  let inside = (h < H) & (v < W);                                  // & does not branch, && would
  return select(0.0, x[select(0u, ((inner.image + h) * W + v) * C + row.c, inside)], inside);
}

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line { return k * O; }
fn load_b(line: Line, o: u32) -> Columns { return dy[(line + o) / WIDTH]; }

fn store(split: u32, m: u32, o: u32, v: f32) { dw[(split * R * S * C + m) * O + o] = v; }
