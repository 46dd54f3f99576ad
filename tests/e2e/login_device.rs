//! Sign-in with a code, approved on another device.

use crate::harness::{CORP, TOKEN_FILE, World};
use serde_json::json;
use sso_sim::{Device, Fault};
use std::time::Duration;

const SSH: (&str, &str) = ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22");

fn world(story: &str, device: Device) -> World {
    let world = World::with(story, World::sim().device(device));
    world.config(CORP);
    world
}

/// Chosen by itself over SSH; shows the code, the address and the warning; opens nothing.
#[test]
fn over_ssh() {
    let world = world("login_device: by itself over SSH, approved", Device::Manual);
    let login = world.sso(&["login"]).env(SSH.0, SSH.1).spawn();
    let code = world.sim.human().wait_for_code(Duration::from_secs(20)).expect("a code");
    login.says("Approve only if you started this here, now");
    world.sim.human().approve(&code);
    let run = login.finish();
    run.exits(0).says("This is an SSH session").says("--use-pkce overrides");
    run.says(&format!("Code   {code}")).says(&format!("Open   {}/device", world.sim.url()));
    run.says("Signed in to corp until").prints_nothing();
    assert_eq!(world.sim.journal().count("DevicePage"), 0, "nothing was opened");
    assert_eq!(world.json(TOKEN_FILE)["region"], "us-east-1");
}

#[test]
fn denied() {
    let world = world("login_device: denied", Device::AutoDeny);
    world.sso(&["login", "--use-device-code"]).run().exits(5).says("refused").prints_nothing();
    assert!(!world.has(TOKEN_FILE));
}

#[test]
fn expired() {
    let world = world("login_device: the code expires", Device::Manual);
    let login = world.sso(&["login", "--use-device-code"]).spawn();
    let code = world.sim.human().wait_for_code(Duration::from_secs(20)).expect("a code");
    world.sim.human().expire(&code);
    login.finish().exits(9).says("Nobody approved");
    assert!(!world.has(TOKEN_FILE));
}

#[test]
fn timed_out() {
    let world = world("login_device: timed out", Device::Never);
    world.sso(&["login", "--use-device-code", "--timeout", "1"]).run().exits(9).says("within 1 s");
}

/// A forgotten client is registered again, here without any question in advance.
#[test]
fn a_forgotten_registration() {
    let world = world("login_device: the service has forgotten the registration", Device::Auto(0));
    world.sso(&["login", "--use-device-code"]).run().exits(0);
    world.sim.forget_registrations();
    world.sso(&["login", "--use-device-code", "--force"]).run().exits(0);
    assert_eq!(world.sim.journal().count("RegisterClient"), 2);
}

/// "Slower" makes it slower, and does not end it (RFC 8628 section 3.5). The pause of 6 s is the story.
#[test]
fn slow_down() {
    let world = world("login_device: slow_down", Device::Auto(0));
    world.sim.fault(Fault::on("CreateToken").times(1).error("SlowDownException", "slow_down"));
    world.sso(&["login", "--use-device-code"]).run().exits(0);
    let journal = world.sim.journal();
    let polls: Vec<Duration> = journal.of("CreateToken").iter().map(|entry| entry.at).collect();
    assert_eq!(polls.len(), 2);
    assert!(polls[1] - polls[0] >= Duration::from_secs(6), "{polls:?}");
}

/// What the service says is shown, escaped, and never opened if it is not an address of AWS (catalogue C1, C4).
#[test]
fn hostile_texts() {
    for (name, uri, opened) in [
        ("a file", "file:///etc/passwd", false),
        ("an evil host", "https://evil.example/device", false),
        (
            "a host that only looks like AWS's",
            "https://device.sso.us-east-1.amazonaws.com.evil.example/",
            false,
        ),
        ("a user name", "https://device.sso.us-east-1.amazonaws.com@evil.example/", false),
        ("somebody's bucket", "https://bucket.s3.amazonaws.com/device", false),
        ("an option", "-x", false),
        ("a script", "javascript:alert(1)", false),
        ("AWS", "https://device.sso.us-east-1.amazonaws.com/", true),
    ] {
        let world = world(&format!("login_device: hostile texts: {name}"), Device::Auto(0));
        let body = json!({
            "deviceCode": "d", "expiresIn": 600, "interval": 1,
            "userCode": "AB\u{1b}]0;owned\u{7}CD\u{202e}EF\u{9b}31m",
            "verificationUri": if opened { uri.to_owned() } else { format!("{uri}\u{1b}[2J") },
            "verificationUriComplete": uri,
        });
        world.sim.fault(Fault::on("StartDeviceAuthorization").body(body.to_string(), "application/json"));
        world.sim.fault(Fault::on("CreateToken").error("AccessDeniedException", "access_denied"));
        let note = world.outside("opened");
        let run = world.sso(&["login", "--use-device-code"]).browser(&world.noting_browser()).run();
        run.exits(5).says("AB\\u{1b}]0;owned\\u{7}CD\\u{202e}EF\\u{9b}31m");
        for c in ['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}'] {
            assert!(!run.err().contains(c), "{c:?} in {}", run.err());
        }
        if opened {
            assert_eq!(world.opened(), uri);
        } else {
            run.says("so it is not opened");
            assert!(!note.exists(), "{name}");
        }
    }
}
