// bn_grad_parts: over the rows n = t, t + T, t + 2T, ...: dshift_parts[t,c] = sum of dy[n,c],
//                dscale_parts[t,c] = sum of dy[n,c] (x[n,c] - mean[c]) inv_std[c].
//
// Both sums in one pass; sum_parts adds the parts in order. One lane per (t, c), so that neighbouring lanes read
// neighbouring channels. Reads x and dy once: 8 bytes and 4 flops per element.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override T: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C)
@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (N, C)
@group(0) @binding(2) var<storage, read>       mean: array<f32>;      // (C)
@group(0) @binding(3) var<storage, read>       inv_std: array<f32>;   // (C)
@group(0) @binding(4) var<storage, read_write> dshift_parts: array<f32>; // (T, C)
@group(0) @binding(5) var<storage, read_write> dscale_parts: array<f32>; // (T, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let part = flat_index(group, groups) * WG + lane;
  if (part >= T * C) { return; }
  let c = part % C;
  let center = mean[c];
  var plain = 0.0;
  var along = 0.0;
  for (var n = part / C; n < N; n += T) {
    let d = dy[n * C + c];
    plain += d;
    along += d * (x[n * C + c] - center);
  }
  dshift_parts[part] = plain;
  dscale_parts[part] = along * inv_std[c];
}
