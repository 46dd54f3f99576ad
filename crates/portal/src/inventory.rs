//! Accounts and their roles, collected in parallel. What could not be read is part of the answer.

use crate::client::{Account, PortalClient, Role};
use crate::error::PortalError;
use sso_core::AccessToken;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Requests under way at once (catalogue D13).
const IN_FLIGHT: usize = 8;

/// Everything the session may use, as far as the service told.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Accounts with their roles, sorted by the account's name, then id; roles by name.
    pub complete: Vec<(Account, Vec<Role>)>,
    /// Accounts whose roles could not be read.
    pub failed: Vec<(Account, PortalError)>,
}

impl Inventory {
    /// Collects the roles of every account. `progress` is told how many of how many accounts are done.
    ///
    /// # Errors
    /// The accounts cannot be listed, or the session is rejected on the way: then nothing else can be read either.
    pub async fn collect(
        portal: &PortalClient,
        token: &AccessToken,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Self, PortalError> {
        let accounts = portal.list_accounts(token).await?;
        let (total, gate) = (accounts.len(), Arc::new(Semaphore::new(IN_FLIGHT)));
        progress(0, total);
        let mut tasks = JoinSet::new();
        for account in accounts {
            let (portal, token, gate) = (portal.clone(), token.clone(), Arc::clone(&gate));
            tasks.spawn(async move {
                // The semaphore is never closed; were it, the request would only be early.
                let _permit = gate.acquire().await;
                let roles = portal.list_account_roles(&token, &account.id).await;
                (account, roles)
            });
        }
        let mut found = Self::default();
        let mut done = 0;
        while let Some(joined) = tasks.join_next().await {
            done += 1;
            progress(done, total);
            match joined {
                Ok((account, Ok(mut roles))) => {
                    roles.sort_by_cached_key(|role| role.name.as_str().to_lowercase());
                    found.complete.push((account, roles));
                }
                Ok((_, Err(error @ PortalError::SessionRejected { .. }))) => return Err(error),
                Ok((account, Err(error))) => found.failed.push((account, error)),
                // A task of ours neither panics nor is aborted.
                Err(_) => {}
            }
        }
        found.complete.sort_by_cached_key(|(account, _)| account.sort_key());
        found.failed.sort_by_cached_key(|(account, _)| account.sort_key());
        Ok(found)
    }
}
