//! Start URLs of the customer's own: one question, one hop, and only to AWS.

use crate::support::{User, World};
use sso_core::FixedClock;
use sso_http::{HttpClient, HttpSettings, ProxySettings, Url};
use sso_oidc::{ResolveError, Resolved, resolve};
use sso_sim::{Behaviour, RawServer, TlsCertificate};
use std::io::Write as _;
use std::sync::Arc;

fn to(status: u16, location: &str) -> Behaviour {
    Behaviour::RedirectTo { status, location: location.into() }
}

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock("2026-11-21T12:00:00Z".parse().expect("an instant")))
}

/// Asks a server of the customer's domain (`https://localhost:PORT/start`).
async fn ask(server: &RawServer) -> Result<Resolved, ResolveError> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(server.ca_pem().as_bytes()).expect("written");
    let settings = HttpSettings { ca_bundle: Some(file.path().to_owned()), ..HttpSettings::new("it/1.0") };
    let http = HttpClient::new(&settings, clock()).expect("a client");
    let text = format!("{}/start?a=b", server.url());
    resolve(&http, &text.parse().expect("a URL"), &text).await
}

fn methods(server: &RawServer) -> Vec<String> {
    let first = |head: &str| head.split(' ').next().unwrap_or_default().to_owned();
    server.requests().iter().map(|request| first(&request.head)).collect()
}

#[tokio::test]
async fn one_hop_to_a_portal_of_aws() {
    for (status, location, url, region) in [
        (
            302,
            "https://ssoins-1.portal.eu-west-1.app.aws/start/?x=y#z",
            "https://ssoins-1.portal.eu-west-1.app.aws/start",
            Some("eu-west-1"),
        ),
        (
            301,
            "https://ssoins-1.us-gov-west-1.portal.amazonaws.com",
            "https://ssoins-1.us-gov-west-1.portal.amazonaws.com",
            Some("us-gov-west-1"),
        ),
        (307, "https://D-123.AWSapps.com:443/start/#/", "https://d-123.awsapps.com/start", None),
        (308, "//d-123.awsapps.com/start", "https://d-123.awsapps.com/start", None),
        (303, "https://d-123.awsapps.com", "https://d-123.awsapps.com", None),
    ] {
        let server = RawServer::https(TlsCertificate::Good, [to(status, location)]);
        let found = ask(&server).await.expect(location);
        assert_eq!(found, Resolved { url: url.into(), region: region.map(str::to_owned) }, "{location}");
        assert_eq!(methods(&server), ["HEAD"], "{location}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_know_head_is_asked_by_get() {
    for status in [405, 501] {
        let answers = [Behaviour::json(status, ""), to(302, "https://d-123.awsapps.com/start")];
        let server = RawServer::https(TlsCertificate::Good, answers);
        let found = ask(&server).await.expect("resolved");
        assert_eq!(found.url, "https://d-123.awsapps.com/start");
        assert_eq!(methods(&server), ["HEAD", "GET"]);
    }
}

#[tokio::test]
async fn every_other_way_ends_here() {
    let no_location = Behaviour::Reply(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n".to_vec());
    for (behaviour, expected) in [
        (Behaviour::json(404, ""), "Status 404"),
        (Behaviour::json(500, ""), "Status 500"),
        (Behaviour::json(200, ""), "NotAws localhost"),
        (no_location, "NoLocation"),
        (to(302, "https://["), "NoLocation"),
        (to(304, "https://d-123.awsapps.com/start"), "Status 304"),
        (to(302, "https://evil.example/start"), "NotAws evil.example"),
        (to(302, "https://awsapps.com.evil.example/"), "NotAws awsapps.com.evil.example"),
        (to(302, "https://d-123.awsapps.com@evil.example/"), "NotAws evil.example"),
        (to(302, "/elsewhere"), "NotAws localhost"),
        (to(302, "http://d-123.awsapps.com/start"), "NotHttps d-123.awsapps.com"),
        (to(302, "javascript:alert(1)"), "NotAws "),
        (Behaviour::CutAfter(10), "NotAws localhost"),
        (Behaviour::Reset, "Http"),
    ] {
        let server = RawServer::https(TlsCertificate::Good, [behaviour.clone()]);
        let error = ask(&server).await.expect_err(expected);
        let found = match error {
            ResolveError::Http(_) => "Http".to_owned(),
            ResolveError::Status { status, .. } => format!("Status {status}"),
            ResolveError::NoLocation { .. } => "NoLocation".to_owned(),
            ResolveError::NotAws { host } => format!("NotAws {host}"),
            ResolveError::NotHttps { host } => format!("NotHttps {host}"),
        };
        assert_eq!(found, expected, "{behaviour:?}");
        assert_eq!(methods(&server), ["HEAD"], "{behaviour:?}: one question");
    }
}

#[tokio::test]
async fn user_information_of_a_portal_is_dropped() {
    let server = RawServer::https(TlsCertificate::Good, [to(302, "https://u:p@d-123.awsapps.com/start")]);
    let found = ask(&server).await.expect("resolved");
    assert_eq!(found.url, "https://d-123.awsapps.com/start", "user information is dropped");
}

#[tokio::test]
async fn a_host_of_aws_costs_no_request_and_is_kept_word_for_word() {
    // Whatever leaves would go to this proxy.
    let proxy = RawServer::http([Behaviour::json(403, "")]);
    let address = proxy.url();
    let proxies = ProxySettings::from_variables(|name| (name == "https_proxy").then(|| address.clone()))
        .expect("valid");
    let settings = HttpSettings { proxies, ..HttpSettings::new("it/1.0") };
    let http = HttpClient::new(&settings, clock()).expect("a client");
    for text in [
        "https://d-123.awsapps.com/start/#/",
        "https://D-123.AWSAPPS.com/start",
        "https://identitycenter.amazonaws.com/ssoins-1",
        "https://ssoins-1.portal.eu-west-1.app.aws",
    ] {
        let url: Url = text.parse().expect("a URL");
        let found = resolve(&http, &url, text).await.expect(text);
        assert_eq!(found, Resolved { url: text.into(), region: None });
    }
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn the_resolved_portal_is_named_to_the_service_and_the_vanity_url_stays_the_key() {
    let mut world = World::new();
    world.request.start_url = sso_core::StartUrl::new("https://login.corp.example/");
    let token = world.login(&mut User::approving()).await.expect("signed in");
    assert_eq!(token.start_url, Some(world.request.start_url.clone()));
    let journal = world.sim.journal();
    assert_eq!(
        *journal.last("RegisterClient").expect("registered").member("issuerUrl"),
        world.sim.start_url()
    );
}
