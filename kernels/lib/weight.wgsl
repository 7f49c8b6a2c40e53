// How much a row counts, by the softmax probability p of its label. All that tells cross-entropy, Knot Magnify and focal
// loss apart is here: the weight w(p), and its fall -p w'(p), both from p and q = 1 - p, so that neither end cancels.
override WEIGHTING: u32 = 1u;                                         // 0 none, 1 Knot Magnify, 2 the same normalized, 3 focal
override DETACHED: bool = false;                                      // the gradient takes the weight for a constant

struct Weight { value: f32, fall: f32 }

fn weight(p: f32, q: f32, gamma: f32) -> Weight {
  switch (WEIGHTING) {
    case 1u, 2u: {                                                    // 1 / (gamma p + 1)^2
      let r = 1.0 / (gamma * p + 1.0);
      let k = normalizer(gamma);
      return Weight(k * r * r, k * 2.0 * gamma * p * r * r * r);
    }
    case 3u: {                                                        // q^gamma
      let w = power(q, gamma);
      return Weight(w, gamma * p * w / max(q, 1.2e-38));
    }
    default: { return Weight(1.0, 0.0); }
  }
}

// gamma / log(1 + gamma), which makes the mean of the loss over p uniform in [0, 1] that of cross-entropy; else 1.
fn normalizer(gamma: f32) -> f32 {
  if (WEIGHTING != 2u || gamma < 1e-30) { return 1.0; }
  if (gamma > 1.0) { return gamma / log(gamma + 1.0); }
  return gamma / log1p(gamma);
}
