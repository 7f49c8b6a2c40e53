// Channels of y that a lane makes, and of x that it takes for them: four neighbours each, where pixels are whole quads and
// each channel of x makes one of y.
alias Element = vec4f;
alias Source = vec4f;
alias StoredElement = vec4<Stored>;
alias StoredSource = vec4<Stored>;
override WIDTH: u32 = 4u;                                             // channels of y in an element
const SOURCE = 4u;                                                    // and of x
