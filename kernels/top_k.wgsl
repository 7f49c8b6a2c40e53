// top_k: the K highest of each row, falling; of equal ones the lowest index comes first.
//
//   value[n,k] = x[n, index[n,k]], after k others in that order
//
// One workgroup per row, whose WG lanes stride over its C columns once for each k, for what follows the one before.
// Reads 4 C K bytes a row, all but the first time likely from a cache, and writes 8 K.
// uses lib/index.wgsl

override N: u32;
override C: u32;
override K: u32;                                                      // at most C
override WG: u32 = 64u;                                               // lanes per row, a power of two
@group(0) @binding(0) var<storage, read>       x: array<f32>;         // (N, C) finite
@group(0) @binding(1) var<storage, read_write> value: array<f32>;     // (N, K)
@group(0) @binding(2) var<storage, read_write> index: array<u32>;     // (N, K)

var<workgroup> values: array<f32, WG>;
var<workgroup> indices: array<u32, WG>;                               // C where a lane found none

fn precedes(a: f32, i: u32, b: f32, j: u32) -> bool { return (a > b) | ((a == b) & (i < j)); }

@compute @workgroup_size(WG)                                          // grid (N)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let n = flat_index(group, groups);
  if (n >= N) { return; }
  var last = 0.0;
  var last_index = 0u;
  for (var k = 0u; k < K; k++) {
    var best = 0.0;
    var best_index = C;
    for (var c = lane; c < C; c += WG) {
      let v = x[n * C + c];
      let left = (k == 0u) | precedes(last, last_index, v, c);
      if (left & ((best_index == C) | (v > best))) {
        best = v;
        best_index = c;
      }
    }
    values[lane] = best;
    indices[lane] = best_index;
    workgroupBarrier();                                               // every lane's best is in place
    for (var half = WG / 2u; half > 0u; half /= 2u) {
      if (lane < half) {
        let other = indices[lane + half];
        let mine = indices[lane];
        if ((other < C) & ((mine == C) | precedes(values[lane + half], other, values[lane], mine))) {
          values[lane] = values[lane + half];
          indices[lane] = other;
        }
      }
      workgroupBarrier();
    }
    last = values[0];
    last_index = indices[0];
    if (lane == 0u) {
      value[n * K + k] = last;
      index[n * K + k] = last_index;
    }
    workgroupBarrier();                                               // everybody has read the result
  }
}
