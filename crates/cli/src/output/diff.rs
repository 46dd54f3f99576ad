//! A diff of the configuration, coloured where colours are wanted. Every line is foreign text and escaped.

use super::escape::escape;
use super::{BAD, GOOD, QUIET};
use sso_config::{Diff, DiffLine, Sign};

/// The lines with `+`, `-` or a blank before them. With `most`, so many sections and a count of the rest.
pub(crate) fn text(diff: &Diff, color: bool, most: Option<usize>) -> String {
    let most = most.unwrap_or(usize::MAX);
    let mut text: String =
        diff.hunks.iter().take(most).flat_map(|hunk| &hunk.lines).map(|one| line(one, color)).collect();
    let rest = diff.hunks.len().saturating_sub(most);
    if rest > 0 {
        text.push_str(&format!("  ... {rest} more\n"));
    }
    text
}

fn line(line: &DiffLine, color: bool) -> String {
    let (sign, style) = match line.sign {
        Sign::Context => (' ', QUIET),
        Sign::Removed => ('-', BAD),
        Sign::Added => ('+', GOOD),
    };
    let shown = format!("{sign} {}", escape(&line.text));
    let shown = shown.trim_end();
    if color { format!("{style}{shown}{style:#}\n") } else { format!("{shown}\n") }
}
