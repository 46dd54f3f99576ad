//! `cargo xtask bench [--json] [--write] [FILTER...]`: how long commands take, in a release build, against a simulated AWS.
//!
//! Every figure of a short command is a ratio: it is run in turn with an empty program, so that a busy machine slows both.
//! `--write` keeps table and picture in docs/evidence and docs/pictures.

mod cases;
mod chart;
mod home;
mod peers;
mod report;
mod spawn;

use crate::run::{clean_cargo, target_dir};
use report::Report;
use std::path::{Path, PathBuf};
use std::process::Command;

const TABLE: &str = "docs/evidence/bench.md";
const PICTURE: &str = "docs/pictures/bench.svg";

/// What was asked for.
struct Wanted {
    json: bool,
    write: bool,
    filters: Vec<String>,
}

/// The programs that are measured.
struct Programs {
    sso: PathBuf,
    /// `fn main() {}`, built as ours is.
    empty: PathBuf,
    target: PathBuf,
}

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let wanted = wanted(arguments)?;
    let programs = build()?;
    let mut report = Report::new(&programs)?;
    for case in cases::ALL {
        let named = wanted.filters.iter().any(|filter| case.name.contains(filter.as_str()));
        // What builds the program once more is measured when it is asked for.
        if named || (wanted.filters.is_empty() && case.name != cases::LAYOUT) {
            eprintln!("measuring: {} ...", case.name);
            (case.measure)(&programs, &mut report).map_err(|error| format!("{}: {error}", case.name))?;
        }
    }
    if wanted.json {
        println!("{}", report.json());
    } else {
        println!("{}", report.table());
    }
    if wanted.write {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let text = |error: std::io::Error| error.to_string();
        std::fs::create_dir_all(root.join("docs/pictures")).map_err(text)?;
        std::fs::write(root.join(TABLE), report.page()).map_err(text)?;
        std::fs::write(root.join(PICTURE), chart::bars(report.bars())?).map_err(text)?;
        eprintln!("written: {TABLE}, {PICTURE}");
    }
    let missed = report.missed();
    if missed.is_empty() { Ok(()) } else { Err(format!("not as promised: {}", missed.join("; "))) }
}

/// A home in which a cache hit can be looked at: so many profiles, signed in, the role cached.
pub(crate) fn hot_home(sso: &Path, profiles: usize) -> Result<home::Home, String> {
    cases::warm_home(sso, profiles)
}

fn wanted(arguments: &[String]) -> Result<Wanted, String> {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let filters: Vec<String> =
        arguments.iter().filter(|argument| !argument.starts_with("--")).cloned().collect();
    match arguments
        .iter()
        .find(|argument| argument.starts_with("--") && !["--json", "--write"].contains(&argument.as_str()))
    {
        Some(unknown) => {
            Err(format!("there is no option {unknown}; cargo xtask bench [--json] [--write] [FILTER...]"))
        }
        None => Ok(Wanted { json: has("--json"), write: has("--write"), filters }),
    }
}

/// Builds ours in release, and the empty program with the same flags that matter for a start.
fn build() -> Result<Programs, String> {
    let status = clean_cargo().args(["build", "--release", "--quiet", "-p", "sso-cli"]).status();
    if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
        return Err(format!("the build failed: {status:?}"));
    }
    let target = target_dir().canonicalize().map_err(|error| error.to_string())?;
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let (source, empty) = (folder.join("empty.rs"), folder.join("empty"));
    std::fs::write(&source, "fn main() {}\n").map_err(|error| error.to_string())?;
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command.args([
        "--edition=2024",
        "-Copt-level=s",
        "-Clto=fat",
        "-Ccodegen-units=1",
        "-Cstrip=symbols",
        "-o",
    ]);
    let status = command.arg(&empty).arg(&source).current_dir(env!("CARGO_MANIFEST_DIR")).status();
    if !status.as_ref().is_ok_and(std::process::ExitStatus::success) {
        return Err(format!("the empty program cannot be built: {status:?}"));
    }
    Ok(Programs { sso: target.join("release/sso"), empty, target })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_filters() {
        let of = |words: &[&str]| wanted(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        let found = of(&["--json", "warm", "cold"]).expect("understood");
        assert_eq!((found.json, found.write, found.filters.len()), (true, false, 2));
        assert!(of(&["--fast"]).is_err_and(|error| error.starts_with("there is no option --fast;")));
    }
}
