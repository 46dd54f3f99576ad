//! The portal with a session's token: what listing commands work with.

use crate::context::{Context, Network, Target};
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_cache::FileStore;
use sso_config::SsoSession;
use sso_core::{AccessToken, TokenSet};
use sso_oidc::TokenBroker;
use sso_portal::{PortalClient, PortalError};
use std::sync::Arc;

/// A session that is signed in.
pub(crate) struct SignedIn {
    pub(crate) portal: PortalClient,
    token: TokenSet,
    broker: TokenBroker,
    session: sso_oidc::SsoSession,
}

impl SignedIn {
    /// The session's token, renewed if it is due; never opens a browser.
    pub(crate) async fn open(
        context: &Context,
        network: &Network,
        session: &SsoSession,
        voice: &Voice,
        store: &Arc<FileStore>,
    ) -> Result<Self, CliError> {
        let target = Target::check(session.clone(), voice)?;
        let oidc = network.oidc(&session.start_url.value, &target.region)?;
        let tokens = context.tokens(store, session, voice)?;
        let broker = target.broker(oidc, tokens, context);
        let session = target.for_broker();
        let brokered = broker.token(&session).await.map_err(|error| error.explain(voice))?;
        if let Some(warning) = &brokered.warning {
            context.output.warn_of(&warning.explain(voice));
        }
        let portal = network.portal(&target.region)?.until(context.last_call());
        Ok(Self { portal, token: brokered.token, broker, session })
    }

    /// Asks the portal. If it does not take the token although it lives, it is asked once more with another one: that
    /// of a tool that has signed in again meanwhile, or a refreshed one. If there is none the refusal stands.
    ///
    /// # Errors
    /// What the portal answered.
    pub(crate) async fn ask<T, E: MayReject>(
        &self,
        mut call: impl AsyncFnMut(&PortalClient, &AccessToken) -> Result<T, E>,
    ) -> Result<T, E> {
        let rejected = match call(&self.portal, &self.token.access_token).await {
            Err(error) if error.rejects() => error,
            done => return done,
        };
        match self.broker.instead_of(&self.session, self.token.clone()).await {
            Ok(other) => {
                tracing::info!("the service does not take the token; once more with another");
                call(&self.portal, &other.token.access_token).await
            }
            Err(error) => {
                tracing::info!(%error, "the service does not take the token, and there is no other");
                Err(rejected)
            }
        }
    }
}

/// Errors among which may be one that says: this token is not taken.
pub(crate) trait MayReject {
    fn rejects(&self) -> bool;
}

impl MayReject for PortalError {
    fn rejects(&self) -> bool {
        matches!(self, Self::SessionRejected { .. })
    }
}

impl MayReject for sso_portal::RoleError {
    fn rejects(&self) -> bool {
        matches!(self, Self::Service(error) if error.rejects())
    }
}
