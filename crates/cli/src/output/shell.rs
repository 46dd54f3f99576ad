//! Environment variables as text that a shell gives the exact bytes back of, whatever the value (catalogue G8).
//!
//! What a format cannot carry in all the ways it is read is refused, never written wrongly. Each line stands alone and ends
//! a command: what is evaluated line by line, or with its lines joined by spaces, means the same.

use super::escape;
use clap::ValueEnum;
use serde_json::{Map, Value};

/// Who reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// POSIX shells: sh, bash, zsh, dash, ksh
    Sh,
    /// fish
    Fish,
    /// PowerShell, of Windows too
    #[value(name = "powershell")]
    PowerShell,
    /// cmd.exe
    Cmd,
    /// A .env file
    Dotenv,
    /// One JSON object; null: to be unset
    Json,
}

impl Format {
    /// As it is typed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sh => "sh",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Cmd => "cmd",
            Self::Dotenv => "dotenv",
            Self::Json => "json",
        }
    }
}

/// What becomes of a variable.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    /// `None`: it is unset.
    pub(crate) value: Option<String>,
}

/// A variable that the format cannot carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    pub(crate) name: &'static str,
    /// "a line break".
    pub(crate) what: &'static str,
}

/// The text, whole or not at all.
///
/// # Errors
/// The first variable that the format cannot carry.
pub(crate) fn script(format: Format, variables: &[Variable]) -> Result<String, Unfit> {
    for variable in variables {
        if let Some(what) = unfit(format, variable.value.as_deref()) {
            return Err(Unfit { name: variable.name, what });
        }
    }
    Ok(match format {
        Format::Json => escape::json(&document(variables), true),
        _ => {
            variables.iter().map(|variable| line(format, variable.name, variable.value.as_deref())).collect()
        }
    })
}

/// The same facts for JSON.
pub(crate) fn document(variables: &[Variable]) -> Value {
    let pairs = variables.iter().map(|variable| (variable.name.to_owned(), variable.value.clone().into()));
    Value::Object(pairs.collect::<Map<_, _>>())
}

/// Why the format cannot carry the value.
fn unfit(format: Format, value: Option<&str>) -> Option<&'static str> {
    let Some(value) = value else {
        // A file of assignments takes nothing away; that it says nothing about a variable is all it can do.
        return None;
    };
    // No environment holds one.
    if value.contains('\0') {
        return Some("a NUL character");
    }
    match format {
        Format::Sh | Format::Fish | Format::Json => None,
        // `$env:X = ''` removes the variable.
        Format::PowerShell => {
            value.is_empty().then_some("nothing, which PowerShell takes for an unset variable")
        }
        Format::Cmd => unfit_for_cmd(value),
        Format::Dotenv => unfit_for_dotenv(value),
    }
}

/// A batch file expands `%`, delayed expansion `!`, and a code page decides what other letters are.
fn unfit_for_cmd(value: &str) -> Option<&'static str> {
    match () {
        () if value.is_empty() => Some("nothing, which cmd takes for an unset variable"),
        () if value.contains(['\r', '\n']) => Some("a line break"),
        () if value.contains(['"', '%', '!']) => Some("one of \" % !"),
        () if !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => {
            Some("a character that is not printable ASCII")
        }
        () => None,
    }
}

/// The readers of these files disagree on quotes, comments, spaces, `$` and backslashes; on these characters they agree.
fn unfit_for_dotenv(value: &str) -> Option<&'static str> {
    let agreed = |c: char| c.is_ascii_alphanumeric() || "-_./+=:,@%".contains(c);
    match () {
        () if value.contains(['\r', '\n']) => Some("a line break"),
        () if !value.chars().all(agreed) => Some("a character that readers of .env files do not agree on"),
        () => None,
    }
}

fn line(format: Format, name: &str, value: Option<&str>) -> String {
    match (format, value) {
        (Format::Sh, Some(value)) => format!("export {name}={};\n", sh(value)),
        (Format::Sh, None) => format!("unset {name};\n"),
        (Format::Fish, Some(value)) => format!("set -gx {name} {};\n", fish(value)),
        (Format::Fish, None) => format!("set -e {name};\n"),
        (Format::PowerShell, Some(value)) => format!("$env:{name} = {};\n", powershell(value)),
        (Format::PowerShell, None) => format!("$env:{name} = $null;\n"),
        (Format::Cmd, Some(value)) => format!("set \"{name}={value}\"\n"),
        (Format::Cmd, None) => format!("set \"{name}=\"\n"),
        (Format::Dotenv, Some(value)) => format!("{name}={value}\n"),
        (Format::Dotenv, None) | (Format::Json, _) => String::new(),
    }
}

/// Nothing is special between single quotes (POSIX 2.2.2), so only they need care.
fn sh(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// Between single quotes `\'` and `\\` are special. Control characters stand outside: `eval (...)` joins lines by spaces.
fn fish(value: &str) -> String {
    let mut text = "'".to_owned();
    for c in value.chars() {
        match c {
            '\'' | '\\' => text.extend(['\\', c]),
            c if c.is_ascii_control() => text.push_str(&format!("'\\x{:02x}'", u32::from(c))),
            c => text.push(c),
        }
    }
    text.push('\'');
    text
}

/// Between single quotes only quotes are special, and PowerShell knows five of them. What is not printable ASCII is written
/// by its number: the console's code page decides how a program's output is read, and pipes are read line by line.
fn powershell(value: &str) -> String {
    let (mut parts, mut plain) = (Vec::new(), String::new());
    for c in value.chars() {
        match c {
            '\'' => plain.push_str("''"),
            ' '..='~' => plain.push(c),
            _ => {
                parts.push(format!("'{}'", std::mem::take(&mut plain)));
                let mut units = [0; 2];
                parts.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("[char]0x{unit:04x}")));
            }
        }
    }
    if parts.is_empty() {
        return format!("'{plain}'");
    }
    if !plain.is_empty() {
        parts.push(format!("'{plain}'"));
    }
    // The first part is text, so all others are appended to it.
    format!("({})", parts.join(" + "))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "a test looks for real shells")]
mod tests;
