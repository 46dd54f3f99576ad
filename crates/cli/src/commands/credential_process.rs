//! `sso credential-process`: the JSON that AWS tools read. The hot path: cached credentials cost a few file reads.

mod sign_in;

use super::credentials::Wanted;
use super::sessions::Listed;
use super::{Outcome, sessions};
use crate::args::HelperArgs;
use crate::context::{Context, Network, Target};
use crate::error::CliError;
use crate::exit::Exit;
use crate::output::document::{Time, document};
use crate::output::{Look, Report, escape};
use crate::runtime::block_on;
use serde::Serialize;
use serde_json::Value;
use sign_in::SharedLogin;
use sso_cache::FileStore;
use sso_config::ConfigSet;
use sso_core::{Lookup, RoleCredentials, RoleKey, TokenStore as _};
use sso_portal::RoleBroker;
use std::time::Duration;
use tokio::time::Instant;

/// Callers give up after a minute; ours is the shorter patience, so that they see our words.
pub(crate) const LIMIT: Duration = Duration::from_secs(25);

/// Prints credentials of the selected profile. Never prompts; opens a browser only if it was told that it may.
pub(crate) fn run(context: &Context, args: HelperArgs) -> Result<Outcome, CliError> {
    let glanced = glance(context);
    if let Some(Glance { key, cached: Some(credentials) }) = glanced {
        tracing::info!("the cached credentials are fresh");
        return Ok(Outcome::success(Printed { credentials, key }));
    }
    look_closer(context, args, glanced)
}

/// The same by the whole configuration, and from the service if it must be. Apart from the hot path, because the memory of
/// all that can happen here is taken on entry.
#[inline(never)]
fn look_closer(context: &Context, args: HelperArgs, glanced: Option<Glance>) -> Result<Outcome, CliError> {
    let set = context.config()?;
    let (profile, role, _) = sessions::role(context, &set)?;
    let wanted = Wanted::new(profile, role, &context.voice())?;
    let store = context.store()?;
    let known = glanced.is_some_and(|glance| glance.key == wanted.key);
    let cached = if known { None } else { wanted.cached(&store, context) };
    let credentials = match cached {
        Some(credentials) => credentials,
        None => {
            let network = context.network(&set, &wanted.profile)?;
            if args.login {
                let limit = Duration::from_secs(args.timeout.into());
                block_on(context.within(limit), with_login(context, &set, &wanted, store, &network, limit))?
            } else {
                block_on(context.within(LIMIT), wanted.fetch(context, store, &network))?
            }
        }
    };
    // The process ends: taking 10,000 profiles apart first would only cost time.
    std::mem::forget(set);
    Ok(Outcome::success(Printed { credentials, key: wanted.key }))
}

/// What a first look shows.
struct Glance {
    key: RoleKey,
    /// Credentials that are fresh.
    cached: Option<RoleCredentials>,
}

/// A look at the caller's profile and at the cache, past other profiles. `None`: it takes the whole configuration to tell.
fn glance(context: &Context) -> Option<Glance> {
    if context.global.sso_session.as_ref().is_some_and(|name| !name.is_empty()) {
        return None;
    }
    let (profile, _) = sessions::selected(context);
    let key = sso_config::glance(&context.env, &profile)?;
    let store = context.store().ok()?;
    let cached = RoleBroker::cached(&store, &key, context.now());
    Some(Glance { key, cached })
}

/// Credentials, by signing in if it must be: by this process, or by another that is at it.
async fn with_login(
    context: &Context,
    set: &ConfigSet,
    wanted: &Wanted,
    store: FileStore,
    network: &Network,
    limit: Duration,
) -> Result<RoleCredentials, CliError> {
    let deadline = Instant::now() + limit;
    let session = &wanted.role.session;
    let before = store.load(&session.token_key()).ok().and_then(Lookup::found);
    match wanted.fetch(context, store.clone(), network).await {
        Err(error) if error.exit == Exit::LoginNeeded => {}
        done => return done,
    }
    let listed = Listed::new(context, set, session.clone());
    let target = Target::check(session.clone(), &listed.voice)?;
    let before = before.map(|token| token.access_token);
    let shared = SharedLogin {
        context,
        set,
        store: &store,
        network,
        listed: &listed,
        target: &target,
        before,
        deadline,
    };
    shared.run().await?;
    wanted.fetch(context, store.clone(), network).await
}

/// The document that AWS defines for `credential_process`. A secret.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Document<'a> {
    /// Always 1.
    version: u8,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    session_token: &'a str,
    /// When they end.
    expiration: Time,
    /// The account of the role.
    account_id: &'a str,
}

/// Credentials for a program.
struct Printed {
    credentials: RoleCredentials,
    key: RoleKey,
}

impl Report for Printed {
    fn json(&self) -> Value {
        document(&Document {
            version: 1,
            access_key_id: &self.credentials.access_key_id,
            secret_access_key: self.credentials.secret_access_key.expose(),
            session_token: self.credentials.session_token.expose(),
            expiration: Time(self.credentials.expires_at),
            account_id: self.key.account_id.as_str(),
        })
    }

    fn data(&self, _: &Look) -> String {
        escape::json(&self.json(), false)
    }
}
