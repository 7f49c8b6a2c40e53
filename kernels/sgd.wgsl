// sgd: v[i] = momentum v[i] + dw[i] + decay w[i];  w[i] -= rate v[i].
//
// One of T lanes takes the elements t, t + T, t + 2T, ... Reads dw, v and w once, writes v and w once: 20 bytes and 6 flops
// per element.
// uses lib/index.wgsl

override n: u32;
override T: u32;                                                      // lanes, which take every T-th element
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       dw: array<f32>;        // (n) gradient
@group(0) @binding(1) var<storage, read_write> v: array<f32>;         // (n) updated in place: velocity
@group(0) @binding(2) var<storage, read_write> w: array<f32>;         // (n) updated in place
@group(0) @binding(3) var<uniform>             rate: f32;             // learning rate
@group(0) @binding(4) var<uniform>             momentum: f32;         // part of the velocity that stays
@group(0) @binding(5) var<uniform>             decay: f32;            // weight decay, added to the gradient

@compute @workgroup_size(WG)                                          // grid (T/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let first = flat_index(group, groups) * WG + lane;
  if (first >= T) { return; }
  for (var i = first; i < n; i += T) {
    let moved = momentum * v[i] + dw[i] + decay * w[i];
    v[i] = moved;
    w[i] -= rate * moved;
  }
}
