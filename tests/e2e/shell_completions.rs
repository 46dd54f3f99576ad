//! `sso completions` and `sso shell-init` in real shells: what is completed is what is meant, and nothing else happens.

use crate::harness::pty::{ENTER, Terminal};
use crate::harness::shell::SHELLS;
use crate::harness::{CORP, ROLE_FILE, World, on_path, skip};
use std::process::Command;

/// Names that shells would read something into, each with a first letter of its own.
const HOSTILE: [&str; 21] = [
    "a two  words",
    "b$(touch pwned)",
    "c`touch pwned`",
    "w'quote'",
    "e\"double\"",
    "f:co:lon",
    "g=eq=ual",
    "h;touch pwned;",
    "i|touch pwned|",
    "j*?[x",
    "kéß漢字",
    "m!bang!!",
    "n~tilde",
    "o{a,b}",
    "p&&touch pwned&",
    "q<in>pwned",
    "r$HOME",
    "s%percent@host",
    "t-\u{2019}typographic\u{2019}",
    "u(touch pwned)",
    "v^caret,comma+plus",
];

/// A backslash is in no profile's name; a role's is as it is written.
const ROLE: &str = "x\\n\\e[31m\\$(touch pwned)\\'y";

/// What does not end in a file of this name was not run.
const PWNED: &str = "pwned";

fn hostile(story: &str) -> World {
    let world = World::with(story, World::sim());
    let quoted = |name: &str| name.replace('\'', "'\"'\"'");
    let profiles = HOSTILE.map(|name| format!("[profile '{}']\nregion = eu-west-1\n", quoted(name)));
    world.config(&format!("{CORP}{}sso_role_name = {ROLE}\n", profiles.concat()));
    let listed = world.sso(&["profiles", "--json"]).run().exits(0).json();
    let names: Vec<&str> = listed["profiles"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|row| row["profile"].as_str())
        .collect();
    assert_eq!(names[1..], HOSTILE, "the configuration has them all");
    world
}

fn nothing_was_run(world: &World) {
    let files = world.snapshot();
    let made: Vec<_> = files.keys().filter(|path| path.to_string_lossy().contains(PWNED)).collect();
    assert!(made.is_empty(), "{made:?}");
}

/// A function in place of the command, so that the line that was completed is run and its words are seen.
fn show_words(shell: &str) -> &'static str {
    match shell {
        "fish" => "function sso; printf 'ARG<%s>\\n' $argv; end",
        _ => "sso() { printf 'ARG<%s>\\n' \"$@\"; }",
    }
}

fn load(shell: &str, command: &str) -> String {
    match shell {
        "fish" => format!("command sso {command} fish | source"),
        _ => format!("eval \"$(command sso {command} {shell})\""),
    }
}

#[test]
fn hostile_names_are_completed_to_themselves() {
    for shell in SHELLS {
        let world = hostile(&format!("shell completions: hostile names in {shell}"));
        if !world.has_shell(shell) {
            continue;
        }
        let start = format!("{}\n{}", load(shell, "completions"), show_words(shell));
        let mut terminal = world.shell(shell, &start);
        terminal.sees("READY>");
        for name in HOSTILE {
            let letter = name.chars().next().expect("a letter");
            for open in ["--profile ", "--profile=", "--profile '", "--profile \""] {
                terminal.types(&format!("sso whoami {open}{letter}\t{ENTER}"));
                terminal.sees("ARG<whoami>");
                match open.strip_suffix('=') {
                    Some(option) => terminal.sees(&format!("ARG<{option}={name}>")),
                    None => terminal.sees(&format!("ARG<{name}>")),
                };
                terminal.sees("READY>");
            }
        }
        for open in ["", "'", "\""] {
            terminal.types(&format!("sso configure --role-name {open}x\t{ENTER}"));
            terminal.sees(&format!("ARG<{ROLE}>")).sees("READY>");
        }
        terminal.types(&format!("exit{ENTER}"));
        nothing_was_run(&world);
    }
}

/// Types the line, and sees these among the words that it became.
fn completes(terminal: &mut Terminal<'_>, line: &str, expected: &[&str]) {
    terminal.types(&format!("{line}{ENTER}"));
    for word in expected {
        terminal.sees(&format!("ARG<{word}>"));
    }
    terminal.sees("READY>");
}

/// Commands, options and the values of a few; `sso-use` too. Read twice, as start-up files are.
#[test]
fn commands_options_and_names() {
    for shell in SHELLS {
        let world = World::corp(&format!("shell completions: commands, options, names in {shell}"));
        if !world.has_shell(shell) {
            continue;
        }
        let init = load(shell, "shell-init");
        let uses = match shell {
            "fish" => "function sso-use; printf 'ARG<%s>\\n' $argv; end",
            _ => "sso-use() { printf 'ARG<%s>\\n' \"$@\"; }",
        };
        let mut terminal = world.shell(shell, &format!("{init}\n{init}\n{}\n{uses}", show_words(shell)));
        terminal.sees("READY>");
        for (line, expected) in [
            ("sso whoa\t", &["whoami"][..]),
            ("sso config exp\t", &["config", "explain"]),
            ("sso status --sso-s\t co\t", &["status", "--sso-session", "corp"]),
            ("sso roles --account-id 1\t", &["roles", "--account-id", "111122223333"]),
            ("sso configure --role-name=A\t", &["configure", "--role-name=Admin"]),
            ("sso --color ne\t status", &["--color", "never", "status"]),
            ("sso completions po\t", &["completions", "powershell"]),
            ("sso env --fo\t po\t", &["env", "--format", "powershell"]),
            ("sso-use d\t", &["dev"]),
            ("sso-use --u\t", &["--unset"]),
            ("sso nothing-li\t", &["nothing-li"]),
        ] {
            completes(&mut terminal, line, expected);
        }
        terminal.types(&format!("exit{ENTER}"));
    }
}

/// What stands behind `sso exec --` is completed as the shell does for the command alone.
#[test]
fn the_command_behind_the_dashes() {
    for shell in SHELLS {
        let world = World::corp(&format!("shell completions: behind the dashes in {shell}"));
        if !world.has_shell(shell) {
            continue;
        }
        world.write("a-file-of-mine", "");
        let start =
            format!("{}\n{}\ncd '{}'", load(shell, "completions"), show_words(shell), world.home().display());
        let mut terminal = world.shell(shell, &start);
        terminal.sees("READY>");
        for (line, expected) in [
            ("sso exec --profile dev -- cat a-fi\t", &["exec", "--", "cat", "a-file-of-mine"][..]),
            ("sso exec -- unam\t", &["exec", "--", "uname"]),
            ("sso exec --profile d\t -- true", &["--profile", "dev", "--", "true"]),
        ] {
            completes(&mut terminal, line, expected);
        }
        terminal.types(&format!("exit{ENTER}"));
    }
}

/// What scripts ask, directly: silent and successful whatever is there, and of no use to a terminal.
#[test]
fn silent_whatever_is_there() {
    let world = World::corp("shell completions: silent, whatever is there");
    let ask = |env: &[(&str, &str)], words: &[&str]| {
        let args = [&["__complete", "fish"], words].concat();
        let run = env.iter().fold(world.sso(&args).plain(), |run, (name, value)| run.env(name, value)).run();
        assert_eq!(run.exits(0).err(), "", "{words:?}");
        run.out()
    };
    let profiles = ["sso", "login", "--profile", ""];
    assert_eq!(ask(&[], &profiles), "dev\t111122223333 Admin, corp\n");
    world.write(".aws/broken", "[profile x\n");
    let broken = world.home().join(".aws/broken").display().to_string();
    for env in [
        ("HOME", "relative"),
        ("HOME", ""),
        ("AWS_CONFIG_FILE", broken.as_str()),
        ("AWS_CONFIG_FILE", "/proc/self/mem"),
    ] {
        assert_eq!(ask(&[env], &profiles), "", "{env:?}");
        assert!(ask(&[env], &["sso", "lo"]).starts_with("login\t"), "{env:?}");
    }
    world.sso(&["__complete"]).plain().run().exits(0).prints_nothing();
    world.sso(&["__complete", "csh", "sso", ""]).plain().run().exits(0).prints_nothing();

    // A name that could drive the terminal is not offered; one in an explanation is escaped.
    world.config(&format!(
        "{CORP}[profile 'esc\u{1b}[31m']\nregion = x\n[profile ok]\nsso_account_id = 1\nsso_role_name = a\u{1b}]0;x\u{7}\n"
    ));
    assert_eq!(ask(&[], &["sso", "--profile", "e"]), "");
    assert_eq!(ask(&[], &["sso", "--profile", "o"]), "ok\t1 a\\u{1b}]0;x\\u{7}\n");
}

#[test]
fn accounts_of_cached_credentials() {
    let world = World::corp("shell completions: accounts of cached credentials");
    world.sign_in();
    world.sso(&["credential-process", "--profile", "dev"]).run().exits(0);
    assert!(world.has(ROLE_FILE));
    world.config("[default]\nregion = eu-west-1\n");
    let run = world.sso(&["__complete", "fish", "sso", "roles", "--account-id", ""]).plain().run();
    assert_eq!(run.exits(0).out(), "111122223333\n");
    world.config(&format!("{CORP}[profile other]\nsso_account_id = 444455556666\nsso_role_name = Audit\n"));
    let roles = |account: &str| {
        let words = ["__complete", "fish", "sso", "configure", "--account-id", account, "--role-name", ""];
        world.sso(&words).plain().run().exits(0).out()
    };
    assert_eq!(roles("444455556666"), "Audit\tother\n");
    assert_eq!(roles("111122223333"), "Admin\tdev\n");
}

/// Ten thousand profiles: all of them, and those that begin as typed. How long it takes is measured elsewhere
/// (docs/shell.md); this is that nobody waits for ever.
#[test]
fn ten_thousand_profiles() {
    let world = World::with("shell completions: 10,000 profiles", World::sim());
    let profiles: Vec<String> = (0..10_000)
        .map(|number| format!("[profile account-{number:05}-Admin]\nsso_session = corp\nsso_account_id = {number:012}\nsso_role_name = Admin\nregion = eu-west-1\n\n"))
        .collect();
    world.config(&format!("{CORP}{}", profiles.concat()));
    for (typed, count) in [("", 10_001), ("account-0999", 10)] {
        let run = world.sso(&["__complete", "fish", "sso", "--profile", typed]).plain().run();
        assert_eq!(run.exits(0).out().lines().count(), count, "{typed}");
        world.measured(format!("{count} candidates in {} ms", run.took.as_millis()));
    }
}

/// The scripts as those see them who know the shells.
#[test]
fn the_scripts_are_sound() {
    let world = World::with("shell scripts: shellcheck, zsh -n, fish -n", World::sim());
    for (shell, program, args) in [
        ("bash", "shellcheck", &["--shell=bash", "--severity=style"][..]),
        ("zsh", "zsh", &["-n"]),
        ("fish", "fish", &["--no-execute"]),
    ] {
        if !on_path(program) {
            skip(&format!("the scripts for {shell}"), &format!("{program} is not installed"));
            continue;
        }
        for command in ["completions", "shell-init"] {
            let script = world.sso(&[command, shell]).plain().run();
            let file = world.outside(&format!("{command}.{shell}"));
            std::fs::write(&file, script.exits(0).out()).expect("a file can be written");
            let checked = Command::new(program).args(args).arg(&file).output().expect("it starts");
            let said = [checked.stdout, checked.stderr].concat();
            assert!(
                checked.status.success() && said.is_empty(),
                "{program}: {}",
                String::from_utf8_lossy(&said)
            );
        }
    }
    for (command, shell) in
        [("completions", "powershell"), ("completions", "elvish"), ("shell-init", "powershell")]
    {
        world.sso(&[command, shell]).plain().run().exits(0).prints("__complete");
    }
    world.sso(&["completions", "csh"]).run().exits(2).says("elvish");
    world.sso(&["shell-init", "elvish"]).run().exits(2).says("powershell");
}
