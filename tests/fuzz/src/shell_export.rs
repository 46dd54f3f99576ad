//! Target: environment variables as text for shells. Input: a value.
//!
//! A small model of each reader, written from its documentation, gives the value back, or the format refuses it.

use crate::fields::text;
use crate::output::shell::{Format, Variable, script};
use serde_json::Value;

const NAME: &str = "SSO_FUZZ";

/// Runs the target.
pub fn shell_export(data: &[u8]) {
    let value = text(data);
    for (format, read) in [
        (Format::Sh, sh as fn(&str) -> String),
        (Format::Fish, fish),
        (Format::PowerShell, powershell),
        (Format::Cmd, cmd),
        (Format::Dotenv, dotenv),
        (Format::Json, json),
    ] {
        let variable = Variable { name: NAME, value: Some(value.clone()) };
        match script(format, &[variable]) {
            Ok(text) => assert_eq!(read(&text), value, "{format:?}: {text}"),
            Err(unfit) => assert!(may_refuse(format, &value), "{format:?} {}: {value:?}", unfit.what),
        }
    }
}

/// A value for a real shell: the line that sets the variable `NAME` of this file to it; `None`: it has a NUL.
#[must_use]
pub fn shell_line(data: &[u8]) -> Option<(String, String)> {
    let value = text(data);
    let line = script(Format::Sh, &[Variable { name: NAME, value: Some(value.clone()) }]).ok()?;
    Some((line, value))
}

/// Three formats carry all that an environment can hold.
fn may_refuse(format: Format, value: &str) -> bool {
    value.contains('\0') || matches!(format, Format::PowerShell | Format::Cmd | Format::Dotenv)
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    text.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).expect("one statement")
}

/// POSIX: in single quotes all is literal; outside of them a backslash takes the next character.
fn sh(text: &str) -> String {
    let word = between(text, "export SSO_FUZZ=", ";\n");
    let (mut out, mut quoted, mut chars) = (String::new(), false, word.chars());
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (_, '\'') => quoted = !quoted,
            (true, c) => out.push(c),
            (false, '\\') => out.push(chars.next().expect("something is escaped")),
            (false, c) => panic!("{c} stands outside of the quotes"),
        }
    }
    assert!(!quoted, "the quote is closed");
    out
}

/// fish: in single quotes `\'` and `\\`; outside `\xHH`. No line may end within.
fn fish(text: &str) -> String {
    let word = between(text, "set -gx SSO_FUZZ ", ";\n");
    assert!(!word.contains(|c: char| c.is_ascii_control()), "one line");
    let (mut out, mut quoted, mut chars) = (String::new(), false, word.chars());
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (_, '\'') => quoted = !quoted,
            (true, '\\') => match chars.next().expect("something is escaped") {
                c @ ('\'' | '\\') => out.push(c),
                c => out.extend(['\\', c]),
            },
            (true, c) => out.push(c),
            (false, '\\') => {
                assert_eq!(chars.next(), Some('x'));
                let digits: String = chars.by_ref().take(2).collect();
                out.push(char::from(u8::from_str_radix(&digits, 16).expect("a number")));
            }
            (false, c) => panic!("{c} stands outside of the quotes"),
        }
    }
    assert!(!quoted, "the quote is closed");
    out
}

/// PowerShell: `'a' + [char]0x0027`, where any of five quotes closes, unless it is doubled.
fn powershell(text: &str) -> String {
    let word = between(text, "$env:SSO_FUZZ = ", ";\n");
    assert!(word.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "plain ASCII on one line");
    let list = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(word);
    let (mut units, mut rest) = (Vec::<u16>::new(), list);
    loop {
        if let Some(number) = rest.strip_prefix("[char]0x") {
            assert!(rest.len() < list.len(), "a number in front is added, not appended");
            let (digits, more) = number.split_at_checked(4).expect("four digits");
            units.push(u16::from_str_radix(digits, 16).expect("a number"));
            rest = more;
        } else {
            rest = rest.strip_prefix('\'').expect("a quote");
            loop {
                let (part, more) = rest.split_once('\'').expect("the quote is closed");
                units.extend(part.encode_utf16());
                rest = more;
                let Some(more) = rest.strip_prefix('\'') else { break };
                units.push(u16::from(b'\''));
                rest = more;
            }
        }
        match rest.strip_prefix(" + ") {
            Some(more) => rest = more,
            None => break,
        }
    }
    assert!(rest.is_empty(), "{rest}");
    String::from_utf16(&units).expect("whole characters")
}

/// cmd: everything up to the last quote of the line, and nothing in it is expanded.
fn cmd(text: &str) -> String {
    let value = between(text, "set \"SSO_FUZZ=", "\"\n");
    assert!(!value.contains(['%', '!', '"', '\r', '\n']) && !value.is_empty(), "{value:?}");
    value.to_owned()
}

/// What all readers of such files take word for word.
fn dotenv(text: &str) -> String {
    let value = between(text, "SSO_FUZZ=", "\n");
    assert!(
        !value
            .contains(|c: char| c.is_whitespace() || c.is_control() || "'\"`\\$#;&|<>(){}*?!~^".contains(c))
    );
    value.to_owned()
}

fn json(text: &str) -> String {
    let document: Value = serde_json::from_str(text).expect("JSON");
    document[NAME].as_str().expect("a text").to_owned()
}
