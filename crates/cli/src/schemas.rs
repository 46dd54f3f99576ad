//! `sso __schemas`: a JSON Schema for each document of `--json`, as one JSON document of file names and schemas, made from the
//! types that the commands print. Built in only for `cargo xtask schemas`, which keeps docs/schemas: people get the files.

use crate::commands::{
    accounts, config, configure, console, credential_process, discover, doctor, env, login, logout, populate,
    profiles, refresh, roles, serve, shell, status, whoami,
};
use crate::doctor::report;
use crate::error;
#[cfg(feature = "manual")]
use crate::exit::Exit;
#[cfg(feature = "manual")]
use crate::output::{escape, to_stdout};
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

/// What each schema says to whoever reads the file.
const COMMENT: &str =
    "Made by cargo xtask schemas --write. Later versions may add fields: ignore those that you do not know.";

/// A document: the name of its schema, the command line that prints it, and its type.
type Row = (&'static str, &'static str, fn() -> Schema);

/// Every document that a command prints. A failure is one of all commands.
const ALL: &[Row] = &[
    ("failure", "sso ... --json", schema::<error::Failure<'static>>),
    ("login", "sso login --json", schema::<login::report::Session<'static>>),
    ("login-all", "sso login --all --json", schema::<login::report::AllSessions<'static>>),
    ("logout", "sso logout --json", schema::<logout::Document<'static>>),
    ("refresh", "sso refresh --json", schema::<refresh::report::Document<'static>>),
    ("refresh-watch", "sso refresh --watch --json", schema::<refresh::watch::Line<'static>>),
    ("status", "sso status --json", schema::<status::Document<'static>>),
    ("status-prompt", "sso status --prompt --json", schema::<status::prompt::Document<'static>>),
    ("credential-process", "sso credential-process", schema::<credential_process::Document<'static>>),
    ("env", "sso env --json", schema::<env::Document>),
    ("serve", "sso serve --json", schema::<serve::Document<'static>>),
    ("console", "sso console --json", schema::<console::Document<'static>>),
    ("whoami", "sso whoami --json", schema::<whoami::Document<'static>>),
    ("accounts", "sso accounts --json", schema::<accounts::Document<'static>>),
    ("roles", "sso roles --json", schema::<roles::Document<'static>>),
    ("profiles", "sso profiles --json", schema::<profiles::Document<'static>>),
    ("profiles-pick", "sso profiles --pick --json", schema::<profiles::PickedDocument<'static>>),
    ("config-explain", "sso config explain --json", schema::<config::document::Document<'static>>),
    ("configure", "sso configure --json", schema::<configure::write::Document<'static>>),
    ("configure-session", "sso configure session --json", schema::<configure::write::Document<'static>>),
    ("configure-populate", "sso configure populate --json", schema::<populate::report::Document<'static>>),
    ("discover-instances", "sso discover instances --json", schema::<discover::instances::Document<'static>>),
    ("discover-accounts", "sso discover accounts --json", schema::<discover::accounts::Document<'static>>),
    (
        "discover-permission-sets",
        "sso discover permission-sets --json",
        schema::<discover::permission_sets::Document<'static>>,
    ),
    (
        "discover-assignments",
        "sso discover assignments --json",
        schema::<discover::assignments::Document<'static>>,
    ),
    (
        "discover-assignments-why",
        "sso discover assignments --why PROFILE --json",
        schema::<discover::why::Document<'static>>,
    ),
    ("doctor", "sso doctor --json", schema::<report::Document<'static>>),
    ("doctor-explain", "sso doctor --explain CODE --json", schema::<doctor::PageDocument<'static>>),
    ("doctor-list", "sso doctor --list --json", schema::<doctor::ListDocument<'static>>),
    ("completions", "sso completions SHELL --json", schema::<shell::Document<'static>>),
    ("shell-init", "sso shell-init SHELL --json", schema::<shell::Document<'static>>),
];

/// Answers if it is asked for.
#[cfg(feature = "manual")]
pub(crate) fn asked() -> Option<Exit> {
    if std::env::args_os().nth(1)? != "__schemas" {
        return None;
    }
    Some(to_stdout(&escape::json(&all().into(), true)).map_or(Exit::Failure, |()| Exit::Success))
}

/// The schemas by the names of their files.
fn all() -> Map<String, Value> {
    let file = |(name, line, schema): &Row| (format!("{name}.json"), titled(schema(), line));
    ALL.iter().map(file).collect()
}

/// The document as it is printed, not as it is read: a field that may be null is there nevertheless.
fn schema<T: JsonSchema>() -> Schema {
    let settings =
        SchemaSettings::draft2020_12().for_serialize().with_transform(RecursiveTransform(one_line));
    settings.into_generator().into_root_schema_for::<T>()
}

/// A comment goes on in the next line where a description does not.
fn one_line(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// With the command line in the place of the type's name, and the comment after it.
fn titled(mut schema: Schema, line: &str) -> Value {
    let fields = schema.ensure_object();
    fields.insert("title".to_owned(), line.into());
    fields.insert("$comment".to_owned(), COMMENT.into());
    // As a text is written, what a schema is comes before what it holds.
    serde_json::to_value(schema).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::{Command, CommandFactory as _};
    use std::path::PathBuf;

    fn folder() -> PathBuf {
        [env!("CARGO_MANIFEST_DIR"), "../../docs/schemas"].iter().collect()
    }

    #[test]
    fn the_files_of_docs_are_what_the_types_say() {
        let mut there: Vec<String> = folder()
            .read_dir()
            .expect("docs/schemas")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
            .filter(|name| name.ends_with(".json"))
            .collect();
        for (name, schema) in all() {
            let text = std::fs::read_to_string(folder().join(&name)).unwrap_or_default();
            let file: Value = serde_json::from_str(&text).unwrap_or_default();
            assert_eq!(file, schema, "docs/schemas/{name} is stale: cargo xtask schemas --write");
            there.retain(|known| *known != name);
        }
        assert_eq!(there, [""; 0], "of no document: cargo xtask schemas --write");
    }

    #[test]
    fn the_page_names_each_with_its_command() {
        let page = std::fs::read_to_string(folder().join("README.md")).expect("the page");
        for (name, line, _) in ALL {
            let row = format!("| `{line}` | [{name}.json]({name}.json) |");
            assert!(page.contains(&row), "docs/schemas/README.md lacks: {row}");
        }
    }

    /// A command that prints nothing of its own, and another name for `sso configure`.
    const WITHOUT: [&str; 2] = ["sso exec", "sso configure sso"];

    fn commands(command: &Command, line: &str, found: &mut Vec<String>) {
        let below = command.get_subcommands().filter(|below| !below.is_hide_set());
        let below: Vec<_> = below.map(|below| (format!("{line} {}", below.get_name()), below)).collect();
        if !command.is_subcommand_required_set() {
            found.push(line.to_owned());
        }
        below.iter().for_each(|(line, below)| commands(below, line, found));
    }

    #[test]
    fn every_command_has_one() {
        let mut found = Vec::new();
        commands(&Cli::command(), "sso", &mut found);
        assert!(found.len() > 20, "{found:?}");
        for line in found.iter().filter(|line| !WITHOUT.contains(&line.as_str())) {
            let known = ALL.iter().any(|(_, known, _)| {
                let rest = known.strip_prefix(line.as_str()).map(str::trim_start);
                rest.is_some_and(|rest| {
                    rest.is_empty() || rest.starts_with("--") || rest.starts_with(char::is_uppercase)
                })
            });
            assert!(known, "{line} has no schema");
        }
    }

    /// Every description is a sentence, every list of words is closed, and every field is there.
    #[test]
    fn schemas_say_what_fields_mean() {
        fn look(place: &str, value: &Value) {
            if let Some(description) = value.get("description").and_then(Value::as_str) {
                assert!(description.ends_with('.') && !description.contains('\n'), "{place}: {description}");
            }
            if let Some(properties) = value.get("properties").and_then(Value::as_object) {
                let required = value.get("required").and_then(Value::as_array).expect(place);
                let optional = properties.keys().filter(|name| !required.iter().any(|known| known == *name));
                let optional: Vec<_> = optional.collect();
                assert!(optional.is_empty() || place.starts_with("env.json"), "{place}: {optional:?}");
            }
            match value {
                Value::Object(fields) => {
                    fields.iter().for_each(|(name, value)| look(&format!("{place}/{name}"), value));
                }
                Value::Array(list) => list.iter().for_each(|value| look(place, value)),
                _ => {}
            }
        }
        for (name, schema) in all() {
            assert!(schema.get("description").is_some(), "{name}");
            look(&name, &schema);
        }
    }
}
