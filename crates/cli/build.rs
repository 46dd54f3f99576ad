//! Lays the program out for its hot path, where the linker can: the functions of a cache hit stand next to each other
//! (`hot.order`), so that few pages are touched at a start, and equal functions stand once.
//!
//! It changes where code lies and nothing else. Every argument is tried on an empty program first: with a linker that does not
//! know it the program is built without. docs/decisions/hot-path.md has what it brings; `cargo xtask order` writes the list.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a build script speaks to cargo by its output, and is told things by its environment"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The functions of a cache hit, by their names in the object files.
const ORDER: &str = "hot.order";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={ORDER}");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    // Names and layout are those of this profile and this system.
    if variable("PROFILE") != "release" || variable("CARGO_CFG_TARGET_OS") != "linux" {
        return;
    }
    let order = Path::new(&variable("CARGO_MANIFEST_DIR")).join(ORDER).display().to_string();
    let layouts = [
        vec![format!("-Wl,--symbol-ordering-file={order}"), "-Wl,--no-warn-symbol-ordering".to_owned()],
        vec!["-Wl,--icf=all".to_owned()],
    ];
    let folder = PathBuf::from(variable("OUT_DIR"));
    for arguments in layouts.iter().filter(|arguments| links(&folder, arguments)) {
        for argument in arguments {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
}

/// Whether an empty program can be linked so.
fn links(folder: &Path, arguments: &[String]) -> bool {
    let variable = |name: &str| std::env::var_os(name).unwrap_or_default();
    let source = folder.join("probe.rs");
    if std::fs::write(&source, "fn main() {}\n").is_err() {
        return false;
    }
    let mut command = Command::new(variable("RUSTC"));
    command.arg("--target").arg(variable("TARGET")).arg("-o").arg(folder.join("probe")).arg(&source);
    let linker = variable("RUSTC_LINKER");
    if !linker.is_empty() {
        command.arg(format!("-Clinker={}", linker.display()));
    }
    command.args(arguments.iter().map(|argument| format!("-Clink-arg={argument}")));
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
