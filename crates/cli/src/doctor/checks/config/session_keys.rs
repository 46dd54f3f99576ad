//! C05 and C13: what a session lacks.

use super::hit::{Hit, told, troubles};
use super::start_urls::tidy;
use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;
use sso_config::{
    ConfigEdit, ConfigError, ConfigSet, MissingKey, Section, SectionId, SectionKind, SectionName,
};
use sso_core::StartUrl;
use std::collections::{BTreeSet, HashSet};

/// For so many sessions a value is derived, which means to look at all others.
const DERIVED: usize = 20;

const SCOPE: &str = "sso:account:access";

/// C05.
pub(super) fn missing(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let hits = troubles(probe, Code::C05).enumerate().map(|(number, trouble)| {
        let hit = Hit::of(trouble, probe);
        let Some(ConfigError::MissingKeys(keys)) = trouble.cause.as_ref().filter(|_| number < DERIVED) else {
            return hit;
        };
        let found: Option<Vec<(&MissingKey, Derived)>> =
            keys.missing.iter().map(|one| Some((one, derived(set, one)?))).collect();
        let Some(found) = found else { return hit };
        let mut edit = ConfigEdit::new();
        let mut finding = hit.finding;
        for (one, derived) in found {
            finding =
                finding.seen(format!("{} is probably {}: {}", one.key, derived.value, derived.why)).remedy(
                    format!("add {} = {} below {}", one.key, derived.value, probe.voice.place(&one.place)),
                );
            edit = edit.set(SectionName::from(one.section.clone()), one.key, derived.value);
        }
        let in_config = keys.missing.iter().all(|one| one.place.path == *set.config().path());
        let hit = Hit::from(finding);
        if in_config { hit.edit(edit) } else { hit }
    });
    told(probe, hits.collect(), |count| {
        format!("{count} sessions and profiles lack a start URL or a region.")
    })
}

/// A value that the rest of the configuration makes plain.
struct Derived {
    value: String,
    why: String,
}

fn derived(set: &ConfigSet, lacking: &MissingKey) -> Option<Derived> {
    let section = section(set, &lacking.section)?;
    match lacking.key {
        "sso_region" => region(set, &section).or_else(|| of_its_profiles(set, &section, "sso_region")),
        "sso_start_url" => of_its_profiles(set, &section, "sso_start_url"),
        _ => None,
    }
}

fn section<'a>(set: &'a ConfigSet, id: &SectionId) -> Option<Section<'a>> {
    match id.kind {
        SectionKind::Profile => set.profile(&id.name.as_str().into()),
        SectionKind::SsoSession => set.sso_session(&id.name.as_str().into()),
        SectionKind::Services => None,
    }
}

/// The region that the portal's address names, or that every other section of the same portal has.
fn region(set: &ConfigSet, section: &Section<'_>) -> Option<Derived> {
    let url = StartUrl::new(section.get("sso_start_url")?.value);
    if let Some(region) = url.host().and_then(|host| sso_oidc::region_of_host(&host)) {
        return Some(Derived { value: region, why: "the portal's address says so".to_owned() });
    }
    let others = set.sso_sessions().chain(set.profiles());
    let same = others.filter(|other| {
        other.get("sso_start_url").is_some_and(|found| StartUrl::new(found.value).same_portal(&url))
    });
    let mut regions = BTreeSet::new();
    let mut from = None;
    for other in same {
        if let Some(region) = other.get("sso_region") {
            regions.insert(region.value.into_owned());
            from = from.or(Some(other.id()));
        }
    }
    let value = regions.pop_first().filter(|_| regions.is_empty())?;
    Some(Derived { value, why: format!("{} has the same portal", from?) })
}

/// What all profiles that name the session say themselves.
fn of_its_profiles(set: &ConfigSet, session: &Section<'_>, key: &str) -> Option<Derived> {
    if session.kind() != SectionKind::SsoSession {
        return None;
    }
    let names =
        |section: &Section<'_>| section.get("sso_session").is_some_and(|found| found.value == session.name());
    let mut values: BTreeSet<String> = BTreeSet::new();
    let mut from = None;
    for profile in set.profiles().filter(names) {
        if let Some(found) = profile.get(key) {
            values.insert(found.value.into_owned());
            from = from.or(Some(profile.id()));
        }
    }
    let value = values.pop_first().filter(|_| values.is_empty())?;
    let value = if key == "sso_start_url" { tidy(&value) } else { value };
    Some(Derived { value, why: format!("{} says so", from?) })
}

/// C13: only sessions that roles are asked with. Others, as of editors, rightly have other scopes.
pub(super) fn scopes(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let mut used: HashSet<String> = HashSet::new();
    for profile in set.profiles().filter(|one| one.has("sso_account_id") || one.has("sso_role_name")) {
        used.extend(profile.get("sso_session").map(|found| found.value.into_owned()));
    }
    let own = probe.config.subject.session().and_then(|session| session.name.as_ref());
    let mut hits: Vec<Hit> = Vec::new();
    for session in set.sso_sessions().filter(|session| used.contains(session.name())) {
        let Some(found) = session.text("sso_registration_scopes") else { continue };
        let scopes = session.registration_scopes().unwrap_or_default();
        if scopes.iter().any(|scope| scope == SCOPE) {
            continue;
        }
        let own = own.is_some_and(|name| name.as_str() == session.name());
        let severity = if own { Severity::Error } else { Severity::Warning };
        let all = scopes.iter().map(String::as_str).chain([SCOPE]).collect::<Vec<_>>().join(", ");
        let headline = format!("The session \"{}\" does not ask for the scope {SCOPE}.", session.name());
        let finding = Finding::new(Code::C13, severity, headline)
            .at(probe.voice.origin(&found.origin))
            .seen("its sign-in succeeds, and every role is then refused")
            .remedy(format!(
                "set sso_registration_scopes = {all}, then: sso login --force --sso-session {}",
                crate::explain::quote(session.name())
            ));
        let id = SectionName::from(session.id());
        hits.push(Hit::from(finding).edit(ConfigEdit::new().set(id, "sso_registration_scopes", all)));
    }
    told(probe, hits, |count| format!("{count} sessions do not ask for the scope {SCOPE}."))
}
