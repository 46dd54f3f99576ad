//! Tables: a header, rows, two spaces between columns, nothing behind the last one. Cells are escaped here.

use super::escape::escape;
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

/// The table as text, one line a row.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    for row in rows {
        table.add_row(row.map(|cell| escape(&cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_foreign_text_is_tame() {
        let rows = [["a".into(), "wide 漢字".into()], ["\u{1b}[0m".into(), "b".into()]];
        assert_eq!(table(["ID", "NAME"], rows), "ID         NAME\na          wide 漢字\n\\u{1b}[0m  b\n");
    }
}
