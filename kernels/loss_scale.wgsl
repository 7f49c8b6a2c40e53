// loss_scale: what becomes of a step whose gradients were made from scale times the loss, and the scale of the next step.
//
//   where all gradients are finite, all parts 0: unscale = 1 / scale, and scale doubles after EVERY such steps in a row
//   otherwise:                                   unscale = 0, the step is left out, and scale halves
//
// The scale stays a power of two from 1 to 2^24. One lane. Reads parts once.
// Source: Micikevicius et al., "Mixed Precision Training", ICLR 2018.

override T: u32;
override EVERY: u32 = 2000u;                                          // good steps before the scale doubles
@group(0) @binding(0) var<storage, read>       parts: array<u32>;     // (T) gradients that are not finite
@group(0) @binding(1) var<storage, read_write> scale: array<f32>;     // () updated in place
@group(0) @binding(2) var<storage, read_write> counts: array<u32>;    // (2) updated in place: good steps in a row, steps left out
@group(0) @binding(3) var<storage, read_write> unscale: array<f32>;   // () factor on the gradients

@compute @workgroup_size(1)                                           // grid (1)
fn main() {
  var bad = 0u;
  for (var t = 0u; t < T; t++) { bad |= parts[t]; }
  if (bad != 0u) {
    unscale[0] = 0.0;
    scale[0] = max(0.5 * scale[0], 1.0);
    counts[0] = 0u;
    counts[1] += 1u;
    return;
  }
  unscale[0] = bitcast<f32>(0x7f000000u - bitcast<u32>(scale[0]));    // exact for powers of two, which division is not
  counts[0] += 1u;
  if (counts[0] >= EVERY) {
    scale[0] = min(2.0 * scale[0], 16777216.0);
    counts[0] = 0u;
  }
}
