// locally_connected_dx: dx[n,h,v,c] = sum_{p,q,o} w[p,q,r,s,c,o] dy[n,p,q,o], where
//   r = h + pad - p stride, s = v + pad - q stride, over the places (p, q) that have such a tap.
//
// For each pixel (h, v), a group of rows, a matrix product (C, places O) x (places O, N), without terms that are zero. Images are
// the columns, so that it is dy, not w, the larger by far, that is taken with its sizes exchanged. 2 N P Q O R S C flops
// (edges aside); w is read once per TILE_N images, dy R S / stride^2 times per TILE_M channels of x, dx written once.
// uses lib/gemm_direct.wgsl | lib/gemm_panel.wgsl | lib/gemm_tiled.wgsl | lib/gemm_few.wgsl
// uses lib/columns.wgsl | lib/columns_vec4.wgsl
// uses lib/stored.wgsl
// uses lib/gemm_tile.wgsl
// uses lib/gemm_rows.wgsl
// uses lib/groups.wgsl
// uses lib/index.wgsl
// grid (H*W * (C/TILE_M) * (N/TILE_N) * SPLITS)

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
override groups = H * W;                                              // pixels
override GROUP_M = C;
@group(0) @binding(0) var<storage, read>       w: array<f32>;         // (P, Q, R, S, C, O)
@group(0) @binding(1) var<storage, read>       dyt: array<Columns>;   // (P, Q, O, N)
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;        // (N, H, W, C)

// A row's pixel (h, v), counted from the padding's edge.
fn pixel_of(m: u32) -> vec2u { return vec2u(group_of(m) / W, group_of(m) % W) + pad; }

// The places whose filter lies over a pixel, (p, q) from the first on, and how many along both sides.
fn first_over(pixel: vec2u) -> vec2u { return (max(pixel + 1u, vec2u(R, S)) - vec2u(R, S) + stride - 1u) / stride; }
fn places_over(pixel: vec2u) -> vec2u { return min(pixel / stride + 1u, vec2u(P, Q)) - first_over(pixel); }

fn gemm_n() -> u32 { return N; }
fn gemm_k(m: u32) -> u32 {
  let places = places_over(pixel_of(m));
  return places.x * places.y * O;
}
fn any_live(m: u32, rows: u32) -> bool { return !left_over(m); }

// The place of term k.
fn place_of(m: u32, k: u32) -> vec2u {
  let pixel = pixel_of(m);
  let wide = places_over(pixel).y;
  return first_over(pixel) + vec2u(k / O / wide, k / O % wide);
}

alias Row = u32;                                                      // where a channel's weights begin
alias Inner = u32;                                                    // where they go on at a tap, for a channel of y

fn row_of(m: u32) -> Row { return row_in_group(m) * O; }
fn inner_of(m: u32, k: u32) -> Inner {
  let place = place_of(m, k);
  let tap = pixel_of(m) - place * stride;
  return (((place.x * Q + place.y) * R + tap.x) * S + tap.y) * C * O + k % O;
}
fn load_a(row: Row, inner: Inner) -> f32 { return w[row + inner]; }

alias Line = u32;
fn line_of(m: u32, k: u32) -> Line {
  let place = place_of(m, k);
  return ((place.x * Q + place.y) * O + k % O) * N;
}
fn load_b(line: Line, n: u32) -> Columns { return dyt[(line + n) / WIDTH]; }

fn place(m: u32, n: u32) -> u32 { return (n * groups + group_of(m)) * C + row_in_group(m); }
fn held(split: u32, m: u32, n: u32) -> f32 { return dx[place(m, n)]; }
fn keep(split: u32, m: u32, n: u32, v: f32) {
  if (left_over(m)) { return; }
  dx[place(m, n)] = v;
}
fn store(split: u32, m: u32, n: u32, v: f32) { keep(split, m, n, v); }
