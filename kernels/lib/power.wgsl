// x^y for 0 <= x <= 1, within 2 + |y| ULP; 0^0 is 1. With x = m 2^e, x^y = 2^(y e) 2^(y log2 m), where y e is split into a
// whole number, which is exact, and a rest.
fn power(x: f32, y: f32) -> f32 {
  if (y == 0.0) { return 1.0; }
  if (x < 1.2e-38) { return 0.0; }
  let bits = bitcast<u32>(x);
  // m from about 0.7 to 1.4, so that log2 m is not cancelled by e near x = 1.
  let e = i32((bits + 0x4afb0du) >> 23u) - 127;
  let m = bitcast<f32>(bits - (u32(e) << 23u));
  let t = (m - 1.0) / (m + 1.0);
  let u = t * t;
  let tail = u * (1.0 / 3.0 + u * (1.0 / 5.0 + u * (1.0 / 7.0 + u * (1.0 / 9.0))));
  let log2_m = 2.88539008 * (t + t * tail);
  let head = bitcast<f32>(bitcast<u32>(y) & 0xffff0000u);             // 8 bits, as many as e has at most: exact products
  let whole = round(head * f32(e));
  let rest = (head * f32(e) - whole) + (y - head) * f32(e) + y * log2_m;
  let more = round(rest);
  let n = clamp(whole + more, -127.0, 0.0);                           // 2^-127 counts as 0
  return exp2(clamp(rest - more, -1.0, 1.0)) * bitcast<f32>(u32(i32(n) + 127) << 23u);
}
