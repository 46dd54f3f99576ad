//! The pages, through the stand-in browser.

use crate::client::{Client, post};
use serde_json::json;
use sso_sim::{Authorize, Behaviour, BrowserError, Device, RawServer, SimBuilder, StandInBrowser};

/// An authorize URL whose callback goes to `listener`.
fn authorize_url(sim: &sso_sim::Sim, client: &Client, listener: &RawServer) -> String {
    let port = listener.address().port().to_string();
    format!("{}{}", sim.url(), client.authorize_target().replace("49152", &port))
}

#[test]
fn approve_and_deny_reach_the_callback() {
    let rows = [
        (StandInBrowser::approving(), "/oauth/callback?code="),
        (StandInBrowser::denying(), "/oauth/callback?error=access_denied&error_description="),
    ];
    for (browser, expected) in rows {
        let sim = SimBuilder::new().authorize(Authorize::Page).start();
        let callback = RawServer::http([Behaviour::json(200, "{}")]);
        let client = Client::for_codes(&sim);
        let visit = browser.open(&authorize_url(&sim, &client, &callback)).expect("it ends");
        assert_eq!(visit.last_status(), 200);
        assert!(visit.last_url().contains(expected), "{}", visit.last_url());
        let head = &callback.requests()[0].head;
        assert!(head.starts_with(&format!("GET {expected}")), "{head}");
        assert_eq!(sim.journal().operations()[1..], ["Authorize", "AuthorizeDecision"]);
    }
}

#[test]
fn a_warm_session_redirects_and_a_hanging_one_does_not() {
    let sim = SimBuilder::new().authorize(Authorize::Auto).start();
    let callback = RawServer::http([Behaviour::json(200, "{}")]);
    let client = Client::for_codes(&sim);
    let url = authorize_url(&sim, &client, &callback);
    let visit = StandInBrowser::approving().open(&url).expect("it ends");
    assert!(visit.last_url().contains("/oauth/callback?code="));
    sim.set_authorize(Authorize::Hang);
    let visit = StandInBrowser::approving().open(&url).expect("it ends");
    assert_eq!((visit.steps.len(), visit.last_status()), (1, 200));
}

#[test]
fn the_sign_in_page_escapes_and_its_ticket_works_once() {
    let sim = SimBuilder::new().authorize(Authorize::Page).start();
    let mut body = crate::client::code_registration(&sim);
    body["clientName"] = json!("<script>alert('1')</script>");
    let reply = post(&sim, "/client/register", &body);
    let client = Client { id: reply.text("clientId"), secret: reply.text("clientSecret") };
    let page = crate::client::get(&sim, &client.authorize_target()).body;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
    assert!(page.contains("sso:account:access"));
    let (_, rest) = page.split_once("name=\"ticket\" value=\"").expect("there is a ticket");
    let ticket = rest.split('"').next().expect("the ticket ends");
    let form = format!("ticket={ticket}&decision=approve");
    let headers = [("User-Agent", "it"), ("Content-Type", "application/x-www-form-urlencoded")];
    let target = "/authorize/decision";
    let click = || crate::client::send(sim.address(), "POST", target, &headers, &form).status;
    assert_eq!((click(), click()), (302, 400));
}

#[test]
fn the_device_page_approves_and_denies() {
    let rows = [(StandInBrowser::approving(), ""), (StandInBrowser::denying(), "access_denied")];
    for (browser, word) in rows {
        let sim = SimBuilder::new().device(Device::Manual).any_poll_pace().start();
        let client = Client::for_devices(&sim);
        let start = client.start_device(&sim);
        let visit = browser.open(&start.text("verificationUriComplete")).expect("it ends");
        assert_eq!((visit.steps.len(), visit.last_status()), (2, 200));
        assert_eq!(client.poll(&sim, &start.text("deviceCode")).refusal().2, word);
    }
}

#[test]
fn the_device_page_wants_a_living_code() {
    let sim = SimBuilder::new().device(Device::Manual).start();
    let form = crate::client::get(&sim, "/device");
    assert!(form.status == 200 && form.body.contains("name=\"user_code\""));
    assert_eq!(crate::client::get(&sim, "/device?user_code=NONE-SUCH").status, 400);
    let start = Client::for_devices(&sim).start_device(&sim);
    let typed = start.text("userCode").to_lowercase();
    let target = format!("/device?user_code={typed}");
    assert_eq!(crate::client::get(&sim, &target).status, 200);
    sim.clock().advance(601);
    assert_eq!(crate::client::get(&sim, &target).status, 400);
}

#[test]
fn the_browser_stays_at_home() {
    for url in ["https://127.0.0.1/", "http://example.com/", "file:///etc/passwd", "nonsense"] {
        let refused = StandInBrowser::approving().open(url);
        assert!(matches!(refused, Err(BrowserError::NotLocal(_))), "{url}");
    }
    let circle = RawServer::http([Behaviour::RedirectTo { status: 302, location: "/again".into() }]);
    let refused = StandInBrowser::approving().open(&circle.url());
    assert!(matches!(refused, Err(BrowserError::TooManySteps)));
}
