// center_loss: half the squared distance of each row from the center of its class, and the gradient, in one dispatch.
//
//   loss[n] = f / 2 |x[n] - centers[label[n]]|^2,  f = scale factor[n]
//   dx[n]   = d loss[n] / d x[n] = f (x[n] - centers[label[n]])
//
// A label of C or more, or IGNORE, marks a row to leave out: its loss and gradient are 0.
//
// One workgroup per row; its WG lanes stride over the D features. Reads x and one center per row, writes dx with GRAD: 12
// bytes and 4 flops per element of x.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/element.wgsl | lib/element_vec4.wgsl
// uses lib/stored.wgsl
// uses lib/index.wgsl

override N: u32;
override C: u32;
override D: u32;
override G: u32;                                                      // N, or 1 without GRAD
override HAS_FACTOR: bool = false;
override IGNORE: u32 = 4294967295u;                                   // label of rows to leave out
override GRAD: bool = true;                                           // write dx
@group(0) @binding(0) var<storage, read>       x: array<Element>;     // (N, D)
@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N) class; C or more, or IGNORE, to leave the row out
@group(0) @binding(2) var<storage, read>       centers: array<Element>; // (C, D)
@group(0) @binding(3) var<storage, read>       factor: array<f32>;    // (N) optional: of each row's loss and gradient
@group(0) @binding(4) var<uniform>             scale: f32;            // factor on all rows, such as lambda / N
@group(0) @binding(5) var<storage, read_write> loss: array<f32>;      // (N)
@group(0) @binding(6) var<storage, read_write> dx: array<Element>;    // (G, D)

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  let counts = label[n] < C && label[n] != IGNORE;
  let row = n * (D / WIDTH);
  let center = min(label[n], C - 1u) * (D / WIDTH);
  var f = scale;
  if (HAS_FACTOR) { f *= factor[n]; }
  var square = 0.0;
  for (var e = lane; e < D / WIDTH; e += WG) {
    let apart = x[row + e] - centers[center + e];
    if (GRAD) { dx[row + e] = select(Element(), f * apart, counts); }
    square += square_of(apart);
  }
  square = group_sum(lane, square);
  if (lane == 0u) { loss[n] = select(0.0, 0.5 * f * square, counts); }
}
