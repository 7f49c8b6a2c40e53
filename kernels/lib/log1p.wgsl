// log(1 + x) for 0 <= x <= 1, within 2 ULP: 2 atanh(t) with t = x / (2 + x), as a series in t^2 <= 1/9. WGSL's own
// log is only good to 2^-21 absolute here, which for a small x is nothing.
fn log1p(x: f32) -> f32 {
  let t = x / (2.0 + x);
  let u = t * t;
  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0 + u * (1.0 / 11.0 + u * (1.0 / 13.0))))));
  return 2.0 * (t + t * tail);
}
