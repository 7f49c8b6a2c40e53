// prelu_grad: dx[n,c] = dy[n,c] (x[n,c] > 0 ? 1 : slope[c]);
//             parts[t,c] = sum over n = t, t + T, t + 2T, ... of dy[n,c] min(x[n,c], 0).
//
// Both gradients in one pass; sum_parts adds the parts in order to dslope. One lane per (t, c), so that neighbouring lanes
// read neighbouring columns. Reads x and dy once, writes dx once: 12 bytes and 3 flops per element.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override T: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)
@group(0) @binding(1) var<storage, read>       slope: array<f32>;     // (C)
@group(0) @binding(2) var<storage, read>       dy: array<f32>;        // (N, C)
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;        // (N, C)
@group(0) @binding(4) var<storage, read_write> parts: array<f32>;     // (T, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let part = flat_index(group, groups) * WG + lane;
  if (part >= T * C) { return; }
  let c = part % C;
  let below = slope[c];
  var sum = 0.0;
  for (var n = part / C; n < N; n += T) {
    let i = n * C + c;
    let v = x[i];
    let d = dy[i];
    dx[i] = d * select(below, 1.0, v > 0.0);
    sum += d * min(v, 0.0);
  }
  parts[part] = sum;
}
