// Neighbouring elements of a row, for rows of whole quads: four in one access.
alias Element = vec4f;
alias StoredElement = vec4<Stored>;
override WIDTH: u32 = 4u;                                             // numbers in an element
fn square_of(v: Element) -> f32 { return dot(v, v); }
