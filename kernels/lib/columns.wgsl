// Four neighbouring columns n to n + 3 of the second operand of lib/gemm_tile.wgsl and of its result, for any number of columns:
// one by one.
alias Columns = f32;
alias StoredColumns = Stored;
const WIDTH = 1u;                                                      // columns in one element

fn load_b4(line: Line, n: vec4u) -> vec4f {
  return vec4f(load_b(line, n.x), load_b(line, n.y), load_b(line, n.z), load_b(line, n.w));
}

fn store_row(split: u32, m: u32, n: u32, v: vec4f) {
  store(split, m, n, v.x);
  if (n + 1u < gemm_n()) { store(split, m, n + 1u, v.y); }
  if (n + 2u < gemm_n()) { store(split, m, n + 2u, v.z); }
  if (n + 3u < gemm_n()) { store(split, m, n + 3u, v.w); }
}
