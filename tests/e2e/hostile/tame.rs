//! Whether output could drive a terminal, and a text that would.

/// A text that tries all of it: colours, a link, a title, line ends, a backspace, C1, the clipboard, directions, zero width, NUL.
pub(super) const EVIL: &str = "X\u{1b}[7;5;41mY\u{1b}]8;;https://evil.example\u{7}Z\u{1b}]0;owned\u{7}\r\nQ\u{8}\u{7f}\u{9b}2J\
    \u{9d}52;c;eA==\u{9c}\u{202e}gnp\u{2066}\u{200b}\u{feff}\u{ad}\u{2028}\u{e0041}\u{0}end";
/// How its beginning is shown.
pub(super) const SHOWN: &str = "X\\u{1b}[7;5;41mY\\u{1b}]8;;https://evil.example\\u{7}Z\\u{1b}]0;owned\\u{7}";
/// Our own colours; EVIL's are others.
const OURS: [&str; 5] = ["0", "1", "31", "32", "35"];

/// The text without our colours.
///
/// # Errors
/// There is a byte that a terminal would obey, or bytes that are no UTF-8.
pub(super) fn without_colours(bytes: &[u8]) -> Result<String, String> {
    let mut rest = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let mut text = String::with_capacity(rest.len());
    while let Some(c) = rest.chars().next() {
        let colour = rest.strip_prefix("\u{1b}[").and_then(|rest| rest.split_once('m'));
        match colour {
            Some((colour, after)) if OURS.contains(&colour) => rest = after,
            _ if c != '\n' && drives(c) => {
                return Err(format!("{c:?} in {:?}", rest.chars().take(40).collect::<String>()));
            }
            _ => {
                text.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    Ok(text)
}

/// Written down here once more, by the names that Unicode gives: an oracle must not repeat our mistakes.
fn drives(c: char) -> bool {
    let code = u32::from(c);
    let controls = code < 0x20 || (0x7f..0xa0).contains(&code);
    let directions = matches!(code, 0x61c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069);
    let invisible =
        matches!(code, 0xad | 0x180e | 0x200b..=0x200d | 0x2060..=0x2065 | 0xfeff | 0xfff9..=0xfffb);
    let lines = matches!(code, 0x2028 | 0x2029);
    let tags = (0xe0000..=0xe007f).contains(&code);
    controls || directions || invisible || lines || tags
}

/// What could drive a terminal is found, wherever it stands.
#[test]
fn the_check_finds_what_it_looks_for() {
    assert_eq!(
        without_colours("\u{1b}[1m\u{1b}[31merror\u{1b}[0m: é 漢字 😂\n".as_bytes()),
        Ok("error: é 漢字 😂\n".into())
    );
    for c in EVIL.chars().filter(|c| !c.is_ascii_graphic() && *c != '\n') {
        assert!(without_colours(format!("a{c}b").as_bytes()).is_err(), "{c:?}");
    }
    for text in ["\u{1b}[7;5;41m", "\u{1b}[31", "\u{1b}[2J", "\r", "\u{85}", "\u{2069}"] {
        assert!(without_colours(text.as_bytes()).is_err(), "{text:?}");
    }
    assert!(without_colours(b"\xff").is_err());
}
