//! Text that fits: lines broken at blanks, cells cut with a mark, columns that together are no wider than the terminal.

use super::charset;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Between columns.
pub(crate) const GAP: usize = 2;
/// Running text is no wider than eyes follow.
const WIDEST: usize = 100;
/// No column is cut below this.
pub(crate) const LEAST: usize = 8;

/// Lines of at most that width, broken at blanks. A word that is longer stands alone, whole: it may be a path.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Running text for a terminal of so many columns: what does not fit goes on in the next line, below where it began. Where there
/// is no terminal a sentence stays a line, for whoever searches it.
pub(crate) fn hanging(text: &str, indent: usize, columns: Option<u16>) -> String {
    let Some(columns) = columns else { return text.to_owned() };
    // Narrower than this nothing is won.
    let width = usize::from(columns).min(WIDEST).saturating_sub(indent).max(20);
    wrap(text, width).join(&format!("\n{}", " ".repeat(indent)))
}

/// What helps, likewise; but a command stays in one line, so that it can be copied as it stands.
pub(crate) fn hanging_fix(text: &str, indent: usize, columns: Option<u16>) -> String {
    const COMMANDS: [&str; 8] = ["sso", "aws", "chmod", "chown", "export", "unset", "kill", "eval"];
    let first = text.split(' ').next().unwrap_or(text);
    hanging(text, indent, columns.filter(|_| !COMMANDS.contains(&first)))
}

/// The text, or its beginning and a mark that something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut out, mut left) = (String::new(), width.saturating_sub(1));
    for c in text.chars() {
        let Some(rest) = left.checked_sub(c.width().unwrap_or(0)) else { break };
        left = rest;
        out.push(c);
    }
    // One column in either case: what follows stays in line.
    let mark = if charset::is_ascii() { '~' } else { '…' };
    format!("{}{mark}", out.trim_end())
}

/// As [`cut`], but the end of an ARN is kept: all of a kind begin alike.
pub(crate) fn cut_cell(text: &str, width: usize) -> String {
    if !text.starts_with("arn:") {
        return cut(text, width);
    }
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    backwards(&cut(&backwards(text), width))
}

/// Widths that together fit into the room: the widest give way first, none below its least. What cannot fit is wider nevertheless.
pub(crate) fn narrowed<const N: usize>(mut widths: [usize; N], least: [usize; N], room: usize) -> [usize; N] {
    while total(&widths) > room {
        let spare = widths.iter_mut().zip(least).filter(|(width, least)| **width > *least);
        match spare.max_by_key(|(width, _)| **width) {
            Some((width, _)) => *width -= 1,
            None => break,
        }
    }
    widths
}

/// How wide columns are together. One of no width is left out.
pub(crate) fn total(widths: &[usize]) -> usize {
    let used = widths.iter().filter(|width| **width > 0).count();
    widths.iter().sum::<usize>() + GAP * used.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_columns_and_wrapped_at_blanks() {
        for (text, width, shown) in
            [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("漢字漢", 5, "漢字…"), ("ab cd", 4, "ab…"), ("", 3, "")]
        {
            assert_eq!(cut(text, width), shown, "{text}");
        }
        assert_eq!([cut_cell("arn:aws:x/ps-1", 6), cut_cell("ps-1 arn:", 6)], ["…/ps-1", "ps-1…"]);
        assert_eq!(wrap("a  b cd efghij k", 5), ["a  b", "cd", "efghij", "k"]);
    }

    #[test]
    fn running_text_hangs() {
        let text = "The quick brown fox jumps over the lazy dog.";
        for (indent, columns, shown) in [
            (2, None, text),
            (2, Some(80), text),
            (4, Some(30), "The quick brown fox jumps\n    over the lazy dog."),
            (9, Some(5), "The quick brown fox\n         jumps over the lazy\n         dog."),
        ] {
            assert_eq!(hanging(text, indent, columns), shown);
        }
        let (command, prose) = ("sso login --profile a-long-name", "write a region, such as eu-west-1");
        assert_eq!(hanging_fix(command, 2, Some(22)), command);
        assert_eq!(hanging_fix(prose, 2, Some(22)), "write a region, such\n  as eu-west-1");
    }

    #[test]
    fn the_widest_column_gives_way_first() {
        for (room, narrow) in
            [(80, [12, 40, 9]), (60, [12, 35, 9]), (34, [12, 9, 9]), (30, [12, 8, 8]), (10, [12, 8, 8])]
        {
            assert_eq!(narrowed([12, 40, 9], [12, 8, 8], room), narrow, "{room}");
        }
        assert_eq!(narrowed([0, 40, 0], [1, 1, 1], 10), [0, 10, 0]);
    }
}
