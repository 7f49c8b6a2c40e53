// triplet_mine: the triplets of each anchor, their loss, and how often each pair is in them.
//
// Anchor a, positive p != a of its label, negative n of another. A negative violates where
//   square[a,n] < square[a,p] + margin,  and then loses square[a,p] - square[a,n] + margin.
// For each (a, p) the mining takes, of the negatives that violate,
//   0 semi-hard  the nearest of those farther than p     2 all     each
//   1 hard       the nearest                             3 random  the one of the smallest hash of (seed, a, p, n)
// of equals that of the lowest index.
//   weight[a,j] = triplets in which j is the positive - triplets in which j is the negative
//   parts[a]    = sum of what is lost, triplets, positives without one
//
// One workgroup per anchor, whose WG lanes stride over the N negatives for each positive in turn; element j of weight is
// touched by lane j % WG alone. Reads a row of square once per positive, writes weight once: with K rows a label about 3 K flops
// per pair.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl
// uses lib/index.wgsl

override N: u32;
override MINING: u32 = 0u;                                            // 0 semi-hard, 1 hard, 2 all, 3 random
@group(0) @binding(0) var<storage, read>       square: array<f32>;    // (N, N) of pair_square
@group(0) @binding(1) var<storage, read>       label: array<u32>;     // (N)
@group(0) @binding(2) var<uniform>             margin: f32;           // by how much negatives must be farther, squared
@group(0) @binding(3) var<uniform>             seed: u32;             // of the random mining
@group(0) @binding(4) var<storage, read_write> weight: array<f32>;    // (N, N)
@group(0) @binding(5) var<storage, read_write> parts: array<f32>;     // (N, 3)

const NO_KEY = 3.4e38;                                                // more than any key

// Bits that look random: lowbias32 of Chris Wellons' hash-prospector.
fn mix(v: u32) -> u32 {
  var h = v;
  h = (h ^ (h >> 16u)) * 0x7feb352du;
  h = (h ^ (h >> 15u)) * 0x846ca68bu;
  return h ^ (h >> 16u);
}

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let a = flat_index(group, groups);
  if (a >= N) { return; }
  let row = a * N;
  for (var j = lane; j < N; j += WG) { weight[row + j] = 0.0; }
  var lost = 0.0;
  var triplets = 0.0;
  var without = 0.0;
  for (var p = 0u; p < N; p++) {
    if ((p == a) | (label[p] != label[a])) { continue; }
    let near = square[row + p];
    let bound = near + margin;
    let hash = mix(mix(seed + a) + p);
    var key = NO_KEY;
    var choice = N;
    var found = 0.0;
    var sum = 0.0;
    for (var n = lane; n < N; n += WG) {
      let far = square[row + n];
      if ((label[n] == label[a]) | (far >= bound)) { continue; }
      if (MINING == 2u) {
        weight[row + n] -= 1.0;
        found += 1.0;
        sum += bound - far;
      } else {
        if ((MINING == 0u) & (far <= near)) { continue; }
        var k = far;
        if (MINING == 3u) { k = f32(mix(hash + n) >> 8u); }           // 24 bits, exact in f32
        if (k < key) {
          key = k;
          choice = n;
        }
      }
    }
    if (MINING == 2u) {
      found = group_sum(lane, found);
      sum = group_sum(lane, sum);
    } else {
      let smallest = -group_max(lane, -key);
      // Indices up to 2^24 are exact.
      let first = u32(-group_max(lane, -f32(select(N, choice, key == smallest))));
      if (first < N) {
        found = 1.0;
        sum = bound - square[row + first];
        if (lane == first % WG) { weight[row + first] -= 1.0; }
      }
    }
    if (lane == p % WG) { weight[row + p] += found; }
    lost += sum;
    triplets += found;
    without += select(0.0, 1.0, found == 0.0);
  }
  if (lane == 0u) {
    parts[3u * a] = lost;
    parts[3u * a + 1u] = triplets;
    parts[3u * a + 2u] = without;
  }
}
