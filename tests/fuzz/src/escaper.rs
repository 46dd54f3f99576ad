//! Target: the gate for foreign text. Input: a text, or a JSON document.
//!
//! What comes out drives no terminal and hides nothing, by Unicode's own lists; as JSON it is the same document; in a cell of
//! a spreadsheet it is text.

use crate::fields::text;
use crate::output::csv::csv;
use crate::output::escape::{escape, is_needed, json};
use serde_json::Value;

/// Unicode 16: Bidi_Control, and what is invisible (Default_Ignorable_Code_Point) but for the variation selectors that choose
/// between a letter and a picture; the line and paragraph separators; interlinear annotations.
const HIDDEN: [(u32, u32); 20] = [
    (0xad, 0xad),
    (0x34f, 0x34f),
    (0x61c, 0x61c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x2028, 0x2029),
    (0x202a, 0x202e),
    (0x2060, 0x2064),
    (0x2065, 0x2065),
    (0x2066, 0x206f),
    (0x3164, 0x3164),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfff8),
    (0xfff9, 0xfffb),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0xe0000, 0xe0fff),
];

fn is_hidden(c: char) -> bool {
    let number = u32::from(c);
    let control = number < 0x20 || (0x7f..0xa0).contains(&number);
    control || HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&number))
}

/// Runs the target.
pub fn escaper(data: &[u8]) {
    let text = text(data);
    let shown = escape(&text);
    if let Some(c) = shown.chars().find(|c| is_hidden(*c)) {
        panic!("U+{:04X} comes out", u32::from(c));
    }
    assert_eq!(is_needed(&text), shown != text);
    assert_eq!(escape(&shown), shown, "what is visible stays as it is");
    assert!(!text.chars().any(is_hidden) || is_needed(&text));
    let document = serde_json::from_slice(data).unwrap_or_else(|_| Value::from(text.as_str()));
    for pretty in [false, true] {
        let written = json(&document, pretty);
        let hidden = written.chars().find(|c| *c != '\n' && is_hidden(*c));
        assert!(hidden.is_none(), "{hidden:?} comes out");
        assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), document);
        assert!(pretty || written.matches('\n').count() == 1, "one line");
    }
    cells(&text, &shown);
}

/// Two cells, read back by the rules of RFC 4180.
fn cells(text: &str, shown: &str) {
    let written = csv(["A", "B"], [[text.to_owned(), "x".to_owned()]]);
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(written.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let [row] = rows.as_slice() else { panic!("{} rows: {written}", rows.len()) };
    let cell = &row[0];
    assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a formula: {cell}");
    assert_eq!(cell.strip_prefix('\'').filter(|rest| *rest == shown).unwrap_or(cell), shown);
    assert_eq!(&row[1], "x");
}
