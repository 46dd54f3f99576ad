//! Start URLs of the customer's own domain.

use crate::harness::{TOKEN_FILE, World};
use sso_sim::{Behaviour, RawServer, StandInBrowser, TlsCertificate};

const PORTAL: &str = "https://d-1234567890.portal.us-east-1.app.aws/start";

fn redirecting_to(location: &str) -> RawServer {
    let redirect = Behaviour::RedirectTo { status: 302, location: location.into() };
    RawServer::https(TlsCertificate::Good, [redirect])
}

fn world(story: &str, vanity: &RawServer) -> World {
    let world = World::with(story, World::sim().start_url_alias(PORTAL));
    world.config(&format!(
        "[sso-session corp]\nsso_start_url = {}/start\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n",
        vanity.url()
    ));
    world.write("ca.pem", vanity.ca_pem());
    world
}

#[test]
fn the_same_region() {
    let vanity = redirecting_to(PORTAL);
    let world = world("vanity: leads to a portal of the same region", &vanity);
    let bundle = world.home().join("ca.pem");
    let login = world.sso(&["login", "--use-pkce", "--no-browser"]).env("AWS_CA_BUNDLE", &bundle).spawn();
    StandInBrowser::approving().open(&login.address()).expect("the page opens");
    login.finish().exits(0);
    assert_eq!(vanity.requests().len(), 1);
    assert!(vanity.requests()[0].head.starts_with("HEAD /start "), "{:?}", vanity.requests());
    // The portal is named to the service, the configured address to the cache.
    let journal = world.sim.journal();
    assert_eq!(journal.last("RegisterClient").expect("one").member("issuerUrl"), PORTAL);
    assert_eq!(world.json(TOKEN_FILE)["startUrl"], format!("{}/start", vanity.url()));
}

/// The sign-in goes to the portal's own region, and the section that defines sso_region learns it.
#[test]
fn another_region() {
    const ELSEWHERE: &str = "https://d-1234567890.portal.eu-west-1.app.aws/start";
    let vanity = redirecting_to(ELSEWHERE);
    let world = World::with(
        "vanity: leads to a portal of another region",
        World::sim().start_url_alias(ELSEWHERE).region("eu-west-1"),
    );
    let config = |region: &str| {
        format!(
            "# mine\n[sso-session corp]\nsso_start_url = {}/start\nsso_region = {region} # here\n[default]\nsso_session = corp\n",
            vanity.url()
        )
    };
    world.config(&config("us-east-1"));
    world.write("ca.pem", vanity.ca_pem());
    let bundle = world.home().join("ca.pem");
    let login = world.sso(&["login", "--use-pkce", "--no-browser"]).env("AWS_CA_BUNDLE", &bundle).spawn();
    StandInBrowser::approving().open(&login.address()).expect("the page opens");
    login.finish().exits(0).says("sso_region is now eu-west-1 (~/.aws/config:4).");
    assert_eq!(world.json(TOKEN_FILE)["region"], "eu-west-1");
    let written = std::fs::read_to_string(world.home().join(".aws/config")).expect("it is there");
    assert_eq!(written, config("eu-west-1"));
    world.sso(&["status"]).run().exits(0);
}

/// Where the region is not defined in the config file, nothing is opened and the right value is named.
#[test]
fn another_region_that_cannot_be_written() {
    let vanity = redirecting_to("https://d-1234567890.portal.eu-west-1.app.aws/start");
    let world = world("vanity: another region, defined in the credentials file", &vanity);
    world.config("");
    world.write_private(
        ".aws/credentials",
        format!("[default]\nsso_start_url = {}/start\nsso_region = us-east-1\n", vanity.url()),
    );
    let before = world.snapshot();
    let bundle = world.home().join("ca.pem");
    let run = world.sso(&["login"]).env("AWS_CA_BUNDLE", bundle).browser(&world.noting_browser()).run();
    run.exits(3).says("~/.aws/credentials:3").says("sso_region = eu-west-1");
    world.made_requests(0);
    assert!(before == world.snapshot() && !world.outside("opened").exists());
}

/// It may lead to AWS only, over https, and its certificate has to be good.
#[test]
fn leads_nowhere() {
    for (name, location, trusted, code, said) in [
        ("to a foreign host", "https://evil.example/start", true, 3, "evil.example"),
        ("to plain http", "http://d-1.awsapps.com/start", true, 3, "without https"),
        ("an unknown issuer", PORTAL, false, 6, "not trusted"),
    ] {
        let vanity = redirecting_to(location);
        let world = world(&format!("vanity: {name}"), &vanity);
        let run = world.sso(&["login"]).browser(&world.noting_browser());
        let bundle = world.home().join("ca.pem");
        let run = if trusted { run.env("AWS_CA_BUNDLE", bundle) } else { run }.run();
        run.exits(code).says(said);
        world.made_requests(0);
        assert!(!world.outside("opened").exists());
    }
}

/// A dual-stack portal wants the dual-stack sign-in service, whether it is configured or led to (aws-cli#10507).
#[test]
fn a_dual_stack_portal() {
    let vanity = redirecting_to(PORTAL);
    for (what, start_url, endpoint) in [
        ("configured", PORTAL.to_owned(), "oidc.us-east-1.api.aws"),
        ("led to", format!("{}/start", vanity.url()), "oidc.us-east-1.api.aws"),
        ("an IPv4 portal", "https://corp.awsapps.com/start".to_owned(), "oidc.us-east-1.amazonaws.com"),
    ] {
        let world = world(&format!("vanity: dual-stack endpoint: {what}"), &vanity);
        world.config(&format!("[sso-session corp]\nsso_start_url = {start_url}\nsso_region = us-east-1\n"));
        // A proxy that says no tells which host was asked for.
        let proxy =
            RawServer::http([Behaviour::Reply(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".into())]);
        let run = world
            .sso(&["login", "--use-device-code"])
            .env("AWS_CA_BUNDLE", world.home().join("ca.pem"))
            .env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
            .env("HTTPS_PROXY", proxy.url())
            .run();
        run.exits(6);
        let request = proxy.requests().remove(0);
        assert!(request.head.starts_with(&format!("CONNECT {endpoint}:443 ")), "{what}: {}", request.head);
    }
}
