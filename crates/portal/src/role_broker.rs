//! Credentials of roles of a session: the broker over the portal.

use crate::broker::{Brokered, CredentialBroker, CredentialError};
use crate::client::PortalClient;
use crate::error::PortalError;
use sso_core::{AccessToken, Clock, MayRefuse, RoleCredentialStore, RoleCredentials, RoleKey, Timestamp};
use std::sync::Arc;
use tokio::time::Instant;

/// Credentials of a role, and what went wrong beside them.
pub type RoleOutcome = Brokered<PortalError>;

/// Why there are no credentials of a role, or what went wrong beside them.
pub type RoleError = CredentialError<PortalError>;

/// Gives credentials of roles of a session.
#[derive(Clone)]
pub struct RoleBroker {
    portal: PortalClient,
    broker: CredentialBroker,
}

impl MayRefuse for PortalError {
    fn refuses(&self) -> bool {
        matches!(self, Self::SessionRejected { .. } | Self::NoAccess { .. })
    }
}

impl RoleBroker {
    /// A broker over a cache.
    #[must_use]
    pub fn new(portal: PortalClient, store: Arc<dyn RoleCredentialStore>, clock: Arc<dyn Clock>) -> Self {
        Self { portal, broker: CredentialBroker::new(store, clock) }
    }

    /// As [`CredentialBroker::until`].
    #[must_use]
    pub fn until(self, deadline: Option<Instant>) -> Self {
        Self { broker: self.broker.until(deadline), ..self }
    }

    /// As [`CredentialBroker::cached`].
    #[must_use]
    pub fn cached(store: &dyn RoleCredentialStore, key: &RoleKey, now: Timestamp) -> Option<RoleCredentials> {
        CredentialBroker::cached(store, key, now)
    }

    /// As [`CredentialBroker::in_need`].
    #[must_use]
    pub fn in_need(
        store: &dyn RoleCredentialStore,
        key: &RoleKey,
        now: Timestamp,
    ) -> Option<RoleCredentials> {
        CredentialBroker::in_need(store, key, now)
    }

    /// As [`CredentialBroker::fetch`], from the portal. A refusal is a 401 or 403.
    ///
    /// # Errors
    /// As [`CredentialBroker::fetch`], with a [`PortalError`].
    pub async fn fetch(&self, key: &RoleKey, token: &AccessToken) -> Result<RoleOutcome, RoleError> {
        let call = async || self.portal.get_role_credentials(token, &key.account_id, &key.role_name).await;
        self.broker.fetch(key, call).await
    }
}
