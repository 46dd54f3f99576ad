//! The client as its users see it, against servers and proxies that mean no good.
//!
//! Loopback only. Nothing here depends on the proxy and CA variables of the machine: the client reads none.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may die, and writes its own fixtures"
)]

mod examples;
mod hostile;
mod paced;
mod proxies;
mod retries;
mod support;
mod tls;
