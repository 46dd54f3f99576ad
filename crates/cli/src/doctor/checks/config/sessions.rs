//! C04, C07 and C12: profiles and the sessions they name, contradict or could have.

use super::headers::{Unread, like_sessions, step, unread};
use super::hit::{Hit, concerned, in_config, set_in_profiles, told, troubles};
use super::start_urls::tidy;
use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;
use sso_config::{ConfigEdit, ConfigError, ConfigSet, Section, SectionKind, SectionName, SsoSession};
use sso_core::{ProfileName, SessionName};
use std::collections::{BTreeMap, HashSet};

/// C04.
pub(super) fn no_session(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let mut known: Vec<u32> = Vec::new();
    let mut hits: Vec<Hit> = Vec::new();
    let unread = unread(probe, set);
    for trouble in troubles(probe, Code::C04) {
        let hit = Hit::of(trouble, probe);
        let Some(ConfigError::UnknownSession(unknown)) = &trouble.cause else {
            hits.push(hit);
            continue;
        };
        known.extend(unknown.near_headers.iter().map(|header| header.place.line));
        hits.push(match (unknown.near_headers.as_slice(), unknown.nearest.as_slice()) {
            ([header], _) => {
                let section = unread.iter().find(|one| one.place.line == header.place.line);
                match section.is_some_and(Unread::is_session) {
                    true => hit.rewrite(step(&header.text, SectionKind::SsoSession, unknown.name.as_str())),
                    false => hit,
                }
            }
            ([], [near]) => {
                let same = |value: &str| value == unknown.name.as_str();
                let becomes =
                    |found: &sso_config::Sourced<String>| same(&found.value).then(|| near.name.clone());
                hit.edit(set_in_profiles(probe, concerned(trouble), "sso_session", becomes))
            }
            _ => hit,
        });
    }
    hits.extend(like_sessions(probe, set, &known));
    told(probe, hits, |count| format!("{count} sso-sessions are named and not there."))
}

/// C07.
pub(super) fn contradictions(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let hits = troubles(probe, Code::C07).map(|trouble| {
        let mut edit = ConfigEdit::new();
        for name in concerned(trouble) {
            let section = set.profile(&ProfileName::new(name.as_str()));
            edit.changes
                .extend(section.map(|section| agreeing(probe, set, &section).changes).unwrap_or_default());
        }
        Hit::of(trouble, probe).edit(edit)
    });
    told(probe, hits.collect(), |count| format!("{count} profiles contradict their sso-session."))
}

/// Takes out what contradicts: the profile's copy of what belongs to the session, the session's copy of what does not.
fn agreeing(probe: &Probe, set: &ConfigSet, section: &Section<'_>) -> ConfigEdit {
    let mut edit = ConfigEdit::new();
    let name = section.get("sso_session").map(|found| SessionName::new(found.value));
    let Some(session) = name.and_then(|name| set.sso_session(&name)) else { return edit };
    for (key, value) in session.values() {
        let Some(own) = section.get(&key).filter(|own| own.value != value) else { continue };
        let of_session = matches!(key.as_str(), "sso_start_url" | "sso_region" | "sso_registration_scopes");
        if of_session && in_config(probe, &own.origin) {
            edit = edit.unset(SectionName::from(section.id()), key);
        } else if !of_session && !key.starts_with("sso_auto") && !key.starts_with("sso_refresh") {
            edit = edit.unset(SectionName::from(session.id()), key);
        }
    }
    edit
}

/// C12: one finding a portal.
pub(super) fn legacy(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let mut portals: Portals<'_> = BTreeMap::new();
    for section in
        set.profiles().filter(|section| section.has("sso_start_url") && !section.has("sso_session"))
    {
        let Ok(session) = set.resolve_login(&ProfileName::new(section.name())) else { continue };
        let host = session.start_url.value.host().unwrap_or_default();
        let key = portal(session.start_url.value.as_str(), &session.region.value);
        portals.entry(key).or_insert_with(|| (session, host, Vec::new())).2.push(section);
    }
    let known = set.sso_sessions().filter_map(|section| {
        let key = portal(&section.get("sso_start_url")?.value, &section.get("sso_region")?.value);
        Some((key, section.name().to_owned()))
    });
    // Of several the first.
    let known: BTreeMap<Portal, String> = known.collect::<Vec<_>>().into_iter().rev().collect();
    let mut taken: HashSet<String> = HashSet::new();
    let hits = portals.iter().map(|(key, (session, host, sections))| {
        let there = known.get(key);
        let name = there.cloned().unwrap_or_else(|| new_name(set, host, &mut taken));
        let headline = match sections.as_slice() {
            [one] => format!(
                "The profile \"{}\" holds its start URL itself; such logins are not renewed.",
                one.name()
            ),
            many => format!(
                "{} profiles hold the start URL of {host} themselves; such logins are not renewed.",
                many.len()
            ),
        };
        let mut finding = Finding::new(Code::C12, Severity::Info, headline)
            .remedy(format!("move sso_start_url and sso_region to [sso-session {name}], and sign in again"));
        if let Some(first) = sections.first() {
            finding = finding.at(probe.voice.place(&first.place()));
        }
        Hit::from(finding).edit(converted(probe, session, &name, there.is_none(), sections))
    });
    told(probe, hits.collect(), |count| {
        format!("Profiles of {count} portals hold their start URL themselves.")
    })
}

/// A start URL, without what a browser adds to it, and a region.
type Portal = (String, String);

/// Legacy profiles by portal.
type Portals<'a> = BTreeMap<Portal, (SsoSession, String, Vec<Section<'a>>)>;

fn portal(start_url: &str, region: &str) -> Portal {
    let url = url::Url::parse(start_url).map_or_else(|_| start_url.to_owned(), String::from);
    (tidy(&url), region.to_owned())
}

/// A name for a session that is to be made, after its portal.
fn new_name(set: &ConfigSet, host: &str, taken: &mut HashSet<String>) -> String {
    let label = host.split('.').next().unwrap_or_default();
    let label = if label.is_empty() { "sso" } else { label };
    let free =
        |name: &String| set.sso_session(&SessionName::new(name.as_str())).is_none() && !taken.contains(name);
    let mut names = std::iter::once(label.to_owned()).chain((2..).map(|number| format!("{label}-{number}")));
    let name = names.find(free).unwrap_or_default();
    taken.insert(name.clone());
    name
}

fn converted(
    probe: &Probe,
    session: &SsoSession,
    name: &str,
    is_new: bool,
    sections: &[Section<'_>],
) -> ConfigEdit {
    // A start URL or region that cannot be used is put right first.
    if session.check().is_err() || sso_config::check_name(name).is_err() {
        return ConfigEdit::new();
    }
    let keys = ["sso_start_url", "sso_region"];
    let ours = |section: &&Section<'_>| {
        keys.iter().all(|key| section.get(key).is_some_and(|found| in_config(probe, &found.origin)))
    };
    let mut edit = ConfigEdit::new();
    if is_new {
        edit = edit.add_section(
            SectionName::sso_session(name),
            false,
            [
                ("sso_start_url", tidy(session.start_url.value.as_str())),
                ("sso_region", session.region.value.clone()),
                ("sso_registration_scopes", "sso:account:access".to_owned()),
            ],
        );
    }
    let before = edit.changes.len();
    for section in sections.iter().filter(ours) {
        let id = SectionName::from(section.id());
        edit = edit.unset(id.clone(), "sso_start_url").unset(id.clone(), "sso_region");
        if section.has("sso_registration_scopes") {
            edit = edit.unset(id.clone(), "sso_registration_scopes");
        }
        edit = edit.set(id, "sso_session", name);
    }
    if edit.changes.len() == before { ConfigEdit::new() } else { edit }
}
