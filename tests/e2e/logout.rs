//! `sso logout`: ends what is ours, and nothing else.

use crate::harness::{CORP, ROLE_FILE, TOKEN_FILE, World};
use sso_sim::{Behaviour, Fault, RawServer};

const ACME: &str = "
[sso-session acme]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
";

#[test]
fn ends_everywhere() {
    let world = World::corp("logout: at the service and on the disk");
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    // Files that are none of ours: an IDE's token, a role of another tool, a note.
    let foreign = [
        (
            ".aws/sso/cache/kiro-auth-token.json",
            "{\"accessToken\": \"x\", \"expiresAt\": \"2099-01-01T00:00:00Z\"}",
        ),
        (".aws/cli/cache/0000000000000000000000000000000000000000.json", "{\"Credentials\": {}}"),
        (".aws/sso/cache/note.txt", "mine"),
    ];
    for (name, content) in foreign {
        world.write_private(name, content);
    }
    world.forget_requests();
    let run = world.sso(&["logout"]).run();
    run.exits(0).says("Signed out of corp (3 files deleted).").prints_nothing();
    world.made_requests(1);
    assert_eq!(world.sim.journal().count("Logout"), 1);
    assert!(!world.has(TOKEN_FILE) && !world.has(ROLE_FILE));
    for (name, _) in foreign {
        assert!(world.has(name), "{name} is not ours");
    }
    world.sso(&["logout"]).run().exits(0).says("Not signed in to corp.");
    world.sso(&["logout", "--all"]).run().exits(0);
    assert!(foreign.iter().all(|(name, _)| world.has(name)));
    world.made_requests(1);
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(4);
}

#[test]
fn one_of_two() {
    let world = World::with("logout: one session of two", World::sim());
    world.config(&format!("{CORP}{ACME}"));
    world.sso(&["login", "--all", "--use-device-code"]).run().exits(0);
    let files = world.names(".aws/sso/cache").len();
    world.sso(&["logout", "--sso-session", "acme"]).run().exits(0).says("Signed out of acme");
    assert_eq!(world.names(".aws/sso/cache").len(), files - 2, "token and registration of acme");
    world.sso(&["status", "--sso-session", "corp"]).run().exits(0);
    world.sso(&["status", "--sso-session", "acme"]).run().exits(4);
    // And by profile.
    world.sso(&["logout", "--profile", "dev"]).run().exits(0).says("Signed out of corp");
    assert!(!world.has(TOKEN_FILE));
}

/// A token that no session of the configuration names: only `--all` ends it, and says so.
#[test]
fn all_lists_what_no_session_names() {
    let world = World::with("logout: --all", World::sim());
    world.config(&format!("{CORP}{ACME}"));
    world.sso(&["login", "--all", "--use-device-code"]).run().exits(0);
    world.config(CORP);
    world.sso(&["logout"]).run().exits(0).says("corp").does_not_say("awsapps.com (");
    assert_ne!(world.names(".aws/sso/cache").len(), 0);
    let run = world.sso(&["logout", "--all"]).run();
    run.exits(0).says("Signed out of https://corp.awsapps.com/start (1 file deleted).");
    assert_eq!(world.sim.journal().count("Logout"), 2);
    let json = world.sso(&["logout", "--all", "--json"]).run();
    assert_eq!(json.exits(0).json()["sessions"][0]["wasSignedIn"], false);
}

/// Without the service the files go all the same.
#[test]
fn without_the_service() {
    for (name, status) in [("the service is at fault", Some(500)), ("no network", None)] {
        let world = World::corp(&format!("logout: {name}"));
        world.sign_in();
        let logout = world.sso(&["logout"]);
        let logout = match status {
            Some(status) => {
                world.sim.fault(Fault::on("Logout").status(status));
                logout
            }
            // A port that nobody listens on.
            None => logout.env("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:1"),
        };
        let run = logout.run();
        run.exits(0).says("warning:").says("could not be ended at the service").says("Signed out of corp");
        assert!(!world.has(TOKEN_FILE));
    }
}

/// The service knows the token no more: that is what was wanted.
#[test]
fn ended_already() {
    let world = World::corp("logout: ended at the service already");
    world.sign_in();
    world.sim.kill_sessions();
    world.sso(&["logout"]).run().exits(0).does_not_say("warning").says("Signed out of corp");
    assert!(!world.has(TOKEN_FILE));
}

/// A token that cannot be read is deleted like any other; nothing is sent.
#[test]
fn a_damaged_token() {
    for content in ["", "{\"accessToken\": \"a\"", "[]", "\u{0}\u{0}\u{0}"] {
        let world = World::corp("logout: a damaged token");
        world.write_private(TOKEN_FILE, content);
        world.sso(&["logout"]).run().exits(0).says("left-overs deleted (1 file deleted)");
        assert!(!world.has(TOKEN_FILE));
        world.made_requests(0);
    }
}

/// The configuration names another portal by now: the old token goes to its own region's portal or nowhere.
#[test]
fn a_token_of_another_region() {
    let world = World::corp("logout: the configuration has moved to another region");
    world.sign_in();
    world.config(&CORP.replace("us-east-1", "eu-west-1"));
    world.forget_requests();
    world.sso(&["status"]).run().exits(4).prints("another start URL or region");
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(4);
    world.made_requests(0);
    let proxy = RawServer::http([Behaviour::Reply(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".into())]);
    let ignore = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS";
    world
        .sso(&["logout"])
        .env(ignore, "true")
        .env("HTTPS_PROXY", proxy.url())
        .run()
        .exits(0)
        .says("warning:");
    let asked = proxy.requests().remove(0).head;
    assert!(asked.starts_with("CONNECT portal.sso.us-east-1.amazonaws.com:443 "), "{asked}");
    assert!(!world.has(TOKEN_FILE));
}
