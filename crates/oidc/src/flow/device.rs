//! Device authorization (RFC 8628): the user approves in a browser anywhere.

use super::Support;
use super::{
    AuthFlow, Authorization, BoxFuture, FlowContext, FlowError, FlowEvent, FlowId, HostFacts, LoginRequest,
};
use crate::client::{DeviceAuthorization, Grant};
use crate::error::ErrorCode;
use sso_core::{ClientRegistration, GrantKind};

/// The device flow.
#[derive(Clone, Copy, Debug)]
pub struct DeviceFlow;

impl AuthFlow for DeviceFlow {
    fn id(&self) -> FlowId {
        FlowId::Device
    }

    fn supports(&self, _: &LoginRequest, _: &HostFacts) -> Support {
        Support::Yes
    }

    fn authorize<'a>(
        &'a self,
        context: FlowContext<'a>,
        request: &'a LoginRequest,
    ) -> BoxFuture<'a, Result<Authorization, FlowError>> {
        Box::pin(authorize(context, request))
    }
}

async fn authorize(mut context: FlowContext<'_>, request: &LoginRequest) -> Result<Authorization, FlowError> {
    let (client, device) = start(&mut context, request).await?;
    context.ui.event(FlowEvent::ShowCode {
        user_code: &device.user_code,
        verification_uri: &device.verification_uri,
        verification_uri_complete: device.verification_uri_complete.as_deref(),
    });
    context.ui.event(FlowEvent::Waiting { limit: request.timeout.min(device.expires_in) });
    Ok(Authorization { grant: Grant::DeviceCode(device), client })
}

/// Starts the authorization; registers again, once, if the service has forgotten the cached client (the AWS CLI hangs there).
async fn start(
    context: &mut FlowContext<'_>,
    request: &LoginRequest,
) -> Result<(ClientRegistration, DeviceAuthorization), FlowError> {
    let oidc = &context.services.oidc;
    let (client, cached) = context.register(request, GrantKind::DeviceCode).await?;
    match oidc.start_device_authorization(&client, &request.portal).await {
        Err(error) if cached && error.code() == Some(ErrorCode::InvalidClient) => {
            let client = context.register_anew(request, GrantKind::DeviceCode).await?;
            let device = oidc.start_device_authorization(&client, &request.portal).await?;
            Ok((client, device))
        }
        result => Ok((client, result?)),
    }
}
