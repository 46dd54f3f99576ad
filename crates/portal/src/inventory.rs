//! Accounts and their roles, collected in parallel. What could not be read is part of the answer.

use crate::client::{Account, PortalClient, Role};
use crate::error::PortalError;
use sso_core::AccessToken;
use sso_http::{Missing, gather};

/// Everything the session may use, as far as the service told.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Accounts with their roles, sorted by the account's name, then id; roles by name.
    pub complete: Vec<(Account, Vec<Role>)>,
    /// Accounts whose roles could not be read.
    pub failed: Vec<(Account, Missing<PortalError>)>,
}

impl Inventory {
    /// Collects the roles of every account. `progress` is told how many of how many accounts are done.
    ///
    /// # Errors
    /// The accounts cannot be listed, or the session is rejected on the way ([`PortalError::SessionRejected`]): then nothing else
    /// can be read either.
    pub async fn collect(
        portal: &PortalClient,
        token: &AccessToken,
        progress: impl FnMut(usize, usize),
    ) -> Result<Self, PortalError> {
        let accounts = portal.list_accounts(token).await?;
        let ask = |account: Account| {
            let (portal, token) = (portal.clone(), token.clone());
            async move {
                let roles = portal.list_account_roles(&token, &account.id).await;
                (account, roles)
            }
        };
        let rejected = |error: &PortalError| matches!(error, PortalError::SessionRejected { .. });
        let gathered = gather(accounts, ask, rejected, portal.deadline(), progress).await?;
        let mut found = Self { complete: gathered.done, failed: gathered.failed };
        for (_, roles) in &mut found.complete {
            roles.sort_by_cached_key(|role| role.name.as_str().to_lowercase());
        }
        found.complete.sort_by_cached_key(|(account, _)| account.sort_key());
        found.failed.sort_by_cached_key(|(account, _)| account.sort_key());
        Ok(found)
    }
}
