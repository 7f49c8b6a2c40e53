// pair_contrast: contrastive loss of the pairs of each row, and what d loss / d square is for each pair.
//
//   v(i,j)      = scale / 2 square                          label[i] == label[j]
//                 scale / 2 max(0, margin - sqrt(square))^2 else
//   loss[i]     = 1/2 sum_{j != i} v(i,j),  weight[i,j] = 1/2 d v(i,j) / d square[i,j]
//
// Each pair is met from both sides, so half of it counts on each. weight is 0 where two rows of different labels are equal
// and have no direction to part in, and on the diagonal. One workgroup per row; its WG lanes stride over the N columns. Reads
// square, writes weight: 8 bytes and about 6 flops per pair.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/index.wgsl

override N: u32;
@group(0) @binding(0) var<storage, read>       square: array<f32>;    // (N, N) of pair_square
@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N)
@group(0) @binding(2) var<uniform>             margin: f32;           // distance from which different labels are apart enough
@group(0) @binding(3) var<uniform>             scale: f32;            // factor on all pairs, such as 1 / number of pairs
@group(0) @binding(4) var<storage, read_write> weight: array<f32>;    // (N, N)
@group(0) @binding(5) var<storage, read_write> loss: array<f32>;      // (N)

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let i = flat_index(group, groups);
  if (i >= N) { return; }
  var sum = 0.0;
  for (var j = lane; j < N; j += WG) {
    let s = square[i * N + j];
    let d = sqrt(s);
    let short = max(margin - d, 0.0);
    let same = label[i] == label[j];
    let parting = select(0.0, -short / max(d, 1e-30), s > 0.0);
    weight[i * N + j] = select(0.25 * scale * select(parting, 1.0, same), 0.0, i == j);
    sum += select(0.25 * scale * select(short * short, s, same), 0.0, i == j);
  }
  sum = group_sum(lane, sum);
  if (lane == 0u) { loss[i] = sum; }
}
