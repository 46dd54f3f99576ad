//! The one gate for foreign text: nothing from a server, a config, a cache or a file name can drive the terminal.

use serde_json::Value;
use std::fmt::Write as _;
use std::io;

/// The text with every control, bidirectional, invisible and line-breaking character made visible.
pub(crate) fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if is_unsafe(c) {
            // Writing into a String cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
        out
    })
}

/// Whether the text has such a character.
pub(crate) fn is_needed(text: &str) -> bool {
    // Most text is plain, and a list has a great deal of it.
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    !plain && text.chars().any(is_unsafe)
}

/// A JSON document and a newline, in which those characters are `\u` and four hex digits.
pub(crate) fn json(value: &Value, pretty: bool) -> String {
    let mut text = Vec::new();
    // Memory takes everything.
    let _ = write_json(&mut text, value, pretty);
    String::from_utf8(text).unwrap_or_default()
}

/// The same, piece by piece: a document of thousands of accounts need not be in memory as a text, too.
///
/// # Errors
/// It cannot be written.
pub(crate) fn write_json(out: impl io::Write, value: &Value, pretty: bool) -> io::Result<()> {
    let mut out = Escaping(out);
    match pretty {
        true => serde_json::to_writer_pretty(&mut out, value),
        false => serde_json::to_writer(&mut out, value),
    }?;
    out.0.write_all(b"\n")
}

/// Takes what serde_json writes: whole characters, with control characters as escapes already.
struct Escaping<W>(W);

impl<W: io::Write> io::Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let mut plain = text;
        while let Some((at, c)) = plain.char_indices().find(|(_, c)| *c != '\n' && is_unsafe(*c)) {
            let (before, rest) = plain.split_at(at);
            self.0.write_all(before.as_bytes())?;
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(self.0, "\\u{unit:04x}")?;
            }
            plain = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        self.0.write_all(plain.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn is_unsafe(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    // What Unicode calls ignorable shows nothing: two names that look alike would be two. Only the selectors that choose
    // between a letter and a picture (FE00 to FE0F) stay, for the names that people give.
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_could_drive_a_terminal_is_shown_as_what_it_is() {
        for (text, shown) in [
            ("plain é 漢字 😂", "plain é 漢字 😂"),
            ("\u{1b}]0;owned\u{7}", "\\u{1b}]0;owned\\u{7}"),
            ("a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("abc\u{202e}def", "abc\\u{202e}def"),
            ("pro\u{3164}d\u{34f}", "pro\\u{3164}d\\u{34f}"),
            ("a heart \u{2764}\u{fe0f}", "a heart \u{2764}\u{fe0f}"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
        ] {
            assert_eq!(escape(text), shown);
        }
    }

    #[test]
    fn json_holds_them_as_escapes_and_means_the_same() {
        let value = serde_json::json!({ "name": "a\u{9b}\u{202e}\u{7f}\u{e0001}\n\u{1b}é" });
        for pretty in [false, true] {
            let text = json(&value, pretty);
            assert!(text.chars().all(|c| c == '\n' || !is_unsafe(c)), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
        }
    }

    proptest! {
        #[test]
        fn no_byte_that_a_terminal_obeys_comes_out(text in ".*") {
            prop_assert!(escape(&text).chars().all(|c| !is_unsafe(c)));
        }
    }
}
