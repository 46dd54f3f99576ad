//! Device authorization (RFC 8628): the user approves in a browser anywhere.

use super::{AuthFlow, Authorization, Authorizing, FlowContext, FlowError, FlowEvent, FlowId, LoginRequest};
use crate::client::Grant;

/// The device flow (RFC 8628).
#[derive(Clone, Copy, Debug)]
pub struct DeviceFlow;

impl AuthFlow for DeviceFlow {
    fn id(&self) -> FlowId {
        FlowId::Device
    }

    fn authorize<'a>(&'a self, context: FlowContext<'a>, request: &'a LoginRequest) -> Authorizing<'a> {
        Box::pin(authorize(context, request))
    }
}

async fn authorize(mut context: FlowContext<'_>, request: &LoginRequest) -> Result<Authorization, FlowError> {
    let (client, device) = context.device_authorization(request).await?;
    context.ui.event(FlowEvent::ShowCode {
        user_code: &device.user_code,
        verification_uri: &device.verification_uri,
        verification_uri_complete: device.verification_uri_complete.as_deref(),
    });
    context.ui.event(FlowEvent::Waiting { limit: request.timeout.min(device.expires_in) });
    Ok(Authorization { grant: Grant::DeviceCode(device), client })
}
