// sgd: v[i] = momentum v[i] + unscale dw[i] + decay w[i];  w[i] -= rate v[i].
//
// Nothing moves where unscale is 0: then dw is not finite. One of T lanes takes the elements t, t + T, t + 2T, ... Reads dw, v
// and w once, writes v and w once: 20 bytes and 6 flops per element.
// uses lib/index.wgsl

override n: u32;
override T: u32;                                                      // lanes, which take every T-th element
override WG: u32 = 64u;                                               // lanes per workgroup
override HAS_UNSCALE: bool = false;
@group(0) @binding(0) var<storage, read>       dw: array<f32>;        // (n) gradient
@group(0) @binding(1) var<storage, read_write> v: array<f32>;         // (n) updated in place: velocity
@group(0) @binding(2) var<storage, read_write> w: array<f32>;         // (n) updated in place
@group(0) @binding(3) var<uniform>             rate: f32;             // learning rate
@group(0) @binding(4) var<uniform>             momentum: f32;         // part of the velocity that stays
@group(0) @binding(5) var<uniform>             decay: f32;            // weight decay, added to the gradient
@group(0) @binding(6) var<storage, read>       unscale: array<f32>;   // () optional: factor on the gradient, 1 where not given

@compute @workgroup_size(WG)                                          // grid (T/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let first = flat_index(group, groups) * WG + lane;
  if (first >= T) { return; }
  var factor = 1.0;
  if (HAS_UNSCALE) {
    factor = unscale[0];
    if (factor == 0.0) { return; }
  }
  for (var i = first; i < n; i += T) {
    let moved = momentum * v[i] + factor * dw[i] + decay * w[i];
    v[i] = moved;
    w[i] -= rate * moved;
  }
}
