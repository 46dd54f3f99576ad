//! Programs of others in a story: found or made once for all stories, and run in the story's world.

use super::table::skip;
use super::world::World;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// `cargo xtask` takes proxies and roots away from tests and leaves them under these names.
const OUTER: &str = "SSO_OUTER_";

/// Where a program is that was made for the stories, or why it cannot be.
pub(crate) type Made = OnceLock<Result<PathBuf, String>>;

/// The program, made at the first call; nothing where it cannot be made, which is said.
pub(crate) fn made(once: &Made, make: fn() -> Result<PathBuf, String>, story: &str) -> Option<PathBuf> {
    match once.get_or_init(make) {
        Ok(program) => Some(program.clone()),
        Err(why) => {
            skip(story, why);
            None
        }
    }
}

/// Gives a program that installs something the way to the real network.
pub(crate) fn reaches_out(command: &mut Command) {
    for (name, value) in std::env::vars_os() {
        if let Some(name) = name.to_str().and_then(|name| name.strip_prefix(OUTER)) {
            command.env(name, value);
        }
    }
}

/// Whether a program is on PATH.
pub(crate) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Gives a program the environment of another one, and no other.
pub(crate) fn as_if(command: &mut Command, other: &Command) {
    command.env_clear().envs(other.get_envs().filter_map(|(name, value)| Some((name, value?))));
}

impl World {
    /// Runs a program of others in the place of ours; the JSON it prints.
    #[track_caller]
    pub(crate) fn json_of(&self, mut command: Command) -> Value {
        as_if(&mut command, &self.sso(&[]).command());
        let output = command.output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("it prints JSON")
    }
}
