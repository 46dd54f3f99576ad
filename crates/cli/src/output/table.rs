//! Tables: a header, rows, two spaces between columns, nothing behind the last one. Cells are escaped here.
//!
//! A reply of 1 MiB may hold one endless name and ten thousand short ones: with every row as wide as the longest cell that
//! would be gigabytes. So there is a widest column, and what is longer pushes the rest of its own row only.
//!
//! On a terminal that is too narrow cells are cut, the widest columns first: rows that the terminal breaks cannot be read. A pipe
//! gets everything.

use super::Look;
use super::escape::escape;
use super::fit::{GAP, LEAST, cut_cell, narrowed, total};
use unicode_width::UnicodeWidthStr as _;

/// Wider than any ARN or address that honest tables have in a column with another one behind it.
const WIDEST: usize = 120;

/// The table as text, one line a row.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    look: &Look,
) -> String {
    let mut rows: Vec<[String; N]> = rows.into_iter().map(|row| row.map(|cell| escape(&cell))).collect();
    let mut widths = header.map(|name| name.width());
    let least = widths.map(|width| width.max(LEAST));
    let most = look.columns.map_or(WIDEST, usize::from);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().min(most).max(*width);
        }
    }
    let is_cut = !look.fits(total(&widths));
    if let (true, Some(columns)) = (is_cut, look.columns) {
        widths = narrowed(widths, least, columns.into());
        for row in &mut rows {
            row.iter_mut().zip(widths).for_each(|(cell, width)| *cell = cut_cell(cell, width));
        }
    }
    let mut text = String::new();
    line(&mut text, header.into_iter(), &widths);
    for row in &rows {
        line(&mut text, row.iter().map(String::as_str), &widths);
    }
    if is_cut {
        text.push_str(&format!(
            "\n{}\n",
            look.hanging(0, "Cut to fit the terminal; through a pipe (| cat) it is whole.")
        ));
    }
    text
}

fn line<'c>(text: &mut String, cells: impl Iterator<Item = &'c str>, widths: &[usize]) {
    for (cell, width) in cells.zip(widths) {
        text.push_str(cell);
        text.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + GAP));
    }
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_foreign_text_is_tame() {
        let pipe = Look::of(None);
        let rows = [["a".into(), "wide 漢字".into()], ["\u{1b}[0m".into(), "b".into()]];
        assert_eq!(
            table(["ID", "NAME"], rows, &pipe),
            "ID         NAME\na          wide 漢字\n\\u{1b}[0m  b\n"
        );
        let rows = [["漢字".into(), "x".into()], ["".into(), "".into()], ["abc".into(), "".into()]];
        assert_eq!(table(["ID", "NAME"], rows, &pipe), "ID    NAME\n漢字  x\n\nabc\n");
    }

    #[test]
    fn an_endless_name_is_shown_and_widens_no_other_row() {
        let long = "n".repeat(300_000);
        let short = (0..5_000).map(|_| ["1".to_owned(), "2".to_owned()]);
        let rows = || short.clone().chain([[long.clone(), "x".to_owned()]]);
        let text = table(["ID", "NAME"], rows(), &Look::of(None));
        assert!(text.len() < 300_000 + 5_002 * 130, "{}", text.len());
        assert_eq!(text.lines().nth(1).map(str::len), Some(WIDEST + 2 + 1));
        assert!(text.ends_with(&format!("{long}  x\n")));
        let text = table(["ID", "NAME"], rows(), &Look::of(Some(80)));
        assert_eq!(text.lines().map(|line| line.width()).max(), Some(80));
    }

    #[test]
    fn a_terminal_gets_rows_that_fit_and_a_word_on_what_is_missing() {
        let rows =
            [["111122223333", "東京-本番-platform", "arn:aws:sso:::permissionSet/x/y"].map(str::to_owned)];
        for (columns, expected) in [
            (
                Some(80),
                "ACCOUNT       NAME                ARN\n111122223333  東京-本番-platform  arn:aws:sso:::permissionSet/x/y\n",
            ),
            (
                Some(50),
                "ACCOUNT       NAME               ARN\n111122223333  東京-本番-platfo…  …ermissionSet/x/y\n",
            ),
            (Some(40), "ACCOUNT       NAME          ARN\n111122223333  東京-本番-p…  …sionSet/x/y\n"),
            (Some(10), "ACCOUNT   NAME      ARN\n1111222…  東京-本…  …Set/x/y\n"),
        ] {
            let text = table(["ACCOUNT", "NAME", "ARN"], rows.clone(), &Look::of(columns));
            let (shown, word) =
                text.split_once("\nCut").map_or((text.as_str(), false), |(shown, _)| (shown, true));
            assert_eq!((shown, word), (expected, columns < Some(80)), "{columns:?}");
        }
    }
}
