//! Upstream's test data about writing: what the AWS CLI's own editor makes of a file, byte for byte.

use serde_json::Value;
use sso_config::{ConfigEdit, EditError, SectionKind, SectionName, ValueFault, header_text, write_config};

/// A header text without its quotes, as the data names sections.
fn section(text: &str) -> SectionName {
    match text.split_once(' ') {
        None if text == "default" => SectionName::profile(text),
        Some(("profile", name)) => SectionName::profile(name),
        Some(("sso-session", name)) => SectionName::sso_session(name),
        _ => SectionName::Word(text.to_owned()),
    }
}

fn edit_of(update: &Value) -> ConfigEdit {
    let section = section(update["__section__"].as_str().unwrap_or("default"));
    let members = update.as_object().expect("an update");
    let mut edit = ConfigEdit::new();
    for (key, value) in members.iter().filter(|(key, _)| *key != "__section__") {
        edit = match value {
            Value::Object(block) => block.iter().fold(edit, |edit, (name, value)| {
                edit.set_nested(section.clone(), key, name, value.as_str().unwrap_or_default())
            }),
            value => edit.set(section.clone(), key, value.as_str().unwrap_or_default()),
        };
    }
    edit
}

pub(crate) fn writer_case(case: &Value) -> Result<(), String> {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join(".aws").join("config");
    if let Some(before) = case["before"].as_str() {
        crate::support::put(&path, before);
    }
    let written = write_config(&path, &edit_of(&case["update"]), None);
    if let Some(wanted) = case["error"].as_str() {
        let refused = match wanted {
            "invalid character" => matches!(
                written,
                Err(EditError::Value { fault: ValueFault::LineBreak | ValueFault::Control, .. }
                    | EditError::Name(_)
                    | EditError::Key)
            ),
            _ => written.is_err(),
        };
        let text = std::fs::read_to_string(&path).ok();
        let untouched = text.as_deref() == case["before"].as_str();
        return if refused && untouched { Ok(()) } else { Err(format!("{written:?}")) };
    }
    written.map_err(|error| error.to_string())?;
    let found = std::fs::read_to_string(&path).expect("written");
    if case["after"] != found.as_str() {
        return Err(format!("found {found:?}, wanted {}", case["after"]));
    }
    same_mode(&path, case["mode"].as_str())
}

#[cfg(unix)]
fn same_mode(path: &std::path::Path, wanted: Option<&str>) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = format!("{:04o}", path.metadata().expect("there").permissions().mode() & 0o7777);
    if wanted.is_none_or(|wanted| wanted == found) { Ok(()) } else { Err(format!("mode {found}")) }
}

#[cfg(not(unix))]
fn same_mode(_: &std::path::Path, _: Option<&str>) -> Result<(), String> {
    Ok(())
}

pub(crate) fn header_case(case: &Value) -> Result<(), String> {
    let name = case["profile"].as_str().expect("a name");
    for (member, kind) in [("header", SectionKind::Profile), ("sso_session_header", SectionKind::SsoSession)]
    {
        let found = header_text(kind, name);
        if case[member].is_string() && case[member] != found.as_str() {
            return Err(format!("found {found:?}, wanted {}", case[member]));
        }
    }
    Ok(())
}
