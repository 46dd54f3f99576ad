//! Role credentials for a profile: from the cache, else through the session's token from the portal.

use super::portal::SignedIn;
use super::sessions::label;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_cache::FileStore;
use sso_config::SsoRole;
use sso_core::{ProfileName, RoleCredentials, RoleKey, nearest};
use sso_portal::{PortalClient, PortalError, RoleBroker, RoleError};
use std::sync::Arc;

/// A role that is asked for, with its key checked.
pub(crate) struct Wanted {
    pub(crate) profile: ProfileName,
    pub(crate) role: SsoRole,
    pub(crate) key: RoleKey,
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

    /// Credentials from the service, through the session's token; never opens a browser.
    pub(crate) async fn fetch(
        &self,
        context: &Context,
        store: FileStore,
        network: &Network,
    ) -> Result<RoleCredentials, CliError> {
        let session = &self.role.session;
        let voice = Voice::new(&context.env).about(label(session)).profile(self.profile.as_str());
        let store = Arc::new(store);
        let SignedIn { portal, token } = SignedIn::open(context, network, session, &voice, &store).await?;
        let roles = RoleBroker::new(portal.clone(), store, Arc::clone(&context.clock));
        match roles.fetch(&self.key, &token).await {
            Ok(outcome) => {
                if let Some(warning) = &outcome.warning {
                    context.output.warn(&warning.explain(&voice).headline);
                }
                Ok(outcome.credentials)
            }
            Err(RoleError::Portal(PortalError::NoAccess { message })) => {
                let error = PortalError::NoAccess { message }.explain(&voice);
                Err(self.not_assigned(error, &portal, &token, &voice).await)
            }
            Err(error) => Err(error.explain(&voice)),
        }
    }

    /// Says which roles the user does have in the account, nearest first.
    async fn not_assigned(
        &self,
        error: CliError,
        portal: &PortalClient,
        token: &sso_core::AccessToken,
        voice: &Voice,
    ) -> CliError {
        let RoleKey { account_id, role_name, .. } = &self.key;
        let headline = format!("The role \"{role_name}\" in account {account_id} is not assigned to you.");
        let error = CliError { headline, ..error };
        let roles = portal.list_account_roles(token, account_id).await.unwrap_or_default();
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
