//! Signed calls over real connections: against canned answers, and against the simulated AWS.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may die")]

mod admin;
mod console;
mod examples;
mod simulated;
mod socket;
