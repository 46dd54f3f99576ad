//! A build without a secret store, and settings that ask for one: it says so, and writes nothing to files instead.

use crate::harness::World;

#[test]
fn it_is_said_and_nothing_is_written() {
    let world = World::corp("keyring: a build without a secret store says so");
    world.write(".config/sso/settings.ini", "# mine\nstore = split\n");
    let before = world.snapshot();
    for command in [
        &["login", "--use-device-code"] as &[&str],
        &["refresh"],
        &["credential-process", "--profile", "dev"],
        &["accounts"],
    ] {
        let run = world.sso(command).plain().run();
        run.exits(3)
            .says("this build of sso has none")
            .says("~/.config/sso/settings.ini:2")
            .says("store = shared");
        run.prints_nothing();
    }
    world.made_requests(0);
    assert_eq!(world.snapshot(), before);
    let found = world.sso(&["status", "--json"]).run().exits(4).json();
    let row = &found["sessions"][0];
    assert_eq!((&row["store"], row["storeProblem"].is_string()), (&"split".into(), true), "{row}");
    world.sso(&["logout"]).run().exits(3).says("what is kept there stays");
    // Another session is none of its business.
    world.write(".config/sso/settings.ini", "store = split\n[sso-session corp]\nstore = shared\n");
    world.sign_in();
}
