// triplet_total: the loss of all anchors' triplets, what each triplet counts in it, and how many there are.
//
//   share = scale / triplets with MEAN, 0 where there are none; else scale
//   loss  = share sum_a parts[a,0],  count = sum_a parts[a,1], sum_a parts[a,2]
//
// One workgroup, whose WG lanes stride over the N anchors. Reads 12 bytes per anchor.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl

override N: u32;
override MEAN: bool = true;
@group(0) @binding(0) var<storage, read>       parts: array<f32>;     // (N, 3) of triplet_mine
@group(0) @binding(1) var<uniform>             scale: f32;            // factor on the loss
@group(0) @binding(2) var<storage, read_write> loss: array<f32>;      // ()
@group(0) @binding(3) var<storage, read_write> share: array<f32>;     // ()
@group(0) @binding(4) var<storage, read_write> count: array<f32>;     // (2)

@compute @workgroup_size(WG)                                          // grid (1)
fn main(@builtin(local_invocation_index) lane: u32) {
  var lost = 0.0;
  var triplets = 0.0;
  var without = 0.0;
  for (var a = lane; a < N; a += WG) {
    lost += parts[3u * a];
    triplets += parts[3u * a + 1u];
    without += parts[3u * a + 2u];
  }
  lost = group_sum(lane, lost);
  triplets = group_sum(lane, triplets);
  without = group_sum(lane, without);
  if (lane == 0u) {
    var s = scale;
    if (MEAN) { s = select(0.0, scale / max(triplets, 1.0), triplets > 0.0); }
    loss[0] = s * lost;
    share[0] = s;
    count[0] = triplets;
    count[1] = without;
  }
}
