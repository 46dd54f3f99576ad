//! Role credentials for a profile: from the cache, else through the session's token from the portal.

use super::portal::SignedIn;
use super::sessions::label;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_cache::FileStore;
use sso_config::SsoRole;
use sso_core::{ProfileName, RoleCredentials, RoleKey, nearest};
use sso_portal::{PortalError, RoleBroker, RoleError};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// A role that is asked for, with its key checked.
pub(crate) struct Wanted {
    pub(crate) profile: ProfileName,
    pub(crate) role: SsoRole,
    pub(crate) key: RoleKey,
}

/// How long new credentials are waited for while old ones can be used: less than callers wait for us, and longer than a
/// lock (12 s) and a refresh (10 s) take.
const PATIENCE: Duration = Duration::from_secs(24);

/// Why there are no new credentials.
enum NoCredentials {
    /// The session gives no token.
    NoToken(CliError),
    /// Anything that old credentials must not hide.
    Final(CliError),
}

impl From<CliError> for NoCredentials {
    fn from(error: CliError) -> Self {
        Self::Final(error)
    }
}

/// Does the work. When it takes longer than the limit, `instead` is asked; if that has nothing, the work goes on.
async fn patiently<T, E>(
    limit: Duration,
    work: impl Future<Output = Result<T, E>>,
    instead: impl FnOnce() -> Option<T>,
) -> Result<T, E> {
    let mut work = pin!(work);
    match tokio::time::timeout(limit, &mut work).await {
        Ok(done) => done,
        Err(_) => match instead() {
            Some(found) => Ok(found),
            None => work.await,
        },
    }
}

impl Wanted {
    /// Checks the account id now that it is used.
    pub(crate) fn new(profile: ProfileName, role: SsoRole, voice: &Voice) -> Result<Self, CliError> {
        let account_id = role.account_id.check().map_err(|error| error.explain(voice))?.clone();
        let key =
            RoleKey { token: role.session.token_key(), account_id, role_name: role.role_name.value.clone() };
        Ok(Self { profile, role, key })
    }

    /// Credentials that are cached and fresh. No network.
    pub(crate) fn cached(&self, store: &FileStore, context: &Context) -> Option<RoleCredentials> {
        RoleBroker::cached(store, &self.key, context.now())
    }

    /// Credentials from the service, through the session's token; never opens a browser. Cached ones with over a minute
    /// left are used where the token is not to be had, or everything takes too long. A refusal of the portal stands.
    pub(crate) async fn fetch(
        &self,
        context: &Context,
        store: FileStore,
        network: &Network,
    ) -> Result<RoleCredentials, CliError> {
        let store = Arc::new(store);
        let old = |why: &str| {
            let now = context.now();
            let found = RoleBroker::in_need(store.as_ref(), &self.key, now)?;
            let until = context.output.stderr_look(now).until(found.expires_at);
            context.output.warn(&format!("{why} Cached credentials are used; they end at {until}."));
            Some(found)
        };
        let work = async {
            match self.ask(context, &store, network).await {
                Err(NoCredentials::NoToken(error)) => old(&error.headline).ok_or(error),
                Err(NoCredentials::Final(error)) => Err(error),
                Ok(credentials) => Ok(credentials),
            }
        };
        patiently(PATIENCE, work, || old("New credentials take too long.")).await
    }

    async fn ask(
        &self,
        context: &Context,
        store: &Arc<FileStore>,
        network: &Network,
    ) -> Result<RoleCredentials, NoCredentials> {
        let session = &self.role.session;
        let voice = Voice::new(&context.env)
            .during(context.command)
            .about(label(session))
            .profile(self.profile.as_str());
        let opened = SignedIn::open(context, network, session, &voice, store).await;
        let session = opened.map_err(NoCredentials::NoToken)?;
        let (store, clock) = (Arc::clone(store) as _, Arc::clone(&context.clock));
        let roles = RoleBroker::new(session.portal.clone(), store, clock).until(context.deadline());
        match session.ask(async |_, token| roles.fetch(&self.key, token).await).await {
            Ok(outcome) => {
                if let Some(warning) = &outcome.warning {
                    context.output.warn_of(&warning.explain(&voice));
                }
                Ok(outcome.credentials)
            }
            Err(RoleError::Portal(PortalError::NoAccess { message })) => {
                let error = PortalError::NoAccess { message }.explain(&voice);
                Err(self.not_assigned(error, &session, &voice).await.into())
            }
            Err(error) => Err(error.explain(&voice).into()),
        }
    }

    /// Says which roles the user does have in the account, nearest first.
    async fn not_assigned(&self, error: CliError, session: &SignedIn, voice: &Voice) -> CliError {
        let RoleKey { account_id, role_name, .. } = &self.key;
        let headline = format!("The role \"{role_name}\" in account {account_id} is not assigned to you.");
        let error = CliError { headline, ..error };
        let roles =
            session.ask(async |portal, token| portal.list_account_roles(token, account_id).await).await;
        let roles = roles.unwrap_or_default();
        let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        let place = voice.origin(&self.role.role_name.origin);
        let mut sorted = nearest(role_name.as_str(), names.iter().copied(), names.len());
        sorted.extend(names.iter().copied().filter(|name| !sorted.contains(name)).collect::<Vec<_>>());
        match sorted.first() {
            Some(best) => {
                let fix = format!("set sso_role_name = {best} ({place})");
                error.note("you have there", sorted.join(", ")).fix(fix)
            }
            None => error.note("note", "you have no role in that account").fix(format!(
                "ask your administrator, or correct sso_account_id ({})",
                voice.origin(&self.role.account_id.origin)
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_replaced_if_there_is_something_instead() {
        let short = Duration::from_millis(20);
        let slow = |after: u64, result: Result<u8, u8>| async move {
            tokio::time::sleep(Duration::from_millis(after)).await;
            result
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            assert_eq!(patiently(short, slow(0, Ok(1)), || Some(2)).await, Ok(1));
            assert_eq!(patiently(short, slow(0, Err(1)), || Some(2)).await, Err(1), "judged elsewhere");
            assert_eq!(patiently(short, slow(60_000, Ok(1)), || Some(2)).await, Ok(2));
            assert_eq!(patiently(short, slow(60, Ok(1)), || None).await, Ok(1), "it goes on");
        });
    }

    #[test]
    fn patience_ends_before_that_of_the_callers() {
        assert!(PATIENCE < crate::commands::credential_process::LIMIT);
    }
}
