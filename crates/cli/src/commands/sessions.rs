//! Which sessions there are, which one is meant, and which profiles use it.

use super::pick;
use crate::catalogue::Code;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, Voice};
use sso_cache::FileStore;
use sso_config::{ConfigError, ConfigSet, ProfileSource, RoleChain, SsoSession, select_profile};
use sso_core::{
    AccountId, AssumeRoleKey, Lookup, ProfileName, RoleKey, RoleName, SessionName, StartUrl, TokenStore as _,
};

pub(crate) use super::role::{role, role_of};

/// One session of the configuration.
pub(crate) struct Listed {
    pub(crate) session: SsoSession,
    /// The session's name, or the host of a legacy start URL.
    pub(crate) label: String,
    /// The profiles that use it.
    pub(crate) profiles: Vec<ProfileName>,
    /// How errors about it are worded.
    pub(crate) voice: Voice,
}

impl Listed {
    pub(crate) fn new(context: &Context, set: &ConfigSet, session: SsoSession) -> Self {
        let profiles = profiles_of(set, &session);
        let label = label(&session);
        let voice =
            Voice::new(&context.env).during(context.command).about(&label).legacy(session.name.is_none());
        let voice = match (&session.name, context.global.profile(), profiles.first()) {
            (_, Some(profile), _) => voice.profile(profile),
            (Some(name), ..) => voice.session(name.as_str()),
            (None, _, Some(profile)) => voice.profile(profile.as_str()),
            (None, ..) => voice,
        };
        Self { session, label, profiles, voice }
    }

    /// Whether it is a legacy start URL.
    pub(crate) fn is_legacy(&self) -> bool {
        self.session.name.is_none()
    }

    /// The profiles that assume roles with a role of this session, one with the other, and those roles.
    fn chains(&self, set: &ConfigSet) -> impl Iterator<Item = (ProfileName, RoleChain)> {
        let token = self.session.token_key();
        // Cheaper than resolving each of 10,000.
        set.profiles().filter(|section| section.has("role_arn")).filter_map(move |section| {
            let name = ProfileName::new(section.name());
            let chain = set.resolve(&name).ok()?.chain()?;
            (!chain.assumed.is_empty() && chain.first.session.token_key() == token).then_some((name, chain))
        })
    }

    /// The profiles that use it by way of another, which they name as `source_profile`.
    pub(crate) fn beyond(&self, set: &ConfigSet) -> Vec<ProfileName> {
        self.chains(set).map(|(name, _)| name).filter(|name| !self.profiles.contains(name)).collect()
    }

    /// The cached credentials of roles that profiles assume with a role of this session.
    pub(crate) fn assumed_keys(&self, set: &ConfigSet) -> Vec<AssumeRoleKey> {
        let keys = self.chains(set).flat_map(|(_, chain)| chain.assumed);
        let mut keys: Vec<AssumeRoleKey> = keys.filter_map(|(_, role)| role.check().ok()).collect();
        keys.sort_unstable_by_key(ToString::to_string);
        keys.dedup();
        keys
    }

    /// The cached role credentials that its profiles may have.
    pub(crate) fn role_keys(&self, set: &ConfigSet) -> Vec<RoleKey> {
        let token = self.session.token_key();
        let mut keys: Vec<RoleKey> = Vec::new();
        for profile in &self.profiles {
            let Some(section) = set.profile(profile) else { continue };
            let (Some(account), Some(role)) = (section.text("sso_account_id"), section.text("sso_role_name"))
            else {
                continue;
            };
            let (account_id, role_name) = (AccountId::new(account.value), RoleName::new(role.value));
            let key = RoleKey { token: token.clone(), account_id, role_name };
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }
}

/// What the session is called.
pub(crate) fn label(session: &SsoSession) -> String {
    match &session.name {
        Some(name) => name.as_str().to_owned(),
        None => host(&session.start_url.value),
    }
}

/// The portal's host, or the whole text if it is no URL.
pub(crate) fn host(start_url: &StartUrl) -> String {
    start_url.host().unwrap_or_else(|| start_url.as_str().to_owned())
}

fn profiles_of(set: &ConfigSet, session: &SsoSession) -> Vec<ProfileName> {
    let uses = |section: &sso_config::Section<'_>| match (&session.name, section.get("sso_session")) {
        (Some(name), Some(key)) => key.value == name.as_str(),
        (None, None) => {
            section.get("sso_start_url").is_some_and(|url| url.value == session.start_url.value.as_str())
        }
        _ => false,
    };
    set.profiles().filter(uses).map(|section| ProfileName::new(section.name())).collect()
}

/// A session, or what the broken section is called and what is wrong with it.
pub(crate) type Known = Result<Listed, (String, CliError)>;

/// One session of the configuration.
pub(crate) struct Found {
    pub(crate) listed: Known,
    /// See [`counts`].
    pub(crate) counts: bool,
}

/// Every session of the configuration: `[sso-session]`s first, then legacy start URLs.
pub(crate) fn all(context: &Context, set: &ConfigSet, store: &FileStore) -> Vec<Found> {
    let voice = context.voice();
    let named = set.sso_sessions().map(|section| {
        let name = SessionName::new(section.name());
        set.resolve_session(&name).map_err(|error| (name.as_str().to_owned(), error.explain(&voice)))
    });
    let mut seen: Vec<StartUrl> = Vec::new();
    let legacy = set.profiles().filter(|section| !section.has("sso_session")).filter_map(|section| {
        let url = StartUrl::new(section.get("sso_start_url")?.value.into_owned());
        if seen.contains(&url) {
            return None;
        }
        seen.push(url);
        let name = ProfileName::new(section.name());
        Some(set.resolve_login(&name).map_err(|error| (name.as_str().to_owned(), error.explain(&voice))))
    });
    let found = |resolved: Result<SsoSession, _>| {
        let listed = resolved.map(|session| Listed::new(context, set, session));
        let counts = listed.as_ref().map_or(true, |listed| counts(set, store, &listed.session));
        Found { listed, counts }
    };
    named.chain(legacy).map(found).collect()
}

/// Whether a session counts for the exit status, `--all` and logout: a legacy start URL only if it has a token file, whole
/// or not, or the configuration has no sso-session.
pub(crate) fn counts(set: &ConfigSet, store: &FileStore, session: &SsoSession) -> bool {
    let has_token = || !matches!(store.load(&session.token_key()), Ok(Lookup::Absent));
    session.name.is_some() || set.sso_sessions().next().is_none() || has_token()
}

/// Those that count.
pub(crate) fn counting(context: &Context, set: &ConfigSet, store: &FileStore) -> Vec<Known> {
    all(context, set, store).into_iter().filter(|found| found.counts).map(|found| found.listed).collect()
}

/// Those that count; if there are none, the one to act on, or what is missing.
pub(crate) fn counting_or_one(
    context: &Context,
    set: &ConfigSet,
    store: &FileStore,
) -> Result<Vec<Known>, CliError> {
    match counting(context, set, store) {
        none if none.is_empty() => choose(context, set, store).map(|listed| vec![Ok(listed)]),
        some => Ok(some),
    }
}

/// The profile that is meant.
pub(crate) fn selected(context: &Context) -> (ProfileName, ProfileSource) {
    let selected = select_profile(context.global.profile(), &context.env);
    (selected.name, selected.source)
}

/// The network by the settings of the profile that is meant.
pub(crate) fn network(context: &Context, set: &ConfigSet) -> Result<Network, CliError> {
    context.network(set, &selected(context).0)
}

/// The session that `--sso-session` or `--profile` names, if either is given.
pub(crate) fn named(context: &Context, set: &ConfigSet) -> Result<Option<Listed>, CliError> {
    let voice = context.voice();
    let found = match (context.global.sso_session(), context.global.profile()) {
        (Some(name), _) => set.resolve_session(&SessionName::new(name)),
        (None, Some(name)) => set.resolve_login(&ProfileName::new(name)),
        (None, None) => return Ok(None),
    };
    found.map(|session| Some(Listed::new(context, set, session))).map_err(|error| error.explain(&voice))
}

/// The session to act on: the named one, else the selected profile's, else the only one there is.
pub(crate) fn choose(context: &Context, set: &ConfigSet, store: &FileStore) -> Result<Listed, CliError> {
    if let Some(listed) = named(context, set)? {
        return Ok(listed);
    }
    let (profile, _) = selected(context);
    match set.resolve_login(&profile) {
        Ok(session) => Ok(Listed::new(context, set, session)),
        Err(error @ ConfigError::NoSso(_)) => only_one(context, set, store, &error),
        Err(error) => Err(error.explain(&context.voice())),
    }
}

fn only_one(
    context: &Context,
    set: &ConfigSet,
    store: &FileStore,
    error: &ConfigError,
) -> Result<Listed, CliError> {
    let mut sessions = counting(context, set, store);
    if sessions.len() > 1 {
        let name = |found: &Known| match found {
            Ok(listed) => listed.label.clone(),
            Err((name, _)) => name.clone(),
        };
        let names: Vec<String> = sessions.iter().map(name).collect();
        // Broken ones are not offered.
        let whole = sessions.into_iter().filter_map(Result::ok).collect();
        if let Some(picked) = pick::session(context, store, whole)? {
            return Ok(picked);
        }
        let command = context.command;
        let all = match command {
            "login" | "logout" => format!(", or sso {command} --all"),
            "configure populate" => format!(", or sso {command} --all-sessions"),
            _ => String::new(),
        };
        return Err(CliError::new(Code::R01, Exit::Usage, "There are several sessions; say which one.")
            .note("sessions", names.join(", "))
            .fix(format!("sso {command} --sso-session <name>{all}")));
    }
    match sessions.pop() {
        Some(Ok(listed)) => Ok(listed),
        Some(Err((_, broken))) => Err(broken),
        None => Err(dangling(set).as_ref().unwrap_or(error).explain(&context.voice())),
    }
}

/// There is no session, but a profile that names one: what is wrong with that.
fn dangling(set: &ConfigSet) -> Option<ConfigError> {
    let section = set.profiles().find(|section| section.has("sso_session"))?;
    set.resolve_login(&ProfileName::new(section.name())).err()
}
