//! HOME on a file system that knows no locks: a lock of the host takes their place.

use crate::harness::{World, on_path, skip};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

const STORY: &str = "no locks: ten helpers, one refresh";
const LOCK_FILE: &str = ".aws/sso/.sso-locks/ee0bfd2552fbd840c02cc48b6e823320543c450f.lock";

#[test]
fn ten_helpers_one_refresh() {
    if !on_path("strace") {
        return skip(STORY, "strace is not installed");
    }
    let world = World::with(STORY, World::sim().revoke_on_reuse().latency(Duration::from_millis(300)));
    world.config(crate::harness::CORP);
    world.sign_in();
    world.token_ends_in(-5);
    world.forget_requests();
    let (lock, run_dir) = (world.home().join(LOCK_FILE), world.outside("run"));
    std::fs::create_dir(&run_dir).expect("made");
    let (lock, traces) = (lock.display().to_string(), world.outside("trace"));
    let start = |number: u32| {
        let trace = format!("{}.{number}", traces.display());
        let inject = "inject=flock:error=ENOLCK";
        let strace = ["strace", "-f", "-qq", "-o", &trace, "-P", &lock, "-e", "trace=flock", "-e", inject];
        let args = ["credential-process", "--profile", "dev"];
        world.sso(&args).plain().env("XDG_RUNTIME_DIR", &run_dir).through(&strace).spawn()
    };
    let runs: Vec<_> = (0..10).map(start).collect();
    let mut injected = 0;
    for (number, run) in runs.into_iter().enumerate() {
        let run = run.finish();
        let trace = std::fs::read_to_string(format!("{}.{number}", traces.display())).unwrap_or_default();
        injected += trace.matches("INJECTED").count();
        if injected == 0 && number == 0 && run.out().is_empty() {
            return sso_vectors::announce(STORY, "ptrace is not allowed here");
        }
        run.exits(0).json();
    }
    assert!(injected > 0, "somebody was told that there are no locks");
    assert_eq!(world.sim.journal().count_grant("refresh_token"), 1, "{}", world.sim.journal().summary());
    let dir = run_dir.join("sso");
    assert_eq!(dir.metadata().expect("made").permissions().mode() & 0o777, 0o700);
    assert_eq!(dir.read_dir().expect("listed").count(), 1);
}
