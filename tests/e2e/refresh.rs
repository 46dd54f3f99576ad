//! `sso refresh`: renewed now, once a minute at most, and never lost.

use crate::harness::{ACME, CORP, TOKEN_FILE, World};
use sso_sim::Fault;
use std::time::{Duration, Instant};

#[test]
fn whatever_is_left_but_not_twice_a_minute() {
    let world = World::corp("refresh: renewed now, once a minute at most");
    world.sign_in();
    world.forget_requests();
    let first = world.json(TOKEN_FILE);
    world.sso(&["refresh"]).run().exits(0).says("corp: refreshed just now, until").prints_nothing();
    world.made_requests(0);

    world.token_saved_ago(5);
    let run = world.sso(&["refresh", "--json"]).run();
    let session = &run.exits(0).json()["sessions"][0];
    assert_eq!((&session["name"], &session["action"]), (&"corp".into(), &"refreshed".into()));
    let second = world.json(TOKEN_FILE);
    assert_eq!(session["expiresAt"], second["expiresAt"]);
    assert!(session["error"].is_null());
    assert_ne!(first["refreshToken"], second["refreshToken"]);
    world.made_requests(1);

    let again = world.sso(&["refresh", "--profile", "dev", "--json"]).run();
    assert_eq!(again.exits(0).json()["sessions"][0]["action"], "recent");
    world.made_requests(1);
}

#[test]
fn nothing_to_renew() {
    let world = World::with("refresh: not signed in, not renewable", World::sim());
    world.config(&format!("{CORP}{ACME}"));
    let run = world.sso(&["refresh"]).run();
    run.exits(4).says("corp: You are not signed in").says("sso login --sso-session acme");
    world.made_requests(0);
    world.sign_in_to("corp");
    world.token_saved_ago(5);
    // One is signed in and renewed: that is success.
    world
        .sso(&["refresh"])
        .run()
        .exits(0)
        .says("corp: refreshed, until")
        .says("sso login --sso-session acme");
    world.sso(&["refresh", "--sso-session", "acme"]).run().exits(4).does_not_say("corp:");

    world.edit_token(|token| token["refreshToken"] = serde_json::Value::Null);
    let run = world.sso(&["refresh", "--json"]).run();
    let session = &run.exits(4).json()["sessions"][0];
    assert_eq!(session["action"], "not-renewable");
    assert!(session["expiresAt"].is_string());
    assert_eq!(session["error"]["fix"], "sso login --sso-session corp --force");
}

#[test]
fn refused_and_failing() {
    let world = World::corp("refresh: refused, or the service is at fault");
    world.sign_in();
    world.token_saved_ago(5);
    let before = world.json(TOKEN_FILE);
    world.sim.fault(
        Fault::on("CreateToken").times(1).status(400).error("InvalidRequestException", "invalid_request"),
    );
    world.sso(&["refresh"]).run().exits(1).says("corp: ").says("). Fix: sso login");
    world.sim.revoke_refresh_tokens();
    let run = world.sso(&["refresh", "--json"]).run();
    let session = &run.exits(4).json()["sessions"][0];
    assert_eq!((&session["action"], &session["error"]["code"]), (&"failed".into(), &"T06".into()));
    assert_eq!(before, world.json(TOKEN_FILE), "the living token stays");
}

/// Ten at once: one request, and the others take its result.
#[test]
fn ten_at_once() {
    let world = World::with("refresh: ten at once", World::sim().revoke_on_reuse());
    world.config(CORP);
    world.sign_in();
    world.token_saved_ago(5);
    world.forget_requests();
    let runs: Vec<_> = (0..10).map(|_| world.sso(&["refresh"]).spawn()).collect();
    for run in runs {
        run.finish().exits(0);
    }
    world.made_requests(1);
}

/// Kept alive, told in lines, until the service ends the session.
#[test]
fn watched() {
    let world = World::corp("refresh: --watch");
    world.sign_in();
    world.token_ends_in(10);
    world.token_saved_ago(60);
    let watch = world.sso(&["refresh", "--watch"]).spawn();
    watch.says("corp: signed in until ");
    watch.says("corp: refreshed, until ");
    watch.interrupt();
    watch.finish().exits(130).prints_nothing();
}

#[test]
fn watched_until_nothing_is_left() {
    let world = World::corp("refresh: --watch ends when nothing is left");
    world.sso(&["refresh", "--watch"]).run().exits(4).says("corp: cannot be kept alive").says("sso login");
    world.sign_in();
    world.token_ends_in(10);
    world.token_saved_ago(60);
    world.sim.revoke_refresh_tokens();
    let run = world.sso(&["refresh", "--watch", "--json"]).run();
    let out = run.exits(4).out();
    let lines: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    assert_eq!((&lines[0]["event"], &lines[1]["event"]), (&"watching".into(), &"lost".into()), "{out}");
    assert_eq!(lines[1]["error"]["code"], "T06");
    assert_eq!((lines.len(), &lines[2]["error"]["exit"]), (3, &4.into()));
}

/// A failure that passes is told, and tried again later; a login elsewhere is noticed.
#[test]
fn watched_through_a_failure() {
    let world = World::corp("refresh: --watch through a failure");
    world.sign_in();
    world.token_ends_in(10);
    world.token_saved_ago(60);
    world.sim.fault(Fault::on("CreateToken").grant("refresh_token").status(400).error("Odd", "odd"));
    let watch = world.sso(&["refresh", "--watch"]).spawn();
    watch.says("corp: failed, again at ");
    watch.interrupt();
    watch.finish().exits(130);
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 1, "it backs off");
}

/// Ctrl-C between the request and the file: the rotated token is saved before the program ends.
#[test]
fn ctrl_c_loses_no_rotation() {
    for command in [&["refresh"][..], &["credential-process", "--profile", "dev"], &["login"]] {
        let world = World::corp(&format!("refresh: Ctrl-C in {} while a refresh is under way", command[0]));
        world.sign_in();
        world.token_ends_in(-5);
        let before = world.json(TOKEN_FILE);
        world.forget_requests();
        world.sim.fault(Fault::on("CreateToken").delay(Duration::from_millis(1_500)));
        let run = world.sso(command).spawn();
        in_flight(&world);
        let pressed = Instant::now();
        run.interrupt();
        run.finish().exits(130).says("Stopped by a signal").prints_nothing();
        assert!(pressed.elapsed() < Duration::from_secs(4), "{:?}", pressed.elapsed());
        assert_ne!(before["refreshToken"], world.json(TOKEN_FILE)["refreshToken"], "{command:?}");
        world.made_requests(1);
        world.sso(&["status"]).run().exits(0);
    }
}

/// Who presses twice does not want to wait.
#[test]
fn a_second_ctrl_c_ends_it() {
    let world = World::corp("refresh: a second Ctrl-C ends it");
    world.sign_in();
    world.token_ends_in(-5);
    world.forget_requests();
    world.sim.fault(Fault::on("CreateToken").delay(Duration::from_secs(8)));
    let run = world.sso(&["refresh"]).spawn();
    in_flight(&world);
    let pressed = Instant::now();
    run.interrupt();
    std::thread::sleep(Duration::from_millis(300));
    run.interrupt();
    run.finish().exits(130);
    assert!(pressed.elapsed() < Duration::from_secs(3), "{:?}", pressed.elapsed());
}

/// Waits until the service has the request: the journal notes it when it comes in.
fn in_flight(world: &World) {
    let started = Instant::now();
    while world.sim.journal().total() == 0 {
        assert!(started.elapsed() < Duration::from_secs(20), "no request");
        std::thread::sleep(Duration::from_millis(5));
    }
}
