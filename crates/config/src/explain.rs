//! Why a profile is as it is: each value with its place, what it goes over, and who reads the text otherwise.

use crate::document::Document;
use crate::error::ConfigError;
use crate::index::Part;
use crate::keys::{OF_THE_PROFILE_FIRST, SSO_SESSION, is_secret};
use crate::lexer::Dialect;
use crate::place::{Origin, Place, Sourced};
use crate::problem::{Effect, Problem, ProblemKind, Reader};
use crate::section::{FileRole, SectionId, SectionKind, read_header};
use crate::set::ConfigSet;
use crate::sources::{SourceCandidate, candidates};
use crate::view::{Property, Section, properties_of};
use sso_core::{ProfileName, SessionName};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// Everything that a profile's settings come from. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The profile.
    pub profile: ProfileName,
    /// Its headers, in the order in which they are merged; none for a default profile that is not written anywhere.
    pub places: Vec<Place>,
    /// The session that it names.
    pub session: Option<ExplainedSession>,
    /// Its keys in the order of the files, then those of its session.
    pub lines: Vec<ExplainedValue>,
    /// The sources of credentials that it names. The first one is used.
    pub sources: Vec<SourceCandidate>,
    /// What is remarkable about its headers and those of its session.
    pub problems: Vec<Problem>,
}

/// The session that a profile names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedSession {
    /// Its name, and the key that says so.
    pub name: Sourced<SessionName>,
    /// Its headers; none if there is no such section.
    pub places: Vec<Place>,
}

/// A key and where its value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedValue {
    /// The key, in lower case.
    pub key: String,
    /// Its value.
    pub value: ExplainedText,
    /// Where it stands.
    pub origin: Origin,
    /// What else stands in the files for this key and does not hold; the nearest first.
    pub overrides: Vec<Overridden>,
    /// Who reads the text otherwise, or as it was probably not meant.
    pub readings: Vec<OtherReading>,
}

/// A value that may be shown, or one that may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExplainedText {
    /// The value.
    Text(String),
    /// It is secret. Here it only counts that there is one.
    Secret,
}

/// A value that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// The value.
    pub value: ExplainedText,
    /// Where it stands.
    pub origin: Origin,
    /// What it gives way to.
    pub by: OverriddenBy,
    /// Whether it is the value that holds, so that nothing is lost.
    pub same: bool,
}

/// Why a value does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverriddenBy {
    /// The key stands in the same file again, further down.
    LaterLine,
    /// The credentials file goes over the config file.
    CredentialsFile,
    /// The `sso-session` that the profile names goes over the profile's own keys. For credentials, not for a login, the
    /// two must be equal.
    Session,
    /// The profile goes over its session: for how tokens are refreshed.
    Profile,
    /// `[profile default]` hides `[default]`.
    ProfileDefault,
}

/// Another reading of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherReading {
    /// Whose; [`Reader::Nobody`] if all read what was probably not meant.
    pub reader: Reader,
    /// What it makes of it.
    pub effect: Effect,
    /// The value that it reads, where that is known.
    pub value: Option<ExplainedText>,
    /// The cause, and where it stands.
    pub problem: Problem,
}

impl ConfigSet {
    /// Where each value of a profile comes from. A reference that leads nowhere is a fact here, not an error.
    ///
    /// # Errors
    /// [`ConfigError::UnknownProfile`]: there is no such profile.
    pub fn explain(&self, name: &ProfileName) -> Result<Explanation, ConfigError> {
        let Some(section) = self.profile(name) else {
            return match name.as_str() {
                "default" => Ok(Explanation::nothing(name)),
                _ => Err(self.unknown_profile(name)),
            };
        };
        let named = section.text(SSO_SESSION).map(|key| key.map(SessionName::new));
        let session = named.as_ref().and_then(|name| self.sso_session(&name.value));
        let explainer = Explainer::new(self, &section, session.as_ref());
        let places: Vec<Place> = section.places().collect();
        let session_places: Vec<Place> =
            session.map(|session| session.places().collect()).unwrap_or_default();
        let problems = explainer.at(places.iter().chain(&session_places));
        Ok(Explanation {
            profile: name.clone(),
            lines: explainer.lines(&section, session.as_ref()),
            session: named.map(|name| ExplainedSession { name, places: session_places }),
            sources: candidates(&section),
            places,
            problems,
        })
    }
}

impl Explanation {
    fn nothing(profile: &ProfileName) -> Self {
        Self {
            profile: profile.clone(),
            places: Vec::new(),
            session: None,
            lines: Vec::new(),
            sources: Vec::new(),
            problems: Vec::new(),
        }
    }
}

/// Properties by their keys in lower case, in the order of the files.
type Keys<'a> = HashMap<String, Vec<Property<'a>>>;

fn by_key<'a>(properties: impl IntoIterator<Item = Property<'a>>) -> Keys<'a> {
    let mut keys = Keys::new();
    for property in properties {
        keys.entry(property.name.to_ascii_lowercase()).or_default().push(property);
    }
    keys
}

/// Whatever is asked for each key is gathered once: a section may have thousands.
struct Explainer<'a> {
    set: &'a ConfigSet,
    problems: Vec<Problem>,
    /// Which of them are on a line of that number, of either file.
    on_line: HashMap<u32, Vec<usize>>,
    own: Keys<'a>,
    of_session: Keys<'a>,
    hidden: Keys<'a>,
    /// The values of each section as the SDKs read them, where they read the files.
    by_sdks: OnceCell<Option<HashMap<SectionId, HashMap<String, String>>>>,
}

impl<'a> Explainer<'a> {
    fn new(set: &'a ConfigSet, section: &Section<'a>, session: Option<&Section<'a>>) -> Self {
        let (problems, mut on_line) = (set.problems(), HashMap::<u32, Vec<usize>>::new());
        for (number, problem) in problems.iter().enumerate() {
            on_line.entry(problem.place.line).or_default().push(number);
        }
        Self {
            set,
            problems,
            on_line,
            own: by_key(section.properties()),
            of_session: by_key(session.into_iter().flat_map(Section::properties)),
            hidden: by_key(hidden(set, section)),
            by_sdks: OnceCell::new(),
        }
    }

    /// The problems of some lines.
    fn at<'p>(&self, places: impl Iterator<Item = &'p Place>) -> Vec<Problem> {
        let lines: HashSet<(&std::path::Path, u32)> =
            places.map(|place| (&*place.path, place.line)).collect();
        let here = |problem: &&Problem| lines.contains(&(&*problem.place.path, problem.place.line));
        self.problems.iter().filter(here).cloned().collect()
    }

    fn lines(&self, section: &Section<'a>, session: Option<&Section<'a>>) -> Vec<ExplainedValue> {
        let (mut lines, mut seen) = (Vec::new(), HashSet::new());
        // Of a session nothing counts but its sso_* keys: its `region` is nobody's.
        let of_session = |key: &str| session.filter(|_| key.starts_with("sso_") && key != SSO_SESSION);
        for property in section.properties() {
            let key = property.name.to_ascii_lowercase();
            if seen.insert(key.clone()) {
                lines.extend(self.line(section, of_session(&key), key));
            }
        }
        for property in session.into_iter().flat_map(Section::properties) {
            let key = property.name.to_ascii_lowercase();
            if of_session(&key).is_some() && seen.insert(key.clone()) {
                lines.extend(self.line(section, session, key));
            }
        }
        lines
    }

    fn line(
        &self,
        section: &Section<'a>,
        session: Option<&Section<'a>>,
        key: String,
    ) -> Option<ExplainedValue> {
        let mut all = self.weakest_first(section, session, &key);
        let (origin, winner, _) = all.pop()?;
        let holds = winner.value();
        let overrides = all.into_iter().rev().map(|(origin, found, by)| {
            let by = match by {
                OverriddenBy::LaterLine if found.role != winner.role => OverriddenBy::CredentialsFile,
                by => by,
            };
            let same = found.value() == holds;
            Overridden { value: shown(&key, &found.value()), origin, by, same }
        });
        Some(ExplainedValue {
            value: shown(&key, &holds),
            overrides: overrides.collect(),
            readings: self.readings(&origin, &winner, &key),
            origin,
            // `aws_secret_access_key: abc=`: a part of the secret stands before the `=`.
            key: match key.split_once(':') {
                Some((name, _)) if is_secret(&key) => format!("{}:", name.trim_end()),
                _ => key,
            },
        })
    }

    /// What the files say for a key, and to what each of it would give way.
    fn weakest_first(
        &self,
        section: &Section<'a>,
        session: Option<&Section<'a>>,
        key: &str,
    ) -> Vec<(Origin, Property<'a>, OverriddenBy)> {
        let of = |keys: &Keys<'a>| keys.get(key).cloned().unwrap_or_default();
        let in_session = session.map(|_| of(&self.of_session)).unwrap_or_default();
        let own = of(&self.own);
        let profile_first = OF_THE_PROFILE_FIRST.contains(&key) && !own.is_empty();
        let own_by = match in_session.is_empty() || profile_first {
            true => OverriddenBy::LaterLine,
            false => OverriddenBy::Session,
        };
        let session_by = if profile_first { OverriddenBy::Profile } else { OverriddenBy::LaterLine };
        let hidden = of(&self.hidden).into_iter();
        let hidden = hidden.map(|found| (section.origin(&found), found, OverriddenBy::ProfileDefault));
        let own = own.into_iter().map(|found| (section.origin(&found), found, own_by));
        let of_session = in_session.into_iter().zip(session.into_iter().cycle());
        let of_session = of_session.map(|(found, session)| (session.origin(&found), found, session_by));
        match profile_first {
            true => of_session.chain(hidden).chain(own).collect(),
            false => hidden.chain(own).chain(of_session).collect(),
        }
    }

    fn readings(&self, origin: &Origin, property: &Property<'a>, key: &str) -> Vec<OtherReading> {
        let Some(first) = origin.place() else { return Vec::new() };
        let last = first.line + crate::document::count(property.last_record() - property.record);
        let numbers = (first.line..=last).filter_map(|line| self.on_line.get(&line)).flatten();
        let here = numbers.filter_map(|number| self.problems.get(*number));
        let here = here.filter(|problem| problem.place.path == first.path);
        let reading = |problem: &Problem| {
            let (reader, effect) = problem.kind.reading();
            let value = match (problem.kind, reader, effect) {
                (ProblemKind::InlineComment, ..) => property.with_comment().map(str::to_owned),
                (_, Reader::AwsSdks, Effect::OtherValue) => self.by_sdks(origin, key),
                _ => None,
            };
            let value = value.map(|value| shown(key, &value));
            OtherReading { reader, effect, value, problem: problem.clone() }
        };
        here.map(reading).collect()
    }

    /// The value as the SDKs read it, where they read the file at all.
    fn by_sdks(&self, origin: &Origin, key: &str) -> Option<String> {
        let Origin::File { section, .. } = origin else { return None };
        let again = |document: &Document| {
            let path = document.path().clone();
            Document::parse_as(document.text(), path, Dialect::Sdk).ok()
        };
        let read = || {
            let set = ConfigSet::from_documents(again(self.set.config())?, again(self.set.credentials())?);
            Some(
                set.profiles()
                    .chain(set.sso_sessions())
                    .map(|section| (section.id(), texts(section)))
                    .collect(),
            )
        };
        self.by_sdks.get_or_init(read).as_ref()?.get(section)?.get(key).cloned()
    }
}

/// Each key in lower case, with its value.
fn texts(section: Section<'_>) -> HashMap<String, String> {
    section.values().into_iter().map(|(key, value)| (key, value.into_owned())).collect()
}

/// The properties of `[default]` that `[profile default]` hides.
fn hidden<'a>(set: &'a ConfigSet, section: &Section<'a>) -> Vec<Property<'a>> {
    let document = set.config();
    if section.id() != (SectionId { kind: SectionKind::Profile, name: "default".to_owned() }) {
        return Vec::new();
    }
    let bare = document.headers().filter(|(_, text)| *text == "default").map(|(record, _)| record);
    let prefixed = |text: &str| {
        read_header(text, FileRole::Config, document.dialect()).is_ok_and(|header| {
            header.kind == SectionKind::Profile && header.prefixed && header.name == "default"
        })
    };
    if !document.headers().any(|(_, text)| prefixed(text)) {
        return Vec::new();
    }
    let part = |record| Part { role: FileRole::Config, record, prefixed: false, portable: true };
    bare.flat_map(|record| properties_of(document, &part(record))).collect()
}

fn shown(key: &str, value: &str) -> ExplainedText {
    if is_secret(key) {
        return ExplainedText::Secret;
    }
    // A secret key that was indented by mistake is text of the value above it.
    let line = |line: &str| match line.split_once('=') {
        Some((name, _)) if is_secret(&name.trim().to_ascii_lowercase()) => {
            format!("{}= (secret)", name)
        }
        _ => line.to_owned(),
    };
    let lines: Vec<String> = value.split('\n').map(line).collect();
    ExplainedText::Text(lines.join("\n"))
}
