// Neighbouring classes from c on, for rows of whole quads: four in one access.
alias Element = vec4f;
override WIDTH: u32 = 4u;                                             // classes in an element
fn is_label(c: u32, y: u32) -> vec4<bool> { return vec4u(c, c + 1u, c + 2u, c + 3u) == vec4u(y); }
fn part(v: Element, y: u32) -> f32 { return v[y % 4u]; }
fn sum_of(v: Element) -> f32 { return (v.x + v.y) + (v.z + v.w); }
