//! What a flow works with: the service, the stores, the user; and the client that it acts for.

use super::{FlowError, FlowEvent, FlowUi, LoginRequest};
use crate::client::{DeviceAuthorization, OidcClient};
use crate::error::ErrorCode;
use crate::pkce::{Entropy, os_entropy};
use crate::registration::obtain;
use sso_core::{ClientRegistration, Clock, GrantKind, NotKept, RegistrationStore, TokenStore};
use std::sync::Arc;

/// What a login is done with.
#[derive(Clone)]
pub struct Services {
    /// The OIDC endpoint.
    pub oidc: OidcClient,
    /// Where the token goes.
    pub tokens: Arc<dyn TokenStore>,
    /// Where registrations are kept.
    pub registrations: Arc<dyn RegistrationStore>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Entropy,
}

impl Services {
    /// With the system's randomness; registrations are not kept.
    #[must_use]
    pub fn new(oidc: OidcClient, tokens: Arc<dyn TokenStore>, clock: Arc<dyn Clock>) -> Self {
        Self { oidc, tokens, registrations: Arc::new(NotKept), clock, entropy: os_entropy }
    }
}

/// What a flow may use.
pub struct FlowContext<'a> {
    /// Clients and stores.
    pub services: &'a Services,
    /// The user.
    pub ui: &'a mut dyn FlowUi,
}

impl FlowContext<'_> {
    /// The registration for this kind of flow, the cached one or else a new one, and whether it was cached.
    ///
    /// A cached one is first checked with the service where a forgotten client would show in the browser only.
    ///
    /// # Errors
    /// [`FlowError::Oidc`]: the service refuses to register, or does not answer.
    pub async fn register(
        &mut self,
        request: &LoginRequest,
        kind: GrantKind,
    ) -> Result<(ClientRegistration, bool), FlowError> {
        let Services { oidc, registrations, clock, .. } = self.services;
        let key = request.registration_key();
        let wanted = request.register_request(kind);
        let obtained = obtain(oidc, registrations.as_ref(), &key, &wanted, clock.now()).await?;
        if let Some(error) = &obtained.not_saved {
            self.ui.event(FlowEvent::RegistrationNotSaved(error));
        }
        let shows_only_in_browser = kind == GrantKind::AuthorizationCode;
        if obtained.cached && shows_only_in_browser && !oidc.knows(&obtained.registration).await? {
            return Ok((self.register_anew(request, kind).await?, false));
        }
        Ok((obtained.registration, obtained.cached))
    }

    /// A new registration in the place of one that the service has forgotten.
    ///
    /// # Errors
    /// [`FlowError::Oidc`]: the service refuses to register, or does not answer.
    pub async fn register_anew(
        &mut self,
        request: &LoginRequest,
        kind: GrantKind,
    ) -> Result<ClientRegistration, FlowError> {
        let Services { oidc, registrations, .. } = self.services;
        let registration = oidc.register(&request.register_request(kind)).await?;
        if let Err(error) = registrations.save_registration(&request.registration_key(), &registration) {
            self.ui.event(FlowEvent::RegistrationNotSaved(&error));
        }
        Ok(registration)
    }

    /// A device code to show, and the client that it was issued to. Registers again, once, if the service has forgotten
    /// the cached client (the AWS CLI hangs there).
    ///
    /// # Errors
    /// [`FlowError::Oidc`]: the service refuses, or does not answer.
    pub async fn device_authorization(
        &mut self,
        request: &LoginRequest,
    ) -> Result<(ClientRegistration, DeviceAuthorization), FlowError> {
        let oidc = &self.services.oidc;
        let (client, cached) = self.register(request, GrantKind::DeviceCode).await?;
        match oidc.start_device_authorization(&client, &request.portal).await {
            Err(error) if cached && error.code() == Some(ErrorCode::InvalidClient) => {
                let client = self.register_anew(request, GrantKind::DeviceCode).await?;
                let device = oidc.start_device_authorization(&client, &request.portal).await?;
                Ok((client, device))
            }
            result => Ok((client, result?)),
        }
    }
}
