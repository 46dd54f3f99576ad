//! Section headers as the AWS CLI writes them, and which names it can read back.

use crate::lexer::{Dialect, RecordKind, lex};
use crate::line::{BLANKS, LINE_BREAKS};
use crate::section::{FileRole, SectionId, SectionKind, read_header};
use thiserror::Error;

/// Why a name cannot stand in a header: the AWS CLI would write it and not read it back, or would read another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameFault {
    /// It is empty.
    #[error("it is empty")]
    Empty,
    /// A line break.
    #[error("it has a line break")]
    LineBreak,
    /// NUL, tab or another control character.
    #[error("it has a control character")]
    Control,
    /// White space at the start or the end.
    #[error("it starts or ends with white space")]
    OuterBlank,
    /// White space other than the space, which readers disagree about.
    #[error("it has white space other than the space")]
    OtherBlank,
    /// `'` or `"`.
    #[error("it has a quote")]
    Quote,
    /// `\`.
    #[error("it has a backslash")]
    Backslash,
    /// `]`.
    #[error("it has a ']'")]
    Bracket,
    /// `#` or `;`: the AWS SDKs cut the header there and refuse the whole file.
    #[error("it has a '#' or ';'")]
    CommentSign,
    /// A section without a kind must be one word of `A-Za-z0-9_-/.%@:+` and none that means something else.
    #[error("it is not a plain word")]
    NotAWord,
}

/// Checks that every reader finds this name again when it is written into a header.
///
/// # Errors
/// The first thing that stands against it. The name itself is not part of the answer.
pub fn check_name(name: &str) -> Result<(), NameFault> {
    if name.is_empty() {
        return Err(NameFault::Empty);
    }
    for (fault, found) in [
        (NameFault::LineBreak, name.contains(LINE_BREAKS)),
        (NameFault::Control, name.contains(char::is_control)),
        (NameFault::OuterBlank, name.trim() != name),
        (NameFault::OtherBlank, name.contains(|c: char| c.is_whitespace() && c != ' ')),
        (NameFault::Quote, name.contains(['\'', '"'])),
        (NameFault::Backslash, name.contains('\\')),
        (NameFault::Bracket, name.contains(']')),
        (NameFault::CommentSign, name.contains(['#', ';'])),
    ] {
        if found {
            return Err(fault);
        }
    }
    Ok(())
}

/// Whether the AWS SDKs see a section of this name: it has only characters of `A-Za-z0-9_-/.%@:+`.
///
/// The AWS CLI reads more names than that ([`check_name`]).
#[must_use]
pub fn is_portable_name(name: &str) -> bool {
    crate::line::is_portable(name)
}

/// What stands between the brackets, as the AWS CLI writes it: the name in shell quotes where it has blanks.
///
/// This is a function of any name; [`check_name`] says which ones can be read back.
///
/// ```
/// use sso_config::{SectionKind, header_text};
/// assert_eq!(header_text(SectionKind::Profile, "default"), "default");
/// assert_eq!(header_text(SectionKind::Profile, "two words"), "profile 'two words'");
/// assert_eq!(header_text(SectionKind::SsoSession, "corp"), "sso-session corp");
/// ```
#[must_use]
pub fn header_text(kind: SectionKind, name: &str) -> String {
    match (kind, name) {
        (SectionKind::Profile, "default") => name.to_owned(),
        _ if name.contains(BLANKS) => format!("{} '{}'", kind.prefix(), name.replace('\'', r#"'"'"'"#)),
        _ => format!("{} {name}", kind.prefix()),
    }
}

/// The header line of a section, only if we read it back as that very section.
pub(crate) fn header_line(id: &SectionId) -> Result<String, NameFault> {
    check_name(&id.name)?;
    let text = header_text(id.kind, &id.name);
    let line = format!("[{text}]");
    let lexed = lex(&line, Dialect::Effective);
    let back = read_header(&text, FileRole::Config, Dialect::Effective);
    let same = back.is_ok_and(|header| header.kind == id.kind && header.name == id.name.as_str());
    let plain = lexed.remarks.is_empty()
        && lexed.records.first().is_some_and(|record| {
            record.kind == RecordKind::Header && record.name.of(&line) == text.as_str()
        });
    // check_name() leaves nothing that gets here; were there something, no file would suffer from it.
    if same && plain { Ok(line) } else { Err(NameFault::NotAWord) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_cannot_be_read_back() {
        for (name, expected) in [
            ("prod", Ok(())),
            ("two words", Ok(())),
            ("ä", Ok(())),
            ("a[b", Ok(())),
            ("", Err(NameFault::Empty)),
            ("a\nb", Err(NameFault::LineBreak)),
            ("a\r", Err(NameFault::LineBreak)),
            ("a\0", Err(NameFault::Control)),
            ("a\tb", Err(NameFault::Control)),
            ("a\u{1b}[1m", Err(NameFault::Control)),
            (" a", Err(NameFault::OuterBlank)),
            ("a\u{a0}", Err(NameFault::OuterBlank)),
            ("a\u{a0}b", Err(NameFault::OtherBlank)),
            ("o'brien", Err(NameFault::Quote)),
            ("a\"b", Err(NameFault::Quote)),
            ("a\\b", Err(NameFault::Backslash)),
            ("a]b", Err(NameFault::Bracket)),
            ("a#b", Err(NameFault::CommentSign)),
            ("a;b", Err(NameFault::CommentSign)),
        ] {
            assert_eq!(check_name(name), expected, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_passes_is_read_back(name in "[ -~]{1,8}|.{1,6}") {
            for kind in [SectionKind::Profile, SectionKind::SsoSession, SectionKind::Services] {
                let id = SectionId { kind, name: name.clone() };
                prop_assert_eq!(header_line(&id).is_ok(), check_name(&name).is_ok(), "{:?}", name);
            }
        }
    }
}
