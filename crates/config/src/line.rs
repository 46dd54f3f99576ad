//! What stands within one line: blanks, comments, `name = value`.

use memchr::{memchr, memchr2, memchr2_iter};

/// White space of this dialect: the space and the tab, nothing else.
pub(crate) const BLANKS: [char; 2] = [' ', '\t'];

/// What ends a line for some reader or terminal: never written into a name or a value.
pub(crate) const LINE_BREAKS: [char; 5] = ['\r', '\n', '\u{85}', '\u{2028}', '\u{2029}'];

/// [`str::trim_start_matches`] with [`BLANKS`], by bytes: every line of the file comes through here.
pub(crate) fn trim_start(text: &str) -> &str {
    let blanks = text.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    text.get(blanks..).unwrap_or_default()
}

/// [`str::trim_end_matches`] with [`BLANKS`], by bytes.
pub(crate) fn trim_end(text: &str) -> &str {
    let blanks = text.bytes().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    text.get(..text.len() - blanks).unwrap_or_default()
}

/// Whether white space of any script could stand at an end of the text: a look at two bytes, for most lines enough.
pub(crate) fn has_plain_ends(text: &str) -> bool {
    let plain = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    plain(text.as_bytes().first()) && plain(text.as_bytes().last())
}

/// One line without its end.
pub(crate) struct Line<'a> {
    /// How many blanks it starts with.
    pub(crate) indent: usize,
    /// The text without the blanks around it.
    pub(crate) trimmed: &'a str,
    at: usize,
}

impl<'a> Line<'a> {
    /// `at` is where the body stands in the file.
    pub(crate) fn new(body: &'a str, at: usize) -> Self {
        let tail = trim_start(body);
        Self { indent: body.len() - tail.len(), trimmed: trim_end(tail), at }
    }

    /// Where the trimmed text starts in the file.
    pub(crate) fn start(&self) -> usize {
        self.at + self.indent
    }

    /// Where the trimmed text ends in the file.
    pub(crate) fn end(&self) -> usize {
        self.start() + self.trimmed.len()
    }
}

/// Whether the text, without leading blanks, is a comment.
pub(crate) fn is_comment(trimmed: &str) -> bool {
    trimmed.starts_with(['#', ';'])
}

/// Cuts a header at its first `#` or `;`: the text before, trimmed, and the comment.
pub(crate) fn cut_header_comment(trimmed: &str) -> (&str, &str) {
    let at = memchr2(b'#', b';', trimmed.as_bytes()).unwrap_or(trimmed.len());
    let (head, comment) = trimmed.split_at_checked(at).unwrap_or((trimmed, ""));
    (head.trim_end_matches(BLANKS), comment)
}

/// What a line that may be a property turns out to be.
pub(crate) enum Property<'a> {
    /// There is no `=`.
    NoEquals,
    /// Nothing stands before the `=`.
    NoName,
    /// `name = value # comment`.
    Found {
        /// The name, trimmed. It starts where the text starts.
        name: &'a str,
        /// The value, trimmed, without the comment.
        value: &'a str,
        /// Where the value starts in the text.
        value_at: usize,
        /// Where the comment starts in the text.
        comment_at: Option<usize>,
    },
}

/// Splits at the first `=`, after cutting the first `#` or `;` that follows white space.
pub(crate) fn split_property(trimmed: &str) -> Property<'_> {
    let comment_at = comment_start(trimmed);
    let text = comment_at.and_then(|at| trimmed.get(..at)).unwrap_or(trimmed);
    let Some(equals) = memchr(b'=', text.as_bytes()) else { return Property::NoEquals };
    let (name, value) = (text.get(..equals).unwrap_or_default(), text.get(equals + 1..).unwrap_or_default());
    let tail = trim_start(value);
    let value_at = text.len() - tail.len();
    let name = trim_end(trim_start(name));
    if name.is_empty() {
        return Property::NoName;
    }
    Property::Found { name, value: trim_end(tail), value_at, comment_at }
}

/// Any Unicode white space counts here, unlike everywhere else: that is how the SDKs read it.
fn comment_start(text: &str) -> Option<usize> {
    memchr2_iter(b'#', b';', text.as_bytes())
        .find(|at| text.get(..*at).is_some_and(|before| before.ends_with(char::is_whitespace)))
}

/// Whether a continuation line looks like a property or header that was indented by mistake.
pub(crate) fn looks_like_item(trimmed: &str, found: &Property<'_>) -> bool {
    match found {
        Property::Found { name, .. } => {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        }
        _ => trimmed.starts_with('[') && trimmed.ends_with(']'),
    }
}

/// Whether the SDKs accept it as the name of a section or property: `[A-Za-z0-9_\-/.%@:+]+`.
pub(crate) fn is_portable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(is_portable_byte)
}

/// One byte of such a name. As ranges, because every name of the file comes through here.
pub(crate) const fn is_portable_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'@'..=b'Z' | b'-'..=b':' | b'_' | b'%' | b'+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portable_bytes_are_letters_digits_and_eight_signs() {
        for byte in 0..=u8::MAX {
            let expected = byte.is_ascii_alphanumeric() || b"_-/.%@:+".contains(&byte);
            assert_eq!(is_portable_byte(byte), expected, "{byte:#x}");
        }
    }

    #[test]
    fn properties_are_cut_and_split() {
        for (text, expected) in [
            ("a = b", Some(("a", "b", None))),
            ("a=b=c", Some(("a", "b=c", None))),
            ("a = b # c", Some(("a", "b", Some(6)))),
            ("a = b\t;c", Some(("a", "b", Some(6)))),
            ("a = b\u{a0}# c", Some(("a", "b\u{a0}", Some(7)))),
            ("a = b#c;d", Some(("a", "b#c;d", None))),
            ("a =", Some(("a", "", None))),
            ("a = # x", Some(("a", "", Some(4)))),
            ("a =# x", Some(("a", "# x", None))),
            ("a # = b", None),
            ("= b", None),
            ("a", None),
        ] {
            let found = match split_property(text) {
                Property::Found { name, value, value_at, comment_at } => {
                    assert!(text.get(value_at..).is_some_and(|tail| tail.starts_with(value)), "{text}");
                    Some((name, value, comment_at))
                }
                _ => None,
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
