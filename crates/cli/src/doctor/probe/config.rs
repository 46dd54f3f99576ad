//! Both AWS files as they are, and what the profile in question says.

use super::Wanted;
use sso_config::{
    ConfigError, ConfigSet, CredentialSource, EndpointSettings, Env, HomeError, Problem, ProfileSource,
    ResolvedProfile, SelectedProfile, SsoRole, SsoSession, select_profile,
};
use sso_core::{ProfileName, SessionName};
use std::path::PathBuf;

/// What is known of the configuration.
pub(crate) struct ConfigFacts {
    pub(crate) config: Result<FileText, HomeError>,
    pub(crate) credentials: Result<FileText, HomeError>,
    /// Both files read together; the first error if one cannot be.
    pub(crate) set: Result<ConfigSet, ConfigError>,
    /// What some tool reads otherwise, or is hardly meant; nothing if the files cannot be read.
    pub(crate) problems: Vec<Problem>,
    pub(crate) selected: SelectedProfile,
    pub(crate) subject: Subject,
    /// Which endpoints are asked for; `None` without a configuration.
    pub(crate) endpoints: Option<Result<EndpointSettings, ConfigError>>,
}

/// One file as it is.
pub(crate) struct FileText {
    pub(crate) path: PathBuf,
    /// Its bytes; `None` if it is not there or cannot be read. May hold secrets.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// The profile and the session that are asked about.
#[derive(Default)]
pub(crate) struct Subject {
    /// The profile; `None` when only a session is asked about, or there are several and none is selected.
    pub(crate) profile: Option<ProfileName>,
    /// What the profile says.
    pub(crate) resolved: Option<Result<ResolvedProfile, ConfigError>>,
    /// The session, or why there is none.
    pub(crate) session: Option<Result<SsoSession, ConfigError>>,
}

impl Subject {
    /// The session, if it is whole.
    pub(crate) fn session(&self) -> Option<&SsoSession> {
        self.session.as_ref()?.as_ref().ok()
    }

    /// The role that the profile's credentials are, or that they are assumed with.
    pub(crate) fn sso_role(&self) -> Option<&SsoRole> {
        match &super::cache::base(self.resolved()?).source {
            CredentialSource::Sso(role) => Some(role),
            _ => None,
        }
    }

    /// The profile's plan, if it is whole.
    pub(crate) fn resolved(&self) -> Option<&ResolvedProfile> {
        self.resolved.as_ref()?.as_ref().ok()
    }
}

impl ConfigFacts {
    pub(super) fn gather(env: &Env, wanted: &Wanted) -> Self {
        let text = |path: Result<PathBuf, HomeError>| path.map(|path| FileText { bytes: read(&path), path });
        let set = ConfigSet::load(env);
        let selected = select_profile(wanted.profile.as_deref(), env);
        let subject = set.as_ref().map(|set| subject(set, wanted, &selected)).unwrap_or_default();
        let name = subject.profile.as_ref().unwrap_or(&selected.name);
        let endpoints = set.as_ref().ok().map(|set| EndpointSettings::resolve(env, set, name));
        Self {
            endpoints,
            config: text(env.config_file()),
            credentials: text(env.credentials_file()),
            problems: set.as_ref().map(ConfigSet::problems).unwrap_or_default(),
            set,
            selected,
            subject,
        }
    }
}

/// A pipe or a device is never opened: reading it could wait for ever.
fn read(path: &std::path::Path) -> Option<Vec<u8>> {
    let small = std::fs::metadata(path).ok().filter(|found| {
        found.is_file() && found.len() <= sso_config::MAX_FILE_BYTES.try_into().unwrap_or(u64::MAX)
    });
    small.and_then(|_| std::fs::read(path).ok())
}

fn subject(set: &ConfigSet, wanted: &Wanted, selected: &SelectedProfile) -> Subject {
    if let Some(session) = wanted.session.as_deref().filter(|name| !name.is_empty()) {
        let session = Some(set.resolve_session(&SessionName::new(session)));
        return Subject { session, ..Subject::default() };
    }
    let name = match selected.source {
        ProfileSource::Default => match unselected(set) {
            Some(name) => name,
            None => return only_session(set),
        },
        ProfileSource::Flag | ProfileSource::Variable(_) => selected.name.clone(),
    };
    Subject {
        resolved: Some(set.resolve(&name)),
        session: Some(set.resolve_login(&name)),
        profile: Some(name),
    }
}

/// The profile that is meant when none is named: `default` if it gets credentials from somewhere, else the only one that
/// uses IAM Identity Center.
fn unselected(set: &ConfigSet) -> Option<ProfileName> {
    let default = ProfileName::new("default");
    if set.profile(&default).is_some()
        && !matches!(set.resolve(&default), Ok(found) if found.source == CredentialSource::None)
    {
        return Some(default);
    }
    let uses_sso =
        |section: &sso_config::Section<'_>| section.has("sso_session") || section.has("sso_start_url");
    let mut names = set.profiles().filter(uses_sso).map(|section| ProfileName::new(section.name()));
    let first = names.next()?;
    names.next().is_none().then_some(first)
}

fn only_session(set: &ConfigSet) -> Subject {
    let mut names = set.sso_sessions().map(|section| SessionName::new(section.name()));
    match (names.next(), names.next()) {
        (Some(only), None) => Subject { session: Some(set.resolve_session(&only)), ..Subject::default() },
        _ => Subject::default(),
    }
}

#[cfg(test)]
mod tests {
    use crate::doctor::probe::Wanted;
    use crate::doctor::probe::tests::of;

    #[test]
    fn who_is_meant() {
        const SESSION: &str =
            "[sso-session corp]\nsso_start_url = https://c.awsapps.com/start\nsso_region = us-east-1\n";
        const ONE: &str =
            "[profile one]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = A\n";
        let two = ONE.replace("one", "two");
        let default = ONE.replace("profile one", "default");
        for (config, variables, flag, profile, session) in [
            (String::new(), &[][..], None, None, false),
            (SESSION.to_owned(), &[], None, None, true),
            (format!("{SESSION}{ONE}"), &[], None, Some("one"), true),
            (format!("{SESSION}{ONE}{two}"), &[], None, None, true),
            (format!("{SESSION}{ONE}{two}{default}"), &[], None, Some("default"), true),
            (format!("{SESSION}[default]\nregion = x\n{ONE}"), &[], None, Some("one"), true),
            (format!("{SESSION}{ONE}{two}"), &[("AWS_PROFILE", "two")], None, Some("two"), true),
            (format!("{SESSION}{ONE}{two}"), &[("AWS_PROFILE", "two")], Some("one"), Some("one"), true),
            (format!("{SESSION}{ONE}"), &[("AWS_PROFILE", "nope")], None, Some("nope"), false),
        ] {
            let home = tempfile::tempdir().expect("a home");
            std::fs::create_dir(home.path().join(".aws")).expect("made");
            sso_fs::replace(&home.path().join(".aws/config"), config.as_bytes(), None).expect("written");
            let wanted = Wanted { profile: flag.map(str::to_owned), ..Wanted::default() };
            let found = of(home.path(), variables, &wanted).config.subject;
            let name = found.profile.as_ref().map(|name| name.as_str());
            assert_eq!((name, found.session().is_some()), (profile, session), "{config}");
        }
    }
}
