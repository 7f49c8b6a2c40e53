// What a margin head makes of the cosine c = cos(theta) of a row's label, and its slopes by c and by the length of the
// feature. All that tells the heads apart is here, a few lines each. Angles stay cosines wherever they can, since acos and
// cos of a device are right to 4 digits only.
override KIND: u32 = 1u;       // 1 CosFace, 2 ArcFace, 3 SphereFace, 4 AdaFace, 5 CurricularFace, 6 MagFace, 7 SphereFace-R

struct Margin { value: f32, slope: f32, by_norm: f32 }

fn margin(c: f32, norm: f32) -> Margin {
  switch (KIND) {
    case 2u, 5u: { return arc(c, m, 0.0); }
    case 3u: {                                                        // (lambda c + psi) / (1 + lambda)
      let psi = folded(c);
      return Margin(c + (psi.value - c) / (1.0 + lambda), 1.0 + (psi.slope - 1.0) / (1.0 + lambda), 0.0);
    }
    case 4u: {                                                        // cos(theta - m z) - (m + m z), theta - m z from 0 to pi
      let z = clamp(h * (clamp(norm, 0.001, 100.0) - mean) / (deviation + 0.001), -1.0, 1.0);
      let angle = cos_sin(-m * z);
      let inside = turned(c, angle);
      let past = select(c > angle.x, c < -angle.x, z < 0.0);
      let end = select(1.0, -1.0, z < 0.0);
      return Margin(select(inside.value, end, past) - (m + m * z), select(inside.slope, 0.0, past), 0.0);
    }
    case 6u: {                                                        // as ArcFace, by a margin that grows with the length
      let rise = (upper_margin - m) / (upper - lower);
      let a = m + rise * (clamp(norm, lower, upper) - lower);
      return arc(c, a, select(0.0, rise, norm >= lower && norm <= upper));
    }
    case 7u: {                                                        // cos(m theta), up to pi
      let psi = multiplied(c);
      return Margin(select(psi.value, -1.0, psi.k > 0.0), select(psi.slope, 0.0, psi.k > 0.0), 0.0);
    }
    default: { return Margin(c - m, 1.0, 0.0); }
  }
}

// cos(theta + a), and cos(theta) - a sin(a) past pi, for a that rises by `rise` with the length.
fn arc(c: f32, a: f32, rise: f32) -> Margin {
  let angle = cos_sin(a);
  if (c > -angle.x) {
    let inside = turned(c, angle);
    return Margin(inside.value, inside.slope, -rise * (sine(c) * angle.x + c * angle.y));
  }
  return Margin(c - a * angle.y, 1.0, -rise * (angle.y + a * angle.x));
}

// cos(theta + a), given the cosine and sine of a. The slope grows without bound at theta = 0, where it is cut.
fn turned(c: f32, a: vec2f) -> Margin {
  return Margin(c * a.x - sine(c) * a.y, a.x + c * a.y * over_sine(c), 0.0);
}

// (-1)^k cos(m theta) - 2 k, for theta from k pi / m to (k + 1) pi / m: falls all the way from 1.
fn folded(c: f32) -> Margin {
  let psi = multiplied(c);
  let sign = select(1.0, -1.0, psi.k == 1.0 || psi.k == 3.0);
  return Margin(sign * psi.value - 2.0 * psi.k, sign * psi.slope, 0.0);
}

struct Multiple { value: f32, slope: f32, k: f32 }

// cos(m theta), its slope by c, and how many whole pi are in m theta, for m from 1 to 4. m theta is a whole number of theta,
// whose cosine is a polynomial of c, and at most half a theta more or less, by which that is turned.
fn multiplied(c: f32) -> Multiple {
  let whole = clamp(round(m), 1.0, 4.0);
  var cos_whole = c;
  var sin_whole = 1.0;                                                // over sin(theta)
  switch (u32(whole)) {
    case 2u: {
      cos_whole = 2.0 * c * c - 1.0;
      sin_whole = 2.0 * c;
    }
    case 3u: {
      cos_whole = (4.0 * c * c - 3.0) * c;
      sin_whole = 4.0 * c * c - 1.0;
    }
    case 4u: {
      cos_whole = 8.0 * c * c * (c * c - 1.0) + 1.0;
      sin_whole = 4.0 * c * (2.0 * c * c - 1.0);
    }
    default: {}
  }
  let theta = arc_cosine(c);
  let rest = cos_sin((m - whole) * theta);
  let sin_rest = select(rest.y * over_sine(c), m - whole, c >= 1.0);  // over sin(theta)
  let k = clamp(floor(m * theta * 0.318309886), 0.0, ceil(m) - 1.0);
  return Multiple(cos_whole * rest.x - sine(c) * sin_whole * rest.y, m * (sin_whole * rest.x + cos_whole * sin_rest), k);
}

// sin(theta), 0 where c is rounded past 1.
fn sine(c: f32) -> f32 { return sqrt(max((1.0 - c) * (1.0 + c), 0.0)); }

// 1 / sin(theta), cut below the smallest sine of a c that is not 1.
fn over_sine(c: f32) -> f32 { return inverseSqrt(max((1.0 - c) * (1.0 + c), 1e-7)); }

// Cosine and sine of an angle from -pi/2 to pi/2, within 1e-7: Taylor's series.
fn cos_sin(a: f32) -> vec2f {
  let q = a * a;
  return vec2f(
    1.0 - q / 2.0 * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0 * (1.0 - q / 90.0 * (1.0 - q / 132.0))))),
    a * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0 * (1.0 - q / 110.0 * (1.0 - q / 156.0)))))));
}

// theta from 0 to pi, within 3e-7: from the arc sine of c, or of sin(theta / 2) where c is past 1/2, by a polynomial that is
// right to 2e-7 there. 1 - c is exact, so small angles keep their digits.
fn arc_cosine(c: f32) -> f32 {
  let a = min(abs(c), 1.0);
  let far = a > 0.5;
  let square = select(a * a, 0.5 * (1.0 - a), far);
  let x = select(a, sqrt(square), far);
  let p = 0.16666752 + square * (0.074953003 + square * (0.045470026 + square * (0.024181311 + square * 0.042163199)));
  let arc_sine = x + x * square * p;
  let theta = select(1.57079633 - arc_sine, 2.0 * arc_sine, far);
  return select(theta, 3.14159265 - theta, c < 0.0);
}
