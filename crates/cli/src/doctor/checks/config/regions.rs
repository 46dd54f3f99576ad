//! C14: regions that are none. New ones appear every year, so only what cannot be one is an error.

use super::hit::{Hit, in_config, told};
use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;
use crate::regions::REGIONS;
use sso_config::{ConfigEdit, ConfigSet, Section, SectionKind, SectionName, Sourced};
use sso_core::Region;
use std::collections::BTreeMap;

/// Pseudo regions, and regions of partitions whose list is not public.
const ALSO: [&str; 3] = ["aws-global", "us-isof-south-1", "us-isof-east-1"];
/// The words that a region is made of, but for the first and the number.
const WORDS: [&str; 15] = [
    "north",
    "south",
    "east",
    "west",
    "central",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
    "gov",
    "iso",
    "isob",
    "isoe",
    "isof",
    "de",
];

/// What a text is.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Known,
    /// It has the words of a region: one that is newer than this program, or a slip.
    Possible,
    /// It cannot be a region.
    No,
}

fn verdict(text: &str) -> Verdict {
    if REGIONS.iter().any(|(region, _)| *region == text) || ALSO.contains(&text) {
        return Verdict::Known;
    }
    if Region::parse(text).is_err() {
        return Verdict::No;
    }
    let words: Vec<&str> = text.split('-').collect();
    let middle = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
    if middle.iter().all(|word| WORDS.contains(word)) { Verdict::Possible } else { Verdict::No }
}

/// The region that was meant, if that is plain.
fn meant(text: &str) -> Option<&'static str> {
    let plain =
        |text: &str| text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let wanted = plain(text);
    let exact =
        |wanted: &str| REGIONS.iter().find(|(region, _)| plain(region) == wanted).map(|(region, _)| *region);
    // An availability zone: us-east-1a.
    let zone = || exact(wanted.trim_end_matches(['a', 'b', 'c', 'd', 'e', 'f']));
    let place = || {
        let named = |place: &str| !place.is_empty() && plain(text) == plain(place);
        REGIONS.iter().find(|(_, place)| named(place)).map(|(region, _)| *region)
    };
    let near = || {
        // Only where the ends stay: eu-west-9 may be any.
        let ends =
            |text: &str| Some((text.split_once('-')?.0.to_owned(), text.rsplit_once('-')?.1.to_owned()));
        let wanted = ends(text)?;
        let found = sso_core::nearest(text, REGIONS.iter().map(|(region, _)| *region), REGIONS.len());
        let mut same = found.into_iter().filter(|region| ends(region).is_some_and(|ends| ends == wanted));
        same.next().filter(|_| same.next().is_none())
    };
    exact(&wanted).or_else(zone).or_else(place).or_else(near)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_that_are_and_those_that_were_meant() {
        use Verdict::{Known, No, Possible};
        for (text, expected, region) in [
            ("eu-west-1", Known, Some("eu-west-1")),
            ("aws-global", Known, None),
            ("us-isof-south-1", Known, None),
            // It may exist tomorrow.
            ("eu-west-4", Possible, None),
            ("ap-southwest-1", Possible, None),
            ("eu-wets-1", No, Some("eu-west-1")),
            ("eu-west1", No, Some("eu-west-1")),
            ("EU-West-1", No, Some("eu-west-1")),
            ("eu_central_1", No, Some("eu-central-1")),
            ("us-east-1a", No, Some("us-east-1")),
            ("Ireland", No, Some("eu-west-1")),
            ("Cape Town", No, Some("af-south-1")),
            ("\"us-east-1\"", No, Some("us-east-1")),
            ("global", No, None),
            ("", No, None),
            ("eu-west", No, None),
        ] {
            assert_eq!(verdict(text), expected, "{text}");
            if expected != Possible {
                assert_eq!(meant(text), region, "{text}");
            }
        }
        assert!(REGIONS.iter().all(|(region, _)| Region::parse(region).is_ok()));
    }
}
