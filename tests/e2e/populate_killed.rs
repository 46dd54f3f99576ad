//! `sso configure populate`, killed at any moment: the config is the old or the new one, byte for byte.

use crate::harness::World;
use sso_sim::SimBuilder;
use std::time::{Duration, Instant};

/// A large config that populate has to change in many places.
fn config() -> String {
    let session =
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n";
    let by_hand: String =
        (0..2_000).map(|number| format!("\n# {number}\n[profile p{number}]\nregion = x\n")).collect();
    format!("{session}{by_hand}")
}

#[test]
fn killed_at_any_moment() {
    let rounds: u32 = std::env::var("SSO_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let accounts = (0..20).fold(SimBuilder::new(), |sim, number| {
        sim.account(&format!("{number:012}"), &format!("account {number}"), &["Admin", "ReadOnly"])
    });
    let world = World::with("populate: killed at any moment", accounts);
    let old = config();
    world.config(&old);
    world.sso(&["login", "--use-device-code"]).run().exits(0);
    let started = Instant::now();
    world.sso(&["configure", "populate"]).plain().run().exits(0);
    let whole = started.elapsed();
    let read = || std::fs::read_to_string(world.home().join(".aws/config")).expect("there at any moment");
    let new = read();
    assert_ne!(old, new);
    let (mut before, mut after) = (0, 0);
    for round in 0..rounds {
        world.config(&old);
        let mut command = world.sso(&["configure", "populate"]).plain().command();
        command.stdin(std::process::Stdio::null());
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut child = command.spawn().expect("started");
        // One in four anywhere, the others in the second half, where the file is read, planned and written.
        let share = f64::from(round * 7_919 % 1_000) / 1_000.0;
        let share = if round % 4 == 0 { share } else { 0.5 + share * 0.6 };
        std::thread::sleep(Duration::from_secs_f64(whole.as_secs_f64() * share));
        // It may have ended.
        let _ = child.kill();
        child.wait().expect("waited for");
        let found = read();
        assert!(found == old || found == new, "round {round}: neither the old nor the new config");
        if found == old { before += 1 } else { after += 1 }
    }
    world.measured(format!("{rounds} kills: {before} times the old config, {after} times the new one"));
    // Nothing is left in the way of the next run, which also sweeps.
    world.config(&old);
    world.sso(&["configure", "populate"]).plain().run().exits(0);
    assert_eq!(read(), new);
    let left: Vec<String> = world.names(".aws").into_iter().filter(|name| name.contains("tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}
