//! The engine: picks a flow, exchanges its grant, saves the tokens. Written once for all flows.

use super::device_poll::{DevicePoll, Next};
use super::{
    AuthCodeFlow, AuthFlow, Authorization, BoxFuture, DeviceFlow, FlowContext, FlowError, FlowEvent, FlowUi,
    HostFacts, LoginRequest, Preference, Services, Support,
};
use crate::client::{DeviceAuthorization, Grant, TokenReply};
use crate::error::{ErrorCode, OidcError};
use crate::save::{check_writable, save};
use sso_core::{Clock, TokenClient, TokenSet};
use std::time::Duration;
use tokio::time::Instant;

/// Stands in for a timeout that no clock can reach.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(30 * 24 * 3600);

/// A list of flows, tried in order.
pub struct Engine {
    flows: Vec<Box<dyn AuthFlow>>,
}

impl Engine {
    /// PKCE in a browser on this host, else the device code.
    #[must_use]
    pub fn standard() -> Self {
        Self::new(vec![Box::new(AuthCodeFlow), Box::new(DeviceFlow)])
    }

    /// Flows of one's own choice.
    #[must_use]
    pub fn new(flows: Vec<Box<dyn AuthFlow>>) -> Self {
        Self { flows }
    }

    /// Signs in with the first flow that can work, and saves the tokens.
    ///
    /// The next flow is tried only if one finds out, before it has shown anything, that it cannot work. A flow that has
    /// started and failed is never replaced by another.
    ///
    /// # Errors
    /// See [`FlowError`]. What was stored before is unchanged.
    pub async fn login(
        &self,
        request: &LoginRequest,
        host: &HostFacts,
        services: &Services,
        ui: &mut dyn FlowUi,
    ) -> Result<TokenSet, FlowError> {
        // Before the user is sent anywhere: a sign-in that cannot be kept is worth nothing.
        check_writable(services.tokens.as_ref(), &request.key)?;
        let now = Instant::now();
        let deadline = now.checked_add(request.timeout).unwrap_or(now + LONGEST_TIMEOUT);
        let mut because = None;
        for flow in &self.flows {
            if matches!(request.preference, Preference::Only(wanted) if wanted != flow.id()) {
                continue;
            }
            if let Support::No(reason) = flow.supports(request, host) {
                because = Some(reason);
                continue;
            }
            tracing::info!(flow = %flow.id(), ?because, "signing in");
            ui.event(FlowEvent::Chosen { flow: flow.id(), because });
            let mut watched = Watched { ui: &mut *ui, waits: false };
            let context = FlowContext { services, ui: &mut watched };
            let authorized = tokio::time::timeout_at(deadline, flow.authorize(context, request)).await;
            let after = request.timeout;
            let late = match watched.waits {
                true => FlowError::TimedOut { after },
                false => FlowError::Unanswered { after },
            };
            match authorized.unwrap_or(Err(late)) {
                Err(FlowError::Unsupported(reason)) => because = Some(reason),
                Err(error) => return Err(error),
                Ok(authorization) => return finish(authorization, request, deadline, services, ui).await,
            }
        }
        Err(FlowError::NoFlow(because))
    }
}

/// Knows whether the user is waited for yet: before that, whoever is late is the service.
struct Watched<'a> {
    ui: &'a mut dyn FlowUi,
    waits: bool,
}

impl FlowUi for Watched<'_> {
    fn event(&mut self, event: FlowEvent<'_>) {
        self.waits |= matches!(event, FlowEvent::Waiting { .. });
        self.ui.event(event);
    }

    fn pasted_line(&mut self) -> BoxFuture<'_, String> {
        self.ui.pasted_line()
    }
}

async fn finish(
    authorization: Authorization,
    request: &LoginRequest,
    deadline: Instant,
    services: &Services,
    ui: &mut dyn FlowUi,
) -> Result<TokenSet, FlowError> {
    let reply = exchange(&authorization, request.timeout, deadline, services, ui).await?;
    let token = token_set(reply, &authorization, request, services.clock.as_ref());
    save(services.tokens.as_ref(), &request.key, &token).await?;
    Ok(token)
}

async fn exchange(
    authorization: &Authorization,
    timeout: Duration,
    deadline: Instant,
    services: &Services,
    ui: &mut dyn FlowUi,
) -> Result<TokenReply, FlowError> {
    let Authorization { grant, client } = authorization;
    match grant {
        Grant::DeviceCode(device) => {
            let polling = poll(authorization, device, services, ui);
            let ended = tokio::time::timeout_at(deadline, polling).await;
            ended.unwrap_or(Err(FlowError::TimedOut { after: timeout }))
        }
        Grant::AuthorizationCode { .. } | Grant::RefreshToken(_) => {
            ui.event(FlowEvent::Exchanging);
            services.oidc.create_token(&client.client_id, &client.client_secret, grant).await.map_err(decided)
        }
    }
}

/// Asks until the user has decided.
async fn poll(
    authorization: &Authorization,
    device: &DeviceAuthorization,
    services: &Services,
    ui: &mut dyn FlowUi,
) -> Result<TokenReply, FlowError> {
    let Authorization { grant, client } = authorization;
    let started = Instant::now();
    let mut poll = DevicePoll::new(device.interval, device.expires_in);
    loop {
        let slow_downs = poll.slow_downs();
        let answer = services.oidc.create_token(&client.client_id, &client.client_secret, grant).await;
        match poll.step(answer, started.elapsed()) {
            Next::Done(reply) => return Ok(reply),
            Next::Expired => return Err(FlowError::TimedOut { after: device.expires_in }),
            Next::Failed(error) => return Err(decided(error)),
            Next::Wait(pause) => {
                if poll.slow_downs() > slow_downs {
                    ui.event(FlowEvent::SlowDown { times: poll.slow_downs() });
                }
                tokio::time::sleep(pause).await;
            }
        }
    }
}

/// The service's answers that are the user's decision.
fn decided(error: OidcError) -> FlowError {
    match error {
        OidcError::Service(fault) if fault.code == ErrorCode::AccessDenied => {
            FlowError::Denied { error: fault.name, description: fault.description }
        }
        error => error.into(),
    }
}

fn token_set(
    reply: TokenReply,
    authorization: &Authorization,
    request: &LoginRequest,
    clock: &dyn Clock,
) -> TokenSet {
    let client = &authorization.client;
    TokenSet {
        access_token: reply.access_token,
        expires_at: clock.now().saturating_add(reply.expires_in).unwrap_or_else(|_| clock.now()),
        refresh_token: reply.refresh_token,
        client: Some(TokenClient {
            id: client.client_id.clone(),
            secret: Some(client.client_secret.clone()),
        }),
        registration_expires_at: Some(client.expires_at),
        region: Some(request.region.as_str().to_owned()),
        start_url: Some(request.start_url.clone()),
    }
}
