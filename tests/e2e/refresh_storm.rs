//! Many processes and one token that may be refreshed once; lockless tools among them; and processes that are killed.

use crate::harness::{CORP, ROLE_FILE, Run, Running, TOKEN_FILE, World, number};
use crate::interop_botocore::python;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ARGS: [&str; 3] = ["credential-process", "--profile", "dev"];
const LATENCY: Duration = Duration::from_millis(300);

/// A world whose token has ended, and whose refresh token may be used once: a second use ends the session.
fn single_use(story: &str) -> World {
    let world = World::with(story, World::sim().revoke_on_reuse().latency(LATENCY));
    world.config(CORP);
    world.sign_in();
    world.token_ends_in(-5);
    world.forget_requests();
    world
}

/// So many of ours, each with the time at which it was started.
fn start(world: &World, processes: u32) -> (Instant, Vec<(Duration, Running<'_>)>) {
    let started = Instant::now();
    let one = |_| (started.elapsed(), world.sso(&ARGS).spawn());
    (started, (0..processes).map(one).collect())
}

/// Waits for all; when the last one had ended, since the first was started.
fn last_end(runs: Vec<(Duration, Running<'_>)>, check: impl Fn(&Run)) -> Duration {
    let ends = runs.into_iter().map(|(begun, run)| {
        let run = run.finish();
        check(&run);
        begun + run.took
    });
    ends.max().unwrap_or_default()
}

/// AWS CLI 2.36.7: of 20 processes 19 fail.
#[test]
fn one_refresh_all_succeed() {
    let processes = number(50, 200);
    let world = single_use("refresh storm: one refresh, all succeed");
    let (_, runs) = start(&world, processes);
    let took = last_end(runs, |run| {
        run.exits(0).json();
    });
    let refreshes = world.sim.journal().count_grant("refresh_token");
    assert_eq!(refreshes, 1, "{}", world.sim.journal().summary());
    world.measured(format!(
        "{processes} processes, {refreshes} refresh, {processes} successes in {} ms, from the first start to the last \
         end; the goal is {} ms in a release build",
        took.as_millis(),
        (LATENCY + Duration::from_secs(2)).as_millis(),
    ));
    world.sso(&["status"]).run().exits(0);
}

/// Reads the session as boto3 does, and refreshes the token without any lock.
const RACER: &str = "
import botocore.session, sys
try:
    session = botocore.session.Session(profile='dev')
    session.get_credentials().get_frozen_credentials()
except Exception as error:
    print(error, file=sys.stderr)
    sys.exit(1)
";

/// botocore takes no lock, so it may lose: against us, and against itself. Ours take over whatever token it has saved. A
/// second use is refused here and does not end the session: else botocore would end it for everybody, whatever we do.
#[test]
fn botocore_races_beside_ours() {
    const STORY: &str = "refresh storm: botocore races beside ours";
    let Some(python) = python(STORY) else { return };
    let (rounds, ours, theirs) = (number(2, 20), 20, 5);
    let world = World::with(STORY, World::sim().latency(LATENCY));
    world.config(CORP);
    world.sign_in();
    let (mut lost, mut refreshes, mut slowest) = (0, 0, Duration::ZERO);
    for round in 0..rounds {
        let _ = std::fs::remove_file(world.home().join(ROLE_FILE));
        world.token_ends_in(-5);
        world.forget_requests();
        let racers: Vec<Child> = (0..theirs)
            .map(|_| {
                let ours = world.sso(&[]).command();
                let mut command = Command::new(&python);
                command.env_clear().envs(ours.get_envs().filter_map(|(name, value)| Some((name, value?))));
                command.args(["-c", RACER]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                command.spawn().expect("python runs")
            })
            .collect();
        // Python needs a while to start. In every other round ours begin when the first of theirs has asked for a token.
        if round % 2 == 0 {
            assert!(world.sim.wait_for("CreateToken", 1, Duration::from_secs(60)), "botocore refreshes");
        }
        let (_, runs) = start(&world, ours);
        slowest = slowest.max(last_end(runs, |run| {
            run.exits(0).json();
        }));
        let ends = racers.into_iter().map(|mut racer| racer.wait().expect("it ends").success());
        lost += ends.filter(|won| !won).count();
        refreshes += world.sim.journal().count_grant("refresh_token");
    }
    world.measured(format!(
        "{rounds} x {ours} of ours beside {theirs} of botocore: 0 of ours failed, {lost} of botocore's; {refreshes} \
         refreshes were sent; ours took at most {} ms",
        slowest.as_millis()
    ));
    world.sso(&["status"]).run().exits(0);
}

fn refreshing(world: &World) -> Child {
    let mut command = world.sso(&ARGS).plain().command();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

/// Token and role credentials are whole at any moment, and the next run leaves no temp file. AWS CLI 2.36.7: 647 of
/// 1,000 files empty.
#[test]
fn killed_while_refreshing() {
    let rounds = number(100, 1_000);
    // Refresh tokens stay good: a kill between the reply and the save must not end the story.
    let sim = sso_sim::SimBuilder::new().account("111122223333", "dev", &["Admin"]);
    let world = World::with("refresh storm: killed while refreshing", sim);
    world.config(CORP);
    world.sign_in();
    let ended = || {
        let _ = std::fs::remove_file(world.home().join(ROLE_FILE));
        world.token_ends_in(-5);
    };
    ended();
    let started = Instant::now();
    assert!(refreshing(&world).wait().expect("it ends").success());
    let whole = started.elapsed();
    let (mut refreshed, mut most, mut roles) = (0, 0, 0);
    for round in 0..rounds {
        ended();
        let old = world.json(TOKEN_FILE);
        let mut child = refreshing(&world);
        std::thread::sleep(whole.mul_f64(f64::from(round * 7_919 % 1_000) / 1_000.0));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        // Whole: the old one or the new one.
        refreshed += u32::from(world.json(TOKEN_FILE)["accessToken"] != old["accessToken"]);
        if world.has(ROLE_FILE) {
            world.json(ROLE_FILE);
            roles += 1;
        }
        most = most.max(world.temps().len());
    }
    ended();
    world.sso(&ARGS).run().exits(0).json();
    let left = world.temps();
    world.measured(format!(
        "{rounds} kills: 0 torn; {refreshed} after the token was saved, {roles} after the role credentials were; at most \
         {most} temp files at once, {} after the next run",
        left.len()
    ));
    assert_eq!(left, Vec::<String>::new());
}
