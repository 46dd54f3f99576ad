//! docs/schemas, against what the program prints: every run of every story is looked at (`harness/schema.rs`); here every
//! command prints each of its documents at least once, so that no schema is there that nothing proves.

use crate::harness::{CORP, World};
use sso_sim::{Principal, SimBuilder};

/// An organization, whose identity store knows one of two users.
fn sim() -> SimBuilder {
    SimBuilder::new()
        .account("111122223333", "management", &["Admin", "ReadOnly"])
        .account("444455556666", "prod", &["ReadOnly"])
        .permission_set("Billing", Some("invoices"), "PT8H")
        .directory_user("u-1", "ann@example.com")
        .assignment("444455556666", "Billing", Principal::user("u-1"))
        .assignment("444455556666", "Billing", Principal::user("u-gone"))
        .rotating_refresh()
}

#[test]
fn every_document_has_its_schema_and_every_schema_a_document() {
    let world = World::with("schemas: a document of each", sim());
    world.config(CORP);
    world.sign_in();
    let json = |words: &[&str], code: i32| {
        let run = world.sso(&[words, &["--json"]].concat()).plain().run();
        run.exits(code);
    };
    let dev = ["--profile", "dev"];
    json(&["login"], 0);
    json(&["login", "--all"], 0);
    json(&["refresh"], 0);
    json(&["status"], 0);
    json(&["status", "--prompt", dev[0], dev[1]], 0);
    json(&["whoami", dev[0], dev[1]], 0);
    json(&["whoami", "--profile", "nobody"], 3);
    world.sso(&["credential-process", dev[0], dev[1]]).plain().run().exits(0);
    json(&["env", dev[0], dev[1]], 0);
    json(&["console", "--print", dev[0], dev[1]], 0);
    json(&["accounts"], 0);
    json(&["roles"], 0);
    json(&["profiles"], 0);
    json(&["profiles", "--pick", dev[0], dev[1]], 0);
    json(&["config", "explain", dev[0], dev[1]], 0);
    json(&["configure", "session", "--sso-session", "corp", "--sso-region", "us-east-1", "--yes"], 0);
    let answers = ["--sso-session", "corp", "--account-id", "111122223333", "--role-name", "ReadOnly"];
    let profile = ["--region", "us-east-1", "--output", "json", "--profile-name", "ro", "--yes"];
    json(&[&["configure"][..], &answers, &profile].concat(), 0);
    json(&["configure", "populate", "--sso-session", "corp"], 0);
    json(&["discover", "instances", dev[0], dev[1]], 0);
    json(&["discover", "accounts", dev[0], dev[1]], 0);
    json(&["discover", "permission-sets", dev[0], dev[1]], 0);
    json(&["discover", "assignments", dev[0], dev[1]], 0);
    json(&["discover", "assignments", "--why", "ro", dev[0], dev[1]], 0);
    let doctor = world.sso(&["doctor", "--offline", "--json", dev[0], dev[1]]).plain().run();
    assert!(matches!(doctor.code(), Some(0 | 1)), "{}", doctor.err());
    json(&["doctor", "--explain", "C01"], 0);
    json(&["doctor", "--list"], 0);
    json(&["completions", "bash"], 0);
    json(&["shell-init", "fish"], 0);
    let served = world.sso(&["serve", "--json", dev[0], dev[1]]).plain().spawn();
    served.prints("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    served.interrupt();
    served.finish().exits(130);
    // Nothing can be renewed any more, so the watch ends by itself.
    world.sim.revoke_refresh_tokens();
    world.token_ends_in(10);
    world.token_saved_ago(60);
    json(&["refresh", "--watch"], 4);
    json(&["logout", "--all"], 0);
    assert_eq!(world.unused_schemas(), [""; 0], "no document was of these");
}
