//! `sso logout`: ends sessions at the service (best effort), then deletes their tokens, role credentials, registrations.
//!
//! Only what is ours to delete: files named by sessions of the configuration; with `--all` also SSO tokens that no session
//! names, each listed, never a file that lacks what every SSO token has.

use super::Outcome;
use super::sessions::{self, Listed};
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use crate::output::escape::escape;
use crate::output::{Look, Report};
use crate::runtime::block_on;
use serde_json::{Value, json};
use sso_cache::{CacheEntry, EntryKind, FileStore};
use sso_config::ConfigSet;
use sso_core::{
    Lookup, Region, RegistrationKey, RegistrationStore as _, RoleCredentialStore as _, StoreError, TokenKey,
    TokenSet, TokenStore as _,
};
use sso_portal::PortalError;
use std::path::PathBuf;

use crate::args::LogoutArgs;

/// Ends the named session, or every session that counts.
pub(crate) fn run(context: &Context, args: LogoutArgs) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let store = context.store()?;
    let listed: Vec<Listed> = match sessions::named(context, &set)? {
        Some(listed) => vec![listed],
        // A broken section has no token that could be found.
        None => sessions::counting(context, &set, &store).into_iter().filter_map(Result::ok).collect(),
    };
    let mut ended: Vec<Ended> =
        listed.iter().map(|listed| end(context, &set, &store, listed)).collect::<Result<_, _>>()?;
    if args.all {
        for entry in unnamed(&store, &listed, context)? {
            ended.push(end_unnamed(context, &set, &store, entry)?);
        }
    }
    Ok(Outcome::success(LoggedOut { ended }))
}

/// One session that was ended.
struct Ended {
    label: String,
    /// Whether there was a token.
    was_signed_in: bool,
    /// Whether the service confirmed it; `None`: there was nothing to ask.
    at_service: Option<bool>,
    removed: Vec<PathBuf>,
}

fn end(context: &Context, set: &ConfigSet, store: &FileStore, listed: &Listed) -> Result<Ended, CliError> {
    let voice = &listed.voice;
    let failed = |error: StoreError| error.explain(voice);
    let key = listed.session.token_key();
    let token = store.load(&key).map_err(failed)?.found();
    let at_service = token.as_ref().map(|token| end_at_service(context, set, token, voice));
    let mut removed = Vec::new();
    let mut note = |gone: bool, path: PathBuf| {
        if gone {
            removed.push(path);
        }
    };
    let gone = block_on(None, async { sso_oidc::remove(store, &key).await.map_err(failed) })?;
    note(gone, store.token_path(&key));
    for role in listed.role_keys(set) {
        note(store.remove_role(&role).map_err(failed)?, store.role_path(&role));
    }
    if let Some(registration) = registration_key(listed) {
        note(
            store.remove_registration(&registration).map_err(failed)?,
            store.registration_path(&registration),
        );
    }
    Ok(Ended { label: listed.label.clone(), was_signed_in: token.is_some(), at_service, removed })
}

fn registration_key(listed: &Listed) -> Option<RegistrationKey> {
    let session = &listed.session;
    Some(RegistrationKey {
        session: session.name.clone(),
        start_url: session.start_url.value.clone(),
        region: Region::parse(&session.region.value).ok()?,
        scopes: session.registration_scopes.clone(),
    })
}

/// Tells the service. A token that it does not know any more has ended, which is what was wanted.
fn end_at_service(context: &Context, set: &ConfigSet, token: &TokenSet, voice: &Voice) -> bool {
    if token.expires_at <= context.now() {
        return true;
    }
    match block_on(None, logout_call(context, set, token, voice)) {
        Ok(()) => true,
        Err(error) => {
            context.output.warn(&format!(
                "The session could not be ended at the service: {} It ends there by itself; here it is deleted.",
                error.headline
            ));
            false
        }
    }
}

async fn logout_call(
    context: &Context,
    set: &ConfigSet,
    token: &TokenSet,
    voice: &Voice,
) -> Result<(), CliError> {
    // The token goes to the portal of its own region, whatever the configuration says by now.
    let text = token.region.clone().unwrap_or_default();
    let region = Region::parse(&text).map_err(|_| {
        let code = crate::catalogue::Code::T09;
        CliError::new(code, crate::exit::Exit::Configuration, "The token does not say its region.")
    })?;
    let (active, _) = sessions::selected(context);
    let network: Network = context.network(set, &active)?;
    match network.portal(&region)?.logout(&token.access_token).await {
        Ok(()) | Err(PortalError::SessionRejected { .. }) => Ok(()),
        Err(error) => Err(error.explain(voice)),
    }
}

/// SSO tokens that no session of the configuration names.
fn unnamed(store: &FileStore, listed: &[Listed], context: &Context) -> Result<Vec<CacheEntry>, CliError> {
    let ours: Vec<PathBuf> =
        listed.iter().map(|listed| store.token_path(&listed.session.token_key())).collect();
    let entries = store.entries().map_err(|error| error.explain(&context.voice()))?;
    let is_sso_token = |entry: &CacheEntry| {
        matches!(&entry.kind, EntryKind::Token { start_url: Some(_), region: Some(_), has_client: true, .. })
    };
    Ok(entries.into_iter().filter(|entry| is_sso_token(entry) && !ours.contains(&entry.path)).collect())
}

fn end_unnamed(
    context: &Context,
    set: &ConfigSet,
    store: &FileStore,
    entry: CacheEntry,
) -> Result<Ended, CliError> {
    let voice = context.voice();
    let failed = |error: StoreError| error.explain(&voice);
    let token = match store.load_token_file(&entry.path).map_err(failed)? {
        Lookup::Found(token) => Some(token),
        Lookup::Absent | Lookup::Damaged(_) => None,
    };
    let at_service = token.as_ref().map(|token| end_at_service(context, set, token, &voice));
    let gone = store.remove_file(&entry.path).map_err(failed)?;
    let url = token
        .and_then(|token| token.start_url)
        .map(|url| TokenKey::StartUrl(url).to_string())
        .unwrap_or_default();
    let removed = if gone { vec![entry.path] } else { Vec::new() };
    Ok(Ended { label: url, was_signed_in: true, at_service, removed })
}

struct LoggedOut {
    ended: Vec<Ended>,
}

impl Report for LoggedOut {
    fn json(&self) -> Value {
        let sessions = self.ended.iter().map(|ended| {
            json!({
                "session": ended.label,
                "wasSignedIn": ended.was_signed_in,
                "endedAtService": ended.at_service,
                "removed": ended.removed.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
            })
        });
        json!({ "sessions": sessions.collect::<Vec<_>>() })
    }

    fn talk(&self, look: &Look) -> String {
        if self.ended.is_empty() {
            return "There is no session to end.\n".to_owned();
        }
        let told = self.ended.iter().map(|ended| {
            let (tick, name) = (look.tick(), escape(&ended.label));
            match (ended.was_signed_in, ended.removed.len()) {
                (true, count) => format!("{tick} Signed out of {name} ({}).\n", files(count)),
                (false, 0) => format!("{tick} Not signed in to {name}.\n"),
                (false, count) => {
                    format!("{tick} Not signed in to {name}; left-overs deleted ({}).\n", files(count))
                }
            }
        });
        told.collect()
    }
}

fn files(count: usize) -> String {
    if count == 1 { "1 file deleted".to_owned() } else { format!("{count} files deleted") }
}
