//! `GET /authorize`: the browser's half of the authorization code flow with PKCE.

use super::AUTHORIZATION_CODE;
use crate::builder::Authorize;
use crate::call::{Call, only, required};
use crate::pages;
use crate::reply::{Refusal, Reply};
use crate::secrets;
use crate::state::{AuthCode, AuthorizationRequest, Decision, Scene};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// `scopes` is plural here, unlike in OAuth.
const PARAMETERS: [&str; 7] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "code_challenge_method",
    "scopes",
    "code_challenge",
];

/// RFC 3986 §2.3: only the unreserved characters stay as they are.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Any mistake is an error page and never a redirect: the redirect URI may be the mistake.
pub(crate) fn authorize(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let request = read_request(scene, call)?;
    scene.state.seen_secrets.push(request.state.clone());
    match scene.state.authorize {
        Authorize::Auto => Ok(answer(scene, request, Decision::Approved)),
        Authorize::AutoDeny => Ok(answer(scene, request, Decision::Denied)),
        Authorize::Hang => Ok(Reply::html(200, pages::waiting())),
        Authorize::Page => Ok(ask(scene, request)),
    }
}

/// `POST /authorize/decision`: the click on Approve or Deny.
pub(crate) fn decide(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let form = call.form();
    let ticket = only(&form, "ticket").unwrap_or_default();
    let decision = read_decision(&form)?;
    match scene.state.sign_in_tickets.remove(ticket) {
        Some(request) => Ok(answer(scene, request, decision)),
        None => Err(Refusal::invalid_request("This page was used before")),
    }
}

/// The button that was clicked.
pub(super) fn read_decision(form: &[(String, String)]) -> Result<Decision, Refusal> {
    match only(form, "decision") {
        Some("approve") => Ok(Decision::Approved),
        Some("deny") => Ok(Decision::Denied),
        _ => Err(Refusal::invalid_request("decision must be approve or deny")),
    }
}

fn read_request(scene: &Scene<'_>, call: &Call) -> Result<AuthorizationRequest, Refusal> {
    let unknown = call.query.iter().find(|(name, _)| !PARAMETERS.contains(&name.as_str()));
    if let Some((name, _)) = unknown {
        return refuse(&format!("Unknown parameter: {name}"));
    }
    let client_id = required(&call.query, "client_id")?;
    let redirect_uri = required(&call.query, "redirect_uri")?;
    let state = required(&call.query, "state")?;
    let challenge = required(&call.query, "code_challenge")?;
    let client = match scene.state.clients.get(client_id) {
        Some(client) if scene.now < client.expires_at => client,
        _ => return refuse("client_id is not a registered client"),
    };
    if !client.may(AUTHORIZATION_CODE) {
        return refuse("The client is not registered for the authorization code flow");
    }
    let matching = |registered: &String| same_but_for_port(registered, redirect_uri);
    if !client.redirect_uris.iter().any(matching) {
        return refuse("redirect_uri is not one of the client's");
    }
    if required(&call.query, "response_type")? != "code" {
        return refuse("response_type must be code");
    }
    if required(&call.query, "code_challenge_method")? != "S256" {
        return refuse("code_challenge_method must be S256");
    }
    if !is_challenge(challenge) {
        return refuse("code_challenge must be 43 characters of base64url");
    }
    Ok(AuthorizationRequest {
        client_id: client_id.into(),
        redirect_uri: redirect_uri.into(),
        state: state.into(),
        challenge: challenge.into(),
        scopes: read_scopes(call, &client.scopes)?,
    })
}

/// None asked for means all that the client registered.
fn read_scopes(call: &Call, registered: &[String]) -> Result<Vec<String>, Refusal> {
    if call.query_value("scopes").is_none() {
        return Ok(registered.to_vec());
    }
    let asked: Vec<String> = required(&call.query, "scopes")?.split(' ').map(str::to_owned).collect();
    if asked.iter().all(|scope| registered.contains(scope)) {
        return Ok(asked);
    }
    refuse("scopes has a scope that the client is not registered for")
}

fn same_but_for_port(registered: &str, asked: &str) -> bool {
    let (Ok(registered), Ok(mut asked)) = (Url::parse(registered), Url::parse(asked)) else {
        return false;
    };
    asked.port().is_some() && asked.set_port(None).is_ok() && asked == registered
}

fn is_challenge(text: &str) -> bool {
    let base64url = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.len() == 43 && text.chars().all(base64url)
}

fn ask(scene: &mut Scene<'_>, request: AuthorizationRequest) -> Reply {
    let ticket = secrets::ticket();
    let client = scene.state.clients.get(&request.client_id);
    let name = client.map_or("unknown client", |client| client.name.as_str());
    let body = pages::sign_in(name, &scene.settings.user, &request.scopes, &ticket);
    scene.state.sign_in_tickets.insert(ticket, request);
    Reply::html(200, body)
}

/// Back to the client, with a code or with a denial.
fn answer(scene: &mut Scene<'_>, request: AuthorizationRequest, decision: Decision) -> Reply {
    let state = encode(&request.state);
    let base = request.redirect_uri.clone();
    if decision != Decision::Approved {
        let why = encode("The user denied the request");
        return Reply::redirect(&format!("{base}?error=access_denied&error_description={why}&state={state}"));
    }
    let code = scene.state.issue(secrets::secret("", 80));
    let location = format!("{base}?code={}&state={state}", encode(&code));
    let entry = AuthCode { request, expires_at: scene.now + scene.settings.code_lifetime, spent_for: None };
    scene.state.codes.insert(code, entry);
    Reply::redirect(&location)
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, QUERY_VALUE).to_string()
}

fn refuse<T>(message: &str) -> Result<T, Refusal> {
    Err(Refusal::invalid_request(message))
}
