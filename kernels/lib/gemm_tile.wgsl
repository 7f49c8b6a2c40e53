// What the product loops share. A kernel gives Row, Inner, Line and the functions row_of, inner_of, load_a, line_of, load_b,
// held, keep, store and any_live; a loop then makes, for each m < gemm_m() and n < gemm_n(),
//   store(split, m, n, sum_k load_a(row_of(m), inner_of(m, k)) load_b(line_of(m, k), n))
// The terms k < gemm_k(m), a number that the TILE_M rows of a workgroup share, are dealt to SPLITS results, in order; where no
// row is any_live the sums are 0. `keep` puts a sum as it is where `held` reads it again, `store` puts the finished result there.
// Indices stay in bounds: rows and columns past the last repeat it and are not stored.

override TILE_M: u32 = 16u;                                           // rows a workgroup makes
override TILE_N: u32 = 128u;                                          // columns
override SPLITS: u32 = 1u;                                            // parts that k is dealt to
override ACCUMULATE: bool = false;                                    // sums are added to what the result holds
const PANEL = 256u;                                                   // columns of a panel

// What a workgroup makes: TILE_M rows of TILE_N columns, for one part of the sum. The same for all lanes, as barriers and
// subgroup operations demand of what the control flow hangs on.
struct Tile {
  split: u32,                                                         // SPLITS or more where there is nothing to do
  m: u32,
  n: u32,
  k_from: u32,
  k_to: u32,
}

// Workgroups that lie next to one another in the grid work on one panel of columns, which then stays in the cache.
fn tile_of(block: u32) -> Tile {
  let across = (gemm_n() + TILE_N - 1u) / TILE_N;                     // workgroups along n
  let down = (gemm_m() + TILE_M - 1u) / TILE_M;                       // and along m
  let split = block / (across * down);
  let inner = block % (across * down);
  let most = max(1u, PANEL / TILE_N);
  let panel = inner / (down * most);
  let wide = min(most, across - panel * most);
  let place = inner - panel * down * most;
  let m = place / wide * TILE_M;
  let terms = select(0u, gemm_k(m), any_live(m, TILE_M));
  let span = ((terms + SPLITS - 1u) / SPLITS + 7u) / 8u * 8u;         // terms of one split
  let begin = min(terms, split * span);
  return Tile(split, m, (panel * most + place % wide) * TILE_N, begin, min(terms, begin + span));
}

// The columns n to n + 3, kept in bounds.
fn columns_from(n: u32) -> vec4u { return min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(gemm_n() - 1u)); }

// Four columns of a row: adds what is held where the sums were begun before, and stores them where they are finished.
fn put_row(split: u32, m: u32, n: u32, sums: vec4f, begun: bool, finished: bool) {
  if ((m >= gemm_m()) | (n >= gemm_n())) { return; }
  var v = sums;
  if (begun) {
    let c = columns_from(n);
    v += vec4f(held(split, m, c.x), held(split, m, c.y), held(split, m, c.z), held(split, m, c.w));
  }
  if (finished) { store_row(split, m, n, v); } else { keep_row(split, m, n, v); }
}

fn keep_row(split: u32, m: u32, n: u32, v: vec4f) {
  keep(split, m, n, v.x);
  if (n + 1u < gemm_n()) { keep(split, m, n + 1u, v.y); }
  if (n + 2u < gemm_n()) { keep(split, m, n + 2u, v.z); }
  if (n + 3u < gemm_n()) { keep(split, m, n + 3u, v.w); }
}
