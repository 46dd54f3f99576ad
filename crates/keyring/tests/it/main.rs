//! The crate from outside: two halves as one, whatever breaks off.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests may die"
)]

mod examples;
mod files;
mod halves;
mod moves;
#[cfg(target_os = "linux")]
mod real;
