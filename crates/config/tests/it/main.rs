//! Tests of `sso-config` from outside: upstream's vectors, our own tables, properties, hostile input.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml allows these in test functions, not in the helpers beside them"
)]

mod botocore;
mod dialect;
mod edit;
mod edit_answers;
mod edit_properties;
mod edit_vectors;
mod endpoints;
mod examples;
mod explain;
mod glance;
mod hostile;
mod properties;
mod resolution;
mod support;
mod vectors;
mod write;
