//! The console's sign-in: who gets a token, and where it leads.

use crate::client::{Reply, portal, send, sign_in};
use sso_sim::{Sim, SimBuilder, StandInBrowser};
use url::form_urlencoded::Serializer;

const PAGE: &str = "https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1";

fn form(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The session of a role, as getSigninToken takes it.
fn session(sim: &Sim) -> serde_json::Value {
    let token = sign_in(sim).1.text("accessToken");
    let target = "/federation/credentials?role_name=Admin&account_id=111122223333";
    let keys = &portal(sim, &token, target).json()["roleCredentials"];
    serde_json::json!({
        "sessionId": keys["accessKeyId"], "sessionKey": keys["secretAccessKey"], "sessionToken": keys["sessionToken"],
    })
}

fn get(sim: &Sim, query: &str) -> Reply {
    send(sim.address(), "GET", &format!("/federation?{query}"), &[("User-Agent", "it")], "")
}

fn post(sim: &Sim, body: &str) -> Reply {
    let headers = [("User-Agent", "it"), ("Content-Type", "application/x-www-form-urlencoded")];
    send(sim.address(), "POST", "/federation", &headers, body)
}

fn login_url(sim: &Sim, page: &str, token: &str) -> String {
    let query = form(&[
        ("Action", "login"),
        ("Issuer", "https://i.example"),
        ("Destination", page),
        ("SigninToken", token),
    ]);
    format!("{}/federation?{query}", sim.url())
}

#[test]
fn a_token_leads_to_the_console_once() {
    let sim = SimBuilder::new().account("111122223333", "dev", &["Admin"]).start();
    let session = session(&sim).to_string();
    let ask = form(&[("Action", "getSigninToken"), ("Session", &session)]);
    let token = post(&sim, &ask).text("SigninToken");
    assert_ne!(get(&sim, &ask).text("SigninToken"), token, "by GET too");
    let url = login_url(&sim, PAGE, &token);
    let visit = StandInBrowser::approving().open(&url).expect("the console opens");
    assert_eq!(visit.last_status(), 200);
    assert!(visit.last_page().contains("111122223333/Admin"));
    let visits = sim.console_visits();
    assert_eq!(visits.len(), 1);
    assert_eq!((visits[0].role_name.as_str(), visits[0].destination.as_str()), ("Admin", PAGE));
    assert_eq!(StandInBrowser::approving().open(&url).expect("a page").last_status(), 400, "used");
    assert!(sim.canaries().contains(&token));
}

#[test]
fn what_is_refused() {
    let sim = SimBuilder::new().account("111122223333", "dev", &["Admin"]).start();
    let good = session(&sim);
    let spoiled = |member: &str| {
        let mut session = good.clone();
        session[member] = "wrong".into();
        form(&[("Action", "getSigninToken"), ("Session", &session.to_string())])
    };
    let good = good.to_string();
    for (what, body) in [
        ("key id", spoiled("sessionId")),
        ("key", spoiled("sessionKey")),
        ("token", spoiled("sessionToken")),
        ("no session", form(&[("Action", "getSigninToken")])),
        ("no JSON", form(&[("Action", "getSigninToken"), ("Session", "x")])),
        ("duration", form(&[("Action", "getSigninToken"), ("SessionDuration", "3600"), ("Session", &good)])),
    ] {
        assert_eq!(post(&sim, &body).status, 400, "{what}");
    }
    let ask = form(&[("Action", "getSigninToken"), ("Session", &good)]);
    let open = |page: &str, token: &str| {
        let visit = StandInBrowser::approving().open(&login_url(&sim, page, token));
        visit.expect("a page").last_status()
    };
    for page in [
        "https://evil.example/",
        "http://us-east-1.console.aws.amazon.com/",
        "https://xconsole.aws.amazon.com/",
    ] {
        assert_eq!(open(page, &post(&sim, &ask).text("SigninToken")), 400, "{page}");
    }
    assert_eq!(open(PAGE, "unknown"), 400);
    let late = post(&sim, &ask).text("SigninToken");
    sim.clock().advance(901);
    assert_eq!(open(PAGE, &late), 400, "after a quarter of an hour");
    sim.clock().advance(3_600);
    assert_eq!(post(&sim, &ask).status, 400, "the credentials have ended");
    assert!(sim.console_visits().is_empty());
}
