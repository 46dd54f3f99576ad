//! The portal with a session's token: what listing commands work with.

use crate::context::{Context, Network, Target};
use crate::error::CliError;
use crate::explain::{Explain as _, Voice};
use sso_cache::FileStore;
use sso_config::SsoSession;
use sso_core::AccessToken;
use sso_portal::PortalClient;
use std::sync::Arc;

/// A session that is signed in.
pub(crate) struct SignedIn {
    pub(crate) portal: PortalClient,
    pub(crate) token: AccessToken,
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
        let broker = target.broker(oidc, store, context);
        let brokered = broker.token(&target.for_broker()).await.map_err(|error| error.explain(voice))?;
        if let Some(warning) = &brokered.warning {
            context.output.warn(&warning.explain(voice).headline);
        }
        Ok(Self { portal: network.portal(&target.region)?, token: brokered.token.access_token })
    }
}
