//! HOME on a file system that knows no locks, or where asking for one hangs: a lock of the host takes their place.

use crate::harness::{World, on_path, skip};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

const LOCK_FILE: &str = ".aws/sso/.sso-locks/ee0bfd2552fbd840c02cc48b6e823320543c450f.lock";

#[test]
fn ten_helpers_one_refresh() {
    one_refresh("no locks: ten helpers, one refresh", 10, "error=ENOLCK");
}

/// A lost lock server: the call does not come back.
#[test]
fn five_helpers_that_hang_and_one_refresh() {
    one_refresh("no locks: asking hangs, five helpers, one refresh", 5, "delay_enter=4s");
}

fn one_refresh(story: &str, helpers: usize, injected: &str) {
    if !on_path("strace") {
        return skip(story, "strace is not installed");
    }
    let world = World::with(story, World::sim().revoke_on_reuse().latency(Duration::from_millis(300)));
    world.config(crate::harness::CORP);
    world.sign_in();
    world.token_ends_in(-5);
    world.forget_requests();
    let (lock, run_dir) = (world.home().join(LOCK_FILE), world.outside("run"));
    std::fs::create_dir(&run_dir).expect("made");
    let (lock, traces) = (lock.display().to_string(), world.outside("trace"));
    let inject = format!("inject=flock:{injected}");
    let start = |number: usize| {
        let trace = format!("{}.{number}", traces.display());
        let strace = ["strace", "-f", "-qq", "-o", &trace, "-P", &lock, "-e", "trace=flock", "-e", &inject];
        let args = ["credential-process", "--profile", "dev"];
        world.sso(&args).plain().env("XDG_RUNTIME_DIR", &run_dir).through(&strace).spawn()
    };
    let runs: Vec<_> = (0..helpers).map(start).collect();
    let mut asked = 0;
    for (number, run) in runs.into_iter().enumerate() {
        let run = run.finish();
        let trace = std::fs::read_to_string(format!("{}.{number}", traces.display())).unwrap_or_default();
        asked += trace.matches("flock(").count();
        if asked == 0 && number == 0 && run.out().is_empty() {
            return sso_vectors::announce(story, "ptrace is not allowed here");
        }
        run.exits(0).json();
    }
    assert!(asked > 0, "somebody was told that there are no locks");
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 1, "{}", world.sim.journal().summary());
    let dir = run_dir.join("sso");
    assert_eq!(dir.metadata().expect("made").permissions().mode() & 0o777, 0o700);
    assert_eq!(dir.read_dir().expect("listed").count(), 1);
}
