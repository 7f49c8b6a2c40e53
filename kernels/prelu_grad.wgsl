// prelu_grad: dx[n,c] = dy[n,c] (x[n,c] > 0 ? 1 : slope[c]);
//             parts[t,c] = sum over n = t, t + T, t + 2T, ... of dy[n,c] min(x[n,c], 0).
//
// Both gradients in one pass; sum_parts adds the parts in order to dslope. One lane per t and channel, or quad of channels, so
// that neighbouring lanes read neighbouring channels. Reads x and dy once, writes dx once: 12 bytes and 3 flops per element.
// uses lib/index.wgsl
// uses lib/element.wgsl | lib/element_vec4.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl

override N: u32;
override C: u32;
override T: u32;
override E = C / WIDTH;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<StoredElement>; // (N, C)
@group(0) @binding(1) var<storage, read>       slope: array<Element>; // (C)
@group(0) @binding(2) var<storage, read>       dy: array<StoredElement>; // (N, C)
@group(0) @binding(3) var<storage, read_write> dx: array<StoredElement>; // (N, C)
@group(0) @binding(4) var<storage, read_write> parts: array<Element>; // (T, C)

@compute @workgroup_size(WG)                                          // grid (T*C/WIDTH/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let part = flat_index(group, groups) * WG + lane;
  if (part >= T * E) { return; }
  let c = part % E;
  let below = slope[c];
  var sum = Element(0.0);
  for (var n = part / E; n < N; n += T) {
    let i = n * E + c;
    let v = Element(x[i]);
    let d = Element(dy[i]);
    dx[i] = StoredElement(d * select(below, Element(1.0), v > Element(0.0)));
    sum += d * min(v, Element(0.0));
  }
  parts[part] = sum;
}
