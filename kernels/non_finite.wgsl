// non_finite: parts[t] = how many of x[t], x[t + T], x[t + 2T], ... are infinite or not a number.
//
// By the bits of the exponent, since WGSL need not tell such numbers apart. One of T lanes per part. Reads x once: 4 bytes per
// element.
// uses lib/index.wgsl

override n: u32;
override T: u32;
override WG: u32 = 64u;                                               // lanes per workgroup
const EXPONENT = 0x7f800000u;
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (n)
@group(0) @binding(1) var<storage, read_write> parts: array<u32>;     // (T)

@compute @workgroup_size(WG)                                          // grid (T/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let t = flat_index(group, groups) * WG + lane;
  if (t >= T) { return; }
  var count = 0u;
  for (var i = t; i < n; i += T) { count += u32((bitcast<u32>(x[i]) & EXPONENT) == EXPONENT); }
  parts[t] = count;
}
