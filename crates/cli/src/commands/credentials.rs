//! Role credentials for a profile: from the cache, else through the session's token from the portal, and from there by STS.

mod assumed;
mod of_keys;
mod of_session;

use super::role::Role;
use super::sessions::label;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use assumed::Assumed;
pub(crate) use of_keys::OfKeys;
use sso_cache::FileStore;
use sso_core::{ProfileName, RoleCredentials, RoleKey, Timestamp};
use sso_portal::RoleBroker;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// A role that is asked for, with its keys checked.
pub(crate) struct Wanted {
    pub(crate) profile: ProfileName,
    /// The way to it.
    pub(crate) role: Role,
    /// Whose the credentials are, and through which session. For an assumed role nothing is cached under it.
    pub(crate) key: RoleKey,
    /// The session's role, where everything begins.
    first: RoleKey,
    /// The roles after it.
    assumed: Vec<Assumed>,
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
    /// Checks the values now that they are used.
    pub(crate) fn new(profile: ProfileName, role: Role, voice: &Voice) -> Result<Self, CliError> {
        let account_id = role.account_id.check().map_err(|error| error.explain(voice))?.clone();
        let first =
            RoleKey { token: role.session.token_key(), account_id, role_name: role.role_name.value.clone() };
        let checked = |(profile, role): &_| Assumed::new(profile, role, voice);
        let assumed = role.assumed.iter().map(checked).collect::<Result<Vec<_>, _>>()?;
        let key = match assumed.last() {
            None => first.clone(),
            Some(Assumed { key, .. }) => RoleKey {
                token: first.token.clone(),
                account_id: key.role_arn.account_id(),
                role_name: key.role_arn.role_name(),
            },
        };
        Ok(Self { profile, role, key, first, assumed })
    }

    /// Credentials that are cached and fresh. No network.
    pub(crate) fn cached(&self, store: &FileStore, context: &Context) -> Option<RoleCredentials> {
        match self.assumed.last() {
            None => RoleBroker::cached(store, &self.first, context.now()),
            Some(last) => last.cached(store, context.now()),
        }
    }

    /// Cached ones with over a minute left.
    fn in_need(&self, store: &FileStore, now: Timestamp) -> Option<RoleCredentials> {
        match self.assumed.last() {
            None => RoleBroker::in_need(store, &self.first, now),
            Some(last) => last.in_need(store, now),
        }
    }

    /// Credentials from the service, through the session's token; never opens a browser. Cached ones with over a minute
    /// left are used where the token is not to be had, or everything takes too long. A refusal of a service stands.
    pub(crate) async fn fetch(
        &self,
        context: &Context,
        store: FileStore,
        network: &Network,
    ) -> Result<RoleCredentials, CliError> {
        let store = Arc::new(store);
        let old = |why: &str| {
            let now = context.now();
            let found = self.in_need(&store, now)?;
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

    /// Goes the way from the last role that is cached.
    async fn ask(
        &self,
        context: &Context,
        store: &Arc<FileStore>,
        network: &Network,
    ) -> Result<RoleCredentials, NoCredentials> {
        let fresh = |step: &Assumed| step.cached(store, context.now());
        let known = self.assumed.iter().enumerate().rev().find_map(|(at, step)| Some((at + 1, fresh(step)?)));
        let (begin, known) = known.map_or((0, None), |(begin, found)| (begin, Some(found)));
        let rest = self.assumed.iter().skip(begin);
        if self.assumed.len() == begin {
            return match known {
                // Another process was quicker.
                Some(credentials) => Ok(credentials),
                None => self.of_session(context, store, network).await,
            };
        }
        let voice = self.voice(context);
        // Before anything is asked: whoever cannot go to the end need not begin.
        rest.clone().try_for_each(|step| step.refuse_mfa(&voice))?;
        let sts = super::sts::client(network, &self.role.session, &voice)?;
        let mut credentials = match known {
            Some(credentials) => credentials,
            None => self.first(context, store, network).await?,
        };
        let mut with = begin.checked_sub(1).and_then(|at| self.assumed.get(at));
        for step in rest {
            let source = match with {
                Some(step) => step.key.role_arn.to_string(),
                None => self.first.to_string(),
            };
            credentials = step.assume(context, store, &sts, &credentials, &source, &voice).await?;
            with = Some(step);
        }
        Ok(credentials)
    }

    /// Credentials of the session's role, to assume others with: cached ones, old ones too where there is no token.
    async fn first(
        &self,
        context: &Context,
        store: &Arc<FileStore>,
        network: &Network,
    ) -> Result<RoleCredentials, NoCredentials> {
        if let Some(cached) = RoleBroker::cached(store.as_ref(), &self.first, context.now()) {
            return Ok(cached);
        }
        match self.of_session(context, store, network).await {
            Err(NoCredentials::NoToken(error)) => {
                let old = RoleBroker::in_need(store.as_ref(), &self.first, context.now());
                old.ok_or(NoCredentials::NoToken(error))
            }
            done => done,
        }
    }

    fn voice(&self, context: &Context) -> Voice {
        Voice::new(&context.env)
            .during(context.command)
            .about(label(&self.role.session))
            .profile(self.profile.as_str())
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
