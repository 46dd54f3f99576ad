//! Tests of `sso-config` from outside: upstream's vectors, our own tables, properties, hostile input.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "clippy.toml allows these in test functions, not in the helpers beside them"
)]

mod dialect;
mod endpoints;
mod hostile;
mod properties;
mod resolution;
mod support;
mod vectors;
