//! What tools read differently, told: a name for scripts, the cause in words, and what a tool makes of it.

use sso_config::{Effect, Ignored, ProblemKind, Reader};

/// The name of a kind in JSON. Stable.
pub(crate) fn name(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::ByteOrderMark => "byte-order-mark",
        ProblemKind::InlineComment => "inline-comment",
        ProblemKind::IndentedComment => "indented-comment",
        ProblemKind::IndentedProperty => "indented-key",
        ProblemKind::IndentedHeader => "indented-header",
        ProblemKind::SwallowedLine => "swallowed-line",
        ProblemKind::CommentInContinuation => "comment-in-continuation",
        ProblemKind::BlankLineInValue => "blank-line-in-value",
        ProblemKind::OddBlank => "odd-blank",
        ProblemKind::ColonInKey => "colon-in-key",
        ProblemKind::LoneCarriageReturn => "lone-carriage-return",
        ProblemKind::TextAfterHeader => "text-after-header",
        ProblemKind::BracketInComment => "bracket-in-comment",
        ProblemKind::CommentSignInName => "comment-sign-in-name",
        ProblemKind::BlankInBrackets => "blank-in-brackets",
        ProblemKind::IgnoredSection(_) => "ignored-section",
        ProblemKind::QuotedName => "quoted-name",
        ProblemKind::NotPortableName => "not-portable-name",
        ProblemKind::InvalidKey => "invalid-key",
        ProblemKind::DuplicateSection { .. } => "duplicate-section",
        ProblemKind::OtherSpelling { .. } => "other-spelling",
        ProblemKind::DuplicateKey { .. } => "duplicate-key",
        ProblemKind::HiddenDefault { .. } => "hidden-default",
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

/// A reader's name in JSON.
pub(crate) fn reader_name(reader: Reader) -> &'static str {
    match reader {
        Reader::AwsCli => "aws-cli",
        Reader::AwsSdks => "aws-sdks",
        Reader::Both => "both",
        Reader::Nobody => "nobody",
    }
}

/// An effect's name in JSON.
pub(crate) fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::RefusesFile => "refuses-file",
        Effect::OtherValue => "other-value",
        Effect::Ignores => "ignores",
        Effect::Accepts => "accepts",
        Effect::Same => "same",
    }
}
