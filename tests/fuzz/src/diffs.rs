//! The diff of an edit, held against both texts: it tells all that changed, and nothing else changed.

use sso_config::{DiffLine, Edited, Sign};

/// Applies the diff to the old text; dies if that is not the new one. Gives the lines that are new.
pub(crate) fn applied<'e>(old: &str, edited: &'e Edited) -> Vec<&'e DiffLine> {
    let new = std::str::from_utf8(&edited.bytes).expect("text");
    let mut lines: Vec<&str> = lines_of(old.trim_start_matches('\u{feff}'));
    let mut removed: Vec<&DiffLine> = of(edited, Sign::Removed).collect();
    removed.sort_by_key(|line| line.old);
    for line in removed.into_iter().rev() {
        let number = line.old.expect("the line of the old file") as usize;
        let text = lines.remove(number - 1);
        assert!(is_shown(line, text), "{line:?} is not {text:?}");
    }
    let added: Vec<&DiffLine> = of(edited, Sign::Added).collect();
    let found = lines_of(new);
    for line in &added {
        let number = line.new.expect("the line of the new file") as usize;
        let text = found[number - 1];
        assert!(is_shown(line, text), "{line:?} is not {text:?}");
        lines.insert(number - 1, text);
    }
    assert_eq!(lines, found, "a line changed that the diff does not have");
    added
}

fn of(edited: &Edited, sign: Sign) -> impl Iterator<Item = &DiffLine> {
    edited.diff.lines().filter(move |line| line.sign == sign)
}

/// A line with a secret shows the part before it.
fn is_shown(line: &DiffLine, text: &str) -> bool {
    let shown = line.text.trim_end_matches('\r');
    if line.secret { text.starts_with(shown) } else { text == shown }
}

/// Lines without their ends. A carriage return before the end is a part of the end, also where the file ended with it: the line
/// gets an end when another one follows.
fn lines_of(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').map(|line| line.trim_end_matches(['\r', '\n'])).collect()
}
