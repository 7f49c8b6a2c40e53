// 16 classes a lane: four quads that lie 4 WG classes apart.
override BLOCK = 16u * WG;
struct Block { a: vec4f, b: vec4f, c: vec4f, d: vec4f }

fn sum_of(v: vec4f) -> f32 { return (v.x + v.y) + (v.z + v.w); }
fn max_of(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }

// Which of the classes c to c + 3 is the label y.
fn is_label(c: u32, y: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) == vec4u(y); }

fn load_others(row: u32, c: u32, y: u32) -> vec4f {
  return select(vec4f(NOTHING), load_quad(row, c), in_row(c) & !is_label(c, y));
}

fn load_block(row: u32, c: u32, y: u32) -> Block {
  return Block(load_others(row, c, y), load_others(row, c + 4u * WG, y), load_others(row, c + 8u * WG, y),
               load_others(row, c + 12u * WG, y));
}

fn exps(v: vec4f, top: f32, s: f32) -> vec4f { return exp2((v - top) * (s * 1.44269504)); }

// How far logits lie below a reference; 0 for what is no other class.
fn depth(v: vec4f, reference: f32) -> f32 { return sum_of(select(reference - v, vec4f(), v == vec4f(NOTHING))); }

// The sums over the classes from `start` to `end`, in one pass over memory: when a block has a new maximum, what was
// summed so far is scaled to it. Sums are taken in runs of 64 blocks, because one long sum rounds each term. The last block
// stays in `block`.
fn sum_classes(lane: u32, row: u32, y: u32, start: u32, end: u32, s: f32, block: ptr<function, Block>) -> Sums {
  let reference = load_one(row, start);
  let here = y >= start && y < end;
  var own = 0.0;
  if (here) { own = load_one(row, y); }
  var top = f32(NOTHING);
  var others = 0.0;
  var below = 0.0;
  for (var from_class = start; from_class < end; from_class += 64u * BLOCK) {
    var run = 0.0;
    var run_below = 0.0;
    for (var c = from_class; c < min(from_class + 64u * BLOCK, end); c += BLOCK) {
      let v = load_block(row, c + 4u * lane, y);
      let higher = max(top, max_of(max(max(v.a, v.b), max(v.c, v.d))));
      let rescale = exp2((top - higher) * (s * 1.44269504));
      let sum = (exps(v.a, higher, s) + exps(v.b, higher, s)) + (exps(v.c, higher, s) + exps(v.d, higher, s));
      run = run * rescale + sum_of(sum);
      others *= rescale;
      top = higher;
      if (SMOOTH) {
        run_below += (depth(v.a, reference) + depth(v.b, reference)) + (depth(v.c, reference) + depth(v.d, reference));
      }
      *block = v;
    }
    others += run;
    below += run_below;
  }
  let mine = top;
  top = group_max(lane, mine);
  others = group_sum(lane, others * exp2((mine - top) * (s * 1.44269504)));
  if (top == NOTHING) { others = 0.0; }                               // there is no other
  if (SMOOTH) { below = group_sum(lane, below) + f32(end - start - u32(here)) * (top - reference); }
  return Sums(top, others, below, own);
}
