//! Readers that went away, and descriptors that were never there.

use crate::harness::World;
use std::process::{Command, Stdio};

/// `sso status | head -1`: a reader that has seen enough is no error.
#[test]
fn a_reader_that_went_away() {
    let world = World::corp("pipes: a reader that went away");
    world.sign_in();
    for args in
        [&["status"][..], &["status", "--json"], &["--help"], &["credential-process", "--profile", "dev"]]
    {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let run = world.sso(args).stdout(writer).run();
        run.exits(0).does_not_say("panic").does_not_say("a bug");
    }
}

/// Closed stdin, stdout, stderr, one by one and all together: the same exit code, and no file is hit instead.
#[test]
fn closed_descriptors() {
    let world = World::corp("pipes: closed descriptors");
    world.sign_in();
    let before = world.files();
    for closed in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        for (args, code) in [(&["status"][..], 0), (&["status", "--profile", "dve"], 3), (&["login"], 0)] {
            let command = world.sso(args).command();
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("exec \"$0\" \"$@\" {closed}")]);
            shell.arg(command.get_program()).args(command.get_args()).env_clear();
            shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
            shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let status = shell.status().expect("sh runs");
            assert_eq!(status.code(), Some(code), "{args:?} {closed}");
        }
    }
    assert!(before == world.files());
}
