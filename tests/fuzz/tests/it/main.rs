//! The bounded run of every target, and what keeps the folders of the fuzzing together.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may die, and says which input it was"
)]

mod bounded;
mod folders;
mod mutate;
mod real_sh;
