// Channels of y that a lane makes, and of x that it takes for them: four neighbours, all made from one, where each channel
// of x makes whole quads of y.
alias Element = vec4f;
alias Source = f32;
alias StoredElement = vec4<Stored>;
alias StoredSource = Stored;
override WIDTH: u32 = 4u;                                             // channels of y in an element
const SOURCE = 1u;                                                    // and of x
