// magnitude_loss: loss = scale / N sum_n g(a), g(a) = 1 / a + a / upper^2, and its gradient, a being norm[n] kept from lower
// to upper.
//
//   dnorm[n] = scale / N (1 / upper^2 - 1 / a^2) from lower to upper, 0 beyond
//
// One workgroup, whose WG lanes stride over the N rows: 8 bytes per row.
// uses lib/reduce.wgsl | lib/reduce_subgroup.wgsl

override N: u32;
@group(0) @binding(0) var<storage, read>       norm: array<f32>;      // (N) lengths of the features
@group(0) @binding(1) var<uniform>             lower: f32;            // above 0
@group(0) @binding(2) var<uniform>             upper: f32;            // above lower
@group(0) @binding(3) var<uniform>             scale: f32;            // factor on the mean
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;      // ()
@group(0) @binding(5) var<storage, read_write> dnorm: array<f32>;     // (N)

@compute @workgroup_size(WG)                                          // grid (1)
fn main(@builtin(local_invocation_index) lane: u32) {
  let share = scale / f32(N);
  var sum = 0.0;
  for (var n = lane; n < N; n += WG) {
    let a = clamp(norm[n], lower, upper);
    sum += 1.0 / a + a / upper / upper;
    // As (a - upper) (a + upper) / (a upper)^2, which keeps its digits near upper.
    dnorm[n] = select(0.0, share * ((a - upper) / upper / a) * ((a + upper) / upper / a), norm[n] == a);
  }
  sum = group_sum(lane, sum);
  if (lane == 0u) { loss[0] = share * sum; }
}
