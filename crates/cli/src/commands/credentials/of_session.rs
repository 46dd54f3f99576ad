//! Credentials of a session's role: the portal's, and what is said where the role is not assigned.

use super::{NoCredentials, Wanted};
use crate::commands::portal::SignedIn;
use crate::context::{Context, Network};
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_cache::FileStore;
use sso_core::{RoleCredentials, RoleKey, nearest};
use sso_portal::{PortalError, RoleBroker, RoleError};
use std::sync::Arc;

impl Wanted {
    /// Credentials of the session's role, through the session's token from the portal.
    pub(super) async fn of_session(
        &self,
        context: &Context,
        store: &Arc<FileStore>,
        network: &Network,
    ) -> Result<RoleCredentials, NoCredentials> {
        let session = &self.role.session;
        let voice = self.voice(context);
        let opened = SignedIn::open(context, network, session, &voice, store).await;
        let session = opened.map_err(NoCredentials::NoToken)?;
        let (store, clock) = (Arc::clone(store) as _, Arc::clone(&context.clock));
        let roles = RoleBroker::new(session.portal.clone(), store, clock).until(context.deadline());
        match session.ask(async |_, token| roles.fetch(&self.first, token).await).await {
            Ok(outcome) => {
                if let Some(warning) = &outcome.warning {
                    context.output.warn_of(&warning.explain(&voice));
                }
                Ok(outcome.credentials)
            }
            Err(RoleError::Service(PortalError::NoAccess { message })) => {
                let error = PortalError::NoAccess { message }.explain(&voice);
                Err(self.not_assigned(error, &session, &voice).await.into())
            }
            Err(error) => Err(error.explain(&voice).into()),
        }
    }

    /// Says which roles the user does have in the account, nearest first.
    async fn not_assigned(&self, error: CliError, session: &SignedIn, voice: &Voice) -> CliError {
        let RoleKey { account_id, role_name, .. } = &self.first;
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
                let fix =
                    format!("set sso_role_name = {best} ({place}), or: {} --fix", voice.command("doctor"));
                error.note("you have there", sorted.join(", ")).fix(fix)
            }
            None => error.note("note", "you have no role in that account").fix(format!(
                "ask your administrator, or correct sso_account_id ({})",
                voice.origin(&self.role.account_id.origin)
            )),
        }
    }
}
