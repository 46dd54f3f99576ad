//! The crate as others use it.
#![allow(clippy::expect_used, clippy::disallowed_methods, reason = "a test may die, and starts programs")]

mod examples;
