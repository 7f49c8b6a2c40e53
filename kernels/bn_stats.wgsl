// bn_stats: of the rows n = t, t + T, t + 2T, ... of x, for each channel: parts[t,0,c] = mean,
//           parts[t,1,c] = sum of (x[n,c] - mean)^2.
//
// The first pass of batch statistics, which bn_finish combines. Sums are over x less its value in row t, so that a mean many
// times the deviation costs no digits. One lane per (t, c), so that neighbouring lanes read neighbouring channels.
// Reads x once: 4 bytes and 4 flops per element.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override T: u32;                                                      // at most N
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)
@group(0) @binding(1) var<storage, read_write> parts: array<f32>;     // (T, 2, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= T * C) { return; }
  let t = i / C;
  let c = i % C;
  let origin = x[i];                                                  // row t: i = t C + c
  var sum = 0.0;
  var squares = 0.0;
  for (var n = t + T; n < N; n += T) {
    let d = x[n * C + c] - origin;
    sum += d;
    squares += d * d;
  }
  let offset = sum / f32((N - t + T - 1u) / T);                       // over the number of rows of the part
  parts[t * 2u * C + c] = origin + offset;
  parts[(t * 2u + 1u) * C + c] = max(squares - offset * sum, 0.0);
}
