//! C01 and C02: nothing to sign in with, and a profile that is not there.

use super::hit::{Hit, told, troubles};
use crate::catalogue::Code;
use crate::doctor::finding::{Finding, Severity};
use crate::doctor::probe::Probe;
use crate::explain::Explain as _;
use sso_config::{ConfigError, ConfigSet, CredentialSource};

/// C01.
pub(super) fn no_settings(probe: &Probe) -> Vec<Finding> {
    let mut hits: Vec<Hit> = troubles(probe, Code::C01).map(|trouble| Hit::of(trouble, probe)).collect();
    if let Ok(set) = &probe.config.set {
        hits.extend(nothing(probe, set).or_else(|| not_this_profile(probe)).map(Hit::from));
    }
    told(probe, hits, |count| format!("{count} profiles have no IAM Identity Center settings."))
}

fn nothing(probe: &Probe, set: &ConfigSet) -> Option<Finding> {
    let keys = ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"];
    let mut profiles = set.profiles();
    if set.sso_sessions().next().is_some() || profiles.any(|one| keys.iter().any(|key| one.has(key))) {
        return None;
    }
    let path = probe.voice.path(set.config().path());
    let headline = match set.config().exists() {
        true => "No profile and no sso-session is configured to sign in with.",
        false => "There is no config file.",
    };
    Some(Finding::new(Code::C01, Severity::Error, headline).at(path).remedy("sso configure"))
}

/// A profile that gets its credentials neither from IAM Identity Center nor from anything else that is known.
fn not_this_profile(probe: &Probe) -> Option<Finding> {
    let subject = &probe.config.subject;
    let Some(Err(error @ ConfigError::NoSso(_))) = &subject.session else { return None };
    let nothing = subject.resolved().is_some_and(|found| found.source == CredentialSource::None);
    // Where the profile names no source, tools ask the surroundings.
    (nothing && !probe.precedence.iter().any(|source| source.wins))
        .then(|| Finding::of(error.explain(&probe.voice), Severity::Error))
}

/// C02.
pub(super) fn no_profile(probe: &Probe) -> Vec<Finding> {
    let hits = troubles(probe, Code::C02).map(|trouble| Hit::of(trouble, probe)).collect();
    told(probe, hits, |count| format!("{count} profiles are not there."))
}
