//! Which sessions `sso logout` ends. A section that lacks a key still has a name, and its files hang on that.

use crate::commands::sessions::{self, Listed};
use crate::context::Context;
use crate::error::CliError;
use crate::explain::Explain as _;
use sso_cache::FileStore;
use sso_config::{ConfigSet, Origin, Section, Sourced, SsoSession};
use sso_core::{ProfileName, Region, RegistrationKey, SessionName, StartUrl, TokenKey, TokenSet};

/// One session to end.
pub(super) struct Ending {
    /// The session; what a broken section lacks is empty.
    pub(super) listed: Listed,
    /// What is wrong with its section.
    pub(super) broken: Option<CliError>,
}

impl Ending {
    fn whole(listed: Listed) -> Self {
        Self { listed, broken: None }
    }

    fn broken(context: &Context, set: &ConfigSet, session: SsoSession, error: CliError) -> Self {
        Self { listed: Listed::new(context, set, session), broken: Some(error) }
    }

    /// What its token is kept under.
    pub(super) fn key(&self) -> TokenKey {
        self.listed.session.token_key()
    }

    /// What its registration is kept under. What the section lacks is taken from the token.
    pub(super) fn registration(&self, token: Option<&TokenSet>) -> Option<RegistrationKey> {
        let session = &self.listed.session;
        let start_url = Some(session.start_url.value.clone()).filter(|url| !url.as_str().is_empty());
        Some(RegistrationKey {
            session: session.name.clone(),
            start_url: start_url.or_else(|| token?.start_url.clone())?,
            region: self.region(token)?,
            scopes: session.registration_scopes.clone(),
        })
    }

    fn region(&self, token: Option<&TokenSet>) -> Option<Region> {
        let own = Region::parse(&self.listed.session.region.value).ok();
        own.or_else(|| Region::parse(token?.region.as_deref()?).ok())
    }
}

/// The named session, or every session that counts.
pub(super) fn chosen(context: &Context, set: &ConfigSet, store: &FileStore) -> Result<Vec<Ending>, CliError> {
    match sessions::named(context, set) {
        Ok(Some(listed)) => Ok(vec![Ending::whole(listed)]),
        Ok(None) => {
            let whole = sessions::counting(context, set, store).into_iter().filter_map(Result::ok);
            let counts = |ending: &Ending| sessions::counts(set, store, &ending.listed.session);
            Ok(whole.map(Ending::whole).chain(broken(context, set).into_iter().filter(counts)).collect())
        }
        Err(error) => match named_broken(context, set) {
            Some(session) => Ok(vec![Ending::broken(context, set, session, error)]),
            None => Err(error),
        },
    }
}

/// Every session of the configuration, whether it counts or not.
pub(super) fn every(context: &Context, set: &ConfigSet, store: &FileStore) -> Vec<Ending> {
    let whole = sessions::all(context, set, store).into_iter().filter_map(|found| found.listed.ok());
    whole.map(Ending::whole).chain(broken(context, set)).collect()
}

/// Sections with a name, or a start URL, that lack the rest.
fn broken(context: &Context, set: &ConfigSet) -> Vec<Ending> {
    let voice = context.voice();
    let named = set.sso_sessions().filter_map(|section| {
        let name = SessionName::new(section.name());
        let error = set.resolve_session(&name).err()?.explain(&voice);
        Some((incomplete(&section, Some(name)), error))
    });
    let mut seen: Vec<StartUrl> = Vec::new();
    let legacy = set.profiles().filter_map(|section| {
        let session = legacy(&section)?;
        let url = session.start_url.value.clone();
        // As in every other list of sessions, the first profile with a start URL speaks for it.
        if seen.contains(&url) {
            return None;
        }
        seen.push(url);
        let error = set.resolve_login(&ProfileName::new(section.name())).err()?.explain(&voice);
        Some((session, error))
    });
    let found: Vec<_> = named.chain(legacy).collect();
    found.into_iter().map(|(session, error)| Ending::broken(context, set, session, error)).collect()
}

/// The broken section that `--sso-session` or `--profile` leads to.
fn named_broken(context: &Context, set: &ConfigSet) -> Option<SsoSession> {
    let by_name = |name: SessionName| Some(incomplete(&set.sso_session(&name)?, Some(name)));
    if let Some(name) = context.global.sso_session() {
        return by_name(SessionName::new(name));
    }
    let section = set.profile(&ProfileName::new(context.global.profile()?))?;
    match section.text("sso_session") {
        Some(name) => by_name(SessionName::new(name.value)),
        None => legacy(&section),
    }
}

/// The session of a profile that holds the start URL itself.
fn legacy(section: &Section<'_>) -> Option<SsoSession> {
    let has_url = section.get("sso_start_url").is_some_and(|url| !url.value.is_empty());
    (has_url && !section.has("sso_session")).then(|| incomplete(section, None))
}

/// A session with the keys that are there.
fn incomplete(section: &Section<'_>, name: Option<SessionName>) -> SsoSession {
    let text = |key| {
        section.text(key).unwrap_or_else(|| Sourced {
            value: String::new(),
            origin: Origin::File { place: section.place(), section: section.id() },
        })
    };
    SsoSession {
        name,
        start_url: text("sso_start_url").map(StartUrl::new),
        region: text("sso_region"),
        registration_scopes: section.registration_scopes(),
        auto_refresh: None,
        refresh_window: None,
    }
}
