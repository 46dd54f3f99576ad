//! The file store as its users see it, and the upstream vectors about cache files.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may die, and writes its own fixtures"
)]

mod examples;
mod store;
mod vectors;
