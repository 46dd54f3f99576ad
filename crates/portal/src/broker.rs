//! Role credentials: from the cache while they are fresh, else from the service.

use crate::client::PortalClient;
use crate::error::PortalError;
use sso_core::{
    AccessToken, Clock, Lookup, RoleCredentialStore, RoleCredentials, RoleKey, StoreError, Timestamp,
};
use std::sync::Arc;
use thiserror::Error;

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
}

/// With less than this left, old credentials are of no use even when no new ones can be had.
const MINIMUM_SECONDS: i64 = 60;

impl RoleBroker {
    /// A broker over a cache.
    #[must_use]
    pub fn new(portal: PortalClient, store: Arc<dyn RoleCredentialStore>, clock: Arc<dyn Clock>) -> Self {
        Self { portal, store, clock }
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
        let found = store.load_role(key).ok().and_then(Lookup::found);
        found.filter(|credentials| credentials.remaining(now).as_secs() > MINIMUM_SECONDS)
    }

    /// New credentials from the service, saved. If the service cannot give any for now, old ones with over a minute left
    /// are used; a refusal (401, 403) is never papered over.
    ///
    /// # Errors
    /// The service refused, or did not answer and nothing usable is cached.
    pub async fn fetch(&self, key: &RoleKey, token: &AccessToken) -> Result<RoleOutcome, RoleError> {
        match self.portal.get_role_credentials(token, &key.account_id, &key.role_name).await {
            Ok(credentials) => {
                let warning = self.store.save_role(key, &credentials).err().map(RoleError::from);
                Ok(RoleOutcome { credentials, warning })
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
}
