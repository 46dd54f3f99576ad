//! The way to the console, at the simulated AWS: it gives tokens only for credentials that it has issued.

use crate::simulated::{client, now, take_role, world};
use sso_core::{EndpointUrl, FixedClock, Region, RoleCredentials, SecretAccessKey, SigninToken};
use sso_discovery::{Signin, SigninError, console_page};
use sso_sim::{Fault, Sim, StandInBrowser};

fn signin(sim: &Sim) -> Signin {
    let endpoint = EndpointUrl::parse(sim.url()).expect("an endpoint");
    Signin::new(client(FixedClock(now(sim))), endpoint)
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(work)
}

fn ask(sim: &Sim, spoil: impl FnOnce(&mut RoleCredentials)) -> Result<SigninToken, SigninError> {
    block_on(async {
        let mut keys = take_role(sim).await;
        spoil(&mut keys);
        signin(sim).get_signin_token(&keys).await
    })
}

#[test]
fn a_browser_gets_to_the_page() {
    let sim = world().start();
    let token = ask(&sim, |_| {}).expect("a token");
    let asked = sim.journal().last("GetSigninToken").cloned().expect("it was asked");
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str()),
        ("POST", "/federation"),
        "no secret in the address"
    );
    let page = console_page(&Region::parse("eu-west-1").expect("a region"), Some("ddb")).expect("a page");
    let url = signin(&sim).console_url(&page, "https://corp.awsapps.com/start?a=b&c", &token);
    assert_eq!(format!("{url:?}"), "ConsoleUrl(REDACTED)");
    let visit = StandInBrowser::approving().open(url.expose()).expect("the console opens");
    assert_eq!(visit.last_status(), 200);
    let visits = sim.console_visits();
    let came = visits.first().expect("somebody came");
    assert_eq!((came.account_id.as_str(), came.role_name.as_str()), ("111122223333", "Admin"));
    assert_eq!(came.destination, "https://eu-west-1.console.aws.amazon.com/dynamodbv2/home?region=eu-west-1");
    assert_eq!(came.issuer, "https://corp.awsapps.com/start?a=b&c", "whole, as one parameter");
}

#[test]
fn why_there_is_no_token() {
    let sim = world().start();
    let wrong = ask(&sim, |keys| keys.secret_access_key = SecretAccessKey::new("CANARY".into()));
    assert!(matches!(wrong, Err(SigninError::Refused { status: 400, .. })), "{wrong:?}");
    let fault = |status: u16, body: &str| {
        sim.clear_faults();
        sim.fault(Fault::on("GetSigninToken").status(status).body(body, "application/json"));
        ask(&sim, |_| {})
    };
    let busy = fault(503, "");
    assert!(matches!(busy, Err(SigninError::Unavailable { status: 503 })), "{busy:?}");
    for (status, body, reason) in [
        (200, "", "an empty body"),
        (200, "<html>CANARY", "HTML instead of JSON"),
        (200, "{}", "no SigninToken"),
        (200, r#"{"SigninToken":7}"#, "a field of the wrong type"),
        (200, r#"{"SigninToken":""}"#, "a SigninToken of impossible length"),
        (302, "", "an unexpected status"),
    ] {
        match fault(status, body) {
            Err(SigninError::Malformed(reply)) => assert_eq!(reply.reason, reason, "{body}"),
            other => panic!("{other:?}"),
        }
    }
    let long = format!(r#"{{"SigninToken":"{}"}}"#, "x".repeat(16 * 1024 + 1));
    assert!(matches!(fault(200, &long), Err(SigninError::Malformed(_))));
}
