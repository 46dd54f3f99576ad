//! `cargo xtask order`: writes crates/cli/hot.order, the functions that a cache hit runs through, as valgrind sees them.
//!
//! The names are those of one compiler and one set of dependencies. What is not there any more is passed over by the linker, so an
//! old list costs speed and nothing else; `cargo xtask bench` says how much of it still holds.

use crate::bench::hot_home;
use crate::run::{clean_cargo, target_dir};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/cli/hot.order");

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    if !arguments.is_empty() {
        return Err("usage: cargo xtask order".to_owned());
    }
    let sso = unstripped()?;
    let mut names = BTreeSet::new();
    for profiles in [5, 10_000] {
        names.extend(functions(&sso, profiles)?);
    }
    if names.len() < 100 {
        return Err(format!(
            "valgrind saw {} functions only; it is not the release build of this system",
            names.len()
        ));
    }
    let text: String = names.iter().map(|name| format!("{name}\n")).collect();
    std::fs::write(FILE, text).map_err(|error| format!("{FILE}: {error}"))?;
    println!("written: crates/cli/hot.order, {} functions", names.len());
    Ok(())
}

/// How many of the list are in the program, and how many there are. It has to have its names.
pub(crate) fn held() -> Result<(usize, usize), String> {
    let listed = std::fs::read_to_string(FILE).map_err(|error| error.to_string())?;
    let sso = unstripped()?;
    let program = std::fs::read(&sso).map_err(|error| error.to_string())?;
    let there = |name: &&str| {
        let name = [name.as_bytes(), b"\0"].concat();
        program.windows(name.len()).any(|window| window == name)
    };
    Ok((listed.lines().filter(there).count(), listed.lines().count()))
}

/// The release build with its names, beside the one without.
fn unstripped() -> Result<PathBuf, String> {
    let words = ["rustc", "--release", "--quiet", "-p", "sso-cli", "--bin", "sso", "--", "-Cstrip=none"];
    let folder = target_dir().join("order");
    let status = clean_cargo().args(words).env("CARGO_TARGET_DIR", &folder).status();
    if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
        return Err(format!("the build failed: {status:?}"));
    }
    Ok(folder.join("release/sso"))
}

/// The functions of the program that a cache hit runs through.
fn functions(sso: &Path, profiles: usize) -> Result<BTreeSet<String>, String> {
    let home = hot_home(sso, profiles)?;
    let note = home.path().join("callgrind");
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--demangle=no"])
        .arg(format!("--callgrind-out-file={}", note.display()));
    command.arg(sso).args(["credential-process", "--profile", "dev"]);
    home.dress(&mut command);
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.map_err(|error| format!("valgrind cannot be run: {error}"))?;
    if !status.success() {
        return Err(format!("valgrind ended with {status}"));
    }
    let text = std::fs::read_to_string(note).map_err(|error| error.to_string())?;
    Ok(read(&text, "sso"))
}

/// The names of functions in the object of that name. callgrind writes each name once, and its number from then on.
fn read(text: &str, object: &str) -> BTreeSet<String> {
    let mut objects = std::collections::HashMap::new();
    let mut functions = std::collections::HashMap::new();
    let (mut current, mut found) = (String::new(), BTreeSet::new());
    for line in text.lines() {
        let Some((kind, rest)) = line.split_once("=(") else { continue };
        let Some((number, name)) = rest.split_once(')') else { continue };
        let names = match kind {
            "ob" | "cob" => &mut objects,
            "fn" | "cfn" => &mut functions,
            _ => continue,
        };
        if let Some(name) = Some(name.trim()).filter(|name| !name.is_empty()) {
            names.insert(number.to_owned(), name.to_owned());
        }
        let name = names.get(number).cloned().unwrap_or_default();
        match kind {
            "ob" => current = name,
            "fn" if current.rsplit('/').next() == Some(object) && !name.starts_with(['(', '0']) => {
                // Recursion has a number behind the name.
                found.insert(name.split('\'').next().unwrap_or_default().to_owned());
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_the_object_are_read_by_name_and_by_number() {
        let text = "ob=(1) /lib/ld.so\nfn=(1) start\n1 2\ncob=(2) /t/release/sso\ncfn=(2) main\ncalls=1 1\n\
                    ob=(2)\nfn=(2)\n3 4\nfn=(3) hot'2\nfn=(4) (below main)\nfn=(5) 0x0001\nob=(1)\nfn=(6) other\n";
        assert_eq!(read(text, "sso").into_iter().collect::<Vec<_>>(), ["hot", "main"]);
    }
}
