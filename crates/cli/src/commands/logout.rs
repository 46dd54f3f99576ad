//! `sso logout`: ends sessions at the service (best effort), then deletes their tokens, role credentials, registrations.
//!
//! Only what is ours to delete: files named by sessions of the configuration; with `--all` also SSO tokens and role
//! credentials that no session names, each listed, never a file that lacks what every SSO token has.

mod targets;

use super::{Outcome, sessions};
use crate::args::LogoutArgs;
use crate::catalogue::Code;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::explain::{Explain as _, Voice};
use crate::listed::Kept;
use crate::output::document::document;
use crate::output::escape::escape;
use crate::output::{Look, Report};
use crate::runtime::block_on;
use serde::Serialize;
use serde_json::Value;
use sso_cache::{CacheEntry, EntryKind, FileStore};
use sso_config::ConfigSet;
use sso_core::{
    AccountId, Region, RoleCredentialStore as _, StoreError, TokenKey, TokenSet, TokenStore as _,
};
use sso_portal::PortalError;
use std::borrow::Cow;
use std::path::PathBuf;
use targets::Ending;

/// Ends the named session, or every session that counts.
pub(crate) fn run(context: &Context, args: LogoutArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let store = context.store()?;
    let chosen = targets::chosen(context, &set, &store)?;
    let mut ended: Vec<Ended> =
        chosen.iter().map(|ending| end(context, &set, &store, ending)).collect::<Result<_, _>>()?;
    let mut roles = Vec::new();
    if args.all {
        let named = targets::every(context, &set, &store);
        let entries = store.entries().map_err(|error| error.explain(&context.voice()))?;
        for entry in unnamed_tokens(&store, &named, &entries) {
            ended.push(end_unnamed(context, &set, &store, entry)?);
        }
        roles = remove_unnamed_roles(context, &set, &store, &named, &entries)?;
    }
    // What a killed save of anybody's left behind may be a token as well.
    store.sweep_orphans();
    let left =
        ended.iter().filter_map(|ended| ended.left.as_ref()).inspect(|left| context.output.warn_of(left));
    let exit = left.map(|left| left.exit).last().unwrap_or(Exit::Success);
    Ok(Outcome { report: Box::new(LoggedOut { ended, roles }), exit })
}

/// One session that was ended.
struct Ended {
    label: String,
    /// Whether there was a token.
    was_signed_in: bool,
    /// Whether the service confirmed it; `None`: there was no token to tell it with.
    at_service: Option<bool>,
    removed: Vec<PathBuf>,
    /// Why something of it is in the secret store still.
    left: Option<CliError>,
}

/// What a secret store does not let go of keeps nothing else from being deleted; it is told at the end.
fn or_left(
    done: Result<bool, StoreError>,
    left: &mut Option<CliError>,
    voice: &Voice,
) -> Result<bool, CliError> {
    match done.map_err(|error| error.explain(voice)) {
        Err(told) if told.code == Code::S01 => {
            *left = Some(told);
            Ok(true)
        }
        done => done,
    }
}

fn end(context: &Context, set: &ConfigSet, store: &FileStore, ending: &Ending) -> Result<Ended, CliError> {
    let listed = &ending.listed;
    let voice = &listed.voice;
    let failed = |error: StoreError| error.explain(voice);
    if let Some(broken) = &ending.broken {
        context.output.warn(&format!("{} What is kept under its name is deleted.", broken.headline));
    }
    let key = ending.key();
    let token = store.load(&key).map_err(failed)?.found();
    let region = listed.session.region.value.as_str();
    let at_service =
        token.as_ref().map(|token| end_at_service(context, set, token, region, voice)).transpose()?;
    let mut removed = Vec::new();
    let mut note = |gone: bool, path: PathBuf| {
        if gone {
            removed.push(path);
        }
    };
    let (tokens, mut left) = context.keeper(store).to_end(&listed.session);
    let (path, there) = (store.token_path(&key), store.token_path(&key).exists());
    let gone = block_on(None, async { Ok(sso_oidc::remove(tokens.as_ref(), &key).await) })?;
    note(or_left(gone, &mut left, voice)? && there, path);
    for role in listed.role_keys(set) {
        note(store.remove_role(&role).map_err(failed)?, store.role_path(&role));
    }
    for role in listed.assumed_keys(set) {
        note(store.remove_role(&role).map_err(failed)?, store.assumed_role_path(&role));
    }
    if let Some(registration) = ending.registration(token.as_ref()) {
        let path = store.registration_path(&registration);
        let there = path.exists();
        note(or_left(tokens.remove_registration(&registration), &mut left, voice)? && there, path);
    }
    Kept::forget(&context.env, &listed.session);
    Ok(Ended { label: listed.label.clone(), was_signed_in: token.is_some(), at_service, removed, left })
}

/// Tells the service, also with a token past its end: the session may live on. A token that the service does not know any
/// more has ended, which is what was wanted. Nothing else goes wrong here but Ctrl-C.
fn end_at_service(
    context: &Context,
    set: &ConfigSet,
    token: &TokenSet,
    region: &str,
    voice: &Voice,
) -> Result<bool, CliError> {
    match block_on(None, logout_call(context, set, token, region, voice)) {
        Ok(()) => Ok(true),
        Err(error) if error.exit == Exit::Interrupted => Err(error),
        Err(error) => {
            context.output.warn(&format!(
                "The session could not be ended at the service: {} It ends there by itself; here it is deleted.",
                error.headline
            ));
            Ok(false)
        }
    }
}

async fn logout_call(
    context: &Context,
    set: &ConfigSet,
    token: &TokenSet,
    region: &str,
    voice: &Voice,
) -> Result<(), CliError> {
    // The token goes to the portal of its own region, whatever the configuration says by now.
    let region = Region::parse(token.region.as_deref().unwrap_or(region)).map_err(|_| {
        let code = Code::T09;
        CliError::new(code, Exit::Configuration, "The token does not say its region.")
    })?;
    match sessions::network(context, set)?.portal(&region)?.logout(&token.access_token).await {
        Ok(()) | Err(PortalError::SessionRejected { .. }) => Ok(()),
        Err(error) => Err(error.explain(voice)),
    }
}

/// SSO tokens that no session of the configuration names.
fn unnamed_tokens<'e>(store: &FileStore, named: &[Ending], entries: &'e [CacheEntry]) -> Vec<&'e CacheEntry> {
    let ours: Vec<PathBuf> = named.iter().map(|ending| store.token_path(&ending.key())).collect();
    let is_sso_token = |entry: &CacheEntry| {
        matches!(&entry.kind, EntryKind::Token { start_url: Some(_), region: Some(_), has_client: true, .. })
    };
    entries.iter().filter(|entry| is_sso_token(entry) && !ours.contains(&entry.path)).collect()
}

fn end_unnamed(
    context: &Context,
    set: &ConfigSet,
    store: &FileStore,
    entry: &CacheEntry,
) -> Result<Ended, CliError> {
    let voice = context.voice();
    let failed = |error: StoreError| error.explain(&voice);
    let token = store.load_token_file(&entry.path).map_err(failed)?.found();
    let at_service =
        token.as_ref().map(|token| end_at_service(context, set, token, "", &voice)).transpose()?;
    let key = token.and_then(|token| token.start_url).map(TokenKey::StartUrl);
    let gone = match &key {
        // The token of a legacy profile that is gone. The name of a session that is gone can only be guessed at.
        Some(key) if store.token_path(key) == entry.path => {
            block_on(None, async { sso_oidc::remove(store, key).await.map_err(failed) })?
        }
        _ => store.remove_file(&entry.path).map_err(failed)?,
    };
    let label = key.map(|key| key.to_string()).unwrap_or_default();
    let removed = if gone { vec![entry.path.clone()] } else { Vec::new() };
    Ok(Ended { label, was_signed_in: at_service.is_some(), at_service, removed, left: None })
}

/// Role credentials that were deleted although no session names them.
struct Role {
    account: Option<AccountId>,
    path: PathBuf,
    /// The path as people read it.
    shown: String,
}

/// SSO role credentials of profiles that have left the configuration.
fn remove_unnamed_roles(
    context: &Context,
    set: &ConfigSet,
    store: &FileStore,
    named: &[Ending],
    entries: &[CacheEntry],
) -> Result<Vec<Role>, CliError> {
    let voice = context.voice();
    let keys = named.iter().flat_map(|ending| ending.listed.role_keys(set));
    let ours: Vec<PathBuf> = keys.map(|key| store.role_path(&key)).collect();
    let mut removed = Vec::new();
    for entry in entries.iter().filter(|entry| !ours.contains(&entry.path)) {
        if let EntryKind::Role { account_id, .. } = &entry.kind
            && store.remove_file(&entry.path).map_err(|error| error.explain(&voice))?
        {
            let (account, path) = (account_id.clone(), entry.path.clone());
            removed.push(Role { account, shown: voice.path(&path), path });
        }
    }
    Ok(removed)
}

/// The sessions that were ended.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document<'a> {
    sessions: Vec<Session<'a>>,
    /// With `--all`: role credentials that were deleted although no session names them; else empty.
    role_credentials: Vec<Unnamed<'a>>,
}

/// A session that was ended.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Session<'a> {
    /// The session's name, or the host of a legacy start URL; of a token that no session names its start URL, and nothing if it has
    /// none.
    session: &'a str,
    /// Whether there was a token.
    was_signed_in: bool,
    /// Whether the service confirmed the end; null: there was no token to tell the service with.
    ended_at_service: Option<bool>,
    /// The files that were deleted.
    removed: Vec<Cow<'a, str>>,
}

/// Role credentials that no profile names.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
struct Unnamed<'a> {
    /// The id of the account; null: the file does not say.
    account: Option<&'a str>,
    /// The file that was deleted.
    removed: Cow<'a, str>,
}

struct LoggedOut {
    ended: Vec<Ended>,
    roles: Vec<Role>,
}

impl Report for LoggedOut {
    fn json(&self) -> Value {
        let sessions = self.ended.iter().map(|ended| Session {
            session: &ended.label,
            was_signed_in: ended.was_signed_in,
            ended_at_service: ended.at_service,
            removed: ended.removed.iter().map(|path| path.to_string_lossy()).collect(),
        });
        let roles = self.roles.iter().map(|role| Unnamed {
            account: role.account.as_ref().map(AccountId::as_str),
            removed: role.path.to_string_lossy(),
        });
        document(&Document { sessions: sessions.collect(), role_credentials: roles.collect() })
    }

    fn talk(&self, look: &Look) -> String {
        if self.ended.is_empty() && self.roles.is_empty() {
            return "There is no session to end.\n".to_owned();
        }
        let ended = self.ended.iter().map(|ended| {
            let (tick, name) = (look.tick(), escape(&ended.label));
            match (ended.was_signed_in, ended.removed.len()) {
                (true, count) => format!("{tick} Signed out of {name} ({}).\n", files(count)),
                (false, 0) => format!("{tick} Not signed in to {name}.\n"),
                (false, count) => {
                    format!("{tick} Not signed in to {name}; left-overs deleted ({}).\n", files(count))
                }
            }
        });
        let roles = self.roles.iter().map(|role| {
            let account =
                role.account.as_ref().map_or_else(String::new, |id| format!(" in {}", escape(id.as_str())));
            let (tick, path) = (look.tick(), escape(&role.shown));
            format!("{tick} Deleted credentials of a role{account} that no profile names ({path}).\n")
        });
        ended.chain(roles).collect()
    }
}

fn files(count: usize) -> String {
    if count == 1 { "1 file deleted".to_owned() } else { format!("{count} files deleted") }
}
