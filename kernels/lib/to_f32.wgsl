// What a cast takes and gives.
alias Given = f16;
alias Wanted = f32;
