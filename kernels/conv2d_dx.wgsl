// conv2d_dx: dx[n,h,v,g C/groups + c] = sum_{r,s,o} dy[n,p,q,g O/groups + o] w[r,s,c,g O/groups + o], where
//   p stride + r dilation - pad = h, q stride + s dilation - pad = v, and g is a group.
//
// It takes w with its last two sizes exchanged, wt, so that neighbouring columns c lie together.
// Pixels whose h and v leave the same rest by stride meet the same taps of the filter: they form one phase. Each phase of
// each group is a matrix product of its own, (pixels) x (taps O/groups) x (taps O/groups, C/groups), without terms that are
// zero, whose left side is gathered from dy as it is read.
// 2 N P Q O R S C/groups flops (edges aside); dy is read R S / stride^2 times per TILE_N channels, dx written once.
// uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
// uses lib/columns.wgsl | lib/columns_vec4.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl
// uses lib/gemm_tile.wgsl
// uses lib/gemm_rows.wgsl
// uses lib/groups.wgsl
// uses lib/taps.wgsl
// uses lib/index.wgsl
// grid (groups*stride*stride*(N*(H/stride)*(W/stride)/TILE_M) * (C/groups/TILE_N) * SPLITS)

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
override PHASE_H = (H + stride - 1u) / stride;                        // pixels of a phase along h, some past the edge
override PHASE_W = (W + stride - 1u) / stride;
override PHASE_M = (N * PHASE_H * PHASE_W + TILE_M - 1u) / TILE_M * TILE_M; // whole tiles, of one phase each
override GROUP_M = stride * stride * PHASE_M;
@group(0) @binding(0) var<storage, read>       dy: array<Stored>;     // (N, P, Q, O)
@group(0) @binding(1) var<storage, read>       wt: array<Columns>;    // (R, S, O, C/groups)
@group(0) @binding(2) var<storage, read_write> dx: array<Stored>;     // (N, H, W, C)

fn gemm_n() -> u32 { return CG; }

struct Pixel { n: u32, at: vec2u }                                    // (h, v); n is N or more in the phase's last tile

// The first pixel of a row's phase.
fn phase_of(m: u32) -> vec2u {
  let phase = row_in_group(m) / PHASE_M;
  return vec2u(phase / stride, phase % stride);
}
fn pixel_of(m: u32) -> Pixel {
  let i = row_in_group(m) % PHASE_M;
  let steps = vec2u(i / PHASE_W % PHASE_H, i % PHASE_W);
  return Pixel(i / (PHASE_H * PHASE_W), steps * stride + phase_of(m));
}

fn gemm_k(m: u32) -> u32 { return taps(phase_of(m)).x * taps(phase_of(m)).y * OG; }
fn any_live(m: u32, rows: u32) -> bool { return true; }

struct Row { image: u32, p: u32, q: u32 }                             // where the first tap meets dy; may wrap below 0
struct Inner { p: u32, q: u32, o: u32 }                               // pixels of dy before that, channel of dy

fn row_of(m: u32) -> Row {
  let pixel = pixel_of(m);
  let first = meets(pixel.at);
  return Row(pixel.n * P, first.x, first.y);
}

fn inner_of(m: u32, k: u32) -> Inner {
  let wide = taps(phase_of(m)).y;
  return Inner(k / OG / wide * BACK, k / OG % wide * BACK, group_of(m) * OG + k % OG);
}

fn load_a(row: Row, inner: Inner) -> f32 {
  let p = row.p - inner.p;                                            // below zero wraps to a number above P
  let q = row.q - inner.q;
  let inside = (row.image < N * P) & (p < P) & (q < Q);               // & does not branch, && would
  return select(0.0, f32(dy[select(0u, ((row.image + p) * Q + q) * O + inner.o, inside)]), inside);
}

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line {
  let wide = taps(phase_of(m)).y;
  let first = first_tap(phase_of(m));
  let r = first.x + k / OG / wide * STEP;
  let s = first.y + k / OG % wide * STEP;
  return ((r * S + s) * O + group_of(m) * OG + k % OG) * CG;
}
fn load_b(line: Line, c: u32) -> Columns { return wt[(line + c) / WIDTH]; }

// Where a pixel's channel lies; nowhere, end() or more, for pixels past the edge.
fn place(m: u32, c: u32) -> u32 {
  let pixel = pixel_of(m);
  let inside = (pixel.n < N) & (pixel.at.x < H) & (pixel.at.y < W);
  return select(end(), ((pixel.n * H + pixel.at.x) * W + pixel.at.y) * C + group_of(m) * CG + c, inside);
}
fn end() -> u32 { return N * H * W * C; }
fn held(split: u32, m: u32, c: u32) -> f32 { return f32(dx[min(place(m, c), end() - 1u)]); }
fn keep(split: u32, m: u32, c: u32, v: f32) {
  let i = place(m, c);
  if (i < end()) { dx[i] = Stored(v); }
}
fn store(split: u32, m: u32, c: u32, v: f32) { keep(split, m, c, v); }
