//! `store = split` where the keyring is gone, locked, silent or has none: bounded, told, and nothing is written to files instead.

use crate::harness::{ROLE_FILE, TOKEN_FILE, World};
use crate::keyring::{SETTINGS, nothing_long_lived_below_home};
use std::os::unix::net::UnixListener;
use std::time::Duration;

const HELPER: [&str; 3] = ["credential-process", "--profile", "dev"];

/// Each call may take 3 s, and whoever got no answer does not ask again.
const PATIENCE: Duration = Duration::from_secs(8);

/// The token has ended, the role has gone from the cache, and the keyring is as `trouble` says.
#[track_caller]
fn cannot_renew(world: &World, says: &str) {
    let _ = std::fs::remove_file(world.home().join(ROLE_FILE));
    world.token_ends_in(-5);
    world.forget_requests();
    let before = world.files();
    for command in [
        &HELPER as &[&str],
        &["refresh"],
        &["accounts", "--sso-session", "corp"],
        &["login", "--use-device-code"],
    ] {
        let run = world.sso(command).plain().run();
        run.exits(7).says(says).prints_nothing();
        assert!(run.took < PATIENCE, "{command:?} took {} ms", run.took.as_millis());
    }
    let status = world.sso(&["status"]).plain().run();
    status.exits(4).prints("Secret Service");
    world.made_requests(0);
    assert_eq!(world.files(), before, "nothing is written");
    // A token that lives is used, wherever its other half is.
    world.token_ends_in(30);
    world.sso(&HELPER).run().exits(0).prints("AccessKeyId");
    nothing_long_lived_below_home(world);
}

fn world(story: &str) -> Option<(World, crate::harness::Keyring)> {
    let world = World::corp(story);
    let keyring = world.keyring()?;
    world.write(SETTINGS, "store = split\n");
    world.sign_in();
    Some((world, keyring))
}

#[test]
fn locked() {
    let Some((world, keyring)) = world("keyring: locked, nobody is asked") else { return };
    keyring.lock();
    cannot_renew(&world, "the keyring is locked");
    // Signing out deletes what it can, and tells what is left.
    world.sso(&["logout"]).run().exits(7).says("the keyring is locked");
    assert!(!world.has(TOKEN_FILE) && !world.has(ROLE_FILE));
    assert!(!keyring.asked(), "no prompt");
}

#[test]
fn silent() {
    let Some((world, keyring)) = world("keyring: a stopped daemon, a bus that never answers") else { return };
    keyring.stop(true);
    cannot_renew(&world, "did not answer within 3 s");
    keyring.stop(false);
    world.token_ends_in(-5);
    world.sso(&["refresh"]).run().exits(0);
    // Takes the connection and says nothing.
    let path = world.outside("mute");
    let _mute = UnixListener::bind(&path).expect("bound");
    world.sets("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path={}", path.display()));
    world.token_ends_in(-5);
    let run = world.sso(&["refresh"]).run();
    run.exits(7).says("did not answer within 3 s");
    assert!(run.took < PATIENCE, "{} ms", run.took.as_millis());
}

#[test]
fn no_bus() {
    let Some((world, _keyring)) = world("keyring: no session bus, nothing is asked") else { return };
    world.sets("DBUS_SESSION_BUS_ADDRESS", "");
    cannot_renew(&world, "there is no session bus");
    let found = world.sso(&["doctor", "--offline", "--only", "S01"]).run();
    found.exits(0).prints("S01").prints("no session bus");
    world.token_ends_in(-5);
    world.sso(&["doctor", "--offline", "--only", "S01"]).run().exits(1).prints("no session bus");
    world.sets("XDG_RUNTIME_DIR", &world.home().display().to_string());
    cannot_renew(&world, "there is no session bus");
}

/// A new setting, and a keyring that does not take anything: the plain copy stays, which is said, and nothing is spent.
#[test]
fn the_move_fails() {
    let world = World::corp("keyring: what cannot be moved stays and is told");
    let Some(keyring) = world.keyring() else { return };
    world.sign_in();
    world.write(SETTINGS, "store = split\n");
    keyring.lock();
    let before = world.json(TOKEN_FILE);
    world.token_ends_in(-5);
    world.forget_requests();
    world.sso(&["refresh"]).plain().run().exits(7).says("stay where they are").says("the keyring is locked");
    world.made_requests(0);
    assert_eq!(world.json(TOKEN_FILE)["refreshToken"], before["refreshToken"]);
}
