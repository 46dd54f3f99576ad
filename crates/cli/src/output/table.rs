//! Tables: a header, rows, two spaces between columns, nothing behind the last one. Cells are escaped here.
//!
//! A reply of 1 MiB may hold one endless name and ten thousand short ones: with every row as wide as the longest cell that
//! would be gigabytes. So there is a widest column, and what is longer pushes the rest of its own row only.

use super::escape::escape;
use unicode_width::UnicodeWidthStr as _;

/// Wider than any ARN or address that honest tables have in a column with another one behind it.
const WIDEST: usize = 120;

/// The table as text, one line a row.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rows: Vec<[String; N]> = rows.into_iter().map(|row| row.map(|cell| escape(&cell))).collect();
    let mut widths = header.map(|name| name.width());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().min(WIDEST).max(*width);
        }
    }
    let mut text = String::new();
    line(&mut text, header.into_iter(), &widths);
    for row in &rows {
        line(&mut text, row.iter().map(String::as_str), &widths);
    }
    text
}

fn line<'c>(text: &mut String, cells: impl Iterator<Item = &'c str>, widths: &[usize]) {
    for (cell, width) in cells.zip(widths) {
        text.push_str(cell);
        text.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
    }
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_foreign_text_is_tame() {
        let rows = [["a".into(), "wide 漢字".into()], ["\u{1b}[0m".into(), "b".into()]];
        assert_eq!(table(["ID", "NAME"], rows), "ID         NAME\na          wide 漢字\n\\u{1b}[0m  b\n");
        let rows = [["漢字".into(), "x".into()], ["".into(), "".into()], ["abc".into(), "".into()]];
        assert_eq!(table(["ID", "NAME"], rows), "ID    NAME\n漢字  x\n\nabc\n");
    }

    #[test]
    fn an_endless_name_is_shown_and_widens_no_other_row() {
        let long = "n".repeat(300_000);
        let short = (0..5_000).map(|_| ["1".to_owned(), "2".to_owned()]);
        let text = table(["ID", "NAME"], short.chain([[long.clone(), "x".to_owned()]]));
        assert!(text.len() < 300_000 + 5_002 * 130, "{}", text.len());
        assert_eq!(text.lines().nth(1).map(str::len), Some(WIDEST + 2 + 1));
        assert!(text.ends_with(&format!("{long}  x\n")));
    }
}
