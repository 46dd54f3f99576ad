//! `cargo xtask e2e`: the end-to-end stories against the simulated AWS, and a table of them.

use crate::run::{clean_cargo, installed};
use serde::Deserialize;
use std::path::Path;

/// What a story's harness writes, one JSON line each (tests/e2e).
#[derive(Debug, Deserialize)]
struct Row {
    story: String,
    requests: u64,
    ms: u64,
    result: String,
}

/// The task. Arguments are filters on story names, as for `cargo test`.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let runner: &[&str] = if installed("nextest") {
        &["nextest", "run", "--no-fail-fast", "--status-level", "fail"]
    } else {
        &["test", "--no-fail-fast"]
    };
    let status = clean_cargo()
        .args(runner)
        .args(["-p", "sso-cli", "--test", "e2e"])
        .args(arguments)
        .env("SSO_E2E_TABLE", file.path())
        .status()
        .map_err(|error| error.to_string())?;
    println!("\n{}", table(&rows(file.path())?));
    if status.success() { Ok(()) } else { Err(format!("the stories ended with {status}")) }
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

fn table(rows: &[Row]) -> String {
    let widest = rows.iter().map(|row| row.story.len()).max().unwrap_or(0).max("story".len());
    let mut text = format!("{:<widest$}  {:>8}  {:>7}  result\n", "story", "requests", "ms");
    for Row { story, requests, ms, result } in rows {
        text.push_str(&format!("{story:<widest$}  {requests:>8}  {ms:>7}  {result}\n"));
    }
    let passed = rows.iter().filter(|row| row.result == "passed").count();
    text.push_str(&format!("{passed} of {} stories passed", rows.len()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_lines_up_and_counts() {
        let row = |story: &str, result: &str| Row {
            story: story.into(),
            requests: 3,
            ms: 40,
            result: result.into(),
        };
        let shown = table(&[row("login", "passed"), row("a long story", "failed")]);
        let expected = "story         requests       ms  result\n\
                        login                3       40  passed\n\
                        a long story         3       40  failed\n\
                        1 of 2 stories passed";
        assert_eq!(shown, expected);
    }
}
