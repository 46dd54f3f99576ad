//! Profile names out of a template. Account and role names are foreign text: only harmless characters of them are kept.

use std::fmt;

/// The template that is used if none is given.
pub(crate) const DEFAULT_TEMPLATE: &str = "{account_name}-{role_name}";

/// What a template may hold in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    AccountName,
    AccountId,
    AccountEmail,
    RoleName,
    Session,
    Region,
}

impl Word {
    pub(crate) const ALL: [Self; 6] =
        [Self::AccountName, Self::AccountId, Self::AccountEmail, Self::RoleName, Self::Session, Self::Region];

    /// As it stands between the braces.
    fn text(self) -> &'static str {
        match self {
            Self::AccountName => "account_name",
            Self::AccountId => "account_id",
            Self::AccountEmail => "account_email",
            Self::RoleName => "role_name",
            Self::Session => "session",
            Self::Region => "region",
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.text())
    }
}

/// The words of one profile, as the service and the configuration spell them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'a> {
    pub(crate) account_name: Option<&'a str>,
    pub(crate) account_id: &'a str,
    pub(crate) account_email: Option<&'a str>,
    pub(crate) role_name: &'a str,
    pub(crate) session: &'a str,
    pub(crate) region: Option<&'a str>,
}

impl Words<'_> {
    /// The word as it goes into a name. An account without a usable name or address goes by its id.
    pub(crate) fn get(&self, word: Word) -> String {
        let text = tame(match word {
            Word::AccountName => self.account_name.unwrap_or_default(),
            Word::AccountId => self.account_id,
            Word::AccountEmail => self.account_email.unwrap_or_default(),
            Word::RoleName => self.role_name,
            Word::Session => self.session,
            Word::Region => self.region.unwrap_or_default(),
        });
        match word {
            Word::AccountName | Word::AccountEmail if text.is_empty() => tame(self.account_id),
            _ => text,
        }
    }
}

/// Keeps letters and digits of ASCII and `_ . @ + -`; all else becomes one `-`, which does not stand at an end.
///
/// The AWS SDKs also read `/ % :` in names, but other tools make file names and addresses of them.
pub(crate) fn tame(text: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || "_.@+".contains(c);
    let words = text.split(|c| !kept(c)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Word(Word),
}

/// A template of profile names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TemplateFault {
    Empty,
    /// `{words}` that mean nothing.
    UnknownWord(String),
    /// `{` without `}`, or the reverse.
    Brace,
    /// A character that not every AWS tool reads in the name of a profile.
    Character(char),
    /// The name could be taken for an option.
    Dash,
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::UnknownWord(word) => write!(f, "{{{word}}} is not a word of templates"),
            Self::Brace => f.write_str("a brace has no partner"),
            Self::Character(c) => write!(f, "not every AWS tool reads \"{c}\" in the name of a profile"),
            Self::Dash => f.write_str("a name that starts with \"-\" looks like an option"),
        }
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateFault> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (word, behind) = after.split_once('}').ok_or(TemplateFault::Brace)?;
            parts.extend(literal(before)?);
            let known = Word::ALL.into_iter().find(|known| known.text() == word);
            parts.push(Part::Word(known.ok_or_else(|| TemplateFault::UnknownWord(word.to_owned()))?));
            rest = behind;
        }
        parts.extend(literal(rest)?);
        match parts.first() {
            None => Err(TemplateFault::Empty),
            Some(Part::Text(text)) if text.starts_with('-') => Err(TemplateFault::Dash),
            _ => Ok(Self { parts }),
        }
    }

    /// Whether names depend on the word.
    pub(crate) fn has(&self, word: Word) -> bool {
        self.parts.contains(&Part::Word(word))
    }

    /// The name; `None` if one of its words has no character that can stand in a name.
    pub(crate) fn name(&self, words: &Words<'_>) -> Option<String> {
        let mut name = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Word(word) => {
                    name.push_str(Some(words.get(*word)).filter(|text| !text.is_empty())?.as_str())
                }
            }
        }
        Some(name)
    }
}

/// The text between two words: what the AWS SDKs read in a name, so every tool does.
fn literal(text: &str) -> Result<Option<Part>, TemplateFault> {
    let good = |c: char| c.is_ascii_alphanumeric() || "_-/.%@:+".contains(c);
    match text.chars().find(|c| !good(*c)) {
        Some('}') => Err(TemplateFault::Brace),
        Some(other) => Err(TemplateFault::Character(other)),
        None => Ok((!text.is_empty()).then(|| Part::Text(text.to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: Words<'static> = Words {
        account_name: Some("Dev Account"),
        account_id: "111122223333",
        account_email: Some("aws+dev@example.com"),
        role_name: "Admin",
        session: "corp",
        region: Some("eu-west-1"),
    };

    #[test]
    fn templates() {
        use TemplateFault::{Brace, Character, Dash, Empty, UnknownWord};
        for (text, expected) in [
            (DEFAULT_TEMPLATE, Ok("Dev-Account-Admin")),
            ("{role_name}@{account_id}", Ok("Admin@111122223333")),
            ("{account_email}", Ok("aws+dev@example.com")),
            ("{session}/{region}:{role_name}%", Ok("corp/eu-west-1:Admin%")),
            ("x", Ok("x")),
            ("", Err(Empty)),
            ("-{role_name}", Err(Dash)),
            ("{role}", Err(UnknownWord("role".into()))),
            ("{}", Err(UnknownWord(String::new()))),
            ("{Role_Name}", Err(UnknownWord("Role_Name".into()))),
            ("{role_name", Err(Brace)),
            ("role_name}", Err(Brace)),
            ("{{role_name}}", Err(UnknownWord("{role_name".into()))),
            ("{role_name} x", Err(Character(' '))),
            ("a\n{role_name}", Err(Character('\n'))),
            ("a#{role_name}", Err(Character('#'))),
            ("é", Err(Character('é'))),
        ] {
            let named = Template::parse(text).map(|template| template.name(&WORDS));
            assert_eq!(named, expected.map(|name| Some(name.to_owned())), "{text}");
        }
    }

    #[test]
    fn foreign_text_is_tamed() {
        for (text, tamed) in [
            ("Dev", "Dev"),
            ("  Dev  (old) ", "Dev-old"),
            ("a--b", "a-b"),
            ("-rf", "rf"),
            ("Prüfung", "Pr-fung"),
            ("漢字", ""),
            ("x]\n[profile default", "x-profile-default"),
            ("a#b;c", "a-b-c"),
            ("\u{202e}evil\u{0}", "evil"),
            ("a/b:c%d", "a-b-c-d"),
            ("Role=a,b", "Role-a-b"),
        ] {
            assert_eq!(tame(text), tamed, "{text:?}");
        }
    }

    #[test]
    fn an_account_without_a_usable_name_goes_by_its_id() {
        let template = Template::parse(DEFAULT_TEMPLATE).expect("the default");
        for (account_name, role_name, expected) in [
            (None, "Admin", Some("111122223333-Admin")),
            (Some(""), "Admin", Some("111122223333-Admin")),
            (Some("漢字"), "Admin", Some("111122223333-Admin")),
            (Some("Dev"), "漢字", None),
        ] {
            let name = template.name(&Words { account_name, role_name, ..WORDS });
            assert_eq!(name.as_deref(), expected, "{account_name:?} {role_name}");
        }
    }

    proptest! {
        #[test]
        fn every_name_can_be_written_and_is_no_option(account in ".*", role in ".*", email in ".*") {
            let template = Template::parse("{account_name}.{role_name}.{account_email}").expect("a template");
            let words = Words {
                account_name: Some(&account), role_name: &role, account_email: Some(&email), ..WORDS
            };
            if let Some(name) = template.name(&words) {
                prop_assert!(sso_config::check_name(&name).is_ok(), "{name:?}");
                prop_assert!(name.is_ascii() && !name.contains(' ') && !name.starts_with('-'), "{name:?}");
            }
        }
    }
}
