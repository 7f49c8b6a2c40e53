// Neighbouring elements of a row, for rows of any length: one by one.
alias Element = f32;
alias StoredElement = Stored;
override WIDTH: u32 = 1u;                                             // numbers in an element
fn square_of(v: Element) -> f32 { return v * v; }
