//! The facts, gathered once: checks are functions of them.

mod config;
mod troubles;

pub(crate) use config::ConfigFacts;
pub(crate) use troubles::Trouble;

use crate::explain::Voice;
use sso_config::{CredentialSource, Env};
use sso_core::Timestamp;

/// Everything the checks may look at. Holds secrets of files; findings must not.
pub(crate) struct Probe {
    pub(crate) env: Env,
    pub(crate) now: Timestamp,
    /// How places and commands are worded.
    pub(crate) voice: Voice,
    /// Both AWS files, and what the profile in question says.
    pub(crate) config: ConfigFacts,
    /// What is wrong with them, as commands would say it.
    pub(crate) troubles: Vec<Trouble>,
    /// What the network and other programs answered.
    pub(crate) net: Net,
}

/// What the network and other programs answered, if they were asked.
pub(crate) enum Net {
    /// They were not, and why.
    NotRun(&'static str),
}

impl Net {
    /// Why they were not asked.
    pub(crate) fn not_run(&self) -> Option<&str> {
        match self {
            Self::NotRun(why) => Some(why),
        }
    }
}

/// What is asked about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// `--profile`.
    pub(crate) profile: Option<String>,
    /// `--sso-session`.
    pub(crate) session: Option<String>,
}

impl Probe {
    /// Reads the files. Nothing is written, nothing is sent.
    pub(crate) fn of_disk(env: Env, wanted: &Wanted, now: Timestamp) -> Self {
        let config = ConfigFacts::gather(&env, wanted);
        let voice = Voice::new(&env).during("doctor");
        let voice = match &config.subject.profile {
            Some(profile) => voice.profile(profile.as_str()),
            None => voice,
        };
        let troubles = troubles::gather(&config, &voice);
        Self { env, now, voice, config, troubles, net: Net::NotRun("not asked") }
    }

    /// Asks the network, or notes that it is not to be asked.
    pub(crate) fn ask_network(&mut self, ask: bool) {
        if !ask {
            self.net = Net::NotRun("--offline");
        }
    }

    /// `profile dev → session corp → 111122223333/Admin`, as far as it goes.
    pub(crate) fn subject(&self) -> String {
        let subject = &self.config.subject;
        let profile = subject.profile.as_ref().map(|name| format!("profile {name}"));
        let session = subject.session().map(|session| match &session.name {
            Some(name) => format!("session {name}"),
            None => session.start_url.value.as_str().to_owned(),
        });
        let role = subject.resolved().and_then(|resolved| match &resolved.source {
            CredentialSource::Sso(role) => {
                Some(format!("{}/{}", role.account_id.value, role.role_name.value))
            }
            _ => None,
        });
        [profile, session, role].into_iter().flatten().collect::<Vec<_>>().join(" → ")
    }

    /// What is worth a word when all is well.
    pub(crate) fn facts(&self) -> Vec<String> {
        Vec::new()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::path::Path;

    /// The facts of an empty home directory.
    pub(crate) fn probe() -> Probe {
        let home = tempfile::tempdir().expect("a home");
        of(home.path(), &[], &Wanted::default())
    }

    /// The facts of a home directory and an environment.
    pub(crate) fn of(home: &Path, variables: &[(&str, &str)], wanted: &Wanted) -> Probe {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let now = sso_core::parse_timestamp("2026-11-21T12:00:00Z").expect("an instant");
        Probe::of_disk(Env::new(variables, Some(home.to_owned())), wanted, now)
    }
}
