// From the sums over the classes of a row to its loss, and to its gradient.
override SMOOTH: bool = false;                                        // whether smoothing may be above 0

struct Sums {
  top: f32,                                                           // largest logit of the others, all but the label's
  others: f32,                                                        // sum over the others of exp(s (logit - top))
  below: f32,                                                         // sum over the others of top - logit, if SMOOTH
  own: f32,                                                           // the label's logit, 0 where it is not among them
}

const NOTHING = -1e30;                                                // below any logit, yet s times it is finite

// dlogits is others exp(s (logit - top)) + all, and own for the label.
struct Slopes { others: f32, all: f32, own: f32 }

struct Finished { loss: f32, p: f32, slopes: Slopes }

fn finish(sums: Sums, s: f32) -> Finished {
  // The label over the largest other, whole and broken parts apart: at 80, the last bit of the difference is 4e-6 of e^80.
  // Compilers may undo what recovers a rounding by sums and differences, but not this.
  let whole = s * (floor(sums.own) - floor(sums.top));
  let broken = s * ((sums.own - floor(sums.own)) - (sums.top - floor(sums.top)));
  let above = whole + broken;
  let leads = above > 0.0;
  let down = exp_of(select(whole, -whole, leads), select(broken, -broken, leads));
  let own = select(down, 1.0, leads);
  let share = select(1.0, down, leads);                               // exp(s top) over the larger of the two
  let others = sums.others * share;
  let total = own + others;
  let p = own / total;
  let q = others / total;                                             // 1 - p
  var nll = max(-above, 0.0) + log(total);
  if (others <= own) { nll = log1p(others / own); }                   // log is only good to 2^-21 here
  let lse = s * sums.own + nll;
  var ce = nll;
  let n = f32(ALL);
  if (SMOOTH) { ce += smoothing / n * s * ((n - 1.0) * (sums.own - sums.top) + sums.below); }

  let w = weight(p, q, gamma);
  let pull = w.value + select(w.fall * ce, 0.0, DETACHED);            // on softmax(z)[c] - [c == y]
  let spread = w.value * smoothing / n;                               // on n [c == y] - 1
  let lift = 2.0 * z_loss * lse;                                      // on softmax(z)[c]
  return Finished(w.value * ce + z_loss * lse * lse, p,
                  Slopes(s * (pull + lift) / total * share, -s * spread, s * (spread * (n - 1.0) + lift * p - pull * q)));
}
