//! `CreateToken`: the three grants.

use super::members::Members;
use super::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN, authenticated_client, unauthorized_client};
use crate::builder::Device;
use crate::call::Call;
use crate::reply::{Refusal, Reply};
use crate::sessions::{self, invalid_grant};
use crate::state::{Client, Decision, DeviceGrant, Scene};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::time::{Duration, Instant};

const MEMBERS: [&str; 9] = [
    "clientId",
    "clientSecret",
    "grantType",
    "deviceCode",
    "code",
    "refreshToken",
    "scope",
    "redirectUri",
    "codeVerifier",
];

/// RFC 8628 §3.5: after `slow_down` the interval is 5 seconds longer, for good.
const SLOW_DOWN_STEP: u64 = 5;

pub(crate) fn create_token(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let members = Members::read(call, &MEMBERS)?;
    let grant_type = members.text("grantType")?;
    members.list("scope")?;
    if let Some(verifier) = members.optional_text("codeVerifier")? {
        scene.state.seen_secrets.push(verifier);
    }
    let (client_id, client) = authenticated_client(scene, &members)?;
    let known = [AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN];
    if !known.contains(&grant_type.as_str()) {
        return Err(Refusal::new(
            400,
            "UnsupportedGrantTypeException",
            "unsupported_grant_type",
            format!("grantType: not a grant type: {grant_type}"),
        ));
    }
    if !client.may(&grant_type) {
        return Err(unauthorized_client(&grant_type));
    }
    match grant_type.as_str() {
        AUTHORIZATION_CODE => redeem_code(scene, &client_id, &members),
        DEVICE_CODE => poll_device(scene, &client_id, &client, &members),
        _ => sessions::renew(scene, &client_id, &members.text("refreshToken")?),
    }
}

fn redeem_code(scene: &mut Scene<'_>, client_id: &str, members: &Members) -> Result<Reply, Refusal> {
    let code = members.text("code")?;
    let verifier = members.text("codeVerifier")?;
    let redirect_uri = members.text("redirectUri")?;
    require_verifier(&verifier)?;
    let Some(known) = scene.state.codes.get(&code).cloned() else {
        return Err(invalid_grant("Invalid authorization code"));
    };
    let request = known.request;
    if request.client_id != client_id {
        return Err(invalid_grant("The code belongs to another client"));
    }
    if let Some(session) = known.spent_for {
        // RFC 6749 §4.1.2: a code that comes twice was stolen, so what it bought goes too.
        scene.state.end_session(session);
        return Err(invalid_grant("The authorization code was used before"));
    }
    if scene.now >= known.expires_at {
        return Err(expired("The authorization code has expired"));
    }
    if request.redirect_uri != redirect_uri {
        return Err(invalid_grant("redirectUri is not the one of the authorization"));
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)) != request.challenge {
        return Err(invalid_grant("codeVerifier does not match the challenge"));
    }
    let (session, reply) = sessions::open(scene, client_id, request.scopes);
    if let Some(code) = scene.state.codes.get_mut(&code) {
        code.spent_for = Some(session);
    }
    Ok(reply)
}

/// RFC 7636 §4.1.
fn require_verifier(verifier: &str) -> Result<(), Refusal> {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if (43..=128).contains(&verifier.len()) && verifier.chars().all(unreserved) {
        return Ok(());
    }
    Err(Refusal::invalid_request("codeVerifier must be 43 to 128 unreserved characters"))
}

fn poll_device(
    scene: &mut Scene<'_>,
    client_id: &str,
    client: &Client,
    members: &Members,
) -> Result<Reply, Refusal> {
    let device_code = members.text("deviceCode")?;
    let (mode, now) = (scene.state.device, scene.now);
    let enforce_pace = scene.settings.enforce_pace;
    let grants = &mut scene.state.devices;
    let Some(grant) = grants.get_mut(&device_code).filter(|it| it.client_id == client_id) else {
        return Err(invalid_grant("Invalid device code"));
    };
    if now >= grant.expires_at {
        return Err(expired("The device code has expired"));
    }
    if enforce_pace {
        keep_pace(grant)?;
    }
    match answer(grant, mode) {
        Decision::Denied => {
            Err(Refusal::new(400, "AccessDeniedException", "access_denied", "The request was denied"))
        }
        Decision::Pending => {
            grant.patient_polls += 1;
            Err(Refusal::new(
                400,
                "AuthorizationPendingException",
                "authorization_pending",
                "The request is waiting for an answer",
            ))
        }
        Decision::Approved => {
            grants.remove(&device_code);
            Ok(sessions::open(scene, client_id, client.scopes.clone()).1)
        }
    }
}

/// What the grant's answer is by now, given who answers.
fn answer(grant: &DeviceGrant, mode: Device) -> Decision {
    match mode {
        Device::Never => Decision::Pending,
        Device::AutoDeny => Decision::Denied,
        Device::Auto(polls) if grant.decision == Decision::Pending && grant.patient_polls >= polls => {
            Decision::Approved
        }
        Device::Auto(_) | Device::Manual => grant.decision,
    }
}

/// Real time on purpose: a client under test waits in real time, whatever the world's clock says.
fn keep_pace(grant: &mut DeviceGrant) -> Result<(), Refusal> {
    let gap = grant.last_poll.replace(Instant::now()).map(|at| at.elapsed());
    // A tenth of tolerance, for timers are not exact.
    let least = Duration::from_secs(grant.interval).mul_f64(0.9);
    if gap.is_none_or(|gap| gap >= least) {
        return Ok(());
    }
    grant.interval += SLOW_DOWN_STEP;
    Err(Refusal::new(400, "SlowDownException", "slow_down", "Polled faster than the interval allows"))
}

fn expired(message: &str) -> Refusal {
    Refusal::new(400, "ExpiredTokenException", "expired_token", message)
}
