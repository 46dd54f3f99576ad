//! Questions in plain lines, for a terminal that cannot draw (TERM=dumb) and for whoever has the screen read aloud: nothing is
//! drawn twice, and every answer is a line.

use super::prompt::Verdict;
use crate::output::to_stderr;
use std::io::{self, BufRead as _};

/// Rows that are listed at once.
const MOST: usize = 20;

/// A line of text, until it is accepted. `default` is what Return takes. `None`: there is nobody any more.
pub(super) fn text(
    question: &str,
    about: &str,
    default: Option<&str>,
    check: impl Fn(&str) -> Verdict,
) -> Option<String> {
    if !about.is_empty() {
        to_stderr(&format!("({about})\n"));
    }
    let shown = default.map(|default| format!(" [{default}]")).unwrap_or_default();
    loop {
        to_stderr(&format!("{question}{shown} "));
        let line = line()?;
        let answer = if line.is_empty() { default.unwrap_or_default() } else { &line };
        match check(answer) {
            Ok(()) => return Some(answer.to_owned()),
            Err(reason) => to_stderr(&format!("Not accepted: {reason}.\n")),
        }
    }
}

/// Yes or no; Return is yes.
pub(super) fn confirm(question: &str) -> Option<bool> {
    loop {
        to_stderr(&format!("{question} [yes] "));
        match line()?.to_ascii_lowercase().as_str() {
            "" | "y" | "yes" => return Some(true),
            "n" | "no" => return Some(false),
            _ => to_stderr("Not accepted: it is yes or no.\n"),
        }
    }
}

/// One of many: its number, or parts of it until one is left. `is_like` tells whether a row fits what was typed.
pub(super) fn pick(question: &str, rows: &[String], is_like: impl Fn(&str, usize) -> bool) -> Option<usize> {
    let mut shown: Vec<usize> = (0..rows.len()).collect();
    let show = |shown: &[usize]| to_stderr(&format!("{question}\n{}", list(rows, shown)));
    show(&shown);
    loop {
        to_stderr("A number, or part of what you look for [1]: ");
        let answer = line()?;
        match step(&answer, &shown, |row| is_like(&answer, row), rows.len()) {
            Step::Taken(row) => return Some(row),
            Step::Left(left) => {
                shown = left;
                show(&shown);
            }
            // The list is not read aloud once more.
            Step::None => to_stderr("There is none like that.\n"),
        }
    }
}

/// What an answer comes to.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Taken(usize),
    Left(Vec<usize>),
    None,
}

/// A number is one of those that are shown; all others are looked for among all rows.
fn step(answer: &str, shown: &[usize], is_like: impl Fn(usize) -> bool, rows: usize) -> Step {
    let number = if answer.is_empty() { Some(1) } else { answer.parse::<usize>().ok() };
    let numbered = number.and_then(|number| shown.iter().take(MOST).nth(number.checked_sub(1)?));
    if let Some(row) = numbered {
        return Step::Taken(*row);
    }
    let found: Vec<usize> = (0..rows).filter(|row| is_like(*row)).collect();
    match found.as_slice() {
        [] => Step::None,
        [one] => Step::Taken(*one),
        _ => Step::Left(found),
    }
}

fn list(rows: &[String], shown: &[usize]) -> String {
    let width = shown.len().min(MOST).to_string().len();
    let seen = shown.iter().filter_map(|row| rows.get(*row)).take(MOST).enumerate();
    let mut text: String = seen.map(|(at, row)| format!("  {:width$}  {row}\n", at + 1)).collect();
    let more = shown.len().saturating_sub(MOST);
    if more > 0 {
        text.push_str(&format!("  and {more} more\n"));
    }
    text
}

/// What was typed; `None` at the end of the input.
fn line() -> Option<String> {
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(1..) => Some(line.trim().to_owned()),
        Ok(0) | Err(_) => {
            to_stderr("\n");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_number_or_a_part() {
        let rows: Vec<String> = (0..30).map(|at| format!("acct{at:02}")).collect();
        let all: Vec<usize> = (0..30).collect();
        let step =
            |answer: &str, shown: &[usize]| step(answer, shown, |row| rows[row].contains(answer), rows.len());
        assert_eq!(step("", &all), Step::Taken(0));
        assert_eq!(step("3", &all), Step::Taken(2));
        assert_eq!(step("2", &[7, 9]), Step::Taken(9));
        assert_eq!(step("acct17", &all), Step::Taken(17));
        assert_eq!(step("ct1", &all), Step::Left((10..20).collect()));
        // No row is shown under these numbers, so they are parts of names.
        assert_eq!(step("0", &[7, 9]), Step::Left(vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20]));
        assert_eq!(step("25", &all), Step::Taken(25));
        assert_eq!(step("xyz", &all), Step::None);
        let shown = list(&rows, &all);
        assert!(
            shown.starts_with("   1  acct00\n   2  acct01\n")
                && shown.ends_with("  20  acct19\n  and 10 more\n")
        );
    }
}
