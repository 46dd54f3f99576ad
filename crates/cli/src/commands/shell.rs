//! `sso completions` and `sso shell-init`: the scripts of `src/shell`, as they are.

use super::Outcome;
use crate::args::{InitShell, Shell};
use crate::output::document::document;
use crate::output::{Look, Report};
use serde::Serialize;
use serde_json::Value;

/// The script that makes a shell complete `sso`.
pub(crate) fn completions(shell: Shell) -> Outcome {
    Outcome::success(Script(completing(shell, &["sso"])))
}

/// Functions for a shell, and the completions of `sso` and of them.
pub(crate) fn init(shell: InitShell) -> Outcome {
    let (functions, shell) = match shell {
        // What bash and zsh read alike, and the prompt, which they do not.
        InitShell::Bash => (
            concat!(include_str!("../shell/use.sh"), "\n", include_str!("../shell/prompt.bash")),
            Shell::Bash,
        ),
        InitShell::Zsh => {
            (concat!(include_str!("../shell/use.sh"), "\n", include_str!("../shell/prompt.zsh")), Shell::Zsh)
        }
        InitShell::Fish => (include_str!("../shell/init.fish"), Shell::Fish),
        InitShell::Pwsh => (include_str!("../shell/init.ps1"), Shell::Pwsh),
    };
    Outcome::success(Script(format!("{functions}\n{}", completing(shell, &["sso", "sso-use"]))))
}

/// What completes, and for which commands.
fn completing(shell: Shell, commands: &[&str]) -> String {
    let commands = commands.join(" ");
    match shell {
        Shell::Bash => {
            format!("{}complete -F _sso {commands}\n", include_str!("../shell/completions.bash"))
        }
        // As a file of `fpath` it is the function's body; evaluated, it is registered if compinit has run.
        Shell::Zsh => format!(
            "{}if [[ ${{funcstack[1]-}} == _sso ]]; then\n    _sso \"$@\"\nelif (( $+functions[compdef] )); then\n    \
             compdef _sso {commands}\nfi\n",
            include_str!("../shell/completions.zsh")
        ),
        Shell::Fish => {
            let each = commands.split(' ').map(|command| {
                // Once, however often the script is read.
                format!(
                    "complete --command {command} | string match --quiet '*__sso_complete*'\n\
                     or complete --command {command} --no-files --arguments '(__sso_complete)'\n"
                )
            });
            format!("{}{}", include_str!("../shell/completions.fish"), each.collect::<String>())
        }
        Shell::Pwsh => include_str!("../shell/completions.ps1").to_owned(),
        Shell::Elvish => include_str!("../shell/completions.elv").to_owned(),
    }
}

/// A script for a shell.
#[derive(Serialize)]
#[cfg_attr(any(test, feature = "manual"), derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    /// The script, to be evaluated or put into a file.
    script: &'a str,
}

struct Script(String);

impl Report for Script {
    fn json(&self) -> Value {
        document(&Document { script: &self.0 })
    }

    fn data(&self, _: &Look) -> String {
        self.0.clone()
    }
}
