//! What a file holds that some tool reads otherwise, or that is probably not meant. None of it stops us.

use crate::place::Place;
use std::fmt;

/// Who reads the place otherwise than we do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The AWS CLI and the other botocore programs.
    AwsCli,
    /// The AWS SDKs (judged by the SDK for Rust and the test data that the SDKs share).
    AwsSdks,
    /// Both.
    Both,
    /// Nobody: all read it as we do, but it is probably not what was meant.
    Nobody,
}

/// What the other reader makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It refuses the whole file.
    RefusesFile,
    /// It reads another value.
    OtherValue,
    /// It does not see the section or the key.
    Ignores,
    /// It sees a section or a key that we ignore.
    Accepts,
    /// It reads the same.
    Same,
}

/// One such place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: ProblemKind,
}

/// Why a section is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// The header is none that the file knows (`[foo]` in the config file). It may lack the word `profile`.
    UnknownHeader,
    /// `[DEFAULT]`: the AWS CLI hands its keys to every section of the file.
    UpperCaseDefault,
    /// `[profiles foo]`: only the AWS CLI takes it for a profile.
    GluedPrefix,
    /// `[]`: the AWS CLI refuses the file.
    EmptyBrackets,
    /// `[profile]`: there is no name.
    NoName,
    /// `[profile ""]`: only the AWS CLI knows a profile without a name.
    EmptyName,
    /// `[profile a b]`: names with spaces need quotes.
    SeveralWords,
    /// A quote is opened and never closed.
    UnbalancedQuote,
    /// A `\` in the name: the AWS CLI drops it, so the name is not what it looks like.
    Backslash,
    /// A `]` in the name.
    Bracket,
    /// A header with a prefix in the credentials file, where names stand alone.
    PrefixInCredentials,
    /// The SDKs' reading only: the name has characters outside `A-Za-z0-9_-/.%@:+`, or is quoted.
    NotPortable,
}

/// What is remarkable at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file starts with a UTF-8 byte order mark.
    ByteOrderMark,
    /// `k = v # c`: the AWS CLI takes the comment into the value.
    InlineComment,
    /// An indented comment: for the SDKs it continues the value, or is an error.
    IndentedComment,
    /// An indented property that continues nothing.
    IndentedProperty,
    /// An indented section header that continues nothing.
    IndentedHeader,
    /// An indented `k = v` or `[x]` that all tools read as text of the value above.
    SwallowedLine,
    /// ` # c` in a continuation line: all tools read it as text of the value.
    CommentInContinuation,
    /// A blank line inside a value: the AWS CLI keeps an empty line.
    BlankLineInValue,
    /// White space other than space and tab around a name or value: the AWS CLI drops it.
    OddBlank,
    /// A `:` before the `=`: the AWS CLI ends the key there.
    ColonInKey,
    /// A carriage return inside a line: the AWS CLI ends the line there.
    LoneCarriageReturn,
    /// Text after the `]` of a header.
    TextAfterHeader,
    /// A `]` in the comment after a header: the AWS CLI takes the name to end there.
    BracketInComment,
    /// A `#` or `;` inside the brackets of a header: the SDKs cut the header there.
    CommentSignInName,
    /// Blanks inside the brackets: for the AWS CLI it is another name.
    BlankInBrackets,
    /// The section is not read.
    IgnoredSection(Ignored),
    /// A quoted name: the AWS CLI writes and reads it, the SDKs ignore the section.
    QuotedName,
    /// A name with characters that the SDKs do not accept: they ignore the section.
    NotPortableName,
    /// A key with characters that the SDKs do not accept. It is ignored.
    InvalidKey,
    /// The section stands in the file already; the parts are merged.
    DuplicateSection {
        /// Line of the one before.
        first: u32,
    },
    /// The same name in another spelling (`a` and `"a"`); the parts are merged.
    OtherSpelling {
        /// Line of the one before.
        first: u32,
    },
    /// The key stands in the section already; the last one holds.
    DuplicateKey {
        /// Line of the one before.
        first: u32,
    },
    /// `[default]` is hidden, contents and all, by `[profile default]`.
    HiddenDefault {
        /// Line of `[profile default]`.
        by: u32,
    },
}

impl ProblemKind {
    /// Who reads it otherwise, and how.
    #[must_use]
    pub fn reading(self) -> (Reader, Effect) {
        use Effect::{Accepts, Ignores, OtherValue, RefusesFile, Same};
        use Reader::{AwsCli, AwsSdks, Both, Nobody};
        match self {
            Self::ByteOrderMark => (Both, RefusesFile),
            Self::InlineComment
            | Self::BlankLineInValue
            | Self::OddBlank
            | Self::ColonInKey
            | Self::LoneCarriageReturn => (AwsCli, OtherValue),
            Self::IndentedComment => (AwsSdks, OtherValue),
            Self::IndentedProperty
            | Self::IndentedHeader
            | Self::TextAfterHeader
            | Self::CommentSignInName => (AwsSdks, RefusesFile),
            Self::SwallowedLine | Self::CommentInContinuation => (Nobody, Same),
            Self::BracketInComment | Self::BlankInBrackets => (AwsCli, Ignores),
            Self::QuotedName | Self::NotPortableName => (AwsSdks, Ignores),
            Self::InvalidKey => (AwsCli, Accepts),
            Self::DuplicateSection { .. } | Self::DuplicateKey { .. } => (AwsCli, RefusesFile),
            Self::OtherSpelling { .. } | Self::HiddenDefault { .. } => (AwsCli, OtherValue),
            Self::IgnoredSection(why) => match why {
                Ignored::UpperCaseDefault
                | Ignored::GluedPrefix
                | Ignored::EmptyName
                | Ignored::Backslash
                | Ignored::Bracket
                | Ignored::NotPortable
                | Ignored::PrefixInCredentials => (AwsCli, Accepts),
                Ignored::EmptyBrackets => (AwsCli, RefusesFile),
                Ignored::UnknownHeader
                | Ignored::NoName
                | Ignored::SeveralWords
                | Ignored::UnbalancedQuote => (Nobody, Same),
            },
        }
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AwsCli => "the AWS CLI",
            Self::AwsSdks => "the AWS SDKs",
            Self::Both => "the AWS CLI and SDKs",
            Self::Nobody => "no tool",
        })
    }
}
