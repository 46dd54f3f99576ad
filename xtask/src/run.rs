//! Starts other programs.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the environment of a test must not steer: proxies and roots would send or trust otherwise, and the variables of
/// AWS select profiles, regions and endpoints.
const STEERING: [&str; 6] =
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Where a test finds what was taken away, if it must reach the real network (pip): `SSO_OUTER_HTTPS_PROXY`, ...
const OUTER: &str = "SSO_OUTER_";

/// The cargo that runs us, in the workspace.
pub(crate) fn cargo() -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// A program of another toolchain, in the workspace: `rustup run TOOLCHAIN PROGRAM`.
pub(crate) fn of_toolchain(toolchain: &str, name: &str) -> Command {
    let mut command = program("rustup");
    // Pinned by rust-toolchain.toml, and handed on by the cargo that runs us.
    for name in ["RUSTUP_TOOLCHAIN", "CARGO", "RUSTC", "RUSTDOC"] {
        command.env_remove(name);
    }
    command.args(["run", toolchain, name]);
    command
}

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A program in the workspace, with the environment as it is but for what `cargo run` added for us: build scripts watch some of
/// it and would run again at every change between `cargo test` and `cargo xtask test`.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let ours = |name: &str| {
        ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|start| name.starts_with(start))
            || name == "OUT_DIR"
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(ours) {
            command.env_remove(name);
        }
    }
    command
}

/// [`cargo`] for a step that builds or tests: what steers the tests is taken away, and nothing is fetched.
pub(crate) fn clean_cargo() -> Command {
    let mut command = cargo();
    command.env("CARGO_NET_OFFLINE", "true");
    for (name, value) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let upper = text.to_ascii_uppercase();
        if upper.starts_with("AWS_") {
            command.env_remove(&name);
        } else if STEERING.contains(&upper.as_str()) {
            command.env(format!("{OUTER}{text}"), value).env_remove(&name);
        }
    }
    command
}

/// Takes from a command what [`clean_cargo`] takes from a test.
pub(crate) fn clean(command: &mut Command) {
    for (name, value) in clean_cargo().get_envs() {
        if value.is_none() {
            command.env_remove(name);
        }
    }
}

/// Whether cargo has the subcommand.
pub(crate) fn installed(subcommand: &str) -> bool {
    cargo().args([subcommand, "--version"]).output().is_ok_and(|output| output.status.success())
}

/// Where cargo builds.
pub(crate) fn target_dir() -> PathBuf {
    let named = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"))
}
