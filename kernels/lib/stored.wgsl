// How activations and their gradients are stored: as they are computed.
alias Stored = f32;
