// warp: images read at the places that an affine map tells, linearly between pixels, 0 outside.
//
//   x = t[0,0] q + t[0,1] p + t[0,2],  y = t[1,0] q + t[1,1] p + t[1,2],  t = transforms[n]
//   warped[n,p,q,c] = sum of (1 - |y - h|) (1 - |x - w|) images[n,h,w,c] over the four pixels (h, w) around (y, x), where inside
//
// Pixel (h, w) is centred at x = w, y = h. One lane per new pixel, for all its channels. Reads 4 pixels and writes 1.
// uses lib/index.wgsl

override N: u32;
override H: u32;
override W: u32;
override C: u32;
override P: u32;
override Q: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       images: array<f32>;    // (N, H, W, C)
@group(0) @binding(1) var<storage, read>       transforms: array<f32>; // (N, 2, 3)
@group(0) @binding(2) var<storage, read_write> warped: array<f32>;    // (N, P, Q, C)

struct Place { pixel: i32, part: f32 }                                // pixel + part, 0 <= part < 1

const UNIT = 0.00390625;                                              // 1/256, exact in f32, as its multiples are

// Where new pixel at = (q, p, 1) comes from on one axis of `size` pixels. In f32 alone, places near 200 would be off by about
// 2^-16. So the transform is taken apart into multiples of 1/256, which whole numbers add exactly, and rests below 1/512. Whole
// numbers may wrap round on the way to a sum in the image; of a place that f32 knows to be outside, so are all neighbours.
fn place(row: u32, at: vec3i, size: u32) -> Place {
  let t = vec3f(transforms[row * 3u], transforms[row * 3u + 1u], transforms[row * 3u + 2u]);
  let about = dot(t, vec3f(at));
  if (!((about > -2.0) & (about < f32(size) + 1.0))) { return Place(-2, 0.0); }
  let coarse = round(t * 256.0);
  let units = dot(vec3i(coarse), at);
  let part = f32(units & 255) * UNIT + dot(t - coarse * UNIT, vec3f(at));
  return Place((units >> 8u) + i32(floor(part)), part - floor(part));
}

@compute @workgroup_size(WG)                                          // grid (N*P*Q/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= N * P * Q) { return; }
  let n = i / (P * Q);
  let at = vec3i(vec3u(i % Q, i / Q % P, 1u));
  let x = place(2u * n, at, W);
  let y = place(2u * n + 1u, at, H);
  for (var c = 0u; c < C; c++) {
    var sum = 0.0;
    for (var tap = 0; tap < 4; tap++) {
      let down = tap >> 1u;
      let right = tap & 1;
      let h = y.pixel + down;
      let w = x.pixel + right;
      if ((h >= 0) & (h < i32(H)) & (w >= 0) & (w < i32(W))) {
        let weight = select(1.0 - y.part, y.part, down == 1) * select(1.0 - x.part, x.part, right == 1);
        sum += weight * images[((n * H + u32(h)) * W + u32(w)) * C + c];
      }
    }
    warped[i * C + c] = sum;
  }
}
