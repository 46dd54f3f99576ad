//! `StartDeviceAuthorization`, and the verification page where a person types the user code.

use super::members::Members;
use super::{DEVICE_CODE, authenticated_client, require_start_url, unauthorized_client};
use crate::call::{Call, only};
use crate::pages;
use crate::reply::{Refusal, Reply};
use crate::secrets;
use crate::state::{Decision, DeviceGrant, Scene};
use serde_json::json;

pub(crate) fn start_device_authorization(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let members = Members::read(call, &["clientId", "clientSecret", "startUrl"])?;
    let start_url = members.text("startUrl")?;
    let (client_id, client) = authenticated_client(scene, &members)?;
    if !client.may(DEVICE_CODE) {
        return Err(unauthorized_client(DEVICE_CODE));
    }
    require_start_url(scene, "startUrl", &start_url)?;
    let device_code = scene.state.issue(secrets::secret("", 90));
    let user_code = secrets::user_code();
    let grant = DeviceGrant {
        user_code: user_code.clone(),
        client_id,
        expires_at: scene.now + scene.settings.device_lifetime,
        decision: Decision::Pending,
        patient_polls: 0,
        interval: scene.settings.poll_interval,
        last_poll: None,
    };
    scene.state.devices.insert(device_code.clone(), grant);
    let page = format!("{}/device", scene.base_url);
    Ok(Reply::json(
        200,
        &json!({
            "deviceCode": device_code,
            "expiresIn": scene.settings.device_lifetime,
            "interval": scene.settings.poll_interval,
            "userCode": user_code,
            "verificationUri": page,
            "verificationUriComplete": format!("{page}?user_code={user_code}"),
        }),
    ))
}

/// `GET /device`: asks for the code, or, with a code, for the decision.
pub(crate) fn page(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let Some(user_code) = call.query_value("user_code") else {
        return Ok(Reply::html(200, pages::enter_code()));
    };
    let now = scene.now;
    let known = scene.state.device_by_user_code(user_code).cloned();
    let waiting = known.filter(|grant| is_waiting(grant, now));
    let grant = waiting.ok_or_else(|| Refusal::invalid_request("That code is not valid"))?;
    let client = scene.state.clients.get(&grant.client_id);
    let name = client.map_or("unknown client", |client| client.name.as_str());
    let ticket = secrets::ticket();
    let body = pages::approve_device(name, &grant.user_code, &ticket);
    scene.state.device_tickets.insert(ticket, grant.user_code);
    Ok(Reply::html(200, body))
}

/// `POST /device/decision`: the click on Approve or Deny.
pub(crate) fn decide(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let form = call.form();
    let ticket = only(&form, "ticket").unwrap_or_default();
    let decision = super::authorize::read_decision(&form)?;
    let Some(user_code) = scene.state.device_tickets.remove(ticket) else {
        return Err(Refusal::invalid_request("This page was used before"));
    };
    let now = scene.now;
    let known = scene.state.device_by_user_code(&user_code);
    match known.filter(|grant| is_waiting(grant, now)) {
        Some(grant) => grant.decision = decision,
        None => return Err(Refusal::invalid_request("That code is not valid")),
    }
    Ok(Reply::html(200, pages::device_answered(decision)))
}

fn is_waiting(grant: &DeviceGrant, now: i64) -> bool {
    grant.decision == Decision::Pending && now < grant.expires_at
}
