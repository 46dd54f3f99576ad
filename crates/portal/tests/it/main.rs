//! The portal's calls and the role broker, against the simulated AWS. Loopback only.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may die"
)]

mod calls;
mod examples;
mod refusals;
mod roles;
mod support;
