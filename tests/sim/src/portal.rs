//! The access portal: accounts, roles, role credentials, logout.

use crate::call::{Call, required};
use crate::credentials::Caller;
use crate::reply::{Refusal, Reply};
use crate::state::Scene;
use crate::{paging, sessions};
use serde_json::json;

const BEARER: &str = "x-amz-sso_bearer_token";

pub(crate) fn list_accounts(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    allow(call, &["next_token", "max_result"])?;
    let session = require_session(scene, call)?;
    let total = scene.state.organization.accounts.listed().count();
    let (page, next) = paging::of_portal(scene, call, session, total)?;
    let accounts = scene.state.organization.accounts.listed();
    let list: Vec<_> = accounts
        .skip(page.start)
        .take(page.len())
        .map(|account| {
            json!({
                "accountId": account.id,
                "accountName": account.name,
                "emailAddress": account.email,
            })
        })
        .collect();
    Ok(Reply::json(200, &json!({"nextToken": next, "accountList": list})))
}

pub(crate) fn list_account_roles(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    allow(call, &["next_token", "max_result", "account_id"])?;
    let account_id = account_id(call)?;
    let session = require_session(scene, call)?;
    let Some(account) = scene.state.listed_account(account_id) else {
        return Err(Refusal::new(404, "ResourceNotFoundException", "", "The account does not exist"));
    };
    let roles = account.roles.clone();
    let (page, next) = paging::of_portal(scene, call, session, roles.len())?;
    let list: Vec<_> =
        roles[page].iter().map(|role| json!({"roleName": role, "accountId": account_id})).collect();
    Ok(Reply::json(200, &json!({"nextToken": next, "roleList": list})))
}

pub(crate) fn get_role_credentials(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    allow(call, &["role_name", "account_id"])?;
    let role_name = required(&call.query, "role_name")?;
    let account_id = account_id(call)?;
    require_session(scene, call)?;
    let account = scene.state.listed_account(account_id);
    if !account.is_some_and(|account| account.roles.iter().any(|role| role == role_name)) {
        return Err(Refusal::new(403, "ForbiddenException", "", "No access"));
    }
    let settings = scene.settings;
    let expires_at = scene.now + settings.role_lifetime;
    let iam_role = format!("AWSReservedSSO_{role_name}_0123456789abcdef");
    let caller = Caller::with_role(settings.partition(), account_id, &iam_role, &settings.user);
    let key = scene.state.temporary_key(caller, expires_at);
    let body = json!({
        "roleCredentials": {
            "accessKeyId": key.id,
            "secretAccessKey": key.secret,
            "sessionToken": key.session_token,
            "expiration": expires_at * 1_000,
        }
    });
    Ok(Reply::json(200, &body))
}

/// Ends the session of the token: the refresh token goes with it.
pub(crate) fn logout(scene: &mut Scene<'_>, call: &Call) -> Result<Reply, Refusal> {
    allow(call, &[])?;
    if !call.body.is_empty() {
        return Err(Refusal::invalid_request("The body must be empty"));
    }
    let session = require_session(scene, call)?;
    scene.state.end_session(session);
    Ok(Reply::new(200, "application/json", ""))
}

fn require_session(scene: &Scene<'_>, call: &Call) -> Result<usize, Refusal> {
    let token = call.header(BEARER).unwrap_or_default();
    sessions::of_bearer(scene, token)
        .ok_or_else(|| Refusal::new(401, "UnauthorizedException", "", "Session token not found or invalid"))
}

/// Refuses parameters that the operation does not have.
fn allow(call: &Call, known: &[&str]) -> Result<(), Refusal> {
    let unknown = call.query.iter().find(|(name, _)| !known.contains(&name.as_str()));
    match unknown {
        None => Ok(()),
        Some((name, _)) => Err(Refusal::invalid_request(format!("Unknown parameter: {name}"))),
    }
}

fn account_id(call: &Call) -> Result<&str, Refusal> {
    let id = required(&call.query, "account_id")?;
    if id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(id);
    }
    Err(Refusal::invalid_request("account_id must be 12 digits"))
}
