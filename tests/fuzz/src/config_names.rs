//! Target: the config writer with names that strangers chose. Input: a byte for the file that is there, a letter for the change,
//! then the section's name, the key, the value and a second value between unit separators.
//!
//! Either it is refused, and the refusal repeats nothing, or the section is read back with that very name and value. No other
//! section or key changes, and no line comes about but the header and the key's own, by anybody's idea of what a line is.

use crate::diffs::applied;
use crate::fields::{lead, parts};
use crate::reading::{CONFIG, reading, set_of};
use crate::secrets::{CANARY, silent_text, told};
use sso_config::{
    ConfigEdit, Dialect, Document, EditError, SectionId, SectionKind, SectionName, check_name,
    is_portable_name,
};
use std::path::Path;

/// The files that are there.
const FILES: [&str; 5] = [
    "",
    "[default]\nregion = eu-west-1\n\n[sso-session corp]\nsso_region = eu-west-1\n",
    "[default]\r\nregion = eu-west-1\r\n\r\n[profile a]\r\ns3 =\r\n  x = 1\r\n",
    "\u{feff}# mine\n[profile a]\n  region = eu-west-1\n  [profile b]\n  region = eu-west-2",
    "[profile default]\nregion = x # why\n[default]\nregion = y\n[plugins]\nk = v\n[profile 'a b']\nk=v\n",
];

/// Runs the target.
pub fn config_names(data: &[u8]) {
    let (file, data) = lead(data);
    let (what, data) = lead(data);
    let before = FILES[usize::from(file) % FILES.len()];
    let [name, key, value, second] = parts(data);
    let kind = match what {
        b'S' | b'A' | b'N' => SectionKind::SsoSession,
        b'v' => SectionKind::Services,
        _ => SectionKind::Profile,
    };
    let section = SectionName::Known(SectionId { kind, name: name.clone() });
    let edit = ConfigEdit::new();
    let (edit, nested) = match what.to_ascii_lowercase() {
        b'a' => (edit.add_section(section, what == b'a', [(key.as_str(), value.as_str())]), false),
        b'n' => (edit.set_nested(section, key.as_str(), second.as_str(), value.as_str()), true),
        _ => (edit.set(section, key.as_str(), value.as_str()), false),
    };
    let document = Document::parse(before, Path::new(CONFIG)).expect("ours");
    let edited = match edit.preview(&document) {
        Ok(edited) => edited,
        Err(error) => return refused(&error, [&name, &value], [&key, &second]),
    };
    let set = set_of(&edited.bytes, Dialect::Effective).expect("readable");
    let found = match kind {
        SectionKind::Profile => set.profile(&name.as_str().into()),
        SectionKind::SsoSession => set.sso_session(&name.as_str().into()),
        SectionKind::Services => set.services(&name),
    };
    let found = found.expect("the section that was written");
    let text = match nested {
        true => found.nested(&key.to_ascii_lowercase(), &second).expect("the value that was written"),
        false => found.get(&key.to_ascii_lowercase()).expect("the value that was written"),
    };
    assert_eq!(text.value, value);
    nothing_else(before, &edited.bytes, kind, &name, &key);
    if !before.contains(&format!(" {name}]")) && name != "default" {
        assert!(check_name(&name).is_ok());
        assert_eq!(found.is_portable(), is_portable_name(&name));
    }
    let added = applied(before, &edited);
    assert!(added.len() <= 4, "a gap, a header, a marker or the key of a block, and the key: {added:?}");
    let ends = added.len() + 1;
    let lines = |text: &str| text.split(is_line_end).count();
    let new = std::str::from_utf8(&edited.bytes).expect("text").replace("\r\n", "\n");
    let old = before.replace("\r\n", "\n");
    assert!(lines(&new) <= lines(&old) + ends, "somebody sees more lines: {new:?}");
}

/// A line ends here for one of the readers: Python's `splitlines` knows most.
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A key that has passed its own check may be named.
fn refused(error: &EditError, texts: [&String; 2], keys: [&String; 2]) {
    let told = told(error);
    if !keys.iter().any(|key| key.contains(CANARY)) {
        silent_text(&told);
    }
    for text in texts.into_iter().filter(|text| text.contains("credential_process")) {
        assert!(!told.contains(text.as_str()), "{told}");
    }
}

/// All sections and keys but the one are as they were.
fn nothing_else(before: &str, after: &[u8], kind: SectionKind, name: &str, key: &str) {
    let of = |bytes: &[u8]| {
        let mut reading = reading(&set_of(bytes, Dialect::Effective).expect("readable"));
        let id = (if kind == SectionKind::SsoSession { 's' } else { 'p' }, name.to_owned());
        let ours = kind != SectionKind::Services;
        if let Some(values) = reading.get_mut(&id).filter(|_| ours) {
            values.remove(&key.to_ascii_lowercase());
            if values.is_empty() {
                reading.remove(&id);
            }
        }
        reading
    };
    assert_eq!(of(after), of(before.as_bytes()));
}
