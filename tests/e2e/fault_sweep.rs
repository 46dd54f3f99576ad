//! The n-th system call on the way to the disk fails, n = 1, 2, ... until there is none, as SQLite is tested (catalogue E3):
//! whatever fails, the files are the old or the new ones, and the next run succeeds.

use crate::harness::{CORP, ROLE_FILE, TOKEN_FILE, World, full, in_minutes, left_out, on_path, skip};
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Output;

const ARGS: [&str; 3] = ["credential-process", "--profile", "dev"];

/// Every call that could make, fill, move, lock or remove a file, whichever of them we use.
const WRITE_PATH: [&str; 26] = [
    "openat",
    "open",
    "creat",
    "mkdir",
    "mkdirat",
    "write",
    "writev",
    "pwrite64",
    "ftruncate",
    "fallocate",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "unlink",
    "unlinkat",
    "chmod",
    "fchmod",
    "fchmodat",
    "fchown",
    "fchownat",
    "flock",
];

/// What strikes. The first four are errors.
const FAULTS: [&str; 5] = ["EIO", "ENOSPC", "EDQUOT", "EINTR", "SIGKILL"];

/// A dead process's temp file, so that sweeping is a part of what can fail.
const ORPHAN: &str = ".aws/sso/cache/.ee0bfd2552fbd840c02cc48b6e823320543c450f.4294967295.orphan.tmp";

#[test]
fn eio() {
    sweep(0);
}

#[test]
fn enospc() {
    sweep(1);
}

#[test]
fn edquot() {
    sweep(2);
}

#[test]
fn eintr() {
    sweep(3);
}

#[test]
fn sigkill() {
    sweep(4);
}

/// Sweeps one fault over all calls; in the suite over every fifth of them, so that the five stories strike each once.
fn sweep(which: usize) {
    let fault = FAULTS[which];
    let story = format!("fault sweep: {fault}");
    if !on_path("strace") {
        return skip(&story, "strace is not installed");
    }
    // Refresh tokens stay good: a kill between the reply and the save must not end the story.
    let world = World::with(&story, sso_sim::SimBuilder::new().account("111122223333", "dev", &["Admin"]));
    let mut sweep = Sweep::new(world, fault);
    let Some(calls) = sweep.record() else { return left_out(&story, "ptrace is not allowed here") };
    let points = calls.iter().flat_map(|(call, numbers)| numbers.iter().map(move |n| (call, *n)));
    for (index, (call, n)) in points.enumerate() {
        if full() || index % FAULTS.len() == which {
            sweep.strike(call, n);
        }
    }
    if full() {
        for (call, numbers) in &calls {
            // Until nothing is struck: no run makes exactly the calls of another.
            let beyond = numbers.iter().max().map_or(1, |last| last + 1);
            let more = (beyond..).take_while(|n| sweep.strike(call, *n)).count();
            assert!(more < 100, "{call} has no end");
        }
    }
    sweep.report();
}

struct Sweep {
    world: World,
    fault: &'static str,
    /// The token before each strike; it has ended.
    old: Vec<u8>,
    /// How often each kind of call was struck.
    struck: BTreeMap<String, usize>,
    /// How the struck runs ended, and what was in the token file then.
    ends: BTreeMap<&'static str, usize>,
}

impl Sweep {
    fn new(world: World, fault: &'static str) -> Self {
        world.config(CORP);
        world.sign_in();
        world.edit_token(|token| token["expiresAt"] = in_minutes(-5).into());
        let old = std::fs::read(world.home().join(TOKEN_FILE)).expect("there");
        Self { world, fault, old, struck: BTreeMap::new(), ends: BTreeMap::new() }
    }

    /// As before the first refresh of a process: nothing below `~/.aws/cli`, no lock, and what a killed one has left.
    fn reset(&self) {
        let aws = self.world.home().join(".aws");
        for folder in ["cli", "sso/.sso-locks"] {
            // The run before may not have made it.
            let _ = std::fs::remove_dir_all(aws.join(folder));
        }
        self.world.write_private(TOKEN_FILE, &self.old);
        self.world.write_private(ORPHAN, "half");
    }

    fn run(&self, options: &[String]) -> (Output, String) {
        let trace = self.world.outside("trace");
        let _ = std::fs::remove_file(&trace);
        let to = trace.display().to_string();
        let mut through = vec!["strace", "-f", "-qq", "-y", "-o", &to];
        through.extend(options.iter().map(String::as_str));
        let output = self.world.sso(&ARGS).plain().through(&through).command().output().expect("strace runs");
        (output, std::fs::read_to_string(trace).unwrap_or_default())
    }

    /// Which calls a whole run makes: of each kind the numbers of those that are about `~/.aws` or stdout. Others are the
    /// system's, which loads the program, reads certificates and wakes the runtime.
    fn record(&self) -> Option<BTreeMap<String, Vec<usize>>> {
        self.reset();
        let (output, trace) = self.run(&[format!("--trace={}", known_calls())]);
        if trace.is_empty() {
            return None;
        }
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let ours = self.world.home().join(".aws").display().to_string();
        let (mut counts, mut calls) = (BTreeMap::<&str, usize>::new(), BTreeMap::<_, Vec<_>>::new());
        for line in trace.lines() {
            let call = line.trim_start_matches(|one: char| one.is_ascii_digit() || one == ' ');
            let Some((name, rest)) = call.split_once('(') else { continue };
            let count = counts.entry(name).or_default();
            *count += 1;
            if line.contains(&ours) || (name == "write" && rest.starts_with("1<")) {
                calls.entry(name.to_owned()).or_default().push(*count);
            }
        }
        for call in ["openat", "mkdir", "write", "fsync", "renameat", "unlink", "flock"] {
            assert!(calls.contains_key(call), "{call} is on the way to the disk\n{trace}");
        }
        Some(calls)
    }

    /// Lets the n-th call of a kind fail, and looks at everything. `false`: there was none.
    fn strike(&mut self, call: &str, n: usize) -> bool {
        self.reset();
        let kills = self.fault == "SIGKILL";
        let how = if kills { "signal" } else { "error" };
        let inject = format!("--inject={call}:{how}={}:when={n}", self.fault);
        let (output, trace) = self.run(&[format!("--trace={call}"), inject]);
        let killed = output.status.signal() == Some(9);
        let struck = if kills { killed } else { trace.contains("(INJECTED)") };
        let place = format!("{call} {n} {}\n{}{trace}", self.fault, String::from_utf8_lossy(&output.stderr));
        self.look(&output, &place);
        if struck {
            *self.struck.entry(call.to_owned()).or_default() += 1;
            let saved = self.world.json(TOKEN_FILE)["accessToken"] != json(&self.old, &place)["accessToken"];
            // What was only interrupted is done again: a refresh token that is good once is not lost to that.
            assert!(saved || self.fault != "EINTR" || !output.status.success(), "{place}");
            let end = match (killed, output.status.success(), saved) {
                (true, _, false) => "killed before the save",
                (true, _, true) => "killed after the save",
                (false, true, true) => "credentials and saved",
                (false, true, false) => "credentials though not saved",
                (false, false, true) => "refused, saved",
                (false, false, false) => "refused, the old token kept",
            };
            *self.ends.entry(end).or_default() += 1;
        }
        self.next_run(&place);
        struck
    }

    /// The files are old or new, whole and private; stdout has one whole JSON or nothing.
    fn look(&self, output: &Output, place: &str) {
        if output.status.success() {
            assert_eq!(json(&output.stdout, place)["Version"], 1, "{place}");
        } else {
            assert!(output.stdout.is_empty(), "{place}");
        }
        self.files(place);
    }

    fn files(&self, place: &str) {
        let home = self.world.home();
        let token = std::fs::read(home.join(TOKEN_FILE)).unwrap_or_else(|error| panic!("{error}: {place}"));
        if token != self.old {
            let (old, new) = (json(&self.old, place), json(&token, place));
            let names = |token: &serde_json::Value| -> Vec<String> {
                token.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
            };
            assert_eq!(names(&old), names(&new), "{place}");
            assert_ne!(old["accessToken"], new["accessToken"], "{place}");
        }
        if self.world.has(ROLE_FILE) {
            let role = std::fs::read(home.join(ROLE_FILE)).expect("it is there");
            assert!(json(&role, place)["Credentials"]["SessionToken"].is_string(), "{place}");
        }
        for (path, (mode, content)) in self.world.snapshot() {
            if content.is_some() && path.components().any(|part| part.as_os_str() == "cache") {
                assert_eq!(mode, 0o600, "{}: {place}", path.display());
            }
        }
    }

    /// The next run succeeds; one that has to refresh leaves no temp file, of its own or of the one before.
    fn next_run(&self, place: &str) {
        self.succeeds(place);
        if self.world.temps().is_empty() {
            return;
        }
        // It had credentials in the cache and no reason to look around.
        let _ = std::fs::remove_file(self.world.home().join(ROLE_FILE));
        self.world.token_ends_in(-5);
        self.succeeds(place);
        assert_eq!(self.world.temps(), Vec::<String>::new(), "{place}");
    }

    fn succeeds(&self, place: &str) {
        let output = self.world.sso(&ARGS).plain().command().output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the next run: {said}{place}");
        json(&output.stdout, place);
        self.files(place);
    }

    fn report(&self) {
        let list = |counts: Vec<(String, &usize)>| -> String {
            counts.iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
        };
        let struck: usize = self.struck.values().sum();
        assert!(struck > 4, "{struck}");
        let calls = self.struck.iter().map(|(name, count)| (name.clone(), count)).collect();
        let ends = self.ends.iter().map(|(name, count)| ((*name).to_owned(), count)).collect();
        self.world.measured(format!("{struck} strikes ({}), 0 torn, all next runs succeed", list(calls)));
        self.world.measured(list(ends));
    }
}

fn json(bytes: &[u8], place: &str) -> serde_json::Value {
    serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{error}: {place}"))
}

/// With a question mark each: not every processor has every call.
fn known_calls() -> String {
    WRITE_PATH.map(|call| format!("?{call}")).join(",")
}
