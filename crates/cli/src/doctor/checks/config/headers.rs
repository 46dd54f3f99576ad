//! Sections that no tool reads because of their header, and what was probably meant (C03; C04 for sessions).

use super::hit::{Hit, told, troubles};
use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;
use crate::doctor::rewrite::Step;
use crate::explain::problem;
use sso_config::{
    ConfigError, ConfigSet, Document, Ignored, Place, ProblemKind, RecordKind, SectionKind, check_name,
    header_text,
};
use sso_core::{ProfileName, SessionName};
use std::collections::{BTreeSet, HashMap};

/// A section that is not read.
pub(super) struct Unread {
    pub(super) place: Place,
    /// What stands between the brackets.
    pub(super) text: String,
    why: Ignored,
    keys: BTreeSet<String>,
}

impl Unread {
    /// The name that was probably meant: the last word, without quotes.
    fn name(&self) -> &str {
        let name = self.text.split([' ', '\t']).next_back().unwrap_or_default();
        name.trim_matches(['"', '\''])
    }

    fn word(&self) -> &str {
        self.text.split_once([' ', '\t']).map_or("", |(word, _)| word)
    }

    fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.keys.contains(*key))
    }

    /// Whether it can be the session that a profile names: the keys of a session and none of a profile.
    pub(super) fn is_session(&self) -> bool {
        self.has_any(&["sso_start_url", "sso_region"]) && !self.is_role()
    }

    /// Whether it holds what only a profile holds.
    fn is_role(&self) -> bool {
        self.has_any(&["sso_session", "sso_account_id", "sso_role_name"])
    }

    /// `[sso-sesion corp]`, `[corp]` with the keys of a session and none of a profile.
    pub(super) fn is_like_session(&self) -> bool {
        let word = self.word();
        let near = !word.is_empty() && !sso_core::nearest(word, ["sso-session"], 1).is_empty();
        self.is_session() && (near || word.is_empty() && self.keys.contains("sso_registration_scopes"))
    }

    fn is_like_profile(&self) -> bool {
        let word = self.word();
        let fits = word.is_empty() || !sso_core::nearest(word, ["profile"], 1).is_empty();
        fits && !self.is_like_session() && (self.is_role() || self.keys.contains("sso_start_url"))
    }
}

/// The sections of the config file that are not read. What stands in them is looked at only here.
pub(super) fn unread(probe: &Probe, set: &ConfigSet) -> Vec<Unread> {
    let document = set.config();
    let here = probe.config.problems.iter().filter(|problem| problem.place.path == *document.path());
    let why: HashMap<u32, (Place, Ignored)> = here
        .filter_map(|problem| match problem.kind {
            ProblemKind::IgnoredSection(why) => Some((problem.place.line, (problem.place.clone(), why))),
            _ => None,
        })
        .collect();
    if why.is_empty() { Vec::new() } else { sections(document, why) }
}

fn sections(document: &Document, mut why: HashMap<u32, (Place, Ignored)>) -> Vec<Unread> {
    let mut found: Vec<Unread> = Vec::new();
    let mut inside = false;
    for (line, record) in (1..).zip(document.records()) {
        let name = record.name.of(document.text());
        match record.kind {
            RecordKind::Header => {
                inside = false;
                if let Some((place, why)) = why.remove(&line) {
                    found.push(Unread { place, text: name.to_owned(), why, keys: BTreeSet::new() });
                    inside = true;
                }
            }
            RecordKind::Property if inside => {
                let key = name.to_ascii_lowercase();
                found.last_mut().into_iter().for_each(|section| {
                    section.keys.insert(key.clone());
                });
            }
            _ => {}
        }
    }
    found
}

/// C03.
pub(super) fn no_prefix(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let mut known: Vec<u32> = Vec::new();
    let mut hits: Vec<Hit> = Vec::new();
    for trouble in troubles(probe, Code::C03) {
        let Some(ConfigError::UnknownProfile(unknown)) = &trouble.cause else { continue };
        let Some(header) = unknown.near_headers.first() else { continue };
        known.push(header.place.line);
        let hit = Hit::of(trouble, probe);
        hits.push(match unknown.near_headers.as_slice() {
            [_] => hit.rewrite(step(&header.text, SectionKind::Profile, unknown.name.as_str())),
            _ => hit,
        });
    }
    // A header that a profile names as its session is told there.
    for trouble in troubles(probe, Code::C04) {
        if let Some(ConfigError::UnknownSession(unknown)) = &trouble.cause {
            known.extend(unknown.near_headers.iter().map(|header| header.place.line));
        }
    }
    for section in
        unread(probe, set).iter().filter(|one| one.is_like_profile() && !known.contains(&one.place.line))
    {
        hits.push(one(probe, set, section));
    }
    hits.extend(in_credentials(probe));
    told(probe, hits, |count| format!("{count} sections have the keys of a profile and lack its header."))
}

fn one(probe: &Probe, set: &ConfigSet, section: &Unread) -> Hit {
    let name = section.name();
    let header = header_text(SectionKind::Profile, name);
    let place = probe.voice.place(&section.place);
    let headline =
        format!("[{}] has the keys of a profile and is none: its header should be [{header}].", section.text);
    let finding = Finding::new(Code::C03, Severity::Warning, headline).at(place.clone());
    let finding = finding.remedy(format!("change {place} to [{header}]"));
    // Several words may be a name with blanks or anything else; what is there already must not be merged with it.
    let plain = section.text.split([' ', '\t']).count() <= 2 && check_name(name).is_ok();
    let free = set.profile(&ProfileName::new(name)).is_none();
    let hit = Hit::from(finding);
    if plain && free && section.is_role() {
        hit.rewrite(step(&section.text, SectionKind::Profile, name))
    } else {
        hit
    }
}

/// `[profile x]` in the credentials file, where names stand alone.
fn in_credentials(probe: &Probe) -> Vec<Hit> {
    let prefixed = |kind| matches!(kind, ProblemKind::IgnoredSection(Ignored::PrefixInCredentials));
    let found = probe.config.problems.iter().filter(|problem| prefixed(problem.kind));
    found
        .map(|problem| {
            let headline = "A header in the credentials file has a prefix; there names stand alone.";
            Finding::new(Code::C03, Severity::Warning, headline)
                .at(probe.voice.place(&problem.place))
                .remedy(format!(
                    "take the word before the name out: edit {}",
                    probe.voice.place(&problem.place)
                ))
                .into()
        })
        .collect()
}

/// Sessions whose header is misspelt, but for those lines that are told already.
pub(super) fn like_sessions(probe: &Probe, set: &ConfigSet, known: &[u32]) -> Vec<Hit> {
    let all = unread(probe, set);
    let sessions = all.iter().filter(|one| one.is_like_session() && !known.contains(&one.place.line));
    sessions
        .map(|section| {
            let (name, place) = (section.name(), probe.voice.place(&section.place));
            let header = header_text(SectionKind::SsoSession, name);
            let cause = problem::cause(ProblemKind::IgnoredSection(section.why));
            let headline = format!("[{}] looks like a session and is none: {cause}.", section.text);
            let finding = Finding::new(Code::C04, Severity::Warning, headline).at(place.clone());
            let hit = Hit::from(finding.remedy(format!("change {place} to [{header}]")));
            let free = set.sso_session(&SessionName::new(name)).is_none() && check_name(name).is_ok();
            if free { hit.rewrite(step(&section.text, SectionKind::SsoSession, name)) } else { hit }
        })
        .collect()
}

/// `[from]` becomes the header of that section.
pub(super) fn step(from: &str, kind: SectionKind, name: &str) -> Step {
    Step::Header { from: from.to_owned(), to: header_text(kind, name) }
}
