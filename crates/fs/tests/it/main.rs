//! The crate as its users see it.
#![allow(clippy::expect_used, reason = "a test may die")]

mod examples;
