//! The command line as the program tells it (`sso __outline`).

use serde::Deserialize;

/// The root command and the exit codes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outline {
    pub(super) command: Command,
    pub(super) exit_codes: Vec<ExitCode>,
}

/// An exit code.
#[derive(Debug, Deserialize)]
pub(super) struct ExitCode {
    pub(super) code: u8,
    pub(super) meaning: String,
}

/// A command with those below it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Command {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) about: Option<String>,
    pub(super) usage: String,
    pub(super) notes: Option<String>,
    pub(super) options: Vec<Argument>,
    pub(super) values: Vec<Argument>,
    pub(super) commands: Vec<Command>,
}

/// An option, or a value without one.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Argument {
    pub(super) long: Option<String>,
    pub(super) short: Option<String>,
    /// What its value is called; `None`: it takes none.
    pub(super) value: Option<String>,
    pub(super) help: Option<String>,
    /// The group of options that it is shown in.
    pub(super) heading: Option<String>,
    /// It may be more than one word.
    pub(super) repeats: bool,
    pub(super) default: Vec<String>,
    pub(super) possible: Vec<String>,
}

impl Outline {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("sso __outline printed no outline: {error}"))
    }
}

impl Command {
    /// The command below this one that is called so.
    pub(super) fn below(&self, name: &str) -> Option<&Self> {
        self.commands
            .iter()
            .find(|below| below.name == name || below.aliases.iter().any(|alias| alias == name))
    }

    /// The option: `--all`, `-v`.
    pub(super) fn option(&self, name: &str) -> Option<&Argument> {
        let named = |option: &&Argument| {
            let long = option.long.as_deref().is_some_and(|long| name.strip_prefix("--") == Some(long));
            long || option.short.as_deref().is_some_and(|short| name.strip_prefix('-') == Some(short))
        };
        self.options.iter().find(named)
    }
}

/// A small program for tests: `sso`, `sso login`, `sso env`, `sso configure populate`, `sso exec`.
#[cfg(test)]
pub(super) fn sample() -> Outline {
    const TEXT: &str = r#"{
        "exitCodes": [{"code": 0, "meaning": "success"}, {"code": 4, "meaning": "login needed"}],
        "command": {"name": "sso", "aliases": [], "about": "Signs in", "usage": "Usage: sso <COMMAND>", "notes": null,
          "options": [PROFILE, HELP], "values": [], "commands": [
            {"name": "login", "aliases": ["signin"], "about": "Sign in", "usage": "Usage: sso login [OPTIONS]", "notes": null,
             "options": [{"long": "all", "short": null, "value": null, "help": "Every | session", "heading": null,
                          "repeats": false, "default": [], "possible": []},
                         {"long": "timeout", "short": null, "value": "SECONDS", "help": "How long", "heading": null,
                          "repeats": false, "default": ["600"], "possible": []}, PROFILE, HELP],
             "values": [], "commands": []},
            {"name": "env", "aliases": [], "about": "Print", "usage": "Usage: sso env", "notes": "It prints.\n\n  sso env --format fish",
             "options": [{"long": "format", "short": null, "value": "FORMAT", "help": "Who reads it", "heading": null,
                          "repeats": false, "default": [], "possible": ["sh", "fish"]}, PROFILE, HELP],
             "values": [], "commands": []},
            {"name": "configure", "aliases": [], "about": "Set up", "usage": "Usage: sso configure", "notes": null,
             "options": [PROFILE, HELP], "values": [], "commands": [
               {"name": "populate", "aliases": [], "about": "All", "usage": "Usage: sso configure populate", "notes": null,
                "options": [PROFILE, HELP], "values": [], "commands": []}]},
            {"name": "completions", "aliases": [], "about": "Script", "usage": "Usage: sso completions <SHELL>",
             "notes": null, "options": [PROFILE, HELP], "commands": [],
             "values": [{"long": null, "short": null, "value": "SHELL", "help": "The shell", "heading": null,
                         "repeats": false, "default": [], "possible": ["bash", "zsh"]}]},
            {"name": "exec", "aliases": [], "about": "Run", "usage": "Usage: sso exec", "notes": null,
             "options": [PROFILE, HELP], "commands": [],
             "values": [{"long": null, "short": null, "value": "COMMAND", "help": "The command", "heading": null,
                         "repeats": true, "default": [], "possible": []}]}
        ]}
    }"#;
    const PROFILE: &str = r#"{"long": "profile", "short": null, "value": "NAME", "help": "The profile",
        "heading": "Options of every command", "repeats": false, "default": [], "possible": []}"#;
    const HELP: &str = r#"{"long": "help", "short": "h", "value": null, "help": "Print help", "heading": null,
        "repeats": false, "default": [], "possible": []}"#;
    Outline::parse(&TEXT.replace("PROFILE", PROFILE).replace("HELP", HELP)).expect("an outline")
}
