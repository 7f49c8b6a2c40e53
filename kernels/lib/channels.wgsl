// Channels of y that a lane makes, and of x that it takes for them: one.
alias Element = f32;
alias Source = f32;
alias StoredElement = Stored;
alias StoredSource = Stored;
override WIDTH: u32 = 1u;                                             // channels of y in an element
const SOURCE = 1u;                                                    // and of x
