// Features of a row, for rows of any length: one by one.
alias Element = f32;
const WIDTH = 1u;                                                     // features in an element
fn square_of(v: Element) -> f32 { return v * v; }
