//! Replies that the service does not give: named by host and member, never quoted, and never taken for what they are not.

use crate::support::oidc;
use sso_core::{ClientRegistration, ClientSecret, FixedClock, GrantKind, RefreshToken, Timestamp};
use sso_oidc::{Grant, OidcClient, OidcError, RegisterRequest};
use sso_sim::{Behaviour, RawServer};
use std::sync::Arc;

fn answering(behaviour: Behaviour) -> (RawServer, OidcClient) {
    let server = RawServer::http([behaviour]);
    let clock = FixedClock("2026-11-21T12:00:00Z".parse().expect("an instant"));
    let client = oidc(&server.url(), Arc::new(clock));
    (server, client)
}

async fn register(client: &OidcClient) -> Result<(), OidcError> {
    let request = RegisterRequest {
        client_name: "it".into(),
        kind: GrantKind::DeviceCode,
        scopes: Vec::new(),
        issuer_url: String::new(),
    };
    client.register(&request).await.map(drop)
}

async fn authorize(client: &OidcClient) -> Result<(), OidcError> {
    let registration = ClientRegistration {
        client_id: "id".into(),
        client_secret: ClientSecret::new("s".into()),
        expires_at: Timestamp::MAX,
        scopes: Vec::new(),
        kind: GrantKind::DeviceCode,
    };
    client.start_device_authorization(&registration, "https://corp.awsapps.com/start").await.map(drop)
}

async fn refresh(client: &OidcClient) -> Result<(), OidcError> {
    let grant = Grant::RefreshToken(RefreshToken::new("r".into()));
    client.create_token("id", &ClientSecret::new("s".into()), &grant).await.map(drop)
}

/// Which of the calls, and what is said.
async fn said(call: &str, client: &OidcClient) -> String {
    let result = match call {
        "register" => register(client).await,
        "authorize" => authorize(client).await,
        _ => refresh(client).await,
    };
    result.map_or_else(|error| error.to_string(), |()| "fine".to_owned())
}

const REGISTRATION: &str = r#"{"clientId":"<id>","clientSecret":"<secret>","clientSecretExpiresAt":1}"#;
const DEVICE: &str = r#"{"deviceCode":"<code>","userCode":"<user>","verificationUri":"<page>","verificationUriComplete":"<whole>"}"#;
const TOKEN: &str = r#"{"accessToken":"<token>","expiresIn":1,"refreshToken":"<refresh>"}"#;

#[tokio::test]
async fn what_cannot_be_a_token_a_key_or_a_code_is_none() {
    let long = "CANARY".repeat(3_000);
    for (call, template, place, text, refused) in [
        ("register", REGISTRATION, "<id>", "x", ""),
        ("register", REGISTRATION, "<id>", "", "a clientId"),
        ("register", REGISTRATION, "<secret>", "", "a clientSecret"),
        ("register", REGISTRATION, "<secret>", &long, "a clientSecret"),
        ("authorize", DEVICE, "<user>", "ABCD-EFGH", ""),
        ("authorize", DEVICE, "<code>", "", "a deviceCode"),
        ("authorize", DEVICE, "<user>", "", "a userCode"),
        ("authorize", DEVICE, "<user>", &long, "a userCode"),
        ("authorize", DEVICE, "<page>", "", "a verificationUri"),
        ("authorize", DEVICE, "<page>", &long, "a verificationUri"),
        ("authorize", DEVICE, "<whole>", "", ""),
        ("authorize", DEVICE, "<whole>", &long, "a verificationUriComplete"),
        ("refresh", TOKEN, "<token>", "x", ""),
        ("refresh", TOKEN, "<token>", "", "an accessToken"),
        ("refresh", TOKEN, "<token>", &long, "an accessToken"),
        // As good as none: the old one stays.
        ("refresh", TOKEN, "<refresh>", "", ""),
        ("refresh", TOKEN, "<refresh>", &long, "a refreshToken"),
    ] {
        let (server, client) = answering(Behaviour::json(200, &template.replace(place, text)));
        let found = said(call, &client).await;
        if refused.is_empty() {
            assert_eq!(found, "fine", "{call} {place}");
        } else {
            let host = server.url().replace("http://", "");
            assert!(found.starts_with(&host), "{found}");
            assert!(
                found.ends_with(&format!(" answered 200 with {refused} of impossible length")),
                "{found}"
            );
        }
    }
}

/// What a proxy answers says nothing about the client; what the service answers names the service.
#[tokio::test]
async fn refusals_and_pages_of_others() {
    let page = "<!doctype html>CANARY";
    for (status, body, expected) in [
        (403, page, "/token answered 403 with no error code"),
        (403, "", "/token answered 403 with no error code"),
        (400, "{}", "/token answered 400 with no error code"),
        (302, page, "/token answered 302 with no error code"),
        (404, r#"{"message":"no such page"}"#, "/token answered 404 with no error code"),
        (403, r#"{"message":"Forbidden"}"#, " answered 403 HTTP 403: Forbidden"),
        (502, page, " answered 502 HTTP 502"),
        (429, "", " answered 429 HTTP 429"),
        (400, r#"{"error":"invalid_grant"}"#, " answered 400 invalid_grant"),
        (400, r#"{"error":"invalid_grant","error_description":"gone"}"#, " answered 400 invalid_grant: gone"),
        (400, r#"{"__type":"x#InvalidGrantException"}"#, " answered 400 InvalidGrantException"),
    ] {
        let (server, client) = answering(Behaviour::json(status, body));
        let host = server.url().replace("http://", "");
        assert_eq!(said("refresh", &client).await, format!("{host}{expected}"));
    }
}
