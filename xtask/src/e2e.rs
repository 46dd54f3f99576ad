//! `cargo xtask e2e [--full] [--soak MINUTES] [FILTER...]`: the end-to-end stories against the simulated AWS, and a table of
//! them.

use crate::run::{clean_cargo, installed};
use crate::test::PACKAGED;
use serde::Deserialize;
use std::path::Path;

/// What a story's harness writes, one JSON line each (tests/e2e).
#[derive(Debug, Deserialize)]
struct Row {
    story: String,
    requests: u64,
    ms: u64,
    result: String,
    measured: Vec<String>,
}

/// The numbers that are promised, where the suite runs fewer (tests/e2e/harness/full.rs).
const FULL: &str = "SSO_E2E_FULL";

/// How many minutes the soak takes (tests/e2e/soak.rs).
const SOAK: &str = "SSO_E2E_SOAK";
const USAGE: &str = "cargo xtask e2e [--full] [--soak MINUTES] [FILTER...]";

/// The task. Arguments are filters on story names, as for `cargo test`.
///
/// `--full`: a release build, because figures of a debug build say nothing, and one story at a time, because figures of
/// stories side by side say little. `--soak`: the soak alone, for so long, in a release build.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut arguments = arguments.to_vec();
    let minutes = soak(&mut arguments)?;
    let full = minutes.is_some() || arguments.iter().any(|argument| argument == "--full");
    let filters: Vec<&String> = arguments.iter().filter(|argument| *argument != "--full").collect();
    if let Some(unknown) = filters.iter().find(|filter| filter.starts_with('-')) {
        return Err(format!("there is no option {unknown}; {USAGE}"));
    }
    let file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let status = clean_cargo()
        .args(words(installed("nextest"), full, &filters))
        .env("SSO_E2E_TABLE", file.path())
        .env(FULL, if full { "1" } else { "0" })
        .envs(minutes.map(|minutes| (SOAK, minutes.to_string())))
        .status()
        .map_err(|error| error.to_string())?;
    println!("\n{}", table(&rows(file.path())?));
    if status.success() { Ok(()) } else { Err(format!("the stories ended with {status}")) }
}

/// Takes `--soak MINUTES` out of the arguments, and lets it choose the soak alone.
fn soak(arguments: &mut Vec<String>) -> Result<Option<u32>, String> {
    let Some(at) = arguments.iter().position(|argument| argument == "--soak") else { return Ok(None) };
    let given = arguments.get(at + 1).and_then(|minutes| minutes.parse().ok()).filter(|minutes| *minutes > 0);
    let minutes = given.ok_or_else(|| format!("--soak wants minutes; {USAGE}"))?;
    arguments.drain(at..=at + 1);
    arguments.push("soak::".to_owned());
    Ok(Some(minutes))
}

/// What cargo is told.
fn words<'a>(nextest: bool, full: bool, filters: &[&'a String]) -> Vec<&'a str> {
    let target = ["-p", "sso-cli", "--features", PACKAGED, "--test", "e2e"];
    let mut words = if nextest { vec!["nextest", "run"] } else { vec!["test"] };
    words.push("--no-fail-fast");
    words.extend(target);
    if full {
        words.push("--release");
    }
    if nextest {
        words.extend(["--status-level", "fail"]);
        words.extend(filters.iter().map(|filter| filter.as_str()));
        if full {
            words.extend(["--test-threads", "1"]);
        }
    } else {
        words.push("--");
        words.extend(filters.iter().map(|filter| filter.as_str()));
        if full {
            words.push("--test-threads=1");
        }
    }
    words
}

fn rows(file: &Path) -> Result<Vec<Row>, String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let mut rows: Vec<Row> = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    rows.sort_by(|a, b| a.story.cmp(&b.story));
    Ok(rows)
}

/// The table fits a terminal of so many columns.
const COLUMNS: usize = 80;
/// Two spaces and a column each, for requests, ms and the result.
const NUMBERS: usize = 2 + 8 + 2 + 7 + 2 + 7;
/// Before what a story has measured.
const INDENT: &str = "    ";

fn table(rows: &[Row]) -> String {
    let widest = rows.iter().map(|row| row.story.chars().count()).max().unwrap_or(0);
    let width = widest.clamp("story".len(), COLUMNS - NUMBERS);
    let mut text = format!("{:<width$}  {:>8}  {:>7}  result\n", "story", "requests", "ms");
    for Row { story, requests, ms, result, measured } in rows {
        let mut lines = wrapped(story, width).into_iter();
        let first = lines.next().unwrap_or_default();
        text.push_str(&format!("{first:<width$}  {requests:>8}  {ms:>7}  {result}\n"));
        lines.for_each(|line| text.push_str(&format!("  {line}\n")));
        for line in measured.iter().flat_map(|figure| wrapped(figure, COLUMNS - INDENT.len())) {
            text.push_str(&format!("{INDENT}{line}\n"));
        }
    }
    let passed = rows.iter().filter(|row| row.result == "passed").count();
    text.push_str(&format!("{passed} of {} stories passed", rows.len()));
    let skipped = rows.iter().filter(|row| row.result == "skipped").count();
    if skipped > 0 {
        text.push_str(&format!(", {skipped} skipped"));
    }
    text
}

/// Broken between words; later lines leave room for an indent of two. A longer word stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let room = if lines.len() == 1 { width } else { width.saturating_sub(2) };
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(story: &str, result: &str, measured: &[&str]) -> Row {
        let measured = measured.iter().map(ToString::to_string).collect();
        Row { story: story.into(), requests: 3, ms: 40, result: result.into(), measured }
    }

    #[test]
    fn the_table_lines_up_and_counts() {
        let shown = table(&[row("login", "passed", &["0 torn", "9 ms"]), row("a long story", "failed", &[])]);
        let expected = "story         requests       ms  result\n\
                        login                3       40  passed\n    0 torn\n    9 ms\n\
                        a long story         3       40  failed\n\
                        1 of 2 stories passed";
        assert_eq!(shown, expected);
    }

    #[test]
    fn nothing_is_wider_than_a_terminal() {
        let long = "one two three four five six seven eight nine ten ".repeat(4);
        let shown = table(&[row(&long, "skipped", &[&long, "short"])]);
        assert!(shown.lines().all(|line| line.chars().count() <= COLUMNS), "{shown}");
        assert_eq!(shown.split_whitespace().filter(|word| *word == "seven").count(), 8, "{shown}");
        assert!(shown.ends_with("    short\n0 of 1 stories passed, 1 skipped"), "{shown}");
    }

    #[test]
    fn both_runners_are_told_the_same() {
        let (ctrl_c, no_locks) = ("ctrl_c".to_owned(), "no_locks".to_owned());
        let told = |nextest, full| words(nextest, full, &[&ctrl_c, &no_locks]).join(" ");
        for (nextest, full, before, after) in [
            (true, false, "nextest run", "--status-level fail ctrl_c no_locks"),
            (false, false, "test", "-- ctrl_c no_locks"),
            (true, true, "nextest run", "--release --status-level fail ctrl_c no_locks --test-threads 1"),
            (false, true, "test", "--release -- ctrl_c no_locks --test-threads=1"),
        ] {
            let target = "--no-fail-fast -p sso-cli --features sso-cli/keyring --test e2e";
            assert_eq!(told(nextest, full), format!("{before} {target} {after}"));
        }
    }

    #[test]
    fn a_soak_is_told_how_long() {
        let take = |words: &[&str]| {
            let mut words = words.iter().map(|word| (*word).to_owned()).collect();
            soak(&mut words).map(|minutes| (minutes, words.join(" ")))
        };
        assert_eq!(take(&["--full", "x"]), Ok((None, "--full x".to_owned())));
        assert_eq!(take(&["--soak", "30"]), Ok((Some(30), "soak::".to_owned())));
        for wrong in [&["--soak"][..], &["--soak", "0"], &["--soak", "long"]] {
            assert!(take(wrong).is_err_and(|error| error.starts_with("--soak wants minutes;")), "{wrong:?}");
        }
    }

    #[test]
    fn an_unknown_option_is_refused_before_anything_is_built() {
        let error = run(&["--ful".to_owned()]).expect_err("no such option");
        assert!(error.starts_with("there is no option --ful;"), "{error}");
    }
}
