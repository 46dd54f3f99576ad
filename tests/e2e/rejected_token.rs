//! The portal does not take a token that lives by its file.

use crate::harness::{ROLE_FILE, TOKEN_FILE, World};
use sso_sim::Fault;

const HELPER: &[&str] = &["credential-process", "--profile", "dev"];

/// Somebody is signed in, and has no role credentials.
fn signed_in(story: &str) -> World {
    let world = World::corp(story);
    world.sign_in();
    world.forget_requests();
    world
}

fn rejecting(operation: &str) -> Fault {
    Fault::on(operation).error("UnauthorizedException", "").status(401)
}

#[test]
fn once_more_with_a_refreshed_one() {
    let world = signed_in("rejected token: refreshed, and asked once more");
    for (command, operation) in
        [(HELPER, "GetRoleCredentials"), (&["accounts"], "ListAccounts"), (&["roles"], "ListAccounts")]
    {
        let before = world.json(TOKEN_FILE);
        world.sim.fault(rejecting(operation).times(1));
        world.sso(command).run().exits(0);
        assert_ne!(world.json(TOKEN_FILE)["accessToken"], before["accessToken"], "{command:?}");
        let journal = world.sim.journal();
        assert_eq!(journal.count_grant("refresh_token"), 1, "{}", journal.summary());
        assert_eq!(journal.count(operation), 2, "{}", journal.summary());
        world.sim.clear_faults();
        world.forget_requests();
    }
}

/// Twenty helpers hold the same token that is not taken: one refreshes it.
#[test]
fn twenty_helpers_one_refresh() {
    let world = signed_in("rejected token: 20 helpers, one refresh");
    let rejected = world.json(TOKEN_FILE)["accessToken"].as_str().expect("a token").to_owned();
    world.sim.fault(rejecting("GetRoleCredentials").containing(&rejected));
    let runs: Vec<_> = (0..20).map(|_| world.sso(HELPER).spawn()).collect();
    for run in runs {
        run.finish().exits(0).json();
    }
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 1, "{}", world.sim.journal().summary());
}

#[test]
fn no_refresh_where_the_rules_forbid_it() {
    let world = World::with("rejected token: sso_auto_refresh = false", World::sim());
    world.config(&crate::harness::CORP.replace("[profile", "sso_auto_refresh = false\n[profile"));
    world.sign_in();
    world.forget_requests();
    world.sim.fault(rejecting("GetRoleCredentials"));
    world.sso(HELPER).run().exits(4).says("sso login").prints_nothing();
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 0, "{}", world.sim.journal().summary());
    assert!(!world.home().join(ROLE_FILE).exists());
}

/// The session ended at the service: one refresh is refused, whoever comes next is told without asking.
#[test]
fn the_session_has_ended() {
    let world = signed_in("rejected token: the session has ended");
    world.sim.kill_sessions();
    let runs: Vec<_> = (0..10).map(|_| world.sso(HELPER).spawn()).collect();
    for run in runs {
        run.finish().exits(4).says("sso login").prints_nothing();
    }
    assert!(world.json(TOKEN_FILE)["refreshToken"].is_string(), "the file is not touched");
    world.measured(format!("10 helpers, {} refreshes", world.sim.journal().count_grant("refresh_token")));
}
