// How activations and their gradients are stored: in half the memory. What is computed of them is f32.

enable f16;

alias Stored = f16;
