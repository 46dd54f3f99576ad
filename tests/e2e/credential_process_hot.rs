//! A cache hit of `credential-process` costs a few file reads: no socket of any kind, no thread, no other program, whatever the
//! number of profiles.

use crate::harness::{CORP, ROLE_FILE, World, on_path, skip};
use crate::role_chain;

const ARGS: [&str; 3] = ["credential-process", "--profile", "dev"];
/// A role that is assumed with one that is assumed with the session's.
const CHAINED: [&str; 3] = ["credential-process", "--profile", "audit"];
/// The promise, in KiB, of a release build, with the program's own pages that the system maps. With the keyring built in the program
/// is a fifth larger. Of a debug build that says nothing: the same file was seen with 16 and with 21 MiB, as it lay in the page
/// cache.
const MEMORY: u64 = if cfg!(feature = "keyring") { 7 } else { 6 } * 1024;
/// What it may write to, in bytes: heap, variables, relocated pointers. In any build, and whatever is mapped around it.
const OWN: u64 = if cfg!(debug_assertions) { 2 } else { 1 } * 1024 * 1024;
/// Files that are opened at most: the system's libraries and their list, the process's own map, and three below `~/.aws`.
const FILES: usize = 8;
/// What is read beside the configuration and the credentials, at most: heads of libraries, the process's own map.
const BYTES_BESIDE: u64 = 16 * 1024;

fn world(story: &str) -> World {
    let world = World::corp(story);
    world.sign_in();
    world.sso(&ARGS).run().exits(0);
    world.forget_requests();
    world
}

/// As many profiles as a large company has, before and after the one that is asked for.
fn with_many_profiles(world: &World) {
    let some = |range: std::ops::Range<u32>| {
        let profile = |n| {
            format!(
                "[profile account-{n:05}-Admin]\nsso_session = corp\nsso_account_id = {n:012}\nsso_role_name = Admin\nregion = us-east-1\n\n"
            )
        };
        range.map(profile).collect::<String>()
    };
    world.config(&format!("{}{CORP}\n{}", some(0..5_000), some(5_000..10_000)));
}

/// The system calls of a cache hit, or why they cannot be seen.
fn traced(world: &World, story: &str, args: &[&str]) -> Option<String> {
    let trace = world.outside("trace");
    let file = trace.display().to_string();
    let calls = "trace=network,clone,clone3,fork,vfork,execve,openat,read,pread64";
    // No content: it holds secrets.
    let run =
        world.sso(args).plain().through(&["strace", "-f", "-qq", "-s", "0", "-o", &file, "-e", calls]).run();
    let text = std::fs::read_to_string(&trace).unwrap_or_default();
    if !text.contains("execve(") {
        sso_vectors::announce(story, "ptrace is not allowed here");
        return None;
    }
    run.exits(0).json();
    Some(text)
}

/// The system calls of that name that succeeded, each with its result.
fn results<'t>(trace: &'t str, call: &'t str) -> impl Iterator<Item = u64> + 't {
    let lines = trace.lines().filter(move |line| line.contains(&format!("{call}(")));
    lines.filter_map(|line| line.rsplit_once("= ")?.1.parse().ok())
}

fn reads_little(world: &World, trace: &str) {
    let size = |name| std::fs::metadata(world.home().join(name)).expect("a file").len();
    let (opened, bytes) = (
        results(trace, "openat").count(),
        results(trace, "read").chain(results(trace, "pread64")).sum::<u64>(),
    );
    world.measured(format!("{opened} files opened, {bytes} bytes read"));
    assert!((3..=FILES).contains(&opened), "{trace}");
    let ours = size(".aws/config") + size(ROLE_FILE);
    assert!((ours..=ours + BYTES_BESIDE).contains(&bytes), "{bytes} for {ours}\n{trace}");
}

/// No socket, no thread, no other program, no file of nobody's business.
fn asks_nobody(text: &str) {
    let lines = |what: &str| text.lines().filter(|line| line.contains(what)).count();
    for call in ["socket(", "socketpair(", "connect(", "clone(", "clone3(", "fork("] {
        assert_eq!(lines(call), 0, "{text}");
    }
    assert_eq!(lines("execve("), 1, "{text}");
    // The configuration, its companion, the role credentials; the token is none of its business.
    let below_home = lines(".aws");
    assert!(below_home <= 3 && !text.contains(".aws/sso"), "{text}");
    for absent in ["zoneinfo", "resolv.conf", "nsswitch.conf", "/etc/passwd", "/etc/hosts", "/ssl/", "certs"]
    {
        assert_eq!(lines(absent), 0, "nothing is said about the time, asked or trusted: {text}");
    }
}

#[test]
fn no_socket_and_no_thread() {
    const STORY: &str = "credential_process_hot: no socket and no thread";
    if !on_path("strace") {
        return skip(STORY, "strace is not installed");
    }
    let world = world(STORY);
    let Some(text) = traced(&world, STORY, &ARGS) else { return };
    asks_nobody(&text);
    reads_little(&world, &text);
    // Neither how to sign in nor what was used last.
    assert!(!text.contains("settings.ini") && !text.contains("recent.json"), "{text}");
    world.made_requests(0);
}

#[test]
fn an_assumed_role_costs_no_more() {
    const STORY: &str = "credential_process_hot: an assumed role, no socket and no thread";
    if !on_path("strace") {
        return skip(STORY, "strace is not installed");
    }
    let world = role_chain::world(STORY);
    world.sso(&CHAINED).run().exits(0);
    world.forget_requests();
    let Some(text) = traced(&world, STORY, &CHAINED) else { return };
    asks_nobody(&text);
    world.made_requests(0);
}

#[test]
fn ten_thousand_profiles_are_read_once() {
    const STORY: &str = "credential_process_hot: ten thousand profiles are read once";
    if !on_path("strace") {
        return skip(STORY, "strace is not installed");
    }
    let world = world(STORY);
    with_many_profiles(&world);
    let Some(text) = traced(&world, STORY, &ARGS) else { return };
    reads_little(&world, &text);
    world.made_requests(0);
}

fn peak_memory(story: &str, prepare: impl FnOnce(&World)) {
    for program in ["prlimit", "time"] {
        if !on_path(program) {
            return skip(story, &format!("the program `{program}` is not installed"));
        }
    }
    let world = world(story);
    prepare(&world);
    world.sso(&ARGS).plain().through(&["prlimit", &format!("--data={OWN}")]).run().exits(0).json();
    let note = world.outside("peak").display().to_string();
    world.sso(&ARGS).plain().through(&["time", "-f", "%M", "-o", &note]).run().exits(0).json();
    let peak: u64 = world.wait_for_note("peak").trim().parse().expect("KiB");
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    world.measured(format!("peak memory {peak} KiB ({build} build), {OWN} bytes of its own are enough"));
    assert!(cfg!(debug_assertions) || peak <= MEMORY, "{peak} KiB");
}

#[test]
fn little_memory() {
    peak_memory("credential_process_hot: peak memory", |_| ());
}

#[test]
fn little_memory_beside_ten_thousand_profiles() {
    peak_memory("credential_process_hot: peak memory beside 10,000 profiles", with_many_profiles);
}
