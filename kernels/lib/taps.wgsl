// Which taps of the filter meet a pixel (h, v) of x, and where they meet dy, along both sides at once.
//
// They are the taps r with r dilation = h + pad modulo stride. With GCD the greatest common divisor of stride and dilation
// there are none unless GCD divides h + pad; else r = (h + pad) / GCD / (dilation / GCD) modulo STEP = stride / GCD: one
// tap in STEP, the next of which meets dy dilation / GCD pixels before.

override GCD: u32;                                                    // greatest common divisor of stride and dilation
override INVERSE: u32;                                                // of dilation / GCD, modulo stride / GCD
override STEP = stride / GCD;                                         // from one tap to the next
override BACK = dilation / GCD;                                       // from where a tap meets dy back to where the next does

fn first_tap(pixel: vec2u) -> vec2u { return (pixel + pad) % stride / GCD * INVERSE % STEP; }

fn taps(pixel: vec2u) -> vec2u {
  let any = (pixel + pad) % GCD == vec2u();
  return select(vec2u(), (vec2u(R, S) + STEP - 1u - first_tap(pixel)) / STEP, any);
}

// (p, q) where the first tap meets dy; may wrap below 0.
fn meets(pixel: vec2u) -> vec2u { return vec2u(vec2i(pixel + pad - first_tap(pixel) * dilation) / i32(stride)); }
