//! The page of the evidence: what was run, when, with what, and its figures. What people have written below stays.

use super::Toolchain;
use super::bench::LIMITS;
use super::figures::{Figures, table};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Behind this line people write.
const BY_HAND: &str = "<!-- written by hand from here on -->";

/// Writes the page.
pub(super) fn write(
    path: &Path,
    toolchain: &Toolchain,
    seconds: u32,
    figures: &[Figures],
) -> Result<(), String> {
    let old = fs::read_to_string(path).unwrap_or_default();
    let text = page(&old, &today()?, toolchain, seconds, figures);
    let failed = |error| format!("{}: {error}", path.display());
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(failed)?;
    fs::write(path, text).map_err(failed)?;
    println!("written: {}", path.display());
    Ok(())
}

/// The date, as the system's own program writes it: a task has no clock of its own.
fn today() -> Result<String, String> {
    let output =
        Command::new("date").args(["-u", "+%Y-%m-%d"]).output().map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn page(old: &str, date: &str, toolchain: &Toolchain, seconds: u32, figures: &[Figures]) -> String {
    let Toolchain { compiler, host, cargo_fuzz } = toolchain;
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (limits, table) = (LIMITS.join(" "), table(figures));
    let by_hand = old.split_once(BY_HAND).map_or("\n", |(_, rest)| rest);
    format!(
        "# Fuzzing: what was run, and what it found\n\n\
         Written by `cargo xtask fuzz --seconds {seconds} --write` on {date}: {compiler}, {cargo_fuzz}, {host}, {processors} processors, one\n\
         target after the other, libFuzzer with `{limits}`, debug assertions and overflow checks on, no sanitizer\n\
         (our crates have no unsafe code).\n\n{table}\n\n\
         Executions count whole inputs: a target runs several readers on each. Edges and features are libFuzzer's `cov` and `ft`\n\
         over all code that is linked in, so they compare runs of one target, not targets. `64 KiB ms` and `1 MiB ms` are the slowest\n\
         of its large inputs (`tests/fuzz/src/large.rs`), all that the target does with it together. An input that takes 1 s (16 s for\n\
         1 MiB) or 512 MiB ends the run, and counts as died.\n\n\
         {BY_HAND}{by_hand}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays() {
        let toolchain = Toolchain {
            compiler: "rustc 1.97.0-nightly".to_owned(),
            host: "x86_64-unknown-linux-gnu".to_owned(),
            cargo_fuzz: "cargo-fuzz 0.13.2".to_owned(),
        };
        let first = page("", "2026-11-21", &toolchain, 60, &[]);
        assert!(
            first.contains("`cargo xtask fuzz --seconds 60 --write` on 2026-11-21: rustc 1.97.0-nightly")
        );
        let written = format!("{first}\n## Found this way\n");
        let second = page(&written, "2026-11-22", &toolchain, 60, &[]);
        assert!(second.contains("2026-11-22") && !second.contains("2026-11-21"), "{second}");
        assert!(second.ends_with("\n## Found this way\n"), "{second}");
    }
}
