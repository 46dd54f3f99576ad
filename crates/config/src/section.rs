//! The grammar of section headers: which section the text between the brackets names.

use crate::lexer::Dialect;
use crate::line::{BLANKS, is_portable};
use crate::problem::Ignored;
use std::borrow::Cow;
use std::fmt;

/// The kinds of sections that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SectionKind {
    /// `[profile NAME]`, `[default]`; in the credentials file `[NAME]`.
    Profile,
    /// `[sso-session NAME]`.
    SsoSession,
    /// `[services NAME]`.
    Services,
}

impl SectionKind {
    /// The word that stands before the name in the config file.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::SsoSession => "sso-session",
            Self::Services => "services",
        }
    }

    const ALL: [Self; 3] = [Self::Profile, Self::SsoSession, Self::Services];
}

/// Which section: its kind and its name, without quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionId {
    /// The kind.
    pub kind: SectionKind,
    /// The name.
    pub name: String,
}

impl fmt::Display for SectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.name.as_str()) {
            (SectionKind::Profile, "default") => f.write_str("[default]"),
            (kind, name) => write!(f, "[{} {name}]", kind.prefix()),
        }
    }
}

/// Which of the two files a text is; names are written differently in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileRole {
    /// `~/.aws/config`.
    Config,
    /// `~/.aws/credentials`.
    Credentials,
}

/// A header that names a section.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    pub(crate) kind: SectionKind,
    pub(crate) name: Cow<'a, str>,
    /// `[profile default]`, which hides `[default]`.
    pub(crate) prefixed: bool,
    pub(crate) quoted: bool,
    pub(crate) portable: bool,
}

/// Reads the text between the brackets (trimmed).
pub(crate) fn read_header(text: &str, role: FileRole, dialect: Dialect) -> Result<Header<'_>, Ignored> {
    let header = match role {
        FileRole::Config => config_header(text)?,
        FileRole::Credentials => credentials_header(text)?,
    };
    let seen_by_sdks = header.portable && !header.quoted;
    if dialect == Dialect::Sdk && !seen_by_sdks { Err(Ignored::NotPortable) } else { Ok(header) }
}

fn config_header(text: &str) -> Result<Header<'_>, Ignored> {
    if text == "default" {
        return Ok(plain(SectionKind::Profile, text, false));
    }
    let (word, rest) = text.split_once(BLANKS).unwrap_or((text, ""));
    if let Some(kind) = SectionKind::ALL.into_iter().find(|kind| kind.prefix() == word) {
        return name_of(kind, rest.trim_matches(BLANKS));
    }
    // botocore compares only the start of the word, so `[profiles foo]` is a profile to it.
    let glued = !rest.is_empty() && SectionKind::ALL.iter().any(|kind| word.starts_with(kind.prefix()));
    Err(match text {
        "" => Ignored::EmptyBrackets,
        "DEFAULT" => Ignored::UpperCaseDefault,
        _ if glued => Ignored::GluedPrefix,
        _ => Ignored::UnknownHeader,
    })
}

fn credentials_header(text: &str) -> Result<Header<'_>, Ignored> {
    let (word, rest) = text.split_once(BLANKS).unwrap_or((text, ""));
    if !rest.is_empty() && SectionKind::ALL.iter().any(|kind| kind.prefix() == word) {
        return Err(Ignored::PrefixInCredentials);
    }
    match text {
        "" => Err(Ignored::EmptyBrackets),
        "DEFAULT" => Err(Ignored::UpperCaseDefault),
        _ if text.contains('\\') => Err(Ignored::Backslash),
        _ if text.contains(']') => Err(Ignored::Bracket),
        _ => Ok(plain(SectionKind::Profile, text, false)),
    }
}

fn plain(kind: SectionKind, name: &str, prefixed: bool) -> Header<'_> {
    Header { kind, portable: is_portable(name), name: Cow::Borrowed(name), prefixed, quoted: false }
}

fn name_of(kind: SectionKind, rest: &str) -> Result<Header<'_>, Ignored> {
    if is_portable(rest) {
        return Ok(Header { kind, name: Cow::Borrowed(rest), prefixed: true, quoted: false, portable: true });
    }
    if rest.contains('\\') {
        return Err(Ignored::Backslash);
    }
    if rest.contains(']') {
        return Err(Ignored::Bracket);
    }
    if !rest.contains(['\'', '"']) {
        return match rest {
            "" => Err(Ignored::NoName),
            _ if rest.contains(char::is_whitespace) => Err(Ignored::SeveralWords),
            _ => Ok(plain(kind, rest, true)),
        };
    }
    let name = unquote(rest)?;
    Ok(Header { kind, portable: is_portable(&name), name: Cow::Owned(name), prefixed: true, quoted: true })
}

/// One word by the quoting rules of the POSIX shell, as botocore's `shlex.split` reads it. No `\` occurs here.
fn unquote(text: &str) -> Result<String, Ignored> {
    let mut name = String::new();
    let mut open = None;
    for c in text.chars() {
        match (open, c) {
            (None, '\'' | '"') => open = Some(c),
            (None, ' ' | '\t') => return Err(Ignored::SeveralWords),
            (Some(quote), _) if quote == c => open = None,
            _ => name.push(c),
        }
    }
    match open {
        Some(_) => Err(Ignored::UnbalancedQuote),
        None if name.is_empty() => Err(Ignored::EmptyName),
        None => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str, role: FileRole) -> Result<(SectionKind, String, bool), Ignored> {
        read_header(text, role, Dialect::Effective)
            .map(|header| (header.kind, header.name.into_owned(), header.portable && !header.quoted))
    }

    #[test]
    fn headers_of_the_config_file() {
        use SectionKind::{Profile, Services, SsoSession};
        for (text, expected) in [
            ("default", Ok((Profile, "default", true))),
            ("profile default", Ok((Profile, "default", true))),
            ("profile \t x", Ok((Profile, "x", true))),
            ("sso-session corp", Ok((SsoSession, "corp", true))),
            ("services local", Ok((Services, "local", true))),
            ("profile 'two words'", Ok((Profile, "two words", false))),
            ("profile \"it's\"", Ok((Profile, "it's", false))),
            ("profile pre\"fix ed\"", Ok((Profile, "prefix ed", false))),
            ("profile naïve", Ok((Profile, "naïve", false))),
            ("profile what?", Ok((Profile, "what?", false))),
            ("profile two words", Err(Ignored::SeveralWords)),
            ("profile 'a' b", Err(Ignored::SeveralWords)),
            ("profile o'brien", Err(Ignored::UnbalancedQuote)),
            ("profile ''", Err(Ignored::EmptyName)),
            ("profile", Err(Ignored::NoName)),
            ("", Err(Ignored::EmptyBrackets)),
            ("profile c:\\d", Err(Ignored::Backslash)),
            ("profile x]y", Err(Ignored::Bracket)),
            ("profiles x", Err(Ignored::GluedPrefix)),
            ("profilex", Err(Ignored::UnknownHeader)),
            ("Profile x", Err(Ignored::UnknownHeader)),
            ("prod", Err(Ignored::UnknownHeader)),
            ("DEFAULT", Err(Ignored::UpperCaseDefault)),
        ] {
            let expected = expected.map(|(kind, name, portable)| (kind, name.to_owned(), portable));
            assert_eq!(seen(text, FileRole::Config), expected, "{text}");
        }
    }

    #[test]
    fn headers_of_the_credentials_file() {
        for (text, expected) in [
            ("prod", Ok(("prod", true))),
            ("sso-sessionx", Ok(("sso-sessionx", true))),
            ("two words", Ok(("two words", false))),
            ("profile prod", Err(Ignored::PrefixInCredentials)),
            ("sso-session corp", Err(Ignored::PrefixInCredentials)),
        ] {
            let expected = expected.map(|(name, portable)| (SectionKind::Profile, name.to_owned(), portable));
            assert_eq!(seen(text, FileRole::Credentials), expected, "{text}");
        }
    }
}
