//! `sso exec`: signals reach what it runs, which inherits all else from the caller; the endpoint ends with us.

use crate::harness::{World, as_if, http};
use rustix::process::{Pid, Signal, kill_process};
use std::net::TcpStream;
use std::process::Stdio;

/// What another process sends to us reaches the child, once.
#[test]
fn signals_of_other_processes() {
    let world = World::corp("exec: signals reach the child");
    world.sign_in();
    // Waits in short steps, as a shell runs its traps between commands.
    let script =
        "for s in HUP INT QUIT USR1 USR2 TERM WINCH CONT ALRM; do trap \"echo $s; echo $s >&2\" $s; done
        trap 'echo TERM; exit 5' TERM; echo ready >&2; while :; do sleep 0.02; done";
    let running = world.sso(&["exec", "--profile", "dev", "--", "sh", "-c", script]).spawn();
    running.says("ready");
    let us = Pid::from_raw(running.pid()).expect("a process");
    for (signal, name) in [
        (Signal::HUP, "HUP"),
        (Signal::INT, "INT"),
        (Signal::QUIT, "QUIT"),
        (Signal::USR1, "USR1"),
        (Signal::USR2, "USR2"),
        (Signal::WINCH, "WINCH"),
        (Signal::ALARM, "ALRM"),
        (Signal::CONT, "CONT"),
    ] {
        kill_process(us, signal).expect("it lives");
        running.says(&format!("{name}\n"));
    }
    kill_process(us, Signal::TERM).expect("it lives");
    let run = running.finish();
    assert_eq!(run.exits(5).out(), "HUP\nINT\nQUIT\nUSR1\nUSR2\nWINCH\nALRM\nCONT\nTERM\n");
}

/// Catalogue G6: the child has the caller's umask, limits, blocked and ignored signals, and SIGPIPE as shells give it.
#[test]
fn what_the_child_inherits() {
    let world = World::corp("exec: limits, umask and signals are the caller's");
    world.sign_in();
    let look = "umask; ulimit -a; grep -E '^(SigBlk|SigIgn)' /proc/self/status; ls -l /proc/self/fd | wc -l";
    let sso = env!("CARGO_BIN_EXE_sso");
    for caller in ["", "ulimit -c 0 -n 200; umask 027;", "ulimit -n 16;", "trap '' HUP INT QUIT USR1;"] {
        let mut seen = Vec::new();
        for run in [
            format!("{caller} exec sh -c '{}'", look.replace('\'', "'\\''")),
            format!("{caller} exec \"{sso}\" exec --profile dev -- sh -c '{}'", look.replace('\'', "'\\''")),
            format!(
                "{caller} exec \"{sso}\" exec --static --profile dev -- sh -c '{}'",
                look.replace('\'', "'\\''")
            ),
        ] {
            let mut command = std::process::Command::new("sh");
            as_if(&mut command, &world.sso(&[]).command());
            let output = command.args(["-c", &run]).stdin(Stdio::null()).output().expect("sh runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            seen.push(String::from_utf8_lossy(&output.stdout).lines().map(standard).collect::<Vec<_>>());
        }
        assert_eq!(seen[0], seen[1], "{caller}");
        assert_eq!(seen[0], seen[2], "{caller} --static");
    }
    // A blocked signal is blocked in the child: python can block one, if it is here.
    let block = "import os, signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]); os.execvp(sys.argv[1], sys.argv[1:])";
    if !crate::harness::on_path("python3") {
        crate::harness::skip("exec: blocked signals", "python3 is not installed");
        return;
    }
    for mode in [&[][..], &["--static"]] {
        let args =
            [&["exec", "--profile", "dev"], mode, &["--", "grep", "SigBlk", "/proc/self/status"]].concat();
        let run = world.sso(&args).plain().through(&["python3", "-c", block]).run();
        assert_eq!(run.exits(0).out().trim(), "SigBlk:\t0000000000000800", "{mode:?}");
    }
}

/// The line; of a mask the standard signals only. glibc keeps 32 and 33 to itself, and its posix_spawn ignores them.
fn standard(line: &str) -> String {
    match line.split_once(":\t") {
        Some((name, mask)) if name.starts_with("Sig") => {
            let mask = u64::from_str_radix(mask, 16).expect("a mask");
            format!("{name} {:x}", mask & 0x7fff_ffff)
        }
        _ => line.to_owned(),
    }
}

/// The endpoint ends with us, however we end.
#[test]
fn the_end_of_the_endpoint() {
    let world = World::corp("exec: the endpoint dies with its process");
    world.sign_in();
    let script =
        "echo \"at $AWS_CONTAINER_CREDENTIALS_FULL_URI;$$;\" >&2; exec sleep 60 >/dev/null 2>/dev/null";
    let running = world.sso(&["exec", "--profile", "dev", "--", "sh", "-c", script]).spawn();
    let told = running.shows(|said| {
        let mut parts = said.split_once("at ")?.1.split(';');
        Some((parts.next()?.to_owned(), parts.next()?.to_owned(), parts.next()?.len()))
    });
    let (uri, child) = (told.0, told.1.parse().ok().and_then(Pid::from_raw).expect("a process"));
    assert_eq!(http::get(&uri).status, 403);
    kill_process(Pid::from_raw(running.pid()).expect("a process"), Signal::KILL).expect("it lives");
    let authority = uri.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let started = std::time::Instant::now();
    while TcpStream::connect(&authority).is_ok() {
        assert!(started.elapsed().as_secs() < 10, "it still listens");
    }
    assert_eq!(running.finish().code(), None, "killed");
    kill_process(child, Signal::KILL).expect("nobody ended it");
}
