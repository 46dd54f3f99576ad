//! `sso __outline`: the command line as data, for the pages that `cargo xtask book` writes and checks.

use crate::exit::Exit;
use clap::builder::StyledStr;
use clap::{Arg, Command};
use serde_json::{Value, json};

/// The root with all below it, and the exit codes.
pub(super) fn of(root: &Command) -> Value {
    let codes = Exit::ALL.iter().map(|(exit, meaning)| json!({"code": exit.code(), "meaning": meaning}));
    // Its notes are the exit codes.
    json!({"command": command(&root.clone().after_help(None::<&str>)), "exitCodes": codes.collect::<Vec<_>>()})
}

fn command(of: &Command) -> Value {
    let text = |styled: Option<&StyledStr>| styled.map(ToString::to_string);
    let shown = of.get_arguments().filter(|argument| !argument.is_hide_set());
    let below = of.get_subcommands().filter(|below| !below.is_hide_set());
    let (options, values): (Vec<&Arg>, Vec<&Arg>) = shown.partition(|argument| !argument.is_positional());
    json!({
        "name": of.get_name(),
        "aliases": of.get_all_aliases().collect::<Vec<_>>(),
        "about": text(of.get_about()),
        "usage": of.clone().render_usage().to_string(),
        "notes": text(of.get_after_help()),
        "options": options.into_iter().map(argument).collect::<Vec<_>>(),
        "values": values.into_iter().map(argument).collect::<Vec<_>>(),
        "commands": below.map(command).collect::<Vec<_>>(),
    })
}

fn argument(of: &Arg) -> Value {
    let takes = of.get_action().takes_values();
    let names = of.get_value_names().filter(|_| takes).unwrap_or_default();
    // Those that the help leaves to its words are here, too: what the pages show is checked against them.
    let possible = of.get_possible_values().into_iter().filter(|value| takes && !value.is_hide_set());
    let tells = takes && !of.is_hide_default_value_set();
    let default = of.get_default_values().iter().filter(|_| tells).map(|value| value.to_string_lossy());
    json!({
        "long": of.get_long(),
        "short": of.get_short().map(String::from),
        "value": names.first().map(ToString::to_string),
        "help": of.get_help().map(ToString::to_string),
        "heading": of.get_help_heading(),
        "repeats": of.get_num_args().is_some_and(|range| range.max_values() > 1),
        "default": default.collect::<Vec<_>>(),
        "possible": possible.map(|value| value.get_name().to_owned()).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::CommandFactory as _;

    #[test]
    fn a_command_with_its_options_values_and_exit_codes() {
        let mut root = Cli::command().disable_help_subcommand(true);
        root.build();
        let outline = of(&root);
        assert_eq!(outline["exitCodes"][4], json!({"code": 4, "meaning": "login needed"}));
        let named = |of: &Value, name: &str| {
            let all = of["commands"].as_array().cloned().unwrap_or_default();
            all.into_iter().find(|command| command["name"] == name).unwrap_or_else(|| panic!("no {name}"))
        };
        let env = named(&outline["command"], "env");
        let option = |long: &str| {
            let all = env["options"].as_array().cloned().unwrap_or_default();
            all.into_iter().find(|option| option["long"] == long).unwrap_or_else(|| panic!("no {long}"))
        };
        assert_eq!(option("format")["value"], "FORMAT");
        assert_eq!(option("format")["possible"][0], "sh");
        assert_eq!(option("unset")["value"], Value::Null);
        assert_eq!(option("profile")["heading"], "Options of every command");
        let port = named(&outline["command"], "serve")["options"][0].clone();
        assert_eq!(port["default"], json!([]), "a default that only the program understands: {port}");
        let helper = named(&outline["command"], "credential-process");
        assert_eq!(helper["aliases"], json!(["get-credentials"]));
        let shell = &named(&outline["command"], "completions")["values"][0];
        assert_eq!(shell["possible"][4], "elvish");
        let populate = named(&named(&outline["command"], "configure"), "populate");
        assert!(populate["usage"].as_str().is_some_and(|text| text.contains("sso configure populate")));
        assert!(!outline.to_string().contains("__"), "nothing that is hidden");
    }
}
