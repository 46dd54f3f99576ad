//! Signing in and staying signed in, against the simulated AWS and over a store in memory.
//!
//! Loopback only; nothing depends on the proxy and CA variables of the machine.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stderr,
    reason = "a test may die, and prints what it measured"
)]

mod broker;
mod choice;
mod custom_flow;
mod examples;
mod listener;
mod login;
mod memory;
mod registrations;
mod removal;
mod replies;
mod start_url;
mod support;
mod vectors;
