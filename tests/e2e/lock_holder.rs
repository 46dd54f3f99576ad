//! A real process holds the token's lock and is stopped, or killed, between sending the refresh and saving its reply.

use crate::harness::{CORP, ROLE_FILE, TOKEN_FILE, World, number};
use rustix::process::{Pid, Signal, kill_process};
use sso_sim::Fault;
use std::time::{Duration, Instant};

const ARGS: [&str; 3] = ["credential-process", "--profile", "dev"];

fn signal(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).expect("a process id"), signal).expect("the process lives");
}

/// A world whose token has ended, and where the first refresh takes so long.
fn world(story: &str, sim: sso_sim::SimBuilder, delay: Duration) -> World {
    let world = World::with(story, sim);
    world.config(CORP);
    world.sign_in();
    world.token_ends_in(-5);
    world.forget_requests();
    slow_refresh(&world, delay);
    world
}

fn slow_refresh(world: &World, delay: Duration) {
    world.sim.fault(Fault::on("CreateToken").grant("refresh_token").times(1).delay(delay));
}

fn refreshes(world: &World) -> usize {
    world.sim.journal().count_grant("refresh_token")
}

fn sent(world: &World) {
    assert!(world.sim.wait_for("CreateToken", 1, Duration::from_secs(20)), "the refresh is sent");
}

/// Waits until a process has found the lock taken: nothing was sent yet, so there is nothing else that it sleeps for.
fn waits(pid: i32) {
    let has_runtime = || {
        let open = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        open.filter_map(|fd| std::fs::read_link(fd.path()).ok())
            .any(|to| to.ends_with("anon_inode:[eventpoll]"))
    };
    let sleeps = || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
        status.contains("State:\tS")
    };
    let limit = Instant::now() + Duration::from_secs(20);
    while !(has_runtime() && sleeps()) {
        assert!(Instant::now() < limit, "it does not wait");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A stopped holder is named, nothing is sent beside it, and it ends well when it may go on.
#[test]
fn stopped() {
    let sim = World::sim().revoke_on_reuse();
    let world = world("lock holder: stopped, it is named, and goes on", sim, Duration::from_secs(1));
    let holder = world.sso(&ARGS).spawn();
    sent(&world);
    signal(holder.pid(), Signal::STOP);
    let others: Vec<_> = (0..2).map(|_| world.sso(&ARGS).plain().spawn()).collect();
    let pid = holder.pid();
    let mut slowest = Duration::ZERO;
    for other in others {
        let run = other.finish();
        run.exits(7).prints_nothing().says(&format!("lock held by pid {pid} on host "));
        slowest = slowest.max(run.took);
    }
    assert!(slowest < Duration::from_secs(25), "{slowest:?}");
    assert_eq!(refreshes(&world), 1, "{}", world.sim.journal().summary());
    signal(pid, Signal::CONT);
    holder.finish().exits(0).json();
    world.measured(format!(
        "stopped: the others end after {} ms at most, exit 7, naming pid {pid}; it then saves the token and ends well",
        slowest.as_millis()
    ));
    // What it was sent while it was stopped is saved: the next one needs no login.
    std::fs::remove_file(world.home().join(ROLE_FILE)).expect("it is there");
    world.token_ends_in(-5);
    world.sso(&ARGS).run().exits(0).json();
    world.sso(&["status"]).run().exits(0);
}

/// The kernel frees the lock of the dead: whoever waits goes on at once.
#[test]
fn killed() {
    let sim = || sso_sim::SimBuilder::new().account("111122223333", "dev", &["Admin"]);
    let world = world("lock holder: killed, the next one goes on", sim(), Duration::ZERO);
    let rounds = number(2, 20);
    let alone = world.sso(&ARGS).run();
    alone.exits(0);
    let mut worst = Duration::ZERO;
    for _ in 0..rounds {
        std::fs::remove_file(world.home().join(ROLE_FILE)).expect("it is there");
        world.token_ends_in(-5);
        world.forget_requests();
        world.sim.clear_faults();
        slow_refresh(&world, Duration::from_secs(9));
        let holder = world.sso(&ARGS).spawn();
        sent(&world);
        let next = world.sso(&ARGS).spawn();
        waits(next.pid());
        let before = world.json(TOKEN_FILE);
        let killed = Instant::now();
        signal(holder.pid(), Signal::KILL);
        next.finish().exits(0).json();
        worst = worst.max(killed.elapsed());
        let _dead = holder.finish();
        assert_eq!(refreshes(&world), 2, "the dead one's and one more\n{}", world.sim.journal().summary());
        assert_ne!(world.json(TOKEN_FILE)["accessToken"], before["accessToken"]);
        assert_eq!(world.temps(), Vec::<String>::new());
    }
    world.measured(format!(
        "killed {rounds} times: the next one has credentials {} ms after the kill at most; one without anybody before it \
         takes {} ms in all",
        worst.as_millis(),
        alone.took.as_millis()
    ));
}
