//! Many at once.

use crate::harness::{CORP, ROLE_FILE, World};

/// Ten helpers of ten tools find an expired token: one refreshes, all get credentials, no reuse ends the session.
#[test]
fn ten_helpers_one_refresh() {
    let world = World::with("together: ten helpers, one refresh", World::sim().revoke_on_reuse());
    world.config(CORP);
    world.sso(&["login", "--use-device-code"]).run().exits(0);
    world.token_ends_in(-5);
    world.forget_requests();
    let runs: Vec<_> =
        (0..10).map(|_| world.sso(&["credential-process", "--profile", "dev"]).spawn()).collect();
    for run in runs {
        run.finish().exits(0).json();
    }
    let journal = world.sim.journal();
    assert_eq!(journal.count_grant("refresh_token"), 1, "{}", journal.summary());
    assert_eq!(journal.count("GetRoleCredentials"), 1, "{}", journal.summary());
    world.json(ROLE_FILE);
    world.sso(&["status"]).run().exits(0);
}

/// Two logins side by side: both end well, and the files are whole.
#[test]
fn two_logins() {
    let world = World::corp("together: two logins");
    let both: Vec<_> =
        (0..2).map(|_| world.sso(&["login", "--force", "--use-pkce", "--no-browser"]).spawn()).collect();
    let addresses: Vec<String> = both.iter().map(|login| login.address()).collect();
    for address in addresses.iter().rev() {
        sso_sim::StandInBrowser::approving().open(address).expect("the page opens");
    }
    for login in both {
        login.finish().exits(0);
    }
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    world.sso(&["logout"]).run().exits(0);
}
