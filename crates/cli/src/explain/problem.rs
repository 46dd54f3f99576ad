//! What tools read differently, told: a name for scripts, the cause in words, and what a tool makes of it.

use serde::Serialize;
use sso_config::{Effect, Ignored, ProblemKind, Reader};

/// Why a text is read otherwise: a stable word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Cause {
    ByteOrderMark,
    InlineComment,
    IndentedComment,
    IndentedKey,
    IndentedHeader,
    SwallowedLine,
    CommentInContinuation,
    BlankLineInValue,
    OddBlank,
    ColonInKey,
    LoneCarriageReturn,
    TextAfterHeader,
    BracketInComment,
    CommentSignInName,
    BlankInBrackets,
    IgnoredSection,
    QuotedName,
    NotPortableName,
    InvalidKey,
    DuplicateSection,
    OtherSpelling,
    DuplicateKey,
    HiddenDefault,
}

impl From<ProblemKind> for Cause {
    fn from(kind: ProblemKind) -> Self {
        match kind {
            ProblemKind::ByteOrderMark => Self::ByteOrderMark,
            ProblemKind::InlineComment => Self::InlineComment,
            ProblemKind::IndentedComment => Self::IndentedComment,
            ProblemKind::IndentedProperty => Self::IndentedKey,
            ProblemKind::IndentedHeader => Self::IndentedHeader,
            ProblemKind::SwallowedLine => Self::SwallowedLine,
            ProblemKind::CommentInContinuation => Self::CommentInContinuation,
            ProblemKind::BlankLineInValue => Self::BlankLineInValue,
            ProblemKind::OddBlank => Self::OddBlank,
            ProblemKind::ColonInKey => Self::ColonInKey,
            ProblemKind::LoneCarriageReturn => Self::LoneCarriageReturn,
            ProblemKind::TextAfterHeader => Self::TextAfterHeader,
            ProblemKind::BracketInComment => Self::BracketInComment,
            ProblemKind::CommentSignInName => Self::CommentSignInName,
            ProblemKind::BlankInBrackets => Self::BlankInBrackets,
            ProblemKind::IgnoredSection(_) => Self::IgnoredSection,
            ProblemKind::QuotedName => Self::QuotedName,
            ProblemKind::NotPortableName => Self::NotPortableName,
            ProblemKind::InvalidKey => Self::InvalidKey,
            ProblemKind::DuplicateSection { .. } => Self::DuplicateSection,
            ProblemKind::OtherSpelling { .. } => Self::OtherSpelling,
            ProblemKind::DuplicateKey { .. } => Self::DuplicateKey,
            ProblemKind::HiddenDefault { .. } => Self::HiddenDefault,
        }
    }
}

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Reader"))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Who {
    /// The AWS CLI and the other botocore programs.
    AwsCli,
    AwsSdks,
    /// The AWS CLI and the SDKs.
    Both,
    /// All read it as `sso` does, but it is probably not what was meant.
    Nobody,
}

impl From<Reader> for Who {
    fn from(reader: Reader) -> Self {
        match reader {
            Reader::AwsCli => Self::AwsCli,
            Reader::AwsSdks => Self::AwsSdks,
            Reader::Both => Self::Both,
            Reader::Nobody => Self::Nobody,
        }
    }
}

/// What they make of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[cfg_attr(any(test, feature = "manual"), schemars(rename = "Effect"))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Makes {
    /// They refuse the whole file.
    RefusesFile,
    /// They read another value.
    OtherValue,
    /// They do not see the section or the key.
    Ignores,
    /// They see a section or a key that `sso` ignores.
    Accepts,
    /// They read the same.
    Same,
}

impl From<Effect> for Makes {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::RefusesFile => Self::RefusesFile,
            Effect::OtherValue => Self::OtherValue,
            Effect::Ignores => Self::Ignores,
            Effect::Accepts => Self::Accepts,
            Effect::Same => Self::Same,
        }
    }
}

/// The cause, as the end of a sentence.
pub(crate) fn cause(kind: ProblemKind) -> String {
    let text = match kind {
        ProblemKind::ByteOrderMark => "the file begins with a byte order mark",
        ProblemKind::InlineComment => "the comment becomes part of the value",
        ProblemKind::IndentedComment => "an indented comment continues the value",
        ProblemKind::IndentedProperty => "an indented key continues nothing",
        ProblemKind::IndentedHeader => "the section header is indented",
        ProblemKind::SwallowedLine => "an indented line is text of the value, not a key of its own",
        ProblemKind::CommentInContinuation => "a comment in an indented line is text of the value",
        ProblemKind::BlankLineInValue => "a blank line stands inside the value",
        ProblemKind::OddBlank => "an unusual blank stands around the name or the value",
        ProblemKind::ColonInKey => "a ':' before the '=' ends the key",
        ProblemKind::LoneCarriageReturn => "a carriage return inside the line ends it",
        ProblemKind::TextAfterHeader => "text stands after the ']' of the header",
        ProblemKind::BracketInComment => "a ']' in the comment after the header changes the name",
        ProblemKind::CommentSignInName => "a '#' or ';' inside the brackets cuts the header",
        ProblemKind::BlankInBrackets => "blanks inside the brackets make it another name",
        ProblemKind::IgnoredSection(Ignored::EmptyBrackets) => "a section header without a name",
        ProblemKind::IgnoredSection(_) => "the section is not read",
        ProblemKind::QuotedName => "the name is quoted",
        ProblemKind::NotPortableName => "the name has characters outside A-Za-z0-9_-/.%@:+",
        ProblemKind::InvalidKey => "the key has characters outside A-Za-z0-9_-/.%@:+",
        ProblemKind::DuplicateSection { first } => {
            return format!("the section stands in the file already, in line {first}");
        }
        ProblemKind::OtherSpelling { first } => {
            return format!("the name stands in line {first} in another spelling");
        }
        ProblemKind::DuplicateKey { first } => {
            return format!("the key stands in the section already, in line {first}");
        }
        ProblemKind::HiddenDefault { by } => return format!("[profile default] in line {by} hides it"),
    };
    text.to_owned()
}

/// `AWS CLI refuses the whole file`; `None` if all tools read the same.
pub(crate) fn effect(reader: Reader, effect: Effect) -> Option<String> {
    let (who, one) = match reader {
        Reader::AwsCli => ("AWS CLI", true),
        Reader::AwsSdks => ("SDKs", false),
        Reader::Both => ("AWS CLI and SDKs", false),
        Reader::Nobody => return None,
    };
    let does = match (effect, one) {
        (Effect::RefusesFile, true) => "refuses the whole file",
        (Effect::RefusesFile, false) => "refuse the whole file",
        (Effect::OtherValue, true) => "reads something else",
        (Effect::OtherValue, false) => "read something else",
        (Effect::Ignores, true) => "does not see it",
        (Effect::Ignores, false) => "do not see it",
        (Effect::Accepts, true) => "reads it under its own rules",
        (Effect::Accepts, false) => "read it under their own rules",
        (Effect::Same, _) => return None,
    };
    Some(format!("{who} {does}"))
}
