//! `cargo xtask fuzz [TARGET...] [--seconds N] [--write]`: each target of tests/fuzz under libFuzzer, and a table of what it
//! did.
//!
//! What it needs and a stable toolchain lacks, cargo-fuzz and nightly, it asks for by name. All that it makes is in
//! `target/fuzz`; what it learns there, the next run begins with.

mod bench;
mod figures;
mod page;

use crate::run::{of_toolchain, program};
use bench::Bench;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TOOLCHAIN: &str = "nightly";
/// How long a target runs, if nobody says otherwise.
const SECONDS: u32 = 60;

/// What was asked for.
#[derive(Debug, PartialEq)]
struct Wanted {
    targets: Vec<String>,
    seconds: u32,
    write: bool,
}

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let bench = Bench::new();
    let wanted = wanted(arguments, &targets(&bench.root.join("fuzz/fuzz_targets"))?)?;
    let toolchain = toolchain()?;
    bench.build()?;
    let programs = bench.folder.join(&toolchain.host).join("release");
    let mut figures = Vec::new();
    for target in &wanted.targets {
        println!("{target}: large inputs, then {} s", wanted.seconds);
        figures.push(bench.run(&programs.join(target), target, wanted.seconds)?);
    }
    println!("\n{}", figures::table(&figures));
    if wanted.write {
        page::write(&bench.root.join("docs/evidence/fuzz.md"), &toolchain, wanted.seconds, &figures)?;
    }
    let died = figures.iter().filter(|figures| figures.died > 0).map(|figures| figures.target.as_str());
    let died: Vec<&str> = died.collect();
    if died.is_empty() {
        return Ok(());
    }
    let (died, found) = (died.join(", "), bench.folder.join("found"));
    let found = found.display();
    Err(format!("died: {died}; of what is in {found}: copy it to tests/fuzz/regressions/TARGET, and mend it"))
}

/// The names of the programs.
fn targets(folder: &Path) -> Result<Vec<String>, String> {
    let entries = folder.read_dir().map_err(|error| format!("{}: {error}", folder.display()))?;
    let stem = |path: PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut names: Vec<String> = entries.flatten().filter_map(|entry| stem(entry.path())).collect();
    names.sort();
    Ok(names)
}

fn wanted(arguments: &[String], known: &[String]) -> Result<Wanted, String> {
    let mut wanted = Wanted { targets: Vec::new(), seconds: SECONDS, write: false };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--write" => wanted.write = true,
            "--seconds" => {
                let number = arguments.next().and_then(|number| number.parse().ok());
                wanted.seconds = number.filter(|seconds| *seconds > 0).ok_or("--seconds wants a number")?;
            }
            name if known.iter().any(|target| target == name) => wanted.targets.push(name.to_owned()),
            other => {
                let (usage, known) =
                    ("cargo xtask fuzz [TARGET...] [--seconds N] [--write]", known.join(", "));
                return Err(format!("there is no target {other}; {usage}, and the targets are {known}"));
            }
        }
    }
    if wanted.targets.is_empty() {
        wanted.targets = known.to_vec();
    }
    Ok(wanted)
}

/// The compiler that is there and the platform that it builds for.
#[derive(Debug, PartialEq)]
struct Toolchain {
    compiler: String,
    host: String,
    cargo_fuzz: String,
}

/// Looks for what is needed.
fn toolchain() -> Result<Toolchain, String> {
    said(program("rustup").arg("--version")).ok_or("rustup is missing: https://rustup.rs")?;
    let compiler = said(of_toolchain(TOOLCHAIN, "rustc").arg("-vV"))
        .ok_or("a nightly toolchain is missing: rustup toolchain install nightly --profile minimal")?;
    let cargo_fuzz = said(of_toolchain(TOOLCHAIN, "cargo").args(["fuzz", "--version"]))
        .ok_or("cargo-fuzz is missing: cargo install cargo-fuzz")?;
    let host = compiler.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    Ok(Toolchain {
        compiler: compiler.lines().next().unwrap_or_default().to_owned(),
        host: host.to_owned(),
        cargo_fuzz: cargo_fuzz.trim().to_owned(),
    })
}

/// What a program prints, if it is there and succeeds.
fn said(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(arguments: &[&str]) -> Result<Wanted, String> {
        let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        wanted(&texts(arguments), &texts(&["callback", "urls"]))
    }

    #[test]
    fn targets_and_seconds_are_chosen() {
        for (arguments, targets, seconds, write) in [
            (&[][..], &["callback", "urls"][..], 60, false),
            (&["urls"], &["urls"], 60, false),
            (&["--seconds", "5", "urls", "--write"], &["urls"], 5, true),
        ] {
            let targets = targets.iter().map(|target| (*target).to_owned()).collect();
            assert_eq!(asked(arguments), Ok(Wanted { targets, seconds, write }));
        }
        for arguments in [&["url"][..], &["--seconds"], &["--seconds", "0"], &["--seconds", "x"]] {
            assert!(asked(arguments).is_err(), "{arguments:?}");
        }
    }
}
