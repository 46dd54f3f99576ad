//! Files that are not plain UTF-8, made so.

use super::Rewritten;

/// What is wrong with the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// UTF-8 with a byte order mark.
    Mark,
    /// UTF-16.
    Utf16 { big: bool },
    /// NUL bytes, as a crash leaves them.
    Nul { count: usize },
    /// No line end but CR.
    OldLineEnds,
    /// Some bytes are not UTF-8.
    Foreign,
}

impl Fault {
    /// As the end of "the file ...".
    pub(crate) fn says(self) -> String {
        match self {
            Self::Mark => "begins with a byte order mark".to_owned(),
            Self::Utf16 { .. } => "is UTF-16".to_owned(),
            Self::Nul { count: 1 } => "has a NUL byte".to_owned(),
            Self::Nul { count } => format!("has {count} NUL bytes"),
            Self::OldLineEnds => "has no line ends but CR, so it is one line to every tool".to_owned(),
            Self::Foreign => "is not UTF-8".to_owned(),
        }
    }
}

/// What is wrong with the encoding of a file.
pub(crate) fn fault(bytes: &[u8]) -> Option<Fault> {
    if let Some(big) = wide(bytes) {
        return Some(Fault::Utf16 { big });
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Some(Fault::Mark);
    }
    if std::str::from_utf8(bytes).is_err() {
        return Some(Fault::Foreign);
    }
    match bytes.iter().filter(|byte| **byte == 0).count() {
        0 => (bytes.contains(&b'\r') && !bytes.contains(&b'\n')).then_some(Fault::OldLineEnds),
        count => Some(Fault::Nul { count }),
    }
}

/// Whether it is UTF-16, and then whether the big end comes first. Without a mark every second byte tells: the names of
/// keys are ASCII.
fn wide(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(false),
        [0xfe, 0xff, ..] => return Some(true),
        _ => {}
    }
    let nuls = |first: usize| bytes.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let most = |count: usize| count * 4 > bytes.len().max(4);
    match bytes.len() % 2 {
        0 if most(nuls(1)) && nuls(0) == 0 => Some(false),
        0 if most(nuls(0)) && nuls(1) == 0 => Some(true),
        _ => None,
    }
}

/// The same text in UTF-8; `None` if it cannot be told which text it is, or it is fine.
pub(super) fn plain(bytes: &[u8]) -> Option<Rewritten> {
    let mut text = String::new();
    let mut changes = Vec::new();
    match fault(bytes)? {
        Fault::Utf16 { big } => {
            let unit = |pair: &[u8]| match *pair {
                [a, b] if big => Some(u16::from_be_bytes([a, b])),
                [a, b] => Some(u16::from_le_bytes([a, b])),
                _ => None,
            };
            let units: Vec<u16> = bytes.chunks(2).map(unit).collect::<Option<_>>()?;
            text = String::from_utf16(&units).ok()?;
            changes.push("from UTF-16 to UTF-8".to_owned());
        }
        Fault::Foreign => {
            text = latin(bytes)?;
            changes.push("bytes that are not UTF-8 are read as Latin-1".to_owned());
        }
        _ => text.push_str(std::str::from_utf8(bytes).ok()?),
    }
    let marked = text.len();
    text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    if text.len() < marked && changes.is_empty() {
        changes.push("without the byte order mark".to_owned());
    }
    let nuls = text.matches('\0').count();
    if nuls > 0 {
        text.retain(|c| c != '\0');
        changes.push(format!("without {nuls} NUL bytes"));
    }
    if text.contains('\r') && !text.contains('\n') {
        text = text.replace('\r', "\n");
        changes.push("line ends from CR to LF".to_owned());
    }
    Some(Rewritten { bytes: text.into_bytes(), changes })
}

/// Bytes that are not UTF-8 as Latin-1, all others as they are. Where Latin-1 has control characters it was something else.
fn latin(bytes: &[u8]) -> Option<String> {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let c = char::from(*byte);
            if c.is_control() {
                return None;
            }
            text.push(c);
        }
    }
    Some(text)
}
