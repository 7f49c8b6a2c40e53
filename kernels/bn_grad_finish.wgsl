// bn_grad_finish: the gradients of a BatchNorm's parameters from the parts of bn_grad_parts, and what they say of x:
//                 dshift[c] = sum_t parts[t,0,c], dscale[c] = sum_t parts[t,1,c], dslope[c] = sum_t parts[t,2,c],
//                 along[0,c] = dshift[c] / N, along[1,c] = dscale[c] inv_std[c] / N.
//
// One lane per (k, c), t in ascending order. Reads parts once.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override T: u32;
override K: u32;                                                      // 3 with dslope, else 2
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       parts: array<f32>;     // (T, K, C)
@group(0) @binding(1) var<storage, read>       stats: array<f32>;     // (2, C) mean, inv_std
@group(0) @binding(2) var<storage, read_write> dshift: array<f32>;    // (C)
@group(0) @binding(3) var<storage, read_write> dscale: array<f32>;    // (C)
@group(0) @binding(4) var<storage, read_write> dslope: array<f32>;    // (C) written where K is 3
@group(0) @binding(5) var<storage, read_write> along: array<f32>;     // (2, C) of each element of x: along the mean, along the deviation

@compute @workgroup_size(WG)                                          // grid (K*C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= K * C) { return; }
  let c = i % C;
  var sum = 0.0;
  for (var t = 0u; t < T; t++) { sum += parts[t * K * C + i]; }
  if (i < C) {
    dshift[c] = sum;
    along[c] = sum / f32(N);
  } else if (i < 2u * C) {
    dscale[c] = sum;
    along[i] = sum * stats[i] / f32(N);
  } else {
    dslope[c] = sum;
  }
}
