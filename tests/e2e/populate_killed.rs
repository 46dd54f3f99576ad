//! `sso configure populate`, killed at any moment: the config is the old or the new one, byte for byte.

use crate::harness::{World, number};
use sso_sim::SimBuilder;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// A large config, which populate has to read and write whole.
fn config() -> String {
    let session =
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n";
    let by_hand = |number| format!("\n# {number}\n[profile p{number}]\nregion = x\n");
    format!("{session}{}", (0..2_000).map(by_hand).collect::<String>())
}

fn populate(world: &World) -> Child {
    let mut command = world.sso(&["configure", "populate"]).plain().command();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

/// Waits until it has the lock: from then on it reads the file again, tries the edit, fills a new file and moves it.
fn wait_for_lock(child: &mut Child, lock: &Path) {
    while !lock.exists() && child.try_wait().expect("a child can be asked").is_none() {
        std::thread::sleep(Duration::from_micros(50));
    }
}

#[test]
fn killed_at_any_moment() {
    let rounds = number(40, 1_000);
    let accounts = (0..20).fold(SimBuilder::new(), |sim, number| {
        sim.account(&format!("{number:012}"), &format!("account {number}"), &["Admin", "ReadOnly"])
    });
    let world = World::with("populate: killed at any moment", accounts);
    let old = config();
    world.config(&old);
    world.sso(&["login", "--use-device-code"]).run().exits(0);
    let lock = world.home().join(".aws/.sso-locks/config.lock");
    let read = || std::fs::read_to_string(world.home().join(".aws/config")).expect("there at any moment");
    let started = Instant::now();
    let mut child = populate(&world);
    wait_for_lock(&mut child, &lock);
    let until_lock = started.elapsed();
    assert!(child.wait().expect("it ends").success());
    let with_lock = started.elapsed() - until_lock;
    let new = read();
    assert_ne!(old, new);
    let (mut before, mut after, mut orphans) = (0, 0, 0);
    for round in 0..rounds {
        world.config(&old);
        std::fs::remove_file(&lock).expect("a lock of nobody");
        let mut child = populate(&world);
        let share = f64::from(round * 7_919 % 1_000) / 1_000.0;
        if round % 4 == 0 {
            std::thread::sleep(until_lock.mul_f64(share));
        } else {
            wait_for_lock(&mut child, &lock);
            std::thread::sleep(with_lock.mul_f64(share * 1.3));
        }
        // It may have ended.
        let _ = child.kill();
        child.wait().expect("it ends");
        let found = read();
        assert!(found == old || found == new, "round {round}: neither the old nor the new config");
        if found == old {
            before += 1
        } else {
            after += 1
        }
        let temps: Vec<String> = temps(&world);
        orphans += temps.len();
        for name in temps {
            std::fs::remove_file(world.home().join(".aws").join(name)).expect("it can be removed");
        }
        // A run that came to nothing has made no lock.
        std::fs::write(&lock, "").expect("a lock can be written");
    }
    world.measured(format!(
        "{rounds} kills: {before} times the old config, {after} times the new one; {orphans} new files half way"
    ));
    // Nothing is left in the way of the next run, which also sweeps.
    world.config(&old);
    world.write(".aws/.config.1.orphan12.tmp", "half");
    world.sso(&["configure", "populate"]).plain().run().exits(0);
    assert_eq!(read(), new);
    assert_eq!(temps(&world), Vec::<String>::new());
}

fn temps(world: &World) -> Vec<String> {
    world.names(".aws").into_iter().filter(|name| name.ends_with(".tmp")).collect()
}
