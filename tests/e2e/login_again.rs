//! Logins that need no browser, and logins of several sessions.

use crate::harness::{ACME, CORP, TOKEN_FILE, World};
use sso_sim::{Fault, StandInBrowser};

#[test]
fn already_signed_in() {
    let world = World::corp("login_again: already signed in");
    world.sign_in();
    world.forget_requests();
    let before = world.snapshot();
    let run = world.sso(&["login"]).browser(&world.noting_browser()).run();
    run.exits(0).says("Already signed in to corp until").says("--force").prints_nothing();
    let json = world.sso(&["login", "--json"]).run();
    assert_eq!(json.exits(0).json()["action"], "already-signed-in");
    world.made_requests(0);
    assert!(before == world.snapshot() && !world.outside("opened").exists());
}

#[test]
fn renewed_without_a_browser() {
    let world = World::corp("login_again: an expired token is renewed without a browser");
    world.sign_in();
    let first = world.json(TOKEN_FILE);
    world.token_ends_in(-60);
    world.forget_requests();
    let run = world.sso(&["login"]).browser(&world.noting_browser()).run();
    run.exits(0).says("Still signed in to corp: renewed until");
    world.made_requests(1);
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 1);
    let second = world.json(TOKEN_FILE);
    assert_ne!(first["refreshToken"], second["refreshToken"], "the rotated token is kept");
    assert!(!world.outside("opened").exists());
}

/// A refresh token that the service refuses: then the user is asked.
#[test]
fn a_refused_refresh_leads_to_the_browser() {
    let world = World::corp("login_again: a refused refresh leads to the browser");
    world.sign_in();
    world.token_ends_in(-60);
    world.sim.revoke_refresh_tokens();
    let login = world.sso(&["login"]).browser(&world.noting_browser()).spawn();
    StandInBrowser::approving().open(&world.opened()).expect("the page opens");
    login.finish().exits(0).says("Signed in to corp");
}

/// A fault of the service is no reason to send the user anywhere (catalogue D13).
#[test]
fn throttled_is_not_a_login() {
    let world = World::corp("login_again: throttled is not a login");
    world.sign_in();
    world.token_ends_in(-60);
    world.sim.fault(Fault::on("CreateToken").status(429));
    world.sso(&["login"]).browser(&world.noting_browser()).run().exits(6).says("throttling");
    assert!(!world.outside("opened").exists());
}

#[test]
fn forced() {
    let world = World::corp("login_again: --force");
    world.sign_in();
    let first = world.json(TOKEN_FILE);
    world.sign_in();
    assert_ne!(first["accessToken"], world.json(TOKEN_FILE)["accessToken"]);
    // The registration was kept.
    assert_eq!(world.sim.journal().count("RegisterClient"), 1);
    assert_eq!(first["clientId"], world.json(TOKEN_FILE)["clientId"]);
}

/// A new sign-in may be another user's: role credentials of the session go.
#[test]
fn a_new_sign_in_drops_role_credentials() {
    let world = World::corp("login_again: a new sign-in drops role credentials");
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    assert!(world.has(crate::harness::ROLE_FILE));
    world.sign_in();
    assert!(!world.has(crate::harness::ROLE_FILE));
}

#[test]
fn several_sessions() {
    let world = World::with("login_again: several sessions", World::sim());
    world.config(&format!("{CORP}{ACME}"));
    let run = world.sso(&["login"]).run();
    run.exits(2).says("There are several sessions").says("corp, acme").says("--sso-session").says("--all");
    world.made_requests(0);

    let all = world.sso(&["login", "--all", "--json", "--use-device-code"]).run();
    let sessions = all.exits(0).json();
    let names: Vec<_> =
        sessions["sessions"].as_array().expect("a list").iter().map(|s| &s["session"]).collect();
    assert_eq!(names, ["corp", "acme"]);
    world.sso(&["login", "--sso-session", "acme"]).run().exits(0).says("Already signed in to acme");
    world.sso(&["login", "--profile", "dev"]).run().exits(0).says("Already signed in to corp");
    world.sso(&["login"]).env("AWS_PROFILE", "dev").run().exits(0).says("Already signed in to corp");

    // One that fails is named among the others.
    world.config(&format!("{CORP}{}", ACME.replace("corp.", "elsewhere.")));
    let all = world.sso(&["login", "--all", "--use-device-code"]).run();
    all.exits(3).says("Already signed in to corp").says("  session: acme\n");
}

/// A profile without sso-session signs in with a code; its token has the AWS CLI's name for the start URL.
#[test]
fn legacy() {
    let world = World::with("login_again: a legacy profile", World::sim());
    world.config(
        "[profile old]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n\
         sso_account_id = 111122223333\nsso_role_name = Admin\n",
    );
    world
        .sso(&["login", "--profile", "old", "--use-pkce"])
        .run()
        .exits(2)
        .says("--use-pkce needs an sso-session");
    let run = world.sso(&["login", "--profile", "old"]).run();
    run.exits(0).says("This profile has no sso-session");
    run.says("To sign in to corp.awsapps.com (us-east-1):");
    let token = world.json(".aws/sso/cache/a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json");
    assert!(
        token.get("refreshToken").is_none_or(serde_json::Value::is_null),
        "legacy tokens are not renewed"
    );
    world.sso(&["credential-process", "--profile", "old"]).run().exits(0);
    assert!(world.has(".aws/cli/cache/ee27e20d163e421bd8e8db0b4a9e23e35e4a0b28.json"));
    // Without any selector too: it is the only session there is.
    world.sso(&["login"]).run().exits(0).says("Already signed in to corp.awsapps.com");
    world.sso(&["logout"]).run().exits(0);
    assert_eq!(world.names(".aws/sso/cache"), Vec::<String>::new());
}
