//! What the configuration's own errors are, in the words of the commands that would fail with them.

use super::ConfigFacts;
use crate::catalogue::Code;
use crate::doctor::finding::Severity;
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_config::{ConfigError, ConfigSet, CredentialSource, Section, SsoSession, UnknownSession};
use sso_core::{ProfileName, SessionName};
use std::collections::HashMap;

/// For so many missing names it is looked for similar ones, which means to compare each with all others.
const SEARCHES: usize = 50;

/// One error of the configuration.
pub(crate) struct Trouble {
    /// An error if the profile or session in question fails with it, a warning if another would.
    pub(crate) severity: Severity,
    /// The profile or session that fails with it; `None`: all of them.
    pub(crate) of: Option<String>,
    /// The others that fail with the same.
    pub(crate) also: Vec<String>,
    pub(crate) error: CliError,
    /// The fact behind the words; `None` where a file could not be read at all.
    pub(crate) cause: Option<ConfigError>,
}

/// Every error, of what is asked about first, each once.
pub(super) fn gather(facts: &ConfigFacts, voice: &Voice) -> Vec<Trouble> {
    let set = match &facts.set {
        Ok(set) => set,
        Err(error) => {
            let (severity, error) = (Severity::Error, error.explain(voice));
            return vec![Trouble { severity, of: None, also: Vec::new(), error, cause: None }];
        }
    };
    let mut found = Found { set, voice, troubles: Vec::new(), known: HashMap::new(), memo: Memo::default() };
    found.own(facts);
    found.sessions();
    // First those that others build on.
    for role in [false, true] {
        set.profiles().filter(|section| section.has("role_arn") == role).for_each(|one| found.profile(&one));
    }
    found.troubles
}

struct Found<'a> {
    set: &'a ConfigSet,
    voice: &'a Voice,
    troubles: Vec<Trouble>,
    /// The trouble of a code with a headline.
    known: HashMap<(Code, String), usize>,
    memo: Memo,
}

/// Which trouble a name stands for. Looking for names that are like one that is missing takes long; thousands of profiles
/// may miss the same one.
#[derive(Default)]
struct Memo {
    no_session: HashMap<String, usize>,
    no_profile: HashMap<String, usize>,
    failed: HashMap<String, usize>,
}

impl Found<'_> {
    fn add(&mut self, severity: Severity, of: Option<&str>, cause: ConfigError) -> usize {
        let error = cause.explain(self.voice);
        let key = (error.code, error.headline.clone());
        if let Some(known) = self.known.get(&key).copied() {
            self.also(known, of);
            return known;
        }
        self.known.insert(key, self.troubles.len());
        let (of, cause) = (of.map(str::to_owned), Some(cause));
        self.troubles.push(Trouble { severity, of, also: Vec::new(), error, cause });
        self.troubles.len() - 1
    }

    fn also(&mut self, trouble: usize, name: Option<&str>) {
        let Some(known) = self.troubles.get_mut(trouble) else { return };
        // What is found twice of one is found in a row.
        let same = |other: Option<&String>| other.map(String::as_str) == name;
        if !same(known.of.as_ref()) && !same(known.also.last()) {
            known.also.extend(name.map(str::to_owned));
        }
    }

    /// What the profile or session in question fails with.
    fn own(&mut self, facts: &ConfigFacts) {
        let subject = &facts.subject;
        let Some(name) = &subject.profile else {
            let wrong = match &subject.session {
                Some(Ok(session)) => session.check().err(),
                Some(Err(ConfigError::UnknownSession(unknown))) => {
                    Some(ConfigError::UnknownSession(unknown.clone()))
                }
                Some(Err(ConfigError::MissingKeys(missing))) => {
                    Some(ConfigError::MissingKeys(missing.clone()))
                }
                Some(Err(_)) | None => None,
            };
            wrong.into_iter().for_each(|wrong| {
                self.add(Severity::Error, None, wrong);
            });
            return;
        };
        let of = Some(name.as_str());
        // That it has nothing to do with IAM Identity Center is no error: then its credentials come from elsewhere.
        let session = self.set.resolve_login(name).err();
        let session = session.filter(|error| !matches!(error, ConfigError::NoSso(_)));
        let all = [
            self.set.resolve(name).err(),
            session,
            subject.session().and_then(unusable),
            subject.resolved().and_then(|resolved| bad_role(&resolved.source)),
        ];
        all.into_iter().flatten().for_each(|error| {
            self.add(Severity::Error, of, error);
        });
    }

    fn sessions(&mut self) {
        for section in self.set.sso_sessions() {
            let session = self.set.resolve_session(&SessionName::new(section.name()));
            if let Some(error) = session.and_then(|session| session.check().map(drop)).err() {
                self.add(Severity::Warning, None, error);
            }
        }
    }

    fn profile(&mut self, section: &Section<'_>) {
        let name = section.name();
        let trouble = match self.remembered(section) {
            Some(known) => {
                self.also(known, Some(name));
                known
            }
            None => match self.wrong(section) {
                None => return,
                Some(error) => {
                    let missing = match &error {
                        ConfigError::UnknownSession(unknown) => Some((true, unknown.name.to_string())),
                        ConfigError::UnknownSourceProfile { name, .. } => Some((false, name.to_string())),
                        _ => None,
                    };
                    let trouble = self.add(Severity::Warning, Some(name), error);
                    match missing {
                        Some((true, session)) => self.memo.no_session.insert(session, trouble),
                        Some((false, profile)) => self.memo.no_profile.insert(profile, trouble),
                        None => None,
                    };
                    trouble
                }
            },
        };
        self.memo.failed.insert(name.to_owned(), trouble);
    }

    /// The trouble that must be this profile's, too.
    fn remembered(&self, section: &Section<'_>) -> Option<usize> {
        if section.has("role_arn") {
            let source = section.get("source_profile")?.value;
            let known = self.memo.no_profile.get(&*source);
            // With keys of its own it is used otherwise when it is a source.
            let has_keys = || self.set.profile(&ProfileName::new(&*source))?.get("aws_access_key_id");
            return known
                .or_else(|| self.memo.failed.get(&*source).filter(|_| has_keys().is_none()))
                .copied();
        }
        let names_role = section.has("sso_account_id") || section.has("sso_role_name");
        let session = section.get("sso_session").filter(|_| names_role)?.value;
        self.memo.no_session.get(&*session).copied()
    }

    /// The missing name that the profile fails with, without those that are like it.
    fn missing(&self, section: &Section<'_>) -> Option<ConfigError> {
        if section.has("role_arn") {
            let source = section.text("source_profile")?;
            let name = ProfileName::new(source.value);
            let origin = source.origin;
            let lacks = self.set.profile(&name).is_none() && !section.has("credential_source");
            return lacks.then(|| ConfigError::UnknownSourceProfile { name, origin, nearest: Vec::new() });
        }
        let named = section.text("sso_session")?;
        let name = SessionName::new(named.value);
        let lacks = self.set.sso_session(&name).is_none();
        let names_role = section.has("sso_account_id") || section.has("sso_role_name");
        (lacks && names_role).then(|| {
            ConfigError::UnknownSession(Box::new(UnknownSession {
                name,
                origin: Some(named.origin),
                searched: self.set.searched(),
                nearest: Vec::new(),
                near_headers: Vec::new(),
            }))
        })
    }

    fn wrong(&self, section: &Section<'_>) -> Option<ConfigError> {
        if self.memo.no_session.len() + self.memo.no_profile.len() >= SEARCHES
            && let Some(error) = self.missing(section)
        {
            return Some(error);
        }
        match self.set.resolve(&ProfileName::new(section.name())) {
            Err(error) => Some(error),
            Ok(resolved) => {
                let session = resolved.sso.as_ref().and_then(|binding| unusable(&binding.session));
                session.or_else(|| bad_role(&resolved.source))
            }
        }
    }
}

fn unusable(session: &SsoSession) -> Option<ConfigError> {
    session.check().err()
}

/// What cannot be asked for, of a permission set or of an assumed role.
fn bad_role(source: &CredentialSource) -> Option<ConfigError> {
    match source {
        CredentialSource::Sso(role) => role.account_id.check().err(),
        CredentialSource::AssumeRole(role) => role.check().err(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::probe::Wanted;
    use crate::doctor::probe::tests::of_config;

    #[test]
    fn each_is_told_once_with_all_whom_it_concerns() {
        let role = "sso_session = copr\nsso_account_id = 111122223333\nsso_role_name = A\n";
        let mut text = String::from(
            "[profile r1]\nrole_arn = x\nsource_profile = p3\n[profile r2]\nrole_arn = x\nsource_profile = gone\n\
             [profile r3]\nrole_arn = x\nsource_profile = gone\n",
        );
        (0..6).for_each(|number| text.push_str(&format!("[profile p{number}]\n{role}")));
        let wanted = Wanted { profile: Some("p4".to_owned()), ..Wanted::default() };
        let probe = of_config(&text, &[], &wanted);
        let told: Vec<_> = probe
            .troubles
            .iter()
            .map(|one| (one.error.code, one.severity, one.of.as_deref(), one.also.join(" ")))
            .collect();
        assert_eq!(
            told,
            [
                (Code::C04, Severity::Error, Some("p4"), "p0 p1 p2 p3 p5 r1".to_owned()),
                (Code::C18, Severity::Warning, Some("r2"), "r3".to_owned()),
            ]
        );
    }
}
