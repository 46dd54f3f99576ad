//! The console's federation endpoint: credentials for a sign-in token, the token for a visit to the console.

use crate::call::{Call, only, required};
use crate::reply::{Refusal, Reply};
use crate::state::{ConsoleVisit, Scene, SigninToken};
use crate::{pages, partition, secrets};
use serde_json::{Value, json};
use url::Url;

/// Seconds from getSigninToken to the browser.
const TOKEN_LIFE: i64 = 15 * 60;

/// `Action=getSigninToken`, by GET or by POST: only for credentials that were issued here and live.
pub(crate) fn get_signin_token(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let parameters = if call.method == "POST" { posted(call)? } else { call.query.clone() };
    if let Some((name, _)) =
        parameters.iter().find(|(name, _)| !["Action", "Session"].contains(&name.as_str()))
    {
        // SessionDuration too: these credentials come from an assumed role.
        return refuse(&format!("Unexpected parameter: {name}"));
    }
    let session: Value = only(&parameters, "Session")
        .and_then(|text| serde_json::from_str(text).ok())
        .ok_or_else(|| Refusal::invalid_request("Session must be JSON, given once"))?;
    let member = |name: &str| session[name].as_str().unwrap_or_default();
    let known = scene.state.credentials.get(member("sessionId")).cloned();
    // A user's own keys have no session token, and open no console.
    let known = known.filter(|keys| {
        keys.secret_access_key == member("sessionKey")
            && keys.session_token.as_deref() == Some(member("sessionToken"))
            && !keys.has_expired(scene.now)
    });
    let Some(keys) = known else { return refuse("The credentials are invalid or have expired") };
    let token = scene.state.issue(secrets::secret("VCQgs5qZ", 600));
    let issued = SigninToken {
        role_name: keys.caller.role().unwrap_or_default().to_owned(),
        account_id: keys.caller.account_id,
        expires_at: scene.now + TOKEN_LIFE,
    };
    scene.state.signin_tokens.insert(token.clone(), issued);
    Ok(Reply::json(200, &json!({ "SigninToken": token })))
}

/// `Action=login`: a browser with a sign-in token, once.
pub(crate) fn login(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let (issuer, destination) = (required(&call.query, "Issuer")?, required(&call.query, "Destination")?);
    if !is_console(destination, scene.settings.partition()) {
        return refuse("The destination is not a page of the console");
    }
    let token = scene.state.signin_tokens.remove(required(&call.query, "SigninToken")?);
    let Some(token) = token.filter(|token| scene.now < token.expires_at) else {
        return refuse("The sign-in token is invalid, used or has expired");
    };
    let ticket = secrets::ticket();
    let location = format!("{}/console?ticket={ticket}", scene.base_url);
    let visit = ConsoleVisit {
        account_id: token.account_id,
        role_name: token.role_name,
        destination: destination.to_owned(),
        issuer: issuer.to_owned(),
        referer: None,
    };
    scene.state.console_tickets.insert(ticket, visit);
    Ok(Reply::redirect(&location))
}

/// The console: shows who came, and remembers it.
pub(crate) fn console(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    let ticket = call.query_value("ticket").unwrap_or_default();
    let Some(visit) = scene.state.console_tickets.remove(ticket) else {
        return refuse("You are not signed in");
    };
    let page = pages::console(&visit.account_id, &visit.role_name, &visit.destination);
    let referer = call.header("referer").map(str::to_owned);
    scene.state.console_visits.push(ConsoleVisit { referer, ..visit });
    Ok(Reply::html(200, page))
}

fn posted(call: &Call) -> Result<Vec<(String, String)>, Refusal> {
    match call.media_type().as_str() {
        "application/x-www-form-urlencoded" if call.query.is_empty() => Ok(call.form()),
        _ => Err(Refusal::invalid_request("The body must be a form, and the query empty")),
    }
}

/// Only the console of the instance's own partition.
fn is_console(destination: &str, partition: &str) -> bool {
    let suffix = partition::console(partition);
    let Ok(url) = Url::parse(destination) else { return false };
    let host = url.host_str().unwrap_or_default();
    url.scheme() == "https" && (host == suffix || host.ends_with(&format!(".{suffix}")))
}

fn refuse<T>(message: &str) -> Result<T, Refusal> {
    Err(Refusal::new(400, "InvalidRequest", "", message))
}
