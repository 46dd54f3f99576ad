//! `sso exec` on a terminal: Ctrl-C is the child's, Ctrl-Z stops both, and `fg` goes on with both.

use crate::harness::pty::{CTRL_C, ENTER};
use crate::harness::{World, on_path, skip};

const CTRL_Z: &str = "\u{1a}";
const CTRL_BACKSLASH: &str = "\u{1c}";

#[test]
fn ctrl_c_is_the_childs() {
    let world = World::corp("exec_pty: Ctrl-C reaches the child, once");
    world.sign_in();
    if on_path("python3") {
        // Every delivery is a byte; a shell's trap would run once for two that come close together.
        let script = "
import os, signal
read, write = os.pipe()
os.set_blocking(write, False)
signal.set_wakeup_fd(write)
for number in (signal.SIGINT, signal.SIGQUIT): signal.signal(number, lambda *_: None)
print('ready', flush=True)
count = 0
while True:
    for number in os.read(read, 100):
        if number != signal.SIGINT:
            print('total', count, flush=True)
            os._exit(3)
        count += 1
        print('caught', count, flush=True)
";
        let args = ["exec", "--profile", "dev", "--", "python3", "-c", script];
        let mut terminal = world.sso(&args).on_terminal();
        terminal.sees("ready");
        for count in ["caught 1", "caught 2"] {
            terminal.types(CTRL_C);
            terminal.sees(count);
        }
        terminal.types(CTRL_BACKSLASH);
        terminal.sees("total 2");
        terminal.exits(3);
    } else {
        skip("exec_pty: signals counted", "python3 is not installed");
    }

    // A child that does not catch it dies of it, and that is the exit code.
    let mut terminal = world
        .sso(&["exec", "--profile", "dev", "--", "sh", "-c", "echo ready; exec sleep 100"])
        .on_terminal();
    terminal.sees("ready");
    terminal.types(CTRL_C);
    terminal.exits(130);
}

/// In a shell with job control, as a person has it.
#[test]
fn ctrl_z_and_fg() {
    in_a_shell("exec_pty: Ctrl-Z stops both, fg goes on (sh)", &["sh", "-i"]);
}

#[test]
fn ctrl_z_and_fg_in_bash() {
    let story = "exec_pty: Ctrl-Z stops both, fg goes on (bash)";
    if !on_path("bash") {
        return skip(story, "bash is not installed");
    }
    in_a_shell(story, &["bash", "--norc", "--noprofile", "-i"]);
}

fn in_a_shell(story: &str, shell: &[&str]) {
    let world = World::corp(story);
    world.sign_in();
    let sso = env!("CARGO_BIN_EXE_sso");
    // The shell is ours to type into; it runs in an `sso exec` of its own, with the job control that an interactive one has.
    let outer = [&["exec", "--profile", "dev", "--"], shell].concat();
    let mut terminal = world.sso(&outer).env("PS1", "$ ").env("ENV", "").on_terminal();
    for mode in ["", "--static"] {
        terminal.types(&format!(
            "{sso} exec {mode} --nested --profile dev -- sh -c 'echo in\"\"side; read a; echo got $a; read b; echo then $b; exit 4'\n"
        ));
        terminal.sees("inside");
        terminal.types("one\n");
        terminal.sees("got one");
        terminal.types(CTRL_Z);
        terminal.sees("Stopped");
        // Everything is stopped, and the shell has the terminal.
        terminal.types("jobs; echo sh\"\"ell\n");
        terminal.sees("Stopped").sees("shell");
        terminal.types("fg\n");
        terminal.sees("read a");
        terminal.types("two\n");
        terminal.sees("then two");
        terminal.types("echo co\"\"de $?\n");
        terminal.sees("code 4");
    }
    // A child that stops itself stops us, too; `kill %1` ends both.
    terminal.types(&format!(
        "{sso} exec --nested --profile dev -- sh -c 'echo in\"\"side; kill -STOP $$; echo awa\"\"ke; exit 6'\n"
    ));
    terminal.sees("inside").sees("Stopped");
    terminal.types("fg\n");
    terminal.sees("awake");
    terminal.types("echo co\"\"de $?\n");
    terminal.sees("code 6");
    // In a pipeline the others of the group go on with the terminal.
    terminal.types(&format!(
        "{sso} exec --nested --profile dev -- sh -c 'echo x; sleep 0.1' | {{ read x; read y </dev/tty; echo \"$x $y\"; }}\n"
    ));
    terminal.types("z\n");
    terminal.sees("x z");
    terminal.types("exit 0\n");
    terminal.exits(0);
}

/// Without a profile the person at the terminal picks one; without a person nothing runs.
#[test]
fn which_profile() {
    let world = World::corp("exec_pty: a profile is picked");
    world.sign_in_to("corp");
    let args = ["exec", "--", "printenv", "SSO_EXEC_PROFILE"];
    let mut terminal = world.sso(&args).on_terminal();
    terminal.sees("type to search");
    terminal.types(ENTER);
    terminal.sees("dev");
    let screen = terminal.exits(0);
    assert!(screen.trim_end().ends_with("dev"), "{screen}");
    for command in [&args[..], &["serve"]] {
        world.sso(command).run().exits(2).says("no terminal to ask at").prints_nothing();
    }
    assert_eq!(world.sso(&args).env("AWS_PROFILE", "dev").run().exits(0).out(), "dev\n");
    // Inside another one nothing is asked.
    world.sso(&["exec"]).env("SSO_EXEC_PROFILE", "x").on_terminal().exits(2);
}
