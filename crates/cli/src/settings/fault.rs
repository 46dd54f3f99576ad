//! What can be wrong with the settings file: facts, worded in `explain/settings.rs`.

use sso_config::Place;

/// Something is wrong with a line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SettingsError {
    pub(crate) place: Place,
    pub(crate) fault: SettingsFault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SettingsFault {
    /// The operating system's words, or what the file is instead of a text.
    Unreadable(String),
    /// Neither a section, nor `key = value`, nor a comment.
    Line(String),
    /// `#` behind white space: nobody could tell it from a value.
    IndentedComment,
    /// No section that is read here; the nearest right header.
    Section { header: String, nearest: String },
    /// The session has a section already, in this line.
    SectionAgain { name: String, first: u32 },
    /// No key that is read here; the nearest right one.
    Key { key: String, nearest: &'static str },
    /// The key stands there already, in this line.
    KeyAgain { key: String, first: u32 },
    /// A value that the key cannot have.
    Value { key: &'static str, value: String, expected: Expected },
    /// A text browser: it would take the terminal.
    TextBrowser(String),
    /// `browser_private` or `browser_profile` with a browser whose switches are not known (`None`: the system's opener).
    Family { key: &'static str, browser: Option<String> },
}

/// What the value should have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// One of these; the nearest one.
    OneOf(&'static [&'static str], &'static str),
    /// A command without an open quote.
    Command,
    /// A name that does not look like an option.
    Name,
}
