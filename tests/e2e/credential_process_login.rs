//! `credential-process --login`: many helpers, one browser.

use crate::harness::{CORP, TOKEN_FILE, World};
use rustix::process::{Pid, Signal, kill_process};
use sso_sim::{Authorize, StandInBrowser};
use std::time::{Duration, Instant};

const HELPER: &[&str] = &["credential-process", "--profile", "dev", "--login"];

/// A browser that counts how often it is opened, and then does its work.
fn counting(world: &World) -> Option<String> {
    let browser = world.curl_browser()?;
    let note = world.outside("count");
    Some(world.script("counting", &format!("echo x >> {}\nsleep 0.5\nexec {browser} \"$1\"", note.display())))
}

fn opened(world: &World) -> usize {
    std::fs::read_to_string(world.outside("count")).unwrap_or_default().lines().count()
}

#[test]
fn twenty_helpers_one_browser() {
    for expired in [false, true] {
        let world = World::corp(&format!("credential_process_login: 20 helpers, token expired: {expired}"));
        let Some(browser) = counting(&world) else { return };
        if expired {
            world.sign_in();
            world.token_ends_in(-5);
            world.edit_token(|token| token["refreshToken"] = serde_json::Value::Null);
        }
        let started = Instant::now();
        let runs: Vec<_> = (0..20).map(|_| world.sso(HELPER).browser(&browser).spawn()).collect();
        for run in runs {
            assert_eq!(run.finish().exits(0).json()["Version"], 1);
        }
        world.measured(format!("20 helpers, one browser: {} ms", started.elapsed().as_millis()));
        assert_eq!(opened(&world), 1);
        world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    }
}

/// Denied once is denied for all, at once; and for those who come a little later.
#[test]
fn denied() {
    let world = World::with("credential_process_login: denied", World::sim().authorize(Authorize::AutoDeny));
    world.config(CORP);
    let Some(browser) = counting(&world) else { return };
    let started = Instant::now();
    let runs: Vec<_> = (0..10).map(|_| world.sso(HELPER).browser(&browser).spawn()).collect();
    for run in runs {
        run.finish().exits(5).says("refused").says("sso login").prints_nothing();
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    world.sso(HELPER).browser(&browser).run().exits(5).says("another process");
    assert_eq!(opened(&world), 1);
    // Who asks by hand is asked.
    world.sso(&["login"]).browser(&browser).run().exits(5);
    assert_eq!(opened(&world), 2);
}

#[test]
fn a_holder_that_is_killed_is_replaced() {
    let world = World::corp("credential_process_login: the holder is killed");
    let noting = world.noting_browser();
    let holder = world.sso(HELPER).browser(&noting).spawn();
    world.opened();
    holder.says("Waiting for the browser");
    std::fs::remove_file(world.outside("opened")).expect("it is there");
    let waiter = world.sso(HELPER).browser(&noting).spawn();
    waiter.says("Another process is signing in");
    assert!(!world.outside("opened").exists());
    kill_process(Pid::from_raw(holder.pid()).expect("a pid"), Signal::KILL).expect("it lives");
    StandInBrowser::approving().open(&world.opened()).expect("the page opens");
    waiter.finish().exits(0).json();
    assert!(world.has(TOKEN_FILE));
}

/// The deadline is everybody's.
#[test]
fn nobody_comes_back() {
    let world = World::corp("credential_process_login: nobody comes back");
    let helper: Vec<&str> = HELPER.iter().copied().chain(["--timeout", "3"]).collect();
    let noting = world.noting_browser();
    let runs: Vec<_> = (0..3).map(|_| world.sso(&helper).browser(&noting).spawn()).collect();
    for run in runs {
        let run = run.finish();
        run.exits(9).prints_nothing();
        assert!(run.took < Duration::from_secs(5), "{:?}", run.took);
    }
}

#[test]
fn without_it_nothing_opens() {
    let world = World::corp("credential_process_login: without --login nothing opens");
    let run = world.sso(&["credential-process", "--profile", "dev"]).browser(&world.noting_browser()).run();
    run.exits(4).says("sso login").prints_nothing();
    assert!(!world.outside("opened").exists());
    world.sso(&["credential-process", "--timeout", "5"]).run().exits(2);
}
