// Reductions over a workgroup of WG lanes (WG a power of two): each lane gives a value, every lane gets the result.
// All lanes must call. The order is fixed, so the same values give the same bits.

override WG: u32 = 64u;                                               // lanes per row, a power of two

var<workgroup> scratch: array<f32, WG>;

fn group_sum(lane: u32, v: f32) -> f32 {
  workgroupBarrier();                                                 // the previous result may still be being read
  scratch[lane] = v;
  workgroupBarrier();                                                 // every value is in place
  for (var half = WG / 2u; half > 0u; half /= 2u) {
    if (lane < half) { scratch[lane] += scratch[lane + half]; }
    workgroupBarrier();                                               // this level is done
  }
  return scratch[0];
}

fn group_max(lane: u32, v: f32) -> f32 {
  workgroupBarrier();
  scratch[lane] = v;
  workgroupBarrier();
  for (var half = WG / 2u; half > 0u; half /= 2u) {
    if (lane < half) { scratch[lane] = max(scratch[lane], scratch[lane + half]); }
    workgroupBarrier();
  }
  return scratch[0];
}
