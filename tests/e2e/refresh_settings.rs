//! `sso_auto_refresh` and `sso_refresh_window`: when a token is refreshed is the user's to say.

use crate::harness::{CORP, ROLE_FILE, TOKEN_FILE, World};
use std::time::{Duration, SystemTime};

/// Asks for credentials anew; tells how many refreshes that took so far.
fn refreshes(world: &World, profile: &str) -> usize {
    let _ = std::fs::remove_file(world.home().join(ROLE_FILE));
    world.sso(&["credential-process", "--profile", profile]).run().exits(0).json();
    world.sim.journal().count_grant("refresh_token")
}

/// The token was written so many minutes ago.
fn written(world: &World, minutes: u64) {
    let at = SystemTime::now() - Duration::from_secs(minutes * 60);
    let file =
        std::fs::File::options().append(true).open(world.home().join(TOKEN_FILE)).expect("it is there");
    file.set_modified(at).expect("it can be dated");
}

#[test]
fn off_means_never_by_itself() {
    let world = World::with("refresh settings: sso_auto_refresh = false", World::sim());
    world.config(&format!("{CORP}sso_auto_refresh = false\n"));
    world.sign_in();
    world.token_ends_in(5);
    written(&world, 60);
    assert_eq!(refreshes(&world, "dev"), 0, "it lives");
    std::fs::remove_file(world.home().join(ROLE_FILE)).expect("it is there");
    world.token_ends_in(-5);
    let run = world.sso(&["credential-process", "--profile", "dev"]).run();
    run.exits(4).prints_nothing().says("not renewed by itself").says("sso_auto_refresh");
    run.says("sso login --profile dev");
    world.sso(&["login"]).run().exits(0).says("Still signed in to corp");
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 1, "whoever asks gets it");
}

#[test]
fn the_window_is_the_profiles_then_the_sessions() {
    let world = World::with("refresh settings: sso_refresh_window", World::sim());
    let session = CORP.replacen("[profile dev]", "sso_refresh_window = 43200\n[profile dev]", 1);
    let late = CORP.split_once("[profile dev]").expect("it has one").1;
    world.config(&format!("{session}[profile late]{late}sso_refresh_window = 60\n"));
    world.sign_in();
    world.forget_requests();
    assert_eq!(refreshes(&world, "dev"), 0, "it is new, however long the window");
    written(&world, 16);
    assert_eq!(refreshes(&world, "late"), 0, "its own window is short");
    assert_eq!(refreshes(&world, "dev"), 1);
    assert_eq!(refreshes(&world, "dev"), 1, "once in 15 minutes");
    world.token_ends_in(-1);
    assert_eq!(refreshes(&world, "late"), 2, "an ended one at once");
}
