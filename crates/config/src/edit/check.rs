//! What may be written: whatever every reader reads back as it was meant.

use crate::edit::{Change, EditError, SectionName, ValueFault};
use crate::header::{NameFault, header_line};
use crate::lexer::Dialect;
use crate::line::{LINE_BREAKS, Property, is_portable, split_property};
use crate::section::{FileRole, read_header};

/// Checks all texts of a change but the section names: those of sections that exist may be as odd as they are.
pub(super) fn check(change: &Change) -> Result<(), EditError> {
    match change {
        Change::Set { key, value, .. } => pair(key, value),
        Change::SetNested { key, name, value, .. } => {
            self::key(key)?;
            pair(name, value)
        }
        Change::Unset { key, .. } => self::key(key),
        Change::AddSection { values, .. } => values.iter().try_for_each(|(key, value)| pair(key, value)),
        Change::RemoveSection { .. } => Ok(()),
    }
}

/// The header line for a section that is to be made.
pub(super) fn new_header(section: &SectionName) -> Result<String, EditError> {
    match section {
        SectionName::Known(id) => header_line(id).map_err(EditError::Name),
        SectionName::Word(word) => {
            let plain = is_portable(word) && read_header(word, FileRole::Config, Dialect::Effective).is_err();
            // The AWS CLI hands the keys of [DEFAULT] to every section.
            match plain && !word.eq_ignore_ascii_case("default") {
                true => Ok(format!("[{word}]")),
                false => Err(EditError::Name(NameFault::NotAWord)),
            }
        }
    }
}

fn pair(key: &str, value: &str) -> Result<(), EditError> {
    self::key(key)?;
    self::value(key, value).map_err(|fault| EditError::Value { key: key.to_owned(), fault })
}

/// What the SDKs accept, without the `:` at which the AWS CLI ends a key.
fn key(key: &str) -> Result<(), EditError> {
    if is_portable(key) && !key.contains(':') { Ok(()) } else { Err(EditError::Key) }
}

fn value(key: &str, value: &str) -> Result<(), ValueFault> {
    if value.contains(LINE_BREAKS) {
        return Err(ValueFault::LineBreak);
    }
    if value.contains(|c: char| c.is_control() && c != '\t') {
        return Err(ValueFault::Control);
    }
    if value.trim() != value {
        return Err(ValueFault::OuterBlank);
    }
    // The reader's own code decides what would be cut.
    match split_property(&format!("{key} = {value}")) {
        Property::Found { name, value: found, comment_at: None, .. } if (name, found) == (key, value) => {
            Ok(())
        }
        _ => Err(ValueFault::CommentSign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (text, expected) in [
            ("eu-west-1", Ok(())),
            ("", Ok(())),
            ("a = b", Ok(())),
            ("https://x/start#/", Ok(())),
            ("a\tb", Ok(())),
            ("'q' \"q\" \\ % ] [x]", Ok(())),
            ("a\nregion = x", Err(ValueFault::LineBreak)),
            ("a\rb", Err(ValueFault::LineBreak)),
            ("a\u{2028}b", Err(ValueFault::LineBreak)),
            ("a\0b", Err(ValueFault::Control)),
            ("a\u{1b}b", Err(ValueFault::Control)),
            (" a", Err(ValueFault::OuterBlank)),
            ("a\u{a0}", Err(ValueFault::OuterBlank)),
            ("a # b", Err(ValueFault::CommentSign)),
            ("a\t;b", Err(ValueFault::CommentSign)),
            ("a\u{a0}#b", Err(ValueFault::CommentSign)),
            ("#a", Err(ValueFault::CommentSign)),
        ] {
            assert_eq!(value("k", text), expected, "{text:?}");
        }
    }

    #[test]
    fn keys() {
        for (text, fine) in [
            ("sso_region", true),
            ("a.b/c-d%e@f+g", true),
            ("", false),
            ("a:b", false),
            ("a b", false),
            ("a=b", false),
            ("ä", false),
            ("#a", false),
            ("[a]", false),
            ("a\nb", false),
        ] {
            assert_eq!(key(text).is_ok(), fine, "{text:?}");
        }
    }
}
