// depthwise: y[n,p,q,o] = sum_{r,s} x[n,h,v,o C/O] w[r,s,o] + bias[o], where
//   h = p stride + r dilation - pad, v = q stride + s dilation - pad.
//
// Each channel of y is made from one of x, each of x makes O/C neighbours; outside x it is 0. With FLIP the filters are
// turned, w[R-1-r, S-1-s, o]: the gradient by x of stride 1 and C = O, with dy for x and dilation (R - 1) - pad for pad.
// One lane per 4 neighbours q, in ROWS rows, of one element of channels. Where the filter is 3 by 3 a lane holds it and walks
// down the rows, reading each pixel once: (ROWS + 2) / ROWS (4 + 2) / 4 reads for a number of y at stride 1. Otherwise, where
// dilation is the stride, the pixels that a tap meets are those of the next tap but for one.
// 2 N P Q O R S flops; 4 bytes for each of x and y.
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
override stride: u32;
override pad: u32;
override dilation: u32;
override E = O / WIDTH;                                               // elements of a pixel of y
override STRIPS = (Q + 3u) / 4u;                                      // of a row of y
override BLOCKS = (P + ROWS - 1u) / ROWS;                             // of rows of an image
override ROWS: u32 = 4u;                                              // rows of y that a lane makes
override FLIP: bool = false;
override WG: u32 = 64u;                                               // lanes per workgroup
override HAS_BIAS: bool = false;
@group(0) @binding(0) var<storage, read>       x: array<StoredSource>; // (N, H, W, C)
@group(0) @binding(1) var<storage, read>       w: array<Element>;     // (R, S, O)
@group(0) @binding(2) var<storage, read>       bias: array<Element>;  // (O) optional
@group(0) @binding(3) var<storage, read_write> y: array<StoredElement>; // (N, P, Q, O)

struct Strip { a: Element, b: Element, c: Element, d: Element }       // 4 neighbours q

fn add(s: Strip, f: Element, x: Strip) -> Strip { return Strip(s.a + f * x.a, s.b + f * x.b, s.c + f * x.c, s.d + f * x.d); }

// What element e is made from at pixel (h, v) of image n, 0 outside; below zero h and v wrap to numbers above H and W.
fn pixel(n: u32, h: u32, v: u32, e: u32) -> Element {
  let inside = (h < H) & (v < W);                                     // & does not branch, && would
  let i = (((n * H + h) * W + v) * C + e * WIDTH / (O / C)) / SOURCE;
  return select(Element(), Element(Source(x[select(0u, i, inside)])), inside);
}

fn tap(r: u32, s: u32, e: u32) -> Element {
  return w[select(r * S + s, (R - 1u - r) * S + S - 1u - s, FLIP) * E + e];
}

fn store(n: u32, p: u32, q: u32, e: u32, s: Strip) {
  let i = ((n * P + p) * Q + q) * E + e;
  y[i] = StoredElement(s.a);
  if (q + 1u < Q) { y[i + E] = StoredElement(s.b); }
  if (q + 2u < Q) { y[i + 2u * E] = StoredElement(s.c); }
  if (q + 3u < Q) { y[i + 3u * E] = StoredElement(s.d); }
}

@compute @workgroup_size(WG)                                          // grid (N*(P/ROWS)*(Q/4)*(O/WIDTH)/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups) * WG + lane;
  if (i >= N * BLOCKS * STRIPS * E) { return; }
  let e = i % E;
  let q = i / E % STRIPS * 4u;
  let p = i / (E * STRIPS) % BLOCKS * ROWS;
  let n = i / (E * STRIPS * BLOCKS);
  if (R == 3u && S == 3u && dilation == 1u && stride < 3u) { walk(n, p, q, e); } else { each_row(n, p, q, e); }
}

fn bias_of(e: u32) -> Strip {
  if (!HAS_BIAS) { return Strip(); }
  return Strip(bias[e], bias[e], bias[e], bias[e]);
}

// Any filter, row by row.
fn each_row(n: u32, first: u32, q: u32, e: u32) {
  for (var p = first; p < min(P, first + ROWS); p++) {
    var sum = bias_of(e);
    for (var r = 0u; r < R; r++) {
      let h = p * stride + r * dilation - pad;
      if (h >= H) { continue; }
      var x = Strip();
      for (var s = 0u; s < S; s++) {
        let v = q * stride + s * dilation - pad;
        x = Strip(x.b, x.c, x.d, pixel(n, h, v + 3u * stride, e));
        if (s == 0u || dilation != stride) {
          x.a = pixel(n, h, v, e);
          x.b = pixel(n, h, v + stride, e);
          x.c = pixel(n, h, v + 2u * stride, e);
        }
        sum = add(sum, tap(r, s, e), x);
      }
    }
    store(n, p, q, e, sum);
  }
}

struct Taps { a: Element, b: Element, c: Element }                    // a row of the filter
fn taps(r: u32, e: u32) -> Taps { return Taps(tap(r, 0u, e), tap(r, 1u, e), tap(r, 2u, e)); }

struct Under { a: Strip, b: Strip, c: Strip }                         // what each tap of a row meets
fn under(n: u32, h: u32, v: u32, e: u32) -> Under {
  let x0 = pixel(n, h, v, e);
  let x1 = pixel(n, h, v + 1u, e);
  let x2 = pixel(n, h, v + 2u, e);
  let x3 = pixel(n, h, v + 3u, e);
  let x4 = pixel(n, h, v + 4u, e);
  let x5 = pixel(n, h, v + 5u, e);
  if (stride == 1u) { return Under(Strip(x0, x1, x2, x3), Strip(x1, x2, x3, x4), Strip(x2, x3, x4, x5)); }
  let x6 = pixel(n, h, v + 6u, e);
  let x7 = pixel(n, h, v + 7u, e);
  let x8 = pixel(n, h, v + 8u, e);
  return Under(Strip(x0, x2, x4, x6), Strip(x1, x3, x5, x7), Strip(x2, x4, x6, x8));
}

fn add_row(s: Strip, f: Taps, x: Under) -> Strip { return add(add(add(s, f.a, x.a), f.b, x.b), f.c, x.c); }

// A filter of 3 by 3 at stride 1 or 2, down the rows: each row of x goes to all rows of y that it is under.
fn walk(n: u32, first: u32, q: u32, e: u32) {
  let f0 = taps(0u, e);
  let f1 = taps(1u, e);
  let f2 = taps(2u, e);
  let v = q * stride - pad;
  let zero = bias_of(e);
  let x0 = under(n, first * stride - pad, v, e);
  var here = add_row(zero, f0, x0);                                   // sum of row p so far
  var next = Strip();                                                 // sum of row p + 1 so far
  if (stride == 1u) {
    let x1 = under(n, first + 1u - pad, v, e);
    here = add_row(here, f1, x1);
    next = add_row(zero, f0, x1);
  }
  for (var p = first; p < min(P, first + ROWS); p++) {
    let h = p * stride - pad;
    if (stride == 2u) { here = add_row(here, f1, under(n, h + 1u, v, e)); }
    let x2 = under(n, h + 2u, v, e);
    store(n, p, q, e, add_row(here, f2, x2));
    if (stride == 2u) { here = add_row(zero, f0, x2); } else {
      here = add_row(next, f1, x2);
      next = add_row(zero, f0, x2);
    }
  }
}
