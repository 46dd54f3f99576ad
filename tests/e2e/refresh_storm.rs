//! Many processes and one token; and processes that are killed while they save it.

use crate::harness::{ROLE_FILE, TOKEN_FILE, World};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// How many, unless the variable says otherwise.
fn number(variable: &str, default: u32) -> u32 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The refresh token may be used once; a second use ends the session. AWS CLI 2.36.7: of 20 processes 19 fail.
#[test]
fn fifty_processes_one_refresh() {
    let processes = number("SSO_STORM", 50);
    let sim = World::sim().revoke_on_reuse().latency(Duration::from_millis(300));
    let world = World::with("refresh storm: one refresh, all succeed", sim);
    world.config(crate::harness::CORP);
    world.sign_in();
    world.token_ends_in(-5);
    world.forget_requests();
    let started = Instant::now();
    let runs: Vec<_> =
        (0..processes).map(|_| world.sso(&["credential-process", "--profile", "dev"]).spawn()).collect();
    for run in runs {
        run.finish().exits(0).json();
    }
    eprintln!("measured: {processes} processes, one refresh of 300 ms: {:?}", started.elapsed());
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 1, "{}", world.sim.journal().summary());
    world.sso(&["status"]).run().exits(0);
}

fn refreshing(world: &World) -> Child {
    let mut command = world.sso(&["credential-process", "--profile", "dev"]).plain().command();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

/// The token is whole at any moment, and the next run leaves no temp file. AWS CLI 2.36.7: 647 of 1,000 files empty.
#[test]
fn killed_while_refreshing() {
    let rounds = number("SSO_KILLS", 100);
    // Refresh tokens stay good: a kill between the reply and the save must not end the story.
    let sim = sso_sim::SimBuilder::new().account("111122223333", "dev", &["Admin"]);
    let world = World::with("refresh storm: killed while refreshing", sim);
    world.config(crate::harness::CORP);
    world.sign_in();
    let ended = || {
        let _ = std::fs::remove_file(world.home().join(ROLE_FILE));
        world.token_ends_in(-5);
    };
    ended();
    let started = Instant::now();
    assert!(refreshing(&world).wait().expect("it ends").success());
    let whole = started.elapsed();
    let temps = || {
        let names = [world.names(".aws/sso/cache"), world.names(".aws/cli/cache")].concat();
        names.into_iter().filter(|name| name.ends_with(".tmp")).count()
    };
    let (mut refreshed, mut most) = (0, 0);
    for round in 0..rounds {
        ended();
        let old = world.json(TOKEN_FILE);
        let mut child = refreshing(&world);
        std::thread::sleep(whole.mul_f64(f64::from(round * 7_919 % 1_000) / 1_000.0));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        // Whole: the old one or the new one.
        refreshed += u32::from(world.json(TOKEN_FILE)["accessToken"] != old["accessToken"]);
        most = most.max(temps());
    }
    eprintln!("measured: {rounds} kills, 0 torn, {refreshed} after the save, at most {most} temps at once");
    ended();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0).json();
    assert_eq!(temps(), 0, "{:?}", world.names(".aws/sso/cache"));
}
