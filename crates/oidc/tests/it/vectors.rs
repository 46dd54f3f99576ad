//! botocore's cases of the SSO token provider, put to our broker.

use crate::memory::Memory;
use crate::support::oidc;
use jiff::SignedDuration;
use serde_json::Value;
use sso_core::{
    AccessToken, ClientSecret, Clock, Damage, FixedClock, FreshnessPolicy, Lookup, RefreshToken, Region,
    SessionName, StartUrl, Timestamp, TokenClient, TokenKey, TokenSet, parse_timestamp,
};
use sso_oidc::{BrokerError, NeedLogin, SsoSession, TokenBroker};
use sso_sim::{Behaviour, RawServer};
use std::sync::Arc;

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

fn instant(value: &Value, name: &str) -> Option<Timestamp> {
    text(value, name).map(|text| parse_timestamp(&text).expect("an instant"))
}

/// What a store makes of the file: sorting files is its work, and tested there.
fn stored(file: &Value) -> Lookup<TokenSet> {
    let (Some(token), Some(expires_at)) = (text(file, "accessToken"), instant(file, "expiresAt")) else {
        let reason = "a field is missing".into();
        return Lookup::Damaged(Damage { path: "vector".into(), reason });
    };
    let client = text(file, "clientId")
        .map(|id| TokenClient { id, secret: text(file, "clientSecret").map(ClientSecret::new) });
    Lookup::Found(TokenSet {
        access_token: AccessToken::new(token),
        expires_at,
        refresh_token: text(file, "refreshToken").map(RefreshToken::new),
        client,
        registration_expires_at: instant(file, "registrationExpiresAt"),
        region: text(file, "region"),
        start_url: text(file, "startUrl").map(StartUrl::new),
    })
}

fn service(case: &Value) -> RawServer {
    let response = &case["create_token_response"];
    let status = response["status"].as_u64().and_then(|status| status.try_into().ok()).unwrap_or(500);
    RawServer::http([Behaviour::json(status, &response["body"].to_string())])
}

#[tokio::test]
async fn sso_token_refresh() {
    for (path, case) in sso_vectors::cases("sso-token-refresh") {
        let name = format!("{}: {}", path, case["name"]);
        let clock: Arc<dyn Clock> = Arc::new(FixedClock(instant(&case, "now").expect("now")));
        let (server, store) = (service(&case), Memory::default());
        store.put(stored(&case["cached_token"]));
        let session = SsoSession {
            key: TokenKey::Session(SessionName::new(text(&case, "session").expect("a session"))),
            start_url: StartUrl::new(text(&case, "sso_start_url").expect("a URL")),
            region: Region::parse(&text(&case, "sso_region").expect("a region")).expect("valid"),
        };
        // botocore's window.
        let policy =
            FreshnessPolicy { refresh_window: SignedDuration::from_mins(15), ..FreshnessPolicy::default() };
        let client = oidc(&server.url(), Arc::clone(&clock));
        let broker = TokenBroker::new(client, Arc::new(store.clone()), clock, policy);
        let result = broker.token(&session).await;
        check_outcome(&name, &case["expect"], &result.map(|found| found.token));
        check_request(&name, &case["expect"]["request"], &server);
        check_store(&name, &case, &store);
    }
}

fn check_outcome(name: &str, expect: &Value, result: &Result<TokenSet, BrokerError>) {
    match (text(expect, "error").as_deref(), result) {
        (None, Ok(token)) => {
            assert_eq!(Some(token.access_token.expose()), expect["token"].as_str(), "{name}");
            assert_eq!(Some(token.expires_at), instant(expect, "expires_at"), "{name}");
        }
        (Some("token-load"), Err(BrokerError::NeedLogin(NeedLogin::Damaged(_)))) => {}
        (
            Some("token-retrieval"),
            Err(BrokerError::NeedLogin(
                NeedLogin::NoRefreshToken { .. } | NeedLogin::RegistrationExpired { .. },
            )),
        ) => {}
        (expected, found) => panic!("{name}: expected {expected:?}, found {found:?}"),
    }
}

fn check_request(name: &str, expected: &Value, server: &RawServer) {
    let requests = server.requests();
    let bodies: Vec<Value> =
        requests.iter().map(|request| serde_json::from_slice(&request.body).expect("JSON")).collect();
    let wanted: Vec<Value> = if expected.is_null() { Vec::new() } else { vec![expected.clone()] };
    assert_eq!(bodies, wanted, "{name}");
    assert!(requests.iter().all(|request| request.head.starts_with("POST /token HTTP/1.1\r\n")), "{name}");
}

fn check_store(name: &str, case: &Value, store: &Memory) {
    let after = &case["expect"]["cache_after"];
    if after.is_null() {
        return assert_eq!(store.commits(), 0, "{name}: nothing is written");
    }
    let mut after = after.clone();
    if case["disagreement"].as_str().is_some_and(|text| text.contains("drops refreshToken")) {
        // Decision T1: a reply without a refresh token means that the old one stays good (RFC 6749 §6).
        after["refreshToken"] = case["cached_token"]["refreshToken"].clone();
    }
    assert_eq!(store.token(), stored(&after).found(), "{name}");
}
