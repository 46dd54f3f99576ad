//! Tests of `sso-config` from outside: upstream's vectors, our own tables, properties, hostile input.
#![allow(missing_docs, reason = "a test binary")]

mod dialect;
mod endpoints;
mod hostile;
mod properties;
mod resolution;
mod support;
mod vectors;
