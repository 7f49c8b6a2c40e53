// bn_stats: of the rows n = t, t + T, t + 2T, ... of x, for each channel: parts[t,0,c] = mean,
//           parts[t,1,c] = sum of (x[n,c] - mean)^2.
//
// The first pass of batch statistics, which bn_finish combines. Sums are over x less its value in row t, so that a mean many
// times the deviation costs no digits. One lane per t and channel, or quad of channels, so that neighbouring lanes read
// neighbouring channels. Reads x once: 4 bytes and 4 flops per element.
// uses lib/index.wgsl
// uses lib/element.wgsl | lib/element_vec4.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl

override N: u32;
override C: u32;
override T: u32;                                                      // at most N
override E = C / WIDTH;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<StoredElement>; // (N, C)
@group(0) @binding(1) var<storage, read_write> parts: array<Element>; // (T, 2, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WIDTH/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= T * E) { return; }
  let t = i / E;
  let c = i % E;
  let origin = Element(x[i]);                                         // row t: i = t E + c
  var sum = Element(0.0);
  var squares = Element(0.0);
  for (var n = t + T; n < N; n += T) {
    let d = Element(x[n * E + c]) - origin;
    sum += d;
    squares += d * d;
  }
  let offset = sum / f32((N - t + T - 1u) / T);                       // over the number of rows of the part
  parts[t * 2u * E + c] = origin + offset;
  parts[(t * 2u + 1u) * E + c] = max(squares - offset * sum, Element(0.0));
}
