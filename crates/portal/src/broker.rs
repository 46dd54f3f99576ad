//! Role credentials: from the cache while they are fresh, else from the service.
//!
//! One call whatever the load: the service is asked under the store's lock, by whoever gets it, after reading again. Unlike
//! a refresh, a second call does no harm; so where the lock cannot be had the service is asked all the same.

use crate::client::PortalClient;
use crate::error::PortalError;
use sso_core::{
    AccessToken, Clock, Lookup, RoleCredentialStore, RoleCredentials, RoleKey, RoleTxn, StoreError,
    StoreOperation, Timestamp,
};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::time::Instant;

/// Credentials, and what went wrong beside them.
#[derive(Debug)]
pub struct RoleOutcome {
    /// The credentials: they work.
    pub credentials: RoleCredentials,
    /// Something that the user should know although the credentials work.
    pub warning: Option<RoleError>,
}

/// Why there are no credentials, or what went wrong beside them.
#[derive(Debug, Error)]
pub enum RoleError {
    /// The service refused or did not answer.
    #[error(transparent)]
    Portal(#[from] PortalError),
    /// The cache cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives role credentials.
#[derive(Clone)]
pub struct RoleBroker {
    portal: PortalClient,
    store: Arc<dyn RoleCredentialStore>,
    clock: Arc<dyn Clock>,
    deadline: Option<Instant>,
}

/// With less than this left, old credentials are of no use even when no new ones can be had.
const MINIMUM: Duration = Duration::from_secs(60);

/// Old credentials with more than this left are used while another process asks for new ones.
const ENOUGH_WHILE_BUSY: Duration = Duration::from_secs(5 * 60);

/// Whoever holds the lock has their answer by then.
const LOCK_LIMIT: Duration = Duration::from_secs(12);

/// The call takes no longer; of the caller's time so much is kept for it.
const CALL_LIMIT: Duration = Duration::from_secs(10);

impl RoleBroker {
    /// A broker over a cache.
    #[must_use]
    pub fn new(portal: PortalClient, store: Arc<dyn RoleCredentialStore>, clock: Arc<dyn Clock>) -> Self {
        Self { portal, store, clock, deadline: None }
    }

    /// Whoever asks is gone by then: the lock is waited for only as long as time is left for the call.
    #[must_use]
    pub fn until(self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self }
    }

    /// Cached credentials while 15 minutes remain. No network.
    #[must_use]
    pub fn cached(store: &dyn RoleCredentialStore, key: &RoleKey, now: Timestamp) -> Option<RoleCredentials> {
        let found = store.load_role(key).ok().and_then(Lookup::found);
        found.filter(|credentials| credentials.fresh(now))
    }

    /// Cached credentials with over a minute left: for when new ones cannot be had for now. No network.
    #[must_use]
    pub fn in_need(
        store: &dyn RoleCredentialStore,
        key: &RoleKey,
        now: Timestamp,
    ) -> Option<RoleCredentials> {
        lasting(store, key, now, MINIMUM)
    }

    /// New credentials from the service, saved; or those that another process has got meanwhile. If the service cannot give
    /// any for now, old ones with over a minute left are used; a refusal (401, 403) is never papered over.
    ///
    /// # Errors
    /// The service refused, or did not answer and nothing usable is cached.
    pub async fn fetch(&self, key: &RoleKey, token: &AccessToken) -> Result<RoleOutcome, RoleError> {
        let change = match self.turn(key).await {
            Turn::Done(credentials) => return Ok(RoleOutcome { credentials, warning: None }),
            Turn::Mine(change) => Ok(Some(change)),
            Turn::Free => Ok(None),
            Turn::NoLock(error) => Err(error),
        };
        match self.portal.get_role_credentials(token, &key.account_id, &key.role_name).await {
            Ok(credentials) => {
                let saved = change.and_then(|change| match change {
                    Some(change) => change.commit(&credentials),
                    // If somebody is at it, they save as good ones.
                    None => match self.store.try_begin_role(key)? {
                        Some(change) => change.commit(&credentials),
                        None => Ok(()),
                    },
                });
                Ok(RoleOutcome { credentials, warning: saved.err().map(RoleError::from) })
            }
            Err(error @ (PortalError::SessionRejected { .. } | PortalError::NoAccess { .. })) => {
                Err(error.into())
            }
            Err(error) => match Self::in_need(self.store.as_ref(), key, self.clock.now()) {
                Some(credentials) => Ok(RoleOutcome { credentials, warning: Some(error.into()) }),
                None => Err(error.into()),
            },
        }
    }

    /// Waits for the lock, or for whoever has it to be done.
    async fn turn(&self, key: &RoleKey) -> Turn {
        let limit = Instant::now() + LOCK_LIMIT;
        let spare = self.deadline.and_then(|deadline| deadline.checked_sub(CALL_LIMIT));
        let until = spare.map_or(limit, |spare| spare.min(limit));
        let store = self.store.as_ref();
        let mut waited = false;
        loop {
            match store.try_begin_role(key) {
                Ok(Some(mut change)) => {
                    let found = change.reload().ok().and_then(Lookup::found);
                    return match found.filter(|found| found.fresh(self.clock.now())) {
                        Some(found) => Turn::Done(found),
                        None if waited => Turn::Free,
                        None => Turn::Mine(change),
                    };
                }
                Ok(None) => {}
                Err(error) => return Turn::NoLock(error),
            }
            let now = self.clock.now();
            let found = Self::cached(store, key, now).or_else(|| lasting(store, key, now, ENOUGH_WHILE_BUSY));
            if let Some(found) = found {
                return Turn::Done(found);
            }
            if Instant::now() >= until {
                return Turn::NoLock(busy(store, key));
            }
            waited = true;
            // So that waiting processes do not move in step.
            tokio::time::sleep(Duration::from_millis(rand::random_range(10..150))).await;
        }
    }
}

/// Who asks the service.
enum Turn {
    /// Nobody: somebody has, or is about to and the old ones do for now.
    Done(RoleCredentials),
    /// We do, and the others wait for us.
    Mine(Box<dyn RoleTxn>),
    /// We do, and so does everybody who waits: whoever had the lock got nothing, and to get nothing one after another would
    /// take long.
    Free,
    /// We do, without the lock; nothing can be saved.
    NoLock(StoreError),
}

fn lasting(
    store: &dyn RoleCredentialStore,
    key: &RoleKey,
    now: Timestamp,
    over: Duration,
) -> Option<RoleCredentials> {
    let found = store.load_role(key).ok().and_then(Lookup::found)?;
    let remaining = Duration::try_from(found.remaining(now)).ok()?;
    (remaining > over).then_some(found)
}

fn busy(store: &dyn RoleCredentialStore, key: &RoleKey) -> StoreError {
    let source = match store.role_holder(key) {
        Some(holder) => holder.into(),
        None => "another process holds the lock".into(),
    };
    let path = format!("the credentials of {} in account {}", key.role_name, key.account_id);
    StoreError { operation: StoreOperation::Lock, path: path.into(), source }
}
