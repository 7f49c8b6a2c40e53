// exp(x + more) for x <= 0 and a small `more`, within 4 ULP. WGSL's own may be off by 3 + 2 |x| ULP, so it only gets what
// whole multiples of log 2 leave of x; 0.693359375 n is exact, and 2^n is made from its bits.
fn exp_of(x: f32, more: f32) -> f32 {
  let v = max(x, -89.0);                                              // e^-89 is less than the smallest normal number
  let n = max(round(v * 1.44269504), -127.0);                         // where 2^n counts as 0
  let rest = (v - n * 0.693359375) + (n * 2.12194440e-4 + more);
  return exp(rest) * bitcast<f32>(u32(i32(n) + 127) << 23u);
}
