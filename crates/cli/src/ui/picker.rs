//! One of many, found by typing parts of it: aligned columns, best match first, else the order given.

mod columns;

use super::lines;
use super::prompt::{HELP, has_all, render_config};
use crate::catalogue::Code;
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::Output;
use crate::output::escape::escape;
use inquire::error::InquireError;
use inquire::{InquireError as Error, Select};
use std::cmp::Reverse;
use std::fmt;

/// Rows that are seen at once.
const ROWS: usize = 10;
/// Columns before a row (the arrow) and behind it (so that it never wraps).
const MARGIN: usize = 3;

/// More of them where rows are numbered.
const NUMBERS: usize = 3;

/// What can be picked: what is shown of it (the first cell is its name), and what it stands for. Cells are foreign text.
pub(crate) struct Entry<T, const N: usize> {
    pub(crate) cells: [String; N],
    pub(crate) value: T,
}

/// A row as it is drawn and searched.
struct Row {
    name: String,
    label: String,
    /// All cells, whole: what is cut off in the label is found, too.
    searched: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

/// Lets the person at the terminal pick. The first entry is the one that Return takes. Nothing to pick: `None`.
///
/// # Errors
/// Esc or Ctrl-C (exit 130), or the terminal cannot be asked.
pub(crate) fn pick<T, const N: usize>(
    question: &str,
    entries: Vec<Entry<T, N>>,
    output: &Output,
) -> Result<Option<T>, CliError> {
    if entries.is_empty() {
        return Ok(None);
    }
    let numbers = if output.dumb { NUMBERS } else { 0 };
    let rows = rows(&entries, usize::from(output.width()).saturating_sub(numbers));
    if output.dumb {
        let labels: Vec<String> = rows.iter().map(ToString::to_string).collect();
        let is_like =
            |typed: &str, row: usize| rows.get(row).is_some_and(|row| has_all(typed, &row.searched));
        let picked = lines::pick(question, &labels, is_like).ok_or_else(left)?;
        return Ok(entries.into_iter().nth(picked).map(|entry| entry.value));
    }
    let select = Select::new(question, rows)
        .with_page_size(ROWS)
        .with_render_config(render_config(output.color.1))
        .with_help_message(HELP)
        .with_scorer(&|typed, row: &Row, _, _| score(typed, row))
        .with_sorter(&|found| found.sort_by_key(|(at, score)| (Reverse(*score), *at)))
        .with_formatter(&|row| row.value.name.clone());
    let picked = select.raw_prompt().map_err(stopped)?;
    Ok(entries.into_iter().nth(picked.index).map(|entry| entry.value))
}

fn rows<T, const N: usize>(entries: &[Entry<T, N>], width: usize) -> Vec<Row> {
    let cells: Vec<[String; N]> =
        entries.iter().map(|entry| entry.cells.each_ref().map(|cell| escape(cell))).collect();
    let labels = columns::lines(&cells, width.saturating_sub(MARGIN));
    let row = |(label, cells): (String, [String; N])| {
        let searched = cells.join(" ");
        Row { name: cells.into_iter().next().unwrap_or_default(), label, searched }
    };
    labels.into_iter().zip(cells).map(row).collect()
}

/// Each typed word must be there, in any order; how well is the sum.
fn score(typed: &str, row: &Row) -> Option<i64> {
    let word = |word: &str| (Select::<Row>::DEFAULT_SCORER)(word, row, &row.searched, 0);
    typed.split_whitespace().map(word).sum()
}

fn left() -> CliError {
    CliError::new(Code::R06, Exit::Interrupted, "Stopped. Nothing was chosen.")
}

fn stopped(error: InquireError) -> CliError {
    match error {
        Error::OperationCanceled | Error::OperationInterrupted => left(),
        other => {
            CliError::new(Code::R08, Exit::Failure, "The terminal cannot be asked.").cause(other.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: [&str; 3]) -> Row {
        let entry = Entry { cells: cells.map(str::to_owned), value: () };
        rows(&[entry], 80).remove(0)
    }

    #[test]
    fn words_are_found_in_any_order_and_in_part() {
        let row = row(["data-platform-prod", "222233334444", "AdministratorAccess"]);
        for (typed, found) in [
            ("", true),
            ("prod", true),
            ("PROD", true),
            ("admin prod", true),
            ("dpp", true),
            ("2222 adm", true),
            ("dev", false),
            ("prod nothere", false),
        ] {
            assert_eq!(score(typed, &row).is_some(), found, "{typed}");
        }
    }

    #[test]
    fn what_fits_better_comes_first() {
        let (whole, scattered) = (row(["prod", "", ""]), row(["p-read-only-d", "", ""]));
        assert!(score("prod", &whole) > score("prod", &scattered));
        assert!(score("prod", &scattered).is_some());
    }

    #[test]
    fn foreign_text_is_tame_and_found_whole() {
        let name = format!("\u{1b}]0;x\u{7}{}-end", "n".repeat(200));
        let row = row([&name, "1", "r"]);
        assert!(
            !row.label.contains(char::is_control) && row.label.starts_with("\\u{1b}]0;x\\u{7}"),
            "{}",
            row.label
        );
        assert!(score("-end", &row).is_some());
    }
}
