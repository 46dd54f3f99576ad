//! Sign-in with a browser on this host.

use crate::harness::{TOKEN_FILE, World};

/// A first login, then a second one: with the registration kept, three requests, the browser's own among them.
#[test]
fn few_requests() {
    let world = World::corp("login_pkce: three requests with a cached registration");
    let Some(browser) = world.curl_browser() else { return };
    let first = world.sso(&["login"]).browser(&browser).run();
    first.exits(0).says("Signed in to corp until").says("Used by profiles: dev").prints_nothing();
    assert_eq!(world.sim.journal().operations(), ["RegisterClient", "Authorize", "CreateToken"]);
    let token = world.json(TOKEN_FILE);
    assert_eq!(token["startUrl"], "https://corp.awsapps.com/start");
    assert_eq!(token["region"], "us-east-1");

    world.forget_requests();
    let again = world.sso(&["login", "--force"]).browser(&browser).run();
    again.exits(0).says("Signed in to corp until");
    let journal = world.sim.journal();
    assert!(journal.total() <= 3, "{}", journal.summary());
    assert_eq!(journal.count("RegisterClient"), 0);
    world.measured(format!(
        "{} requests, {} ms with curl as browser",
        journal.total(),
        again.took.as_millis()
    ));
}
