// depthwise_dw: parts[t,r,s,o] = sum over rows (n, p) = t, t + T, t + 2T, ... and q of x[n,h,v,o C/O] dy[n,p,q,o], where
//   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
//
// The first pass of dw: T partial results, which sum_parts adds in order. One lane per part, 3 by 3 taps of the filter and
// element of channels walks along rows of dy; of the pixels of x that the taps meet, those that the next pixel of dy needs
// too are kept. 2 N P Q O R S flops; 4 bytes for each of x and dy, once per 3 by 3 taps, x R times from the cache.
// uses lib/channels.wgsl | lib/channels_vec4.wgsl | lib/channels_splat.wgsl
// uses lib/stored.wgsl | lib/stored_f16.wgsl
// uses lib/index.wgsl

override N: u32;
override H: u32;
override W: u32;
override C: u32;
override R: u32;
override S: u32;
override P: u32;
override Q: u32;
override O: u32;
override T: u32;
override stride: u32;
override pad: u32;
override dilation: u32;
override E = O / WIDTH;                                               // elements of a pixel of dy
override DOWN = (R + 2u) / 3u;                                        // blocks of 3 by 3 taps
override ACROSS = (S + 2u) / 3u;
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       x: array<StoredSource>; // (N, H, W, C)
@group(0) @binding(1) var<storage, read>       dy: array<StoredElement>; // (N, P, Q, O)
@group(0) @binding(2) var<storage, read_write> parts: array<Element>; // (T, R, S, O)

struct Column { a: Element, b: Element, c: Element }                  // one below the other, dilation apart

fn add(s: Column, d: Element, x: Column) -> Column { return Column(s.a + d * x.a, s.b + d * x.b, s.c + d * x.c); }

// What element e is made from at pixel (h, v) of image n, 0 outside; below zero h and v wrap to numbers above H and W.
fn pixel(n: u32, h: u32, v: u32, e: u32) -> Element {
  let inside = (h < H) & (v < W);                                     // & does not branch, && would
  let i = (((n * H + h) * W + v) * C + e * WIDTH / (O / C)) / SOURCE;
  return select(Element(), Element(Source(x[select(0u, i, inside)])), inside);
}

fn column(n: u32, h: u32, v: u32, e: u32) -> Column {
  return Column(pixel(n, h, v, e), pixel(n, h + dilation, v, e), pixel(n, h + 2u * dilation, v, e));
}

fn store(t: u32, r: u32, s: u32, e: u32, w: Column) {
  if (s >= S) { return; }
  let i = ((t * R + r) * S + s) * E + e;
  parts[i] = w.a;
  if (r + 1u < R) { parts[i + S * E] = w.b; }
  if (r + 2u < R) { parts[i + 2u * S * E] = w.c; }
}

@compute @workgroup_size(WG)                                          // grid (T*(R/3)*(S/3)*(O/WIDTH)/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= T * DOWN * ACROSS * E) { return; }
  let e = i % E;
  let s = i / E % ACROSS * 3u;
  let r = i / (E * ACROSS) % DOWN * 3u;
  let t = i / (E * ACROSS * DOWN);
  var w0 = Column();
  var w1 = Column();
  var w2 = Column();
  for (var row = t; row < N * P; row += T) {
    let n = row / P;
    let h = row % P * stride + r * dilation - pad;
    let first = s * dilation - pad;
    var x0 = Column();
    var x1 = column(n, h, first, e);
    var x2 = column(n, h, first + dilation, e);
    if (stride == 2u * dilation) { x2 = x1; }
    for (var q = 0u; q < Q; q++) {
      let v = q * stride + first;
      if (stride == dilation) {
        x0 = x1;
        x1 = x2;
      } else {
        if (stride == 2u * dilation) { x0 = x2; } else { x0 = column(n, h, v, e); }
        x1 = column(n, h, v + dilation, e);
      }
      x2 = column(n, h, v + 2u * dilation, e);
      let d = Element(dy[(row * Q + q) * E + e]);
      w0 = add(w0, d, x0);
      w1 = add(w1, d, x1);
      w2 = add(w2, d, x2);
    }
  }
  store(t, r, s, e, w0);
  store(t, r, s + 1u, e, w1);
  store(t, r, s + 2u, e, w2);
}
