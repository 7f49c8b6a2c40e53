// What a margin head makes of the cosine c = cos(theta) of a row's label, and the slope by c. All that tells the heads apart
// is here, a few lines each. Angles stay cosines, since acos and cos of a device are right to 4 digits only.
override KIND: u32 = 1u;                                              // 1 CosFace, 2 ArcFace, 3 SphereFace, 4 AdaFace, 5 CurricularFace

struct Margin { value: f32, slope: f32 }

fn margin(c: f32, norm: f32) -> Margin {
  switch (KIND) {
    case 2u, 5u: {                                                    // cos(theta + m), up to pi
      let angle = cos_sin(m);
      if (c > -angle.x) { return turned(c, angle); }
      return Margin(c - m * angle.y, 1.0);
    }
    case 3u: {                                                        // (lambda c + psi) / (1 + lambda)
      let psi = a_softmax(c);
      return Margin(c + (psi.value - c) / (1.0 + lambda), 1.0 + (psi.slope - 1.0) / (1.0 + lambda));
    }
    case 4u: {                                                        // cos(theta - m z) - (m + m z), theta - m z from 0 to pi
      let z = clamp(h * (clamp(norm, 0.001, 100.0) - mean) / (deviation + 0.001), -1.0, 1.0);
      let angle = cos_sin(-m * z);
      let inside = turned(c, angle);
      let past = select(c > angle.x, c < -angle.x, z < 0.0);
      let end = select(1.0, -1.0, z < 0.0);
      return Margin(select(inside.value, end, past) - (m + m * z), select(inside.slope, 0.0, past));
    }
    default: { return Margin(c - m, 1.0); }
  }
}

// cos(theta + a), given the cosine and sine of a. The slope grows without bound at theta = 0, where it is cut.
fn turned(c: f32, a: vec2f) -> Margin {
  let square = (1.0 - c) * (1.0 + c);                                 // of the sine, below 0 where c is rounded past 1
  return Margin(c * a.x - sqrt(max(square, 0.0)) * a.y, a.x + c * a.y * inverseSqrt(max(square, 1e-7)));
}

// psi = (-1)^k cos(m theta) - 2 k, for theta from k pi / m to (k + 1) pi / m: falls from 1 to 1 - 2 m.
fn a_softmax(c: f32) -> Margin {
  var cosine = Margin(c, 1.0);                                        // cos(m theta)
  var joints = vec3f(-2.0);                                           // cos(k pi / m)
  switch (u32(m)) {
    case 2u: {
      cosine = Margin(2.0 * c * c - 1.0, 4.0 * c);
      joints.x = 0.0;
    }
    case 3u: {
      cosine = Margin((4.0 * c * c - 3.0) * c, 12.0 * c * c - 3.0);
      joints = vec3f(0.5, -0.5, -2.0);
    }
    case 4u: {
      cosine = Margin(8.0 * c * c * (c * c - 1.0) + 1.0, 16.0 * c * (2.0 * c * c - 1.0));
      joints = vec3f(0.707106781, 0.0, -0.707106781);
    }
    default: {}
  }
  let k = dot(select(vec3f(0.0), vec3f(1.0), vec3f(c) < joints), vec3f(1.0));
  let sign = select(1.0, -1.0, k == 1.0 || k == 3.0);
  return Margin(sign * cosine.value - 2.0 * k, sign * cosine.slope);
}

// Cosine and sine of an angle from -pi/2 to pi/2, within 1e-7: Taylor's series.
fn cos_sin(a: f32) -> vec2f {
  let q = a * a;
  return vec2f(
    1.0 - q / 2.0 * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0 * (1.0 - q / 90.0 * (1.0 - q / 132.0))))),
    a * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0 * (1.0 - q / 110.0 * (1.0 - q / 156.0)))))));
}
