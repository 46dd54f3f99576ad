//! The facts, gathered once: checks are functions of them.

mod cache;
mod config;
mod files;
mod helpers;
mod host;
mod locks;
pub(crate) mod net;
mod precedence;
mod tools;
mod troubles;

pub(crate) use cache::{CacheFacts, SessionFacts};
pub(crate) use config::{ConfigFacts, FileText};
pub(crate) use files::{Disk, FileFact, FileFacts, Kind};
pub(crate) use helpers::{Helper, Program};
pub(crate) use locks::StoppedHolder;
pub(crate) use net::{Asking, Net};
pub(crate) use precedence::Source;
pub(crate) use troubles::Trouble;

use crate::explain::Voice;
use crate::kept::encryption;
use host::Host;
use sso_config::{CredentialSource, Env, Place};
use sso_core::{ProfileName, Timestamp};
use std::collections::HashMap;
use tools::Tools;

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
    /// Every `credential_process`, by its text.
    pub(crate) helpers: HashMap<String, Helper>,
    /// The sources of credentials for the profile in question, in the order in which AWS tools ask them.
    pub(crate) precedence: Vec<Source>,
    /// The AWS files and directories as the disk shows them.
    pub(crate) files: FileFacts,
    /// What lies in the caches, and how the session in question stands.
    pub(crate) cache: CacheFacts,
    /// Locks that stopped processes hold.
    pub(crate) stopped: Vec<StoppedHolder>,
    /// This host.
    pub(crate) host: Host,
    /// Other programs; nothing of them with `--offline`.
    pub(crate) tools: Tools,
    /// What this machine says about the network.
    pub(crate) local: net::LocalFacts,
    /// What the network answered.
    pub(crate) net: Net,
}

/// What is asked about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// `--profile`.
    pub(crate) profile: Option<String>,
    /// `--sso-session`.
    pub(crate) session: Option<String>,
    /// Whether there is a terminal to ask at.
    pub(crate) terminal: bool,
}

impl Probe {
    /// Reads the files. Nothing is written, nothing is sent.
    pub(crate) fn of_disk(env: Env, wanted: &Wanted, now: Timestamp) -> Self {
        let config = ConfigFacts::gather(&env, wanted);
        let voice = Voice::new(&env).during("doctor");
        let session = config.subject.session().and_then(|session| session.name.as_ref());
        let voice = match (&config.subject.profile, session) {
            (Some(profile), _) => voice.profile(profile.as_str()),
            (None, Some(session)) => voice.session(session.as_str()),
            (None, None) => voice,
        };
        let troubles = troubles::gather(&config, &voice);
        let files = FileFacts::gather(&env);
        let (caches, set) = (files.caches.as_ref(), config.set.as_ref().ok());
        let cache = CacheFacts::gather(caches, &config.subject, set, &voice, (&env, now));
        let stopped = locks::gather(&files, std::path::Path::new("/proc"));
        let host = Host::gather(&env, wanted.terminal);
        let (tools, net) = (Tools::default(), Net::NotRun("not asked".to_owned()));
        let local = net::LocalFacts::gather(&env, &config, &voice);
        let helpers = config.set.as_ref().map(|set| helpers::gather(&env, set)).unwrap_or_default();
        let precedence = precedence::gather(&env, &config, &voice);
        Self {
            env,
            now,
            voice,
            config,
            troubles,
            helpers,
            precedence,
            files,
            cache,
            stopped,
            host,
            tools,
            local,
            net,
        }
    }

    /// Whether a place is in the config file, which `--fix` may edit.
    pub(crate) fn is_config(&self, place: &Place) -> bool {
        self.config.config.as_ref().is_ok_and(|file| *file.path == *place.path)
    }

    /// Whether the profile has a section in the config file.
    pub(crate) fn in_config(&self, name: &ProfileName) -> bool {
        let section = self.config.set.as_ref().ok().and_then(|set| set.profile(name));
        section.is_some_and(|section| self.is_config(&section.place()))
    }

    /// Asks the network and other programs, side by side; or notes that they are not to be asked.
    pub(crate) fn ask_network(&mut self, asking: Option<&Asking>) {
        let Some(asking) = asking else {
            self.net = Net::NotRun("--offline".to_owned());
            return;
        };
        let (net, tools) = std::thread::scope(|scope| {
            let env = &self.env;
            let tools = asking.programs.then(|| scope.spawn(move || Tools::gather(env)));
            let net = net::ask(self, asking);
            (net, tools.and_then(|tools| tools.join().ok()))
        });
        self.net = net;
        self.tools = tools.unwrap_or_default();
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
    pub(crate) fn facts(&self, moment: impl Fn(Timestamp) -> String) -> Vec<String> {
        let net = self.net.facts().map(|facts| facts.words()).unwrap_or_default();
        let kept = self.kept();
        self.signed_in(moment).into_iter().chain(kept).chain(net).collect()
    }

    /// Where its secrets are, and whether the disk there is known to be encrypted.
    fn kept(&self) -> Vec<String> {
        let Some(session) = self.cache.session.as_ref().filter(|session| session.kept.is_worth_a_word())
        else {
            return Vec::new();
        };
        let cache = session.token_path.parent().unwrap_or(&session.token_path);
        vec![
            format!("its secrets {}", session.kept.words(&self.voice.path(cache))),
            encryption::words(self.files.encrypted),
        ]
    }

    /// How the session in question stands.
    fn signed_in(&self, moment: impl Fn(Timestamp) -> String) -> Vec<String> {
        let Some(session) = &self.cache.session else { return Vec::new() };
        let (Some(token), None) = (session.token(), &session.need) else { return Vec::new() };
        let renews = token.refresh_grant(self.now).is_some();
        match () {
            () if token.expires_at <= self.now => {
                vec!["The session renews itself when it is next used".to_owned()]
            }
            () if renews => {
                vec![format!("Signed in until {}", moment(token.expires_at)), "renews by itself".to_owned()]
            }
            () => vec![format!("Signed in until {}", moment(token.expires_at))],
        }
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

    /// The facts of a home directory with this config file, and an environment.
    pub(crate) fn of_config(config: &str, variables: &[(&str, &str)], wanted: &Wanted) -> Probe {
        let home = tempfile::tempdir().expect("a home");
        std::fs::create_dir(home.path().join(".aws")).expect("made");
        sso_fs::replace(&home.path().join(".aws/config"), config.as_bytes(), None).expect("written");
        of(home.path(), variables, wanted)
    }

    /// The facts of a home directory and an environment.
    pub(crate) fn of(home: &Path, variables: &[(&str, &str)], wanted: &Wanted) -> Probe {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let now = sso_core::parse_timestamp("2026-11-21T12:00:00Z").expect("an instant");
        Probe::of_disk(Env::new(variables, Some(home.to_owned())), wanted, now)
    }
}
