// What a cast takes and gives.
alias Given = f32;
alias Wanted = f16;
