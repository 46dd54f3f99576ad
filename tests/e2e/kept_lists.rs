//! Accounts and roles as they were read last: shown with their age, asked anew on request, forgotten with the login.

use crate::harness::World;
use sso_sim::Fault;
use std::os::unix::fs::PermissionsExt as _;

const FILE: &str = ".cache/sso/inventory/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

fn world(story: &str) -> World {
    let world = World::with(story, World::sim().account("444455556666", "prod", &["Audit"]));
    world.config(crate::harness::CORP);
    world.sign_in_to("corp");
    world.forget_requests();
    world
}

#[test]
fn read_once() {
    let world = world("kept lists: read once");
    let roles = ["roles", "--sso-session", "corp"];
    let first = world.sso(&roles).plain().run();
    first.exits(0).prints("444455556666").does_not_say("As of");
    world.made_requests(3);
    for more in [&[][..], &["--account-id", "444455556666"]] {
        let run = world.sso(&[&roles[..], more].concat()).plain().run();
        run.exits(0).prints("Audit").says("As of ").says("--refresh asks anew.");
    }
    assert_eq!(world.sso(&roles).plain().run().out(), first.out());
    let accounts = world.sso(&["accounts", "--sso-session", "corp"]).plain().run();
    accounts.exits(0).prints("prod").says("As of ");
    let json = world.sso(&["roles", "--sso-session", "corp", "--json"]).plain().run().exits(0).json();
    assert!(json["readAt"].as_str().is_some_and(|at| at.ends_with('Z')), "{json}");
    world.made_requests(3);
    // Nobody else may read it, though it holds no secret.
    let mode = std::fs::metadata(world.home().join(FILE)).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    world.sim.assign("444455556666", "Deploy");
    let run = world.sso(&[&roles[..], &["--refresh"]].concat()).plain().run();
    run.exits(0).prints("Deploy").does_not_say("As of");
    // What populate reads is kept, too.
    world.sso(&["configure", "populate", "--sso-session", "corp"]).run().exits(0);
    world
        .sso(&["__complete", "zsh", "sso", "roles", "--account-id", "4444"])
        .plain()
        .run()
        .prints("444455556666");
    world.sso(&["__complete", "zsh", "sso", "configure", "--role-name", "De"]).plain().run().prints("Deploy");
}

#[test]
fn forgotten_with_the_login() {
    let world = world("kept lists: forgotten with the login");
    let roles = ["roles", "--sso-session", "corp"];
    world.sso(&roles).run().exits(0);
    assert!(world.has(FILE));
    world.sign_in_to("corp");
    assert!(!world.has(FILE), "somebody else may have signed in");
    world.sso(&roles).run().exits(0);
    world.sso(&["logout"]).run().exits(0);
    assert!(!world.has(FILE));
    world.sso(&roles).run().exits(4);
}

#[test]
fn only_what_is_whole_is_kept() {
    let world = world("kept lists: only what is whole is kept");
    let roles = ["roles", "--sso-session", "corp"];
    world.sim.fault(Fault::on("ListAccountRoles").containing("444455556666").status(403));
    world.sso(&roles).run().exits(6);
    assert!(!world.has(FILE));
    world.sim.clear_faults();
    // The accounts alone say nothing about the roles.
    world.sso(&["accounts", "--sso-session", "corp"]).run().exits(0);
    world.sso(&roles).run().exits(0).does_not_say("As of");
    for torn in ["", "{\"accounts\":", "[]"] {
        world.write_private(FILE, torn);
        world.sso(&roles).run().exits(0).prints("Audit").does_not_say("As of");
    }
    // A folder that cannot be written costs the command nothing.
    std::fs::remove_dir_all(world.home().join(".cache")).expect("it is there");
    std::fs::write(world.home().join(".cache"), "in the way").expect("written");
    world.sso(&roles).run().exits(0).prints("Audit");
}
