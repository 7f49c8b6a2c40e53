// Four neighbouring columns n to n + 3 of the second operand of lib/gemm_tile.wgsl, where columns are whole quads: in one
// access. The result is stored one by one all the same: in one access was 10 % slower on lavapipe at 1024.
alias Columns = vec4f;
alias StoredColumns = vec4<Stored>;
const WIDTH = 4u;                                                      // columns in one element

fn load_b4(line: Line, n: vec4u) -> vec4f { return load_b(line, n.x); }

fn store_row(split: u32, m: u32, n: u32, v: vec4f) {
  store(split, m, n, v.x);
  store(split, m, n + 1u, v.y);
  store(split, m, n + 2u, v.z);
  store(split, m, n + 3u, v.w);
}
