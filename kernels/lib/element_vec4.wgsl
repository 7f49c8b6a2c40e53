// Features of a row, for rows of whole quads: four in one access.
alias Element = vec4f;
const WIDTH = 4u;                                                     // features in an element
fn square_of(v: Element) -> f32 { return dot(v, v); }
