//! Target: edits of any config file. Input: the file, then changes between record separators; each is a letter for what it
//! does (`s`et, `n`ested, `u`nset, `a`dd, `g`enerate, `r`emove), a letter for the kind of section (`p`rofile, `s`so-session,
//! se`v`ices, `w`ord), and name, key, value, value's name between unit separators.
//!
//! The result says what was asked for and else what it said before; its lines are the old ones but for those of the diff; who
//! read it reads it still; an edit twice is an edit once; a key that comes and goes leaves no trace. A refusal names no
//! value.

use crate::diffs::applied;
use crate::fields::{fields, lead, parts};
use crate::reading::{CONFIG, Reading, reading, set_of};
use crate::secrets::{CANARY, silent_text, told};
use sso_config::{
    Change, ConfigEdit, Dialect, Document, EditError, Edited, GENERATED_MARKER, SectionId, SectionKind,
    SectionName,
};
use std::path::Path;

/// No person changes more at once.
const MOST_CHANGES: usize = 6;

/// Runs the target.
pub fn config_edit(data: &[u8]) {
    let mut fields = fields(data);
    let before = fields.next().unwrap_or_default();
    let changes: Vec<Change> = fields.take(MOST_CHANGES).map(change).collect();
    let Ok(document) = Document::parse(before, Path::new(CONFIG)) else { return };
    let edit = ConfigEdit { changes };
    match edit.preview(&document) {
        Ok(edited) => judge(&document, &edit, &edited),
        Err(error) => refused(&document, &edit, &error),
    }
    come_and_go(&document);
}

fn change(field: &[u8]) -> Change {
    let (what, field) = lead(field);
    let (kind, field) = lead(field);
    let [name, key, value, nested] = parts(field);
    let known = |kind| SectionName::Known(SectionId { kind, name: name.clone() });
    let section = match kind {
        b's' => known(SectionKind::SsoSession),
        b'v' => known(SectionKind::Services),
        b'w' => SectionName::Word(name),
        _ => known(SectionKind::Profile),
    };
    match what {
        b'n' => Change::SetNested { section, key, name: nested, value },
        b'u' => Change::Unset { section, key },
        b'a' | b'g' => Change::AddSection { section, generated: what == b'g', values: vec![(key, value)] },
        b'r' => Change::RemoveSection { section },
        _ => Change::Set { section, key, value },
    }
}

fn judge(document: &Document, edit: &ConfigEdit, edited: &Edited) {
    let after = Document::parse(edited.bytes.as_slice(), Path::new(CONFIG)).expect("it was read before");
    let (old, new) = (document.text().as_bytes(), edited.bytes.as_slice());
    let set = |bytes| set_of(bytes, Dialect::Effective).expect("readable");
    assert_eq!(reading(&set(new)), expected(reading(&set(old)), &edit.changes));
    if let Some(read) = set_of(old, Dialect::Sdk) {
        let found = set_of(new, Dialect::Sdk).expect("the SDKs read it no longer");
        by_sdks(&reading(&read), reading(&found), &edit.changes, &reading(&set(old)));
    }
    if edited.diff.is_empty() {
        assert_eq!(new, old);
        return;
    }
    for line in applied(document.text(), edited) {
        let ours = edit.changes.iter().any(|change| may_write(change, &line.text));
        assert!(ours, "nobody asked for {line:?}");
    }
    if let ([change], false) = (edit.changes.as_slice(), is_addition(edit)) {
        let again = ConfigEdit { changes: vec![change.clone()] }.preview(&after).expect("the same again");
        assert!(again.diff.is_empty(), "{:?}", again.diff);
    }
}

/// The SDKs read what they read before but for the changes. A value that is changed keeps the indented comments below it,
/// which they take into it, as they did before. A section that is quoted they do not see, so a key that stands in one is changed
/// there, and stays unseen.
fn by_sdks(old: &Reading, found: Reading, changes: &[Change], effective: &Reading) {
    let mut expected = expected(old.clone(), changes);
    expected.retain(|id, _| found.contains_key(id) || old.contains_key(id));
    let has = |reading: &Reading, id: &(char, String), key: &String| {
        reading.get(id).is_some_and(|values| values.contains_key(key))
    };
    for (id, values) in &mut expected {
        values.retain(|key, _| has(&found, id, key) || has(old, id, key) || !has(effective, id, key));
    }
    for (id, values) in &mut expected {
        for (key, value) in values {
            let now = found.get(id).and_then(|values| values.get(key)).cloned().unwrap_or_default();
            let below = now.strip_prefix(value.as_str()).unwrap_or_default();
            let was = old.get(id).and_then(|values| values.get(key)).cloned().unwrap_or_default();
            let comments =
                below.split('\n').skip(1).all(|line| line.starts_with(['#', ';']) && was.contains(line));
            if below.starts_with('\n') && comments {
                *value = now;
            }
        }
    }
    assert_eq!(found, expected);
}

fn is_addition(edit: &ConfigEdit) -> bool {
    edit.changes.iter().any(|change| matches!(change, Change::AddSection { .. }))
}

/// What the file should say, in profiles and sessions. Texts of blocks are compared by name below.
fn expected(mut reading: Reading, changes: &[Change]) -> Reading {
    for change in changes {
        let SectionName::Known(SectionId { kind, name }) = change.section() else { continue };
        let kind = match kind {
            SectionKind::Profile => 'p',
            SectionKind::SsoSession => 's',
            SectionKind::Services => continue,
        };
        let id = (kind, name.clone());
        match change {
            Change::Set { key, value, .. } => {
                reading.entry(id).or_default().insert(key.to_ascii_lowercase(), value.clone());
            }
            Change::SetNested { key, name, value, .. } => {
                let block = reading.entry(id).or_default().entry(key.to_ascii_lowercase()).or_default();
                *block = with_line(block, name, value);
            }
            Change::Unset { key, .. } => {
                let lower = key.to_ascii_lowercase();
                reading.get_mut(&id).map(|values| values.remove(&lower));
            }
            Change::AddSection { values, .. } => {
                let section = reading.entry(id).or_default();
                section.extend(values.iter().map(|(key, value)| (key.to_ascii_lowercase(), value.clone())));
            }
            Change::RemoveSection { .. } => {
                reading.remove(&id);
            }
        }
    }
    reading
}

/// The text of a block with the last line of that name replaced, or with a new one.
fn with_line(block: &str, name: &str, value: &str) -> String {
    let new = if value.is_empty() { format!("{name} =") } else { format!("{name} = {value}") };
    let blanks: &[char] = &[' ', '\t'];
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').unwrap_or((line, ""));
        (name.trim_matches(blanks).to_owned(), value.trim_matches(blanks).to_owned())
    };
    let mut lines: Vec<String> = block.split('\n').map(str::to_owned).collect();
    match lines.iter().skip(1).rposition(|line| pair(line).0 == name).map(|at| at + 1) {
        Some(at) if pair(&lines[at]).1 == value => {}
        Some(at) => lines[at] = new,
        None => lines.push(new),
    }
    lines.join("\n")
}

/// Whether the change can be why a line was written.
fn may_write(change: &Change, line: &str) -> bool {
    let line = line.trim_matches([' ', '\t']);
    let starts = |name: &str| {
        let found = line.split_at_checked(name.len()).filter(|(start, _)| start.eq_ignore_ascii_case(name));
        found.is_some_and(|(_, rest)| rest.trim_start_matches([' ', '\t']).starts_with('='))
    };
    let is_header = line.starts_with('[') && line.ends_with(']');
    match change {
        Change::Set { key, .. } => is_header || starts(key),
        Change::SetNested { key, name, .. } => is_header || starts(key) || starts(name),
        Change::AddSection { values, .. } => {
            line.is_empty()
                || is_header
                || line == GENERATED_MARKER
                || values.iter().any(|(key, _)| starts(key))
        }
        Change::Unset { .. } | Change::RemoveSection { .. } => false,
    }
}

/// A refusal has a reason, and repeats nothing that was refused.
fn refused(document: &Document, edit: &ConfigEdit, error: &EditError) {
    let in_names = edit.changes.iter().any(|change| change.section().to_string().contains(CANARY));
    let in_keys = |key: &str| key.contains(CANARY);
    let in_keys = edit.changes.iter().any(|change| match change {
        Change::Set { key, .. } | Change::Unset { key, .. } => in_keys(key),
        Change::SetNested { key, name, .. } => in_keys(key) || in_keys(name),
        Change::AddSection { values, .. } => values.iter().any(|(key, _)| in_keys(key)),
        Change::RemoveSection { .. } => false,
    });
    if !in_names && !in_keys && !document.text().contains(CANARY) {
        silent_text(&told(error));
    }
}

/// A key that is set and unset leaves the file as it was; only a missing line end and a byte order mark do not come back.
fn come_and_go(document: &Document) {
    let text = document.text();
    if !text.ends_with('\n') || text.starts_with('\u{feff}') {
        return;
    }
    let set = set_of(text.as_bytes(), Dialect::Effective).expect("readable");
    let Some(section) = set.profiles().next().filter(|section| !section.has("zz")) else { return };
    let section = SectionName::profile(section.name());
    let Ok(edited) = ConfigEdit::new().set(section.clone(), "zz", "v").preview(document) else { return };
    assert_ne!(edited.bytes, text.as_bytes());
    let after = Document::parse(edited.bytes, Path::new(CONFIG)).expect("readable");
    let back = ConfigEdit::new().unset(section, "zz").preview(&after).expect("unset");
    assert_eq!(String::from_utf8(back.bytes).expect("text"), text);
}
