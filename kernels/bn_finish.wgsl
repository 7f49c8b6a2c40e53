// bn_finish: statistics of a batch of N rows from those of its T parts, and their running averages.
//
//   mean       = sum_t rows(t) parts[t,0,c] / N                                                -> stats[0,c]
//   variance   = sum_t (parts[t,1,c] + rows(t) (parts[t,0,c] - mean)^2) / N
//   inv_std    = 1 / sqrt(variance + epsilon)                                                  -> stats[1,c]
//   running_mean[c]     goes momentum of the way to mean
//   running_variance[c] goes momentum of the way to variance N / (N - 1)
//
// The second pass after bn_stats; Chan's formula, with sums over means less that of part 0, so that a mean many times the
// deviation costs no digits. One lane per channel, t in ascending order. Reads parts once.
// Source: Chan, Golub, LeVeque, "Algorithms for computing the sample variance", The American Statistician 37, 1983.
// uses lib/index.wgsl

override N: u32;                                                      // at least 2
override C: u32;
override T: u32;                                                      // at most N
override WG: u32 = 64u;                                               // lanes per workgroup
@group(0) @binding(0) var<storage, read>       parts: array<f32>;     // (T, 2, C)
@group(0) @binding(1) var<uniform>             momentum: f32;         // weight of this batch in the running averages
@group(0) @binding(2) var<uniform>             epsilon: f32;          // added to the variance
@group(0) @binding(3) var<storage, read_write> running_mean: array<f32>; // (C) updated in place
@group(0) @binding(4) var<storage, read_write> running_variance: array<f32>; // (C) updated in place
@group(0) @binding(5) var<storage, read_write> stats: array<f32>;     // (2, C) mean, inv_std

@compute @workgroup_size(WG)                                          // grid (C/WG)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  let c = flat_index(group, groups) * WG + lane;
  if (c >= C) { return; }
  let origin = parts[c];
  var sum = 0.0;
  var squares = 0.0;
  for (var t = 0u; t < T; t++) {
    let rows = f32((N - t + T - 1u) / T);
    let d = parts[t * 2u * C + c] - origin;
    sum += rows * d;
    squares += parts[(t * 2u + 1u) * C + c] + rows * d * d;
  }
  let offset = sum / f32(N);
  squares = max(squares - offset * sum, 0.0);
  let mean = origin + offset;
  stats[c] = mean;
  stats[C + c] = 1.0 / sqrt(squares / f32(N) + epsilon);
  running_mean[c] += momentum * (mean - running_mean[c]);
  running_variance[c] += momentum * (squares / f32(N - 1u) - running_variance[c]);
}
