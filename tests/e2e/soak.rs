//! Hours in minutes: everybody at once for a long time, on one token that lives a minute. None of ours may fail.
//!
//! `cargo xtask e2e --soak MINUTES`; the suite runs it for some seconds.

use crate::harness::{CORP, World, as_if, soaking};
use crate::interop_botocore::python;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What ours do in turn, and whether it needs the token.
const OURS: [&[&str]; 6] = [
    &["credential-process", "--profile", "dev"],
    &["refresh"],
    &["status"],
    &["env", "--profile", "ro", "--format", "json"],
    &["whoami", "--profile", "dev"],
    &["roles", "--sso-session", "corp"],
];

/// What botocore does: a session as boto3 makes it, which refreshes the token without any lock, and a call.
const THEIRS: &str = "
import botocore.session, sys
try:
    botocore.session.Session(profile='dev').create_client('sts').get_caller_identity()
except Exception as error:
    print(error, file=sys.stderr)
    sys.exit(1)
";

/// How a kind of run ended.
#[derive(Default)]
struct Tally {
    runs: u32,
    failed: u32,
    slowest: Duration,
    first_failure: String,
}

#[test]
fn everybody_at_once() {
    const STORY: &str = "soak: everybody at once, on tokens of a minute";
    let Some(python) = python(STORY) else { return };
    let time = soaking();
    // In the suite even a minute would be long.
    let life = if time >= Duration::from_secs(60) { 60 } else { 4 };
    let world = World::with(STORY, World::sim().token_lifetime(life).role_lifetime(1_200).light_journal());
    world.config(&format!("{CORP}\n[profile ro]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = us-east-1\n"));
    world.sign_in();
    let tallies: Mutex<BTreeMap<&str, Tally>> = Mutex::default();
    let end = Instant::now() + time;
    std::thread::scope(|scope| {
        for start in 0..4 {
            let (world, tallies) = (&world, &tallies);
            scope.spawn(move || {
                for turn in start.. {
                    if Instant::now() >= end {
                        return;
                    }
                    let words = OURS[turn % OURS.len()];
                    let mut command = world.sso(words).plain().command();
                    note(tallies, words[0], &mut command);
                }
            });
        }
        for _ in 0..2 {
            let (world, tallies, python) = (&world, &tallies, &python);
            scope.spawn(move || {
                while Instant::now() < end {
                    note(tallies, "botocore", &mut theirs(world, python));
                }
            });
        }
    });
    let journal = world.sim.journal();
    let tallies = tallies.into_inner().expect("nobody died");
    world.measured(format!(
        "{} s, tokens of {life} s: {} refreshes, {} x GetRoleCredentials, {} requests",
        time.as_secs(),
        journal.count_grant("refresh_token"),
        journal.count("GetRoleCredentials"),
        journal.total()
    ));
    for (who, tally) in &tallies {
        let Tally { runs, failed, slowest, .. } = tally;
        world.measured(format!("{who}: {runs} runs, {failed} failed, at most {} ms", slowest.as_millis()));
    }
    for (who, tally) in tallies.iter().filter(|(who, _)| **who != "botocore") {
        assert_eq!(tally.failed, 0, "{who}: {}", tally.first_failure);
        assert!(tally.runs > 0, "{who}");
    }
    assert!(tallies["botocore"].runs > tallies["botocore"].failed, "{}", tallies["botocore"].first_failure);
    assert_eq!(world.temps(), Vec::<String>::new());
}

fn theirs(world: &World, python: &PathBuf) -> Command {
    let mut command = Command::new(python);
    as_if(&mut command, &world.sso(&[]).command());
    command.args(["-c", THEIRS]);
    command
}

/// Runs it and keeps the score. Its output is not kept: it may hold credentials.
fn note(tallies: &Mutex<BTreeMap<&'static str, Tally>>, who: &'static str, command: &mut Command) {
    let started = Instant::now();
    let output =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output().expect("it runs");
    let took = started.elapsed();
    let mut tallies = tallies.lock().expect("nobody died");
    let tally = tallies.entry(who).or_default();
    tally.runs += 1;
    tally.slowest = tally.slowest.max(took);
    if !output.status.success() {
        tally.failed += 1;
        if tally.first_failure.is_empty() {
            tally.first_failure = String::from_utf8_lossy(&output.stderr).into_owned();
        }
    }
}
