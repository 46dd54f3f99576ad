//! Sessions and their tokens: opening one, renewing it, ending it.

use crate::reply::{Refusal, Reply};
use crate::secrets;
use crate::state::{AccessToken, RefreshToken, Scene, Session, State};
use serde_json::{Value, json};

/// The scope that the portal operations ask for.
const PORTAL_SCOPE: &str = "sso:account:access";

/// Opens a session for a grant that was just redeemed, and words the `CreateToken` reply.
pub(crate) fn open(scene: &mut Scene<'_>, client_id: &str, scopes: Vec<String>) -> (usize, Reply) {
    let refreshable = may_refresh(scene, client_id);
    let session = begin(scene, client_id, scopes);
    let refresh_token = refreshable.then(|| mint_refresh_token(scene, session));
    (session, token_reply(scene, session, refresh_token))
}

/// The access token of a user who has signed in with a client that nobody here knows.
pub(crate) fn elsewhere(scene: &mut Scene<'_>) -> String {
    let session = begin(scene, "elsewhere", vec![PORTAL_SCOPE.into()]);
    mint_access_token(scene, session)
}

fn begin(scene: &mut Scene<'_>, client_id: &str, scopes: Vec<String>) -> usize {
    let (client_id, started_at) = (client_id.into(), scene.now);
    scene.state.sessions.push(Session { client_id, scopes, started_at, ended: false });
    scene.state.sessions.len() - 1
}

/// Redeems a refresh token.
pub(crate) fn renew(scene: &mut Scene<'_>, client_id: &str, token: &str) -> Result<Reply, Refusal> {
    let policy = scene.settings.refresh;
    let Some(known) = scene.state.refresh_tokens.get(token).cloned() else {
        return Err(invalid_grant("Invalid refresh token provided"));
    };
    if scene.state.sessions[known.session].client_id != client_id {
        return Err(invalid_grant("The refresh token belongs to another client"));
    }
    if known.spent {
        if policy.revoke_on_reuse {
            scene.state.end_session(known.session);
        }
        return Err(invalid_grant("The refresh token was used before"));
    }
    require_living(scene, known.session)?;
    let next = if policy.omit_on_renewal {
        None
    } else if policy.rotate {
        scene.state.spend(token);
        Some(mint_refresh_token(scene, known.session))
    } else {
        Some(token.to_owned())
    };
    Ok(token_reply(scene, known.session, next))
}

fn require_living(scene: &Scene<'_>, session: usize) -> Result<(), Refusal> {
    let session = &scene.state.sessions[session];
    let lifetime = scene.settings.session_lifetime;
    let over = lifetime.is_some_and(|seconds| scene.now >= session.started_at + seconds);
    if session.ended || over {
        return Err(invalid_grant("The session has ended"));
    }
    Ok(())
}

/// The session of a bearer token that may call the portal now.
pub(crate) fn of_bearer(scene: &Scene<'_>, token: &str) -> Option<usize> {
    let known = scene.state.access_tokens.get(token)?;
    let session = &scene.state.sessions[known.session];
    // Clients of the first days register no scopes, and their tokens open the portal.
    let scoped = session.scopes.is_empty() || session.scopes.iter().any(|it| it == PORTAL_SCOPE);
    let good = !session.ended && scene.now < known.expires_at && scoped;
    good.then_some(known.session)
}

pub(crate) fn invalid_grant(message: &str) -> Refusal {
    Refusal::new(400, "InvalidGrantException", "invalid_grant", message)
}

/// As in the real service, a client without scopes or without the grant type gets no refresh token.
fn may_refresh(scene: &Scene<'_>, client_id: &str) -> bool {
    let client = scene.state.clients.get(client_id);
    let allowed = client.is_some_and(|it| !it.scopes.is_empty() && it.may("refresh_token"));
    allowed && !scene.settings.refresh.none
}

fn mint_refresh_token(scene: &mut Scene<'_>, session: usize) -> String {
    let token = scene.state.issue(secrets::secret("aorAAAAAG", 400));
    let entry = RefreshToken { session, spent: false };
    scene.state.refresh_tokens.insert(token.clone(), entry);
    token
}

fn mint_access_token(scene: &mut Scene<'_>, session: usize) -> String {
    let size = scene.settings.token_size;
    let token = scene.state.issue(secrets::secret("aoaAAAAAG:", size));
    let expires_at = scene.now + scene.settings.token_lifetime;
    let entry = AccessToken { session, expires_at };
    scene.state.access_tokens.insert(token.clone(), entry);
    token
}

/// The nulls are the real service's; a client has to read over them.
fn token_reply(scene: &mut Scene<'_>, session: usize, refresh_token: Option<String>) -> Reply {
    let token = mint_access_token(scene, session);
    Reply::json(
        200,
        &json!({
            "accessToken": token,
            "aws_sso_app_session_id": Value::Null,
            "expiresIn": scene.settings.token_lifetime,
            "idToken": Value::Null,
            "issuedTokenType": Value::Null,
            "originSessionId": Value::Null,
            "refreshToken": refresh_token,
            "tokenType": "Bearer",
        }),
    )
}

impl State {
    /// Ends a session: its access tokens are 401 and its refresh tokens `invalid_grant` from now on.
    pub(crate) fn end_session(&mut self, session: usize) {
        self.sessions[session].ended = true;
    }

    fn spend(&mut self, refresh_token: &str) {
        if let Some(known) = self.refresh_tokens.get_mut(refresh_token) {
            known.spent = true;
        }
    }
}
