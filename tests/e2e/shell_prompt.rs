//! `sso status --prompt` and the prompt segments of `sso shell-init`.

use crate::harness::shell::SHELLS;
use crate::harness::{CORP, TOKEN_FILE, World, on_path, skip};

#[test]
fn the_words_of_the_segment() {
    let world = World::corp("prompt: the words of the segment");
    let prompt = |env: &[(&str, &str)], code: i32| {
        let args = ["status", "--prompt"];
        let run = env.iter().fold(world.sso(&args).plain(), |run, (name, value)| run.env(name, value)).run();
        assert_eq!(run.exits(code).err(), "");
        run.out()
    };
    let dev = [("AWS_PROFILE", "dev")];
    assert_eq!(prompt(&[], 0), "", "nothing is selected");
    assert_eq!(prompt(&[("AWS_PROFILE", "")], 0), "");
    assert_eq!(prompt(&dev, 4), "dev signed-out\n");
    world.sign_in();
    world.forget_requests();
    world.token_ends_in(72);
    assert_eq!(prompt(&dev, 0), "dev 1h12m\n");
    assert_eq!(prompt(&[("AWS_DEFAULT_PROFILE", "dev")], 0), "dev 1h12m\n");
    world.sso(&["status", "--prompt", "--sso-session", "corp"]).run().exits(0).prints("corp 1h12m\n");
    let told = world.sso(&["status", "--prompt", "--profile", "dev", "--json"]).run().exits(0).json();
    assert_eq!((&told["name"], &told["state"]), (&"dev".into(), &"signed-in".into()), "{told}");
    assert_eq!(told["expiresAt"], world.json(TOKEN_FILE)["expiresAt"]);
    world.token_ends_in(-5);
    assert_eq!(prompt(&dev, 0), "dev renews\n");
    world.edit_token(|token| {
        token.as_object_mut().expect("an object").remove("refreshToken");
    });
    assert_eq!(prompt(&dev, 4), "dev expired\n");
    for content in ["", "{\"accessToken\": \"a\"", "[]"] {
        world.write_private(TOKEN_FILE, content);
        assert_eq!(prompt(&dev, 4), "dev signed-out\n", "{content}");
    }
    world.config(&format!("{CORP}[profile plain\u{202e}\u{1b}[31m]\nregion = x\n"));
    assert_eq!(prompt(&[("AWS_PROFILE", "plain\u{202e}\u{1b}[31m")], 0), "plain\\u{202e}\\u{1b}[31m\n");
    world.sso(&["status", "--prompt", "--profile", "dve"]).run().exits(3).prints_nothing().says("dev");
    world.made_requests(0);
}

/// One token, and nothing else of the caches.
#[test]
fn two_configuration_files_and_one_token() {
    let story = "prompt: two configuration files and one token";
    if !on_path("strace") {
        return skip(story, "strace is not installed");
    }
    let world = World::corp(story);
    world.sign_in();
    let trace = world.outside("trace");
    let file = trace.display().to_string();
    let calls = "trace=network,clone,clone3,openat,execve";
    let run = world.sso(&["status", "--prompt", "--profile", "dev"]).plain();
    let run = run.through(&["strace", "-f", "-qq", "-o", &file, "-e", calls]).run();
    let text = std::fs::read_to_string(&trace).unwrap_or_default();
    if !text.contains("execve(") {
        return sso_vectors::announce(story, "ptrace is not allowed here");
    }
    run.exits(0).prints("dev ");
    let opened = |what: &str| text.lines().filter(|line| line.contains(what)).count();
    assert!(opened(".aws") <= 3 && opened(TOKEN_FILE) == 1, "{text}");
    for call in ["socket(", "clone(", "clone3(", "zoneinfo"] {
        assert_eq!(opened(call), 0, "{text}");
    }
}

/// The prompt as the shell expands it, with names that a prompt would read something into.
#[test]
fn in_the_prompt_of_a_shell() {
    for shell in SHELLS {
        let world = World::with(&format!("prompt: in {shell}"), World::sim());
        if !world.has_shell(shell) {
            continue;
        }
        let names = ["$(touch pwned)", "`touch pwned`", "50%n%F{red}%", "!1 ${HOME}", "é漢"];
        let profiles = names.map(|name| format!("[profile '{name}']\nregion = x\n"));
        world.config(&format!("{CORP}{}", profiles.concat()));
        world.sign_in_to("corp");
        world.token_ends_in(72);
        let script = match shell {
            "bash" => {
                "set -eu; eval \"$(sso shell-init bash)\"; PS1='$(sso_prompt)> '; printf '%s' \"${PS1@P}\""
            }
            "zsh" => {
                "set -eu; eval \"$(sso shell-init zsh)\"; setopt prompt_subst prompt_bang; PROMPT='$(sso_prompt)> '; \
                 print -nP -- $PROMPT"
            }
            _ => {
                "sso shell-init fish | source; function fish_prompt; sso_prompt; printf '> '; end; fish_prompt"
            }
        };
        for name in names {
            assert_eq!(
                world.tells(shell, script, &[("AWS_PROFILE", name)]),
                format!("({name}) > "),
                "{shell}"
            );
        }
        assert_eq!(world.tells(shell, script, &[("AWS_PROFILE", "dev")]), "(dev 1h12m) > ", "{shell}");
        assert_eq!(
            world.tells(shell, script, &[("AWS_DEFAULT_PROFILE", "dev")]),
            "(dev 1h12m) > ",
            "{shell}"
        );
        assert_eq!(world.tells(shell, script, &[]), "> ", "{shell}");
        // A configuration that cannot be read is told when somebody asks, not at every prompt.
        world.config("[profile x\n");
        assert_eq!(world.tells(shell, script, &[("AWS_PROFILE", "x")]), "> ", "{shell}");
        assert!(!world.has("pwned"), "{shell}");
    }
}
