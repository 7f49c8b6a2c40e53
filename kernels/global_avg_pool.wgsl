// global_avg_pool: parts[t,n,c] = sum over pixels i = t, t + T, t + 2T, ... of x[n,i,c] / I.
//
// The mean over the I pixels of an image, dealt to T partial sums that sum_parts adds in order. One lane per (t, n, c), so
// that neighbouring lanes read neighbouring channels. Reads x once.
// uses lib/index.wgsl

override N: u32;
override I: u32;
override C: u32;
override T: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, I, C)
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;     // (T, N, C)

@compute @workgroup_size(WG)                                          // grid (T*N*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let part = flat_index(group, groups) * WG + lane;
  if (part >= T * N * C) { return; }
  let c = part % C;
  let image = part / C % N * I;
  var sum = 0.0;
  for (var i = part / (N * C); i < I; i += T) { sum += x[(image + i) * C + c]; }
  parts[part] = sum / f32(I);
}
