//! Authorization code with PKCE: the browser on this host comes back to a loopback port (RFC 8252, RFC 7636).

use super::{
    AuthFlow, Authorization, Authorizing, FlowContext, FlowError, FlowEvent, FlowId, HostFacts, LoginRequest,
    Reason, Support,
};
use crate::callback::{Callback, Expected, parse_pasted};
use crate::client::Grant;
use crate::listener::CallbackListener;
use crate::pkce::{self, Pkce};
use sso_core::{AuthorizationCode, ClientRegistration, EndpointUrl, GrantKind, State};
use url::Url;

/// The PKCE flow: authorization code (RFC 6749 §4.1) with PKCE (RFC 7636) and a loopback redirect (RFC 8252 §7.3).
#[derive(Clone, Copy, Debug)]
pub struct AuthCodeFlow;

impl AuthFlow for AuthCodeFlow {
    fn id(&self) -> FlowId {
        FlowId::Pkce
    }

    fn supports(&self, request: &LoginRequest, host: &HostFacts) -> Support {
        let forced = request.preference == super::Preference::Only(FlowId::Pkce);
        match host.obstacle() {
            _ if request.is_legacy() => Support::No(Reason::LegacyProfile),
            Some(reason) if !forced => Support::No(reason),
            _ => Support::Yes,
        }
    }

    fn authorize<'a>(&'a self, context: FlowContext<'a>, request: &'a LoginRequest) -> Authorizing<'a> {
        Box::pin(authorize(context, request))
    }
}

async fn authorize(mut context: FlowContext<'_>, request: &LoginRequest) -> Result<Authorization, FlowError> {
    // Bound before anything else and kept: a warm browser session comes back at once.
    let listener =
        CallbackListener::bind(request.redirect_port).await.map_err(|error| match request.redirect_port {
            0 => FlowError::Unsupported(Reason::NoPort),
            _ => FlowError::Listen(error),
        })?;
    let (client, _) = context.register(request, GrantKind::AuthorizationCode).await?;
    let services = context.services;
    let pkce = Pkce::generate(services.entropy)?;
    let state = pkce::state(services.entropy)?;
    let redirect_uri = listener.redirect_uri();
    let url = authorize_url(services.oidc.endpoint(), &client, &redirect_uri, &state, &pkce.challenge);
    let issuers = vec![url.origin().ascii_serialization(), request.portal.clone()];
    let expected = Expected { port: listener.port(), state, issuers };

    context.ui.event(FlowEvent::OpenUrl { url: &url });
    context.ui.event(FlowEvent::Waiting { limit: request.timeout });
    let code = decision(&mut context, listener, expected).await?;
    let grant = Grant::AuthorizationCode { code, redirect_uri, verifier: pkce.verifier };
    Ok(Authorization { grant, client })
}

/// Waits for the browser or for a pasted address, whichever brings the answer.
async fn decision(
    context: &mut FlowContext<'_>,
    listener: CallbackListener,
    expected: Expected,
) -> Result<AuthorizationCode, FlowError> {
    let mut callback = std::pin::pin!(listener.wait(expected.clone()));
    loop {
        let verdict = tokio::select! {
            verdict = &mut callback => Ok(verdict),
            line = context.ui.pasted_line() => parse_pasted(&line, &expected),
        };
        match verdict {
            Ok(Callback::Code(code)) => return Ok(code),
            Ok(Callback::Denied { error, description }) => {
                return Err(FlowError::Denied { error, description });
            }
            Ok(Callback::Stray(_)) => {}
            Err(reason) => context.ui.event(FlowEvent::PasteRejected(reason)),
        }
    }
}

/// The authorization request, with the parameters of the AWS CLI in its order (`scopes`, not `scope`).
fn authorize_url(
    endpoint: &EndpointUrl,
    client: &ClientRegistration,
    redirect_uri: &str,
    state: &State,
    challenge: &str,
) -> Url {
    let mut url = endpoint.origin_with("/authorize");
    let scopes = client.scopes.join(" ");
    let query: Vec<String> = [
        ("response_type", "code"),
        ("client_id", &client.client_id),
        ("redirect_uri", redirect_uri),
        ("state", state.expose()),
        ("code_challenge_method", "S256"),
        ("scopes", &scopes),
        ("code_challenge", challenge),
    ]
    .iter()
    .map(|(name, value)| format!("{name}={}", percent_encode(value)))
    .collect();
    url.set_query(Some(&query.join("&")));
    url
}

/// Leaves `A-Za-z0-9-._~` only, as the AWS CLI does (a space is `%20`).
fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sso_core::{ClientSecret, Timestamp};

    #[test]
    fn the_authorization_request_is_the_aws_clis() {
        let endpoint = EndpointUrl::parse("https://oidc.us-east-1.amazonaws.com").expect("an endpoint");
        let client = ClientRegistration {
            client_id: "cid".into(),
            client_secret: ClientSecret::new("s".into()),
            expires_at: Timestamp::UNIX_EPOCH,
            scopes: vec!["sso:account:access".into(), "b".into()],
            kind: GrantKind::AuthorizationCode,
        };
        let state = State::new("9604c06e".into());
        let url = authorize_url(&endpoint, &client, "http://127.0.0.1:37301/oauth/callback", &state, "Xxg4");
        assert_eq!(
            url.as_str(),
            "https://oidc.us-east-1.amazonaws.com/authorize?response_type=code&client_id=cid\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A37301%2Foauth%2Fcallback&state=9604c06e\
             &code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess%20b&code_challenge=Xxg4"
        );
    }
}
