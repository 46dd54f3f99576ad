//! C14: regions that are none. New ones appear every year, so only what cannot be one is an error.

use super::hit::{Hit, in_config, told};
use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;
use crate::regions::{Verdict, meant, verdict};
use sso_config::{ConfigEdit, ConfigSet, Section, SectionKind, SectionName, Sourced};
use std::collections::BTreeMap;

/// The sections that hold a value.
type Places<'a> = Vec<(Section<'a>, Sourced<String>)>;

/// C14.
pub(super) fn unknown(probe: &Probe) -> Vec<Finding> {
    let Ok(set) = &probe.config.set else { return Vec::new() };
    let mut wrong: BTreeMap<(&str, String), Places<'_>> = BTreeMap::new();
    for section in set.sso_sessions().chain(set.profiles()) {
        for key in keys(&section) {
            if let Some(found) = section.text(key).filter(|found| verdict(&found.value) != Verdict::Known) {
                wrong.entry((key, found.value.clone())).or_default().push((section, found));
            }
        }
    }
    let mut hits = Vec::new();
    for ((key, text), places) in wrong {
        if verdict(&text) == Verdict::No {
            hits.extend(no_region(probe, set, key, &text, &places));
        }
    }
    told(probe, hits, |count| format!("{count} regions are none."))
}

/// The region of service calls only where AWS is asked for sure: stores that are like S3 have regions of their own.
fn keys(section: &Section<'_>) -> Vec<&'static str> {
    let is_session = section.kind() == SectionKind::SsoSession;
    let has_role = section.has("sso_account_id") || section.has("sso_role_name");
    let elsewhere = section.has("endpoint_url") || section.has("services");
    match is_session || !has_role || elsewhere {
        true if section.has("sso_session") && !is_session => Vec::new(),
        true => vec!["sso_region"],
        // With a session a region of its own does not count.
        false if section.has("sso_session") => vec!["region"],
        false => vec!["sso_region", "region"],
    }
}

fn no_region(
    probe: &Probe,
    set: &ConfigSet,
    key: &str,
    text: &str,
    places: &[(Section<'_>, Sourced<String>)],
) -> Option<Hit> {
    let (first, found) = places.first()?;
    let at = probe.voice.origin(&found.origin);
    let mut finding = Finding::new(
        Code::C14,
        if places.iter().any(|(section, _)| is_own(probe, set, section)) {
            Severity::Error
        } else {
            Severity::Warning
        },
        format!("The {key} \"{text}\" in {} is not a region.", first.id()),
    )
    .at(at.clone());
    if places.len() > 1 {
        finding = finding.seen(format!("also in {} other sections", places.len() - 1));
    }
    let Some(region) = meant(text) else {
        return Some(finding.remedy(format!("write a region such as eu-west-1: edit {at}")).into());
    };
    let mut edit = ConfigEdit::new();
    for (section, _) in places.iter().filter(|(_, found)| in_config(probe, &found.origin)) {
        edit = edit.set(SectionName::from(section.id()), key, region);
    }
    Some(Hit::from(finding.remedy(format!("set {key} = {region} ({at})"))).edit(edit))
}

/// Whether it is the profile in question, or its session.
fn is_own(probe: &Probe, set: &ConfigSet, section: &Section<'_>) -> bool {
    let subject = &probe.config.subject;
    match section.kind() {
        SectionKind::Profile => subject.profile.as_ref().is_some_and(|name| name.as_str() == section.name()),
        SectionKind::SsoSession => {
            let named = subject.profile.as_ref().and_then(|name| set.profile(name)?.get("sso_session"));
            let direct = subject.session().and_then(|session| session.name.as_ref());
            named.is_some_and(|found| found.value == section.name())
                || direct.is_some_and(|name| name.as_str() == section.name())
        }
        SectionKind::Services => false,
    }
}
