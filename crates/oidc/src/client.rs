//! `OidcClient`: the calls of IAM Identity Center OIDC. Unsigned, JSON over HTTPS.

use crate::error::OidcError;
use crate::wire::{DeviceReply, RegisterReply, TokenWire, device_code_life, poll_interval, token_life};
use serde_json::{Value, json};
use sso_core::{
    AccessToken, AuthorizationCode, ClientRegistration, ClientSecret, DeviceCode, EndpointUrl, GrantKind,
    PkceVerifier, RefreshToken, Timestamp,
};
use sso_http::{Call, HttpClient, Reply, Retry};
use std::time::Duration;

/// The redirect URI that clients register: without a port, the real one has any (RFC 8252 §7.3).
const REGISTERED_REDIRECT: &str = "http://127.0.0.1/oauth/callback";
/// Somebody has to read and type it: honest ones have 9 characters.
const LONGEST_USER_CODE: usize = 256;
/// Browsers take no longer addresses.
const LONGEST_PAGE: usize = 8 * 1024;

/// Talks to one endpoint of the service.
#[derive(Clone, Debug)]
pub struct OidcClient {
    http: HttpClient,
    endpoint: EndpointUrl,
}

/// What a client registers with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterRequest {
    /// Shown to the user on the consent page.
    pub client_name: String,
    /// Which flow it is for.
    pub kind: GrantKind,
    /// The scopes it will ask for (`sso:account:access`).
    pub scopes: Vec<String>,
    /// The start URL (resolved, if it is a vanity URL); sent for the authorization code flow only.
    pub issuer_url: String,
}

/// A device authorization in progress (RFC 8628 §3.2).
#[derive(Clone, Debug)]
pub struct DeviceAuthorization {
    /// What is polled with.
    pub device_code: DeviceCode,
    /// What the user compares or types, at most 256 bytes (`ABCD-EFGH`). Foreign text.
    pub user_code: String,
    /// Where the user types it. Foreign text: check before opening.
    pub verification_uri: String,
    /// The same with the code filled in. Foreign text: check before opening.
    pub verification_uri_complete: Option<String>,
    /// How long the code lives: at most 30 minutes, whatever the service says; 10 where it says nothing.
    pub expires_in: Duration,
    /// Time between polls: 1 to 60 s; 5 where the service says nothing (RFC 8628 §3.2).
    pub interval: Duration,
}

/// What CreateToken exchanges.
#[derive(Clone, Debug)]
pub enum Grant {
    /// The code of a PKCE login.
    AuthorizationCode {
        /// The code.
        code: AuthorizationCode,
        /// The redirect URI of the authorization request, with its port (`http://127.0.0.1:49152/oauth/callback`).
        redirect_uri: String,
        /// The PKCE verifier.
        verifier: PkceVerifier,
    },
    /// A device code, to be asked for until the user has decided.
    DeviceCode(DeviceAuthorization),
    /// A refresh token.
    RefreshToken(RefreshToken),
}

/// Tokens as CreateToken issues them.
#[derive(Clone, Debug)]
pub struct TokenReply {
    /// The bearer token.
    pub access_token: AccessToken,
    /// Its life from now: 1 s to 90 days.
    pub expires_in: Duration,
    /// A refresh token, if one was issued.
    pub refresh_token: Option<RefreshToken>,
}

impl OidcClient {
    /// A client of the endpoint.
    #[must_use]
    pub fn new(http: HttpClient, endpoint: EndpointUrl) -> Self {
        Self { http, endpoint }
    }

    /// The endpoint it talks to.
    #[must_use]
    pub fn endpoint(&self) -> &EndpointUrl {
        &self.endpoint
    }

    /// The HTTP client underneath.
    #[must_use]
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// RegisterClient. May be sent again while the service fails: a second client does no harm.
    ///
    /// Source: <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_RegisterClient.html>
    ///
    /// # Errors
    /// As [`OidcError`]; `InvalidRequest` often means a wrong region or start URL.
    pub async fn register(&self, request: &RegisterRequest) -> Result<ClientRegistration, OidcError> {
        let mut body = json!({ "clientName": request.client_name, "clientType": "public" });
        let grants = request.kind.grant_types();
        if request.kind == GrantKind::AuthorizationCode {
            put(&mut body, "grantTypes", json!(grants));
            put(&mut body, "redirectUris", json!([REGISTERED_REDIRECT]));
            put(&mut body, "issuerUrl", json!(request.issuer_url));
        }
        if !request.scopes.is_empty() {
            put(&mut body, "scopes", json!(request.scopes));
        }
        let reply = self.post("/client/register", &body, Retry::Safe).await?;
        let found: RegisterReply = reply.json()?;
        reply.issued("clientId", &found.client_id)?;
        reply.issued("clientSecret", &found.client_secret)?;
        // Nothing ended before 1970, and the file of a registration has no form for some of what is before.
        let seconds = Some(found.client_secret_expires_at).filter(|seconds| *seconds >= 0);
        let expires_at = seconds
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
            .ok_or_else(|| reply.malformed("a clientSecretExpiresAt that is no instant"))?;
        Ok(ClientRegistration {
            client_id: found.client_id,
            client_secret: ClientSecret::new(found.client_secret),
            expires_at,
            scopes: request.scopes.clone(),
            kind: request.kind,
        })
    }

    /// StartDeviceAuthorization. `start_url` is the resolved one.
    ///
    /// Source: <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_StartDeviceAuthorization.html>
    ///
    /// # Errors
    /// As [`OidcError`]; `InvalidClient`: the service has forgotten the registration.
    pub async fn start_device_authorization(
        &self,
        client: &ClientRegistration,
        start_url: &str,
    ) -> Result<DeviceAuthorization, OidcError> {
        let body = json!({
            "clientId": client.client_id,
            "clientSecret": client.client_secret.expose(),
            "startUrl": start_url,
        });
        let reply = self.post("/device_authorization", &body, Retry::Safe).await?;
        let found: DeviceReply = reply.json()?;
        let whole_page = found.verification_uri_complete.filter(|page| !page.is_empty());
        reply.issued("deviceCode", &found.device_code)?;
        reply.sized("userCode", &found.user_code, LONGEST_USER_CODE)?;
        reply.sized("verificationUri", &found.verification_uri, LONGEST_PAGE)?;
        if let Some(page) = &whole_page {
            reply.sized("verificationUriComplete", page, LONGEST_PAGE)?;
        }
        Ok(DeviceAuthorization {
            device_code: DeviceCode::new(found.device_code),
            user_code: found.user_code,
            verification_uri: found.verification_uri,
            verification_uri_complete: whole_page,
            expires_in: device_code_life(&found.expires_in),
            interval: poll_interval(&found.interval),
        })
    }

    /// CreateToken: one request for one grant, never repeated once it was sent.
    ///
    /// Source: <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html>
    ///
    /// # Errors
    /// As [`OidcError`]; for a device code `AuthorizationPending` and `SlowDown` are the ordinary answers.
    pub async fn create_token(
        &self,
        client_id: &str,
        client_secret: &ClientSecret,
        grant: &Grant,
    ) -> Result<TokenReply, OidcError> {
        let mut body = json!({ "clientId": client_id, "clientSecret": client_secret.expose() });
        match grant {
            Grant::AuthorizationCode { code, redirect_uri, verifier } => {
                put(&mut body, "grantType", json!("authorization_code"));
                put(&mut body, "redirectUri", json!(redirect_uri));
                put(&mut body, "codeVerifier", json!(verifier.expose()));
                put(&mut body, "code", json!(code.expose()));
            }
            Grant::DeviceCode(device) => {
                put(&mut body, "grantType", json!("urn:ietf:params:oauth:grant-type:device_code"));
                put(&mut body, "deviceCode", json!(device.device_code.expose()));
            }
            Grant::RefreshToken(token) => {
                put(&mut body, "grantType", json!("refresh_token"));
                put(&mut body, "refreshToken", json!(token.expose()));
            }
        }
        let reply = self.post("/token", &body, Retry::UnlessSent).await?;
        let found: TokenWire = reply.json()?;
        reply.issued("accessToken", &found.access_token)?;
        let refresh_token = found.refresh_token.filter(|token| !token.is_empty());
        if let Some(token) = &refresh_token {
            reply.issued("refreshToken", token)?;
        }
        let expires_in = token_life(found.expires_in)
            .ok_or_else(|| reply.malformed("an expiresIn that is no lifetime"))?;
        Ok(TokenReply {
            access_token: AccessToken::new(found.access_token),
            expires_in,
            refresh_token: refresh_token.map(RefreshToken::new),
        })
    }

    /// Whether the service still knows the client. Asks for a refresh that cannot succeed: an unknown client is
    /// `InvalidClient`, a known one `InvalidGrant`. The browser could only show an error page, and nobody would learn of it.
    ///
    /// # Errors
    /// As [`OidcError`]: no usable reply, or another answer than the two.
    pub async fn knows(&self, client: &ClientRegistration) -> Result<bool, OidcError> {
        let nothing = Grant::RefreshToken(RefreshToken::new("none".to_owned()));
        match self.create_token(&client.client_id, &client.client_secret, &nothing).await {
            Err(OidcError::Service(fault)) => Ok(fault.code != crate::ErrorCode::InvalidClient),
            Err(error) => Err(error),
            Ok(_) => Ok(true),
        }
    }

    async fn post(&self, path: &str, body: &Value, retry: Retry) -> Result<Reply, OidcError> {
        let call = Call::post(self.endpoint.join(path)).json(body).retry(retry);
        let reply = self.http.send(call).await?;
        if reply.is_success() { Ok(reply) } else { Err(OidcError::of(&reply)) }
    }
}

fn put(body: &mut Value, name: &str, value: Value) {
    if let Value::Object(fields) = body {
        fields.insert(name.to_owned(), value);
    }
}
