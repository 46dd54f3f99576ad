//! What a check has come upon, before it is told: many of a kind are told as one.

use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::fix::Fix;
use crate::doctor::probe::{Probe, Trouble};
use crate::doctor::rewrite::{Step, rewrite};
use sso_config::{ConfigEdit, ConfigError, Origin, Place, Section, SectionName, Sourced};
use sso_core::ProfileName;
use std::sync::Arc;

/// How many of a kind are told one by one.
const FEW: usize = 3;

/// A finding, and what would mend it.
pub(super) struct Hit {
    pub(super) finding: Finding,
    pub(super) mend: Mend,
}

/// What would mend it.
pub(super) enum Mend {
    Nothing,
    Edit(ConfigEdit),
    Rewrite(Vec<Step>),
}

impl From<Finding> for Hit {
    fn from(finding: Finding) -> Self {
        Self { finding, mend: Mend::Nothing }
    }
}

impl Hit {
    /// A command's error, with the place of its cause and all whom it concerns.
    pub(super) fn of(trouble: &Trouble, probe: &Probe) -> Self {
        let mut finding = Finding::of(trouble.error.clone(), trouble.severity);
        if let Some(place) = trouble.cause.as_ref().and_then(place) {
            let at = probe.voice.place(place);
            // The place is said once.
            finding.evidence.retain(|line| line.strip_prefix("named at ").unwrap_or(line) != at);
            finding = finding.at(at);
        }
        if !trouble.also.is_empty() {
            finding = finding.seen(format!("also: {}", listed(&trouble.also)));
        }
        finding.into()
    }

    /// With an edit that mends it.
    pub(super) fn edit(self, edit: ConfigEdit) -> Self {
        if edit.changes.is_empty() { self } else { Self { mend: Mend::Edit(edit), ..self } }
    }

    /// With a step that mends it.
    pub(super) fn rewrite(self, step: Step) -> Self {
        Self { mend: Mend::Rewrite(vec![step]), ..self }
    }
}

/// What commands fail with.
pub(super) fn troubles<'a>(probe: &'a Probe, code: Code) -> impl Iterator<Item = &'a Trouble> + use<'a> {
    probe.troubles.iter().filter(move |trouble| trouble.error.code == code)
}

/// Each as a finding of its own while they are few; else one for all that are alike in severity and in whether they can be
/// mended. `many` says what they have in common, as "12 profiles ...".
pub(super) fn told(probe: &Probe, hits: Vec<Hit>, many: impl Fn(usize) -> String) -> Vec<Finding> {
    let mut groups: Vec<(Severity, u8, Vec<Hit>)> = Vec::new();
    for hit in hits {
        let mend = match hit.mend {
            Mend::Nothing => 0,
            Mend::Edit(_) => 1,
            Mend::Rewrite(_) => 2,
        };
        let severity = hit.finding.severity;
        match groups.iter_mut().find(|group| (group.0, group.1) == (severity, mend)) {
            Some(group) => group.2.push(hit),
            None => groups.push((severity, mend, vec![hit])),
        }
    }
    groups.into_iter().flat_map(|(_, _, hits)| group(probe, hits, &many)).collect()
}

fn group(probe: &Probe, hits: Vec<Hit>, many: &impl Fn(usize) -> String) -> Vec<Finding> {
    if hits.len() <= FEW {
        return hits.into_iter().map(|hit| finished(probe, hit)).collect();
    }
    let count = hits.len();
    let mut all: Option<Hit> = None;
    for hit in hits {
        let line = match &hit.finding.at {
            Some(at) => format!("{at}: {}", hit.finding.headline),
            None => hit.finding.headline.clone(),
        };
        match &mut all {
            None => {
                let Hit { finding, mend } = hit;
                let remedy = finding.remedy.filter(|_| !matches!(mend, Mend::Nothing));
                let first = Finding::new(finding.code, finding.severity, many(count)).seen(line);
                all = Some(Hit { finding: Finding { remedy, ..first }, mend });
            }
            Some(all) => {
                if all.finding.evidence.len() < FEW {
                    all.finding.evidence.push(line);
                }
                join(&mut all.mend, hit.mend);
            }
        }
    }
    let finish = |mut hit: Hit| {
        hit.finding.evidence.push(format!("and {} more", count - FEW));
        hit.finding.remedy = hit.finding.remedy.map(|_| probe.voice.command("doctor --fix"));
        finished(probe, hit)
    };
    all.map(finish).into_iter().collect()
}

fn join(mend: &mut Mend, more: Mend) {
    match (mend, more) {
        (Mend::Edit(edit), Mend::Edit(more)) => edit.changes.extend(more.changes),
        (Mend::Rewrite(steps), Mend::Rewrite(more)) => steps.extend(more),
        _ => {}
    }
}

/// A fix is only promised where it has been tried.
fn finished(probe: &Probe, hit: Hit) -> Finding {
    let fix = match hit.mend {
        Mend::Nothing => None,
        Mend::Edit(edit) => probe.config.set.as_ref().ok().and_then(|set| {
            let fits = edit.preview(set.config()).is_ok_and(|edited| !edited.diff.is_empty());
            fits.then_some(Fix::Config(edit))
        }),
        Mend::Rewrite(steps) => config_bytes(probe).and_then(|(path, bytes)| {
            let before: Arc<[u8]> = Arc::from(bytes);
            rewrite(&before, &steps).is_some().then(|| Fix::Rewrite { path: path.to_owned(), before, steps })
        }),
    };
    match fix {
        Some(fix) => hit.finding.fix(fix),
        None => hit.finding,
    }
}

/// The config file as it is.
pub(super) fn config_bytes(probe: &Probe) -> Option<(&std::path::Path, &[u8])> {
    let file = probe.config.config.as_ref().ok()?;
    Some((file.path.as_path(), file.bytes.as_deref()?))
}

/// `a, b, c and 12 more`.
pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    match names.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// An error for the profile in question, a warning for others.
pub(super) fn severity(probe: &Probe, section: &Section<'_>) -> Severity {
    let own = probe.config.subject.profile.as_ref().is_some_and(|name| name.as_str() == section.name());
    if own { Severity::Error } else { Severity::Warning }
}

/// Whether the value stands in the config file: the other one is never edited.
pub(super) fn in_config(probe: &Probe, origin: &Origin) -> bool {
    let config = probe.config.config.as_ref().ok().map(|file| file.path.as_path());
    origin.place().is_some_and(|place| config == Some(&*place.path))
}

/// An edit that gives the key another value where it stands, if that can be edited.
pub(super) fn set_where(probe: &Probe, origin: &Origin, key: &str, value: &str) -> ConfigEdit {
    match origin {
        Origin::File { section, .. } if in_config(probe, origin) => {
            ConfigEdit::new().set(SectionName::from(section.clone()), key, value)
        }
        _ => ConfigEdit::new(),
    }
}

/// As [`set_where`], for this key of these profiles.
pub(super) fn set_in_profiles<'a>(
    probe: &Probe,
    names: impl Iterator<Item = &'a String>,
    key: &str,
    becomes: impl Fn(&Sourced<String>) -> Option<String>,
) -> ConfigEdit {
    let mut edit = ConfigEdit::new();
    let Ok(set) = &probe.config.set else { return edit };
    for section in names.filter_map(|name| set.profile(&ProfileName::new(name.as_str()))) {
        if let Some(found) = section.text(key)
            && let Some(value) = becomes(&found)
        {
            edit.changes.extend(set_where(probe, &found.origin, key, &value).changes);
        }
    }
    edit
}

/// All whom a trouble concerns.
pub(super) fn concerned(trouble: &Trouble) -> impl Iterator<Item = &String> {
    trouble.of.iter().chain(&trouble.also)
}

/// Where the cause of an error stands.
fn place(error: &ConfigError) -> Option<&Place> {
    match error {
        ConfigError::Syntax { place, .. }
        | ConfigError::NotUtf8 { place, .. }
        | ConfigError::CarriageReturns { place } => Some(place),
        ConfigError::UnknownProfile(_)
        | ConfigError::Read { .. }
        | ConfigError::NotAFile { .. }
        | ConfigError::TooLarge { .. }
        | ConfigError::Home(_) => None,
        ConfigError::UnknownSession(unknown) => unknown.origin.as_ref()?.place(),
        ConfigError::MissingKeys(missing) => missing.missing.first().map(|one| &one.place),
        ConfigError::NoSso(found) => found.place.as_ref(),
        ConfigError::Inconsistent(found) => found.profile.origin.place(),
        ConfigError::SourceProfileLoop { origin, .. }
        | ConfigError::SourceProfileTooFar { origin, .. }
        | ConfigError::UnknownSourceProfile { origin, .. }
        | ConfigError::RoleWithoutSource { origin }
        | ConfigError::RoleWithTwoSources { source_profile: origin, .. }
        | ConfigError::UnknownServices { origin, .. }
        | ConfigError::EmptyCaBundle { origin } => origin.place(),
        ConfigError::StartUrl { value, .. } => value.origin.place(),
        ConfigError::AccountId { value, .. } => value.origin.place(),
        ConfigError::Region { value, .. }
        | ConfigError::Seconds { value, .. }
        | ConfigError::RoleArn { value, .. } => value.origin.place(),
    }
}
