//! `RegisterClient`, and the strictness that all OIDC calls share.

use crate::client::{Client, code_registration, post, send};
use serde_json::{Value, json};
use sso_sim::SimBuilder;

const REQUEST: &str = "InvalidRequestException";

#[test]
fn a_registration_looks_like_the_real_one() {
    let sim = SimBuilder::new().registration_lifetime(1_000).start();
    let reply = post(&sim, "/client/register", &code_registration(&sim)).json();
    assert!(reply["clientSecret"].as_str().is_some_and(|it| it.contains("CANARY")));
    let issued = reply["clientIdIssuedAt"].as_i64().expect("a time in seconds");
    assert_eq!(reply["clientSecretExpiresAt"], issued + 1_000);
    assert_eq!(reply["authorizationEndpoint"], Value::Null);
}

#[test]
fn bad_registrations_are_refused() {
    let sim = SimBuilder::new().start();
    let cases: [(&str, Value, &str); 14] = [
        ("clientName", Value::Null, REQUEST),
        ("clientName", json!(7), REQUEST),
        ("clientType", Value::Null, REQUEST),
        ("clientType", json!("confidential"), "InvalidClientMetadataException"),
        ("unknownMember", json!("x"), REQUEST),
        ("scopes", json!("sso:account:access"), REQUEST),
        ("scopes", json!(["not a scope"]), "InvalidScopeException"),
        ("grantTypes", json!(["password"]), "UnsupportedGrantTypeException"),
        ("issuerUrl", json!("https://other.awsapps.com/start"), REQUEST),
        ("issuerUrl", Value::Null, REQUEST),
        ("redirectUris", Value::Null, REQUEST),
        ("redirectUris", json!(["https://127.0.0.1/cb"]), "InvalidRedirectUriException"),
        ("redirectUris", json!(["http://127.0.0.1:80123/cb"]), "InvalidRedirectUriException"),
        ("redirectUris", json!(["http://example.com/cb"]), "InvalidRedirectUriException"),
    ];
    for (member, value, exception) in cases {
        let mut body = code_registration(&sim);
        body[member] = value.clone();
        let reply = post(&sim, "/client/register", &body);
        assert_eq!((reply.status, reply.exception()), (400, exception), "{member}={value}");
        let why = reply.text("error_description");
        assert!(why.contains(member), "{why:?} does not name {member}");
    }
}

#[test]
fn a_registered_redirect_uri_has_no_port_and_the_start_url_may_be_pasted() {
    let sim = SimBuilder::new().start_url_alias("https://d-1234567890.awsapps.com/start").start();
    let mut body = code_registration(&sim);
    for issuer in [
        "https://corp.awsapps.com/start#/",
        "https://corp.awsapps.com/start/",
        "https://d-1234567890.awsapps.com/start",
    ] {
        body["issuerUrl"] = json!(issuer);
        assert_eq!(post(&sim, "/client/register", &body).status, 200, "{issuer}");
    }
    body["redirectUris"] = json!(["http://127.0.0.1:4000/oauth/callback"]);
    assert_eq!(post(&sim, "/client/register", &body).status, 400);
}

#[test]
fn transport_mistakes_are_refused() {
    let sim = SimBuilder::new().start();
    let body = r#"{"clientName":"it","clientType":"public"}"#;
    let json = ("Content-Type", "application/json");
    let agent = ("User-Agent", "it");
    type Headers<'a> = &'a [(&'a str, &'a str)];
    let cases: [(Headers<'_>, &str, u16); 6] = [
        (&[agent, json], body, 200),
        (&[agent, ("Content-Type", "application/json; charset=utf-8")], body, 200),
        (&[agent], body, 400),
        (&[json], body, 400),
        (&[agent, json], "{", 400),
        (&[agent, json], "[]", 400),
    ];
    for (headers, body, status) in cases {
        let reply = send(sim.address(), "POST", "/client/register", headers, body);
        assert_eq!(reply.status, status, "{headers:?} {body}");
        assert!(reply.header("x-amzn-RequestId").is_some());
    }
}

#[test]
fn only_the_right_living_client_is_served() {
    let sim = SimBuilder::new().start();
    let client = Client::for_devices(&sim);
    let wrong = Client { id: client.id.clone(), secret: "wrong".into() };
    let unauthorized = (401, "InvalidClientException".to_owned(), "invalid_client".to_owned());
    assert_eq!(wrong.start_device(&sim).refusal(), unauthorized);
    assert_eq!(client.start_device(&sim).status, 200);
    sim.clock().advance(91 * 24 * 3_600);
    assert_eq!(client.start_device(&sim).refusal(), unauthorized);
    sim.clock().advance(-91 * 24 * 3_600);
    sim.forget_registrations();
    assert_eq!(client.start_device(&sim).refusal(), unauthorized);
}

#[test]
fn a_client_gets_only_the_grants_it_registered_for() {
    let sim = SimBuilder::new().start();
    let unauthorized = (400, "UnauthorizedClientException".to_owned(), "unauthorized_client".to_owned());
    assert_eq!(Client::for_codes(&sim).start_device(&sim).refusal(), unauthorized);
    assert_eq!(Client::for_devices(&sim).redeem(&sim, "code").refusal(), unauthorized);
    let reply = post(&sim, "/token?aws_iam=t", &json!({}));
    assert_eq!((reply.status, reply.exception()), (400, REQUEST));
    let reply = Client::for_devices(&sim).token(&sim, json!({"grantType": "password"}));
    assert_eq!(reply.exception(), "UnsupportedGrantTypeException");
    let reply = Client::for_devices(&sim).token(&sim, json!({"grantType": "refresh_token", "x": 1}));
    assert_eq!((reply.status, reply.exception()), (400, REQUEST));
}
