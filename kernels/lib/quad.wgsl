// Four neighbouring classes c to c + 3 of a row that begins at element `row`, for rows of any length: one by one.
alias Element = f32;

fn in_row(c: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) < vec4u(C); }

fn load_quad(row: u32, c: u32) -> vec4f {
  let i = row + min(vec4u(c, c + 1u, c + 2u, c + 3u), vec4u(C - 1u));
  return vec4f(load(i.x), load(i.y), load(i.z), load(i.w));
}

fn load_one(row: u32, c: u32) -> f32 { return load(row + c); }

fn store_quad(row: u32, c: u32, v: vec4f) {
  if (c < C) { dlogits[row + c] = v.x; }
  if (c + 1u < C) { dlogits[row + c + 1u] = v.y; }
  if (c + 2u < C) { dlogits[row + c + 2u] = v.z; }
  if (c + 3u < C) { dlogits[row + c + 3u] = v.w; }
}
