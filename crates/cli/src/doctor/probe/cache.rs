//! What lies in the caches, and how the session in question stands: its token, its registration, its role's credentials.

use super::config::Subject;
use super::files::{FileFact, look};
use crate::doctor::finding::Severity;
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use crate::kept::{Keeper, Whereabouts};
use sso_cache::{CacheDirs, CacheEntry, EntryKind, FileStore};
use sso_config::{AssumeRoleWith, ConfigSet, CredentialSource, Env, ResolvedProfile, SsoSession};
use sso_core::{
    ClientRegistration, Clock, FixedClock, Freshness, FreshnessPolicy, Lookup, Region, RegistrationKey,
    RoleKey, SessionName, StartUrl, Timestamp, TokenKey, TokenSet, TokenStore,
};
use sso_oidc::{NeedLogin, last_refusal};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is known of the caches.
#[derive(Default)]
pub(crate) struct CacheFacts {
    /// Every `*.json` file, without its secrets.
    pub(crate) entries: Vec<CacheEntry>,
    /// The session in question, if its configuration is whole.
    pub(crate) session: Option<SessionFacts>,
    /// Files of the other sessions and roles of the configuration; looked for only if something is damaged.
    pub(crate) of_others: HashSet<PathBuf>,
}

/// How a session stands.
pub(crate) struct SessionFacts {
    /// How bad it is if the session cannot be used: an error, unless the profile's credentials come from elsewhere.
    pub(crate) severity: Severity,
    /// Its name, or its start URL.
    pub(crate) label: String,
    pub(crate) token_path: PathBuf,
    pub(crate) lock_path: PathBuf,
    /// The lock's file as the disk shows it.
    pub(crate) lock: FileFact,
    /// What the token's file holds, secrets too; or why it cannot be read.
    pub(crate) token: Result<Lookup<TokenSet>, CliError>,
    /// When the token's file was written.
    pub(crate) token_written: Option<Timestamp>,
    /// Why somebody must sign in now; `None` while the token lives or renews by itself.
    pub(crate) need: Option<NeedLogin>,
    /// The same as commands say it.
    pub(crate) told: Option<CliError>,
    pub(crate) registration_path: PathBuf,
    /// The registration; none if it is missing or damaged.
    pub(crate) registration: Option<ClientRegistration>,
    pub(crate) registration_written: Option<Timestamp>,
    /// The credentials of the profile's role.
    pub(crate) role: Option<RoleFacts>,
    /// Where tools of the old way look for the token, and until when one is there.
    pub(crate) legacy: Option<(PathBuf, Option<Timestamp>)>,
    /// Of a session of the old way: an sso-session of the same portal that is signed in.
    pub(crate) twin: Option<SessionName>,
    /// Where its secrets are.
    pub(crate) kept: Whereabouts,
}

/// The file of a role's credentials.
pub(crate) struct RoleFacts {
    pub(crate) path: PathBuf,
    pub(crate) lock_path: PathBuf,
    pub(crate) written: Option<Timestamp>,
}

impl SessionFacts {
    /// The token, if its file is whole.
    pub(crate) fn token(&self) -> Option<&TokenSet> {
        match &self.token {
            Ok(Lookup::Found(token)) => Some(token),
            _ => None,
        }
    }

    /// Whether a file is one of this session.
    pub(crate) fn has(&self, path: &Path) -> bool {
        let role = self.role.as_ref().map(|role| role.path.as_path());
        [Some(self.token_path.as_path()), Some(self.registration_path.as_path()), role].contains(&Some(path))
    }
}

impl CacheFacts {
    pub(super) fn gather(
        caches: Option<&CacheDirs>,
        subject: &Subject,
        set: Option<&ConfigSet>,
        voice: &Voice,
        (env, now): (&Env, Timestamp),
    ) -> Self {
        let Some(caches) = caches else { return Self::default() };
        let store = FileStore::open(caches.clone());
        // A directory that cannot be listed is seen by who looks at the directories.
        let entries = store.entries().unwrap_or_default();
        let damaged = |entry: &CacheEntry| entry.tail || matches!(entry.kind, EntryKind::Damaged(_));
        let of_others = match set {
            Some(set) if entries.iter().any(damaged) => files_of(set, &store),
            _ => HashSet::new(),
        };
        let session = subject.session().and_then(|session| {
            let twin = set
                .filter(|_| session.name.is_none())
                .and_then(|set| twin(set, session, &store, &entries, now));
            let base = subject.resolved().map(base);
            let clock: Arc<dyn Clock> = Arc::new(FixedClock(now));
            stand(session, base, &Keeper::new(env, &clock, &store), voice, now)
                .map(|facts| SessionFacts { twin, ..facts })
        });
        Self { entries, session, of_others }
    }

    /// What lies at a path.
    pub(crate) fn entry(&self, path: &Path) -> Option<&CacheEntry> {
        self.entries.iter().find(|entry| entry.path == path)
    }
}

/// The profile whose credentials are used: the end of a chain of assumed roles.
pub(super) fn base(resolved: &ResolvedProfile) -> &ResolvedProfile {
    match &resolved.source {
        CredentialSource::AssumeRole(role) => match &role.with {
            AssumeRoleWith::Profile(source) => base(source),
            AssumeRoleWith::Surroundings(_) => resolved,
        },
        _ => resolved,
    }
}

fn stand(
    session: &SsoSession,
    resolved: Option<&ResolvedProfile>,
    keeper: &Keeper<'_>,
    voice: &Voice,
    now: Timestamp,
) -> Option<SessionFacts> {
    let store = keeper.files();
    let checked = session.check().ok()?;
    let (key, start_url) = (session.token_key(), session.start_url.value.clone());
    let label = key.text().to_owned();
    let voice = voice.clone().about(&label).legacy(session.name.is_none());
    let policy =
        FreshnessPolicy::configured(checked.auto_refresh, checked.refresh_window, jiff::SignedDuration::ZERO);
    let (tokens, kept) = keeper.look(session, &voice);
    let token = tokens.load(&key);
    let need = token.as_ref().ok().and_then(|found| {
        need(found, &start_url, &checked.region, &policy, now)
            .or_else(|| refused(found, tokens.as_ref(), &key, now))
    });
    let registration = RegistrationKey {
        session: session.name.clone(),
        start_url: start_url.clone(),
        region: checked.region,
        scopes: session.registration_scopes.clone(),
    };
    let elsewhere = resolved.is_some_and(|resolved| {
        !matches!(resolved.source, CredentialSource::Sso(_) | CredentialSource::None)
    });
    let role = resolved.and_then(|resolved| match &resolved.source {
        CredentialSource::Sso(role) => {
            let (account_id, role_name) = (role.account_id.value.clone(), role.role_name.value.clone());
            Some(RoleKey { token: role.session.token_key(), account_id, role_name })
        }
        _ => None,
    });
    let role = role.map(|key| {
        let path = store.role_path(&key);
        RoleFacts { written: written(&path), lock_path: store.role_lock_path(&key), path }
    });
    let legacy = session.name.as_ref().map(|_| TokenKey::StartUrl(start_url.clone()));
    let legacy = legacy.map(|key| {
        let until = store.load(&key).ok().and_then(Lookup::found).map(|token| token.expires_at);
        (store.token_path(&key), until)
    });
    let registration_path = store.registration_path(&registration);
    Some(SessionFacts {
        severity: if elsewhere { Severity::Warning } else { Severity::Error },
        token_written: store.written_at(&key),
        token_path: store.token_path(&key),
        lock: look(&store.lock_path(&key)),
        lock_path: store.lock_path(&key),
        token: token.map_err(|error| error.explain(&voice)),
        told: need.as_ref().map(|need| need.explain(&voice)),
        registration: tokens.load_registration(&registration).ok().and_then(Lookup::found),
        registration_written: written(&registration_path),
        label,
        need,
        registration_path,
        role,
        legacy,
        twin: None,
        kept,
    })
}

/// An sso-session of the same portal whose token lives.
fn twin(
    set: &ConfigSet,
    legacy: &SsoSession,
    store: &FileStore,
    entries: &[CacheEntry],
    now: Timestamp,
) -> Option<SessionName> {
    let lives =
        |entry: &&CacheEntry| matches!(entry.kind, EntryKind::Token { expires_at, .. } if expires_at > now);
    let living: HashSet<&Path> = entries.iter().filter(lives).map(|entry| entry.path.as_path()).collect();
    set.sso_sessions().find_map(|section| {
        let session = set.resolve_session(&SessionName::new(section.name())).ok()?;
        let same = session.start_url.value.same_portal(&legacy.start_url.value);
        let signed_in = living.contains(store.token_path(&session.token_key()).as_path());
        session.name.filter(|_| same && signed_in)
    })
}

/// What a command would find, without asking the service.
fn need(
    found: &Lookup<TokenSet>,
    start_url: &StartUrl,
    region: &Region,
    policy: &FreshnessPolicy,
    now: Timestamp,
) -> Option<NeedLogin> {
    let token = match found {
        Lookup::Absent => return Some(NeedLogin::Never),
        Lookup::Damaged(damage) => return Some(NeedLogin::Damaged(damage.clone())),
        Lookup::Found(token) if !token.belongs_to(start_url, region) => return Some(NeedLogin::OtherPortal),
        Lookup::Found(token) => token,
    };
    match token.freshness(now, policy) {
        Freshness::Stale { refreshable: false } if token.refresh_grant(now).is_some() => {
            Some(NeedLogin::AutoRefreshOff { expired_at: token.expires_at })
        }
        Freshness::Stale { refreshable: false } => Some(NeedLogin::without_grant(token)),
        Freshness::Stale { refreshable: true } | Freshness::RefreshSoon | Freshness::Fresh => None,
    }
}

/// What has ended would renew itself, were it not that the service has refused that.
fn refused(
    found: &Lookup<TokenSet>,
    tokens: &dyn TokenStore,
    key: &TokenKey,
    now: Timestamp,
) -> Option<NeedLogin> {
    let Lookup::Found(TokenSet { expires_at, .. }) = found else { return None };
    let (code, _) = last_refusal(tokens, key).filter(|_| *expires_at <= now)?;
    Some(NeedLogin::Refused { expired_at: *expires_at, code })
}

fn written(path: &Path) -> Option<Timestamp> {
    path.metadata().and_then(|found| found.modified()).ok().and_then(|at| Timestamp::try_from(at).ok())
}

/// The files of all sessions and roles of the configuration.
fn files_of(set: &ConfigSet, store: &FileStore) -> HashSet<PathBuf> {
    let mut files = HashSet::new();
    for section in set.sso_sessions() {
        files.insert(store.token_path(&TokenKey::Session(section.name().into())));
    }
    for section in set.profiles() {
        let token = match (section.text("sso_session"), section.text("sso_start_url")) {
            (Some(name), _) => TokenKey::Session(name.value.as_str().into()),
            (None, Some(url)) => TokenKey::StartUrl(StartUrl::new(url.value)),
            (None, None) => continue,
        };
        files.insert(store.token_path(&token));
        if let (Some(account), Some(role)) = (section.text("sso_account_id"), section.text("sso_role_name")) {
            let (account_id, role_name) = (account.value.as_str().into(), role.value.as_str().into());
            files.insert(store.role_path(&RoleKey { token, account_id, role_name }));
        }
    }
    files
}
