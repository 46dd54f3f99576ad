//! `sso-use` of `sso shell-init`: switches the shell's profile, and takes away what would go before it.

use crate::harness::pty::{ENTER, ESC};
use crate::harness::shell::SHELLS;
use crate::harness::{CORP, World};

/// Variables that tools take before a profile.
const BEFORE: [(&str, &str); 9] = [
    ("AWS_ACCESS_KEY_ID", "a"),
    ("AWS_SECRET_ACCESS_KEY", "b"),
    ("AWS_SESSION_TOKEN", "c"),
    ("AWS_SECURITY_TOKEN", "d"),
    ("AWS_CREDENTIAL_EXPIRATION", "e"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "f"),
    ("AWS_ROLE_ARN", "g"),
    ("AWS_ROLE_SESSION_NAME", "h"),
    ("AWS_DEFAULT_PROFILE", "old"),
];

/// What of AWS the children of the shell see.
const SEEN: &str = "env | grep '^AWS_[^E]' | sort";

fn init(shell: &str) -> &'static str {
    match shell {
        "bash" => "set -eu; IFS=:; eval \"$(sso shell-init bash)\"; eval \"$(sso shell-init bash)\"",
        "zsh" => "set -eu; IFS=:; eval \"$(sso shell-init zsh)\"; eval \"$(sso shell-init zsh)\"",
        _ => "sso shell-init fish | source; sso shell-init fish | source",
    }
}

#[test]
fn switches_and_leaves() {
    for shell in SHELLS {
        let world = World::with(&format!("sso-use: switches and leaves, in {shell}"), World::sim());
        if !world.has_shell(shell) {
            continue;
        }
        world.config(&format!("{CORP}[profile '$(touch pwned) \"%n']\nregion = x\n"));
        let init = init(shell);
        let run = |line: &str| world.tells(shell, &format!("{init}; {line}; {SEEN}"), &BEFORE);
        assert_eq!(run("sso-use dev"), "AWS_PROFILE=dev\n", "{shell}");
        assert_eq!(run("sso-use '$(touch pwned) \"%n'"), "AWS_PROFILE=$(touch pwned) \"%n\n", "{shell}");
        for leave in ["sso-use --unset", "sso-use -"] {
            let env = [&BEFORE[..], &[("AWS_PROFILE", "dev")]].concat();
            let script = format!("{init}; sso-use dev; {leave}; env | grep -c '^AWS_[^E]' || true");
            assert_eq!(world.tells(shell, &script, &env).trim(), "0", "{shell} {leave}");
        }
        assert!(
            world
                .tells(shell, &format!("{init}; sso-use --help"), &[])
                .starts_with("usage: sso-use [PROFILE]\n")
        );
        assert!(!world.has("pwned"), "{shell}");
    }
}

/// The profile stays as it was, the reason is said, the exit code is that of `sso`.
#[test]
fn a_profile_that_is_not_there() {
    for shell in SHELLS {
        let world = World::corp(&format!("sso-use: a profile that is not there, in {shell}"));
        if !world.has_shell(shell) {
            continue;
        }
        let failed = if shell == "fish" { "; or echo failed $status" } else { "|| echo failed $?" };
        let init = init(shell);
        let run = |line: &str| {
            let script = format!("{init}; {line} {failed}; {SEEN}");
            let output = world.runs_in(shell, &script, &[("AWS_PROFILE", "dev"), ("AWS_ACCESS_KEY_ID", "a")]);
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (text(&output.stdout), text(&output.stderr))
        };
        let (out, err) = run("sso-use dve");
        assert_eq!(out, "failed 3\nAWS_ACCESS_KEY_ID=a\nAWS_PROFILE=dev\n", "{shell}: {err}");
        assert!(err.contains("There is no profile \"dve\""), "{shell}: {err}");
        assert!(err.contains("fix:  sso-use dev\n"), "{shell}: {err}");
        // An option of another command is no profile either.
        let (out, err) = run("sso-use --json");
        assert!(out.starts_with("failed 3\n") && err.contains("--json"), "{shell}: {out}{err}");
        // Nobody can be asked.
        let (out, err) = run("sso-use </dev/null");
        assert!(out.starts_with("failed 2\n"), "{shell}: {out}{err}");
    }
}

/// A shell with `set -eu` and an `IFS` of its own lives on, and so does what it had.
#[test]
fn the_shell_is_as_it_was() {
    for shell in ["bash", "zsh"] {
        let world = World::corp(&format!("sso-use: the shell is as it was, {shell}"));
        if !world.has_shell(shell) {
            continue;
        }
        let options =
            if shell == "bash" { "echo $-; shopt -p | cksum; set +o | cksum" } else { "setopt | cksum" };
        let state = format!("{options}; printf '%s' \"$IFS\" | cksum; other; alias; trap");
        let script = format!(
            "set -eu; IFS=:; other() {{ echo mine; }}; {{ {state}; }} > before; eval \"$(sso shell-init {shell})\"; \
             sso-use dev; sso_prompt > prompt; sso-use -; {{ {state}; }} > after; cmp before after; cat prompt"
        );
        assert_eq!(world.tells(shell, &script, &[]), "(dev signed-out) ", "{shell}");
    }
}

#[test]
fn without_a_name_it_is_picked() {
    for shell in SHELLS {
        let world = World::with(&format!("sso-use: picked at the terminal, in {shell}"), World::sim());
        if !world.has_shell(shell) {
            continue;
        }
        world.config(&format!(
            "{CORP}[profile prod]\nsso_session = corp\nsso_account_id = 444455556666\nsso_role_name = Admin\n"
        ));
        let load = init(shell).trim_start_matches("set -eu; IFS=:; ");
        let mut terminal = world.shell(shell, load);
        terminal.sees("READY>");
        terminal.types(&format!("sso-use{ENTER}"));
        terminal.sees("Profile:").types(&format!("prod{ENTER}"));
        terminal.sees("READY>").types(&format!("echo NOW=\"$AWS_PROFILE\"=NOW{ENTER}"));
        terminal.sees("NOW=prod=NOW");
        // Who stops keeps what was.
        terminal.sees("READY>").types(&format!("sso-use{ENTER}"));
        terminal.sees("Profile:").types(ESC);
        terminal.sees("READY>").types(&format!("echo STILL=\"$AWS_PROFILE\"=STILL{ENTER}"));
        terminal.sees("STILL=prod=STILL").types(&format!("exit{ENTER}"));
    }
}
