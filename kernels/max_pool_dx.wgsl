// max_pool_dx: dx[n,h,v,c] = sum of dy[n,p,q,c] over the windows whose source is h W + v.
//
// One lane per pixel asks every window that covers it, in row-major order, so that nothing is scattered. Reads source and dy
// size^2 / stride^2 times, writes dx once.
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
@group(0) @binding(0) var<storage, read>       source: array<u32>;    // (N, P, Q, C)
@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (N, P, Q, C)
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;        // (N, H, W, C)

@compute @workgroup_size(WG)                                          // grid (N*H*W*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= N * H * W * C) { return; }
  let c = i % C;
  let here = i / C % (H * W);
  let image = i / (H * W * C) * P;
  let rows = windows_of(here / W, P);
  let columns = windows_of(here % W, Q);
  var sum = 0.0;
  for (var p = rows.start; p < rows.end; p++) {
    for (var q = columns.start; q < columns.end; q++) {
      let window = ((image + p) * Q + q) * C + c;
      sum += select(0.0, dy[window], source[window] == here);
    }
  }
  dx[i] = sum;
}
