//! Where the programs of the targets are built and run, within limits.

use super::TOOLCHAIN;
use super::figures::{Figures, last_input};
use crate::run::{cargo, of_toolchain, target_dir};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The memory that is allowed, in MiB; all else is measured against it, so that it is the program's own.
const MEMORY: &str = "-rss_limit_mb=512";
/// What an input of at most 64 KiB may take.
pub(super) const LIMITS: [&str; 3] = ["-timeout=1", MEMORY, "-max_len=65536"];
/// The large inputs by size, and what one may take. Sixteen times the length in sixteen times the time: what grows faster
/// shows.
const LARGE: [(&str, &str); 2] = [("64k", "-timeout=1"), ("1m", "-timeout=16")];

/// Where things are.
pub(super) struct Bench {
    pub(super) root: PathBuf,
    pub(super) folder: PathBuf,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self { root: Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), folder: target_dir().join("fuzz") }
    }

    /// Builds all programs. Without a sanitizer: there is no unsafe code in our crates, and it would need most of the memory
    /// that is measured.
    pub(super) fn build(&self) -> Result<(), String> {
        let mut command = of_toolchain(TOOLCHAIN, "cargo");
        command.args(["fuzz", "build", "--fuzz-dir", "fuzz", "--sanitizer", "none", "--target-dir"]);
        done(command.arg(&self.folder), "cargo fuzz build")
    }

    /// Runs one program: first with each large input, then by itself for so long. What it says is kept in `log`, what it dies
    /// of in `found`.
    pub(super) fn run(&self, program: &Path, target: &str, seconds: u32) -> Result<Figures, String> {
        let mut figures = Figures::new(target);
        self.large(program, target, &mut figures)?;
        self.fuzz(program, target, seconds, &mut figures)?;
        Ok(figures)
    }

    fn large(&self, program: &Path, target: &str, figures: &mut Figures) -> Result<(), String> {
        let folder = self.fresh("large", target)?;
        let mut make = cargo();
        make.args(["run", "--quiet", "-p", "sso-fuzz", "--example", "large", "--", target]).arg(&folder);
        done(&mut make, "the example large")?;
        for (number, (size, time)) in LARGE.into_iter().enumerate() {
            let mut command = Command::new(program);
            command.current_dir(&self.root).args([time, MEMORY]).args(files(&folder.join(size))?);
            let (told, died) = self.logged(&mut command, target, size)?;
            figures.of_large(number, &told, died);
            if let Some(path) = last_input(&told).filter(|_| died) {
                let name = format!("large-{size}-{}", path.file_name().unwrap_or_default().to_string_lossy());
                let kept = self.made("found", target)?.join(name);
                fs::copy(&path, &kept).map_err(|error| format!("{}: {error}", kept.display()))?;
            }
        }
        // Gigabytes for all targets together, and made again in a moment.
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
    }

    fn fuzz(&self, program: &Path, target: &str, seconds: u32, figures: &mut Figures) -> Result<(), String> {
        let (corpus, found) = (self.made("corpus", target)?, self.made("found", target)?);
        let kept = self.root.join("tests/fuzz");
        let mut command = Command::new(program);
        command.current_dir(&self.root).args(LIMITS).arg(format!("-max_total_time={seconds}"));
        command.arg("-print_final_stats=1").arg(format!("-artifact_prefix={}/", found.display()));
        if let Some(words) = dictionary(&kept.join("dictionary"), target) {
            command.arg(format!("-dict={}", words.display()));
        }
        command.arg(&corpus);
        let seeds = ["corpus", "regressions"].map(|folder| kept.join(folder).join(target));
        command.args(seeds.iter().filter(|folder| folder.is_dir()));
        let (told, died) = self.logged(&mut command, target, "fuzz")?;
        figures.of_fuzzing(&told, died);
        Ok(())
    }

    /// Runs a program; what it says, and whether it died.
    fn logged(&self, command: &mut Command, target: &str, what: &str) -> Result<(String, bool), String> {
        let output = command.output().map_err(|error| format!("{target} cannot be run: {error}"))?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let file = self.made("log", target)?.join(format!("{what}.log"));
        fs::write(&file, &told).map_err(|error| format!("{}: {error}", file.display()))?;
        if !output.status.success() {
            println!("{target}: {}; see {}", output.status, file.display());
        }
        Ok((told, !output.status.success()))
    }

    /// A folder of a target.
    fn made(&self, kind: &str, target: &str) -> Result<PathBuf, String> {
        let folder = self.folder.join(kind).join(target);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// An empty one.
    fn fresh(&self, kind: &str, target: &str) -> Result<PathBuf, String> {
        let folder = self.made(kind, target)?;
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        self.made(kind, target)
    }
}

fn done(command: &mut Command, what: &str) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{what} cannot be run: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{what} ended with {status}")) }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = folder.read_dir().map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

/// The words for a target: the dictionary of its name, of its last or of its first word.
fn dictionary(folder: &Path, target: &str) -> Option<PathBuf> {
    let (first, last) = (target.split('_').next(), target.rsplit('_').next());
    let files = [Some(target), last, first].into_iter().flatten();
    files.map(|name| folder.join(format!("{name}.dict"))).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_dictionary() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let targets = crate::fuzz::targets(&root.join("fuzz/fuzz_targets")).expect("the targets");
        assert!(targets.len() > 10);
        for target in targets {
            assert!(dictionary(&root.join("tests/fuzz/dictionary"), &target).is_some(), "{target}");
        }
    }
}
