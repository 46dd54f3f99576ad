//! Real shells: a script in one, or one on a terminal, with `sso` on PATH and the world's HOME as working directory.

use super::pty::Terminal;
use super::table::skip;
use super::tool::on_path;
use super::world::World;
use std::ffi::OsString;
use std::process::{Command, Output};

/// The shells that stories are told in, without anybody's start-up files.
pub(crate) const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

impl World {
    /// Whether the shell is here; if not, the story says that it is left out.
    pub(crate) fn has_shell(&self, shell: &str) -> bool {
        let is_there = on_path(shell);
        if !is_there {
            skip(&format!("a story in {shell}"), &format!("{shell} is not installed"));
        }
        is_there
    }

    /// Runs a script in a shell.
    pub(crate) fn runs_in(&self, shell: &str, script: &str, env: &[(&str, &str)]) -> Output {
        let plain: &[&str] = match shell {
            "bash" => &["--noprofile", "--norc"],
            "zsh" => &["-f"],
            _ => &["--no-config"],
        };
        let mut command = self.in_shell(shell);
        command.args(plain).args(["-c", script]).envs(env.iter().copied());
        command.output().expect("the shell starts")
    }

    /// What a script prints, if it says nothing else and succeeds.
    #[track_caller]
    pub(crate) fn tells(&self, shell: &str, script: &str, env: &[(&str, &str)]) -> String {
        let output = self.runs_in(shell, script, env);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(
            output.status.success() && err.is_empty(),
            "{shell}: {script}\n{}\n{out}{err}",
            output.status
        );
        out.into_owned()
    }

    /// Starts a shell on a terminal. `start` is evaluated before the first prompt, which is `READY>`.
    pub(crate) fn shell(&self, shell: &str, start: &str) -> Terminal<'_> {
        let mut command = self.in_shell(shell);
        match shell {
            "bash" => {
                self.write(".start", format!("PS1='READY> '\n{start}\n"));
                command.args(["--noprofile", "--rcfile", ".start", "-i"]);
            }
            "zsh" => {
                let compinit = "autoload -Uz compinit; compinit -u -D";
                self.write("zdot/.zshrc", format!("{compinit}\nPROMPT='READY> '\n{start}\n"));
                command.args(["-d", "-i"]).env("ZDOTDIR", self.home().join("zdot"));
            }
            _ => {
                let prompt = "function fish_prompt; printf 'READY> '; end";
                self.write(".start", format!("{prompt}\n{start}\n"));
                command.args(["--no-config", "--init-command", "source .start", "-i"]);
            }
        }
        Terminal::start(self, shell.to_owned(), &command, 200)
    }

    fn in_shell(&self, shell: &str) -> Command {
        // The program's own folder holds much else; only `sso` is meant.
        let bin = self.outside("bin");
        if !bin.exists() {
            std::fs::create_dir(&bin).expect("a folder can be made");
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_sso"), bin.join("sso"))
                .expect("a link can be made");
        }
        let mut path = OsString::from(bin);
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = Command::new(shell);
        command.env_clear().env("PATH", path).env("HOME", self.home()).env("TZ", "UTC");
        // Names beyond ASCII are typed and shown as they are.
        command.env("LC_ALL", "C.UTF-8").envs(self.sim.env()).current_dir(self.home());
        command
    }
}
