//! The OIDC service: client registration, device authorization, tokens, and the two browser pages.

pub(crate) mod authorize;
pub(crate) mod device;
mod members;
pub(crate) mod register;
pub(crate) mod token;

use crate::reply::Refusal;
use crate::state::{Client, Scene};
use members::Members;

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const AUTHORIZATION_CODE: &str = "authorization_code";
const REFRESH_TOKEN: &str = "refresh_token";

/// The client that `clientId` and `clientSecret` name, if they are right and not expired.
fn authenticated_client(scene: &Scene<'_>, members: &Members) -> Result<(String, Client), Refusal> {
    let id = members.text("clientId")?;
    let secret = members.text("clientSecret")?;
    match scene.state.clients.get(&id) {
        None => Err(invalid_client("Unknown client")),
        Some(client) if client.secret != secret => Err(invalid_client("Wrong client secret")),
        Some(client) if scene.now >= client.expires_at => {
            Err(invalid_client("The client registration has expired"))
        }
        Some(client) => Ok((id, client.clone())),
    }
}

fn invalid_client(message: &str) -> Refusal {
    Refusal::new(401, "InvalidClientException", "invalid_client", message)
}

fn unauthorized_client(grant_type: &str) -> Refusal {
    let message = format!("The client is not registered for the grant type {grant_type}");
    Refusal::new(400, "UnauthorizedClientException", "unauthorized_client", message)
}

/// Refuses a start URL that is not the instance's. Like the real service it reads over `#/` and a
/// closing slash, which people paste.
fn require_start_url(scene: &Scene<'_>, member: &str, url: &str) -> Result<(), Refusal> {
    let known = &scene.settings.start_urls;
    if known.iter().any(|ours| normalized(ours) == normalized(url)) {
        return Ok(());
    }
    Err(Refusal::invalid_request(format!("{member} is not a start URL of this instance")))
}

fn normalized(url: &str) -> String {
    let bare = url.split(['#', '?']).next().unwrap_or_default();
    bare.trim_end_matches('/').to_ascii_lowercase()
}
