//! `sso logout`: ends what is ours, and nothing else.

use crate::harness::{ACME, CORP, ROLE_FILE, TOKEN_FILE, World};
use sso_sim::{Behaviour, Fault, RawServer};
use std::fs::File;
use std::time::Duration;

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

/// The access token has ended by our clock, but the session lives on with its refresh token: the service is told.
#[test]
fn a_token_past_its_end() {
    let world = World::corp("logout: a token past its end");
    world.sign_in();
    let token = world.json(TOKEN_FILE);
    world.token_ends_in(-5);
    world.forget_requests();
    let json = world.sso(&["logout", "--json"]).run().exits(0).json();
    assert_eq!(json["sessions"][0]["endedAtService"], true);
    assert_eq!(world.sim.journal().operations(), ["Logout"]);
    // The session is over, not only this copy of it.
    world.write_private(TOKEN_FILE, token.to_string());
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(4);
    // And without the service that is said.
    world.token_ends_in(-5);
    world.sim.fault(Fault::on("Logout").status(500));
    let json = world.sso(&["logout", "--json"]).run().exits(0).json();
    assert_eq!(json["sessions"][0]["endedAtService"], false);
    let json = world.sso(&["logout", "--json"]).run().exits(0).json();
    assert!(json["sessions"][0]["endedAtService"].is_null(), "there was no token to tell it with");
}

const LEGACY: &str = "
[profile old]
sso_start_url = https://corp.awsapps.com/start
sso_account_id = 111122223333
sso_role_name = Admin
";

/// The section has lost a key since the login: its name still says what to delete.
#[test]
fn a_broken_section() {
    let whole_legacy = format!("{LEGACY}sso_region = us-east-1\n");
    let no_region = CORP.replace("sso_region = us-east-1\n", "");
    let no_url = CORP.replace("sso_start_url = https://corp.awsapps.com/start\n", "");
    for (whole, broken, args, name) in [
        (CORP, no_region.as_str(), &["logout"][..], "corp"),
        (CORP, &no_region, &["logout", "--sso-session", "corp"], "corp"),
        (CORP, &no_url, &["logout", "--profile", "dev"], "corp"),
        (CORP, &no_url, &["logout", "--all"], "corp"),
        (&whole_legacy, LEGACY, &["logout"], "corp.awsapps.com"),
        (&whole_legacy, LEGACY, &["logout", "--profile", "old"], "corp.awsapps.com"),
    ] {
        let world = World::with(&format!("logout: a broken section, {}", args.join(" ")), World::sim());
        let profile = if whole == CORP { "dev" } else { "old" };
        world.config(whole);
        world.sso(&["login", "--use-device-code", "--profile", profile]).run().exits(0);
        world.sso(&["credential-process", "--profile", profile]).run().exits(0);
        world.config(broken);
        let run = world.sso(args).run();
        run.exits(0).says("warning:").says("What is kept under its name is deleted.");
        run.says(&format!("Signed out of {name} (3 files deleted)."));
        assert_eq!(world.sim.journal().count("Logout"), 1);
        assert!(world.names(".aws/sso/cache").is_empty() && world.names(".aws/cli/cache").is_empty());
    }
    let world = World::corp("logout: a section that is not there");
    world.sso(&["logout", "--sso-session", "crop"]).run().exits(3).says("corp");
}

/// Ctrl-C while the service is told: nothing more is done, nothing is deleted.
#[test]
fn stopped_by_a_signal() {
    let world = World::corp("logout: Ctrl-C");
    world.sign_in();
    world.sim.fault(Fault::on("Logout").delay(Duration::from_secs(4)));
    let logout = world.sso(&["logout"]).spawn();
    // The journal notes a request when it is answered, so the only sign of it is time.
    std::thread::sleep(Duration::from_millis(700));
    logout.interrupt();
    let run = logout.finish();
    run.exits(130).says("Stopped by a signal").does_not_say("warning").prints_nothing();
    assert!(world.has(TOKEN_FILE));
}

/// Another process is at the token: logout waits until that is done, so that nothing is written back.
#[test]
fn waits_for_whoever_has_the_lock() {
    let world = World::corp("logout: while another process has the lock");
    world.sign_in();
    let stem = TOKEN_FILE.rsplit('/').next().expect("a name").replace(".json", ".lock");
    let lock = File::options().write(true).open(world.home().join(".aws/sso/.sso-locks").join(stem));
    let lock = lock.expect("the login made it");
    lock.lock().expect("it is free");
    let logout = world.sso(&["logout"]).spawn();
    assert!(world.sim.wait_for("Logout", 1, Duration::from_secs(10)));
    std::thread::sleep(Duration::from_millis(300));
    assert!(world.has(TOKEN_FILE), "it waits");
    lock.unlock().expect("it is ours");
    logout.finish().exits(0).says("Signed out of corp");
    assert!(!world.has(TOKEN_FILE));
}

/// Role credentials of a profile that has left the configuration: only `--all` deletes them, and lists each.
#[test]
fn role_credentials_that_no_profile_names() {
    let world = World::corp("logout: role credentials that no profile names");
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    let session = CORP.split("[profile").next().expect("the session");
    world.config(session);
    let foreign = ".aws/cli/cache/0000000000000000000000000000000000000000.json";
    world.write_private(foreign, "{\"Credentials\": {\"AccessKeyId\": \"ASIA\"}}");
    world.sso(&["logout"]).run().exits(0).says("Signed out of corp (2 files deleted).");
    assert!(world.has(ROLE_FILE), "not without --all");
    let run = world.sso(&["logout", "--all"]).run();
    run.exits(0)
        .says(&format!("credentials of a role in 111122223333 that no profile names (~/{ROLE_FILE})."));
    assert!(!world.has(ROLE_FILE) && world.has(foreign));
    let json = world.sso(&["logout", "--all", "--json"]).run().exits(0).json();
    assert_eq!(json["roleCredentials"], serde_json::json!([]));
}

/// Saves that were killed left their temps, which hold secrets. Other tools' files of like names stay.
#[test]
fn left_over_temps() {
    let world = World::corp("logout: temps of killed saves");
    world.sign_in();
    let mut child = std::process::Command::new("true").spawn().expect("it starts");
    child.wait().expect("it ends");
    let pid = child.id();
    let hex = "0000000000000000000000000000000000000000";
    let ours =
        [format!(".aws/sso/cache/.{hex}.{pid}.abc.tmp"), format!(".aws/cli/cache/.{hex}.{pid}.abc.tmp")];
    let others = [format!(".aws/sso/cache/.tool.{pid}.abc.tmp"), ".aws/cli/cache/x.tmp".to_owned()];
    for name in ours.iter().chain(&others) {
        world.write_private(name, "{}");
    }
    world.sso(&["logout"]).run().exits(0);
    assert!(ours.iter().all(|name| !world.has(name)) && others.iter().all(|name| world.has(name)));
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
