//! The authorization code flow with PKCE.

use crate::client::{Client, REDIRECT, VERIFIER, get, portal, query_of, sign_in};
use serde_json::json;
use sso_sim::{Authorize, SimBuilder};

#[test]
fn the_happy_path_ends_with_a_token_that_opens_the_portal() {
    let sim = SimBuilder::new().account("111122223333", "dev", &["Admin"]).start();
    let (_, reply) = sign_in(&sim);
    let body = reply.json();
    assert_eq!((&body["tokenType"], &body["expiresIn"]), (&json!("Bearer"), &json!(28_800)));
    assert!(reply.text("refreshToken").contains("CANARY"));
    let accounts = portal(&sim, &reply.text("accessToken"), "/assignment/accounts").json();
    assert_eq!(accounts["accountList"][0]["accountId"], "111122223333");
    assert_eq!(sim.seen_secrets(), ["st-1+2", VERIFIER]);
}

#[test]
fn the_redirect_carries_code_and_state_or_the_denial() {
    let sim = SimBuilder::new().start();
    let client = Client::for_codes(&sim);
    let reply = get(&sim, &client.authorize_target());
    let location = reply.header("location").expect("there is a location");
    assert!(location.starts_with(&format!("{REDIRECT}?code=")), "{location}");
    assert_eq!(query_of(location, "state").as_deref(), Some("st-1+2"));
    sim.set_authorize(Authorize::AutoDeny);
    let reply = get(&sim, &client.authorize_target());
    let location = reply.header("location").expect("there is a location");
    assert_eq!(query_of(location, "error").as_deref(), Some("access_denied"));
    assert_eq!(query_of(location, "state").as_deref(), Some("st-1+2"));
}

#[test]
fn a_bad_authorization_request_is_an_error_page_and_never_a_redirect() {
    let sim = SimBuilder::new().start();
    let client = Client::for_codes(&sim);
    let good = client.authorize_target();
    let devices_only = Client::for_devices(&sim);
    let edits = [
        ("client_id=", "client_id=x"),
        (&client.id, &devices_only.id),
        ("%3A49152%2Foauth", "%2Foauth"),
        ("127.0.0.1", "127.0.0.2"),
        ("%2Fcallback", "%2Fother"),
        ("response_type=code", "response_type=token"),
        ("S256", "plain"),
        ("&scopes=", "&scope="),
        ("sso%3Aaccount%3Aaccess", "other%3Ascope"),
        ("&code_challenge=", "&code_challenge=x"),
        ("&state=st-1%2B2", ""),
        ("&state=", "&state=twice&state="),
        ("&state=", "&nonce=1&state="),
    ];
    for (from, to) in edits {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from} is not in the request");
        let reply = get(&sim, &bad);
        assert_eq!(reply.status, 400, "{from} -> {to}");
        assert!(reply.header("location").is_none() && reply.body.starts_with("<!doctype html>"));
    }
}

#[test]
fn a_code_is_worth_nothing_with_anything_wrong() {
    let sim = SimBuilder::new().code_lifetime(60).start();
    let client = Client::for_codes(&sim);
    let code = client.obtain_code(&sim);
    let other_verifier = VERIFIER.replace('d', "e");
    let cases = [
        (json!({"code": "unknown"}), "InvalidGrantException"),
        (json!({"codeVerifier": other_verifier}), "InvalidGrantException"),
        (json!({"codeVerifier": "short"}), "InvalidRequestException"),
        (json!({"codeVerifier": null}), "InvalidRequestException"),
        (json!({"redirectUri": "http://127.0.0.1/oauth/callback"}), "InvalidGrantException"),
        (json!({"redirectUri": "http://127.0.0.1:1/oauth/callback"}), "InvalidGrantException"),
    ];
    for (wrong, exception) in cases {
        let mut members = json!({
            "grantType": "authorization_code", "code": code,
            "codeVerifier": VERIFIER, "redirectUri": REDIRECT,
        });
        let wrong = wrong.as_object().expect("an object").clone();
        members.as_object_mut().expect("an object").extend(wrong.clone());
        let reply = client.token(&sim, members);
        assert_eq!((reply.status, reply.exception()), (400, exception), "{wrong:?}");
    }
    let stranger = Client::for_codes(&sim);
    assert_eq!(stranger.redeem(&sim, &code).exception(), "InvalidGrantException");
    sim.clock().advance(61);
    assert_eq!(client.redeem(&sim, &code).exception(), "ExpiredTokenException");
}

#[test]
fn a_code_used_twice_ends_what_it_bought() {
    let sim = SimBuilder::new().start();
    let client = Client::for_codes(&sim);
    let code = client.obtain_code(&sim);
    let first = client.redeem(&sim, &code);
    assert_eq!(client.redeem(&sim, &code).exception(), "InvalidGrantException");
    let token = first.text("accessToken");
    assert_eq!(portal(&sim, &token, "/assignment/accounts").status, 401);
    let refused = client.refresh(&sim, &first.text("refreshToken"));
    assert_eq!(refused.exception(), "InvalidGrantException");
}
