//! Role credentials under a key: from the cache while they are fresh, else from whatever service gives them.
//!
//! One call whatever the load: the service is asked under the store's lock, by whoever gets it, after reading again. Unlike
//! a refresh, a second call does no harm; so where the lock cannot be had the service is asked all the same.

use sso_core::{
    Clock, CredentialKey, Lookup, MayRefuse, RoleCredentialStore, RoleCredentials, RoleKey, RoleTxn,
    StoreError, StoreOperation, Timestamp,
};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::time::Instant;

/// Credentials, and what went wrong beside them.
#[derive(Debug)]
pub struct Brokered<E> {
    /// The credentials: they work.
    pub credentials: RoleCredentials,
    /// Something that the user should know although the credentials work.
    pub warning: Option<CredentialError<E>>,
}

/// Why there are no credentials, or what went wrong beside them.
#[derive(Debug, Error)]
pub enum CredentialError<E> {
    /// The service refused or did not answer.
    #[error(transparent)]
    Service(E),
    /// The cache cannot be read or written.
    #[error(transparent)]
    Store(StoreError),
}

/// Gives credentials under keys of one kind, whoever is asked for them.
#[derive(Clone)]
pub struct CredentialBroker<K: CredentialKey = RoleKey> {
    store: Arc<dyn RoleCredentialStore<K>>,
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

impl<K: CredentialKey> CredentialBroker<K> {
    /// A broker over a cache.
    #[must_use]
    pub fn new(store: Arc<dyn RoleCredentialStore<K>>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, deadline: None }
    }

    /// Whoever asks is gone by then: the lock is waited for only as long as time is left for the call.
    #[must_use]
    pub fn until(self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self }
    }

    /// Cached credentials while 15 minutes remain. No network.
    #[must_use]
    pub fn cached(store: &dyn RoleCredentialStore<K>, key: &K, now: Timestamp) -> Option<RoleCredentials> {
        let found = store.load_role(key).ok().and_then(Lookup::found);
        found.filter(|credentials| credentials.fresh(now))
    }

    /// Cached credentials with over a minute left: for when new ones cannot be had for now. No network.
    #[must_use]
    pub fn in_need(store: &dyn RoleCredentialStore<K>, key: &K, now: Timestamp) -> Option<RoleCredentials> {
        lasting(store, key, now, MINIMUM)
    }

    /// New credentials from the service, saved; or those that another process has got meanwhile. If the service cannot give
    /// any for now, old ones with over a minute left are used; a refusal is never papered over.
    ///
    /// # Errors
    /// [`CredentialError::Service`]: the service refused, or did not answer and nothing usable is cached. The cache's trouble is
    /// only ever a warning.
    pub async fn fetch<E: MayRefuse>(
        &self,
        key: &K,
        call: impl AsyncFnOnce() -> Result<K::Answer, E>,
    ) -> Result<Brokered<E>, CredentialError<E>> {
        let change = match self.turn(key).await {
            Turn::Done(credentials) => return Ok(Brokered { credentials, warning: None }),
            Turn::Mine(change) => Ok(Some(change)),
            Turn::Free => Ok(None),
            Turn::NoLock(error) => Err(error),
        };
        match call().await {
            Ok(answer) => {
                let saved = change.and_then(|change| match change {
                    Some(change) => change.commit(&answer),
                    // If somebody is at it, they save as good ones.
                    None => match self.store.try_begin_role(key)? {
                        Some(change) => change.commit(&answer),
                        None => Ok(()),
                    },
                });
                let warning = saved.err().map(CredentialError::Store);
                Ok(Brokered { credentials: answer.as_ref().clone(), warning })
            }
            Err(error) if error.refuses() => Err(CredentialError::Service(error)),
            Err(error) => match Self::in_need(self.store.as_ref(), key, self.clock.now()) {
                Some(credentials) => {
                    Ok(Brokered { credentials, warning: Some(CredentialError::Service(error)) })
                }
                None => Err(CredentialError::Service(error)),
            },
        }
    }

    /// Waits for the lock, or for whoever has it to be done.
    async fn turn(&self, key: &K) -> Turn<K> {
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
enum Turn<K: CredentialKey> {
    /// Nobody: somebody has, or is about to and the old ones do for now.
    Done(RoleCredentials),
    /// We do, and the others wait for us.
    Mine(Box<dyn RoleTxn<K>>),
    /// We do, and so does everybody who waits: whoever had the lock got nothing, and to get nothing one after another would
    /// take long.
    Free,
    /// We do, without the lock; nothing can be saved.
    NoLock(StoreError),
}

fn lasting<K: CredentialKey>(
    store: &dyn RoleCredentialStore<K>,
    key: &K,
    now: Timestamp,
    over: Duration,
) -> Option<RoleCredentials> {
    let found = store.load_role(key).ok().and_then(Lookup::found)?;
    let remaining = Duration::try_from(found.remaining(now)).ok()?;
    (remaining > over).then_some(found)
}

fn busy<K: CredentialKey>(store: &dyn RoleCredentialStore<K>, key: &K) -> StoreError {
    let source = match store.role_holder(key) {
        Some(holder) => holder.into(),
        None => "another process holds the lock".into(),
    };
    let path = format!("the credentials of {key}");
    StoreError { operation: StoreOperation::Lock, path: path.into(), source }
}
