//! A cache hit of `credential-process` costs a few file reads: no socket of any kind, no thread, no other program.

use crate::harness::{World, on_path, skip};

const ARGS: [&str; 3] = ["credential-process", "--profile", "dev"];
/// The promise, in KiB, for a release build. Most of it is the program's own pages, so a debug build needs more.
const MEMORY: u64 = if cfg!(debug_assertions) { 16 } else { 6 } * 1024;

fn world(story: &str) -> World {
    let world = World::corp(story);
    world.sign_in();
    world.sso(&ARGS).run().exits(0);
    world.forget_requests();
    world
}

#[test]
fn no_socket_and_no_thread() {
    if !on_path("strace") {
        return skip("credential_process_hot: no socket and no thread", "strace is not installed");
    }
    let world = world("credential_process_hot: no socket and no thread");
    let trace = world.outside("trace");
    let file = trace.display().to_string();
    let calls = "trace=network,clone,clone3,fork,vfork,execve,openat";
    let run = world.sso(&ARGS).plain().through(&["strace", "-f", "-qq", "-o", &file, "-e", calls]).run();
    let text = std::fs::read_to_string(&trace).unwrap_or_default();
    if !text.contains("execve(") {
        return sso_vectors::announce(
            "credential_process_hot: no socket and no thread",
            "ptrace is not allowed here",
        );
    }
    run.exits(0).json();
    let lines = |what: &str| text.lines().filter(|line| line.contains(what)).count();
    for call in ["socket(", "socketpair(", "connect(", "clone(", "clone3(", "fork("] {
        assert_eq!(lines(call), 0, "{text}");
    }
    assert_eq!(lines("execve("), 1, "{text}");
    // The configuration, its companion, the role credentials; the token is none of its business.
    let below_home = lines(".aws");
    assert!(below_home <= 3 && !text.contains(".aws/sso"), "{text}");
    // Neither how to sign in nor what was used last.
    assert!(!text.contains("settings.ini") && !text.contains("recent.json"), "{text}");
    assert_eq!(lines("zoneinfo"), 0, "nothing is said about the time: {text}");
    world.made_requests(0);
    world.measured(format!("{} files opened, {below_home} of them below ~/.aws", lines("openat(")));
}

#[test]
fn little_memory() {
    if !on_path("time") {
        return skip("credential_process_hot: peak memory", "the program `time` is not installed");
    }
    let world = world("credential_process_hot: peak memory");
    let note = world.outside("peak").display().to_string();
    world.sso(&ARGS).plain().through(&["time", "-f", "%M", "-o", &note]).run().exits(0).json();
    let peak: u64 = world.wait_for_note("peak").trim().parse().expect("KiB");
    world.measured(format!(
        "peak memory {peak} KiB ({} build)",
        if cfg!(debug_assertions) { "debug" } else { "release" }
    ));
    assert!(peak <= MEMORY, "{peak} KiB");
}
