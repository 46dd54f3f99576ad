//! Comma-separated values (RFC 4180), for spreadsheets. Cells are escaped here.

use super::escape::escape;

/// The rows under a header, one line each.
///
/// A spreadsheet runs a cell that begins like a formula, and names come from strangers; so an apostrophe goes before it,
/// which spreadsheets take for "this is text". `--json` has every text as it is.
pub(crate) fn csv<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Memory takes everything.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row.map(|cell| tame(&escape(&cell))));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn tame(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_run_nothing() {
        let row = |text: &str| [text.to_owned(), "x".to_owned()];
        let rows =
            ["plain", "a,b", "say \"hi\"", "a\nb\u{1b}[0m", "=cmd|' /C calc'!A0", "-prod", "+1", "@x", "é"];
        let shown = "A,B\nplain,x\n\"a,b\",x\n\"say \"\"hi\"\"\",x\na\\u{a}b\\u{1b}[0m,x\n'=cmd|' /C calc'!A0,x\n\
                     '-prod,x\n'+1,x\n'@x,x\né,x\n";
        assert_eq!(csv(["A", "B"], rows.map(row)), shown);
    }
}
