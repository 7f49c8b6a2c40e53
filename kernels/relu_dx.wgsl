// relu_dx: dx[i] = dy[i] where y[i] > 0, else 0.
//
// The result y says where x was above 0, so that x itself need not be kept. One of T lanes takes the elements t,
// t + T, t + 2T, ... Reads y and dy once, writes dx once: 12 bytes per element.
// uses lib/index.wgsl

override n: u32;
override T: u32;                                                      // lanes, which take every T-th element
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       y: array<f32>;         // (n)
@group(0) @binding(1) var<storage, read>       dy: array<f32>;        // (n)
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;        // (n)

@compute @workgroup_size(WG)                                          // grid (T/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let first = flat_index(group, groups) * WG + lane;
  if (first >= T) { return; }
  for (var i = first; i < n; i += T) { dx[i] = select(0.0, dy[i], y[i] > 0.0); }
}
