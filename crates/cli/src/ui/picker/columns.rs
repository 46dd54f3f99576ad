//! Cells as lines of aligned columns that fit the terminal: the widest columns are cut first, then the last ones go.

use crate::output::fit::{GAP, LEAST, cut, narrowed, total};
use unicode_width::UnicodeWidthStr as _;

/// A line a row, none wider than `width` columns.
pub(super) fn lines<const N: usize>(rows: &[[String; N]], width: usize) -> Vec<String> {
    let widths = fitted(natural(rows), width);
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn natural<const N: usize>(rows: &[[String; N]]) -> [usize; N] {
    rows.iter().fold([0; N], |mut widest, row| {
        for (widest, cell) in widest.iter_mut().zip(row) {
            *widest = (*widest).max(cell.width());
        }
        widest
    })
}

/// The widths that together fit; 0 leaves a column out. Rather than below [`LEAST`] the last one goes; the first one stays.
fn fitted<const N: usize>(mut widths: [usize; N], room: usize) -> [usize; N] {
    loop {
        let used = widths.iter().filter(|width| **width > 0).count();
        let least = if used > 1 { LEAST } else { 1 };
        widths = narrowed(widths, [least; N], room);
        if total(&widths) <= room || used < 2 {
            return widths;
        }
        if let Some(last) = widths.iter_mut().rfind(|width| **width > 0) {
            *last = 0;
        }
    }
}

fn line<const N: usize>(row: &[String; N], widths: &[usize; N]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths).filter(|(_, width)| **width > 0) {
        let cell = cut(cell, *width);
        let pad = width.saturating_sub(cell.width()) + GAP;
        line.push_str(&cell);
        line.extend(std::iter::repeat_n(' ', pad));
    }
    line.truncate(line.trim_end().len());
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows() -> Vec<[String; 5]> {
        [
            ["dev", "111122223333", "Admin", "corp", "us-east-1"],
            ["data-platform-production-eu", "222233334444", "AdministratorAccess", "corp", "eu-central-1"],
            ["東京-本番", "333344445555", "ReadOnly", "acme.awsapps.com", ""],
        ]
        .map(|row| row.map(str::to_owned))
        .into()
    }

    #[test]
    fn columns_at_several_widths() {
        for (width, expected) in [
            (
                100,
                "dev                          111122223333  Admin                corp              us-east-1\n\
                 data-platform-production-eu  222233334444  AdministratorAccess  corp              eu-central-1\n\
                 東京-本番                    333344445555  ReadOnly             acme.awsapps.com",
            ),
            (
                77,
                "dev               111122223333  Admin             corp             us-east-1\n\
                 data-platform-p…  222233334444  AdministratorA…  corp             eu-central-1\n\
                 東京-本番         333344445555  ReadOnly         acme.awsapps.c…",
            ),
            (57, "dev          111122223333  Admin        corp        us-east-1"),
            (30, "dev       1111222…  Admin"),
            (12, "dev"),
            (5, "dev"),
        ] {
            let lines = lines(&rows(), width);
            if width >= 100 {
                assert_eq!(lines.join("\n"), expected);
            }
            assert!(lines.iter().all(|line| line.width() <= width), "{width}: {lines:?}");
        }
        assert_eq!(lines(&rows(), 5), ["dev", "data…", "東京…"]);
        assert_eq!(
            lines(&rows(), 28),
            ["dev       1111222…  Admin", "data-pl…  2222333…  Adminis…", "東京-本…  3333444…  ReadOnly"]
        );
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(
            rows in prop::collection::vec(["[a-z漢\u{1f602}é-]{0,40}", "[0-9]{0,12}", "[A-Za-z]{0,30}"], 0..6),
            width in 2_usize..120,
        ) {
            for line in lines(&rows, width) {
                prop_assert!(line.width() <= width, "{line:?}");
            }
        }
    }
}
