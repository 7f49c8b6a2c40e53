// max_pool: y[n,p,q,c] = max of x[n,h,v,c] over the window's pixels, and source[n,p,q,c] = h W + v of the first of them.
//
// The window of (p, q) starts at (p stride - pad, q stride - pad) and is size pixels wide and high; pixels outside the image
// are left out. Of equal pixels the first in row-major order counts.
// One lane per result. Reads x size^2 / stride^2 times, writes y and source once.
// uses lib/window.wgsl
// uses lib/index.wgsl

override N: u32;
override H: u32;
override W: u32;
override C: u32;
override P: u32;
override Q: u32;
override size: u32;
override stride: u32;
override pad: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, H, W, C)
@group(0) @binding(1) var<storage, read_write> y: array<f32>;         // (N, P, Q, C)
@group(0) @binding(2) var<storage, read_write> source: array<u32>;    // (N, P, Q, C)

@compute @workgroup_size(WG)                                          // grid (N*P*Q*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= N * P * Q * C) { return; }
  let c = i % C;
  let image = i / (P * Q * C) * H * W;
  let rows = pixels_of(i / (Q * C) % P, H);
  let columns = pixels_of(i / C % Q, W);
  var best = rows.start * W + columns.start;
  var top = x[(image + best) * C + c];
  for (var h = rows.start; h < rows.end; h++) {
    for (var v = columns.start; v < columns.end; v++) {
      let here = h * W + v;
      let value = x[(image + here) * C + c];
      best = select(best, here, value > top);
      top = max(top, value);
    }
  }
  y[i] = top;
  source[i] = best;
}
