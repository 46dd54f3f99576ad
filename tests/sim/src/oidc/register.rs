//! `RegisterClient`.

use super::members::Members;
use super::{AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN, require_start_url};
use crate::call::Call;
use crate::reply::{Refusal, Reply};
use crate::secrets;
use crate::state::{Client, Scene};
use serde_json::{Value, json};
use url::Url;

const MEMBERS: [&str; 7] = [
    "clientName",
    "clientType",
    "scopes",
    "redirectUris",
    "grantTypes",
    "issuerUrl",
    "entitledApplicationArn",
];

pub(crate) fn register_client(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let members = Members::read(call, &MEMBERS)?;
    let client = read_client(scene, &members)?;
    let id = secrets::client_id();
    scene.state.issue(client.secret.clone());
    let reply = json!({
        "authorizationEndpoint": Value::Null,
        "clientId": id,
        "clientIdIssuedAt": scene.now,
        "clientSecret": client.secret,
        "clientSecretExpiresAt": client.expires_at,
        "tokenEndpoint": Value::Null,
    });
    scene.state.clients.insert(id, client);
    Ok(Reply::json(200, &reply))
}

fn read_client(scene: &Scene<'_>, members: &Members) -> Result<Client, Refusal> {
    let name = members.text("clientName")?;
    require_public(&members.text("clientType")?)?;
    let scopes = read_scopes(members)?;
    let grant_types = read_grant_types(members)?;
    let redirect_uris = members.list("redirectUris")?;
    redirect_uris.iter().try_for_each(|uri| require_loopback(uri))?;
    let issuer_url = members.optional_text("issuerUrl")?;
    members.optional_text("entitledApplicationArn")?;
    if let Some(issuer) = &issuer_url {
        require_start_url(scene, "issuerUrl", issuer)?;
    }
    if grant_types.iter().any(|it| it == AUTHORIZATION_CODE) {
        require_for_code("redirectUris", !redirect_uris.is_empty())?;
        require_for_code("issuerUrl", issuer_url.is_some())?;
    }
    Ok(Client {
        secret: secrets::secret("eyJ", 300),
        name,
        scopes,
        grant_types,
        redirect_uris,
        expires_at: scene.now + scene.settings.registration_lifetime,
    })
}

fn require_public(client_type: &str) -> Result<(), Refusal> {
    if client_type == "public" {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "InvalidClientMetadataException",
        "invalid_client_metadata",
        "clientType must be public",
    ))
}

fn require_for_code(member: &str, present: bool) -> Result<(), Refusal> {
    if present {
        return Ok(());
    }
    let message = format!("Missing member: {member} (authorization_code needs it)");
    Err(Refusal::invalid_request(message))
}

fn read_scopes(members: &Members) -> Result<Vec<String>, Refusal> {
    let scopes = members.list("scopes")?;
    match scopes.iter().find(|scope| !is_scope(scope)) {
        None => Ok(scopes),
        Some(bad) => Err(Refusal::new(
            400,
            "InvalidScopeException",
            "invalid_scope",
            format!("scopes: not a scope: {bad}"),
        )),
    }
}

fn is_scope(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_:.*/".contains(c);
    text.contains(':') && text.chars().all(plain)
}

/// A client that names no grant types is one of the device flow.
fn read_grant_types(members: &Members) -> Result<Vec<String>, Refusal> {
    let known = [AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN];
    let given = members.list("grantTypes")?;
    if given.is_empty() {
        return Ok(vec![DEVICE_CODE.into(), REFRESH_TOKEN.into()]);
    }
    match given.iter().find(|it| !known.contains(&it.as_str())) {
        None => Ok(given),
        Some(bad) => Err(Refusal::new(
            400,
            "UnsupportedGrantTypeException",
            "unsupported_grant_type",
            format!("grantTypes: not a grant type: {bad}"),
        )),
    }
}

/// RFC 8252 §7.3: loopback, and the port is for the authorization request to say.
fn require_loopback(uri: &str) -> Result<(), Refusal> {
    let good = Url::parse(uri).is_ok_and(|url| {
        url.scheme() == "http"
            && matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"))
            && url.port().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
    });
    if good {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "InvalidRedirectUriException",
        "invalid_redirect_uri",
        "redirectUris must be http loopback URLs without a port",
    ))
}
