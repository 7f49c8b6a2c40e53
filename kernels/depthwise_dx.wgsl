// depthwise_dx: dx[n,h,v,c] = sum_{r,s} dy[n,p,q,c] w[r,s,c], where
//   p stride + r dilation - pad = h, q stride + s dilation - pad = v.
//
// One lane per 4 pixels of a row, of one element of channels, that meet the same taps of the filter: they are stride
// apart, and a tap meets neighbours of dy, of which the next tap meets three again where BACK is 1. 2 N P Q C R S flops
// (edges aside); 4 bytes for each of dy, read once from memory and R / stride times from the cache, and dx.
// uses lib/channels.wgsl | lib/channels_vec4.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl
// uses lib/taps.wgsl
// uses lib/index.wgsl

override N: u32;
override H: u32;
override W: u32;
override C: u32;
override R: u32;
override S: u32;
override P: u32;
override Q: u32;
override stride: u32;
override pad: u32;
override dilation: u32;
override E = C / WIDTH;                                               // elements of a pixel
override STRIPS = ((W + stride - 1u) / stride + 3u) / 4u;             // of a row of dx, of pixels that meet the same taps
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       dy: array<StoredElement>; // (N, P, Q, C)
@group(0) @binding(1) var<storage, read>       w: array<Element>;     // (R, S, C)
@group(0) @binding(2) var<storage, read_write> dx: array<StoredElement>; // (N, H, W, C)

// Pixel q of a row of dy, 0 outside; below zero q wraps to a number above Q.
fn pixel(row: u32, q: u32, e: u32) -> Element {
  return select(Element(), Element(dy[select(0u, (row * Q + q) * E + e, q < Q)]), q < Q);
}

@compute @workgroup_size(WG)                                          // grid (N*H*stride*(W/stride/4)*(C/WIDTH)/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= N * H * stride * STRIPS * E) { return; }
  let e = i % E;
  let v = i / E % STRIPS * 4u * stride + i / (E * STRIPS) % stride;
  let h = i / (E * STRIPS * stride);                                  // of all images
  let place = vec2u(h % H, v);
  let first = first_tap(place);
  let start = meets(place);
  let count = taps(place);
  var x0 = Element();
  var x1 = Element();
  var x2 = Element();
  var x3 = Element();
  for (var i = 0u; i < count.x; i++) {
    let p = start.x - i * BACK;                                       // below zero wraps to a number above P
    if (p >= P) { continue; }
    let row = h / H * P + p;
    var y0 = Element();
    var y1 = Element();
    var y2 = Element();
    var y3 = Element();
    for (var j = 0u; j < count.y; j++) {
      let q = start.y - j * BACK;
      if (j == 0u || BACK != 1u) {
        y3 = pixel(row, q + 3u, e);
        y2 = pixel(row, q + 2u, e);
        y1 = pixel(row, q + 1u, e);
      } else {
        y3 = y2;
        y2 = y1;
        y1 = y0;
      }
      y0 = pixel(row, q, e);
      let f = w[((first.x + i * STEP) * S + first.y + j * STEP) * E + e];
      x0 += f * y0;
      x1 += f * y1;
      x2 += f * y2;
      x3 += f * y3;
    }
  }
  let o = (h * W + v) * E + e;
  if (v < W) { dx[o] = StoredElement(x0); }
  if (v + stride < W) { dx[o + stride * E] = StoredElement(x1); }
  if (v + 2u * stride < W) { dx[o + 2u * stride * E] = StoredElement(x2); }
  if (v + 3u * stride < W) { dx[o + 3u * stride * E] = StoredElement(x3); }
}
