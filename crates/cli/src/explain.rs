//! Library errors told to people: one place where facts become words, codes, exit codes and the command that helps.

mod admin;
mod config;
mod console;
mod edit;
mod network;
pub(crate) mod problem;
mod settings;
mod sign_in;
mod store;
#[cfg(feature = "keyring")]
mod vault;

pub(crate) use sign_in::because;

use crate::error::CliError;
use sso_config::{Env, Origin, Place, Platform};
use std::path::Path;

/// An error that can be told.
pub(crate) trait Explain {
    /// What happened, why, and what helps.
    fn explain(&self, voice: &Voice) -> CliError;
}

/// What wording depends on: the home directory, and what the user asked for.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    env: Env,
    /// `--profile dev` or `--sso-session corp`, for commands in fixes; empty for the default profile.
    selector: String,
    /// The command that runs.
    pub(crate) running: &'static str,
    /// The session is one of a legacy profile, which knows the device flow only.
    legacy: bool,
    /// What the session is called in sentences.
    pub(crate) subject: Option<String>,
}

impl Voice {
    /// Speaks of nothing in particular.
    pub(crate) fn new(env: &Env) -> Self {
        Self { env: env.clone(), selector: String::new(), running: "login", legacy: false, subject: None }
    }

    /// Speaks while a command runs.
    pub(crate) fn during(self, running: &'static str) -> Self {
        Self { running, ..self }
    }

    /// Speaks of a profile.
    pub(crate) fn profile(self, name: &str) -> Self {
        let selector = if name == "default" { String::new() } else { option("--profile", name) };
        Self { selector, ..self }
    }

    /// Speaks of a session.
    pub(crate) fn session(self, name: &str) -> Self {
        Self { selector: option("--sso-session", name), subject: Some(name.to_owned()), ..self }
    }

    /// Calls the session so in sentences.
    pub(crate) fn about(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// Speaks of a legacy profile's session.
    pub(crate) fn legacy(self, legacy: bool) -> Self {
        Self { legacy, ..self }
    }

    /// `sso login --profile dev`.
    pub(crate) fn command(&self, name: &str) -> String {
        self.with(name, "")
    }

    /// The command that runs, once more with these options.
    pub(crate) fn again(&self, options: &str) -> String {
        self.with(self.running, &format!(" {options}"))
    }

    fn with(&self, name: &str, options: &str) -> String {
        command_line(name, &format!("{}{options}", self.selector))
    }

    /// A path with `~` for the home directory.
    pub(crate) fn path(&self, path: &Path) -> String {
        self.env.shorten(path)
    }

    /// `~/.aws/config:12`.
    pub(crate) fn place(&self, place: &Place) -> String {
        format!("{}:{}", self.path(&place.path), place.line)
    }

    /// A place or a variable.
    pub(crate) fn origin(&self, origin: &Origin) -> String {
        match origin {
            Origin::File { place, .. } => self.place(place),
            Origin::Variable(name) => (*name).to_owned(),
        }
    }

    /// How to put a setting right.
    pub(crate) fn mend(&self, origin: &Origin) -> String {
        match origin {
            Origin::File { place, .. } => format!("edit {}", self.place(place)),
            Origin::Variable(name) => format!("unset {name}"),
        }
    }
}

/// `sso login --profile dev`, of a command and its options. `exec` gets a command behind it: without one it would open a shell.
pub(crate) fn command_line(name: &str, options: &str) -> String {
    let behind = if name == "exec" { " -- ..." } else { "" };
    format!("sso {name}{options}{behind}")
}

/// ` --profile dev`, or ` --profile=-x` where the name could be taken for an option.
pub(crate) fn option(flag: &str, name: &str) -> String {
    let between = if name.starts_with('-') { "=" } else { " " };
    format!(" {flag}{between}{}", quote(name))
}

/// A name as a word of a shell command.
pub(crate) fn quote(name: &str) -> String {
    shlex::try_quote(name).map_or_else(|_| name.to_owned(), std::borrow::Cow::into_owned)
}

/// The `credential_process` that asks us for a profile.
pub(crate) fn helper_command(profile: &str) -> String {
    format!("sso credential-process --profile {}", helper_word(profile, Platform::HERE))
}

/// A word of a `credential_process`, as the AWS tools of the platform split it: on Windows `'` is a letter like others, and `\` one
/// that escapes nothing but `"`.
fn helper_word(word: &str, platform: Platform) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-._/\\:+@".contains(c);
    match platform {
        Platform::Unix => quote(word),
        Platform::Windows if !word.is_empty() && word.chars().all(plain) => word.to_owned(),
        Platform::Windows => format!("\"{}\"", word.replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_helpers_are_quoted_as_the_platform_reads_them() {
        for (word, unix, windows) in [
            ("dev", "dev", "dev"),
            ("my dev", "'my dev'", "\"my dev\""),
            ("it's", "\"it's\"", "\"it's\""),
            ("a\"b", "'a\"b'", "\"a\\\"b\""),
            ("", "''", "\"\""),
        ] {
            assert_eq!(helper_word(word, Platform::Unix), unix);
            assert_eq!(helper_word(word, Platform::Windows), windows);
        }
    }
}
