//! `cargo xtask interop [--write]`: the stories with clients that nobody here wrote, and the matrix of what each can do.
//!
//! The stories are part of `cargo xtask test`; this runs them alone and shows what they have seen. `--write` keeps it in
//! docs/evidence/interop.md.

use crate::run::{clean_cargo, installed};
use crate::test::PACKAGED;
use serde::Deserialize;
use std::fmt::Write as _;
use std::path::Path;

/// Where the stories write their cells (tests/e2e/interop_matrix.rs).
const VARIABLE: &str = "SSO_INTEROP_MATRIX";
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/evidence/interop.md");

/// The clients in the order of the columns, and what people call them.
const CLIENTS: [(&str, &str); 4] = [
    ("boto3", "boto3 and botocore"),
    ("aws-cli", "AWS CLI"),
    ("js", "AWS SDK for JavaScript"),
    ("rust", "AWS SDK for Rust"),
];

/// One client with one promise.
#[derive(Debug, Deserialize)]
struct Cell {
    row: String,
    client: String,
    version: String,
    note: Option<String>,
}

/// The task.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let write = match arguments {
        [] => false,
        [flag] if flag == "--write" => true,
        _ => return Err("usage: cargo xtask interop [--write]".to_owned()),
    };
    let file = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let nextest = installed("nextest");
    let mut words = if nextest { vec!["nextest", "run"] } else { vec!["test"] };
    words.extend(["--no-fail-fast", "-p", "sso-cli", "--features", PACKAGED, "--test", "e2e", "interop_"]);
    let status = clean_cargo().args(words).env(VARIABLE, file.path()).status();
    let status = status.map_err(|error| error.to_string())?;
    let text = std::fs::read_to_string(file.path()).map_err(|error| error.to_string())?;
    let cells = text.lines().map(serde_json::from_str).collect::<Result<Vec<Cell>, _>>();
    let matrix = matrix(&cells.map_err(|error| error.to_string())?);
    println!("\n{}", matrix.text);
    if !status.success() {
        return Err(format!("the stories ended with {status}"));
    }
    if matrix.empty > 0 {
        return Err(format!("{} cells are empty: a client could not be had, or failed", matrix.empty));
    }
    if write {
        let page = page(&matrix.text);
        std::fs::write(Path::new(PAGE), page).map_err(|error| format!("{PAGE}: {error}"))?;
        println!("written: docs/evidence/interop.md");
    }
    Ok(())
}

struct Matrix {
    text: String,
    empty: usize,
}

/// A table in Markdown, and a note for each cell that needs one.
fn matrix(cells: &[Cell]) -> Matrix {
    let mut rows: Vec<&str> = cells.iter().map(|cell| cell.row.as_str()).collect();
    rows.sort_unstable();
    rows.dedup();
    let of = |row: &str, client: &str| cells.iter().find(|cell| cell.row == row && cell.client == client);
    let mut notes: Vec<String> = Vec::new();
    let mut empty = 0;
    let mut text = String::from("| |");
    for (client, called) in CLIENTS {
        let version =
            cells.iter().find(|cell| cell.client == client).map_or("not here", |cell| &cell.version);
        let _ = write!(text, " {called} {version} |");
    }
    text.push_str("\n|---|---|---|---|---|\n");
    for row in rows {
        let _ = write!(text, "| {row} |");
        for (client, _) in CLIENTS {
            let shown = match of(row, client) {
                None => {
                    empty += 1;
                    " ".to_owned()
                }
                Some(Cell { note: None, .. }) => " yes ".to_owned(),
                Some(Cell { note: Some(note), .. }) => {
                    let at = notes.iter().position(|known| known == note).unwrap_or_else(|| {
                        notes.push(note.clone());
                        notes.len() - 1
                    });
                    format!(" no ({}) ", at + 1)
                }
            };
            let _ = write!(text, "{shown}|");
        }
        text.push('\n');
    }
    for (at, note) in notes.iter().enumerate() {
        let _ = write!(text, "\n{}. {note}.", at + 1);
    }
    if !notes.is_empty() {
        text.push('\n');
    }
    Matrix { text, empty }
}

fn page(matrix: &str) -> String {
    format!(
        "# What other programs can do with our files, and we with theirs\n\n\
         Written by `cargo xtask interop --write`, which runs the real clients against the simulated AWS; the same stories are part of\n\
         `cargo xtask test`. \"yes\" was seen with that version. The AWS CLI is Debian's; it knows of no other endpoints than AWS's own, so it\n\
         gets there through a proxy that opens the encryption.\n\n{matrix}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_their_places_and_what_is_missing_is_counted() {
        let cell = |row: &str, client: &str, note: Option<&str>| Cell {
            row: row.into(),
            client: client.into(),
            version: "1".into(),
            note: note.map(str::to_owned),
        };
        let cells = [
            cell("b", "boto3", None),
            cell("b", "js", Some("it cannot")),
            cell("a", "aws-cli", Some("it cannot")),
            cell("a", "rust", None),
        ];
        let found = matrix(&cells);
        let expected = "| | boto3 and botocore 1 | AWS CLI 1 | AWS SDK for JavaScript 1 | AWS SDK for Rust 1 |\n\
                        |---|---|---|---|---|\n| a | | no (1) | | yes |\n| b | yes | | no (1) | |\n\n1. it cannot.\n";
        assert_eq!((found.text.as_str(), found.empty), (expected, 4));
    }
}
