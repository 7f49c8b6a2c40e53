// conv2d_dx: dx[n,h,v,c] = sum_{r,s,o} dy[n,p,q,o] w[r,s,c,o] where p stride + r - pad = h and q stride + s - pad = v.
//
// Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase, and each of
// the stride^2 phases is a matrix product of its own, (pixels) x (taps O) x (taps O, C), without terms that are zero.
// Its left side is gathered from dy as it is read.
// 2 N P Q O R S C flops (edges aside); dy is read R S / stride^2 times per 4 LANES channels, dx written once.
// uses lib/gemm.wgsl | lib/gemm_subgroup.wgsl
// uses lib/columns.wgsl
// uses lib/gemm_parts.wgsl
// uses lib/index.wgsl
// grid (stride*stride*(N*(H/stride)*(W/stride)/16) * (C/(4*LANES)) * SPLITS)

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
@group(0) @binding(0) var<storage, read>       dy: array<f32>;        // (N, P, Q, O)
@group(0) @binding(1) var<storage, read>       w: array<f32>;         // (R, S, C, O)
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;        // (N, H, W, C)

fn phase_h() -> u32 { return (H + stride - 1u) / stride; }            // pixels of a phase along h, some past the edge
fn phase_v() -> u32 { return (W + stride - 1u) / stride; }
fn phase_rows() -> u32 { return (N * phase_h() * phase_v() + ROWS - 1u) / ROWS * ROWS; } // whole tiles, of one phase each
fn gemm_m() -> u32 { return stride * stride * phase_rows(); }
fn gemm_n() -> u32 { return C; }

struct Pixel { n: u32, h: u32, v: u32 }
fn pixel_of(m: u32) -> Pixel {
  let phase = m / phase_rows();
  let i = m % phase_rows();
  return Pixel(
    i / (phase_h() * phase_v()),
    i / phase_v() % phase_h() * stride + phase / stride,
    i % phase_v() * stride + phase % stride,
  );
}

// The first tap of a phase along h and along v; taps go on in steps of stride.
fn first_tap(m: u32) -> vec2u {
  let phase = m / phase_rows();
  return vec2u(phase / stride + pad, phase % stride + pad) % stride;
}
fn taps(m: u32) -> vec2u { return (vec2u(R, S) + stride - 1u - first_tap(m)) / stride; }
fn gemm_k(m: u32) -> u32 { return taps(m).x * taps(m).y * O; }

struct Row { image: u32, p: u32, q: u32 }                             // where the first tap meets dy
struct Inner { i: u32, j: u32, o: u32 }                               // taps after the first, channel

fn row_of(m: u32) -> Row {
  let pixel = pixel_of(m);
  return Row(pixel.n * P, (pixel.h + pad) / stride, (pixel.v + pad) / stride);
}

fn inner_of(m: u32, k: u32) -> Inner { return Inner(k / O / taps(m).y, k / O % taps(m).y, k % O); }

fn load_a(row: Row, inner: Inner) -> f32 {
  let p = row.p - inner.i;                                            // below zero wraps to a number above P
  let q = row.q - inner.j;
  let inside = (row.image < N * P) & (p < P) & (q < Q);               // & does not branch, && would
  return select(0.0, dy[select(0u, ((row.image + p) * Q + q) * O + inner.o, inside)], inside);
}

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line {
  let r = first_tap(m).x + k / O / taps(m).y * stride;
  let s = first_tap(m).y + k / O % taps(m).y * stride;
  return (r * S + s) * C * O + k % O;
}
fn load_b(line: Line, c: u32) -> f32 { return w[line + c * O]; }

fn store(split: u32, m: u32, c: u32, v: f32) {
  let pixel = pixel_of(m);
  if (pixel.n < N && pixel.h < H && pixel.v < W) { dx[((pixel.n * H + pixel.h) * W + pixel.v) * C + c] = v; }
}
