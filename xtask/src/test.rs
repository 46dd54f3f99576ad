//! `cargo xtask test`: everything that must be green, each step run even if an earlier one failed.

use crate::book;
use crate::layers;
use crate::run::{cargo, clean_cargo, installed, target_dir};
use crate::schemas;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One step: its name and what it does. `Ok` says whether it passed or was left out, and why.
struct Step {
    name: &'static str,
    run: fn() -> Outcome,
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Passed,
    Failed(String),
    /// Never a failure, always announced.
    Absent(&'static str),
}

const STEPS: [Step; 10] = [
    Step { name: "fmt", run: || step(&["fmt", "--all", "--check"]) },
    Step { name: "clippy", run: clippy },
    Step { name: "tests", run: tests },
    Step { name: "plain", run: plain },
    Step { name: "doctests", run: || step(&["test", "--doc", "--workspace"]) },
    Step { name: "docs", run: docs },
    Step { name: "schemas", run: || outcome(schemas::run(&[])) },
    Step { name: "book", run: || outcome(book::run(&[])) },
    Step { name: "layers", run: || outcome(layers::run(&[])) },
    Step { name: "deny", run: deny },
];

/// The features of the program in packages: what people get is what is tested.
pub(crate) const PACKAGED: &str = "sso-cli/keyring";

/// The task. Arguments name the steps to run; none means all.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let known = |wanted: &&String| STEPS.iter().any(|step| step.name == wanted.as_str());
    if let Some(unknown) = arguments.iter().find(|wanted| !known(wanted)) {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!("there is no step {unknown}; the steps are {}", names.join(", ")));
    }
    fetch();
    let announcements = announcements();
    // Of a run that was broken off.
    let _gone = std::fs::remove_file(&announcements);
    let chosen =
        STEPS.iter().filter(|step| arguments.is_empty() || arguments.iter().any(|name| name == step.name));
    let results: Vec<_> = chosen.map(timed).collect();
    heading("announced by tests");
    println!("{}", announced(&announcements));
    heading("summary");
    results.iter().for_each(|(name, outcome, took)| println!("{}", row(name, outcome, *took)));
    let failed: Vec<&str> = results
        .iter()
        .filter(|(_, outcome, _)| matches!(outcome, Outcome::Failed(_)))
        .map(|(name, ..)| *name)
        .collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// Fetches the crates while the proxies are still known. Without a network it fails, which does no harm if they are
/// there already; if they are not, the next step says which one is missing.
fn fetch() {
    heading("fetch");
    match cargo().arg("fetch").status() {
        Ok(status) if status.success() => println!("the crates are here"),
        Ok(status) => println!("cargo fetch: {status}; going on with what is here"),
        Err(error) => println!("cargo cannot be run: {error}"),
    }
}

fn timed(step: &Step) -> (&'static str, Outcome, Duration) {
    heading(step.name);
    let started = Instant::now();
    let outcome = (step.run)();
    println!("{}", row(step.name, &outcome, started.elapsed()));
    (step.name, outcome, started.elapsed())
}

fn step(arguments: &[&str]) -> Outcome {
    finish(clean_cargo().args(arguments))
}

/// With the secret store, as packages have it, and without.
fn clippy() -> Outcome {
    let with = ["clippy", "--workspace", "--all-targets", "--features", PACKAGED, "--", "-D", "warnings"];
    match step(&with) {
        Outcome::Passed => step(&["clippy", "-p", "sso-cli", "--all-targets", "--", "-D", "warnings"]),
        failed => failed,
    }
}

/// What only a build without the secret store can show; all else is tested with it, once.
fn plain() -> Outcome {
    let nextest = installed("nextest");
    let arguments: &[&str] = if nextest { &["nextest", "run"] } else { &["test"] };
    let mut command = clean_cargo();
    command.args(arguments).args(["-p", "sso-cli", "--test", "e2e", "keyring_absent"]);
    finish(command.env("SSO_ANNOUNCEMENTS", announcements()))
}

fn tests() -> Outcome {
    let nextest = installed("nextest");
    let arguments: &[&str] =
        if nextest { &["nextest", "run", "--no-fail-fast"] } else { &["test", "--no-fail-fast"] };
    // cargo test would run the doc tests too, a step of its own; nextest has none.
    let targets: &[&str] = if nextest { &[] } else { &["--all-targets"] };
    let mut command = clean_cargo();
    command.args(arguments).args(["--workspace", "--features", PACKAGED]).args(targets);
    finish(command.env("SSO_ANNOUNCEMENTS", announcements()))
}

fn docs() -> Outcome {
    finish(clean_cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}

/// The advisory database needs a network, so only what the lock file itself answers.
fn deny() -> Outcome {
    if !installed("deny") {
        return Outcome::Absent(
            "cargo-deny is not installed; `layers` has checked licences, bans and sources",
        );
    }
    step(&["deny", "check", "licenses", "bans", "sources"])
}

fn finish(command: &mut std::process::Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Outcome::Passed,
        Ok(status) => Outcome::Failed(status.to_string()),
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

fn outcome(result: Result<(), String>) -> Outcome {
    result.map_or_else(Outcome::Failed, |()| Outcome::Passed)
}

/// The file that `sso_vectors::skip` and `announce` add lines to: nextest shows nothing of a test that passes.
fn announcements() -> PathBuf {
    target_dir().join("announcements.txt")
}

/// Each line once, and the file gone: the next run starts anew.
fn announced(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let _gone = std::fs::remove_file(file);
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    if lines.is_empty() { "nothing was left out".to_owned() } else { lines.join("\n") }
}

fn heading(text: &str) {
    println!("\n== {text} ==");
}

fn row(name: &str, outcome: &Outcome, took: Duration) -> String {
    let seconds = took.as_secs_f64();
    let (word, why) = match outcome {
        Outcome::Passed => ("ok", ""),
        Outcome::Failed(why) => ("FAILED", why.as_str()),
        Outcome::Absent(why) => ("absent", *why),
    };
    format!("{name:<10} {word:<7} {seconds:7.1} s  {why}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_line_up_and_say_why() {
        let took = Duration::from_millis(1250);
        for (outcome, shown) in [
            (Outcome::Passed, "fmt        ok          1.2 s"),
            (Outcome::Failed("exit status: 1".to_owned()), "fmt        FAILED      1.2 s  exit status: 1"),
            (Outcome::Absent("not here"), "fmt        absent      1.2 s  not here"),
        ] {
            assert_eq!(row("fmt", &outcome, took), shown);
        }
    }

    #[test]
    fn an_unknown_step_is_refused_before_anything_runs() {
        let error = run(&["clipy".to_owned()]).expect_err("no such step");
        assert!(error.starts_with("there is no step clipy; the steps are fmt, clippy, "), "{error}");
    }
}
