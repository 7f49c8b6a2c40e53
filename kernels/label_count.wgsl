// label_count: how many rows count, and how much each.
//
//   weight[n] = class_weight[label[n]], 1 where none are given; 0 where the label is C or more, or IGNORE
//   share     = scale / sum_n weight[n], 0 where that sum is 0
//   count     = rows that count, rows left out by IGNORE, rows whose label is C or more
//
// One workgroup, whose WG lanes stride over the N rows. Reads 8 bytes and writes 4 per row.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl

override N: u32;
override C: u32;
override IGNORE: u32 = 4294967295u;                                   // label of rows to leave out
override HAS_CLASS_WEIGHT: bool = false;
@group(0) @binding(0) var<storage, read>       label: array<u32>;     // (N) class
@group(0) @binding(1) var<storage, read>       class_weight: array<f32>; // (C) optional
@group(0) @binding(2) var<uniform>             scale: f32;            // what all rows together get
@group(0) @binding(3) var<storage, read_write> weight: array<f32>;    // (N)
@group(0) @binding(4) var<storage, read_write> share: array<f32>;     // ()
@group(0) @binding(5) var<storage, read_write> count: array<f32>;     // (3)

@compute @workgroup_size(WG)                                          // grid (1)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  var counted = 0.0;
  var ignored = 0.0;
  for (var n = lane; n < N; n += WG) {
    let y = label[n];
    let counts = y < C && y != IGNORE;
    var w = 1.0;
    if (HAS_CLASS_WEIGHT) { w = class_weight[min(y, C - 1u)]; }
    w = select(0.0, w, counts);
    weight[n] = w;
    sum += w;
    counted += f32(counts);
    ignored += f32(y == IGNORE);
  }
  sum = group_sum(lane, sum);
  counted = group_sum(lane, counted);
  ignored = group_sum(lane, ignored);
  if (lane == 0u) {
    share[0] = select(0.0, scale / sum, sum > 0.0);
    count[0] = counted;
    count[1] = ignored;
    count[2] = f32(N) - counted - ignored;
  }
}
