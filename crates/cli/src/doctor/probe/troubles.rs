//! What the configuration's own errors are, in the words of the commands that would fail with them.

use super::ConfigFacts;
use crate::doctor::finding::Severity;
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_config::{ConfigError, ConfigSet, CredentialSource, SsoSession};
use sso_core::{ProfileName, SessionName};

/// One error of the configuration.
pub(crate) struct Trouble {
    /// An error if the profile or session in question fails with it, a warning if another would.
    pub(crate) severity: Severity,
    /// The profile or session that fails with it; `None`: all of them.
    pub(crate) of: Option<String>,
    pub(crate) error: CliError,
}

/// Every error, of what is asked about first, each once.
pub(super) fn gather(facts: &ConfigFacts, voice: &Voice) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    let mut add = |severity, of: Option<&str>, error: CliError| {
        let known =
            |known: &Trouble| known.error.code == error.code && known.error.headline == error.headline;
        if !troubles.iter().any(known) {
            troubles.push(Trouble { severity, of: of.map(str::to_owned), error });
        }
    };
    let set = match &facts.set {
        Ok(set) => set,
        Err(error) => {
            add(Severity::Error, None, error.explain(voice));
            return troubles;
        }
    };
    let subject = &facts.subject;
    let of = subject.profile.as_ref().map(|name| name.as_str());
    let own =
        [subject.resolved.as_ref().and_then(|found| found.as_ref().err()), wrong(subject.session.as_ref())];
    own.into_iter().flatten().for_each(|error| add(Severity::Error, of, error.explain(voice)));
    for error in subject.session().into_iter().flat_map(unusable) {
        add(Severity::Error, of, error.explain(voice));
    }
    if let Some(error) = subject.resolved().and_then(|resolved| bad_account(&resolved.source)) {
        add(Severity::Error, of, error.explain(voice));
    }
    for (name, error) in of_others(set) {
        add(Severity::Warning, Some(&name), error.explain(voice));
    }
    troubles
}

/// The session's error, unless it only says that the profile has nothing to do with IAM Identity Center: then its
/// credentials come from elsewhere.
fn wrong(session: Option<&Result<SsoSession, ConfigError>>) -> Option<&ConfigError> {
    session?.as_ref().err().filter(|error| !matches!(error, ConfigError::NoSso(_)))
}

fn unusable(session: &SsoSession) -> Option<ConfigError> {
    session.check().err()
}

fn bad_account(source: &CredentialSource) -> Option<ConfigError> {
    match source {
        CredentialSource::Sso(role) => role.account_id.check().err(),
        _ => None,
    }
}

/// What all the other profiles and sessions would fail with.
fn of_others(set: &ConfigSet) -> Vec<(String, ConfigError)> {
    let mut found = Vec::new();
    for section in set.sso_sessions() {
        let session = set.resolve_session(&SessionName::new(section.name()));
        let error = session.and_then(|session| session.check().map(drop)).err();
        found.extend(error.map(|error| (section.name().to_owned(), error)));
    }
    for section in set.profiles() {
        let resolved = set.resolve(&ProfileName::new(section.name()));
        let error = match resolved {
            Err(error) => Some(error),
            Ok(resolved) => {
                let session = resolved.sso.as_ref().and_then(|binding| unusable(&binding.session));
                session.or_else(|| bad_account(&resolved.source))
            }
        };
        found.extend(error.map(|error| (section.name().to_owned(), error)));
    }
    found
}
