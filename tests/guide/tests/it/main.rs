//! What the READMEs and the guide say that can be looked up: which pages there are, what a crate weighs, what is in its package.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests: they know where they run, and die loudly"
)]

mod packages;
mod pages;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries, as programs name them.
const LIBRARIES: [&str; 10] =
    ["core", "fs", "config", "cache", "http", "oidc", "portal", "discovery", "keyring", "endpoint"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What cargo says, asked for nothing that is not here already.
fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let output = Command::new(cargo).args(arguments).arg("--offline").current_dir(root()).output();
    let output = output.expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("a text")
}
