// Four neighbouring classes c to c + 3 of a row that begins at element `row`, for rows of whole quads: in one access.
alias Element = vec4f;

fn in_row(c: u32) -> vec4<bool> { return vec4<bool>(c < C); }

fn load_quad(row: u32, c: u32) -> vec4f { return load((row + min(c, C - 4u)) / 4u); }

fn load_one(row: u32, c: u32) -> f32 { return load((row + c) / 4u)[c % 4u]; }

fn store_quad(row: u32, c: u32, v: vec4f) {
  if (c < C) { dlogits[(row + c) / 4u] = v; }
}
